//! Scenario to fragment.

use super::{DeviceChoice, LinkError, MAX_LINK, ModelSource, Scenario, VERSION, lists};
use crate::engine::serving::{Serving, sweep};
use crate::engine::{Workload, catalog};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What RFC 3986 allows in a fragment and link finders in texts take as part of it.
const KEY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b'@')
    .remove(b':')
    .remove(b',');

/// The first `=` ends the key, so a value may hold more.
const VALUE: &AsciiSet = &KEY.remove(b'=');

pub fn fragment(scenario: &Scenario) -> Result<String, LinkError> {
    let default = Scenario::default();
    let mut pairs: Vec<(&str, String)> = vec![("v", VERSION.to_string())];
    match &scenario.model {
        ModelSource::BuiltIn(_) if scenario.model == default.model => {}
        ModelSource::BuiltIn(id) => pairs.push(("m", (*id).to_owned())),
        ModelSource::Hub { repo, revision, commit } => {
            let name = match revision {
                Some(revision) => format!("{repo}@{revision}"),
                // The name alone would mean the built-in model.
                None if catalog::find(repo).is_some() => format!("{repo}@main"),
                None => repo.clone(),
            };
            pairs.push(("m", name));
            pairs.extend(commit.clone().map(|commit| ("commit", commit)));
        }
        ModelSource::Pasted { config } => pairs.push(("c", URL_SAFE_NO_PAD.encode(config))),
    }
    if scenario.workload.pattern().len() > lists::MAX_QUERIES {
        return Err(LinkError::Queries);
    }
    pairs.extend(workload(&scenario.workload));
    if scenario.hardware != default.hardware {
        pairs.push(("hw", device(&scenario.hardware)));
    }
    if scenario.accounting != default.accounting {
        pairs.push(("acc", scenario.accounting.id()));
    }
    pairs.extend(scenario.compare.map(|other| ("cmp", other.id())));
    let formats = scenario.formats.clone();
    for (key, word) in [("w", formats.weights), ("act", formats.activations), ("kv", formats.kv_cache)] {
        pairs.extend(word.map(|word| (key, word)));
    }
    pairs.extend(serving(&scenario.serving));
    if !scenario.sweeps.is_empty() {
        pairs.push(("sweep", sweep::write(&scenario.sweeps, "/")));
    }
    if scenario.measure != default.measure {
        pairs.push(("show", scenario.measure.id().to_owned()));
    }
    pairs.extend(scenario.selection.clone().map(|name| ("sel", name)));
    pairs.extend(scenario.unknown.iter().map(|(key, value)| (key.as_str(), value.clone())));
    let parts: Vec<String> = pairs
        .into_iter()
        .map(|(key, value)| {
            format!("{}={}", utf8_percent_encode(key, KEY), utf8_percent_encode(&value, VALUE))
        })
        .collect();
    let text = parts.join("&");
    if text.len() > MAX_LINK { Err(LinkError::TooLong { length: text.len() }) } else { Ok(text) }
}

fn serving(serving: &Serving) -> Vec<(&'static str, String)> {
    let default = Serving::default();
    let (own, usual) = (serving.parallel, default.parallel);
    let pairs = [
        ("tp", own.tensor != usual.tensor, own.tensor.to_string()),
        ("pp", own.pipeline != usual.pipeline, own.pipeline.to_string()),
        ("ep", own.expert != usual.expert, own.expert.to_string()),
        ("dp", own.data != usual.data, own.data.to_string()),
        ("out", serving.output_tokens != default.output_tokens, serving.output_tokens.to_string()),
        ("reach", serving.ceiling != default.ceiling, serving.ceiling.id()),
        ("fuse", serving.fused != default.fused, "off".to_owned()),
        ("free", serving.reserve != default.reserve, serving.reserve.to_string()),
    ];
    pairs.into_iter().filter(|pair| pair.1).map(|(key, _, value)| (key, value)).collect()
}

fn workload(workload: &Workload) -> Vec<(&'static str, String)> {
    let queries = workload.pattern();
    let mut pairs = Vec::new();
    if queries != Workload::default().pattern() {
        pairs.push(("cached", lists::write(queries.iter().map(|query| query.cached_tokens))));
        pairs.push(("in", lists::write(queries.iter().map(|query| query.input_tokens))));
    }
    if workload.batch_size() != queries.len() as u64 {
        pairs.push(("batch", workload.batch_size().to_string()));
    }
    pairs
}

fn device(choice: &DeviceChoice) -> String {
    match choice {
        DeviceChoice::None => "none".to_owned(),
        DeviceChoice::BuiltIn(id) => (*id).to_owned(),
        // The name comes last, so it may hold commas.
        DeviceChoice::Custom { name, peak, bandwidth, memory } => {
            format!("custom:{peak:e},{bandwidth:e},{memory:e},{name}")
        }
    }
}
