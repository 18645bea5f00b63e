//! The answer leaves the page as a link, as text, as data and as a picture.

use crate::look::{TINY, wait_for_link, wait_for_title};
use browser::Page;
use serde_json::{Value, json};

#[test]
fn files_hold_what_the_page_shows() {
    let page = Page::new().open("");
    let folder = page.allow_downloads();

    page.click("[aria-label='Download the table as CSV']");
    let csv = page.downloaded(&folder, "Llama-2-7b-hf.csv");
    let lines: Vec<&str> = csv.trim_end().split("\r\n").collect();
    assert_eq!(
        lines[0],
        "node,block_count,compute_flop,weight_bytes,input_bytes,output_bytes,intensity_flop_per_byte,time_share,bound"
    );
    assert_eq!(lines.len(), 13);
    assert!(lines[4].starts_with("Attn - SDPA,32,16788479,0,16801792,8192,0.99872"), "{}", lines[4]);
    assert!(
        lines[12].starts_with("Total,,13491740800,12952535168,542654464,5259264,0.99935"),
        "{}",
        lines[12]
    );

    page.click("[aria-label='Download the report as JSON']");
    let report: Value = serde_json::from_str(&page.downloaded(&folder, "Llama-2-7b-hf.json")).unwrap();
    assert_eq!(report["layers"].as_array().map(Vec::len), Some(11));
    assert_eq!(report["layers"][7]["name"], "Ffn - GateUp_Proj");
    assert_eq!(report["layers"][7]["flops"], 180_333_056);
    assert_eq!(report["total"]["weight_bytes"], 12_952_535_168_u64);
    assert_eq!(report["roofline"]["hardware_name"], "H100 80GB SXM5");

    page.click("[aria-label='Download the roofline as SVG']");
    let svg = page.downloaded(&folder, "Llama-2-7b-hf-roofline.svg");
    assert!(svg.contains("<svg") && svg.contains("989 TFLOP/s") && svg.trim_end().ends_with("</svg>"));
    let drawn = page.script(
        "const svg = new DOMParser().parseFromString(arguments[0], 'image/svg+xml').documentElement;
         return [svg.localName, svg.querySelectorAll('polyline, path, line, polygon, circle').length > 20, svg.querySelectorAll('script').length]",
        json!([svg]),
    );
    assert_eq!(drawn, json!(["svg", true, 0]));

    page.click("[aria-label='Download the roofline as PNG']");
    let png = page.downloaded_bytes(&folder, "Llama-2-7b-hf-roofline.png");
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() > 10_000, "{} bytes", png.len());
    assert_eq!(png[16..24], [0, 0, 0x07, 0x80, 0, 0, 0x04, 0xb0], "1920 × 1200: twice 960 × 600");
}

#[test]
fn the_clipboard_gets_link_and_table() {
    let page = Page::new().open("#v=1&cached=2048&in=1");
    page.allow_clipboard();
    let address = page.script("return location.href", json!([]));
    page.click_named("Copy link");
    page.wait_for_text(
        "[role=status]",
        "The link contains the model's name, the device's name and the workload",
    );
    assert_eq!(page.clipboard(), address.as_str().unwrap());

    page.click_named("Copy Markdown");
    page.wait_for_text("[role=status]", "Table copied as Markdown");
    let table = page.clipboard();
    assert!(
        table.contains("| Attn - O_Proj | 32 | 33.6 MFLOP | 32.0 MiB | 8.00 KiB | 8.00 KiB | 0.999 FLOP/B |"),
        "{table}"
    );
    assert!(table.contains("2,048 cached + 1 new tokens"), "{table}");

    page.click_named("Copy TSV");
    page.wait_for_text("[role=status]", "paste it into a spreadsheet");
    assert!(page.clipboard().contains("Attn - O_Proj\t32\t33550336\t33554432\t8192\t8192\t"));

    // A pasted config travels in the link, and the page says so.
    page.set("#model-text", TINY);
    wait_for_title(&page, "Pasted llama config");
    page.click_named("Copy link");
    page.wait_for_text("[role=status]", "the pasted config");
    assert!(page.clipboard().contains("&c="));
}

/// The text lies selected in a dialog, ready for Ctrl+C.
#[track_caller]
fn offered_by_hand(page: &Page, begins: &str) {
    page.wait_for_text("[role=dialog]", "Copy the");
    let selected = page.wait_until(
        "the text to be selected",
        "const area = document.activeElement;
         return area.localName === 'textarea' && area.selectionEnd > 0 && area.value.slice(area.selectionStart, area.selectionEnd)",
        json!([]),
    );
    let selected = selected.as_str().unwrap();
    assert!(selected.starts_with(begins) && selected == page.value("[role=dialog] textarea"), "{selected}");
}

#[test]
fn a_refused_clipboard_leaves_the_text_to_be_copied_by_hand() {
    let page = Page::new().open("");
    page.cdp(
        "Browser.setPermission",
        json!({ "permission": { "name": "clipboard-write" }, "setting": "denied" }),
    );
    page.click_named("Copy link");
    offered_by_hand(&page, "http://127.0.0.1:");
    page.press("Escape");
    page.wait_gone("[role=dialog]");
    page.wait_until(
        "the focus to be back",
        "return document.activeElement.innerText === 'Copy link'",
        json!([]),
    );

    page.click_named("Copy Markdown");
    offered_by_hand(&page, "**meta-llama/Llama-2-7b-hf");
    page.click_named("Close");
    page.wait_gone("[role=dialog]");
    page.set("#batch-size", "2");
    page.wait_for_text("#answer", "batch of 2");
}

#[test]
fn a_browser_without_a_clipboard_is_no_hindrance() {
    let none = "Object.defineProperty(navigator, 'clipboard', { value: undefined })";
    let page = Page::new().before(none).open("");
    page.click_named("Copy link");
    offered_by_hand(&page, "http://127.0.0.1:");
}

#[test]
fn a_link_that_would_be_too_long_is_not_made() {
    let page = Page::new().open("");
    let lists: Vec<String> = (0..3000).map(|i| (1000 + i).to_string()).collect();
    page.click_named("Ragged");
    page.set("#cached-tokens", &lists.join(" "));
    page.set("#input-tokens", &vec!["1"; 3000].join(" "));
    page.wait_for_text("#answer", "3000 different queries");
    page.click_named("Copy link");
    page.wait_for_text(
        "[role=status]",
        "many programs cut off links above 8000: download the results instead",
    );
    // The address still says what it can.
    page.set("#cached-tokens", "5 6");
    page.set("#input-tokens", "1 1");
    wait_for_link(&page, "cached=5,6");
}
