//! A part of a config about quantisation, and the logged reading of its keys.
//!
//! Unlike the keys of an architecture, these may be anything: what does not fit is an answer in words, and
//! the weights are counted in the type that the config states.

use crate::engine::config::HfConfig;
use serde_json::{Map, Value};

/// An object somewhere in a config.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    config: &'a HfConfig,
    map: &'a Map<String, Value>,
    /// Dotted, empty for the outermost object.
    path: String,
}

impl<'a> Node<'a> {
    pub fn root(config: &'a HfConfig) -> Self {
        Node { config, map: config.root(), path: String::new() }
    }

    /// The object under a key.
    pub fn child(&self, key: &str) -> Option<Node<'a>> {
        let Some(Value::Object(map)) = self.map.get(key) else { return None };
        Some(Node { config: self.config, map, path: self.dotted(key) })
    }

    /// The whole name of a key.
    pub fn dotted(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Its own name.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether a key is there, and not null. Does not count as reading it.
    pub fn has(&self, key: &str) -> bool {
        self.map.get(key).is_some_and(|value| !value.is_null())
    }

    /// Counts all of it as read, for keys that are names with dots.
    pub fn log_whole(&self) {
        self.config.log(self.path.clone(), self.map.clone().into(), None);
    }

    /// Key and value of everything in it.
    pub fn entries(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.map.iter()
    }

    /// The value under the first of several names.
    pub fn value(&self, names: &[&str]) -> Option<&'a Value> {
        names.iter().find_map(|key| {
            let value = self.map.get(*key).filter(|value| !value.is_null())?;
            self.config.log(self.dotted(key), value.clone(), None);
            Some(value)
        })
    }

    /// A word; none where there is none.
    pub fn word(&self, names: &[&str]) -> Option<&'a str> {
        self.value(names).and_then(Value::as_str)
    }

    /// A switch.
    pub fn flag(&self, names: &[&str]) -> Option<bool> {
        self.value(names).and_then(Value::as_bool)
    }

    /// Strings of a list, lists in lists included.
    pub fn words(&self, key: &str) -> Vec<&'a str> {
        fn collect<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::String(word) => found.push(word),
                Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
            }
        }
        let mut found = Vec::new();
        if let Some(value) = self.value(&[key]) {
            collect(value, &mut found);
        }
        found
    }

    /// A whole number within bounds; none where the key is missing.
    ///
    /// # Errors
    /// When it is something else.
    pub fn whole(&self, names: &[&str], least: u64, most: u64) -> Result<Option<u64>, String> {
        let Some(value) = self.value(names) else { return Ok(None) };
        match value.as_u64().filter(|n| (least..=most).contains(n)) {
            Some(number) => Ok(Some(number)),
            None => Err(format!("{} is not a whole number from {least} to {most}", self.dotted(names[0]))),
        }
    }

    /// The bits of a quantised weight.
    ///
    /// # Errors
    /// When they are none from 1 to 8.
    pub fn bits(&self, names: &[&str]) -> Result<u64, String> {
        self.whole(names, 1, 8)?.ok_or_else(|| format!("{} is missing", self.dotted(names[0])))
    }

    /// The elements that share a scale; none where all of a channel do, which −1 and 0 stand for.
    ///
    /// # Errors
    /// When it is no whole number in reason.
    pub fn group(&self, names: &[&str]) -> Result<Option<u64>, String> {
        match self.value(names) {
            Some(value) if matches!(value.as_i64(), Some(-1 | 0)) => Ok(None),
            _ => self.whole(names, 1, 1 << 20),
        }
    }
}
