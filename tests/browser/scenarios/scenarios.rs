//! Scenarios side by side: kept, changed, swapped, dropped, taken along in a link.

use crate::look::{everything, title, wait_for_headline, wait_for_link, wait_for_title};
use browser::Page;
use serde_json::json;

const SECTION: &str = ".scenarios";
const CANVAS: &str = ".scenarios canvas";

/// What the scenarios are, in their order.
fn sides(page: &Page) -> Vec<String> {
    page.texts(".sides .said")
}

/// A line of the table: its figures and ratios.
#[track_caller]
fn line(page: &Page, name: &str) -> Vec<String> {
    let cells = page.script(
        "const row = [...document.querySelectorAll('.scenario-table tbody tr')].find(tr => tr.cells[0].innerText.trim() === arguments[0]);
         return row ? [...row.cells].slice(1).map(td => td.innerText.trim()) : []",
        json!([name]),
    );
    cells.as_array().unwrap().iter().map(|cell| cell.as_str().unwrap().to_owned()).collect()
}

/// Opens the ways to a further scenario.
fn unfold(page: &Page) {
    page.script("document.querySelector('.further').open = true", json!([]));
}

#[test]
fn nothing_is_compared_before_something_is_kept() {
    let page = Page::new().open("");
    assert_eq!((page.count(".sides"), page.count(CANVAS), page.count(".scenario-table")), (0, 0, 0));
    assert_eq!(page.text(SECTION), "Compare with another device, precision, step or model");
    unfold(&page);
    page.click_named("Keep this one");
    page.wait_for_ink(CANVAS);
    assert_eq!(sides(&page)[1], "The same as A, until either is changed");
    assert_eq!(line(&page, "Time of the step")[2], "=");
    page.click_named("Clear");
    page.wait_gone(".sides");
    assert_eq!(page.count(CANVAS), 0);
}

#[test]
fn a_kept_scenario_stays_while_the_page_changes_and_the_link_holds_both() {
    let page = Page::new().open("");
    unfold(&page);
    page.click_named("Keep this one");
    page.wait_for(".sides");
    page.set("#device", "h200-141gb-sxm");
    wait_for_headline(&page, "Time of this step", "≥ 2.81");
    assert_eq!(sides(&page)[1], "H100 80GB SXM5");
    // 4.8 TB/s to 3.35 TB/s: what is kept takes longer.
    assert_eq!(line(&page, "Time of the step"), ["2.81 ms", "4.03 ms", "1.43 ×"]);
    assert_eq!(line(&page, "Compute"), ["13.5 GFLOP", "13.5 GFLOP", "="]);
    page.click_named("fp8 weights");
    page.wait_for_text(".sides", "fp8 weights");
    let link = wait_for_link(&page, "w=fp8");
    assert_eq!(link, "#v=1&hw=h200-141gb-sxm&vs=hw=h100-80gb-sxm&vs=w=fp8");

    page.script("document.querySelector('.further').open = false", json!([]));
    let other = Page::new().open(&link);
    other.wait_for_ink(CANVAS);
    assert_eq!(everything(&other), everything(&page));
    assert_eq!(other.count("[role=alert]"), 0);
    assert_eq!(wait_for_link(&other, "vs="), link);
}

#[test]
fn scenarios_are_swapped_and_dropped() {
    let page = Page::new().open("#v=1&vs=m=meta-llama/Llama-3.1-8B%26w=fp8&vs=cached=0%26in=4096");
    assert_eq!(sides(&page)[1..], ["Llama-3.1-8B · fp8 weights", "prefill of 4,096"]);
    page.click("[aria-label='Open scenario B']");
    wait_for_title(&page, "Llama-3.1-8B");
    assert_eq!(page.value("#kept-weights"), "fp8");
    assert_eq!(sides(&page)[1], "Llama-2-7b-hf · weights as configured");
    let link = wait_for_link(&page, "m=meta-llama/Llama-3.1-8B&");
    assert!(link.contains("&vs=m=meta-llama/Llama-2-7b-hf%26w=auto&"), "{link}");
    page.back();
    wait_for_title(&page, "Llama-2-7b-hf");
    page.wait_for_text(".sides", "Llama-3.1-8B");
    page.click("[aria-label='Remove scenario B']");
    page.wait_until("one is left", "return document.querySelectorAll('.sides li').length === 2", json!([]));
    assert_eq!(sides(&page)[1], "prefill of 4,096");
    assert_eq!(wait_for_link(&page, "v=1&vs=cached"), "#v=1&vs=cached=0%26in=4096");
}

#[test]
fn layers_that_only_one_model_has_have_a_dash() {
    let page = Page::new().open("#v=1&vs=m=mistralai/Mixtral-8x7B-v0.1");
    page.click_named("Layer by layer");
    page.wait_for_text(".scenario-table", "Router");
    let router = page.script(
        "return [...document.querySelectorAll('.scenario-table th.layer')].map(th => th.innerText).find(name => name.includes('Router'))",
        json!([]),
    );
    let router = line(&page, router.as_str().unwrap());
    assert_eq!((router[0].as_str(), router[2].as_str()), ("–", ""));
    assert_ne!(router[1], "–");
}

#[test]
fn a_model_on_the_hub_is_not_asked_for_before_its_scenario_is_opened() {
    let page = Page::new().open("#v=1&vs=m=somebody/something%26w=fp8&vs=hw=l4-24gb");
    page.wait_for_text(".sides", "Not fetched yet.");
    page.wait_for_role("button", "Fetch and open scenario B");
    assert_eq!(line(&page, "Time of the step")[1..3], ["–", ""]);
    let own = page.script("return location.origin", json!([]));
    let asked = page.loaded();
    assert!(asked.iter().all(|address| address.starts_with(own.as_str().unwrap())), "{asked:?}");
    // The one behind it keeps its letter.
    assert!(page.attribute(CANVAS, "aria-label").unwrap().contains("C: decode"));
    assert_eq!(title(&page), "meta-llama/Llama-2-7b-hf");
}

#[test]
fn a_hostile_scenario_in_a_link_becomes_a_warning() {
    let page = Page::new().open("#v=1&vs=hw=%253Cimg%2520src=x%253E&vs=vs=hw=l4");
    page.wait_for_text("[role=alert]", "Of scenario B in the link something was left out");
    page.wait_for_text("[role=alert]", "“vs” means nothing there");
    assert_eq!((page.count("img"), sides(&page).len()), (0, 3));
    let many = format!("#v=1{}", "&vs=hw=l4-24gb".repeat(30));
    page.goto(&many);
    page.wait_for_text("[role=alert]", "more than 8 scenarios");
    assert_eq!(sides(&page).len(), 9);
    page.assert_no_sideways_scrolling();
}

#[test]
fn the_keyboard_does_it_all_and_keeps_its_place() {
    let page = Page::new().open("");
    page.script("document.querySelector('.further summary').focus()", json!([]));
    page.press("Enter");
    page.press("Tab");
    assert_eq!(page.focused(), "button Keep this one");
    page.press("Tab");
    page.press("Enter");
    page.wait_for_text(".sides", "H200 141GB SXM");
    // The button that was pressed is gone with its offer; the next Tab goes on from there.
    page.script("document.querySelector('#beside-device').focus()", json!([]));
    page.type_text("l4");
    page.press("Enter");
    page.wait_until(
        "three scenarios",
        "return document.querySelectorAll('.sides li').length === 3",
        json!([]),
    );
    page.script("document.querySelector(\"[aria-label='Remove scenario B']\").focus()", json!([]));
    page.press("Enter");
    page.wait_until("two scenarios", "return document.querySelectorAll('.sides li').length === 2", json!([]));
}

#[test]
fn the_comparison_is_copied_and_saved() {
    let page = Page::new().open("#v=1&vs=hw=h200-141gb-sxm");
    page.allow_clipboard();
    let folder = page.allow_downloads();
    page.wait_for_ink(CANVAS);
    let press = |words: &str| {
        page.script(
            "[...document.querySelectorAll('.scenarios button')].find(b => b.innerText === arguments[0]).click()",
            json!([words]),
        );
    };
    press("Copy Markdown");
    page.wait_for_text(".toast", "Table copied as Markdown.");
    let text = page.clipboard();
    assert!(
        text.contains("- **B** H200 141GB SXM")
            && text.contains("| Time of the step | 4.03 ms | 2.81 ms | 0.698× |")
    );
    press("CSV");
    let csv = page.downloaded(&folder, "scenarios.csv");
    assert!(csv.starts_with("part,figure,unit,\"A: Llama-2-7b-hf"), "{csv}");
    press("SVG");
    let svg = page.downloaded(&folder, "scenarios.svg");
    assert!(svg.contains("H200 141GB SXM") && svg.contains("Roofline of 2 scenarios"));
}

#[test]
fn a_phone_shows_scenarios_without_sideways_scrolling() {
    let page =
        Page::new().phone().open("#v=1&vs=hw=h200-141gb-sxm&vs=m=deepseek-ai/DeepSeek-V3%26tp=8&vs=w=fp8");
    page.wait_for_ink(CANVAS);
    unfold(&page);
    page.assert_no_sideways_scrolling();
    page.wait_for_text(".scenario-table", "does not fit");
    page.hover(CANVAS, -80, 60);
    page.assert_no_sideways_scrolling();
}
