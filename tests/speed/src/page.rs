//! The built page in Chromium: from a key to its picture, from an address to the answer; and the engine's wasm.

use crate::clock::{median, quantile};
use crate::table::{Figure, Row};
use anyhow::Result;
use browser::Page;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use xtask::files;
use xtask::http::{Response, Server};

/// As many times slower than this machine.
const SLOW: f64 = 4.0;
const KEYS: usize = 80;
/// At first the browser still compiles what it runs.
const WARM_UP: usize = 10;
const LOADS: usize = 12;
/// Another view than the one that the page carries, so that nothing is painted before the wasm has drawn it.
const LINK: &str = "#v=1&m=meta-llama/Llama-3.1-8B";

/// Notes when what a page shows was last painted, in view and anywhere: every change is followed to the end of the
/// frame that it is in. A canvas is drawn in the frame that changes the text around it.
const WATCH: &str = include_str!("watch.js");

/// Times work in wasm as `clock` does natively.
const TIME: &str = include_str!("time.js");

/// The engine's wasm in a browser.
pub struct Wasm {
    page: Page,
    _server: Server,
}

impl Wasm {
    /// Loads `speed.js` and its wasm from a folder.
    pub fn load(folder: &Path) -> Result<Self> {
        let folder = folder.to_owned();
        let server = Server::start(move |request| match request.path() {
            "/" => Response::new(200, "text/html", "<!doctype html><link rel=icon href=data:,>"),
            _ => files::answer(&folder, request),
        })?;
        let page = Page::new().at(&format!("{}/", server.url())).open("");
        Ok(Wasm { page, _server: server })
    }

    /// The median for one round of this work.
    pub fn time(&self, name: &str) -> Figure {
        Figure::Seconds(median(&numbers(&self.page.script(TIME, json!([name])))) / 1e3)
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (slowdown, [half, most]) in [(1.0, [None, Some(16e-3)]), (SLOW, [None, Some(50e-3)])] {
        let [in_view, anywhere] = keystrokes(slowdown);
        for (part, target) in [(0.5, half), (0.95, most)] {
            let what = format!("key to painted answer{}, p{:.0}", slowed(slowdown), part * 100.0);
            let row = row(what, quantile(&in_view, part), target);
            rows.push(row.beside("out of view too", Figure::Seconds(quantile(&anywhere, part))));
        }
    }
    for (slowdown, target) in [(1.0, 0.2), (SLOW, 0.6)] {
        for (what, fragment) in [("cold load", ""), ("cold load of a link", LINK)] {
            let samples: Vec<[f64; 2]> = (0..LOADS).map(|_| load(slowdown, fragment)).collect();
            let [read, live] = [0, 1].map(|at| samples.iter().map(|took| took[at]).collect::<Vec<_>>());
            let row =
                row(format!("{what} to painted answer{}", slowed(slowdown)), median(&read), Some(target));
            rows.push(row.beside("until it answers", Figure::Seconds(median(&live))));
        }
    }
    rows
}

fn row(what: String, seconds: f64, target: Option<f64>) -> Row {
    let row = Row::new(what, Figure::Seconds(seconds));
    match target {
        Some(target) => row.at_most(Figure::Seconds(target)),
        None => row,
    }
}

fn slowed(times: f64) -> String {
    if times > 1.0 { format!(", {times} × slower") } else { String::new() }
}

/// Seconds from a key to the end of the frame that shows its answer in view, and of the one that shows it out of view
/// too. The key is a digit of the cached tokens, put and taken: every figure, the chart and the table change.
fn keystrokes(slowdown: f64) -> [Vec<f64>; 2] {
    let page = Page::new().unpaced().before(WATCH).open("");
    page.wait_for_ink("canvas");
    page.click("#cached-tokens");
    page.press("End");
    page.slow_cpu(slowdown);
    page.wait_until("the page to rest", "return speed.rest()", json!([]));
    let mut samples = [Vec::new(), Vec::new()];
    for key in 0..WARM_UP + KEYS {
        page.script("speed.watch()", json!([]));
        if key % 2 == 0 {
            page.type_text("1")
        } else {
            page.press("Backspace")
        }
        let took = page.wait_until("the answer", "return speed.rest() && speed.took()", json!([]));
        for (samples, took) in samples.iter_mut().zip(numbers(&took)).filter(|_| key >= WARM_UP) {
            samples.push(took / 1e3);
        }
    }
    samples
}

/// Seconds from the navigation to the end of the frame that shows the whole answer, and of the last one that
/// changes anything, with which the page is live; in a browser that has never seen the page.
fn load(slowdown: f64, fragment: &str) -> [f64; 2] {
    let page = Page::new().unpaced().slow_cpu(slowdown).before(WATCH).open_at_once(fragment);
    let shown = "return !document.getElementById('boot') && document.querySelector('canvas') && speed.rest()
                   && [speed.read(), speed.last()]";
    let took = numbers(&page.wait_until("the answer", shown, json!([])));
    // Before the browser goes: it may still be putting the page by for later.
    std::thread::sleep(Duration::from_millis(50));
    [0, 1].map(|at| took.get(at).map_or(f64::NAN, |took| took / 1e3))
}
