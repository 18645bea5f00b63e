//! The page starts, or says why not.

use browser::{Page, Site};
use serde_json::json;
use std::time::Duration;

#[test]
fn the_page_starts_without_a_complaint() {
    let page = Page::new().open("");
    page.wait_for_text("h1", "Transformer Roofline Analyzer");
    page.wait_for_role("heading", "Transformer Roofline Analyzer");
    assert_eq!(page.count("#boot-failure"), 0);
}

#[test]
fn it_loads_nothing_from_elsewhere() {
    let page = Page::new().open("");
    let own = page.script("return location.origin", json!([]));
    let own = own.as_str().unwrap();
    let loaded = page.loaded();
    assert!(loaded.iter().any(|address| address.ends_with(".wasm")), "{loaded:?}");
    assert!(
        loaded.iter().all(|address| address.starts_with(own) || address.starts_with("data:")),
        "{loaded:?}"
    );
}

#[test]
fn its_policy_forbids_inline_code_and_foreign_scripts() {
    let page = Page::new().open("");
    let policy = page.script(
        "return document.querySelector('meta[http-equiv=Content-Security-Policy]').content",
        json!([]),
    );
    let policy = policy.as_str().unwrap();
    let directives: Vec<&str> = policy.split(';').map(str::trim).collect();
    for strict in [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    ] {
        assert!(directives.contains(&strict), "{strict} is not in {policy}");
    }

    // The browser must have taken it up, not only the document hold it.
    page.expect_console("Content Security Policy");
    let ran = page.script(
        "const script = document.createElement('script');
         script.textContent = 'window.inlineCodeRan = true';
         document.head.append(script);
         return window.inlineCodeRan === true",
        json!([]),
    );
    assert_eq!(ran, json!(false));
}

#[test]
fn it_sends_no_referrer() {
    let page = Page::new().open("");
    let policy = page.script("return document.querySelector('meta[name=referrer]').content", json!([]));
    assert_eq!(policy, json!("no-referrer"));
}

#[test]
fn it_works_below_any_path() {
    let site = Site::built().below("/some/where").start();
    let page = Page::new().at(&site.url()).open("");
    page.wait_for_text("h1", "Transformer Roofline Analyzer");
}

#[test]
fn it_fits_a_phone() {
    let page = Page::new().phone().pixel_ratio(2.0).open("");
    assert_eq!(page.script("return [innerWidth, devicePixelRatio]", json!([])), json!([375, 2]));
    page.assert_no_sideways_scrolling();
}

#[test]
fn the_text_before_the_application_says_what_is_coming() {
    let site = Site::built().late("_bg.wasm", Duration::from_secs(2)).start();
    let page = Page::new().at(&site.url()).open_at_once("#v=1&m=Qwen/Qwen3-8B");
    page.wait_for_text(".starting", "config.json");
    page.wait_gone("#boot");
}

#[test]
fn a_missing_part_is_explained() {
    let site = Site::built().missing("_bg.wasm").start();
    let page = Page::new().at(&site.url()).open_at_once("");
    page.wait_for_text("[role=alert]", "did not arrive whole");
    page.wait_for_text("[role=alert]", "reload");
    page.expect_console("404");
    page.expect_console("integrity");
    page.expect_console("Failed to fetch");
}

#[test]
fn a_part_of_another_build_is_refused_and_explained() {
    let site = Site::built().replaced("_bg.wasm", *b"\0asm\x01\0\0\0").start();
    let page = Page::new().at(&site.url()).open_at_once("");
    page.wait_for_text("[role=alert]", "did not arrive whole");
    page.expect_console("integrity");
    page.expect_console("Failed to fetch");
}

#[test]
fn a_browser_without_webassembly_is_told_so() {
    let page = Page::new().open_at_once("");
    page.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": "delete window.WebAssembly" }));
    page.reload();
    page.wait_for_text("[role=alert]", "has no WebAssembly");
}

#[test]
fn a_page_opened_from_disk_says_how_to_serve_it() {
    let page = Page::new().open_at_once("");
    let dist = xtask::process::dist().join("index.html");
    page.visit(&format!("file://{}", dist.display()));
    page.wait_for_text("[role=alert]", "cargo xtask serve");
    page.expect_console("file://");
}

#[test]
fn a_fault_of_the_program_is_owned_up_to_once_and_loses_nothing() {
    for course in ["setTimeout(fault)", "Promise.resolve().then(fault)"] {
        let page = Page::new().open("#v=1&m=Qwen/Qwen3-8B");
        let address = page.script("return location.href", json!([]));
        page.expect_console("not the program's");
        page.script("setTimeout(() => { throw new Error(\"not the program's\") })", json!([]));
        page.expect_console("RuntimeError");
        // No input is known to make the program stop; asking it for more memory than there is does. What it is asked
        // by has a short name, which the script knows.
        let stop = format!(
            "const code = document.querySelector('link[rel=modulepreload]').href;
             const text = fetch(code).then(answer => answer.text());
             const wasm = import(code).then(glue => glue.default());
             return Promise.all([text, wasm]).then(([text, wasm]) => {{
               const [, malloc] = /passStringToWasm0\\(\\w+, wasm\\.([\\w$]+)/.exec(text);
               const fault = () => wasm[malloc](-1, 1);
               {course};
               {course};
             }})"
        );
        page.script(&stop, json!([]));
        page.wait_for_text("[role=alert]", "hit a fault of its own");
        let told = page.texts("[role=alert] code");
        assert_eq!(told[0], address.as_str().unwrap());
        assert!(told[1].starts_with("Build ") && told[1].contains("wasm-function"), "{told:?}");
        assert_eq!(page.count(".crash"), 1);

        page.click(".crash a");
        page.wait_gone(".crash");
        page.wait_for_text("h1", "Transformer Roofline Analyzer");
    }
}
