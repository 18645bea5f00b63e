//! After the first visit the page needs no network, and tells of a newer build.

use browser::{Page, Site};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use xtask::http::Server;
use xtask::{files, offline, page, process};

#[test]
fn a_page_once_seen_is_complete_without_its_server() {
    let site = Site::built().below("/a/b").start();
    let page = Page::new().at(&site.url()).open("");
    let table = page.text("table");
    wait_until_kept(&page);
    drop(site);
    // The worker and the page are asked for in vain.
    page.expect_console("ERR_CONNECTION_REFUSED");
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
    assert_eq!(page.script("return navigator.serviceWorker.controller !== null", json!([])), json!(true));
    page.expect_console("404");
    let answer = page.script(
        "return fetch('not-a-file.json').then(async answer => [answer.status, await answer.text()])",
        json!([]),
    );
    assert_eq!(answer, json!([404, "not found"]));
}

#[test]
fn a_new_build_is_announced_and_waits_for_its_reader() {
    let host = Host::start("announced");
    let page = Page::new().at(&host.url()).open("");
    wait_until_kept(&page);
    page.reload();
    page.wait_gone("#boot");
    let first = build(&page);
    assert_eq!(page.count("#new-version"), 0, "the same build is no news");

    host.publish();
    page.script(
        "return navigator.serviceWorker.getRegistration().then(r => r.update()).then(() => true)",
        json!([]),
    );
    page.wait_for_text("#new-version", "A new version is ready.");
    assert_eq!(build(&page), first, "nothing changes unasked");

    page.click_named("Reload");
    page.wait_until(
        "another build",
        "return document.querySelector('meta[name=build]').content !== arguments[0]",
        json!([first]),
    );
    page.wait_gone("#boot");
    wait_until_only_cache(&page, &build(&page));
    assert_eq!(page.count("#new-version"), 0);
}

#[test]
fn a_page_that_is_the_new_build_has_nothing_to_announce() {
    let host = Host::start("silent");
    let page = Page::new().at(&host.url()).open("");
    wait_until_kept(&page);
    let first = build(&page);
    host.publish();
    page.reload();
    page.wait_gone("#boot");
    let second = build(&page);
    assert_ne!(second, first, "the network comes first");
    wait_until_only_cache(&page, &second);
    assert_eq!(page.count("#new-version"), 0);
}

/// Until the worker has every file of the page.
fn wait_until_kept(page: &Page) {
    page.wait_until("a worker", "return navigator.serviceWorker.ready.then(() => true)", json!([]));
}

/// Until the files of this build are kept and those of others are gone.
fn wait_until_only_cache(page: &Page, build: &str) {
    page.wait_until(
        "the old cache to go",
        "return caches.keys().then(names => names.length === 1 && names[0].endsWith(arguments[0]))",
        json!([build]),
    );
}

/// Which build the page on show is.
fn build(page: &Page) -> String {
    let build = page.script("return document.querySelector('meta[name=build]').content", json!([]));
    let build = build.as_str().unwrap_or_default().to_owned();
    assert_eq!(build.len(), 16, "{build:?}");
    build
}

/// Serves the page as built, and another build of it once that is published.
struct Host {
    server: Server,
    newer: PathBuf,
    published: Arc<AtomicBool>,
}

impl Host {
    fn start(name: &str) -> Self {
        page::ensure_current().unwrap();
        let built = process::dist();
        let newer = process::target().join("xtask").join(format!("newer-build-{name}"));
        let _ = std::fs::remove_dir_all(&newer);
        std::fs::create_dir_all(&newer).unwrap();
        for entry in std::fs::read_dir(&built).unwrap() {
            let file = entry.unwrap().path();
            std::fs::copy(&file, newer.join(file.file_name().unwrap())).unwrap();
        }
        let text = std::fs::read_to_string(newer.join("index.html")).unwrap();
        std::fs::write(newer.join("index.html"), text.replace("<title>", "<title>Newer ")).unwrap();
        offline::write(&newer).unwrap();

        let published = Arc::new(AtomicBool::new(false));
        let (switch, folder) = (Arc::clone(&published), newer.clone());
        let server = Server::start(move |request| {
            files::answer(if switch.load(Ordering::SeqCst) { &folder } else { &built }, request)
        })
        .unwrap();
        Self { server, newer, published }
    }

    fn url(&self) -> String {
        format!("{}/", self.server.url())
    }

    fn publish(&self) {
        self.published.store(true, Ordering::SeqCst);
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.newer);
    }
}
