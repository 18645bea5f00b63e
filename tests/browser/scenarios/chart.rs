//! Table and roofline are one picture: what is pointed out in one is pointed out in the other.

use crate::look::{CANVAS, CHART, click_figure, layer_button, wait_for_link};
use browser::Page;
use serde_json::{Value, json};

/// How each row looks; what differs later has been lit.
fn looks(page: &Page) -> Value {
    page.script(LOOKS, json!([]))
}

const LOOKS: &str = "
    const look = e => { const s = getComputedStyle(e); return [s.backgroundColor, s.boxShadow, s.outline].join() };
    const name = tr => tr.querySelector('th button').innerText.trim();
    const rows = [...document.querySelectorAll('[aria-labelledby=layers-title] tbody tr')].filter(tr => tr.querySelector('th[scope=row]'));
    return Object.fromEntries(rows.map(tr => [name(tr), look(tr) + look(tr.cells[0])]));";

/// Waits until exactly these rows look other than at rest.
#[track_caller]
fn wait_lit(page: &Page, rest: &Value, expected: &[&str]) {
    let body = format!(
        "const [rest, expected] = arguments;
         const now = (() => {{ {LOOKS} }})();
         return JSON.stringify(Object.keys(now).filter(row => now[row] !== rest[row])) === JSON.stringify(expected)"
    );
    page.wait_until(&format!("the rows {expected:?} to be lit"), &body, json!([rest, expected]));
}

/// Waits until one mark is ringed and named, and returns where, from the canvas's middle.
#[track_caller]
fn ringed(page: &Page, layer: &str) -> (i32, i32) {
    page.wait_for_text(CHART, layer);
    let at = page.wait_until(
        "a ring on the chart",
        "const [chart, canvas] = arguments;
         const rings = [...document.querySelectorAll(`${chart} circle`)].filter(e => !e.closest('li'));
         if (rings.length !== 1) return false;
         const middle = e => { const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] };
         const [ring, all] = [middle(rings[0]), middle(document.querySelector(canvas))];
         return [Math.round(ring[0] - all[0]), Math.round(ring[1] - all[1])]",
        json!([CHART, CANVAS]),
    );
    let coordinate = |i: usize| i32::try_from(at[i].as_i64().unwrap()).unwrap();
    (coordinate(0), coordinate(1))
}

#[track_caller]
fn nothing_ringed(page: &Page) {
    page.wait_until(
        "no ring on the chart",
        "return ![...document.querySelectorAll(`${arguments[0]} circle`)].some(e => !e.closest('li'))",
        json!([CHART]),
    );
}

#[test]
fn pointing_at_a_row_or_its_mark_lights_both() {
    let page = Page::new().size(1280, 1600).open("");
    page.wait_for_ink(CANVAS);
    let rest = looks(&page);
    nothing_ringed(&page);

    page.hover(&layer_button(&page, "Ffn - ActMul"), 0, 0);
    wait_lit(&page, &rest, &["Ffn - ActMul"]);
    let (x, y) = ringed(&page, "Ffn - ActMul");
    page.hover("h1", 0, 0);
    wait_lit(&page, &rest, &[]);
    nothing_ringed(&page);

    page.hover(CANVAS, x, y);
    wait_lit(&page, &rest, &["Ffn - ActMul"]);
    assert_eq!(ringed(&page, "Ffn - ActMul"), (x, y));
    page.wait_for_text(CHART, "0.833 FLOP/B");

    page.click_at(CANVAS, x, y);
    page.wait_for_role("group", "Formulas of Ffn - ActMul");
    wait_for_link(&page, "sel=Ffn%20-%20ActMul");
    page.hover("h1", 0, 0);
    wait_lit(&page, &rest, &["Ffn - ActMul"]);
    ringed(&page, "Ffn - ActMul");
    page.press("Escape");
    wait_lit(&page, &rest, &[]);
    nothing_ringed(&page);
    page.wait_until("the link to forget it", "return !location.hash.includes('sel=')", json!([]));
}

#[test]
fn focus_lights_a_row_and_its_mark_too() {
    let page = Page::new().open("");
    page.wait_for_ink(CANVAS);
    let button = layer_button(&page, "Attn - RoPE");
    page.script("document.querySelector(arguments[0]).focus()", json!([button]));
    ringed(&page, "Attn - RoPE");
    page.press("Enter");
    page.wait_for_text("#answer", "Attn - RoPE as document counts it");
    assert_eq!(page.attribute(&button, "aria-expanded").as_deref(), Some("true"));
    assert_eq!(page.focused(), "button Attn - RoPE");
    page.press("Escape");
    page.wait_until(
        "the formulas to close",
        "return document.querySelector(arguments[0]).getAttribute('aria-expanded') === 'false'",
        json!([button]),
    );
    assert_eq!(page.focused(), "button Attn - RoPE", "the place is not lost");
}

#[test]
fn a_number_opens_its_formula() {
    let page = Page::new().open("");
    click_figure(&page, "Attn - QKV_Proj", "Compute");
    page.wait_for_role("group", "Formulas of Attn - QKV_Proj");
    // 1·12288·(2·4096 − 1) with this model's numbers, and what it comes to.
    page.wait_for_text("[role=group]", "= 100,651,008");
    page.wait_for_text("[role=group]", "4,096");
    let formulas = page.text("[role=group][aria-label^=Formulas]");
    for part in
        ["Compute (FLOP)", "Bandwidth, weights (bytes)", "= 100,663,296", "= 24,576", "document counts it"]
    {
        assert!(formulas.contains(part), "{part} is not in {formulas}");
    }
    // One row at a time, and the same number closes what it opened.
    click_figure(&page, "Ffn - Down_Proj", "Weights");
    page.wait_for_role("group", "Formulas of Ffn - Down_Proj");
    assert_eq!(page.count("[role=group][aria-label^=Formulas]"), 1);
    click_figure(&page, "Ffn - Down_Proj", "Weights");
    page.wait_gone("[role=group][aria-label^=Formulas]");
}

#[test]
fn a_heading_sorts_the_table() {
    let page = Page::new().open("");
    let names = |page: &Page| crate::look::layers(page).names().join(", ");
    let order = names(&page);
    let sort = |direction: &str| {
        page.click_named("Floating-point operations of one block");
        page.wait_until(
            "the table to be sorted",
            "return (document.querySelector('th[aria-sort]')?.ariaSort ?? 'none') === arguments[0]",
            json!([direction]),
        );
    };
    sort("descending");
    assert!(
        names(&page)
            .starts_with("Ffn - GateUp_Proj, Attn - QKV_Proj, Ffn - Down_Proj, Attn - O_Proj, Attn - SDPA")
    );
    sort("ascending");
    assert!(names(&page).starts_with("Attn - ResidualAdd, Ffn - ResidualAdd, Attn - RMSNorm"));
    sort("none");
    assert_eq!(names(&page), order);
}

/// Waits until the canvas has as many pixels as the screen has for it, and something on them.
#[track_caller]
fn wait_sharp(page: &Page, ratio: f64) {
    page.wait_until(
        &format!("the canvas to have {ratio} pixels to a CSS pixel"),
        "const [canvas, ratio] = [document.querySelector(arguments[0]), arguments[1]];
         const near = (a, b) => Math.abs(a - b) <= 1;
         return canvas.clientWidth > 200 && canvas.clientHeight > 150
           && near(canvas.width, canvas.clientWidth * ratio) && near(canvas.height, canvas.clientHeight * ratio)",
        json!([CANVAS, ratio]),
    );
    page.wait_for_ink(CANVAS);
}

#[test]
fn the_roofline_is_sharp_on_every_screen_and_at_every_size() {
    let page = Page::new().pixel_ratio(2.0).open("");
    wait_sharp(&page, 2.0);
    let width =
        |page: &Page| page.script("return document.querySelector(arguments[0]).clientWidth", json!([CANVAS]));
    let wide = width(&page);
    for (wanted, ratio) in [(375, 3.0), (800, 1.0), (1280, 1.5)] {
        page.cdp(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": wanted, "height": 800, "deviceScaleFactor": ratio, "mobile": false }),
        );
        wait_sharp(&page, ratio);
        assert_eq!(width(&page) == wide, wanted == 1280);
    }
}
