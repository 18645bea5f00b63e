//! What the project is made of: every crate's licence, source, versions and known vulnerabilities, held to
//! deny.toml by cargo-deny.

use crate::process::{self, root};
use crate::tally::Outcome;
use crate::tools;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// What can be looked at without the database of vulnerabilities.
const LOCAL: [&str; 3] = ["bans", "licenses", "sources"];

/// How long fetching that database may take: some seconds where it can be reached.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn check(outcome: &mut Outcome) -> Result<()> {
    check_with(&tools::deny()?, PATIENCE, outcome)
}

/// Each of the four checks counts as a test. A database that cannot be reached leaves its check out.
fn check_with(deny: &Path, patience: Duration, outcome: &mut Outcome) -> Result<()> {
    let mut checks = LOCAL.to_vec();
    match fetch(deny, patience) {
        Ok(()) => checks.push("advisories"),
        Err(reason) => outcome.leave_out(format!(
            "advisories, as the database of vulnerabilities could not be reached: {reason:#}"
        )),
    }
    let mut broken = Vec::new();
    for check in checks {
        let found = process::run(
            cargo_deny(deny).args(["--workspace", "--locked", "check", check]),
            "deny.toml says what is allowed, and why.",
        );
        match found {
            Ok(()) => outcome.tally.passed += 1,
            Err(_) => {
                outcome.tally.failed += 1;
                broken.push(check);
            }
        }
    }
    if !broken.is_empty() {
        bail!(
            "the crates break the rules of deny.toml about {}; which and how is above",
            broken.join(" and ")
        );
    }
    Ok(())
}

fn fetch(deny: &Path, patience: Duration) -> Result<()> {
    let mut fetch = cargo_deny(deny);
    // A git that waits for a server or a password ends by itself.
    fetch
        .args(["--color", "never", "fetch", "db"])
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_HTTP_LOW_SPEED_LIMIT", "1000")
        .env("GIT_HTTP_LOW_SPEED_TIME", "30");
    process::output_within(&mut fetch, patience).map(|_| ())
}

fn cargo_deny(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::tally::Tally;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    /// A cargo-deny that does what the script says; gone when the test is over.
    struct StandIn(PathBuf);

    impl StandIn {
        fn new(name: &str, script: &str) -> Self {
            let file = std::env::temp_dir().join(format!("cargo-deny-{name}-{}", std::process::id()));
            std::fs::write(&file, format!("#!/bin/sh\ncase \"$*\" in\n{script}\nesac\n")).unwrap();
            std::fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).unwrap();
            Self(file)
        }

        fn check(&self) -> (Outcome, Result<()>) {
            let mut outcome = Outcome::default();
            let result = check_with(&self.0, Duration::from_millis(500), &mut outcome);
            (outcome, result)
        }
    }

    impl Drop for StandIn {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    #[test]
    fn four_checks_are_counted() {
        let (outcome, result) = StandIn::new("clean", "").check();
        result.unwrap();
        assert_eq!(outcome.tally, Tally { passed: 4, failed: 0, ignored: 0 });
    }

    #[test]
    fn a_database_out_of_reach_is_skipped_with_its_reason_and_the_rest_is_checked() {
        let unreachable = StandIn::new(
            "unreachable",
            "*fetch*) echo 'Could not resolve host' >&2; exit 1;;\n*advisories*) exit 1;;",
        );
        let (outcome, result) = unreachable.check();
        result.unwrap();
        assert_eq!(outcome.tally, Tally { passed: 3, failed: 0, ignored: 1 });
        let [said] = outcome.left_out.as_slice() else { panic!("{:?}", outcome.left_out) };
        assert!(said.starts_with("advisories, ") && said.ends_with("Could not resolve host"), "{said}");
    }

    #[test]
    fn a_database_that_does_not_answer_is_given_up() {
        let (outcome, result) = StandIn::new("silent", "*fetch*) exec sleep 20;;").check();
        result.unwrap();
        assert_eq!(outcome.tally.ignored, 1);
        assert!(outcome.left_out[0].contains("took longer than 0.5 s"), "{:?}", outcome.left_out);
    }

    #[test]
    fn what_is_found_fails_the_step_by_name() {
        let (outcome, result) = StandIn::new("broken", "*licenses*|*advisories*) exit 1;;").check();
        let said = result.unwrap_err().to_string();
        assert!(said.contains("about licenses and advisories"), "{said}");
        assert_eq!(outcome.tally, Tally { passed: 2, failed: 2, ignored: 0 });
    }
}
