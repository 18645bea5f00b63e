//! What there is to see before the page answers: the page as it opens, already there.

use browser::{Page, Site};
use serde_json::{Value, json};
use std::time::Duration;

const WIDTHS: [(u32, u32); 5] = [(1440, 900), (1024, 900), (768, 1000), (375, 800), (320, 800)];

/// A page whose wasm lets it wait, long enough to be looked at before.
fn slow(wait: Duration) -> Site {
    Site::built().late("_bg.wasm", wait).start()
}

/// Every element below `root` outside of the chart: what it is, what it says, and where it stands.
fn seen(page: &Page, root: &str) -> Vec<(String, [f64; 4])> {
    let elements = page.script(
        "const shown = element => element.checkVisibility() && !element.closest('.plot, .starting, #new-version');
         const own = element => element.value ?? [...element.childNodes].filter(node => node.nodeType === 3)
           .map(node => node.data.trim()).join('');
         return [...document.querySelectorAll(arguments[0] + ' *')].filter(shown).map(element => {
           const { x, y, width, height } = element.getBoundingClientRect();
           return [`${element.localName}.${element.className.baseVal ?? element.className} ${own(element)}`,
             x, y, width, height];
         })",
        json!([root]),
    );
    let number = |value: &Value| value.as_f64().unwrap();
    let element =
        |value: &Value| (value[0].as_str().unwrap().to_owned(), [1, 2, 3, 4].map(|at| number(&value[at])));
    elements.as_array().unwrap().iter().map(element).collect()
}

#[test]
fn the_page_takes_over_and_nothing_moves() {
    let site = slow(Duration::from_secs(3));
    for (width, height) in WIDTHS {
        let page = Page::new().size(width, height).at(&site.url()).open_at_once("");
        page.wait_for_text("#first-view main", "memory bandwidth limits this step");
        let first = seen(&page, "#first-view");
        page.wait_gone("#boot");
        page.wait_for_ink("canvas");
        let live = seen(&page, "body");
        assert!(first.len() > 400, "{}", first.len());
        for (before, after) in first.iter().zip(&live) {
            let moved = before.1.iter().zip(after.1).any(|(before, after)| (before - after).abs() > 1.0);
            assert!(before.0 == after.0 && !moved, "{width}: {before:?} became {after:?}");
        }
        assert_eq!(first.len(), live.len(), "{width}");
    }
}

#[test]
fn it_has_its_chart_in_the_colours_of_the_page() {
    let site = slow(Duration::from_secs(2));
    for (width, still) in [(1440, "wide"), (768, "middle"), (375, "narrow")] {
        let page = Page::new().dark().size(width, 900).at(&site.url()).open_at_once("");
        page.wait_for("#first-view .still");
        let shown = page.script(
            "return [...document.querySelectorAll('.still')].filter(still => still.checkVisibility()).map(still => {
               const ground = getComputedStyle(still.querySelector('rect, text')).fill;
               return [still.getAttribute('class'), ground, still.getBoundingClientRect().width > 200];
             })",
            json!([]),
        );
        assert_eq!(shown, json!([[format!("still still-{still}"), "rgb(18, 22, 27)", true]]), "{width}");
    }
}

#[test]
fn a_link_to_another_view_does_not_show_the_first_one() {
    let site = slow(Duration::from_secs(1));
    let page = Page::new().at(&site.url()).open_at_once("#v=1&m=Qwen/Qwen3-8B");
    page.wait_for_text(".starting", "Starting…");
    let shown = "return document.querySelector(arguments[0]).checkVisibility()";
    assert_eq!(page.script(shown, json!(["#first-view .answer-title"])), json!(false));
    assert_eq!(page.script(shown, json!([".starting h1"])), json!(true));
    page.wait_gone("#boot");
    page.wait_for_text("main", "Qwen3-8B");
}

#[test]
fn what_was_chosen_at_an_earlier_visit_holds_at_once() {
    let site = slow(Duration::from_secs(1));
    let page = Page::new().at(&site.url()).open("");
    page.click_named("Dark");
    page.click_named("Got it");
    page.reload();
    page.wait_for("#first-view .answer-title");
    let now = page.script(
        "const reading = document.querySelector('#first-view .guide-reading');
         const summary = reading.parentElement.querySelector('summary');
         return [getComputedStyle(document.body).backgroundColor, reading.checkVisibility(),
           getComputedStyle(summary).listStyleType]",
        json!([]),
    );
    assert_eq!(now, json!(["rgb(18, 22, 27)", false, "disclosure-closed"]));
    page.wait_gone("#boot");
    page.wait_for("[data-theme=dark]");
}

#[test]
fn nothing_that_does_not_answer_yet_takes_the_focus_and_a_slow_start_is_owned_up_to() {
    let site = slow(Duration::from_secs(3));
    let page = Page::new().at(&site.url()).open_at_once("");
    page.wait_for("#first-view .answer-title");
    page.press("Tab");
    assert_eq!(page.script("return document.activeElement.localName", json!([])), json!("body"));
    page.wait_until(
        "the word that it is starting",
        "const line = document.querySelector('.starting [role=status]');
         return line.textContent === 'Starting…' && line.checkVisibility({ visibilityProperty: true })",
        json!([]),
    );
    page.wait_gone("#boot");
}
