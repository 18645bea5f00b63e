//! The report itself, every figure an exact integer.

use crate::engine::report::Report;

pub fn write(report: &Report) -> String {
    // Only a map with keys that are no strings could fail here, and a report has none.
    serde_json::to_string_pretty(report).map(|text| text + "\n").unwrap_or_default()
}
