//! A stand-in for the Hugging Face Hub on this machine.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use xtask::http::{Request, Response, Server};

/// What the Hub lets scripts of other sites read.
const EXPOSED: &str = "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,\
    Content-Range,X-Linked-Size,X-Linked-ETag,X-Xet-Hash";
/// The commit that a good answer names.
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Answers what it was told to and remembers what it was asked. Stops when dropped.
pub struct Hub {
    server: Option<Server>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    answers: Mutex<HashMap<String, Answer>>,
    requests: Mutex<Vec<Request>>,
    stopped: AtomicBool,
}

/// An answer, made of a base and what differs from it.
#[derive(Clone, Debug)]
pub struct Answer {
    response: Response,
    wait: Duration,
    silent: bool,
    cors: bool,
}

impl Hub {
    /// Without any route: everything is the Hub's answer to an unknown repository.
    pub fn start() -> Self {
        let state = Arc::new(State::default());
        let served = Arc::clone(&state);
        let server = Server::start(move |request| served.answer(request)).expect("a port on this machine");
        Self { server: Some(server), state }
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> String {
        self.server.as_ref().map(Server::url).unwrap_or_default()
    }

    /// Sets the answer to a path. The path may have a query; without one, any query is right.
    pub fn on(&self, path: &str, answer: Answer) -> &Self {
        lock(&self.state.answers).insert(path.to_owned(), answer);
        self
    }

    /// A public model: its config.json on the branch main.
    pub fn model(&self, id: &str, config: &str) -> &Self {
        self.on(&format!("/{id}/resolve/main/config.json"), Answer::json(config))
    }

    /// What was asked so far, preflights (`OPTIONS`) left out.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.state.requests).iter().filter(|request| request.method != "OPTIONS").cloned().collect()
    }

    /// The preflights among what was asked.
    pub fn preflights(&self) -> usize {
        lock(&self.state.requests).iter().filter(|request| request.method == "OPTIONS").count()
    }

    /// No longer there, as when the network is down. Its address stays.
    pub fn stop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
        self.server = None;
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.state.stopped.store(true, Ordering::SeqCst);
    }
}

impl State {
    fn answer(&self, request: &Request) -> Response {
        lock(&self.requests).push(request.clone());
        let answer = {
            let answers = lock(&self.answers);
            answers.get(&request.target).or_else(|| answers.get(request.path())).cloned()
        };
        let answer = answer.unwrap_or_else(|| Answer::refused(401, "RepoNotFound", "Repository not found"));
        if request.method == "OPTIONS" {
            return answer.preflight(request);
        }
        // In small steps, so that a scenario's end is not held up.
        let mut waited = Duration::ZERO;
        while (answer.silent || waited < answer.wait) && !self.stopped.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(10));
            waited += Duration::from_millis(10);
        }
        answer.with_cors(request, answer.response.clone())
    }
}

impl Answer {
    fn new(response: Response) -> Self {
        Self { response, wait: Duration::ZERO, silent: false, cors: true }
    }

    /// 200 with a JSON body and the commit it belongs to.
    pub fn json(body: &str) -> Self {
        Self::new(Response::new(200, "application/json", body).with("X-Repo-Commit", COMMIT))
    }

    /// Any status, type and body.
    pub fn body(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(Response::new(status, content_type, body))
    }

    /// A refusal with the Hub's error headers; an empty code or message leaves its header out.
    pub fn refused(status: u16, code: &str, message: &str) -> Self {
        let body = serde_json::json!({ "error": message }).to_string();
        let mut answer = Self::body(status, "application/json", body);
        for (name, value) in [("X-Error-Code", code), ("X-Error-Message", message)] {
            if !value.is_empty() {
                answer = answer.header(name, value);
            }
        }
        answer
    }

    /// 307 to another path or address.
    pub fn redirect(to: &str) -> Self {
        Self::body(307, "text/plain", "").header("Location", to)
    }

    /// No answer at all, for as long as the Hub runs.
    pub fn silence() -> Self {
        Self { silent: true, ..Self::body(503, "text/plain", "") }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.response = self.response.with(name, value);
        self
    }

    /// Comes after a while.
    pub fn after(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Promises the whole body and hangs up after `bytes` of it.
    pub fn truncated(mut self, bytes: usize) -> Self {
        let promised = self.response.body.len().max(bytes + 1);
        self.response.body.truncate(bytes);
        self.header("Content-Length", &promised.to_string())
    }

    /// Without permission for other sites to read it.
    pub fn without_cors(mut self) -> Self {
        self.cors = false;
        self
    }

    fn with_cors(&self, request: &Request, response: Response) -> Response {
        if !self.cors {
            return response;
        }
        response
            .with("Access-Control-Allow-Origin", request.header("Origin").unwrap_or("*"))
            .with("Access-Control-Expose-Headers", EXPOSED)
            .with("Vary", "Origin")
    }

    fn preflight(&self, request: &Request) -> Response {
        let asked = request.header("Access-Control-Request-Headers").unwrap_or_default();
        let response = Response::new(204, "text/plain", "")
            .with("Access-Control-Allow-Headers", asked)
            .with("Access-Control-Allow-Methods", "GET,HEAD")
            .with("Access-Control-Max-Age", "86400");
        self.with_cors(request, response)
    }
}

/// A scenario that failed elsewhere must not hide behind a poisoned lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
