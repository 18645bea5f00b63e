//! A config.json as text, and the log of which of its keys were read.
//!
//! Every getter notes what it read or assumed, so a report can list both, a link can carry just the keys
//! that matter, and the page can say which keys had no effect.

mod keys;

pub use keys::{Keys, MAX_DIMENSION, MAX_LAYERS};

use super::error::{Error, Position};
use super::lenient::{self, Mended};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::cell::{Ref, RefCell};
use std::collections::HashMap;

/// A parsed config and the log of what was read from it.
#[derive(Debug)]
pub struct HfConfig {
    text: String,
    root: Map<String, Value>,
    reads: RefCell<Vec<Read>>,
    /// What was done to the text so that it could be parsed.
    mended: Option<Mended>,
}

/// One key that a family looked at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Read {
    /// Dotted path: `text_config.hidden_size`.
    pub key: String,
    /// The value in use, as JSON.
    pub value: Value,
    /// Why a value was assumed; none where the config gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumed: Option<String>,
}

impl HfConfig {
    /// Parses a config.json: strictly, then as Python writes it and chat windows wrap it.
    ///
    /// # Errors
    /// [`Error::Json`] with line and column, [`Error::NotAnObject`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (value, mended) = match serde_json::from_str(text) {
            Ok(value) => (value, None),
            Err(e) => match lenient::mend(text) {
                None => return Err(broken(&e, text, character(&e, text))),
                Some(mended) => match serde_json::from_str(&mended.text) {
                    Ok(value) => (value, Some(mended)),
                    Err(e) => {
                        let column = mended.column(e.line(), character(&e, &mended.text));
                        return Err(broken(&e, &mended.text, column));
                    }
                },
            },
        };
        match value {
            Value::Object(root) => {
                let text = mended.as_ref().map_or(text, |mended| &mended.text).to_owned();
                Ok(HfConfig { text, root, reads: RefCell::default(), mended })
            }
            other => Err(Error::NotAnObject { found: kind(&other) }),
        }
    }

    /// Puts the content of a file that lay beside the config under a key of its own.
    pub fn attach(&mut self, key: &str, value: Value) {
        self.root.insert(key.to_owned(), value);
    }

    /// What was done to the text so that it could be parsed, in words.
    pub fn mending(&self) -> &[&'static str] {
        self.mended.as_ref().map_or(&[], |mended| &mended.notes)
    }

    /// The outermost object.
    pub(super) fn root(&self) -> &Map<String, Value> {
        &self.root
    }

    /// The outermost keys.
    pub fn keys(&self) -> Keys<'_> {
        Keys { config: self, map: &self.root, path: None }
    }

    /// What was read or assumed so far, in order, each key once.
    pub fn reads(&self) -> Ref<'_, [Read]> {
        Ref::map(self.reads.borrow(), Vec::as_slice)
    }

    /// The same for keeps.
    pub fn into_reads(self) -> Vec<Read> {
        self.reads.into_inner()
    }

    /// Outermost keys that nothing has read.
    pub fn ignored(&self) -> Vec<String> {
        let reads = self.reads.borrow();
        let used = |key: &str| reads.iter().any(|r| r.key.split('.').next() == Some(key));
        self.root.keys().filter(|key| !used(key)).cloned().collect()
    }

    /// Adds the place in the text to an error that names a key.
    pub fn locate(&self, error: Error) -> Error {
        match error {
            Error::Key { key, reason, position: None } => {
                let position = self.find(&key);
                Error::Key { key, reason, position }
            }
            Error::UnknownFamily { model_type, nearest, known, llama_like, position: None } => {
                let position = self.find("model_type");
                Error::UnknownFamily { model_type, nearest, known, llama_like, position }
            }
            other => other,
        }
    }

    /// Where the value of a dotted key starts, in the text as it came.
    fn find(&self, key: &str) -> Option<Position> {
        let Position { line, column } = find(&self.text, key)?;
        let column = self.mended.as_ref().map_or(column, |mended| mended.column(line, column));
        Some(Position { line, column })
    }

    pub(super) fn log(&self, key: String, value: Value, assumed: Option<String>) {
        let mut reads = self.reads.borrow_mut();
        if !reads.iter().any(|r| r.key == key) {
            reads.push(Read { key, value, assumed });
        }
    }
}

/// A config of just the keys that were read, and not those that were assumed.
pub fn reduced(reads: &[Read]) -> Value {
    let mut out = Map::new();
    for read in reads.iter().filter(|read| read.assumed.is_none()) {
        let mut at = &mut out;
        let mut parts = read.key.split('.').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                at.insert(part.to_owned(), read.value.clone());
                break;
            }
            let inner = at.entry(part).or_insert_with(|| Value::Object(Map::new()));
            match inner {
                Value::Object(map) => at = map,
                _ => break,
            }
        }
    }
    Value::Object(out)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn broken(error: &serde_json::Error, text: &str, column: usize) -> Error {
    Error::Json {
        position: Position { line: error.line().max(1), column: column.max(1) },
        reason: json_reason(error, text),
    }
}

/// The column of an error in characters; serde_json counts bytes.
fn character(error: &serde_json::Error, text: &str) -> usize {
    let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    line.char_indices().take_while(|(at, _)| *at < error.column()).count()
}

/// serde_json's words without its own place, which the error carries anyway.
fn json_reason(error: &serde_json::Error, text: &str) -> String {
    if text.trim().is_empty() {
        return "there is nothing here; paste a whole config.json".to_owned();
    }
    let said = error.to_string();
    let reason = said.split(" at line ").next().unwrap_or(&said);
    if error.is_eof() {
        return format!("{reason}; the text ends too early, so paste it again from `{{` to `}}`");
    }
    reason.to_owned()
}

/// Where the value of a dotted key starts in the text.
fn find(text: &str, key: &str) -> Option<Position> {
    let mut within = text;
    for part in key.split('.') {
        let map: HashMap<std::borrow::Cow<'_, str>, &RawValue> = serde_json::from_str(within).ok()?;
        within = map.get(part)?.get();
    }
    // The raw value borrows from the text, so its address is its place.
    let offset = (within.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let before = text.get(..offset)?;
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    Some(Position {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_json_has_a_place_and_a_reason() {
        for (text, line, column, needle) in [
            ("{\n  \"a\": 1,\n}", 3, 1, "trailing comma"),
            ("{\"a\": tru}", 1, 10, "expected ident"),
            ("", 1, 1, "nothing here"),
            ("{\"a\": 1", 1, 7, "ends too early"),
            ("{\"a\": Nan}", 1, 7, "expected value"),
            // Characters, not bytes.
            ("{\"é𝕏\": tru}", 1, 11, "expected ident"),
            ("{\"é", 1, 3, "ends too early"),
            ("\u{feff}```\n{\"a\":NaN,\"b\":}\n```", 2, 14, "expected value"),
        ] {
            let Err(Error::Json { position, reason }) = HfConfig::parse(text) else { panic!("{text}") };
            assert!(reason.contains(needle), "{text}: {reason}");
            assert_eq!((position.line, position.column), (line, column), "{text}");
        }
    }

    #[test]
    fn other_json_is_named() {
        for (text, found) in [("[1]", "a list"), ("7", "a number"), ("null", "null"), ("\"x\"", "a string")] {
            assert_eq!(HfConfig::parse(text).unwrap_err(), Error::NotAnObject { found });
        }
    }

    #[test]
    fn nested_keys_are_placed_by_their_path() {
        let config = HfConfig::parse("{\"a\": 1,\n\"text_config\": {\"é\": 2, \"a\": 0}}").unwrap();
        let inner = config.keys().nested("text_config").unwrap();
        let error = config.locate(*inner.dim("a").unwrap_err());
        assert_eq!(
            error.to_string(),
            "line 2, column 30, text_config.a: 0 is not a whole number from 1 to 2147483648"
        );
    }

    #[test]
    fn reads_assumptions_and_leftovers_are_kept_apart() {
        let config =
            HfConfig::parse(r#"{"a": 3, "n": null, "text_config": {"b": true}, "unused": [1]}"#).unwrap();
        let keys = config.keys();
        assert_eq!(keys.dim("a"), Ok(3));
        assert_eq!(keys.dim_or("n", 7, "as many as a"), Ok(7));
        assert_eq!(keys.nested("text_config").unwrap().flag_or("b", false, ""), Ok(true));
        let reads = config.reads().to_vec();
        assert_eq!(reads.iter().map(|r| r.key.as_str()).collect::<Vec<_>>(), ["a", "n", "text_config.b"]);
        assert_eq!(reads[1].assumed.as_deref(), Some("as many as a"));
        assert_eq!(config.ignored(), ["unused"]);
        assert_eq!(reduced(&reads), serde_json::json!({"a": 3, "text_config": {"b": true}}));
    }
}
