//! The analysis as a JavaScript function, for pages and programs that bring their own front end.
//!
//! What it takes and gives is written down in `types.d.ts`, which TypeScript sees; a test holds the keys
//! there to those of the report.

mod input;

use crate::engine::error::Error;
use crate::engine::report::Report;
use crate::engine::{Model, Workload, analyze as count, catalog};
use input::Options;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = include_str!("types.d.ts");

/// Counts a workload on a model: see `types.d.ts`.
///
/// # Errors
/// A JavaScript `Error` with the sentence that the page would show.
#[wasm_bindgen(skip_typescript)]
pub fn analyze(config: &JsValue, workload: &JsValue, options: &JsValue) -> Result<JsValue, JsError> {
    run(config, workload, options).map_err(|reason| JsError::new(&reason)).and_then(|report| {
        // As JSON has it: null for what is missing, plain objects. FLOPs, bytes and parameters are 128-bit
        // integers here and become BigInt whatever their size; counts are numbers.
        report.serialize(&Serializer::json_compatible()).map_err(JsError::from)
    })
}

fn run(config: &JsValue, workload: &JsValue, options: &JsValue) -> Result<Report, String> {
    let sentence = |error: Error| error.to_string();
    let model = model(config)?;
    let workload = if input::is_missing(workload) { Workload::default() } else { input::workload(workload)? };
    let Options { accounting, hardware } = Options::read(options)?;
    count(&model, &workload, &accounting, hardware.as_ref()).map_err(sentence)
}

/// A model from a config's text, a parsed config, or the id of a built-in model.
fn model(config: &JsValue) -> Result<Model, String> {
    let text = match config.as_string() {
        Some(text) => text,
        None => input::text(config)?,
    };
    let id = text.trim();
    if !id.is_empty() && !id.starts_with(['{', '[', '"']) && !id.contains('\n') {
        return catalog::find(id)
            .ok_or_else(|| format!("there is no built-in model “{id}”: pass the text of its config.json"))?
            .model()
            .map_err(|error| error.to_string());
    }
    Model::from_json(&text).map_err(|error| error.to_string())
}
