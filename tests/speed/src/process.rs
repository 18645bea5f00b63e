//! The command line as a whole process.

use crate::clock::{median, time};
use crate::table::{Figure, Row};
use crate::work::MODEL;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::{Command, Stdio};

pub fn rows(program: &Path) -> Result<Vec<Row>> {
    let analysis = run(program, &["--cached-tokens", "1024", "--hardware", "h100", MODEL])?;
    let mut row = Row::new("the command line, from start to end", analysis).at_most(Figure::Seconds(5e-3));
    // What starting any process takes; not every system has it.
    if let Ok(nothing) = run(Path::new("true"), &[]) {
        row = row.beside("a process that does nothing", nothing);
    }
    Ok(vec![row])
}

fn run(program: &Path, arguments: &[&str]) -> Result<Figure> {
    let start = || {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()
    };
    let status = start().with_context(|| format!("{} could not be started", program.display()))?;
    anyhow::ensure!(status.success(), "{} failed ({status})", program.display());
    Ok(Figure::Seconds(median(&time(|| drop(start())))))
}
