//! One chromedriver for all scenarios of a run.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use xtask::system;

/// Runs chromedriver for as long as the shell's standard input is open, that is for as long as
/// this process lives, however it ends. Chromium in turn is tied to chromedriver by a pipe (see
/// `webdriver`), so that nothing is left behind.
const LEASH: &str =
    r#""$0" "$@" & driver=$!; read -r _; kill "$driver"; wait "$driver"; sleep 1; rm -rf -- "$TMPDIR""#;

pub struct Chromedriver {
    pub port: u16,
    pub chromium: PathBuf,
    /// Holds the leash's standard input open.
    _leash: Child,
}

/// Starts it at the first call. A failure is told to every scenario.
pub fn shared() -> Result<&'static Chromedriver, &'static str> {
    static SHARED: OnceLock<Result<Chromedriver, String>> = OnceLock::new();
    let started = SHARED.get_or_init(|| start().map_err(|error| format!("{error:#}")));
    started.as_ref().map_err(String::as_str)
}

fn start() -> Result<Chromedriver> {
    let browser = system::find()?;
    // Chromium's profiles; short, because it puts sockets there.
    let temporary = std::env::temp_dir().join(format!("roofline-browser-{}", std::process::id()));
    std::fs::create_dir_all(&temporary)?;
    let mut leash = Command::new("sh")
        .args(["-c", LEASH])
        .arg(&browser.chromedriver)
        .arg("--port=0")
        .env("TMPDIR", &temporary)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Chromium complains of a missing desktop there; chromedriver's own errors come as answers.
        .stderr(Stdio::null())
        .spawn()
        .context("no shell to start chromedriver from")?;
    let stdout = leash.stdout.take().context("chromedriver's output is not there")?;
    let mut said = String::new();
    let mut lines = BufReader::new(stdout).lines();
    for line in &mut lines {
        let line = line?;
        if let Some(port) = port_in(&line) {
            // Reading on: a full pipe would stop chromedriver.
            thread::spawn(move || lines.for_each(drop));
            return Ok(Chromedriver { port, chromium: browser.chromium, _leash: leash });
        }
        said += &line;
        said.push('\n');
    }
    bail!("{} did not start: {said}", browser.chromedriver.display())
}

/// `ChromeDriver was started successfully on port 36829.`
fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("started successfully on port ")?;
    rest.trim().trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_what_it_says() {
        assert_eq!(port_in("ChromeDriver was started successfully on port 36829."), Some(36829));
        assert_eq!(port_in("Starting ChromeDriver 156.0.8078.79 on port 0"), None);
    }
}
