//! A number that looks wrong is reported in one click.

use crate::look::{TINY, click_figure, wait_for_link, wait_for_title};
use browser::{Page, Site};
use serde_json::json;

const HOME: &str = "https://forge.example/maker/roofline";

/// The page as a build with `ROOFLINE_REPOSITORY` has it.
fn with_repository() -> Site {
    let page = std::fs::read_to_string(xtask::process::dist().join("index.html")).unwrap();
    let place = "<meta name=\"repository\" content=\"";
    assert!(page.contains(place));
    Site::built().replaced("/", page.replace(place, &format!("{place}{HOME}"))).start()
}

/// Title and body of the issue that a link with these words opens.
#[track_caller]
fn issue(page: &Page, words: &str) -> (String, String) {
    let link = page.wait_until(
        &format!("a link {words:?}"),
        "const link = [...document.querySelectorAll('a')].find(e => e.innerText === arguments[0]);
         const address = link && new URL(link.href);
         return link && [address.origin + address.pathname, link.target, link.rel,
           address.searchParams.get('title'), address.searchParams.get('body')]",
        json!([words]),
    );
    let part = |i: usize| link[i].as_str().unwrap().to_owned();
    assert_eq!(part(0), format!("{HOME}/issues/new"));
    assert_eq!((part(1).as_str(), part(2).as_str()), ("_blank", "noopener noreferrer"));
    (part(3), part(4))
}

#[test]
fn an_issue_opens_with_the_figure_that_was_asked_about() {
    let site = with_repository();
    let page = Page::new().at(&site.url()).open("#v=1&batch=4&acc=exact");
    let (title, body) = issue(&page, "Report a wrong number");
    assert_eq!(title, "Wrong number: meta-llama/Llama-2-7b-hf");
    let here = page.script("return location.href", json!([]));
    for part in [
        "batch of 4",
        "Accounting: `exact`",
        here.as_str().unwrap(),
        "- Time of this step: ≥",
        "What I expected",
    ] {
        assert!(body.contains(part), "{part} is not in\n{body}");
    }
    let build = page.script("return document.querySelector('meta[name=build]').content", json!([]));
    assert!(body.contains(&format!("build `{}`", build.as_str().unwrap())), "{body}");

    click_figure(&page, "Attn - SDPA", "Compute");
    let (title, body) = issue(&page, "Report it");
    assert_eq!(title, "Wrong number: Attn - SDPA of meta-llama/Llama-2-7b-hf");
    assert!(body.contains("**Which figure:** Compute (FLOP) of `Attn - SDPA`"), "{body}");
    let link = wait_for_link(&page, "sel=");
    assert!(body.contains(&link), "{body}");
}

#[test]
fn no_token_and_no_pasted_config_goes_into_an_issue() {
    let site = with_repository();
    let page = Page::new().at(&site.url()).open("");
    page.click_named("Hub settings");
    page.set("#hub-token", "hf_secretsecretsecret");
    page.set("#model-text", TINY);
    wait_for_title(&page, "Pasted llama config");
    let (_, body) = issue(&page, "Report a wrong number");
    assert!(body.contains("look before you send it") && !body.contains("#v=1"), "{body}");
    let whole = page.script("return document.documentElement.outerHTML", json!([]));
    assert!(!whole.as_str().unwrap().contains("hf_secret"));
    let asked = page.loaded();
    assert!(asked.iter().all(|address| !address.contains("forge.example")), "{asked:?}");
}

#[test]
fn without_a_repository_the_report_is_copied() {
    let page = Page::new().open("#v=1&cached=2048&in=1");
    page.allow_clipboard();
    page.click_named("Report a wrong number");
    page.wait_for_text("[role=status]", "Report copied. Send it to whoever gave you this page.");
    let report = page.clipboard();
    let here = page.script("return location.href", json!([]));
    assert!(report.starts_with("# Wrong number: meta-llama/Llama-2-7b-hf\n"), "{report}");
    assert!(report.contains(here.as_str().unwrap()), "{report}");
}
