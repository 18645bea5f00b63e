//! Links that nobody meant well, and browsers that refuse one thing each.

use crate::damage::damaged;
use crate::link_text::{SEEDS, WORDS};
use crate::look::{CANVAS, TINY, layers, wait_for_title};
use browser::Page;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::json;

/// The variable that says how many links are opened one after the other in the same page.
const LINKS: &str = "ROOFLINE_LINKS";
/// How many there are unless it says otherwise.
const USUAL: usize = 500;
/// How many of them also start a page.
const STARTS: usize = 8;
/// Links to a call, which must end within half a minute.
const ROUND: usize = 100;

/// Networks are another scenario's; here no model can be fetched.
const NO_NETWORK: &str = "window.fetch = new Proxy(window.fetch, { apply(fetch, self, [what, ...rest]) {
    const away = new URL(what.url ?? what, document.baseURI).origin !== location.origin;
    return away ? Promise.reject(new TypeError('refused')) : Reflect.apply(fetch, self, [what, ...rest]);
} });";

/// What is on the page when it is not blank: the model box, and layers or a sentence where they would be.
const ALIVE: &str = "const alive = () => document.getElementById('model-text')
    && document.querySelector('#answer')?.textContent.trim().length > 10 && !document.getElementById('boot');";

/// Always the same links.
fn links() -> Vec<String> {
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(0x11f3), ..Config::default() });
    let links = damaged(SEEDS.iter().map(|seed| (*seed).to_owned()).collect(), WORDS, 8);
    let mut next = || links.new_tree(&mut runner).expect("a link can always be made").current();
    let most = std::env::var(LINKS).map_or(USUAL, |most| most.parse().expect("a number of links"));
    (0..most).map(|_| next()).collect()
}

#[test]
fn thousands_of_hostile_links_leave_no_page_blank() {
    let links = links();
    let page = Page::new().restless().before(NO_NETWORK).open("");
    let body = format!(
        "{ALIVE}
         return (async links => {{
           const painted = () => new Promise(done => {{
             const {{ port1, port2 }} = new MessageChannel();
             port1.onmessage = done;
             port2.postMessage(0);
           }});
           const blank = [];
           for (const link of links) {{
             history.replaceState(null, '', '#' + link.replace(/^#/, ''));
             dispatchEvent(new HashChangeEvent('hashchange'));
             await painted();
             if (!alive()) blank.push(link);
           }}
           return blank;
         }})(arguments[0])"
    );
    for round in links.chunks(ROUND) {
        assert_eq!(page.script(&body, json!([round])), json!([]));
    }
    // It still does what it is for.
    page.goto("#v=1");
    wait_for_title(&page, "meta-llama/Llama-2-7b-hf");
    page.set("#model-text", TINY);
    wait_for_title(&page, "Pasted llama config");
}

#[test]
fn pages_start_with_hostile_links() {
    let links = links();
    for link in links.iter().step_by(links.len().div_ceil(STARTS)) {
        let page = Page::new().before(NO_NETWORK).open(&format!("#{}", link.trim_start_matches('#')));
        let alive = page.script(&format!("{ALIVE} return Boolean(alive())"), json!([]));
        assert_eq!(alive, json!(true), "{link}");
    }
}

/// Opens the page in a browser that refuses something, and looks whether it answers all the same.
#[track_caller]
fn refused(script: &str) -> Page {
    let page = Page::new().before(script).open("");
    assert_eq!(layers(&page).names().len(), 11, "{script}");
    page.set("#batch-size", "2");
    page.wait_for_text("#answer", "batch of 2");
    page
}

#[test]
fn no_canvas_leaves_the_table_and_a_word() {
    let page = refused("HTMLCanvasElement.prototype.getContext = () => null;");
    page.wait_for_text("#answer", "does not let the page draw");
    let allowed = Page::new().open("");
    allowed.wait_for_ink(CANVAS);
    assert!(!allowed.text("#answer").contains("does not let the page draw"));
}

#[test]
fn what_cannot_be_saved_is_said() {
    let page = refused("URL.createObjectURL = () => { throw new TypeError('refused') };");
    page.click("[aria-label='Download the table as CSV']");
    page.wait_for_text("[role=status]", "The browser did not save the file");
    let page = refused(
        "HTMLCanvasElement.prototype.toDataURL = () => { throw new DOMException('refused', 'SecurityError') };",
    );
    page.click("[aria-label='Download the roofline as PNG']");
    page.wait_for_text("[role=status]", "The browser did not save the picture");
}

#[test]
fn the_rest_can_be_refused_one_by_one() {
    for script in [
        "history.replaceState = history.pushState = () => { throw new DOMException('refused', 'SecurityError') };",
        "delete window.ResizeObserver;",
        "window.matchMedia = undefined;",
        "Object.defineProperty(navigator, 'serviceWorker', { value: undefined });",
        "Element.prototype.scrollIntoView = undefined;",
        "window.fetch = new Proxy(window.fetch, { apply: (fetch, self, [what]) =>
           String(what.url ?? what).includes('huggingface') ? Promise.reject(new TypeError('refused')) : fetch(what) });",
    ] {
        let page = refused(script);
        page.set("#model-text", TINY);
        wait_for_title(&page, "Pasted llama config");
    }
}
