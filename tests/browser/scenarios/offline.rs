//! After the first visit the page needs no network, and tells of a newer build.

use browser::{Page, Site};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use xtask::http::Server;
use xtask::{files, offline, page, process};

/// Until the worker has every file of the page.
fn wait_until_kept(page: &Page) {
    page.wait_until(
        "the page to be kept",
        "navigator.serviceWorker.ready.then(() => { window.pageIsKept = true; });
         return window.pageIsKept === true",
        json!([]),
    );
}

#[test]
fn a_page_once_seen_is_complete_without_its_server() {
    let site = Site::built().below("/a/b").start();
    let page = Page::new().at(&site.url()).open("");
    let table = page.text("table");
    wait_until_kept(&page);
    drop(site);
    // The worker itself and the page are looked for in vain.
    page.expect_console("ERR_CONNECTION_REFUSED");
    page.expect_console("Failed to load resource");
    page.reload();
    page.wait_gone("#boot");
    page.wait_for_text("h1", "Transformer Roofline Analyzer");
    assert_eq!(page.text("table"), table);
    page.wait_for_ink("canvas");
    assert_eq!(page.count("#new-version"), 0);
}

#[test]
fn the_worker_leaves_other_requests_alone() {
    let site = Site::built().start();
    let page = Page::new().at(&site.url()).open("");
    wait_until_kept(&page);
    page.reload();
    page.wait_gone("#boot");
    page.expect_console("404");
    page.script(
        "fetch('not-a-file.json').then(async (answer) => { window.answer = [answer.status, await answer.text()]; })",
        json!([]),
    );
    let answer = page.wait_until("an answer", "return window.answer", json!([]));
    assert_eq!(answer, json!([404, "not found"]));
}

#[test]
fn a_new_build_is_announced_and_waits_for_its_reader() {
    page::ensure_current().unwrap();
    let newer = Newer::build();
    let published = Arc::new(AtomicBool::new(false));
    let (switch, folder) = (Arc::clone(&published), newer.0.clone());
    let server = Server::start(move |request| {
        let newer = switch.load(Ordering::SeqCst);
        files::answer(if newer { &folder } else { Path::new(process::dist()) }, request)
    })
    .unwrap();
    let page = Page::new().at(&format!("{}/", server.url())).open("");
    wait_until_kept(&page);
    page.reload();
    page.wait_gone("#boot");
    assert_eq!(page.count("#new-version"), 0, "the same build is no news");

    published.store(true, Ordering::SeqCst);
    page.script("navigator.serviceWorker.getRegistration().then(r => r.update())", json!([]));
    page.wait_for_text("#new-version", "A new version is ready.");
    page.wait_for_role("button", "Reload");
    let title = || page.script("return document.title", json!([])).as_str().unwrap_or_default().to_owned();
    assert!(!title().starts_with("Newer"), "nothing changes unasked: {}", title());

    page.click_named("Reload");
    page.wait_until("the newer page", "return document.title.startsWith('Newer')", json!([]));
    page.wait_gone("#boot");
    let caches = page.wait_until(
        "one cache",
        "caches.keys().then(names => { window.names = names; });
         return window.names && window.names.length === 1 ? window.names : null",
        json!([]),
    );
    assert_eq!(caches.as_array().map(Vec::len), Some(1));
}

/// A build that differs in its title. Gone when dropped.
struct Newer(PathBuf);

impl Newer {
    fn build() -> Self {
        let folder = process::target().join("xtask").join("newer-build");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        for entry in std::fs::read_dir(process::dist()).unwrap() {
            let file = entry.unwrap().path();
            if file.is_file() {
                std::fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
            }
        }
        let page = folder.join("index.html");
        let text = std::fs::read_to_string(&page).unwrap();
        assert!(text.contains("<title>"));
        std::fs::write(&page, text.replace("<title>", "<title>Newer ")).unwrap();
        offline::write(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Newer {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
