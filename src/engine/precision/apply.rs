//! Puts a quantisation onto a model that was built without it.

use super::format::Quantized;
use super::modules::modules;
use super::scheme::Scheme;
use super::summary::Origin;
use crate::engine::model::{Group, Layer, Linear, Model, Note, NoteKind, Op, Role, Stage};
use crate::engine::order::sorted;

/// Gives every layer of a model the format that a scheme has for it. Blocks that were alike part ways
/// where the scheme tells them apart.
pub fn apply(model: &mut Model, scheme: &Scheme) {
    let blocks = model.num_blocks();
    let named = scheme.rules.blocks();
    let own_bits = u64::from(model.precision.weights.bits());
    let mut differing = Vec::new();
    let mut embedding = None;
    let mut groups = Vec::with_capacity(model.groups.len());
    for group in model.groups.drain(..) {
        let linear = group.layers.iter().any(|layer| layer.role == Role::LinearInProj);
        let mut formats = |block: u64| -> Vec<Option<Quantized>> {
            let of = |layer: &Layer| of_layer(layer, scheme, linear, group.stage, block, own_bits);
            let found = group.layers.iter().map(|layer| {
                let (format, differs) = of(layer);
                if differs && !differing.contains(&layer.name()) {
                    differing.push(layer.name());
                }
                format
            });
            found.collect()
        };
        if group.stage != Stage::Block {
            let found = formats(blocks);
            let mut group = group;
            for (layer, format) in group.layers.iter_mut().zip(found) {
                layer.quantized = format;
                match (layer.role, &layer.op) {
                    (Role::Embedding, _) => embedding = format,
                    // A tied head is the embedding table, whatever is said about heads.
                    (Role::LmHead, Op::Linear(Linear { tied: true, .. })) => layer.quantized = embedding,
                    _ => {}
                }
            }
            groups.push(group);
            continue;
        }
        // Blocks that no rule names are alike.
        let mut unnamed = None;
        let mut kinds: Vec<(Vec<Option<Quantized>>, Vec<u64>)> = Vec::new();
        for &member in &group.members {
            let found = match &named {
                Some(named) if !named.contains(&member) => {
                    unnamed.get_or_insert_with(|| formats(member)).clone()
                }
                _ => formats(member),
            };
            match kinds.iter_mut().find(|(known, _)| *known == found) {
                Some((_, members)) => members.push(member),
                None => kinds.push((found, vec![member])),
            }
        }
        for (formats, members) in kinds {
            let layers = group.layers.iter().zip(formats);
            groups.push(Group {
                stage: group.stage,
                label: group.label.clone(),
                repeat: members.len() as u64,
                members,
                layers: layers.map(|(layer, quantized)| Layer { quantized, ..*layer }).collect(),
            });
        }
    }
    model.groups = groups;
    if let Some(format) = scheme.kv_cache {
        model.precision.kv_cache = format;
    }
    let (method, source) = (scheme.method.clone(), scheme.source.clone());
    model.quantization = Some(Origin { method, source });
    model.notes.extend(scheme.notes.iter().map(|text| Note::new(NoteKind::Precision, text.as_str())));
    for name in sorted(&differing, |a, b| a.cmp(b)) {
        let text = format!("the modules of {name} differ in format; all are counted in the widest of theirs");
        model.notes.push(Note::new(NoteKind::Precision, text));
    }
}

/// The format of a layer, and whether its modules have several.
fn of_layer(
    layer: &Layer,
    scheme: &Scheme,
    linear: bool,
    stage: Stage,
    block: u64,
    own_bits: u64,
) -> (Option<Quantized>, bool) {
    let inside = matches!(stage, Stage::Block | Stage::Prediction);
    let of_module = |names: &[&str]| {
        let said = names.iter().find_map(|name| match inside {
            true => scheme.rules.about(&format!("layers.{block}.{name}")),
            false => scheme.rules.about(name),
        });
        said.unwrap_or_else(|| scheme.otherwise(layer.role))
    };
    let found: Vec<Option<Quantized>> =
        modules(layer.role, linear).iter().map(|names| of_module(names)).collect();
    let bits = |format: &Option<Quantized>| {
        format.map_or(own_bits as f64, |quantized| quantized.format.bits_per_weight())
    };
    let widest = found.iter().max_by(|a, b| bits(a).total_cmp(&bits(b))).copied().flatten();
    (widest, found.iter().any(|format| *format != widest))
}

/// Puts blocks together again that nothing tells apart any more.
pub fn merge(groups: Vec<Group>) -> Vec<Group> {
    let mut merged: Vec<Group> = Vec::with_capacity(groups.len());
    for group in groups {
        let alike = |known: &&mut Group| {
            known.stage == Stage::Block
                && group.stage == Stage::Block
                && known.label == group.label
                && known.layers == group.layers
        };
        match merged.iter_mut().find(alike) {
            Some(known) => {
                known.members.extend(&group.members);
                known.members = sorted(&known.members, u64::cmp);
                known.repeat += group.repeat;
            }
            None => merged.push(group),
        }
    }
    merged
}
