//! The engine as an npm package: `analyze()` for JavaScript without the page around it.

use crate::process::{self, find_on, root, say, search_path, target};
use crate::tally::Outcome;
use crate::wasm::Module;
use crate::{size, tools};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the example for Node prints; the figures are those of the page's first view.
const SAID: &str = include_str!("../../npm/examples/node.txt");
/// The oldest Node that the package is for.
const NODE: u32 = 18;

/// Where the package is built, ready for `npm publish` or `npm install`.
pub fn folder() -> PathBuf {
    target().join("npm")
}

/// Builds the package. Quick where nothing has changed.
pub fn build() -> Result<()> {
    let tools = tools::ensure()?;
    let folder = folder();
    std::fs::create_dir_all(folder.join("examples"))?;
    say("building the engine for JavaScript");
    let cargo = ["rustc", "--lib", "--crate-type", "cdylib"];
    Module { cargo: &cargo, library: "roofline", name: "roofline", folder: &folder }.make(&tools)?;
    let source = root().join("npm");
    let read = |file: &Path| {
        std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
    };
    let manifest = read(&root().join("Cargo.toml"))?;
    let version = version(&manifest).context("Cargo.toml has no version")?;
    let types = read(&root().join("src/js/types.d.ts"))? + &read(&source.join("init.d.ts"))?;
    let described = read(&source.join("package.json"))?.replace("%VERSION%", version);
    for (name, text) in [("package.json", described), ("index.d.ts", types)] {
        std::fs::write(folder.join(name), text)?;
    }
    for name in ["README.md", "node.js", "examples/node.mjs", "examples/browser.html"] {
        std::fs::copy(source.join(name), folder.join(name)).with_context(|| format!("no npm/{name}"))?;
    }
    std::fs::copy(root().join("LICENSE"), folder.join("LICENSE"))?;
    Ok(())
}

/// Builds the package and says how large it is.
pub fn run() -> Result<()> {
    build()?;
    print!("{}", size::of(&folder(), &["js", "wasm"])?);
    println!("the package is in {}", folder().display());
    Ok(())
}

/// Builds the package and runs its example in Node; without one that is skipped.
pub fn check(outcome: &mut Outcome) -> Result<()> {
    build()?;
    let Some(node) = find_on(&search_path(), "node") else {
        outcome.leave_out("the package in Node, as there is no node on PATH".to_owned());
        return Ok(());
    };
    let told = process::output(Command::new(&node).arg("--version"))?;
    if major(&told).is_none_or(|major| major < NODE) {
        outcome.leave_out(format!("the package in Node, as {} is older than {NODE}", told.trim()));
        return Ok(());
    }
    let mut example = Command::new(node);
    let said = process::output(example.arg("examples/node.mjs").current_dir(folder()))?;
    if said != SAID {
        outcome.tally.failed += 1;
        bail!("the package's example says\n{said}in place of\n{SAID}");
    }
    outcome.tally.passed += 1;
    Ok(())
}

/// The version that a manifest gives its package.
fn version(manifest: &str) -> Option<&str> {
    let (_, package) = manifest.split_once("[package]")?;
    package.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'))
}

/// `v20.20.2`
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20"), None);
        let manifest = "[workspace]\nversion = \"9\"\n\n[package]\nname = \"x\"\nversion = \"0.1.0\"\n";
        assert_eq!(version(manifest), Some("0.1.0"));
        assert_eq!(version("[package]\n"), None);
    }

    #[test]
    fn every_file_that_the_package_names_is_made() {
        let described = std::fs::read_to_string(root().join("npm/package.json")).unwrap();
        let (_, files) = described.split_once("\"files\": [").unwrap();
        let (files, _) = files.split_once(']').unwrap();
        let files: Vec<&str> = files.split(',').map(|name| name.trim().trim_matches('"')).collect();
        assert_eq!(files, ["index.d.ts", "node.js", "roofline.js", "roofline_bg.wasm", "examples"]);
        assert!(described.contains(&format!("\"node\": \">={NODE}\"")));
    }
}
