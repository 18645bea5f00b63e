//! Keyboard, colours, sizes, and browsers that refuse things.

use crate::look::{CANVAS, TINY, click_figure, layer_button, wait_for_headline, wait_for_title};
use browser::Page;
use serde_json::json;

#[test]
fn the_page_works_by_keyboard_alone() {
    let page = Page::new().open("");
    page.press("Tab");
    assert_eq!(page.focused(), "a Skip to the answer");
    page.press("Enter");
    assert_eq!(page.focused(), "main Answer");
    assert_eq!(page.fragment(), "", "the address keeps to the state");
    page.press("/");
    assert_eq!(page.focused(), "textarea Hugging Face id, address, or the text of a config.json");
    page.press("End");
    page.type_text("/");
    assert_eq!(page.value("#model-text"), "meta-llama/Llama-2-7b-hf/", "where text is typed, / is a letter");
    page.press("Backspace");

    // From here on every stop shows that it has the focus, in this order.
    let mut stops = Vec::new();
    for _ in 0..120 {
        page.press("Tab");
        let stop = page.focused();
        if stop.starts_with("body") || stop.starts_with("html") {
            break;
        }
        let seen = page.script(
            "const e = document.activeElement;
             const s = getComputedStyle(e);
             const r = e.getBoundingClientRect();
             return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none')
               && r.bottom > 0 && r.top < innerHeight && r.width > 0",
            json!([]),
        );
        assert_eq!(seen, json!(true), "{stop} shows no focus");
        stops.push(stop);
    }
    let expected = [
        "button Fetch from the Hub",
        "button Open a file",
        "input Built in",
        "summary What was read",
        "summary Hub settings",
        "button Decode",
        "button Prefill",
        "input Cached tokens",
        "input Input tokens",
        "input Batch size",
        "select Device",
        "input document",
        "button Download the roofline as SVG",
        "button Copy Markdown",
        "button Layer",
        "button Attn - RMSNorm",
        "button Ffn - ResidualAdd",
    ];
    let mut rest = stops.iter();
    for stop in expected {
        assert!(rest.any(|found| found.starts_with(stop)), "{stop} is not in its place among {stops:#?}");
    }

    // Back up to a row: Enter opens its formulas, Escape closes them.
    for _ in 0..stops.len() {
        page.press("Shift+Tab");
        if page.focused() == "button Ffn - Down_Proj" {
            break;
        }
    }
    page.press("Enter");
    page.wait_for_role("group", "Formulas of Ffn - Down_Proj");
    page.press("Escape");
    page.wait_gone("[role=group][aria-label^=Formulas]");
    assert_eq!(page.focused(), "button Ffn - Down_Proj");
}

#[test]
fn closing_something_leads_back_to_what_opened_it() {
    let page = Page::new().open("");
    let row = layer_button(&page, "Attn - SDPA");
    page.script("document.querySelector(arguments[0]).focus()", json!([row]));
    page.press("Enter");
    page.wait_for_role("group", "Formulas of Attn - SDPA");
    page.script(
        "[...document.querySelectorAll('[role=group] button')].find(e => e.innerText === 'Close').focus()",
        json!([]),
    );
    page.press("Enter");
    page.wait_until(
        "the focus to be back",
        "return document.activeElement.innerText === 'Attn - SDPA'",
        json!([]),
    );
}

/// Waits until the page's ground is dark, or light.
#[track_caller]
fn wait_dark(page: &Page, dark: bool) {
    page.wait_until(
        if dark { "a dark ground" } else { "a light ground" },
        "const ground = e => getComputedStyle(e).backgroundColor;
         const painted = [document.body, document.documentElement].map(ground).find(c => !/, 0\\)$/.test(c)) ?? 'rgb(255, 255, 255)';
         const brightest = Math.max(...painted.match(/\\d+/g).slice(0, 3).map(Number));
         return arguments[0] ? brightest < 60 : brightest > 200",
        json!([dark]),
    );
}

#[test]
fn light_and_dark_follow_the_system_until_chosen_and_remembered() {
    let page = Page::new().dark().open("");
    wait_dark(&page, true);
    page.cdp(
        "Emulation.setEmulatedMedia",
        json!({ "features": [{ "name": "prefers-color-scheme", "value": "light" }] }),
    );
    wait_dark(&page, false);
    page.wait_for_ink(CANVAS);
    let light = page.script("return document.querySelector(arguments[0]).toDataURL()", json!([CANVAS]));
    page.click_named("Dark");
    wait_dark(&page, true);
    page.wait_until(
        "the roofline to be drawn in dark colours",
        "return document.querySelector(arguments[0]).toDataURL() !== arguments[1]",
        json!([CANVAS, light]),
    );
    page.reload();
    page.wait_for_role("button", "Dark");
    wait_dark(&page, true);
    assert_eq!(page.texts("[role=group] [aria-pressed=true]")[0], "Dark");
    page.click_named("Auto");
    wait_dark(&page, false);
}

#[test]
fn text_can_be_read_in_both_themes() {
    for theme in ["Light", "Dark"] {
        let page = Page::new().reduced_motion().open("");
        page.click_named(theme);
        click_figure(&page, "Attn - SDPA", "Compute");
        page.set("#batch-size", "x");
        page.wait_for_text("#batch-size-note", "not a whole number");
        let faint = page.script(CONTRAST, json!([4.5]));
        assert_eq!(faint, json!([]), "{theme}");
    }
}

/// What is written with less than the given contrast to what lies behind it.
const CONTRAST: &str = "
    const brush = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const known = new Map();
    const parse = color => {
      if (!known.has(color)) {
        brush.clearRect(0, 0, 1, 1);
        brush.fillStyle = color;
        brush.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
        known.set(color, [r, g, b, a / 255]);
      }
      return known.get(color);
    };
    const over = (top, under, opacity) => top.slice(0, 3).map((c, i) => c * top[3] * opacity + under[i] * (1 - top[3] * opacity));
    const linear = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const faint = [];
    for (const e of document.body.querySelectorAll('*')) {
      const own = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join('').trim();
      const text = own || (e.matches('input:not([type=radio], [type=checkbox]), select, textarea') ? e.value : '');
      const box = e.getBoundingClientRect();
      if (!text || !e.checkVisibility() || box.width < 2 || e.matches(':disabled, option, optgroup') || e.closest('svg')) continue;
      const line = [];
      for (let a = e; a; a = a.parentElement) line.unshift(a);
      let ground = [255, 255, 255];
      let opacity = 1;
      for (const a of line) {
        const style = getComputedStyle(a);
        opacity *= Number(style.opacity);
        ground = over(parse(style.backgroundColor), ground, opacity);
      }
      const ink = over(parse(getComputedStyle(e).color), ground, opacity);
      const [high, low] = [light(ink), light(ground)].sort((a, b) => b - a);
      const ratio = (high + 0.05) / (low + 0.05);
      if (ratio < arguments[0] - 0.01) faint.push(`${ratio.toFixed(2)} ${e.localName} ${text.slice(0, 40)}`);
    }
    return faint;";

#[test]
fn no_width_scrolls_sideways() {
    let page = Page::new().size(1440, 900).open("");
    let widths = |page: &Page| {
        for width in [1440, 1024, 768, 375, 320] {
            page.resize(width, 800);
            page.wait_until(
                "the window to have its width",
                "return innerWidth === arguments[0]",
                json!([width]),
            );
            page.assert_no_sideways_scrolling();
        }
    };
    widths(&page);
    page.click_named("Hub settings");
    click_figure(&page, "Attn - SDPA", "Compute");
    page.click_named("Ragged");
    page.set("#cached-tokens", &"1048576 ".repeat(40));
    page.set("#device", "custom");
    page.set("#device-name", &"A-very-long-name".repeat(6));
    page.set(
        "#model-text",
        &"org-with-a-long-name/".chars().chain("x".repeat(70).chars()).collect::<String>(),
    );
    page.wait_for_text("aside [role=alert]", "40 values for the cached tokens");
    widths(&page);
    page.set(
        "#model-text",
        &TINY.replace("bfloat16\"", &format!("bfloat16\", \"{}\": 1, x", "long_key_".repeat(20))),
    );
    page.wait_for_text("#model-note [role=alert]", "Line");
    widths(&page);
}

#[test]
fn a_phone_shows_everything_too() {
    let page = Page::new().phone().pixel_ratio(3.0).open("");
    page.wait_for_ink(CANVAS);
    click_figure(&page, "Attn - RMSNorm", "Compute");
    page.wait_for_role("group", "Formulas of Attn - RMSNorm");
    page.assert_no_sideways_scrolling();
    page.set("#batch-size", "4");
    wait_for_headline(&page, "New tokens per second", "≤");
    page.wait_for_text("#answer", "batch of 4");
}

#[test]
fn who_wants_no_motion_gets_none() {
    let page = Page::new().reduced_motion().open("");
    let moving = page.script(
        "return [...document.querySelectorAll('*')]
           .filter(e => { const s = getComputedStyle(e); return s.animationName !== 'none' || s.transitionDuration.split(', ').some(d => parseFloat(d) > 0.001) })
           .map(e => e.localName)",
        json!([]),
    );
    assert_eq!(moving, json!([]));
}

#[test]
fn a_browser_that_keeps_nothing_still_works() {
    let refused = "for (const store of ['localStorage', 'sessionStorage']) {
                     Object.defineProperty(window, store, { get() { throw new DOMException('refused', 'SecurityError') } });
                   }";
    let page = Page::new().before(refused).open("");
    page.wait_for_ink(CANVAS);
    page.click_named("Dark");
    wait_dark(&page, true);
    page.set("#batch-size", "2");
    page.wait_for_text("#answer", "batch of 2");
}

#[test]
fn paper_is_white() {
    let page = Page::new().dark().open("");
    wait_dark(&page, true);
    page.cdp("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    wait_dark(&page, false);
    page.wait_until(
        "dark letters",
        "const title = document.getElementById('answer-title');
         return getComputedStyle(title).color.match(/\\d+/g).slice(0, 3).every(c => c < 80)",
        json!([]),
    );
}

#[test]
fn what_is_typed_while_the_browser_is_slow_is_not_lost() {
    let page = Page::new().slow_cpu(4.0).open("");
    page.click("#cached-tokens");
    page.press("Control+a");
    page.type_text("131072");
    page.wait_for_text("#answer", "131,072 cached");
    assert_eq!(page.value("#cached-tokens"), "131072");
    page.set("#model-text", TINY);
    wait_for_title(&page, "Pasted llama config");
}
