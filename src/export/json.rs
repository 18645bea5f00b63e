//! The report itself, every figure an exact integer.

use serde::Serialize;

/// Works for a report and for whatever else has string keys only.
pub fn write(value: &impl Serialize) -> String {
    // Only a map with keys that are no strings could fail here, and there is none.
    serde_json::to_string_pretty(value).map(|text| text + "\n").unwrap_or_default()
}

/// The same on one line.
#[cfg(not(target_arch = "wasm32"))]
pub fn write_line(value: &impl Serialize) -> String {
    serde_json::to_string(value).map(|text| text + "\n").unwrap_or_default()
}
