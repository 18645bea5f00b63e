//! What JavaScript passes in, read key by key so that a misspelt one is an error with a name.

use crate::engine::hardware::{DEFAULT_ID, Hardware};
use crate::engine::{Accounting, Workload};
use js_sys::{Array, BigInt, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The third argument.
pub struct Options {
    pub accounting: Accounting,
    pub hardware: Option<Hardware>,
}

impl Options {
    pub fn read(value: &JsValue) -> Result<Self, String> {
        let keys = Keys::of(value, "options", &["accounting", "hardware"])?;
        let accounting = match keys.word("accounting")? {
            None => Accounting::default(),
            Some(name) => Accounting::parse(&name).ok_or_else(|| {
                format!(
                    "there is no accounting “{name}”, only {}",
                    Accounting::NAMED.map(|row| row.0).join(", ")
                )
            })?,
        };
        let hardware = match keys.word("hardware")? {
            None => None,
            Some(text) => Some(Hardware::named(&text).map_err(|error| {
                format!("{error}: use the id of a built-in one, like {DEFAULT_ID}, or custom:FLOP/s,B/s,bytes,name")
            })?),
        };
        Ok(Options { accounting, hardware })
    }
}

/// The second argument.
pub fn workload(value: &JsValue) -> Result<Workload, String> {
    let keys = Keys::of(value, "workload", &["cached_tokens", "input_tokens", "batch_size"])?;
    let default = Workload::default();
    let query = default.pattern().first();
    let mut cached =
        keys.counts("cached_tokens")?.or_else(|| query.map(|q| vec![q.cached_tokens])).unwrap_or_default();
    let mut input =
        keys.counts("input_tokens")?.or_else(|| query.map(|q| vec![q.input_tokens])).unwrap_or_default();
    // One number stands for every query of the other list.
    match (&cached[..], &input[..]) {
        ([one], list) => cached = vec![*one; list.len()],
        (list, [one]) => input = vec![*one; list.len()],
        _ => {}
    }
    let batch = keys.get("batch_size").map(|value| count(&value, "batch_size")).transpose()?;
    Workload::new(&cached, &input, batch).map_err(|error| error.to_string())
}

/// An object as JSON.
pub fn text(value: &JsValue) -> Result<String, String> {
    if !value.is_object() {
        return Err(
            "config: pass a config.json as text or as an object, or the id of a built-in model".to_owned()
        );
    }
    let text =
        JSON::stringify(value).map_err(|_| "config: this object cannot be written as JSON".to_owned())?;
    text.as_string().ok_or_else(|| "config: this object cannot be written as JSON".to_owned())
}

/// Left out, in either way of JavaScript.
pub fn is_missing(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

/// An object of which every key is known.
struct Keys<'a> {
    value: &'a JsValue,
    what: &'static str,
}

impl<'a> Keys<'a> {
    fn of(value: &'a JsValue, what: &'static str, known: &[&str]) -> Result<Self, String> {
        if is_missing(value) {
            return Ok(Keys { value, what });
        }
        let Some(object) = value.dyn_ref::<Object>().filter(|_| !Array::is_array(value)) else {
            return Err(format!("{what}: pass an object with {}", known.join(", ")));
        };
        for key in Object::keys(object).iter().filter_map(|key| key.as_string()) {
            if !known.contains(&key.as_str()) {
                return Err(format!("{what}: there is no “{key}”, only {}", known.join(", ")));
            }
        }
        Ok(Keys { value, what })
    }

    /// The value of a key; none where it is missing.
    fn get(&self, key: &str) -> Option<JsValue> {
        let value = Reflect::get(self.value, &JsValue::from_str(key)).ok()?;
        (!is_missing(&value)).then_some(value)
    }

    fn word(&self, key: &str) -> Result<Option<String>, String> {
        let read = |value: JsValue| {
            value.as_string().ok_or_else(|| format!("{}: {key} must be a string", self.what))
        };
        self.get(key).map(read).transpose()
    }

    fn counts(&self, key: &str) -> Result<Option<Vec<u64>>, String> {
        let read = |value: JsValue| match value.dyn_ref::<Array>() {
            Some(list) => list.iter().map(|item| count(&item, key)).collect(),
            None => Ok(vec![count(&value, key)?]),
        };
        self.get(key).map(read).transpose()
    }
}

/// A whole number, as number or BigInt.
fn count(value: &JsValue, key: &str) -> Result<u64, String> {
    const SAFE: f64 = 9_007_199_254_740_991.0;
    let number = value.as_f64().filter(|n| n.fract() == 0.0 && (0.0..=SAFE).contains(n)).map(|n| n as u64);
    let integer = || value.dyn_ref::<BigInt>().and_then(|integer| u64::try_from(integer.clone()).ok());
    number.or_else(integer).ok_or_else(|| format!("workload: {key} must be a whole number, not below zero"))
}
