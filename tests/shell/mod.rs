//! The command line, run as a person runs it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// What a run with such arguments and such standard input comes to.
pub fn run(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_transformer-roofline-analyzer"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A run that fails early does not read its input; that it cannot be written then is no matter.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// What a run prints that succeeds and complains of nothing.
pub fn out(args: &[&str], input: &str) -> String {
    let output = run(args, input);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The exit code and what stands on standard error.
pub fn refused(args: &[&str], input: &str) -> (i32, String) {
    let output = run(args, input);
    assert!(output.stdout.is_empty(), "{args:?} printed a report");
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}
