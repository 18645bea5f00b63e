//! Who is new here is told how to read the picture, what the words mean, and where to look first.

use crate::look::{CHART, title, wait_for_link, wait_for_title};
use browser::Page;
use serde_json::json;

/// The tips that can be seen.
fn tips(page: &Page) -> Vec<String> {
    let texts = page.script(
        "return [...document.querySelectorAll('[role=tooltip]')].filter(e => e.checkVisibility()).map(e => e.innerText)",
        json!([]),
    );
    texts.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn wait_for_tip(page: &Page, begins: &str) {
    page.wait_for_text("[role=tooltip]", begins);
    assert_eq!(tips(page).len(), 1, "{:?}", tips(page));
}

#[track_caller]
fn wait_for_no_tip(page: &Page) {
    page.wait_gone("[role=tooltip]");
}

#[test]
fn the_first_visit_explains_the_picture_and_the_next_one_remembers() {
    let page = Page::new().open("");
    for said in [
        "moves at most 3.35 TB/s",
        "at most 989 TFLOP/s in fp16",
        "ridge point, 295 FLOP/B",
        "295 times less than at the",
    ] {
        page.wait_for_text(".guide-words", said);
    }
    // It follows the page.
    page.click_named("Prefill");
    page.wait_for_text(".guide-words", "computing limits it");
    page.click_named("Got it");
    page.wait_gone(".guide-words");
    page.reload();
    page.wait_for(CHART);
    page.wait_gone(".guide-words");
    // And again, by keyboard.
    page.script("document.querySelector('.guide summary').focus()", json!([]));
    page.press("Enter");
    page.wait_for(".guide-words");
    page.reload();
    page.wait_for(".guide-words");
}

#[test]
fn a_browser_that_keeps_nothing_explains_each_time() {
    let refused = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('refused', 'SecurityError') } })";
    let page = Page::new().before(refused).open("");
    page.click_named("How to read the roofline");
    page.wait_gone(".guide-words");
    page.reload();
    page.wait_for(".guide-words");
}

#[test]
fn a_term_explains_itself_to_mouse_keyboard_finger_and_screen_reader() {
    let page = Page::new().open("");
    assert_eq!(tips(&page), Vec::<String>::new());
    let intensity = ".figures-large .term";
    page.hover(intensity, 0, 0);
    wait_for_tip(&page, "How many FLOP a piece of work does for each byte it moves.");
    // It stays while the pointer is on it, and goes with Escape or the pointer.
    page.hover(".figures-large [role=tooltip]", 0, 0);
    wait_for_tip(&page, "How many FLOP");
    page.press("Escape");
    wait_for_no_tip(&page);
    page.hover("h1", 0, 0);
    page.hover(intensity, 0, 0);
    wait_for_tip(&page, "How many FLOP");
    page.hover("h1", 0, 0);
    wait_for_no_tip(&page);

    page.script("document.querySelector(arguments[0]).focus()", json!([intensity]));
    wait_for_tip(&page, "How many FLOP");
    page.press("Tab");
    page.wait_for_text("[role=tooltip]", "Keys and values of earlier tokens");
    wait_for_tip(&page, "Keys and values");
    // What lies under the tip keeps what it shows: Escape is the tip's first.
    page.press("Escape");
    wait_for_no_tip(&page);

    let node = page.wait_for_role("button", "Intensity");
    assert!(node.description.starts_with("How many FLOP"), "{node:?}");

    let phone = Page::new().phone().open("");
    phone.cdp("Emulation.setTouchEmulationEnabled", json!({ "enabled": true }));
    for (term, begins) in
        [(".figures-large .term", "How many FLOP"), (".figures-small .term", "Keys and values")]
    {
        let at = phone.script(
            "const e = document.querySelector(arguments[0]);
             e.scrollIntoView({ block: 'center', behavior: 'instant' });
             const r = e.getBoundingClientRect();
             return [r.x + r.width / 2, r.y + r.height / 2]",
            json!([term]),
        );
        let touch = json!([{ "x": at[0], "y": at[1] }]);
        phone.cdp("Input.dispatchTouchEvent", json!({ "type": "touchStart", "touchPoints": touch }));
        phone.cdp("Input.dispatchTouchEvent", json!({ "type": "touchEnd", "touchPoints": [] }));
        phone.wait_for_text("[role=tooltip]", begins);
        wait_for_tip(&phone, begins);
        phone.assert_no_sideways_scrolling();
    }
}

#[test]
fn no_tip_leaves_the_window() {
    for width in [1280, 375, 320] {
        let page = Page::new().size(width, 800).open("#v=1&m=deepseek-ai/DeepSeek-V3");
        let out = page.script(
            "const out = [];
             for (const term of document.querySelectorAll('.term')) {
               if (!term.checkVisibility()) continue;
               term.focus({ preventScroll: true });
               await new Promise(done => setTimeout(done, 60));
               const tip = document.getElementById(term.getAttribute('aria-describedby')).getBoundingClientRect();
               if (!tip.width || tip.left < 0 || tip.right > document.documentElement.clientWidth) out.push(`${term.innerText} ${tip.left} ${tip.right}`);
             }
             return out",
            json!([]),
        );
        assert_eq!(out, json!([]), "{width}");
    }
}

#[test]
fn every_example_opens_its_state_and_the_way_back_is_open() {
    let page = Page::new().open("#v=1&batch=3");
    page.click_named("Worked examples");
    page.click_named("Latent attention (MLA)");
    wait_for_title(&page, "DeepSeek-V3");
    let link = wait_for_link(&page, "m=deepseek-ai/DeepSeek-V3");
    assert_eq!(
        link,
        "#v=1&m=deepseek-ai/DeepSeek-V3&cached=32768&in=1&batch=8&hw=h200-141gb-sxm&acc=exact&tp=8"
    );
    assert_eq!(page.count("[role=alert]"), 0);
    page.click_named("Quantised to 4 bits");
    wait_for_title(&page, "Llama-3.1-70B");
    page.back();
    page.back();
    wait_for_title(&page, "Llama-2-7b-hf");
    page.wait_for_text("#answer", "batch of 3");
    assert_eq!(title(&page), "meta-llama/Llama-2-7b-hf");
}
