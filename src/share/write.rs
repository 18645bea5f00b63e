//! Scenario to fragment.

use super::{Case, DeviceChoice, LinkError, MAX_LINK, ModelSource, Scenario, VERSION, lists};
use crate::engine::serving::sweep::{self, Measure};
use crate::engine::serving::{Network, Serving};
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
    let own = scenario.case();
    let mut pairs: Vec<(&str, String)> = vec![("v", VERSION.to_string())];
    pairs.extend(case(&own, None)?);
    pairs.extend(scenario.compare.map(|other| ("cmp", other.id().into_owned())));
    if !scenario.sweeps.is_empty() {
        pairs.push(("sweep", sweep::write(&scenario.sweeps, "/")));
    }
    if scenario.measure != Measure::default() {
        pairs.push(("show", scenario.measure.id().to_owned()));
    }
    pairs.extend(scenario.selection.clone().map(|name| ("sel", name)));
    pairs.extend(scenario.embed.map(|part| ("embed", part.id().to_owned())));
    for other in &scenario.versus {
        pairs.push(("vs", joined(case(other, Some(&own))?)));
    }
    pairs.extend(scenario.unknown.iter().map(|(key, value)| (key.as_str(), value.clone())));
    let text = joined(pairs);
    if text.len() > MAX_LINK { Err(LinkError::TooLong { length: text.len() }) } else { Ok(text) }
}

fn joined(pairs: Vec<(&str, String)>) -> String {
    let part = |(key, value): (&str, String)| {
        format!("{}={}", utf8_percent_encode(key, KEY), utf8_percent_encode(&value, VALUE))
    };
    pairs.into_iter().map(part).collect::<Vec<_>>().join("&")
}

/// What sets a case apart from the link's own; of that one itself, from the default.
fn case(case: &Case, own: Option<&Case>) -> Result<Vec<(&'static str, String)>, LinkError> {
    if case.workload.pattern().len() > lists::MAX_QUERIES {
        return Err(LinkError::Queries);
    }
    let default = Case::default();
    let from = own.unwrap_or(&default);
    let mut pairs = Vec::new();
    if case.model != from.model {
        pairs.extend(model(&case.model));
    }
    pairs.extend(workload(&case.workload, &from.workload, own.is_some()));
    if case.hardware != from.hardware {
        pairs.push(("hw", device(&case.hardware)));
    }
    if case.accounting != from.accounting {
        pairs.push(("acc", case.accounting.id().into_owned()));
    }
    let (own, usual) = (&case.formats, &from.formats);
    for (key, word, other) in [
        ("w", &own.weights, &usual.weights),
        ("act", &own.activations, &usual.activations),
        ("kv", &own.kv_cache, &usual.kv_cache),
    ] {
        if word != other {
            pairs.push((key, word.clone().unwrap_or_else(|| "auto".to_owned())));
        }
    }
    pairs.extend(serving(&case.serving, &from.serving));
    Ok(pairs)
}

fn model(model: &ModelSource) -> Vec<(&'static str, String)> {
    match model {
        ModelSource::BuiltIn(id) => vec![("m", (*id).to_owned())],
        ModelSource::Hub { repo, revision, commit } => {
            let name = match revision {
                Some(revision) => format!("{repo}@{revision}"),
                // The name alone would mean the built-in model.
                None if catalog::find(repo).is_some() => format!("{repo}@main"),
                None => repo.clone(),
            };
            let commit = commit.clone().map(|commit| ("commit", commit));
            std::iter::once(("m", name)).chain(commit).collect()
        }
        ModelSource::Pasted { config } => vec![("c", URL_SAFE_NO_PAD.encode(config))],
    }
}

fn serving(serving: &Serving, from: &Serving) -> Vec<(&'static str, String)> {
    let (own, usual) = (serving.parallel, from.parallel);
    let Network { across_bytes_per_second, latency, latency_across } = serving.network;
    let network = format!("{across_bytes_per_second:e},{:e},{:e}", latency.0, latency_across.0);
    let fused = if serving.fused { "on" } else { "off" };
    let pairs = [
        ("tp", own.tensor != usual.tensor, own.tensor.to_string()),
        ("pp", own.pipeline != usual.pipeline, own.pipeline.to_string()),
        ("ep", own.expert != usual.expert, own.expert.to_string()),
        ("dp", own.data != usual.data, own.data.to_string()),
        ("out", serving.output_tokens != from.output_tokens, serving.output_tokens.to_string()),
        ("reach", serving.ceiling != from.ceiling, serving.ceiling.id()),
        ("fuse", serving.fused != from.fused, fused.to_owned()),
        ("net", serving.network != from.network, network),
        ("free", serving.reserve != from.reserve, serving.reserve.to_string()),
    ];
    pairs.into_iter().filter(|pair| pair.1).map(|(key, _, value)| (key, value)).collect()
}

/// A batch that the link does not name is that of `from` where a case inherits, else the queries once.
fn workload(workload: &Workload, from: &Workload, inherits: bool) -> Vec<(&'static str, String)> {
    let queries = workload.pattern();
    let mut pairs = Vec::new();
    if queries != from.pattern() {
        pairs.push(("cached", lists::write(queries.iter().map(|query| query.cached_tokens))));
        pairs.push(("in", lists::write(queries.iter().map(|query| query.input_tokens))));
    }
    let implied = if inherits { from.batch_size() } else { queries.len() as u64 };
    if workload.batch_size() != implied {
        pairs.push(("batch", workload.batch_size().to_string()));
    }
    pairs
}

fn device(choice: &DeviceChoice) -> String {
    match choice {
        DeviceChoice::None => "none".to_owned(),
        DeviceChoice::BuiltIn(id) => (*id).to_owned(),
        DeviceChoice::Custom(hardware) => format!("custom:{}", hardware.description()),
    }
}
