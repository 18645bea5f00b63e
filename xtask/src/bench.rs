//! `cargo xtask bench`: builds what is timed, then has `tests/speed` time it.

use crate::process::{self, say, target};
use crate::wasm::Module;
use crate::{page, system, tools};
use anyhow::Result;
use clap::ValueEnum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Analyses, sweeps and parses, natively and in the browser's wasm
    Engine,
    /// The command line as a whole process
    Cli,
    /// The built page: from a key and from an address to the painted answer
    Page,
}

/// Times some parts, or all if none is named.
pub fn run(parts: &[Part]) -> Result<()> {
    let parts = if parts.is_empty() { Part::value_variants() } else { parts };
    let browser = system::ensure()?;
    let folder = target().join("xtask").join("speed");
    if parts.contains(&Part::Engine) {
        say("building the engine's wasm");
        Module {
            cargo: &["build", "--package", "speed", "--lib"],
            library: "speed",
            name: "speed",
            folder: &folder,
        }
        .make(&tools::ensure()?)?;
    }
    if parts.contains(&Part::Page) {
        page::build(page::When::Changed)?;
    }
    say("building what is timed natively");
    let mut program = process::cargo();
    program.args(["build", "--release", "--bin", "transformer-roofline-analyzer"]);
    process::run(&mut program, "What the compiler had to say is above.")?;
    let program = format!("transformer-roofline-analyzer{}", std::env::consts::EXE_SUFFIX);
    let mut speed = process::cargo();
    speed
        .args(["run", "--quiet", "--release", "--package", "speed", "--bin", "speed", "--"])
        .arg(target().join("release").join(program))
        .arg(&folder)
        .args(parts.iter().filter_map(|part| Some(part.to_possible_value()?.get_name().to_owned())))
        .env("CHROMIUM", browser.chromium)
        .env("CHROMEDRIVER", browser.chromedriver);
    process::run(&mut speed, "What went wrong is above.")
}
