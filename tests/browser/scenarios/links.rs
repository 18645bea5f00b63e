//! The address holds everything on the page, and any address opens.

use crate::look::{
    TINY, count_as, everything, layer_button, set_load, title, wait_for_headline, wait_for_link,
    wait_for_title,
};
use browser::Page;
use serde_json::json;

/// Opens the link in a browser that knows nothing and expects the page it was taken from.
#[track_caller]
fn opens_the_same(page: &Page, link: &str) -> Page {
    let other = Page::new().open(link);
    assert_eq!(other.count("main [role=status] p"), 0, "no trouble");
    assert_eq!(other.count("[role=alert]"), 0, "no warning");
    // The label of the pinned mark follows the first drawing of the chart.
    other.wait_until(
        "the label of the mark",
        "return !arguments[0] || document.querySelector('.tip')",
        json!([page.count(".tip") > 0]),
    );
    assert_eq!(everything(&other), everything(page));
    let own = other.script("return location.origin", json!([]));
    let asked = other.loaded();
    assert!(asked.iter().all(|address| address.starts_with(own.as_str().unwrap())), "{asked:?}");
    assert_eq!(wait_for_link(&other, "v=1"), link);
    other
}

#[test]
fn a_link_to_a_decode_step_opens_the_same_page() {
    let page = Page::new().open("");
    set_load(&page, "4096", "1", "32");
    page.set("#device", "l4-24gb");
    count_as(&page, "exact");
    let button = layer_button(&page, "Attn - SDPA");
    page.click(&button);
    page.wait_for_text("#answer", "Attn - SDPA as exact counts it");
    let link = wait_for_link(&page, "sel=");
    assert_eq!(link, "#v=1&cached=4096&in=1&batch=32&hw=l4-24gb&acc=exact&sel=Attn%20-%20SDPA");
    opens_the_same(&page, &link);
}

#[test]
fn a_link_to_a_ragged_batch_opens_the_same_page() {
    let page = Page::new().open("");
    page.click_named("Ragged");
    set_load(&page, "1048576 1024 0", "1 1 512", "6");
    let link = wait_for_link(&page, "batch=6");
    assert_eq!(link, "#v=1&cached=1048576,1024,0&in=1x2,512&batch=6");
    opens_the_same(&page, &link);
}

#[test]
fn a_link_carries_a_pasted_config_and_a_described_device() {
    let page = Page::new().open("");
    page.set("#model-text", TINY);
    page.set("#device", "custom");
    page.set("#device-name", "Abacus, 2nd & <b>");
    page.set("#device-peak", "0.5");
    page.wait_for_text("#answer", "Abacus, 2nd & <b>");
    let link = wait_for_link(&page, "hw=custom");
    assert!(link.contains("&c=") && link.len() < 600, "{link}");
    let other = opens_the_same(&page, &link);
    // Readable, not one long line.
    assert!(other.value("#model-text").starts_with("{\n  \""));
}

#[test]
fn a_link_carries_single_choices_of_counting() {
    let page = Page::new().open("");
    count_as(&page, "exact");
    page.click_named("Single choices");
    page.set("#choice-pairs", "all");
    page.wait_for_text("#answer", "exact,pairs=all");
    let link = wait_for_link(&page, "pairs");
    assert_eq!(link, "#v=1&acc=exact,pairs=all");
    let other = Page::new().open(&link);
    other.wait_for_text("#answer", "exact,pairs=all");
    assert_eq!(other.text("#answer"), page.text("#answer"));
    other.click_named("Single choices");
    assert_eq!(other.value("#choice-pairs"), "all");
}

#[test]
fn a_broken_link_opens_with_a_banner_and_the_defaults() {
    let page = Page::new().open("");
    let plain = everything(&page);
    let endless = format!("#v=1&cached={}", "9,".repeat(20_000));
    for (link, warning) in [
        ("#v=2&m=x/y&cached=5", "made by another version of this page (v=2)"),
        (endless.as_str(), "longer than any that this page makes"),
        ("#answer", "says nothing that this page understands"),
        ("#v=1&hw=abacus-9000", "“hw” was left out: there is no device “abacus-9000”"),
        ("#v=1&acc=magic", "there is no accounting “magic”"),
        ("#v=1&cached=12e9", "“12e9” is not a whole number"),
        ("#v=1&cached=1,2,3&in=1,2", "“cached” was left out: workload: 3 values for the cached tokens"),
        ("#v=1&in=0", "“cached” was left out"),
        ("#v=1&batch=99999999999999999999", "too large"),
        ("#v=1&m=%3Cscript%3Ealert(1)%3C/script%3E", "is not a model's name"),
        ("#v=1&m=../../etc/passwd", "is not a model's name"),
        ("#v=1&c=eyJtb2RlbF90eXBlIjoibGxhb", "“c” was left out"),
        ("#v=1&c=%00%FF", "“c” was left out"),
        ("#v=1&hw=custom:1e999,-1,nan,x", "“hw” was left out"),
        ("#v=1&v=1&stray&acc=%FF", "“v” more than once"),
    ] {
        page.goto(link);
        page.wait_for_text("[role=alert]", warning);
        assert_eq!(everything(&page), plain, "{link}");
        page.click_named("Dismiss");
        page.wait_gone("[role=alert]");
    }
    // The same where the page starts with it.
    let page = Page::new().open("#v=1&hw=abacus-9000&cached=2048");
    page.wait_for_text("[role=alert]", "there is no device “abacus-9000”");
    page.wait_for_text("#answer", "2,048 cached");
    assert_eq!(title(&page), "meta-llama/Llama-2-7b-hf");
}

#[test]
fn what_a_link_says_is_shown_as_text_only() {
    let page =
        Page::new().open("#v=1&hw=custom:1e12,1e9,1e12,%3Cimg%20src=x%20onerror=alert(1)%3E&sel=%3Cb%3E");
    page.wait_for_text("#answer", "<img src=x onerror=alert(1)>");
    assert_eq!(page.count("img"), 0);
    page.goto("#v=1&hw=%3Cimg%20src=x%3E");
    page.wait_for_text("[role=alert]", "there is no device “<img src=x>”");
    assert_eq!(page.count("img"), 0);
}

#[test]
fn a_link_to_a_config_that_is_no_model_says_so_and_offers_one() {
    // {"model_type":"bert"}
    let page = Page::new().open("#v=1&c=eyJtb2RlbF90eXBlIjoiYmVydCJ9");
    page.wait_for_text("[role=alert]", "bert");
    page.click_named("Start with Llama-2-7B");
    wait_for_title(&page, "Llama-2-7b-hf");
}

#[test]
fn what_a_later_version_adds_to_a_link_is_kept() {
    let page = Page::new().open("#v=1&colour=green&cached=2048&in=1");
    assert_eq!(page.count("[role=alert]"), 0);
    page.set("#batch-size", "4");
    assert_eq!(wait_for_link(&page, "batch=4"), "#v=1&cached=2048&in=1&batch=4&colour=green");
}

#[test]
fn back_and_forward_go_from_model_to_model() {
    let page = Page::new().open("");
    let choose = |words: &str| {
        page.click("#built-in");
        page.type_text(words);
        page.press("Enter");
    };
    choose("llama 3.1 8b");
    wait_for_link(&page, "Llama-3.1-8B");
    // Edits are no steps of their own.
    page.set("#batch-size", "4");
    wait_for_link(&page, "batch=4");
    page.set("#batch-size", "16");
    wait_for_link(&page, "batch=16");
    choose("llama 2 13b");
    wait_for_link(&page, "Llama-2-13b");

    page.back();
    wait_for_title(&page, "Llama-3.1-8B");
    assert_eq!(
        (page.value("#batch-size"), page.value("#model-text")),
        ("16".to_owned(), "meta-llama/Llama-3.1-8B".to_owned())
    );
    page.back();
    wait_for_title(&page, "Llama-2-7b-hf");
    assert_eq!((page.value("#batch-size"), page.fragment()), ("1".to_owned(), String::new()));
    page.forward();
    page.forward();
    wait_for_title(&page, "Llama-2-13b-hf");
    wait_for_headline(&page, "Parameters", "13.0 B");
    assert_eq!(page.value("#batch-size"), "16");
    page.reload();
    wait_for_title(&page, "Llama-2-13b-hf");
    assert_eq!(page.value("#batch-size"), "16");
}

#[test]
fn going_forward_while_the_address_is_about_to_be_written_loses_no_step() {
    let page = Page::new().open("");
    page.set("#batch-size", "4");
    wait_for_link(&page, "batch=4");
    page.click("#built-in");
    page.type_text("llama 2 13b");
    page.press("Enter");
    let link = wait_for_link(&page, "Llama-2-13b");
    // The address follows the state after a quarter of a second; step on it from both sides.
    let seen = page.script(
        "const sleep = ms => new Promise(done => setTimeout(done, ms));
         const seen = [];
         for (let wait = 236; wait <= 264; wait += 2) {
             history.back();
             await sleep(wait);
             history.forward();
             await sleep(150);
             seen.push(location.hash);
         }
         return seen;",
        json!([]),
    );
    assert_eq!(seen, json!(vec![link; 15]));
    wait_for_title(&page, "Llama-2-13b-hf");
}
