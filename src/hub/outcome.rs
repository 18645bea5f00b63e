//! What the Hub answered, and what that means.

use serde::de::IgnoredAny;
use serde_json::error::Category;

use super::base::HubBase;
use super::error::{Case, HubError, NotConfig};
use super::reference::ModelRef;

/// No config.json comes near this: among those seen, the largest has 2.3 MB of per-layer
/// quantisation.
pub const BODY_LIMIT: usize = 4 << 20;

/// An HTTP answer, reduced to what a page may read of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// `X-Error-Code`, such as `GatedRepo`.
    pub error_code: Option<String>,
    /// `X-Error-Message`.
    pub error_message: Option<String>,
    /// `X-Repo-Commit`.
    pub commit: Option<String>,
    /// `X-Request-Id`.
    pub request_id: Option<String>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    pub body: String,
}

/// A config that has arrived. It is JSON as far as one can tell before reading it as a config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    pub text: String,
    /// The commit it comes from, 40 hexadecimal digits: what a lasting link should name.
    pub commit: Option<String>,
}

/// Tells a config from everything else that a server may answer. `token_given` says whether the
/// request carried a token.
pub fn interpret(
    base: &HubBase,
    model: &ModelRef,
    token_given: bool,
    answer: Answer,
) -> Result<Fetched, HubError> {
    let message = message_of(&answer);
    let case = Box::new(Case {
        status: Some(answer.status),
        code: answer.error_code.as_deref().map(clean),
        message: message.clone(),
        request_id: answer.request_id.as_deref().map(clean),
        ..Case::new(base, model, token_given)
    });
    if (200..300).contains(&answer.status) {
        return match flaw(&answer) {
            Some(what) => Err(HubError::NotConfig { what, case }),
            None => {
                Ok(Fetched { commit: answer.commit.filter(|commit| is_commit(commit)), text: answer.body })
            }
        };
    }
    let said = message.unwrap_or_default().to_ascii_lowercase();
    Err(refusal(answer.status, &said, token_given, case))
}

/// The Hub's words come first, since it answers 401 alike for what is gated, private or absent;
/// then its codes; then the bare status, which is all that a mirror may give.
fn refusal(status: u16, said: &str, token_given: bool, case: Box<Case>) -> HubError {
    let about_token =
        said.contains("invalid credentials") || said.contains("token") && said.contains("expired");
    if token_given && (status == 401 || status == 403) && about_token {
        return HubError::BadToken(case);
    }
    if token_given && status == 403 && said.contains("fine-grained") {
        return HubError::TokenLacksScope(case);
    }
    if status == 403 && said.contains("access to this resource is disabled") {
        return HubError::Disabled(case);
    }
    match case.code.as_deref() {
        Some("GatedRepo") => return HubError::Gated(case),
        Some("RepoNotFound") => return HubError::NotFound(case),
        Some("RevisionNotFound") => return HubError::NoRevision(case),
        Some("EntryNotFound") => return HubError::NoConfig(case),
        Some("DisabledRepo") => return HubError::Disabled(case),
        Some(_) | None => {}
    }
    match status {
        0 => HubError::Unreachable(case),
        401 | 403 if said.contains("gated") || said.contains("is restricted") => HubError::Gated(case),
        404 if said.contains("entry not found") => HubError::NoConfig(case),
        404 if said.contains("revision") => HubError::NoRevision(case),
        401 | 404 => HubError::NotFound(case),
        429 => HubError::RateLimited(case),
        status => HubError::Server { status, case },
    }
}

/// What keeps the body from being a config. Only what a server does wrong is judged here: a text
/// that begins like an object and breaks JSON's rules goes on to the parser, which is lenient where
/// it can be and otherwise names the line.
fn flaw(answer: &Answer) -> Option<NotConfig> {
    let body = &answer.body;
    if body.len() > BODY_LIMIT {
        return Some(NotConfig::TooLarge);
    }
    let text = body.trim_start_matches('\u{feff}').trim();
    let html = |kind: &String| kind.to_ascii_lowercase().contains("text/html");
    if text.is_empty() {
        Some(NotConfig::Empty)
    } else if text.starts_with("version https://git-lfs") {
        Some(NotConfig::LfsPointer)
    } else if text.starts_with('<') {
        Some(NotConfig::Html)
    } else if !text.starts_with('{') {
        let html = answer.content_type.as_ref().is_some_and(html);
        Some(if html { NotConfig::Html } else { NotConfig::NotJson })
    } else {
        serde_json::from_str::<IgnoredAny>(text)
            .is_err_and(|error| error.classify() == Category::Eof)
            .then_some(NotConfig::Truncated)
    }
}

/// The server's own words: its header, the `error` of a JSON body, or a short plain body.
fn message_of(answer: &Answer) -> Option<String> {
    if (200..300).contains(&answer.status) {
        return None;
    }
    let header = answer.error_message.as_deref().map(clean);
    header.filter(|text| !text.is_empty()).or_else(|| {
        let body = answer.body.trim();
        if body.len() > 4096 || body.starts_with('<') {
            return None;
        }
        let text = match serde_json::from_str::<serde_json::Value>(body) {
            Ok(json) => clean(json.get("error")?.as_str()?),
            Err(_) => clean(body),
        };
        (!text.is_empty()).then_some(text)
    })
}

/// A server's text, safe to show: one line, of a length that someone reads.
fn clean(text: &str) -> String {
    let visible = |c: char| !c.is_control() && !is_direction_mark(c);
    text.trim().chars().filter(|&c| visible(c)).take(300).collect()
}

/// Marks that reorder the text around them.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
