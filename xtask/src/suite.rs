//! `cargo xtask test`: every check, in order, and one summary.
//!
//! A step that cannot run has failed. Only `--skip` leaves one out, and the summary says so; what a step itself has
//! to leave out, for want of a connection, is counted as skipped and named there.

use crate::process::{self, cargo, say};
use crate::tally::{Outcome, Tally};
use crate::tools::WASM_TARGET;
use crate::{package, page, size, supply, system, tools};
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// The wasm target and the browser are there, or can be installed
    System,
    /// cargo fmt --check
    Fmt,
    /// Licences, sources, duplicates and known vulnerabilities of every crate
    Supply,
    /// Clippy on everything that runs natively
    Clippy,
    /// Clippy on the page
    ClippyWasm,
    /// Every native test
    Native,
    /// The JavaScript function in the browser's wasm
    Wasm,
    /// The npm package builds, and its example runs in Node
    Package,
    /// The documentation builds without a warning
    Doc,
    /// The optimised page builds
    Page,
    /// The page keeps its size budget
    Size,
    /// The built page in a real browser
    Browser,
}

#[derive(Clone, Debug, Default, Args)]
pub struct Choice {
    /// Leave a step out (repeatable); the summary says so
    #[arg(long, value_name = "STEP")]
    pub skip: Vec<Step>,
    /// Run only this step (repeatable)
    #[arg(long, value_name = "STEP", conflicts_with = "skip")]
    pub only: Vec<Step>,
}

impl Choice {
    fn includes(&self, step: Step) -> bool {
        if self.only.is_empty() { !self.skip.contains(&step) } else { self.only.contains(&step) }
    }
}

/// How a step went.
struct Report {
    step: Step,
    took: Duration,
    outcome: Outcome,
    /// None for a step that was left out.
    result: Option<Result<()>>,
}

pub fn run(choice: &Choice) -> Result<()> {
    let started = Instant::now();
    let reports: Vec<Report> = Step::value_variants().iter().map(|step| report(*step, choice)).collect();

    println!();
    for report in &reports {
        println!("{}", summary(report));
    }
    println!("all steps: {}", seconds(started.elapsed()));
    let mut tally = Tally::default();
    for report in &reports {
        tally += report.outcome.tally;
    }
    let failed: Vec<String> = reports
        .iter()
        .filter(|report| matches!(report.result, Some(Err(_))))
        .map(|report| name(report.step))
        .collect();
    if !failed.is_empty() {
        println!("FAILED: {}", failed.join(", "));
    }
    // The last line of all, in a form that other programs read.
    println!("{tally}");
    std::io::stdout().flush()?;
    if !failed.is_empty() {
        std::process::exit(1);
    }
    Ok(())
}

fn report(step: Step, choice: &Choice) -> Report {
    if !choice.includes(step) {
        return Report { step, took: Duration::ZERO, outcome: Outcome::default(), result: None };
    }
    say(name(step));
    let started = Instant::now();
    let mut outcome = Outcome::default();
    let result = perform(step, &mut outcome);
    let counts = matches!(step, Step::Supply | Step::Native | Step::Wasm | Step::Package | Step::Browser);
    if result.is_err() && counts && outcome.tally.failed == 0 {
        // Its tests could not be compiled or run, or died: no result line tells of that.
        outcome.tally.failed = 1;
    }
    let took = started.elapsed();
    match &result {
        Ok(()) => say(format!("{} passed after {}", name(step), seconds(took))),
        Err(error) => say(format!("{} FAILED after {}: {error:#}", name(step), seconds(took))),
    }
    Report { step, took, outcome, result: Some(result) }
}

fn perform(step: Step, outcome: &mut Outcome) -> Result<()> {
    let tally = &mut outcome.tally;
    let warnings_fail = ["--", "-D", "warnings"];
    match step {
        Step::System => {
            tools::ensure()?;
            system::ensure().map(|_| ())
        }
        Step::Fmt => {
            process::run(cargo().args(["fmt", "--all", "--check"]), "`cargo fmt --all` puts it right.")
        }
        Step::Supply => supply::check(outcome),
        Step::Clippy => {
            let all = ["clippy", "--workspace", "--all-targets", "--features", "browser-tests/chromium"];
            let first_view = ["clippy", "--lib", "--bins", "--features", "page"];
            let cure = "The lints are above; `cargo clippy --fix` puts some right.";
            process::run(cargo().args(all).args(warnings_fail), cure)?;
            process::run(cargo().args(first_view).args(warnings_fail), cure)
        }
        Step::ClippyWasm => process::run(
            cargo()
                .args(["clippy", "--lib", "--bins", "--features", "page", "--target", WASM_TARGET])
                .args(warnings_fail),
            "The lints are above; they are in code that only the page compiles.",
        ),
        Step::Native => count(cargo().args(["test", "--workspace", "--no-fail-fast"]), tally),
        Step::Wasm => {
            let (browser, tools) = (system::ensure()?, tools::ensure()?);
            let mut tests = cargo();
            // No -q: the runner does not know it.
            tests
                .args(["test", "--target", WASM_TARGET, "--test", "js"])
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
                .env("PATH", tools.path()?)
                .env("WASM_BINDGEN_USE_BROWSER", "1")
                .env("CHROMEDRIVER", browser.chromedriver);
            count(&mut tests, tally)
        }
        Step::Package => package::check(outcome),
        Step::Doc => process::run(
            cargo()
                .args(["doc", "--workspace", "--no-deps", "--document-private-items"])
                .env("RUSTDOCFLAGS", "-D warnings"),
            "What rustdoc has to say is above.",
        ),
        Step::Page => page::build(page::When::Changed),
        Step::Size => {
            page::ensure_current()?;
            size::check()
        }
        Step::Browser => {
            let browser = system::ensure()?;
            page::build(page::When::Changed)?;
            package::build()?;
            forget_failures();
            // The same package selection as the native step: fewer crates are compiled twice.
            let mut tests = cargo();
            tests
                .args(["test", "--workspace", "--features", "browser-tests/chromium", "--test", "scenarios"])
                .env("CHROMIUM", browser.chromium)
                .env("CHROMEDRIVER", browser.chromedriver);
            count(&mut tests, tally)
        }
    }
}

/// Removes the pictures that failed scenarios of earlier runs left.
fn forget_failures() {
    let pictures = std::fs::read_dir(process::target().join("screenshots")).into_iter().flatten().flatten();
    for picture in pictures.filter(|picture| picture.file_name().to_string_lossy().starts_with("failed-")) {
        // One that stays is only confusing.
        let _ = std::fs::remove_file(picture.path());
    }
}

/// Runs tests, shows what they print and adds up their results.
pub fn count(command: &mut Command, tally: &mut Tally) -> Result<()> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("cargo could not be started")?;
    let stdout = child.stdout.take().context("cargo's output is not there")?;
    let mut output = String::new();
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        output += &line;
        output.push('\n');
    }
    let status = child.wait()?;
    let counted = Tally::of(&output);
    *tally += counted;
    if !status.success() {
        bail!("{counted} tests; what went wrong is above");
    }
    if counted.ran() == 0 {
        bail!("no test ran");
    }
    Ok(())
}

fn summary(report: &Report) -> String {
    let name = name(report.step);
    let took = seconds(report.took);
    let tally = report.outcome.tally;
    let tests = if tally == Tally::default() { String::new() } else { format!("  {tally} tests") };
    let mut lines = vec![match &report.result {
        None => format!("{name:<12} left out"),
        Some(Ok(())) => format!("{name:<12} passed  {took:>7}{tests}"),
        Some(Err(error)) => format!("{name:<12} FAILED  {took:>7}{tests}\n{:<12} {error:#}", ""),
    }];
    lines.extend(report.outcome.left_out.iter().map(|what| format!("{:<12} left out: {what}", "")));
    lines.join("\n")
}

fn name(step: Step) -> String {
    step.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_and_skip_choose_steps() {
        let everything = Choice::default();
        assert!(Step::value_variants().iter().all(|step| everything.includes(*step)));
        let skip = Choice { skip: vec![Step::Browser], only: vec![] };
        assert!(!skip.includes(Step::Browser) && skip.includes(Step::Native));
        let only = Choice { skip: vec![], only: vec![Step::Fmt] };
        assert!(only.includes(Step::Fmt) && !only.includes(Step::Native));
    }

    #[test]
    fn a_run_that_dies_is_an_error() {
        let mut tally = Tally::default();
        let dies = count(Command::new("cargo").arg("no-such-subcommand").stderr(Stdio::null()), &mut tally);
        assert_eq!(dies.unwrap_err().to_string(), "0 passed, 0 failed tests; what went wrong is above");
    }

    #[test]
    fn a_run_without_tests_fails() {
        let mut tally = Tally::default();
        let idle = count(Command::new("cargo").arg("--version"), &mut tally);
        assert_eq!(idle.unwrap_err().to_string(), "no test ran");
    }

    #[test]
    fn a_step_that_was_left_out_is_named() {
        let outcome = Outcome::default();
        let report = Report { step: Step::ClippyWasm, took: Duration::ZERO, outcome, result: None };
        assert_eq!(summary(&report), "clippy-wasm  left out");
    }

    #[test]
    fn what_a_step_leaves_out_is_counted_and_named() {
        let mut outcome = Outcome { tally: Tally { passed: 3, ..Tally::default() }, left_out: Vec::new() };
        outcome.leave_out("advisories, as nobody answers".to_owned());
        let report = Report { step: Step::Supply, took: Duration::ZERO, outcome, result: Some(Ok(())) };
        assert_eq!(
            summary(&report),
            "supply       passed    0.0 s  3 passed, 0 failed, 1 skipped tests\n\
             \u{20}            left out: advisories, as nobody answers"
        );
    }
}
