//! One chromedriver for all scenarios of a run, or a geckodriver for each: that one drives one browser.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use xtask::system;

/// Runs the driver for as long as the shell's standard input is open, that is for as long as this
/// process lives, however it ends. Chromium in turn is tied to chromedriver by a pipe (see
/// `webdriver`), so that nothing is left behind; geckodriver ends its Firefox.
const LEASH: &str =
    r#""$0" "$@" & driver=$!; read -r _; kill "$driver"; wait "$driver"; sleep 1; rm -rf -- "$TMPDIR""#;

pub struct Driver {
    pub port: u16,
    pub browser: Browser,
    /// Holds the leash's standard input open.
    _leash: Child,
}

/// The program that the scenarios run in.
#[derive(Clone, Debug)]
pub enum Browser {
    Chromium(PathBuf),
    Firefox(PathBuf),
}

/// The driver for another browser. A failure to start the shared one is told to every scenario.
pub fn driver() -> Result<Arc<Driver>, String> {
    static SHARED: OnceLock<Result<Arc<Driver>, String>> = OnceLock::new();
    let started = || start().map(Arc::new).map_err(|error| format!("{error:#}"));
    if cfg!(feature = "firefox") { started() } else { SHARED.get_or_init(started).clone() }
}

fn start() -> Result<Driver> {
    let (program, arguments, browser) = if cfg!(feature = "firefox") {
        let found = system::find_firefox()?;
        // System access is what lets a scenario read Firefox's console and set its preferences.
        let arguments = &["--port=0", "--allow-system-access"][..];
        (found.geckodriver, arguments, Browser::Firefox(found.firefox))
    } else {
        let found = system::find()?;
        (found.chromedriver, &["--port=0"][..], Browser::Chromium(found.chromium))
    };
    // The browsers' profiles; short, because Chromium puts sockets there.
    static STARTED: AtomicU32 = AtomicU32::new(0);
    let number = STARTED.fetch_add(1, Ordering::Relaxed);
    let temporary = std::env::temp_dir().join(format!("roofline-browser-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&temporary)?;
    let mut leash = Command::new("sh")
        .args(["-c", LEASH])
        .arg(&program)
        .args(arguments)
        .env("TMPDIR", &temporary)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Browsers complain of a missing desktop there; the driver's own errors come as answers.
        .stderr(Stdio::null())
        .spawn()
        .context("no shell to start the driver from")?;
    let stdout = leash.stdout.take().context("the driver's output is not there")?;
    let mut said = String::new();
    let mut lines = BufReader::new(stdout).lines();
    for line in &mut lines {
        let line = line?;
        if let Some(port) = port_in(&line) {
            // Reading on: a full pipe would stop the driver.
            thread::spawn(move || lines.for_each(drop));
            return Ok(Driver { port, browser, _leash: leash });
        }
        said += &line;
        said.push('\n');
    }
    bail!("{} did not start: {said}", program.display())
}

/// `ChromeDriver was started successfully on port 36829.`, or `… Listening on 127.0.0.1:36829`.
fn port_in(line: &str) -> Option<u16> {
    let said = ["started successfully on port ", "Listening on 127.0.0.1:"];
    let (_, rest) = said.iter().find_map(|said| line.split_once(said))?;
    rest.trim().trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_what_it_says() {
        assert_eq!(port_in("ChromeDriver was started successfully on port 36829."), Some(36829));
        assert_eq!(port_in("1764316800000\tgeckodriver\tINFO\tListening on 127.0.0.1:36829"), Some(36829));
        assert_eq!(port_in("Starting ChromeDriver 156.0.8078.79 on port 0"), None);
    }
}
