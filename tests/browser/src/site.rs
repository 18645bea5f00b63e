//! The built page behind a static web server, whole or with something wrong.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;
use xtask::http::{Request, Response, Server};
use xtask::{files, page, process};

/// The page on a server of its own. Stops when dropped.
pub struct Site {
    server: Server,
    prefix: String,
}

/// What happens to the files whose name ends in `suffix`.
struct Rule {
    suffix: String,
    change: Change,
}

enum Change {
    Missing,
    Replaced(Vec<u8>),
    Late(Duration),
}

/// How a site differs from the page as built.
#[derive(Default)]
pub struct SiteBuilder {
    prefix: String,
    rules: Vec<Rule>,
}

impl Site {
    /// The page as built.
    pub fn built() -> SiteBuilder {
        SiteBuilder::default()
    }

    /// The page's address, with a slash at the end.
    pub fn url(&self) -> String {
        format!("{}{}/", self.server.url(), self.prefix)
    }
}

impl SiteBuilder {
    /// Below a path, such as `/some/where`.
    pub fn below(mut self, prefix: &str) -> Self {
        self.prefix = prefix.to_owned();
        self
    }

    /// Files with this ending are not there.
    pub fn missing(self, suffix: &str) -> Self {
        self.rule(suffix, Change::Missing)
    }

    /// Files with this ending have another content.
    pub fn replaced(self, suffix: &str, content: impl Into<Vec<u8>>) -> Self {
        self.rule(suffix, Change::Replaced(content.into()))
    }

    /// Files with this ending come after a while.
    pub fn late(self, suffix: &str, wait: Duration) -> Self {
        self.rule(suffix, Change::Late(wait))
    }

    fn rule(mut self, suffix: &str, change: Change) -> Self {
        self.rules.push(Rule { suffix: suffix.to_owned(), change });
        self
    }

    pub fn start(self) -> Site {
        refuse_stale();
        let dist = process::dist();
        let prefix = self.prefix.clone();
        let server =
            Server::start(move |request| self.answer(&dist, request)).expect("a port on this machine");
        Site { server, prefix }
    }

    fn answer(&self, dist: &Path, request: &Request) -> Response {
        let Some(target) = request.target.strip_prefix(&self.prefix) else {
            return Response::text(404, "not below the prefix");
        };
        let mut request = request.clone();
        request.target = target.to_owned();
        let mut response = files::answer(dist, &request);
        for rule in self.rules.iter().filter(|rule| request.path().ends_with(&rule.suffix)) {
            match &rule.change {
                Change::Missing => response = Response::text(404, "not found"),
                Change::Replaced(content) => response.body.clone_from(content),
                Change::Late(wait) => std::thread::sleep(*wait),
            }
        }
        response
    }
}

/// The page as built, shared by all scenarios that want nothing special.
pub fn shared() -> &'static Site {
    static SHARED: OnceLock<Site> = OnceLock::new();
    SHARED.get_or_init(|| Site::built().start())
}

/// Looked at once a run: a scenario against last week's page proves nothing.
fn refuse_stale() {
    static STALE: OnceLock<Option<String>> = OnceLock::new();
    let stale = STALE.get_or_init(|| page::ensure_current().err().map(|error| error.to_string()));
    if let Some(error) = stale {
        panic!("{error}");
    }
}
