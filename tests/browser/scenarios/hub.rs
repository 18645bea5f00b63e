//! Models from a Hub: what arrives is analysed and pinned, what does not arrive is explained.

use crate::look::{TINY, layers, title, wait_for_headline, wait_for_link, wait_for_title};
use browser::{Answer, Hub, Page};
use serde_json::json;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const OTHER_COMMIT: &str = "89abcdef0123456789abcdef0123456789abcdef";

/// A page that asks this Hub by its setting.
#[track_caller]
fn page_asking(hub: &Hub) -> Page {
    let page = Page::new().open("");
    page.click_named("Hub settings");
    page.set("#hub-base", &hub.url());
    page
}

/// Makes the stand-in answer for huggingface.co.
fn as_huggingface(hub: &Hub) -> String {
    format!(
        "{{
           const real = window.fetch;
           window.fetch = (what, options) => {{
             const asked = new Request(what, options);
             const at = asked.url.replace('https://huggingface.co/', '{}/');
             return at === asked.url ? real(what, options) : real(new Request(at, asked));
           }};
         }}",
        hub.url()
    )
}

/// `blocks` blocks of the tiny model, from this commit.
fn at_commit(blocks: u32, commit: &str) -> Answer {
    let config = TINY.replace("\"num_hidden_layers\": 3", &format!("\"num_hidden_layers\": {blocks}"));
    Answer::body(200, "application/json", config).header("X-Repo-Commit", commit)
}

#[track_caller]
fn fetch(page: &Page, model: &str) {
    page.set("#model-text", model);
    page.click_named("Fetch from the Hub");
}

#[test]
fn a_fetched_model_is_analysed_and_its_link_names_the_commit() {
    let hub = Hub::start();
    hub.on("/org/tiny/resolve/main/config.json", at_commit(3, COMMIT));
    let page = Page::new().before(&as_huggingface(&hub)).open("");
    page.click("#model-text");
    page.press("Control+a");
    page.type_text("org/tiny");
    page.wait_for_text("#model-note", "Press Enter to fetch it");
    assert!(hub.requests().is_empty(), "nobody is asked while someone types");
    page.press("Enter");
    wait_for_title(&page, "org/tiny");
    assert_eq!(layers(&page).shown("Attn - SDPA", "Blocks"), "3");
    page.wait_for_text("#model-note", "from huggingface.co at 0123456789ab");
    let link = wait_for_link(&page, "commit");
    assert_eq!(link, format!("#v=1&m=org/tiny&commit={COMMIT}"));
    assert_eq!(hub.requests().len(), 1);
    assert_eq!(hub.preflights(), 0, "without a token nothing is asked beforehand");

    // Meanwhile the model has changed; whoever opens the link gets what its author saw.
    let later = Hub::start();
    later.on("/org/tiny/resolve/main/config.json", at_commit(9, OTHER_COMMIT));
    later.on(&format!("/org/tiny/resolve/{COMMIT}/config.json"), at_commit(3, COMMIT));
    let other = Page::new().before(&as_huggingface(&later)).open(&link);
    wait_for_title(&other, "org/tiny");
    assert_eq!(layers(&other).shown("Attn - SDPA", "Blocks"), "3");
    assert_eq!(wait_for_link(&other, "commit"), link);
    assert_eq!(later.requests().len(), 1);
}

#[test]
fn every_commit_keeps_its_figures() {
    let hub = Hub::start();
    hub.on("/org/tiny/resolve/main/config.json", at_commit(3, COMMIT));
    let page = Page::new().before(&as_huggingface(&hub)).open("");
    fetch(&page, "org/tiny");
    wait_for_link(&page, COMMIT);
    hub.on("/org/tiny/resolve/main/config.json", at_commit(9, OTHER_COMMIT));
    page.click_named("Fetch from the Hub");
    wait_for_link(&page, OTHER_COMMIT);
    let blocks = |page: &Page, number: &str| {
        page.wait_until(
            &format!("{number} blocks"),
            "return document.querySelector('main').innerText.includes(`${arguments[0]} blocks`)",
            json!([number]),
        );
    };
    blocks(&page, "9");
    page.back();
    blocks(&page, "3");
    page.forward();
    blocks(&page, "9");
    wait_for_link(&page, OTHER_COMMIT);
    // The name alone means the newest that is known.
    page.set("#model-text", "meta-llama/Llama-2-7b-hf");
    wait_for_title(&page, "Llama-2-7b-hf");
    page.set("#model-text", "org/tiny");
    blocks(&page, "9");
}

#[test]
fn a_built_in_model_can_be_compared_with_the_hub() {
    let hub = Hub::start();
    hub.on("/meta-llama/Llama-2-7b-hf/resolve/main/config.json", at_commit(3, COMMIT));
    let page = Page::new().before(&as_huggingface(&hub)).open("");
    page.click_named("Fetch from the Hub");
    wait_for_headline(&page, "Parameters", "124 k");
    let link = wait_for_link(&page, &format!("m=meta-llama/Llama-2-7b-hf@main&commit={COMMIT}"));
    hub.on(&format!("/meta-llama/Llama-2-7b-hf/resolve/{COMMIT}/config.json"), at_commit(3, COMMIT));
    let other = Page::new().before(&as_huggingface(&hub)).open(&link);
    wait_for_headline(&other, "Parameters", "124 k");
    assert_eq!(wait_for_link(&other, "commit"), link);
}

#[test]
fn a_renamed_model_is_followed() {
    let hub = Hub::start();
    hub.model("new/name", TINY);
    hub.on("/old/name/resolve/main/config.json", Answer::redirect("/new/name/resolve/main/config.json"));
    let page = page_asking(&hub);
    fetch(&page, "old/name");
    wait_for_title(&page, "old/name");
    assert_eq!(page.count("[role=alert]"), 0);
    // This Hub is not the one that everybody knows, so the link brings the config along.
    wait_for_link(&page, "&c=");
}

#[test]
fn every_refusal_says_what_to_do_next() {
    let mut hub = Hub::start();
    hub.on(
        "/org/gated/resolve/main/config.json",
        Answer::refused(401, "GatedRepo", "Access to model org/gated is restricted"),
    );
    hub.on(
        "/org/absent/resolve/main/config.json",
        Answer::refused(401, "RepoNotFound", "Invalid username or password."),
    );
    hub.on("/org/adapter/resolve/main/config.json", Answer::refused(404, "EntryNotFound", "Entry not found"));
    hub.on(
        "/org/tiny/resolve/v9/config.json",
        Answer::refused(404, "RevisionNotFound", "Invalid rev id: v9"),
    );
    hub.on("/org/busy/resolve/main/config.json", Answer::refused(429, "", "Too many requests"));
    hub.on("/org/broken/resolve/main/config.json", Answer::body(503, "text/html", "<html>down"));
    hub.on(
        "/org/page/resolve/main/config.json",
        Answer::body(200, "text/html", "<!doctype html><title>Sign in"),
    );
    hub.on("/org/cut/resolve/main/config.json", Answer::json(TINY).truncated(40));
    hub.on("/org/short/resolve/main/config.json", Answer::json(&TINY[..40]));
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
    hub.on("/org/lfs/resolve/main/config.json", Answer::body(200, "text/plain", pointer));
    hub.on("/org/list/resolve/main/config.json", Answer::json("[1, 2]"));
    hub.on("/org/empty/resolve/main/config.json", Answer::json(""));
    hub.on("/org/private/resolve/main/config.json", Answer::json(TINY).without_cors());
    hub.on("/org/bert/resolve/main/config.json", Answer::json(r#"{"model_type": "bert"}"#));
    let page = page_asking(&hub);
    for text in ["401", "404", "429", "503", "ERR_", "CORS"] {
        page.expect_console(text);
    }
    for (model, title, advice) in [
        (
            "org/gated",
            "org/gated is gated: it opens only to accounts that accepted its terms.",
            "accept the terms",
        ),
        ("org/absent", "has no public model named org/absent.", "Check the spelling"),
        ("org/adapter", "org/adapter has no config.json.", "adapter_config.json"),
        ("org/tiny@v9", "org/tiny has no revision v9.", "leave the revision out"),
        ("org/busy", "limits how many files one address may ask for", "Wait up to five minutes"),
        ("org/broken", "answered with an error (503).", "Try again in a minute"),
        ("org/page", "for org/page is not a config.json, but a web page.", "Look at the file"),
        ("org/cut", "for org/cut is not a config.json, but cut off before its end.", "Fetch again"),
        ("org/short", "for org/short is not a config.json, but cut off before its end.", "Fetch again"),
        ("org/lfs", "but a Git LFS pointer to a file kept elsewhere.", "Look at the file"),
        ("org/list", "but something other than a JSON object.", "Look at the file"),
        ("org/empty", "for org/empty is not a config.json, but empty.", "Fetch again"),
        ("org/private", "The browser could not reach 127.0.0.1", "(CORS)"),
    ] {
        fetch(&page, model);
        page.wait_for_text("[role=alert]", title);
        page.wait_for_text("[role=alert] li", advice);
        assert_eq!(page.value("#model-text"), model);
    }
    fetch(&page, "org/bert");
    page.wait_for_text("[role=alert]", "The config.json of org/bert");
    // Links lead to the Hub that was asked, in a tab of their own.
    fetch(&page, "org/gated");
    page.wait_for_text("[role=alert]", "org/gated is gated");
    let links = page.script(
        "return [...document.querySelectorAll('[role=alert] a')].map(a => [new URL(a.href).origin, a.target, a.rel])",
        json!([]),
    );
    for link in links.as_array().unwrap() {
        assert_eq!(*link, json!([hub.url(), "_blank", "noopener noreferrer"]));
    }
    assert_eq!(title(&page), "meta-llama/Llama-2-7b-hf", "the last answer stays");

    hub.stop();
    fetch(&page, "org/later");
    page.wait_for_text("[role=alert]", "The browser could not reach 127.0.0.1");
    // What is typed next takes the refusal away.
    page.set("#model-text", TINY);
    page.wait_gone("[role=alert]");
    wait_for_title(&page, "Pasted llama config");
}

#[test]
fn a_silent_hub_can_be_waited_for_or_not() {
    let hub = Hub::start();
    hub.on("/org/silent/resolve/main/config.json", Answer::silence());
    let page = page_asking(&hub);
    fetch(&page, "org/silent");
    page.wait_for_text("[role=status]", "org/silent: asking…");
    page.click_named("Cancel");
    page.wait_for_text("button", "Fetch from the Hub");
    page.wait_for_text("#model-note", "Press Enter to fetch it");
    assert_eq!(page.count("[role=alert]"), 0, "who cancels knows why");
    // Another name is another question.
    page.click_named("Fetch from the Hub");
    page.wait_for_text("[role=status]", "org/silent: asking…");
    page.set("#model-text", "meta-llama/Llama-3.1-8B");
    wait_for_title(&page, "Llama-3.1-8B");
    page.wait_gone("progress");
}

#[test]
fn silence_ends_by_itself() {
    let hub = Hub::start();
    hub.on("/org/silent/resolve/main/config.json", Answer::silence());
    // Twenty seconds in a quarter of one.
    let hurry = "{
                   const real = window.setTimeout;
                   window.setTimeout = (f, ms, ...rest) => real(f, ms === 20000 ? 250 : ms, ...rest);
                 }";
    let page =
        Page::new().before(hurry).before(&as_huggingface(&hub)).open("#v=1&m=org/silent&cached=5&in=1");
    page.wait_for_text("[role=alert]", "huggingface.co stayed silent for too long.");
    page.wait_for_text("main", "could not be fetched");
    page.click_named("Start with Llama-2-7B");
    wait_for_title(&page, "Llama-2-7b-hf");
    page.wait_for_text("#answer", "5 cached");
}

#[test]
fn a_token_goes_to_its_hub_and_nowhere_else() {
    const TOKEN: &str = "hf_NobodyElseMaySeeThis";
    let (hub, other) = (Hub::start(), Hub::start());
    hub.model("org/gated", TINY);
    hub.on(
        "/org/moved/resolve/main/config.json",
        Answer::redirect(&format!("{}/org/moved/resolve/main/config.json", other.url())),
    );
    other.model("org/moved", TINY);
    other.model("org/theirs", TINY);
    let page = page_asking(&hub);
    page.allow_clipboard();
    page.set("#hub-token", TOKEN);
    assert_eq!(page.attribute("#hub-token", "type").as_deref(), Some("password"));

    fetch(&page, "org/gated");
    wait_for_title(&page, "org/gated");
    assert_eq!(hub.requests()[0].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    // An address in the box names another Hub; a redirect leads there.
    fetch(&page, &format!("{}/org/theirs", other.url()));
    wait_for_title(&page, "org/theirs");
    page.expect_console("ERR_");
    page.expect_console("CORS");
    fetch(&page, "org/moved");
    page.wait_until("the fetch to end", "return !document.querySelector('progress')", json!([]));
    assert!(!other.requests().is_empty());
    for request in other.requests() {
        assert_eq!(request.header("authorization"), None, "{}", request.target);
    }

    page.click_named("Copy link");
    page.wait_for_text("[role=status]", "Link copied");
    let kept = page.script(
        "return JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, document.cookie, document.title, history.state])",
        json!([]),
    );
    for place in [
        kept.as_str().unwrap(),
        &page.clipboard(),
        &page.script("return document.body.innerText", json!([])).to_string(),
    ] {
        assert!(!place.contains(TOKEN), "{place}");
    }
    page.reload();
    page.click_named("Hub settings");
    assert_eq!(page.value("#hub-token"), "", "and it is gone when the page is");
}

#[test]
fn a_second_file_with_the_quantisation_is_fetched_where_the_name_speaks_of_one() {
    let hub = Hub::start();
    let config = || Answer::body(200, "application/json", TINY).header("X-Repo-Commit", COMMIT);
    hub.on("/org/tiny-FP8/resolve/main/config.json", config());
    let sidecar = r#"{"quantization": {"quant_algo": "FP8", "exclude_modules": ["lm_head"]}}"#;
    hub.on(&format!("/org/tiny-FP8/resolve/{COMMIT}/hf_quant_config.json"), Answer::json(sidecar));
    hub.on("/org/tiny/resolve/main/config.json", config());
    let page = page_asking(&hub);
    fetch(&page, "org/tiny-FP8");
    wait_for_title(&page, "org/tiny-FP8");
    page.wait_for_text("section[aria-labelledby=workload-title]", "hf_quant_config.quantization.quant_algo");
    assert_eq!(hub.requests().len(), 2);
    fetch(&page, "org/tiny");
    wait_for_title(&page, "org/tiny");
    assert_eq!(hub.requests().len(), 3, "other models are spared a request for what is not there");
}
