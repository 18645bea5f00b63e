//! Wasm that is not the page: compiled like it, and made as small.

use crate::process::{self, target};
use crate::standard;
use crate::tools::{Tools, WASM_TARGET};
use anyhow::Result;
use std::path::Path;
use std::process::Command;

/// What is compiled and where it goes.
pub struct Module<'a> {
    /// What tells cargo which library to compile, and how: `build --package speed`.
    pub cargo: &'a [&'a str],
    /// The library's name, with underscores.
    pub library: &'a str,
    /// The files' name.
    pub name: &'a str,
    pub folder: &'a Path,
}

impl Module<'_> {
    /// Writes `name.js`, a module for browsers, and `name_bg.wasm`.
    pub fn make(&self, tools: &Tools) -> Result<()> {
        let Module { cargo, library, name, folder } = self;
        let mut build = process::cargo();
        build.args(*cargo).args(["--locked", "--target", WASM_TARGET, "--profile", "web"]);
        // These would replace the settings.
        for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
            build.env_remove(variable);
        }
        process::run(build.envs(standard::SETTINGS), "What the compiler had to say is above.")?;
        bind(tools, library, name, folder, false)
    }
}

/// Gives a library or program that cargo compiled its script, and makes it small; with the names of its functions
/// where they are wanted.
pub fn bind(tools: &Tools, compiled: &str, name: &str, folder: &Path, named: bool) -> Result<()> {
    let compiled = target().join(WASM_TARGET).join("web").join(format!("{compiled}.wasm"));
    let mut bindgen = Command::new(tools.program("wasm-bindgen")?);
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", name]);
    if named {
        bindgen.arg("--keep-debug");
    } else if !tools.wasm_opt {
        bindgen.arg("--remove-name-section");
    }
    bindgen.arg("--out-dir").args([folder, &compiled]);
    process::run(&mut bindgen, "What wasm-bindgen had to say is above.")?;
    if tools.wasm_opt {
        let file = folder.join(format!("{name}_bg.wasm"));
        let mut optimise = Command::new(tools.program("wasm-opt")?);
        // As index.html has it for the page.
        optimise.args(["-Oz", "--low-memory-unused", "--reorder-functions-by-name"]);
        if named {
            optimise.arg("-g");
        }
        optimise.arg(&file).arg("-o").arg(&file).env("PATH", tools.path()?);
        process::run(&mut optimise, "What wasm-opt had to say is above.")?;
    }
    Ok(())
}
