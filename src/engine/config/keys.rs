//! The typed getters: what a key must hold, what stands in for it where it is missing, and the log of both.

use super::HfConfig;
use crate::engine::dtype::DType;
use crate::engine::error::Error;
use crate::engine::precision;
use serde_json::{Map, Value};

/// The largest dimension a config may name. The widest layer known is below 2^19.
pub const MAX_DIMENSION: u64 = 1 << 31;
/// The most layers a config may have.
pub const MAX_LAYERS: u64 = 1 << 16;

/// A view of one object of the config: the outermost one or a nested one.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    pub(super) config: &'a HfConfig,
    pub(super) map: &'a Map<String, Value>,
    pub(super) path: Option<&'static str>,
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

    /// Whether one of `values` stands under `key`. Does not count as reading it.
    pub fn holds(self, key: &str, values: &[Value]) -> bool {
        self.map.get(key).is_some_and(|value| values.contains(value))
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
        self.nullable_whole_or(key, default, 1, why)
    }

    /// A dimension for which null or 0 is an answer of its own: `default` only where the key is missing.
    pub fn dim_or_none(
        self,
        key: &'static str,
        default: Option<u64>,
        why: &str,
    ) -> Result<Option<u64>, Box<Error>> {
        Ok(self.nullable_whole_or(key, default, 0, why)?.filter(|&dim| dim > 0))
    }

    fn nullable_whole_or(
        self,
        key: &'static str,
        default: Option<u64>,
        least: u64,
        why: &str,
    ) -> Result<Option<u64>, Box<Error>> {
        match (self.map.get(key), default) {
            (Some(Value::Null), _) => {
                self.note(key, Value::Null);
                Ok(None)
            }
            (Some(value), _) => self.whole(key, value, least, MAX_DIMENSION).map(Some),
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

    /// A dimension under `key` in the object under `outer`, where there is one.
    pub fn opt_dim_in(self, outer: &'static str, key: &str) -> Result<Option<u64>, Box<Error>> {
        let Some(value) = self.opt_object(outer)?.and_then(|object| object.get(key)) else { return Ok(None) };
        let whole = value.as_u64().filter(|dim| (1..=MAX_DIMENSION).contains(dim));
        let reason = || format!("{key} is {}, not a whole number from 1 to {MAX_DIMENSION}", shown(value));
        whole.map(Some).ok_or_else(|| self.refuse(outer, reason()))
    }

    /// A whole number from 0, or `default` where the key is missing or null.
    pub fn count_or(self, key: &'static str, default: u64, why: &str) -> Result<u64, Box<Error>> {
        self.count_of_or(&[key], default, why)
    }

    /// A whole number from 0 under the first of several names, or `default` where all are missing or null.
    pub fn count_of_or(self, names: &[&'static str], default: u64, why: &str) -> Result<u64, Box<Error>> {
        Ok(match self.find(names) {
            Some((key, value)) => self.whole(key, value, 0, MAX_DIMENSION)?,
            None => {
                self.assume(names[0], default, why);
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

    /// The last of `layers` that something holds for, counted from 0: -1 stands for the last of all, and so
    /// does a key that is missing or null.
    pub fn index_or_last(self, key: &'static str, layers: u64, why: &str) -> Result<u64, Box<Error>> {
        match self.find(&[key]) {
            Some((key, value)) if value.as_i64() != Some(-1) => self.whole(key, value, 0, MAX_LAYERS),
            Some((key, value)) => {
                self.note(key, value.clone());
                Ok(layers - 1)
            }
            None => {
                self.assume(key, layers - 1, why);
                Ok(layers - 1)
            }
        }
    }

    /// Whether a list stands under `key`. Does not count as reading it.
    pub fn lists(self, key: &str) -> bool {
        self.map.get(key).is_some_and(Value::is_array)
    }

    /// A switch, or `default` where the key is missing. Null is off, as it is in Python.
    pub fn flag_or(self, key: &'static str, default: bool, why: &str) -> Result<bool, Box<Error>> {
        match self.map.get(key) {
            Some(value @ (Value::Bool(_) | Value::Null)) => {
                self.note(key, value.clone());
                Ok(*value == Value::Bool(true))
            }
            Some(other) => Err(self.refuse(key, format!("{} is neither true nor false", shown(other)))),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::error::Position;

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
