//! The built page in a real Chromium, driven from plain, blocking Rust; with the feature `firefox`, in Firefox.
//!
//! # Adding a scenario
//!
//! 1. Write a test in a file of `tests/browser/scenarios/` (a new file needs its `mod` line in
//!    `main.rs` there):
//!
//!    ```ignore
//!    #[test]
//!    fn a_gated_model_says_how_to_get_access() {
//!        let hub = Hub::start();
//!        hub.on("/meta-llama/X/resolve/main/config.json", Answer::refused(401, "GatedRepo", "Access is restricted"));
//!        let page = Page::new().phone().dark().open("#hub=…");
//!        page.set("#model", "meta-llama/X");
//!        page.click("#analyze");
//!        page.wait_for_text("[role=alert]", "accept the licence");
//!        page.expect_console("401");
//!        assert_eq!(hub.requests().len(), 1);
//!    }
//!    ```
//!
//! 2. Run it: `cargo xtask test --only browser`, or a single one after `cargo xtask build` with
//!    `cargo test --workspace --features browser-tests/chromium --test scenarios gated`.
//!
//! Every step waits until it can be done, up to [`PATIENCE`], and fails at the scenario's own line.
//! At the end of a scenario the page is closed, and a console error that no
//! [`Page::expect_console`] named fails it. A scenario that fails leaves a picture in
//! `target/screenshots/`.
//!
//! Each page is a browser of its own with a fresh profile. It can reach this machine only: a host
//! elsewhere looks like no network at all.
//!
//! In Firefox, which `cargo xtask firefox` has play some scenarios, whatever goes by Chromium's own protocol fails and
//! says so: other devices and media, scripts before the page's own, the accessibility tree.
//!
//! | to do what | read |
//! |---|---|
//! | open, size, colours | [`PageBuilder`] |
//! | act and look | [`Page`] |
//! | stand in for the Hugging Face Hub | [`Hub`], [`Answer`] |
//! | break the page's own files | [`Site`] |

mod driver;
mod hub;
mod page;
mod site;
mod webdriver;

pub use hub::{Answer, Hub};
pub use page::{AxNode, Page, PageBuilder};
pub use site::Site;
pub use xtask::http::Request;

use std::time::Duration;

/// How long a step waits for what it needs.
pub const PATIENCE: Duration = Duration::from_secs(10);
