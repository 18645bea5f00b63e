//! Which model a person means: every form in which its name or address gets pasted.

use std::fmt;

use super::base::{HubBase, is_huggingface};
use super::rules::{RefError, check_part, check_repo, check_revision, decode, is_blank};
use super::url::encode;

/// A model on the Hub. `parse` is the way to make one: it lets nothing into `repo` and `revision`
/// that could change the address they become part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRef {
    /// `org/name`, or `name` alone for the oldest models.
    pub repo: String,
    /// A branch, tag or commit, decoded: `refs/pr/1`, not `refs%2Fpr%2F1`. None is `main`.
    pub revision: Option<String>,
    /// The Hub that a pasted address names, unless it is huggingface.co. It is only what the text
    /// says: whether to ask that server is the caller's decision, and the user's.
    pub base: Option<HubBase>,
}

impl ModelRef {
    /// Reads `org/name`, `org/name@revision`, `org/name:revision`, `name`, `hf://…` and the address
    /// of any page or file of a model, with what commonly surrounds them when pasted.
    pub fn parse(text: &str) -> Result<Self, RefError> {
        let text = tidy(text)?;
        let (base, rest, kind) = split_base(text)?;
        // A mark counts directly behind the name only; further on it is part of a path.
        let (path, marked) = match rest.split_once(['@', ':']) {
            Some((name, revision)) if name.matches('/').count() <= 1 => (name, Some(revision)),
            _ => (rest, None),
        };
        let segments = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(decode)
            .collect::<Result<Vec<_>, _>>()?;
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let (repo, view) = split_repo(&segments, kind, path.ends_with('/'))?;
        let revision = match marked {
            Some(marked) => Some(marked_revision(marked, kind)?),
            None => viewed_revision(view),
        };
        if let Some(revision) = &revision {
            check_revision(revision)?;
        }
        Ok(Self { repo, revision, base })
    }
}

impl fmt::Display for ModelRef {
    /// The shortest text that `parse` reads back as the same model.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(base) = &self.base {
            write!(f, "{base}/")?;
        }
        f.write_str(&self.repo)?;
        for (index, part) in self.revision.iter().flat_map(|r| r.split('/')).enumerate() {
            let mark = if index == 0 { '@' } else { '/' };
            write!(f, "{mark}{}", encode(part))?;
        }
        Ok(())
    }
}

/// Room for an address with a long path and query.
const MAX_TEXT: usize = 2048;

/// How the text was written decides what its parts mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `org/name`
    Name,
    /// `https://…`, or a known host without a scheme
    Web,
    /// `hf://…`: a path to a file follows the name
    Hf,
}

/// Takes off what surrounds a pasted name (blanks, quotes, brackets), then query and hash.
fn tidy(text: &str) -> Result<&str, RefError> {
    let text = text.trim_matches(|c: char| is_blank(c) || "\"'`<>,;".contains(c));
    if text.len() > MAX_TEXT {
        return Err(RefError::TooLong);
    }
    if let Some(found) = text.chars().find(|c| c.is_control() || c.is_whitespace()) {
        return Err(RefError::Character { found });
    }
    let text = text.split(['?', '#']).next().unwrap_or(text);
    if text.is_empty() {
        return Err(RefError::Empty);
    }
    Ok(text)
}

/// Splits off the server, if the text names one.
fn split_base(text: &str) -> Result<(Option<HubBase>, &str, Kind), RefError> {
    if let Some((scheme, rest)) = text.split_once("://") {
        return match scheme.to_ascii_lowercase().as_str() {
            "hf" if rest.is_empty() => Err(RefError::AddressUnfinished),
            "hf" => Ok((None, rest, Kind::Hf)),
            "https" => split_host(true, rest),
            "http" => split_host(false, rest),
            _ => Err(RefError::Scheme),
        };
    }
    if ["http:", "https:", "http:/", "https:/", "hf:", "hf:/"].contains(&text) {
        return Err(RefError::AddressUnfinished);
    }
    // The address that git clones over ssh.
    if let Some((host, path)) = text.strip_prefix("git@").and_then(|t| t.split_once(':'))
        && is_huggingface(&host.to_ascii_lowercase())
    {
        return Ok((None, path, Kind::Web));
    }
    let bare = text.trim_start_matches('/');
    let first = bare.split('/').next().unwrap_or(bare);
    if is_huggingface(&first.to_ascii_lowercase()) {
        return split_host(true, bare);
    }
    Ok((None, bare, Kind::Name))
}

fn split_host(secure: bool, rest: &str) -> Result<(Option<HubBase>, &str, Kind), RefError> {
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if path.trim_matches('/').is_empty() {
        return Err(RefError::AddressUnfinished);
    }
    let base = HubBase::of_authority(secure, authority)?;
    Ok(((!base.is_default()).then_some(base), path, Kind::Web))
}

/// Splits the decoded parts of the path into the repository's name and what follows it.
fn split_repo<'a>(
    segments: &'a [&'a str],
    kind: Kind,
    open: bool,
) -> Result<(String, &'a [&'a str]), RefError> {
    let segments = match segments {
        ["api", "models", rest @ ..] if kind == Kind::Web => rest,
        ["models", rest @ ..] if kind == Kind::Hf => rest,
        _ => segments,
    };
    if let Some(error) = no_model(segments, kind) {
        return Err(error);
    }
    match segments {
        [] => return Err(RefError::Empty),
        [org] if open && kind != Kind::Web => {
            check_part(org)?;
            return Err(RefError::NameMissing { org: (*org).to_owned() });
        }
        _ => {}
    }
    // `gpt2/blob/main/config.json`: an old name without an organisation.
    let parts = match segments {
        [_] | [_, _] => segments.len(),
        [_, view, ..] if is_view(view) => 1,
        [_, _, view, ..] if kind != Kind::Name || is_view(view) => 2,
        _ => return Err(RefError::TooManyParts),
    };
    let (repo, view) = segments.split_at(parts);
    Ok((check_repo(repo)?, view))
}

/// What the first part says that the rest cannot be: the Hub keeps more than models.
fn no_model(segments: &[&str], kind: Kind) -> Option<RefError> {
    let web = kind == Kind::Web;
    let Some((first, rest)) = segments.split_first() else {
        return web.then_some(RefError::OtherPage);
    };
    let first = first.strip_suffix(".git").unwrap_or(first);
    match first {
        "datasets" => Some(RefError::Dataset),
        "spaces" => Some(RefError::Space),
        "api" if web && rest.starts_with(&["datasets"]) => Some(RefError::Dataset),
        "api" if web && rest.starts_with(&["spaces"]) => Some(RefError::Space),
        _ => {
            let other = web && OTHER_PAGES.contains(&first) || is_huggingface(&first.to_ascii_lowercase());
            other.then_some(RefError::OtherPage)
        }
    }
}

/// The revision after an `@` or a `:`.
fn marked_revision(marked: &str, kind: Kind) -> Result<String, RefError> {
    let marked = marked.trim_end_matches('/');
    if marked.is_empty() {
        return Err(RefError::RevisionMissing);
    }
    let segments = marked.split('/').map(decode).collect::<Result<Vec<_>, _>>()?;
    Ok(match kind {
        Kind::Name => segments.join("/"),
        Kind::Web | Kind::Hf => {
            let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
            first_revision(&segments).unwrap_or_default()
        }
    })
}

/// The revision in `tree/main/…` and its like.
fn viewed_revision(view: &[&str]) -> Option<String> {
    match view {
        ["discussions", ..] => None,
        [view, rest @ ..] if is_view(view) => first_revision(rest),
        _ => None,
    }
}

/// The revision that a path begins with. Only the Hub's own refs may stand there unescaped.
fn first_revision(segments: &[&str]) -> Option<String> {
    match segments {
        [] => None,
        ["refs", "pr" | "convert", _, ..] => Some(segments[..3].join("/")),
        [first, ..] => Some((*first).to_owned()),
    }
}

fn is_view(segment: &str) -> bool {
    ["tree", "blob", "resolve", "raw", "commit", "commits", "blame", "edit", "revision", "discussions"]
        .contains(&segment)
}

/// First parts of the Hub's addresses that are no organisation.
const OTHER_PAGES: [&str; 17] = [
    "api",
    "blog",
    "chat",
    "collections",
    "docs",
    "enterprise",
    "join",
    "learn",
    "login",
    "models",
    "new",
    "organizations",
    "papers",
    "posts",
    "pricing",
    "settings",
    "tasks",
];
