//! What if: one thing is varied, and the page shows where it stops being worth it.

use crate::look::wait_for_link;
use browser::Page;
use serde_json::json;

const PICTURE: &str = ".sweep canvas";

#[track_caller]
fn choose(page: &Page, words: &str) {
    // Far below the first screen, so drawn after it.
    page.wait_for("#sweep-preset");
    page.script(
        "const select = document.querySelector('#sweep-preset');
         select.value = [...select.options].find(option => option.text === arguments[0]).value;
         select.dispatchEvent(new Event('change', { bubbles: true }))",
        json!([words]),
    );
}

#[test]
fn a_sweep_is_drawn_and_its_link_opens_the_same() {
    let page = Page::new().open("#v=1&m=meta-llama/Llama-3.1-8B");
    assert_eq!(page.count(PICTURE), 0, "nothing is varied at first");
    choose(&page, "Batch size");
    page.wait_for_ink(PICTURE);
    assert_eq!(page.value("#sweep-ranges"), "batch=1..512");
    // 80 GiB less a tenth and the weights, over the cache of a query.
    page.wait_for_text(".sweep-marks", "fits up to batch 364, does not fit from batch 365");
    page.click_named("Memory");
    let link = wait_for_link(&page, "show=memory");
    assert_eq!(link, "#v=1&m=meta-llama/Llama-3.1-8B&sweep=batch=1..512&show=memory");
    let said = page.attribute(PICTURE, "aria-label");
    assert!(said.as_ref().is_some_and(|said| said.starts_with("Needed on a device (GiB) by Batch size.")));

    let other = Page::new().phone().dark().open(&link);
    other.wait_for_ink(PICTURE);
    assert_eq!(other.attribute(PICTURE, "aria-label"), said);
    other.assert_no_sideways_scrolling();
}

#[test]
fn a_point_of_a_sweep_is_what_serving_says_of_it() {
    let page = Page::new().open("#v=1&m=meta-llama/Llama-3.1-8B&batch=64&sweep=batch=64");
    page.wait_for_ink(PICTURE);
    page.script("document.querySelector('.sweep details').open = true", json!([]));
    let cells = page.texts(".sweep tbody td");
    let told = page.script(
        "const dt = [...document.querySelectorAll('.serving dt')].find(dt => dt.innerText === 'Time per output token');
         return dt.nextElementSibling.querySelector('.number').textContent",
        json!([]),
    );
    let told = told.as_str().unwrap().trim_start_matches(['≥', ' ', '\u{202f}', '\u{a0}']).to_owned();
    assert!(cells.iter().any(|cell| cell.starts_with(&told)), "{told} in {cells:?}");
}

#[test]
fn two_sweeps_ask_what_one_costs_in_the_other() {
    let page = Page::new().open("#v=1&m=meta-llama/Llama-3.1-8B");
    choose(&page, "Batch size and devices");
    page.wait_for_ink(PICTURE);
    page.wait_for("[aria-pressed=true]");
    wait_for_link(&page, "sweep=batch=1..512/devices=1..8&show=tradeoff");
    page.wait_for_text(".sweep-marks", "Best: no other has as many tokens per second per device");
    let folder = page.allow_downloads();
    page.script(
        "document.querySelector('.sweep [aria-label=\"Download the points as CSV\"]').click()",
        json!([]),
    );
    let csv = page.downloaded(&folder, ".csv");
    // Ten batches on each of one, two, four and eight devices.
    assert_eq!(csv.lines().count(), 1 + 10 * 4);
    assert!(csv.starts_with("model,hardware,batch,devices,"));
}

#[test]
fn a_range_that_makes_no_sense_is_refused_and_the_last_curve_stays() {
    let page = Page::new().open("#v=1&sweep=batch=1..64");
    page.wait_for_ink(PICTURE);
    page.set("#sweep-ranges", "batch=64..1");
    page.wait_for_text(".sweep .note-wrong", "write the smaller one first");
    assert_eq!(page.count(PICTURE), 1);
    page.set("#sweep-ranges", "speed=1..2");
    page.wait_for_text(".sweep .note-wrong", "cannot be swept");
}

#[test]
fn thousands_of_points_leave_the_page_alive_and_can_be_stopped() {
    let page = Page::new()
        .slow_cpu(4.0)
        .open("#v=1&m=deepseek-ai/DeepSeek-V3&hw=h200-141gb-sxm&tp=8&out=4096&sweep=batch=1..4000%2B1");
    page.wait_for_text(".sweep", "points to go");
    // Something else is answered while they are worked out.
    page.set("#input-tokens", "2");
    page.wait_for_text("#answer-title ~ *", "2 input tokens");
    page.wait_for_text(".sweep", "points to go");
    page.script(
        "[...document.querySelectorAll('.sweep button')].find(b => b.innerText === 'Stop').click()",
        json!([]),
    );
    page.wait_until(
        "the rest to be left",
        "return !document.querySelector('.sweep [role=status]')",
        json!([]),
    );
    page.wait_for_ink(PICTURE);
}
