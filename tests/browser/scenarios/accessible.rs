//! WCAG 2.2 AA: what axe-core finds in every state of the page, and the story that a screen reader is told.

use crate::look::{TINY, click_figure, layer_button, wait_for_headline};
use browser::{Page, PageBuilder};
use serde_json::json;

/// What axe-core has against the page as it is: the rule and the elements that break it.
#[track_caller]
pub fn complaints(page: &Page) -> Vec<String> {
    let axe = xtask::tools::axe().unwrap_or_else(|error| panic!("{error:#}"));
    let source = std::fs::read_to_string(axe).unwrap();
    page.script(&format!("if (!window.axe) {{ {source} }}"), json!([]));
    let found = page.script(
        "const result = await axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } });
         return result.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')} ${node.html.slice(0, 120)}`))",
        json!([]),
    );
    found.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}

/// Opens the page wide in light and narrow in dark, does something to it, and lets axe-core look.
#[track_caller]
fn nothing_found(fragment: &str, act: impl Fn(&Page)) {
    let looks: [fn() -> PageBuilder; 2] = [Page::new, || Page::new().phone().dark()];
    for look in looks {
        let page = look().open(fragment);
        page.wait_for_text("#answer-title", "");
        act(&page);
        assert_eq!(complaints(&page), Vec::<String>::new());
    }
}

#[test]
fn what_is_wrong_is_found() {
    let page = Page::new().open("");
    page.script("document.querySelector('label[for=device]').remove()", json!([]));
    let found = complaints(&page);
    assert!(found.iter().any(|line| line.contains("#device")), "{found:?}");
}

#[test]
fn nothing_is_found_in_the_first_view() {
    nothing_found("", |_| ());
}

#[test]
fn nothing_is_found_with_everything_unfolded() {
    nothing_found("#v=1&m=deepseek-ai/DeepSeek-V3&batch=8&cmp=exact", |page| {
        page.script("document.querySelectorAll('details').forEach(e => e.open = true)", json!([]));
        page.click(&layer_button(page, "Moe - Experts Down_Proj"));
        page.wait_for("[role=group][aria-label^=Formulas]");
    });
}

#[test]
fn nothing_is_found_where_the_input_is_wrong() {
    nothing_found("", |page| {
        page.set("#model-text", "{\"model_type\": \"llama\", \"hidden_size\": 4095}");
        page.wait_for("[role=alert], [role=status] p");
        page.set("#cached-tokens", "many");
        page.wait_for(".note-wrong");
    });
}

#[test]
fn nothing_is_found_where_nothing_fits_or_divides() {
    nothing_found("#v=1&m=meta-llama/Llama-3.1-70B", |page| {
        page.wait_for_text(".serving", "It does not fit");
    });
    nothing_found("#v=1&tp=3", |page| page.wait_for(".serving [role=alert]"));
}

#[test]
fn nothing_is_found_in_a_broken_link() {
    nothing_found("#v=9&cached=none", |page| page.wait_for("[role=alert]"));
}

#[test]
fn nothing_is_found_where_text_is_offered_for_copying() {
    let refuse = "Object.defineProperty(navigator, 'clipboard', { value: undefined })";
    for look in [Page::new(), Page::new().phone().dark()] {
        let page = look.before(refuse).open("");
        page.click_named("Copy Markdown");
        page.wait_for("dialog, [role=dialog]");
        // What lies under the dialog is covered by it.
        let found: Vec<String> =
            complaints(&page).into_iter().filter(|line| !line.starts_with("target-size")).collect();
        assert_eq!(found, Vec::<String>::new());
    }
}

#[test]
fn nothing_is_found_in_a_custom_device_and_a_pasted_model() {
    nothing_found("", |page| {
        page.set("#model-text", TINY);
        page.script(
            "const device = document.querySelector('#device');
             device.value = 'custom';
             device.dispatchEvent(new Event('change', { bubbles: true }))",
            json!([]),
        );
        wait_for_headline(page, "Parameters", "");
    });
}

#[test]
fn a_figure_that_was_asked_about_is_sound_too() {
    let page = Page::new().open("");
    click_figure(&page, "Attn - SDPA", "Compute");
    page.wait_for("[role=group][aria-label^=Formulas]");
    assert_eq!(complaints(&page), Vec::<String>::new());
}

#[test]
fn the_tree_tells_the_whole_story() {
    let page = Page::new().open("#v=1&m=meta-llama/Llama-3.1-8B");
    page.wait_for_text("#answer-title", "Llama-3.1-8B");
    let tree = page.accessibility();
    let named = |role: &str| -> Vec<&str> {
        tree.iter().filter(|node| node.role == role).map(|node| node.name.as_str()).collect()
    };
    assert_eq!(named("main").len(), 1);
    assert_eq!(named("complementary").len(), 1, "the inputs");
    let level = |node: &browser::AxNode| -> u32 {
        let level = node.properties.iter().find_map(|property| property.strip_prefix("level="));
        level.and_then(|level| level.parse().ok()).unwrap_or_default()
    };
    let headings: Vec<u32> = tree.iter().filter(|node| node.role == "heading").map(level).collect();
    assert_eq!(headings.iter().filter(|level| **level == 1).count(), 1, "one title");
    assert!(headings.windows(2).all(|pair| pair[1] <= pair[0] + 1), "no level is left out: {headings:?}");

    // The chart says what it shows, and the table has every layer by name.
    let charts = [named("image"), named("img")].concat();
    let roofline = charts.iter().find(|name| name.contains("memory-bound")).expect("the roofline has a name");
    for part in ["decode", "ridge point"] {
        assert!(roofline.contains(part), "{roofline}");
    }
    for layer in ["Attn - QKV_Proj", "Attn - SDPA", "Ffn - Down_Proj"] {
        assert!(named("rowheader").iter().any(|name| name.contains(layer)), "{layer} is a row");
    }
    for column in ["Compute", "Weights", "Intensity", "Share of time"] {
        assert!(named("columnheader").iter().any(|name| name.contains(column)), "{column} is a column");
    }
    // No control is without a name.
    for role in ["button", "textbox", "combobox", "radio", "link", "spinbutton", "checkbox"] {
        assert!(named(role).iter().all(|name| !name.trim().is_empty()), "a {role} has no name");
    }
    // The answer speaks up when it changes.
    assert!(!named("status").is_empty());
}
