//! The stand-in for the Hub behaves as scenarios rely on, seen through a browser's own fetch.

use browser::{Answer, Hub, Page};
use serde_json::{Value, json};
use std::time::Duration;

/// Fetches from within the page: status, some headers, body; or the error's name.
fn fetch(page: &Page, url: &str, token: Option<&str>) -> Value {
    page.script(
        "const [url, token] = arguments;
         const headers = token ? { Authorization: `Bearer ${token}` } : {};
         const show = async a => [a.status, a.headers.get('X-Error-Code'), a.headers.get('X-Repo-Commit'), await a.text()];
         return fetch(url, { headers, signal: AbortSignal.timeout(1000) }).then(show).catch(e => e.name)",
        json!([url, token]),
    )
}

#[test]
fn it_answers_like_the_hub() {
    let hub = Hub::start();
    hub.model("org/model", "{}");
    hub.on("/moved/resolve/main/config.json", Answer::redirect("/org/model/resolve/main/config.json"));
    let page = Page::new().open("");
    page.expect_console("401");

    let config = |id: &str| format!("{}/{id}/resolve/main/config.json", hub.url());
    let commit = "0123456789abcdef0123456789abcdef01234567";
    assert_eq!(fetch(&page, &config("org/model"), None), json!([200, null, commit, "{}"]));
    assert_eq!(fetch(&page, &config("moved"), None), json!([200, null, commit, "{}"]));
    let unknown = fetch(&page, &config("no/such"), None);
    assert_eq!(unknown[0], json!(401));
    assert_eq!(unknown[1], json!("RepoNotFound"));
}

#[test]
fn it_remembers_who_asked() {
    let hub = Hub::start();
    hub.model("org/model", "{}");
    let page = Page::new().open("");
    fetch(&page, &format!("{}/org/model/resolve/main/config.json", hub.url()), Some("hf_secret"));
    let requests = hub.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].header("authorization"), Some("Bearer hf_secret"));
    assert_eq!(requests[0].header("referer"), None, "the page sends no referrer");
    assert_eq!(hub.preflights(), 1, "a token needs a preflight");
}

#[test]
fn it_fails_in_every_way_a_network_does() {
    let mut hub = Hub::start();
    hub.on("/late", Answer::json("{}").after(Duration::from_millis(200)));
    hub.on("/silent", Answer::silence());
    hub.on("/cut", Answer::json("{\"a\": 1}").truncated(3));
    hub.on("/private", Answer::json("{}").without_cors());
    let page = Page::new().open("");
    for text in ["ERR_", "CORS"] {
        page.expect_console(text);
    }

    let url = hub.url();
    assert_eq!(fetch(&page, &format!("{url}/late"), None)[0], json!(200));
    assert_eq!(fetch(&page, &format!("{url}/silent"), None), json!("TimeoutError"));
    assert_eq!(fetch(&page, &format!("{url}/cut"), None), json!("TypeError"));
    assert_eq!(fetch(&page, &format!("{url}/private"), None), json!("TypeError"));
    hub.stop();
    assert_eq!(fetch(&page, &format!("{url}/late"), None), json!("TypeError"));
    assert_eq!(
        fetch(&page, "https://huggingface.co/gpt2/resolve/main/config.json", None),
        json!("TypeError"),
        "the world outside is out of reach"
    );
}
