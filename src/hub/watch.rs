//! The end of a request: whatever the server, the browser or the person does, there is one.

use std::cell::Cell;
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

/// Stops the request when the caller aborts, when the server stays silent, and when nobody waits
/// for the answer any more. The request gets this signal and not the caller's, because what a
/// foreign abort rejects with could be anything.
pub(super) struct Watch {
    stop: Rc<Stop>,
    stopped: Promise,
    cancelled: AbortSignal,
    timer: Cell<Option<Timeout>>,
    _on_abort: EventListener,
}

impl Watch {
    pub(super) fn new(abort: &AbortSignal) -> Result<Self, JsValue> {
        let controller = AbortController::new()?;
        let mut resolve = None;
        let stopped = Promise::new(&mut |resolver, _| resolve = Some(resolver));
        let stop = Rc::new(Stop { controller, resolve, silent: Cell::new(false) });
        let on_abort = Rc::clone(&stop);
        let watch = Self {
            stop,
            stopped,
            cancelled: abort.clone(),
            timer: Cell::new(None),
            _on_abort: EventListener::once(abort, "abort", move |_| on_abort.now()),
        };
        watch.heard();
        Ok(watch)
    }

    pub(super) fn signal(&self) -> AbortSignal {
        self.stop.controller.signal()
    }

    /// The server has shown a sign of life: the time of silence starts anew.
    fn heard(&self) {
        let stop = Rc::clone(&self.stop);
        self.timer.set(Some(Timeout::new(SILENCE_MS, move || {
            stop.silent.set(true);
            stop.now();
        })));
    }

    /// What a promise of this request comes to. An abort rejects it, but even one that nothing
    /// settles is not waited for.
    pub(super) async fn settled(&self, promise: &Promise) -> Result<JsValue, Stopped> {
        let first = Promise::race(&Array::of2(promise, &self.stopped));
        let settled = JsFuture::from(first).await;
        if self.cancelled.aborted() {
            return Err(Stopped::Cancelled);
        }
        if self.stop.silent.get() {
            return Err(Stopped::Timeout);
        }
        self.heard();
        settled.map_err(unreachable)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.now();
    }
}

/// The request's emergency brake, shared by the listener, the timer and the end.
struct Stop {
    controller: AbortController,
    resolve: Option<Function>,
    silent: Cell<bool>,
}

impl Stop {
    fn now(&self) {
        self.controller.abort();
        if let Some(resolve) = &self.resolve {
            // Resolving a promise cannot throw, and there is nobody to tell.
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Why there is no answer.
pub(super) enum Stopped {
    Cancelled,
    Timeout,
    Unreachable {
        said: String,
    },
    /// The connection broke after the answer had begun.
    Truncated {
        said: String,
    },
    TooLarge,
    TokenElsewhere,
}

/// How long the server may stay silent, at the start or between two pieces of the body.
const SILENCE_MS: u32 = 20_000;

/// A rejection in the browser's words, where it has any.
pub(super) fn unreachable(error: JsValue) -> Stopped {
    let said = error.dyn_ref::<js_sys::Error>().map(|error| error.message());
    Stopped::Unreachable { said: said.map_or_else(|| "no reason given".to_owned(), String::from) }
}
