//! The standard library, compiled with the page.
//!
//! The one that rustup brings is made for speed and for panics that say what happened and where: a tenth of
//! the page's size. Compiled here, it is made small, and a panic is one instruction that stops the page, of
//! which static/boot.js then tells. Everything but the page is built with rustup's.

use crate::process::{self, say};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What cargo finds in its environment while it builds the page.
pub const SETTINGS: [(&str, &str); 6] = [
    // Stable compilers take the settings below as well, if told so.
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    ("CARGO_UNSTABLE_PANIC_IMMEDIATE_ABORT", "true"),
    ("CARGO_PROFILE_WEB_PANIC", "immediate-abort"),
    ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", COMPILER_SETTINGS),
];

/// No panic tells its place, and no message of the page is a derived Debug.
const COMPILER_SETTINGS: &str = "-Zlocation-detail=none -Zfmt-debug=shallow";

/// Finds the library's sources, or has rustup bring them.
///
/// # Errors
/// When the compiler does not know the settings, or the sources are missing and cannot be had.
pub fn ensure() -> Result<()> {
    let mut rustc = Command::new("rustc");
    rustc.envs(SETTINGS).args(["-Zunstable-options", "-Cpanic=immediate-abort", "--print=cfg"]);
    process::output(rustc.args(COMPILER_SETTINGS.split(' ')).current_dir(process::root())).context(
        "The page needs Rust 1.92 or later; `rustup update stable` brings it. A much later one may call a setting \
         of xtask/src/standard.rs otherwise",
    )?;
    if sources().is_some_and(|sources| sources.join("Cargo.lock").is_file()) {
        return Ok(());
    }
    say("adding the sources of Rust's standard library");
    process::run(
        Command::new("rustup").args(["component", "add", "rust-src"]).current_dir(process::root()),
        "The page is built together with Rust's standard library and needs its sources: install rustup \
         (https://rustup.rs) and run `rustup component add rust-src`, or install your distribution's package \
         of them (Debian: rust-src).",
    )
}

/// Where the compiler looks for them.
fn sources() -> Option<PathBuf> {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "sysroot"]).current_dir(process::root());
    let sysroot = process::output(&mut rustc).ok()?;
    Some(Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library"))
}
