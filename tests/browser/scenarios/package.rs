//! The npm package in a browser: its example page, from a plain static server.

use browser::Page;
use xtask::http::Server;
use xtask::{files, package};

#[test]
fn the_package_s_example_counts_in_a_browser() {
    let folder = package::folder();
    assert!(folder.join("roofline_bg.wasm").is_file(), "run `cargo xtask package` first");
    let server = Server::start(move |request| files::answer(&folder, request)).unwrap();
    let page = Page::new().at(&format!("{}/examples/browser.html", server.url())).open("");
    page.wait_for_text("#answer", "13491740800 FLOP; at least 4.03 ms on one H100 80GB SXM5, memory-bound");
    page.set("#cached", "-1");
    page.wait_for_text("#answer", "cached_tokens must be a whole number, not below zero");
}
