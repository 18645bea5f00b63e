//! The value of each key of a link. Each reader says in a sentence what is wrong with the text, if it is.

use super::DeviceChoice;
use crate::engine::config::HfConfig;
use crate::engine::hardware::{Hardware, PRESETS};
use crate::engine::precision::Overrides;
use crate::engine::serving::{Ceiling, Network, Serving};
use crate::engine::{Accounting, Error, Seconds, quantity};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;

/// The longest name of a row, and the longest unknown key or value that is kept.
pub const MAX_NAME: usize = 200;

pub fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(Into::into)
}

pub fn pasted(text: &str) -> Result<String, String> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text.trim_end_matches('='))
        .map_err(|_| "it is not base64url; a link that was cut off ends like this".to_owned())?;
    let config = String::from_utf8(bytes).map_err(|_| "it is not text in UTF-8".to_owned())?;
    HfConfig::parse(&config).map_err(|error| error.to_string())?;
    Ok(config)
}

/// `org/name`, `name`, or either with `@revision`.
pub fn reference(text: &str) -> Result<(String, Option<String>), String> {
    let (repo, revision) = match text.split_once('@') {
        Some((repo, revision)) => (repo, Some(revision)),
        None => (text, None),
    };
    let part = |part: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        (1..=96).contains(&part.len()) && part.chars().all(plain) && !part.starts_with('.')
    };
    if repo.split('/').count() > 2 || !repo.split('/').all(part) {
        return Err(format!("“{}” is not a model's name", short(repo)));
    }
    let safe = |name: &str| {
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '\\' | '%');
        (1..=MAX_NAME).contains(&name.len())
            && name.chars().all(plain)
            && name.split('/').all(|step| !step.is_empty() && !step.starts_with('.'))
    };
    if revision.is_some_and(|name| !safe(name)) {
        return Err(format!("“{}” is not a model's revision", short(text)));
    }
    Ok((repo.to_owned(), revision.map(str::to_owned)))
}

pub fn commit(text: &str) -> Result<String, String> {
    let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if text.len() == 40 && hex {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("a commit has 40 hexadecimal digits".to_owned())
    }
}

pub fn device(text: &str) -> Result<DeviceChoice, String> {
    if text == "none" {
        return Ok(DeviceChoice::None);
    }
    let hardware = Hardware::named(text).map_err(|error| match error {
        Error::Hardware { reason } => reason,
        other => other.to_string(),
    })?;
    Ok(match PRESETS.iter().find(|preset| preset.id == hardware.id) {
        Some(preset) => DeviceChoice::BuiltIn(preset.id),
        None => DeviceChoice::Custom(Box::new(hardware)),
    })
}

/// With the value of one key; none where it cannot be read.
pub fn with(mut serving: Serving, key: &str, text: &str) -> Option<Serving> {
    match key {
        "tp" => serving.parallel.tensor = text.parse().ok()?,
        "pp" => serving.parallel.pipeline = text.parse().ok()?,
        "ep" => serving.parallel.expert = text.parse().ok()?,
        "dp" => serving.parallel.data = text.parse().ok()?,
        "out" => serving.output_tokens = text.parse().ok()?,
        "reach" => serving.ceiling = Ceiling::parse(text)?,
        "fuse" => serving.fused = Some(text).filter(|text| ["on", "off"].contains(text))? == "on",
        "free" => serving.reserve = quantity::read(text)?,
        "net" => {
            let mut parts = text.split(',').map(quantity::read);
            let mut next = || parts.next().flatten();
            serving.network = Network {
                across_bytes_per_second: next()?,
                latency: Seconds(next()?),
                latency_across: Seconds(next()?),
            };
        }
        _ => return None,
    }
    Some(serving)
}

pub fn odd(text: &str) -> String {
    format!("“{}” means nothing here", short(text))
}

pub fn accounting(text: &str) -> Result<Accounting, String> {
    Accounting::parse(text).ok_or_else(|| {
        let names = Accounting::NAMED.map(|row| row.0).join(", ");
        format!("there is no accounting “{}”, only {names}", short(text))
    })
}

pub fn name(text: &str) -> Result<String, String> {
    let fine = (1..=MAX_NAME).contains(&text.len()) && !text.chars().any(char::is_control);
    fine.then(|| text.to_owned()).ok_or_else(|| format!("a layer's name has 1 to {MAX_NAME} letters"))
}

/// The beginning of a text, for a message.
pub fn short(text: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(MOST).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

/// A word that chooses a format, if it chooses one.
pub fn word(word: &str, read: impl Fn(&str) -> Result<Overrides, Error>) -> Result<Option<String>, String> {
    let chosen = read(word).map_err(|error| match error {
        Error::Precision { what, known, .. } => {
            Error::Precision { what, word: short(word), known }.to_string()
        }
        other => other.to_string(),
    })?;
    Ok((!chosen.is_empty()).then(|| word.to_owned()))
}
