//! The command line.

use crate::{bench, firefox, lighthouse, package, page, parts, process, serve, size, suite};
use anyhow::{Result, bail};
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Builds, serves, measures and tests the page")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build the optimised page and serve it on this machine
    ///
    /// Installs what is missing first: the wasm target, the library's sources, Trunk, wasm-bindgen and wasm-opt.
    Serve {
        /// Port to listen on; when it is taken, the next free one
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Build the optimised page into dist/
    Build {
        /// Rebuild even if nothing changed
        #[arg(long)]
        force: bool,
    },
    /// Measure what a visitor downloads; fails past the budget
    Size {
        /// Also list what each part of the wasm weighs
        #[arg(long)]
        parts: bool,
    },
    /// Run every check: format, supply chain, lints, native tests, docs, page, size, browser
    Test(suite::Choice),
    /// Play the heart of the browser scenarios in Firefox, where it and geckodriver are installed
    Firefox,
    /// Time the engine, the command line and the page, and print a table of figures and targets
    ///
    /// Builds what it times first. A missed target is marked and is no failure: machines differ.
    Bench {
        /// Time only this part (repeatable)
        parts: Vec<bench::Part>,
    },
    /// Have Lighthouse judge the built page; fails below its floors
    Lighthouse,
    /// Build the engine as an npm package into target/npm/, and measure it
    Package,
    /// Go on damaging configs, links, fields and Hub answers at random, optimised and with overflow checked
    Fuzz {
        /// For how long; every kind of input is tried all the time, side by side
        #[arg(default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=10_000))]
        minutes: u64,
    },
    /// Photograph the page at five widths, light, dark, in forced colours and on paper, into target/screenshots/
    Shots {
        /// What follows the page's address, such as '#v=1&m=gpt2'; the bare page if none is given
        fragments: Vec<String>,
    },
}

impl Cli {
    pub fn run(self) -> Result<()> {
        match self.command {
            Command::Serve { port } => {
                page::build(page::When::Changed)?;
                serve::run(port)
            }
            Command::Build { force } => {
                page::build(if force { page::When::Always } else { page::When::Changed })
            }
            Command::Size { parts } => {
                page::build(page::When::Changed)?;
                if parts {
                    parts::print()?;
                }
                size::check()
            }
            Command::Test(choice) => suite::run(&choice),
            Command::Firefox => firefox::run(),
            Command::Bench { parts } => bench::run(&parts),
            Command::Lighthouse => lighthouse::run(),
            Command::Package => package::run(),
            Command::Fuzz { minutes } => fuzz(minutes),
            Command::Shots { fragments } => shots(&fragments),
        }
    }
}

fn fuzz(minutes: u64) -> Result<()> {
    let mut tests = process::cargo();
    tests
        .args(["test", "--profile", "fuzz", "--test", "fuzz", "--", "--nocapture", "--test-threads=16"])
        .env("ROOFLINE_FUZZ_SECONDS", (minutes * 60).to_string());
    process::run(
        &mut tests,
        "The smallest input that fails is above; make it a test beside the code it breaks.",
    )
}

fn shots(fragments: &[String]) -> Result<()> {
    page::build(page::When::Changed)?;
    let status = process::cargo()
        .args(["run", "--quiet", "--package", "browser-tests", "--bin", "shots", "--"])
        .args(fragments)
        .status()?;
    if !status.success() {
        bail!("no pictures were taken; the reason is above");
    }
    Ok(())
}
