//! The optimised page: `dist/`, built by Trunk, and only when something changed.

use crate::process::{self, dist, root, say, target};
use crate::standard;
use crate::tools::{self, BINARYEN, TRUNK, WASM_TARGET};
use crate::{first_view, names, offline};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// What of the workspace root never reaches the page. Everything else counts: a file
/// that is compiled in from an unforeseen place must not be missed.
const NOT_INPUTS: [&str; 11] = [
    "target",
    "dist",
    "node_modules",
    "xtask",
    "tests",
    "docs",
    "npm",
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "deny.toml",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Only if an input, or `dist/` itself, differs from the last build.
    Changed,
    Always,
}

pub fn build(when: When) -> Result<()> {
    let last = Stamp::load();
    let fresh = when == When::Changed && last.as_ref().is_some_and(Stamp::holds);
    if fresh && last.as_ref().is_some_and(|stamp| stamp.wasm_opt) {
        say("the page is up to date");
        return Ok(());
    }
    let tools = tools::ensure()?;
    if fresh && !tools.wasm_opt {
        say("the page is up to date");
        return Ok(());
    }
    // Taken before the build: a file saved meanwhile makes the next run build again.
    let inputs = inputs_fingerprint()?;
    let started = Instant::now();
    say("building the page (about a minute the first time)");
    trunk(&tools)?;
    if tools.wasm_opt {
        names::shorten(&dist(), &tools)?;
    }
    first_view::write(&dist())?;
    offline::write(&dist())?;
    let stamp = Stamp { inputs, dist: dist_fingerprint()?, wasm_opt: tools.wasm_opt };
    stamp.save()?;
    say(format!("the page is in dist/, after {:.0} s", started.elapsed().as_secs_f64()));
    Ok(())
}

/// Fails unless `dist/` is what the sources as they are now give.
pub fn ensure_current() -> Result<()> {
    if Stamp::load().is_some_and(|stamp| stamp.holds()) {
        return Ok(());
    }
    bail!("dist/ is missing or older than the sources; run `cargo xtask build`");
}

fn trunk(tools: &tools::Tools) -> Result<()> {
    // Trunk builds offline, by Trunk.toml; so whatever is missing is fetched here: the page's crates and,
    // under the settings, what the standard library is made of.
    let fetch = || {
        let mut cargo = process::cargo();
        cargo.args(["fetch", "--locked", "--quiet"]);
        cargo
    };
    for cargo in [&mut fetch(), fetch().args(["--target", WASM_TARGET]).envs(standard::SETTINGS)] {
        process::run(
            cargo,
            "The crates that the page is made of could not be fetched: check the connection to crates.io; \
             if Cargo.lock is out of date, `cargo check` renews it.",
        )?;
    }
    let mut trunk = Command::new(&tools.trunk);
    trunk.current_dir(root()).arg("build").env("PATH", tools.path()?).env("TRUNK_SKIP_VERSION_CHECK", "true");
    // These would change what is built, or where.
    for variable in ["TRUNK_BUILD_DIST", "TRUNK_BUILD_PUBLIC_URL", "TRUNK_BUILD_CARGO_PROFILE"] {
        trunk.env_remove(variable);
    }
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        trunk.env_remove(variable);
    }
    trunk.envs(standard::SETTINGS);
    // Trunk reads this one as a flag that must be `true` or `false`.
    if std::env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    if !tools.wasm_opt {
        // Trunk's word for "no wasm-opt"; the cargo profile stays the one in Trunk.toml. The names
        // that wasm-opt would have dropped go by cargo's own means.
        trunk.args(["--release", "false"]).env("CARGO_PROFILE_WEB_STRIP", "true");
    }
    process::run(
        &mut trunk,
        "The page did not build; what the compiler or Trunk had to say is above. `cargo clippy --target \
         wasm32-unknown-unknown` gives the compiler's view alone.",
    )
}

/// What the last build was made from and what it gave.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    inputs: u64,
    dist: u64,
    wasm_opt: bool,
}

impl Stamp {
    fn file() -> PathBuf {
        target().join("xtask").join("page.stamp")
    }

    fn load() -> Option<Self> {
        Self::parse(&std::fs::read_to_string(Self::file()).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        Some(Self {
            inputs: u64::from_str_radix(words.next()?, 16).ok()?,
            dist: u64::from_str_radix(words.next()?, 16).ok()?,
            wasm_opt: words.next()?.parse().ok()?,
        })
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "{:016x} {:016x} {}", self.inputs, self.dist, self.wasm_opt);
        text
    }

    fn save(&self) -> Result<()> {
        let file = Self::file();
        let folder = file.parent().context("the stamp has no folder")?;
        std::fs::create_dir_all(folder)?;
        std::fs::write(&file, self.text()).with_context(|| format!("{} cannot be written", file.display()))
    }

    fn holds(&self) -> bool {
        inputs_fingerprint().is_ok_and(|inputs| inputs == self.inputs)
            && dist_fingerprint().is_ok_and(|dist| dist == self.dist)
    }
}

fn inputs_fingerprint() -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    fingerprint(root(), &NOT_INPUTS)?.hash(&mut hasher);
    // Cargo.lock, among the files, stands for wasm-bindgen's version.
    (TRUNK, BINARYEN, standard::SETTINGS).hash(&mut hasher);
    // xtask is passed over above, but these parts of it write files of the page.
    [include_str!("names.rs"), include_str!("offline.rs"), include_str!("first_view.rs")].hash(&mut hasher);
    for setting in [offline::SITE_URL, offline::REPOSITORY] {
        std::env::var(setting).ok().hash(&mut hasher);
    }
    process::output(Command::new("rustc").arg("-vV").current_dir(root()))
        .context("there is no Rust compiler on PATH; install rustup (https://rustup.rs)")?
        .hash(&mut hasher);
    Ok(hasher.finish())
}

fn dist_fingerprint() -> Result<u64> {
    Ok(fingerprint(&dist(), &[])?)
}

/// A number that changes when a file below `folder` changes, comes, goes or is renamed. Hidden
/// files and the top-level folders in `except` are passed over. It lives only in the target
/// folder, so it need not be the same for every Rust release.
fn fingerprint(folder: &Path, except: &[&str]) -> io::Result<u64> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if !except.iter().any(|name| entry.file_name() == *name) {
            collect(&entry.path(), &mut files)?;
        }
    }
    let mut hasher = DefaultHasher::new();
    for (file, content) in files {
        let relative = file.strip_prefix(folder).unwrap_or(&file);
        (relative, content).hash(&mut hasher);
    }
    Ok(hasher.finish())
}

fn collect(path: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> io::Result<()> {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    if hidden {
        return Ok(());
    }
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.is_file() {
        files.insert(path.to_owned(), std::fs::read(path)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that is gone when the test is over.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
            std::fs::create_dir_all(folder.join("src")).unwrap();
            Self(folder)
        }

        fn write(&self, file: &str, text: &str) {
            let file = self.0.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }

        fn fingerprint(&self) -> u64 {
            fingerprint(&self.0, &["target"]).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_fingerprint_follows_content_and_names() {
        let folder = Folder::new("fingerprint");
        folder.write("src/a.rs", "one");
        let first = folder.fingerprint();
        assert_eq!(folder.fingerprint(), first, "nothing changed");

        folder.write("src/a.rs", "two");
        let second = folder.fingerprint();
        assert_ne!(second, first, "another content");

        std::fs::rename(folder.0.join("src/a.rs"), folder.0.join("src/b.rs")).unwrap();
        let third = folder.fingerprint();
        assert_ne!(third, second, "another name");

        folder.write("src/empty.rs", "");
        let fourth = folder.fingerprint();
        assert_ne!(fourth, third, "one more file");

        folder.write("target/x", "built");
        folder.write(".git/x", "hidden");
        assert_eq!(folder.fingerprint(), fourth, "what is built or hidden does not count");
    }

    #[test]
    fn a_stamp_survives_its_file() {
        let stamp = Stamp { inputs: 1, dist: u64::MAX, wasm_opt: false };
        assert_eq!(Stamp::parse(&stamp.text()), Some(stamp));
        assert_eq!(Stamp::parse(""), None);
        assert_eq!(Stamp::parse("1 2"), None);
    }
}
