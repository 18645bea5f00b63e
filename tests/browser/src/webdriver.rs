//! The WebDriver protocol, as much of it as the scenarios use: JSON over HTTP/1.1.
//!
//! Written here rather than taken from a crate: those bring an async runtime, a hundred packages
//! and `serde_json/preserve_order`, which would change the order of keys in every other member's
//! tests.

use crate::driver::{Browser, Driver};
use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// Far longer than any command takes; for a browser that hangs.
const COMMAND_LIMIT: Duration = Duration::from_secs(45);
/// The key under which the protocol names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

const ARGUMENTS: &[&str] = &[
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--lang=en-US",
    "--force-color-profile=srgb",
    // No name but this machine's is found, so no scenario depends on the world outside.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    // Commands come through a pipe, and Chromium ends when chromedriver does.
    "--remote-debugging-pipe",
];

/// One browser. It closes when this is dropped.
pub struct Session {
    driver: Arc<Driver>,
    id: String,
    pub is_firefox: bool,
}

/// An element of the page.
#[derive(Clone, Debug)]
pub struct Element(String);

impl Session {
    pub fn start(driver: Arc<Driver>, further: &[&'static str]) -> Result<Self> {
        let (mut wanted, is_firefox) = match &driver.browser {
            Browser::Chromium(program) => {
                let mut arguments = [ARGUMENTS, further].concat();
                if needs_no_sandbox() {
                    arguments.push("--no-sandbox");
                }
                let wanted = json!({
                    "goog:loggingPrefs": { "browser": "ALL" },
                    "goog:chromeOptions": { "binary": program, "args": arguments },
                });
                (wanted, false)
            }
            Browser::Firefox(program) => {
                let wanted = json!({
                    "moz:firefoxOptions": { "binary": program, "args": ["-headless"] },
                    // Nobody answers there, so no scenario depends on the world outside.
                    "proxy": { "proxyType": "manual", "httpProxy": "127.0.0.1:9", "sslProxy": "127.0.0.1:9" },
                });
                (wanted, true)
            }
        };
        wanted["timeouts"] = json!({ "script": 30_000, "pageLoad": 30_000 });
        let capabilities = json!({ "capabilities": { "alwaysMatch": wanted } });
        let answer =
            call(driver.port, "POST", "/session", &capabilities).context("the browser did not start")?;
        let id = answer["sessionId"].as_str().context("the driver gave no session")?;
        Ok(Self { id: id.to_owned(), driver, is_firefox })
    }

    pub fn post(&self, command: &str, body: &Value) -> Result<Value> {
        call(self.driver.port, "POST", &format!("/session/{}/{command}", self.id), body)
    }

    pub fn get(&self, command: &str) -> Result<Value> {
        call(self.driver.port, "GET", &format!("/session/{}/{command}", self.id), &Value::Null)
    }

    /// Runs the body of a function; `arguments[0]`… are the arguments, a promise is awaited.
    pub fn script(&self, body: &str, arguments: Value) -> Result<Value> {
        // As chromedriver does it unasked: so that the body may wait.
        let body = if self.is_firefox { &format!("return (async () => {{ {body} }})()") } else { body };
        self.post("execute/sync", &json!({ "script": body, "args": arguments }))
    }

    /// The same in Firefox's own window, where all that the browser can do is at hand.
    pub fn privileged(&self, body: &str, arguments: Value) -> Result<Value> {
        self.post("moz/context", &json!({ "context": "chrome" }))?;
        let answer = self.script(body, arguments);
        self.post("moz/context", &json!({ "context": "content" }))?;
        answer
    }

    /// A command of the Chrome DevTools Protocol.
    pub fn cdp(&self, command: &str, parameters: Value) -> Result<Value> {
        if self.is_firefox {
            bail!("{command} is Chromium's alone");
        }
        self.post("goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    pub fn click(&self, element: &Element) -> Result<()> {
        self.post(&format!("element/{}/click", element.0), &json!({})).map(drop)
    }
}

impl Element {
    /// What a script returned, if it is an element.
    pub fn from_value(value: &Value) -> Option<Self> {
        value[ELEMENT].as_str().map(|id| Self(id.to_owned()))
    }

    /// For a script's arguments, or an action's origin.
    pub fn to_value(&self) -> Value {
        json!({ ELEMENT: self.0 })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // If it fails, the browser is gone already, or goes with the driver.
        let _ = call(self.driver.port, "DELETE", &format!("/session/{}", self.id), &Value::Null);
    }
}

/// Chromium refuses its sandbox to root, and containers in CI often forbid it.
fn needs_no_sandbox() -> bool {
    std::env::var_os("CI").is_some()
        || xtask::process::output(std::process::Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn call(port: u16, method: &str, path: &str, body: &Value) -> Result<Value> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).context("the driver is gone")?;
    stream.set_read_timeout(Some(COMMAND_LIMIT))?;
    let body = if body.is_null() { String::new() } else { body.to_string() };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    // Not to the end of the stream: the driver keeps it open.
    let mut answer = BufReader::new(stream);
    let read = || format!("no answer to {method} {path}");
    let mut status = String::new();
    answer.read_line(&mut status).with_context(read)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        answer.read_line(&mut line).with_context(read)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    answer.read_exact(&mut body).with_context(read)?;
    let succeeded = status.starts_with("HTTP/1.1 200");
    let value: Value =
        serde_json::from_slice(&body).with_context(|| format!("the driver's answer is no JSON: {status}"))?;
    let value = value["value"].clone();
    match value["error"].as_str() {
        Some(error) if !succeeded => {
            let message = value["message"].as_str().unwrap_or_default();
            // Below the first line is the driver's own stack.
            Err(anyhow!("{error}: {}", message.lines().next().unwrap_or_default()))
        }
        _ if !succeeded => bail!("{status}"),
        _ => Ok(value),
    }
}
