//! A config.json as text, and the typed, logged reading of its keys.
//!
//! Every getter notes what it read or assumed, so a report can list both, a link can carry just the keys
//! that matter, and the page can say which keys had no effect.

use super::dtype::DType;
use super::error::{Error, Position};
use super::lenient::{self, Mended};
use super::precision;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::HashMap;

/// The largest dimension a config may name. The widest layer known is below 2^19.
pub const MAX_DIMENSION: u64 = 1 << 31;
/// The most layers a config may have.
pub const MAX_LAYERS: u64 = 1 << 16;

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
    pub fn reads(&self) -> Vec<Read> {
        self.reads.borrow().clone()
    }

    /// Outermost keys that nothing has read.
    pub fn ignored(&self) -> Vec<String> {
        let reads = self.reads.borrow();
        let used = |key: &str| reads.iter().any(|r| r.key.split('.').next() == Some(key));
        self.root.keys().filter(|key| !used(key)).cloned().collect()
    }

    /// The config reduced to the keys that were read, enough to build the same model again.
    pub fn reduced(&self) -> Value {
        let mut out = Map::new();
        for read in self.reads.borrow().iter().filter(|r| r.assumed.is_none()) {
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

/// A view of one object of the config: the outermost one or a nested one.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    config: &'a HfConfig,
    map: &'a Map<String, Value>,
    path: Option<&'static str>,
}

impl<'a> Keys<'a> {
    /// The object under `key`, if there is one. What it lacks of the element type is looked up outside.
    pub fn nested(self, key: &'static str) -> Option<Keys<'a>> {
        let Value::Object(map) = self.map.get(key)? else { return None };
        Some(Keys { config: self.config, map, path: Some(key) })
    }

    /// The config that these keys are of.
    pub fn config(self) -> &'a HfConfig {
        self.config
    }

    /// Whether `key` is present and not null. Does not count as reading it.
    pub fn has(self, key: &str) -> bool {
        self.map.get(key).is_some_and(|v| !v.is_null())
    }

    /// A word under `key`, without counting as reading it.
    pub fn peek(self, key: &str) -> Option<&'a str> {
        self.map.get(key)?.as_str()
    }

    /// The error for a value that makes no sense together with others.
    pub fn refuse(self, key: &str, reason: impl Into<String>) -> Box<Error> {
        Box::new(Error::Key { key: self.dotted(key), reason: reason.into(), position: None })
    }

    /// Notes a value that the family assumes without the config having a say.
    pub fn assume(self, key: &str, value: impl Into<Value>, why: impl Into<String>) {
        self.config.log(self.dotted(key), value.into(), Some(why.into()));
    }

    /// A dimension: a whole number from 1 to [`MAX_DIMENSION`]. Missing and null are refused.
    pub fn dim(self, key: &'static str) -> Result<u64, Box<Error>> {
        self.opt_dim(key)?
            .ok_or_else(|| self.refuse(key, "missing; this family cannot be counted without it"))
    }

    /// A dimension, or `default` where the key is missing or null.
    pub fn dim_or(self, key: &'static str, default: u64, why: &str) -> Result<u64, Box<Error>> {
        self.dim_of_or(&[key], default, why)
    }

    /// A dimension under the first of several names, or `default` where all are missing or null.
    pub fn dim_of_or(self, names: &[&'static str], default: u64, why: &str) -> Result<u64, Box<Error>> {
        match self.find(names) {
            Some((key, value)) => self.whole(key, value, 1, MAX_DIMENSION),
            None => {
                self.assume(names[0], default, why);
                Ok(default)
            }
        }
    }

    /// A dimension for which null is an answer of its own: `default` only where the key is missing.
    pub fn nullable_dim_or(
        self,
        key: &'static str,
        default: Option<u64>,
        why: &str,
    ) -> Result<Option<u64>, Box<Error>> {
        match (self.map.get(key), default) {
            (Some(Value::Null), _) => {
                self.note(key, Value::Null);
                Ok(None)
            }
            (Some(value), _) => self.whole(key, value, 1, MAX_DIMENSION).map(Some),
            (None, default) => {
                self.assume(key, default.map_or(Value::Null, Value::from), why);
                Ok(default)
            }
        }
    }

    /// A dimension that may be missing or null.
    pub fn opt_dim(self, key: &'static str) -> Result<Option<u64>, Box<Error>> {
        self.find(&[key]).map(|(key, value)| self.whole(key, value, 1, MAX_DIMENSION)).transpose()
    }

    /// A whole number from 0, or `default` where the key is missing or null.
    pub fn count_or(self, key: &'static str, default: u64, why: &str) -> Result<u64, Box<Error>> {
        Ok(match self.find(&[key]) {
            Some((key, value)) => self.whole(key, value, 0, MAX_DIMENSION)?,
            None => {
                self.assume(key, default, why);
                default
            }
        })
    }

    /// The number of layers, from 1 to [`MAX_LAYERS`], or `default` where the key is missing or null.
    pub fn layers_or(self, names: &[&'static str], default: u64, why: &str) -> Result<u64, Box<Error>> {
        match self.find(names) {
            Some((key, value)) => self.whole(key, value, 1, MAX_LAYERS),
            None => {
                self.assume(names[0], default, why);
                Ok(default)
            }
        }
    }

    /// A switch, or `default` where the key is missing or null.
    pub fn flag_or(self, key: &'static str, default: bool, why: &str) -> Result<bool, Box<Error>> {
        match self.find(&[key]) {
            Some((key, Value::Bool(value))) => {
                self.note(key, Value::Bool(*value));
                Ok(*value)
            }
            Some((key, other)) => {
                Err(self.refuse(key, format!("{} is neither true nor false", shown(other))))
            }
            None => {
                self.assume(key, default, why);
                Ok(default)
            }
        }
    }

    /// A word, or `default` where the key is missing or null.
    pub fn word_or(
        self,
        names: &[&'static str],
        default: &'static str,
        why: &str,
    ) -> Result<&'a str, Box<Error>> {
        Ok(match self.opt_word(names)? {
            Some(word) => word,
            None => {
                self.assume(names[0], default, why);
                default
            }
        })
    }

    /// A word that may be missing or null.
    pub fn opt_word(self, names: &[&'static str]) -> Result<Option<&'a str>, Box<Error>> {
        match self.find(names) {
            Some((key, Value::String(word))) => {
                self.note(key, Value::String(word.clone()));
                Ok(Some(word))
            }
            Some((key, other)) => Err(self.refuse(key, format!("{} is not a word in quotes", shown(other)))),
            None => Ok(None),
        }
    }

    /// A number that may be fractional, or `default` where the key is missing or null.
    pub fn number_or(self, key: &'static str, default: f64, why: &str) -> Result<f64, Box<Error>> {
        match self.find(&[key]) {
            Some((key, Value::Number(n))) => {
                self.note(key, Value::Number(n.clone()));
                n.as_f64()
                    .filter(|n| n.is_finite())
                    .ok_or_else(|| self.refuse(key, format!("{n} is not a finite number")))
            }
            Some((key, other)) => Err(self.refuse(key, format!("{} is not a number", shown(other)))),
            None => {
                self.assume(key, default, why);
                Ok(default)
            }
        }
    }

    /// A number for which null is an answer of its own: `default` only where the key is missing.
    pub fn nullable_number_or(
        self,
        key: &'static str,
        default: Option<f64>,
        why: &str,
    ) -> Result<Option<f64>, Box<Error>> {
        match (self.map.get(key), default) {
            (Some(Value::Null), _) => {
                self.note(key, Value::Null);
                Ok(None)
            }
            (None, None) => {
                self.assume(key, Value::Null, why);
                Ok(None)
            }
            (_, default) => self.number_or(key, default.unwrap_or_default(), why).map(Some),
        }
    }

    /// A list that may be missing or null, as it stands.
    pub fn opt_list(self, key: &'static str) -> Result<Option<&'a [Value]>, Box<Error>> {
        match self.find(&[key]) {
            Some((key, Value::Array(list))) => {
                self.note(key, Value::Array(list.clone()));
                Ok(Some(list))
            }
            Some((key, other)) => Err(self.refuse(key, format!("{} is not a list", shown(other)))),
            None => Ok(None),
        }
    }

    /// An object, kept whole in the log, that may be missing or null.
    pub fn opt_object(self, key: &'static str) -> Result<Option<&'a Map<String, Value>>, Box<Error>> {
        match self.find(&[key]) {
            Some((key, Value::Object(map))) => {
                self.note(key, Value::Object(map.clone()));
                Ok(Some(map))
            }
            Some((key, other)) => Err(self.refuse(key, format!("{} is not an object", shown(other)))),
            None => Ok(None),
        }
    }

    /// The element type under `torch_dtype` or `dtype`, or `default` where both are missing or null.
    pub fn dtype_or(self, default: DType) -> Result<DType, Box<Error>> {
        let names = ["torch_dtype", "dtype"];
        // A wrapper may name the type for the text model it holds.
        let keys = if names.iter().any(|name| self.has(name)) { self } else { self.config.keys() };
        let Some(name) = keys.opt_word(&names)? else {
            let (default, why) = match precision::described(self.config) {
                true => (DType::BFloat16, "the config names none, as is common for quantised weights"),
                false => (default, "the config names none"),
            };
            keys.assume(names[0], default.name(), why);
            return Ok(default);
        };
        DType::parse(name).ok_or_else(|| {
            let key = if keys.has(names[0]) { names[0] } else { names[1] };
            let known: Vec<_> = DType::names().collect();
            let reason = format!(
                "\"{name}\" is not a data type that can hold weights; use one of {}",
                known.join(", ")
            );
            keys.refuse(key, reason)
        })
    }

    fn find(self, names: &[&'static str]) -> Option<(&'static str, &'a Value)> {
        names.iter().find_map(|&key| self.map.get(key).filter(|v| !v.is_null()).map(|v| (key, v)))
    }

    fn whole(self, key: &'static str, value: &Value, least: u64, most: u64) -> Result<u64, Box<Error>> {
        let number = value.as_u64().filter(|n| (least..=most).contains(n));
        if let Some(n) = number {
            self.note(key, value.clone());
            return Ok(n);
        }
        Err(self.refuse(key, format!("{} is not a whole number from {least} to {most}", shown(value))))
    }

    fn note(self, key: &str, value: Value) {
        self.config.log(self.dotted(key), value, None);
    }

    fn dotted(self, key: &str) -> String {
        self.path.map_or_else(|| key.to_owned(), |path| format!("{path}.{key}"))
    }
}

/// A value as an error shows it: short, never a screenful.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => {
            let text = other.to_string();
            if text.chars().count() > 40 {
                format!("{}…", text.chars().take(40).collect::<String>())
            } else {
                text
            }
        }
    }
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
    fn numbers_are_checked_by_key_and_placed() {
        for (value, needle) in [
            ("0", "0 is not a whole number from 1"),
            ("-1", "-1 is not"),
            ("1.5", "1.5 is not"),
            ("4096.0", "4096.0 is not"),
            ("1e3", "is not a whole number"),
            ("99999999999999999999", "is not a whole number"),
            ("true", "true is not"),
            ("\"8\"", "\"8\" is not"),
            ("[8]", "a list is not"),
            ("null", "missing"),
        ] {
            let config = HfConfig::parse(&format!("{{\n \"hidden_size\": {value}}}")).unwrap();
            let error = config.locate(*config.keys().dim("hidden_size").unwrap_err());
            assert_eq!(error.key(), Some("hidden_size"));
            assert_eq!(error.position(), Some(Position { line: 2, column: 17 }), "{value}");
            assert!(error.to_string().contains(needle), "{error}");
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
        let reads = config.reads();
        assert_eq!(reads.iter().map(|r| r.key.as_str()).collect::<Vec<_>>(), ["a", "n", "text_config.b"]);
        assert_eq!(reads[1].assumed.as_deref(), Some("as many as a"));
        assert_eq!(config.ignored(), ["unused"]);
        assert_eq!(config.reduced(), serde_json::json!({"a": 3, "text_config": {"b": true}}));
    }

    #[test]
    fn dtypes_come_under_two_names() {
        for (text, want) in [
            (r#"{"torch_dtype": "bfloat16"}"#, Some(DType::BFloat16)),
            (r#"{"dtype": "float8_e4m3fn"}"#, Some(DType::Float8E4M3Fn)),
            (r#"{"torch_dtype": null, "dtype": "float32"}"#, Some(DType::Float32)),
            ("{}", Some(DType::Float16)),
            (r#"{"torch_dtype": "bool"}"#, None),
            (r#"{"torch_dtype": 16}"#, None),
        ] {
            let config = HfConfig::parse(text).unwrap();
            assert_eq!(config.keys().dtype_or(DType::Float16).ok(), want, "{text}");
        }
    }
}
