//! What the name of a model and of a revision may look like, and the sentence for each breach.

use thiserror::Error;

use super::base::BaseError;

/// Why a text names no model.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RefError {
    #[error("Type the name of a model, such as Qwen/Qwen3-8B.")]
    Empty,
    #[error("This is too long for the name of a model.")]
    TooLong,
    #[error("Add the name of the model after {org}/.")]
    NameMissing { org: String },
    #[error("Add a branch, tag or commit after the model's name, or remove the sign before it.")]
    RevisionMissing,
    #[error("This address names no model yet. Complete: https://huggingface.co/Qwen/Qwen3-8B.")]
    AddressUnfinished,
    #[error("A model's name has letters, digits, '-', '_' and '.', but not {}.", shown(*found))]
    Character { found: char },
    #[error("{part} cannot be a name: '-' and '.' do not stand at its ends, nor twice in a row.")]
    Shape { part: String },
    #[error("A model's name has at most {MAX_REPO} characters.")]
    NameTooLong,
    #[error("{revision} cannot be a branch, tag or commit.")]
    Revision { revision: String },
    #[error("A '%' in this address is not followed by a valid code, such as %2F.")]
    Escape,
    #[error("A model is named org/name. If the first part is a server, begin with https://.")]
    TooManyParts,
    #[error("This is a dataset, and a dataset has no layers. Give the name of a model.")]
    Dataset,
    #[error("This is a Space, and a Space has no layers. Give the name of a model it runs.")]
    Space,
    #[error("This is a page of the Hub about something else. Open a model there and copy its address.")]
    OtherPage,
    #[error("An address begins with https:// or hf://.")]
    Scheme,
    #[error(transparent)]
    Base(#[from] BaseError),
}

impl RefError {
    /// Whether typing on may cure it, so that it is too early to complain.
    pub fn is_unfinished(&self) -> bool {
        match self {
            Self::Empty | Self::NameMissing { .. } | Self::RevisionMissing | Self::AddressUnfinished => true,
            Self::Shape { part } => may_grow(part),
            Self::Revision { revision } => may_grow(revision),
            Self::TooLong
            | Self::Character { .. }
            | Self::NameTooLong
            | Self::Escape
            | Self::TooManyParts
            | Self::Dataset
            | Self::Space
            | Self::OtherPage
            | Self::Scheme
            | Self::Base(_) => false,
        }
    }
}

/// A character that a message can show, or the number of one that would not be seen or would disturb others.
fn shown(found: char) -> String {
    if found.is_ascii_graphic() || found == ' ' || found.is_alphanumeric() {
        format!("'{found}'")
    } else {
        format!("the character U+{:04X}", u32::from(found))
    }
}

/// The repository's name from its one or two parts.
pub(super) fn check_repo(parts: &[&str]) -> Result<String, RefError> {
    let repo = parts.join("/");
    let repo = repo.strip_suffix(".git").unwrap_or(&repo);
    if repo.matches('/').count() >= parts.len() {
        // An escaped slash inside a part.
        return Err(RefError::Character { found: '/' });
    }
    repo.split('/').try_for_each(check_part)?;
    if repo.len() > MAX_REPO {
        return Err(RefError::NameTooLong);
    }
    Ok(repo.to_owned())
}

/// The Hub's rules for one half of `org/name`.
pub(super) fn check_part(part: &str) -> Result<(), RefError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if let Some(found) = part.chars().find(|&c| !allowed(c)) {
        return Err(RefError::Character { found });
    }
    if part.len() > MAX_REPO {
        return Err(RefError::NameTooLong);
    }
    if part.is_empty()
        || part.starts_with(['-', '.'])
        || part.ends_with(['-', '.'])
        || part.contains("--")
        || part.contains("..")
        || part.ends_with(".git")
    {
        return Err(RefError::Shape { part: part.to_owned() });
    }
    Ok(())
}

/// git's rules for the name of a ref, in ASCII.
pub(super) fn check_revision(revision: &str) -> Result<(), RefError> {
    let component = |part: &str| {
        !part.is_empty() && !part.starts_with(['.', '-']) && !part.ends_with('.') && !part.ends_with(".lock")
    };
    let good = revision.len() <= MAX_REVISION
        && revision.bytes().all(|byte| byte.is_ascii_graphic())
        && !revision.contains(['~', '^', ':', '?', '*', '[', '\\'])
        && !revision.contains("..")
        && !revision.contains("@{")
        && revision != "@"
        && revision.split('/').all(component);
    if good {
        return Ok(());
    }
    let revision = revision.chars().take(64).flat_map(char::escape_debug);
    Err(RefError::Revision { revision: revision.collect() })
}

/// Undoes percent-encoding once.
pub(super) fn decode(segment: &str) -> Result<String, RefError> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        match (digit(rest.next()), digit(rest.next())) {
            (Some(high), Some(low)) => bytes.push((high * 16 + low) as u8),
            _ => return Err(RefError::Escape),
        }
    }
    String::from_utf8(bytes).map_err(|_| RefError::Escape)
}

/// Blanks, and the byte order mark and zero-width spaces that come along with a copy.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || ('\u{200b}'..='\u{200d}').contains(&c) || c == '\u{feff}'
}

/// The Hub's own limit on the length of `org/name`, and on `name`.
const MAX_REPO: usize = 96;

/// The longest name of a file in a ref's path on common file systems.
const MAX_REVISION: usize = 255;

fn may_grow(part: &str) -> bool {
    part.ends_with(['-', '.']) && !part.ends_with("--") && !part.ends_with("..")
}
