//! The request itself, in a browser.

use gloo_net::http::{Request, Response};
use js_sys::{Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AbortSignal, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials, Url,
};

use super::base::HubBase;
use super::error::{Case, HubError, NotConfig};
use super::outcome::{Answer, BODY_LIMIT, Fetched, interpret};
use super::reference::ModelRef;
use super::token::Token;
use super::url::{config_url, sidecar_url};
use super::watch::{Stopped, Watch, unreachable};

/// How far a fetch has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Connecting,
    /// `total` is known only when the server says it and the body is not compressed.
    Receiving {
        bytes: usize,
        total: Option<usize>,
    },
}

/// Fetches the config of `model` from `base`. Always ends: with the config, with the server's
/// refusal, with `Timeout` after 20 seconds of silence, or with `Cancelled` soon after `abort`
/// fires. Dropping the future stops the request too.
pub async fn fetch_config(
    base: &HubBase,
    model: &ModelRef,
    token: Option<&Token>,
    abort: &AbortSignal,
    on_progress: impl Fn(Progress),
) -> Result<Fetched, HubError> {
    let case = || Box::new(Case::new(base, model, token.is_some()));
    let url = config_url(base, model);
    let answer =
        get(base, &url, token, abort, &on_progress).await.map_err(|stopped| stopped.explain(case()))?;
    interpret(base, model, token.is_some(), answer)
}

/// Fetches the separate quantisation file of `model`, for a config that has none inside. Most
/// models have no such file, which is `None`. Pass the commit that the config came from as the
/// model's revision, so that both are of one state.
pub async fn fetch_optional_sidecar(
    base: &HubBase,
    model: &ModelRef,
    token: Option<&Token>,
    abort: &AbortSignal,
) -> Result<Option<Fetched>, HubError> {
    let case = || Box::new(Case::new(base, model, token.is_some()));
    let url = sidecar_url(base, model);
    let answer = get(base, &url, token, abort, &|_| {}).await.map_err(|stopped| stopped.explain(case()))?;
    if answer.status == 404 {
        return Ok(None);
    }
    interpret(base, model, token.is_some(), answer).map(Some)
}

impl Stopped {
    fn explain(self, mut case: Box<Case>) -> HubError {
        match self {
            Self::Cancelled => HubError::Cancelled,
            Self::Timeout => HubError::Timeout(case),
            Self::Unreachable { said } => {
                case.message = Some(said);
                HubError::Unreachable(case)
            }
            Self::Truncated { said } => {
                case.message = Some(said);
                HubError::NotConfig { what: NotConfig::Truncated, case }
            }
            Self::TooLarge => HubError::NotConfig { what: NotConfig::TooLarge, case },
            Self::TokenElsewhere => HubError::TokenElsewhere(case),
        }
    }
}

async fn get(
    base: &HubBase,
    url: &str,
    token: Option<&Token>,
    abort: &AbortSignal,
    on_progress: &impl Fn(Progress),
) -> Result<Answer, Stopped> {
    if abort.aborted() {
        return Err(Stopped::Cancelled);
    }
    let watch = Watch::new(abort).map_err(unreachable)?;
    let request = request(base, url, token, &watch.signal())?;
    on_progress(Progress::Connecting);
    let response = send(&request, &watch).await?;

    let header = |name: &str| response.headers().get(name);
    let mut answer = Answer {
        status: response.status(),
        error_code: header("X-Error-Code"),
        error_message: header("X-Error-Message"),
        commit: header("X-Repo-Commit"),
        request_id: header("X-Request-Id"),
        content_type: header("Content-Type"),
        body: String::new(),
    };
    match read(&response, &watch, on_progress).await {
        Ok(_) if abort.aborted() => return Err(Stopped::Cancelled),
        Ok(body) => answer.body = body,
        Err(Stopped::Cancelled) => return Err(Stopped::Cancelled),
        // A refusal is clear from its headers, whatever became of its body.
        Err(_) if !response.ok() => {}
        Err(stopped) => return Err(stopped),
    }
    Ok(answer)
}

/// No header of our own without a token, so that the browser asks no permission beforehand; no
/// referrer, since the Hub turns some sites away by theirs; no cookies.
fn request(
    base: &HubBase,
    url: &str,
    token: Option<&Token>,
    signal: &AbortSignal,
) -> Result<web_sys::Request, Stopped> {
    let mut request = Request::get(url)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .credentials(RequestCredentials::Omit)
        .abort_signal(Some(signal));
    if let Some(token) = token {
        // Once by our own reading of the address, once by the browser's.
        let same_origin = origin(url)
            .is_some_and(|url| origin(base.as_str()).as_ref() == Some(&url) && url == token.origin());
        let authorization =
            token.authorization(url).filter(|_| same_origin).ok_or(Stopped::TokenElsewhere)?;
        request = request.cache(RequestCache::NoStore).header("Authorization", &authorization);
    }
    let request = request.build().map_err(|error| Stopped::Unreachable { said: error.to_string() })?;
    Ok(request.into())
}

#[wasm_bindgen]
extern "C" {
    /// The page's `fetch`. gloo-net's own `send` panics, and web-sys' binding never returns, when an
    /// extension has wrapped `fetch` and throws or rejects with something that is no `Error`.
    #[wasm_bindgen(catch, js_name = fetch)]
    fn window_fetch(request: &web_sys::Request) -> Result<JsValue, JsValue>;
}

async fn send(request: &web_sys::Request, watch: &Watch) -> Result<Response, Stopped> {
    let answer = window_fetch(request).map_err(unreachable)?;
    let response = watch.settled(&Promise::resolve(&answer)).await?;
    let response: web_sys::Response = response.dyn_into().map_err(unreachable)?;
    Ok(response.into())
}

/// Reads the body piece by piece, so that neither its size nor its pace is the server's choice.
async fn read(
    response: &Response,
    watch: &Watch,
    on_progress: &impl Fn(Progress),
) -> Result<String, Stopped> {
    let Some(stream) = response.body() else {
        return Ok(String::new());
    };
    let length = response.headers().get("Content-Length");
    let length: Option<usize> = length.and_then(|length| length.parse().ok());
    let reader = ReadableStreamDefaultReader::new(&stream).map_err(unreachable)?;
    let mut body = Vec::new();
    loop {
        on_progress(Progress::Receiving {
            bytes: body.len(),
            // Of a compressed body the length is smaller than what arrives.
            total: length.filter(|&length| body.len() <= length),
        });
        let piece = watch.settled(&reader.read()).await;
        let piece = piece.map_err(|stopped| match stopped {
            Stopped::Unreachable { said } => Stopped::Truncated { said },
            stopped => stopped,
        })?;
        let part = |name: &str| Reflect::get(&piece, &name.into()).map_err(unreachable);
        if part("done")?.is_truthy() {
            break;
        }
        let bytes: Uint8Array = part("value")?.dyn_into().map_err(unreachable)?;
        if body.len() + bytes.length() as usize > BODY_LIMIT {
            return Err(Stopped::TooLarge);
        }
        body.extend(bytes.to_vec());
    }
    Ok(String::from_utf8(body).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

fn origin(url: &str) -> Option<String> {
    Url::new(url).ok().map(|url| url.origin())
}
