//! The helpers do what their names say, on a small page made for them.

use browser::{Page, Site};
use serde_json::json;

const FIXTURE: &str = r#"<!doctype html>
<title>Fixture</title>
<link rel="icon" href="data:,">
<style>#late { display: none }</style>
<label>Name <input id="name"></label>
<select id="pick" aria-label="Pick"><option>one<option>two</select>
<button id="go" aria-expanded="false">Go  on</button>
<p id="late">not yet</p>
<p id="log" role="status"></p>
<div id="zone" style="width: 100px; height: 50px">drop here</div>
<input id="file" type="file" hidden>
<canvas id="chart" width="100" height="50"></canvas>
<a id="download" href="data:," download="table.csv">Save</a>
<script>
  const log = text => { document.getElementById("log").textContent += text + ";" };
  const on = (id, type, action) => document.getElementById(id).addEventListener(type, action);
  on("name", "input", e => log("input " + e.target.value));
  on("pick", "change", e => log("pick " + e.target.value));
  on("go", "click", () => { log("go"); setTimeout(() => { late.style.display = "block" }, 100) });
  on("zone", "mousemove", e => log("move " + e.offsetX + " " + e.offsetY));
  on("zone", "dragover", e => e.preventDefault());
  const read = file => file.text().then(text => log(file.name + " " + text));
  on("zone", "drop", e => read(e.dataTransfer.files[0]));
  on("file", "change", e => read(e.target.files[0]));
  addEventListener("keydown", e => log("key " + e.key + (e.shiftKey ? " shift" : "")));
  addEventListener("hashchange", () => log(location.hash));
  download.href = URL.createObjectURL(new Blob(["a,b"], { type: "text/csv" }));
</script>"#;

fn fixture() -> Site {
    Site::built().replaced("/", FIXTURE).start()
}

#[test]
fn acting_reaches_the_page() {
    let site = fixture();
    let page = Page::new().at(&site.url()).open("");
    page.set("#name", "Ada");
    page.wait_for_text("#log", "input Ada;");
    assert_eq!(page.value("#name"), "Ada");
    page.set("#pick", "two");
    page.wait_for_text("#log", "pick two;");
    page.click_named("Go on");
    page.wait_for_text("#late", "not yet");
    page.click("#go");
    page.press("Shift+Tab");
    page.wait_for_text("#log", "key Tab shift;");
    assert_eq!(page.focused(), "select Pick");
    page.type_text("x");
    page.wait_for_text("#log", "key x;");
    page.hover("#zone", 10, 5);
    page.wait_for_text("#log", "move 60 30;");
    page.drop_file("#zone", "config.json", "{}");
    page.wait_for_text("#log", "config.json {};");
    page.choose_file("#file", "other.json", "[]");
    page.wait_for_text("#log", "other.json [];");
    page.goto("#a=1");
    page.wait_for_text("#log", "#a=1;");
    assert_eq!(page.fragment(), "#a=1");
}

#[test]
fn looking_sees_the_page() {
    let site = fixture();
    let page = Page::new().at(&site.url()).open("");
    assert_eq!(page.text("#go"), "Go on");
    assert_eq!(page.attribute("#go", "aria-expanded").as_deref(), Some("false"));
    assert_eq!(page.attribute("#go", "title"), None);
    assert_eq!((page.count("option"), page.texts("option")), (2, vec!["one".to_owned(), "two".to_owned()]));
    page.wait_gone("#late");
    let button = page.wait_for_role("button", "Go on");
    assert!(button.properties.contains(&"expanded=false".to_owned()), "{button:?}");
    page.wait_for_role("textbox", "Name");
    page.assert_no_sideways_scrolling();

    assert_eq!(page.canvas_ink("#chart"), 0.0);
    page.script("document.getElementById('chart').getContext('2d').fillRect(0, 0, 50, 10)", json!([]));
    page.wait_for_ink("#chart");
    let ink = page.canvas_ink("#chart");
    assert!((ink - 0.1).abs() < 1e-9, "{ink}");
    let picture = std::fs::read(page.screenshot("fixture")).unwrap();
    assert!(picture.starts_with(b"\x89PNG"));
}

#[test]
fn the_browser_pretends_what_it_is_told() {
    let matches =
        |page: &Page, query: &str| page.script("return matchMedia(arguments[0]).matches", json!([query]));
    let site = fixture();
    let page = Page::new().at(&site.url()).size(640, 480).pixel_ratio(1.5).dark().reduced_motion().open("");
    assert_eq!(
        page.script("return [innerWidth, innerHeight, devicePixelRatio]", json!([])),
        json!([640, 480, 1.5])
    );
    assert_eq!(matches(&page, "(prefers-color-scheme: dark)"), json!(true));
    assert_eq!(matches(&page, "(prefers-reduced-motion: reduce)"), json!(true));
    page.resize(320, 480);
    assert_eq!(page.script("return innerWidth", json!([])), json!(320));
    page.offline(true);
    page.expect_console("ERR_INTERNET_DISCONNECTED");
    assert_eq!(page.script("return fetch('/').catch(() => 'offline')", json!([])), json!("offline"));
    page.offline(false);
    assert_eq!(page.script("return fetch('/').then(answer => answer.status)", json!([])), json!(200));
}

#[test]
fn what_leaves_the_page_can_be_read() {
    let site = fixture();
    let page = Page::new().at(&site.url()).open("");
    page.allow_clipboard();
    page.script("return navigator.clipboard.writeText('copied')", json!([]));
    assert_eq!(page.clipboard(), "copied");
    let folder = page.allow_downloads();
    page.click("#download");
    assert_eq!(page.downloaded(&folder, "table.csv"), "a,b");
}

#[test]
#[should_panic(expected = "wider than its window")]
fn a_page_that_is_too_wide_is_noticed() {
    let site = fixture();
    let page = Page::new().at(&site.url()).open("");
    page.script("document.getElementById('zone').style.width = '3000px'", json!([]));
    page.assert_no_sideways_scrolling();
}

#[test]
#[should_panic(expected = "unforeseen")]
fn an_error_on_the_console_fails_a_scenario() {
    let site = fixture();
    let page = Page::new().at(&site.url()).open("");
    page.script("console.error('unforeseen')", json!([]));
}

#[test]
#[should_panic(expected = "unforeseen")]
fn an_error_that_nobody_catches_fails_a_scenario() {
    let site = fixture();
    let page = Page::new().at(&site.url()).open("");
    page.script(
        "setTimeout(() => { throw new Error('unforeseen') });
         return new Promise(done => setTimeout(done, 200))",
        json!([]),
    );
}
