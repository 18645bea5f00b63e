//! From bytes to decisions: time, fit and scale of a deployment, in the page and in its link.

use crate::look::wait_for_link;
use browser::Page;
use serde_json::{Value, json};

/// The value below a label of the serving section.
fn told(page: &Page, label: &str) -> String {
    let body = "const found = [...document.querySelectorAll('.serving dt')].find(dt => dt.innerText === arguments[0]); \
                return found ? found.nextElementSibling.textContent : ''";
    page.script(body, json!([label])).as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_model_that_does_not_fit_says_what_would() {
    let page = Page::new().open("#v=1&m=meta-llama/Llama-3.1-70B");
    page.wait_for_text(".serving", "It does not fit. Any of these would:");
    page.wait_for_text(".serving .caution", "2 devices, tensor-parallel");
    assert!(told(&page, "On this device").starts_with("does not fit"));
    assert_eq!(told(&page, "Time per output token"), "", "no rate is promised");

    page.set("#tensor-parallel", "8");
    page.wait_for_text(".serving", "Time per output token");
    assert!(told(&page, "On these devices").starts_with("fits"));
    // Behind each of two projections of 80 blocks, 2·7/8 of 8192 elements of two bytes.
    page.script("document.querySelectorAll('.serving details').forEach(fold => fold.open = true)", json!([]));
    page.wait_for_text(".serving-table", "all-reduce 28.0 KiB");
    page.click_named("Achievable");
    page.click_named("Unfused");
    let link = wait_for_link(&page, "fuse");
    assert_eq!(link, "#v=1&m=meta-llama/Llama-3.1-70B&tp=8&reach=achievable&fuse=off");

    let seen = told(&page, "Start to finish");
    let other = Page::new().open(&link);
    other.wait_for_text(".serving", "Time per output token");
    assert_eq!(told(&other, "Start to finish"), seen);
    assert_eq!(other.value("#tensor-parallel"), "8");
}

#[test]
fn the_plan_is_taken_away_as_text_and_data() {
    let page = Page::new().open("#v=1&m=meta-llama/Llama-3.1-70B&tp=8");
    page.wait_for_text(".serving", "Time per output token");
    let folder = page.allow_downloads();
    page.click("[aria-label='Download the plan as JSON']");
    let plan: Value = serde_json::from_str(&page.downloaded(&folder, "Llama-3.1-70B-plan.json")).unwrap();
    assert_eq!(plan["devices"], 8);
    assert_eq!(plan["memory"]["fits"], true);

    page.allow_clipboard();
    page.click("[aria-label='Copy Markdown of the plan']");
    page.wait_for_text("[role=status]", "Plan copied as Markdown");
    let text = page.clipboard();
    assert!(
        text.starts_with("**meta-llama/Llama-3.1-70B · batch 1: 1,024 cached + 1 new tokens**"),
        "{text}"
    );
    assert!(text.contains("\n- Devices: 8 × H100") && text.contains("all-reduce 28.0 KiB |"), "{text}");

    // Nothing stale is taken away.
    page.set("#tensor-parallel", "3");
    page.wait_for_text(".serving [role=alert]", "cannot be shared by 3");
    assert_eq!(page.count("[aria-label='Copy Markdown of the plan']"), 0);
}

#[test]
fn a_degree_that_does_not_divide_is_refused_beside_the_fields() {
    let page = Page::new().open("");
    let before = told(&page, "Start to finish");
    assert!(before.starts_with('≥'), "{before}");
    page.set("#tensor-parallel", "3");
    page.wait_for_text(
        ".serving [role=alert]",
        "32 query heads cannot be shared by 3: use 1, 2, 4, 8, 16, 32.",
    );
    assert_eq!(told(&page, "Start to finish"), before, "the last good answer stays");
    assert_eq!(page.count(".serving .stale"), 1);
    page.set("#tensor-parallel", "x");
    page.wait_for_text(".serving .field [class~=note-wrong]", "“x” is not a whole number");
    page.set("#tensor-parallel", "1");
    page.wait_until(
        "the first answer",
        "return [...document.querySelectorAll('.serving dd')].some(dd => dd.textContent === arguments[0])",
        json!([before]),
    );
}

#[test]
fn experts_are_asked_about_where_there_are_any() {
    let page = Page::new().phone().open("");
    assert_eq!(page.count("#expert-parallel"), 0);
    page.goto("#v=1&m=deepseek-ai/DeepSeek-V3&hw=h200-141gb-sxm&batch=64&dp=32&ep=32");
    page.wait_for("#expert-parallel");
    page.script("document.querySelectorAll('.serving details').forEach(fold => fold.open = true)", json!([]));
    page.wait_for_text(".serving-table", "all-to-all");
    page.wait_for_text(".serving", "Tokens fall evenly on the experts");
    page.assert_no_sideways_scrolling();
}

#[test]
fn what_is_assumed_can_be_moved_and_goes_into_the_link() {
    let page = Page::new().open("#v=1&m=meta-llama/Llama-3.1-8B&tp=4");
    page.wait_for_text(".serving", "Time per output token");
    let canvas = ".chart canvas";
    let said = page.attribute(canvas, "aria-label").unwrap();
    assert!(said.contains("sending between devices allows"), "{said}");
    page.script("document.querySelectorAll('.serving details').forEach(fold => fold.open = true)", json!([]));
    page.click_named("Achievable");
    assert_eq!(
        (page.value("#reached-compute"), page.value("#reached-bandwidth")),
        (String::new(), "80".to_owned())
    );
    page.set("#reached-bandwidth", "90");
    page.set("#reserve", "5");
    page.set("#link-latency", "4");
    let link = wait_for_link(&page, "net=");
    assert_eq!(link, "#v=1&m=meta-llama/Llama-3.1-8B&tp=4&reach=measured,0.9&net=5e10,4e-6,5e-6&free=0.05");
    page.set("#reserve", "100");
    page.wait_for_text(".serving [role=alert]", "to below 1 (100 %)");
    let other = Page::new().open(&link);
    other.wait_for_text(".serving", "Time per output token");
    other
        .script("document.querySelectorAll('.serving details').forEach(fold => fold.open = true)", json!([]));
    assert_eq!(other.value("#link-latency"), "4");
    // A slower link is a lower roof.
    let slower = other.attribute(canvas, "aria-label").unwrap();
    assert_ne!(slower, said);
}
