//! Workload, device and way of counting: every change shows at once, and a field that makes no
//! sense keeps its text and the last good answer.

use crate::look::{
    CANVAS, count_as, everything, headline, layers, set_load, stored, wait_for_headline, wait_for_link,
};
use browser::Page;
use serde_json::{Value, json};

/// What the canvas holds, to tell one drawing from another.
fn drawing(page: &Page) -> Value {
    page.script("return document.querySelector(arguments[0]).toDataURL()", json!([CANVAS]))
}

#[test]
fn table_marks_and_link_follow_the_workload() {
    let page = Page::new().open("");
    page.wait_for_ink(CANVAS);
    let decode = drawing(&page);
    page.click_named("Prefill");
    assert_eq!(["#cached-tokens", "#input-tokens"].map(|field| page.value(field)), ["0", "1024"]);
    page.set("#batch-size", "8");
    // 8·1024 tokens: 8192·12288·(2·4096 − 1) FLOPs over a peak of 989.4 TFLOP/s.
    page.wait_for_text("#answer", "nothing cached and 1,024 input tokens, batch of 8");
    let table = layers(&page);
    assert_eq!(table.costs("Attn - QKV_Proj")[0], 824_533_057_536);
    assert_eq!(table.shown("Attn - QKV_Proj", "Bound"), "compute-bound");
    assert_eq!(table.shown("Attn - ResidualAdd", "Bound"), "memory-bound");
    assert!(headline(&page, "Time of this step").ends_with("compute-bound"));
    page.wait_for_text("#answer", "On one H100 80GB SXM5, compute limits this step");
    assert_eq!(wait_for_link(&page, "batch=8"), "#v=1&cached=0&in=1024&batch=8");
    page.wait_until(
        "the marks to move",
        "return document.querySelector(arguments[0]).toDataURL() !== arguments[1]",
        json!([CANVAS, decode]),
    );
    page.wait_for_role("image", "batch 8");
}

#[test]
fn a_ragged_batch_is_two_lists() {
    let page = Page::new().open("");
    page.click_named("Ragged");
    set_load(&page, "1M, 1024", "1 1", "");
    page.wait_for_text("#answer", "2 different queries");
    // By hand: Σ T = 1,048,577 + 1,025 = 1,049,602 over d = 4096: 1,049,602·8191 +
    // 4096·(2·1,049,602 − 2); Q 2·4096·2 + K and V 2·4096·1,049,602·2.
    let table = layers(&page);
    assert_eq!(table.costs("Attn - SDPA"), [17_195_621_374, 0, 17_196_695_552, 16_384]);
    assert_eq!(stored(&page, "KV cache"), 1_049_602 * 4096 * 2 * 2 * 32);
    assert_eq!(wait_for_link(&page, "1048576"), "#v=1&cached=1048576,1024&in=1x2");

    // Three against two: said, and the answer stays.
    page.set("#cached-tokens", "1M 1024 5");
    page.wait_for_text("aside [role=alert]", "3 values for the cached tokens");
    page.wait_for_text("main [role=status]", "last good answer");
    assert_eq!(layers(&page).costs("Attn - SDPA")[0], 17_195_621_374);
}

#[test]
fn a_half_typed_number_keeps_the_last_good_answer() {
    let page = Page::new().open("");
    let top = |page: &Page| {
        page.script("return document.getElementById('answer-title').getBoundingClientRect().top", json!([]))
    };
    let (before, at) = (headline(&page, "Time of this step"), top(&page));
    page.click("#cached-tokens");
    page.press("Control+a");
    for (keys, wrong) in [("Delete", "Type a whole number"), ("-", "“-” is not a whole number")] {
        page.press(keys);
        page.wait_for_text("#cached-tokens-note", wrong);
        assert_eq!(page.attribute("#cached-tokens", "aria-invalid").as_deref(), Some("true"));
        page.wait_for_text("main [role=status]", "last good answer");
        assert_eq!(headline(&page, "Time of this step"), before);
        assert_eq!(page.focused(), "input Cached tokens", "typing never loses the focus");
        assert_eq!(top(&page), at, "the answer does not jump");
    }
    page.press("Backspace");
    page.type_text("2k");
    page.wait_for_text("#answer", "2,048 cached and 1 input token");
    assert_eq!(
        (page.value("#cached-tokens"), page.focused()),
        ("2k".to_owned(), "input Cached tokens".to_owned())
    );
    assert_eq!(page.attribute("#cached-tokens", "aria-invalid"), None);
    wait_for_link(&page, "cached=2048");

    page.set("#batch-size", "0");
    page.wait_for_text("#batch-size-note", "at least one query");
    page.set("#batch-size", "1");
    page.set("#cached-tokens", "99999999999999999999");
    page.wait_for_text("main [role=status]", "last good answer");
    page.wait_for_text("#answer", "2,048 cached");
}

#[test]
fn another_device_moves_the_roof() {
    let page = Page::new().open("");
    page.set("#device", "a100-80gb-sxm");
    // 13,500,448,896 B at 2.039 TB/s.
    wait_for_headline(&page, "Time of this step", "≥ 6.62 ms");
    wait_for_link(&page, "hw=a100-80gb-sxm");
    page.wait_for_text("#answer", "On one A100");

    page.set("#device", "custom");
    page.set("#device-name", "Abacus");
    page.set("#device-peak", "100");
    page.set("#device-bandwidth", "1,000");
    page.set("#device-memory", "8");
    // 13,500,448,896 B at 1 TB/s; 12.8 GiB do not go into 8.
    wait_for_headline(&page, "Time of this step", "≥ 13.5 ms");
    wait_for_headline(&page, "Memory", "does not fit");
    assert!(headline(&page, "Intensity").ends_with("ridge at 100 FLOP/B"));
    page.wait_for_text("#answer", "does not fit on one Abacus: 12.8 GiB are needed, 8.00 GiB are there");
    // What else is known of the A100 came along, and can be taken out.
    wait_for_link(&page, "hw=custom:1e14,1e12,8.589934592e9,int8:6.24e14,link:3e11x8,Abacus");
    page.click_named("Other types and links");
    page.set("#device-int8", "");
    page.set("#device-link", "");
    wait_for_link(&page, "hw=custom:1e14,1e12,8.589934592e9,Abacus");

    page.set("#device-bandwidth", "fast");
    page.wait_for_text("#device-bandwidth-note", "“fast” is not a number");
    assert!(headline(&page, "Time of this step").starts_with("≥ 13.5 ms"));

    page.set("#device-bandwidth", "1,000");
    page.set("#device-link", "50");
    page.set("#device-node", "2");
    let link = wait_for_link(&page, "link:5e10x2,Abacus");
    page.set("#tensor-parallel", "2");
    page.wait_for_text(".serving", "On these devices");
    page.click_named("What this takes for granted");
    page.wait_for_text(".serving", "Up to 2 devices reach each other over its links at 50.0 GB/s each way");
    let other = Page::new().open(&link);
    other.click_named("Other types and links");
    assert_eq!((other.value("#device-link"), other.value("#device-fp8")), ("50".to_owned(), String::new()));
}

#[test]
fn the_way_of_counting_is_chosen_and_named() {
    let page = Page::new().open("");
    let document = everything(&page);
    count_as(&page, "exact");
    page.wait_for_text("#answer", "exact accounting");
    wait_for_link(&page, "acc=exact");
    // The exact count has what the document leaves out.
    let exact = layers(&page);
    assert!(exact.names().len() > 11, "{:?}", exact.names());
    assert!(exact.costs("All blocks")[0] > 13_491_740_800);

    count_as(&page, "torch");
    page.wait_for_text("#answer", "torch accounting counts no bytes");
    page.wait_for_text("section[aria-labelledby=chart-title]", "no layer has a place on the roofline");
    assert_eq!(layers(&page).shown("Attn - QKV_Proj", "Bound"), "");
    count_as(&page, "document");
    page.wait_for_ink(CANVAS);
    assert_eq!(everything(&page), document);
}

#[test]
fn formats_are_chosen_and_travel_in_the_link() {
    let page = Page::new().open("");
    page.set("#kept-weights", "q4_0");
    // 32 blocks of 202,375,168 weights at 4.5 bits and two norms of 4,097 at 16: 3,643,277,312 B.
    wait_for_headline(&page, "Weights", "3.39 GiB");
    page.set("#kept-cache", "fp8");
    wait_for_headline(&page, "KV cache", "256 MiB");
    let link = wait_for_link(&page, "kv=fp8");
    assert!(link.contains("w=q4_0"), "{link}");
    let other = Page::new().open(&link);
    wait_for_headline(&other, "Weights", "3.39 GiB");
    assert_eq!(other.value("#kept-cache"), "fp8");

    page.set("#kept-weights", "");
    wait_for_headline(&page, "Weights", "12.1 GiB");
}
