//! `config_groups`: what compressed-tensors writes, and Model Optimizer after it.
//!
//! Source: `QuantizationConfig` and `QuantizationArgs` in compressed-tensors 0.12.

use super::format::{Element, Format, Over, Quantized, Scale};
use super::known::{MXFP4, MXFP8, NVFP4};
use super::methods::tile;
use super::node::Node;
use super::scheme::Scheme;
use crate::engine::dtype::DType;
use crate::engine::hardware::Compute;
use serde_json::{Map, Value};

pub fn read(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let node = node.child("quantization_config").unwrap_or_else(|| node.clone());
    scheme.rules.whole_names = true;
    scheme.head = true;
    node.value(&["format"]);
    if let Some(sparsity) = node.child("sparsity_config")
        && sparsity.word(&["format"]).is_some_and(|format| format != "dense")
    {
        scheme.notes.push(format!("{} is not taken into account", sparsity.path()));
    }
    groups(&node, scheme)
}

/// Each group's format for its targets: `Linear` for every matrix, or modules by name.
pub fn groups(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let Some(Value::Object(groups)) = node.value(&["config_groups"]) else {
        return Err(format!("{} is missing", node.dotted("config_groups")));
    };
    for (name, group) in groups {
        let key = node.dotted(&format!("config_groups.{name}"));
        let Some(Value::Object(weights)) = group.get("weights") else {
            scheme.notes.push(format!("{key} says nothing of weights"));
            continue;
        };
        let format = weights_format(weights).map_err(|reason| format!("{key}.weights: {reason}"))?;
        let compute = match group.get("input_activations") {
            Some(Value::Object(activations)) => computed_in(activations),
            _ => None,
        };
        let becomes = format.map(|format| Quantized { format, compute });
        let targets = group.get("targets").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for target in targets.iter().filter_map(Value::as_str) {
            let class = !target.starts_with("re:") && !target.contains(['.', '*', '_']);
            let added = match target {
                "Linear" => {
                    scheme.default = becomes;
                    Ok(())
                }
                other if class && other.starts_with(char::is_uppercase) => {
                    Err(format!("{key}: modules of class \"{other}\" are not told apart"))
                }
                other => scheme.rules.add(other, becomes),
            };
            scheme.notes.extend(added.err());
        }
        if targets.is_empty() {
            scheme.default = becomes;
        }
    }
    Ok(())
}

/// The format that a group's `weights` describe; none where they are 16 bits wide or more.
fn weights_format(args: &Map<String, Value>) -> Result<Option<Format>, String> {
    let word = |key: &str| args.get(key).and_then(Value::as_str);
    let bits = match args.get("num_bits") {
        None => 8,
        Some(value) => value.as_u64().filter(|n| (1..=64).contains(n)).ok_or("num_bits makes no sense")?,
    };
    if bits >= 16 {
        return Ok(None);
    }
    let group = args.get("group_size").and_then(Value::as_u64).filter(|size| (1..=1 << 20).contains(size));
    let float = word("type").unwrap_or("int") == "float";
    let element = match (float, bits) {
        (false, 1..=8) => Element::Int(bits),
        (true, 8) => Element::Fp8,
        (true, 6) => Element::Fp6,
        (true, 4) => match group {
            Some(32) => return Ok(Some(MXFP4)),
            _ => return Ok(Some(NVFP4)),
        },
        _ => return Err(format!("{bits} bits are not known")),
    };
    let over = match (word("strategy"), group) {
        (Some("channel"), _) => Over::Channel,
        (Some("tensor"), _) => Over::Tensor,
        (Some("block"), _) => match args.get("block_structure").and_then(tile) {
            Some((rows, columns)) => Over::Block(rows, columns),
            None => return Err("block_structure is no pair of sizes".to_owned()),
        },
        (Some("group" | "tensor_group") | None, Some(size)) => Over::Group(size),
        (Some("group" | "tensor_group"), None) => return Err("group_size makes no sense".to_owned()),
        (None, None) => Over::Tensor,
        (Some(other), _) => return Err(format!("strategy \"{other}\" is not known")),
    };
    // Scales have the model's type unless it is said otherwise; those of microscaling have eight bits.
    let stated = word("scale_dtype").and_then(DType::parse).map(|dtype| u64::from(dtype.bits()));
    if float && bits == 8 && over == Over::Group(32) && stated.is_none_or(|bits| bits == 8) {
        return Ok(Some(MXFP8));
    }
    let symmetric = args.get("symmetric").and_then(Value::as_bool).unwrap_or(true);
    let zero = if symmetric { 0 } else { bits };
    Ok(Some(Format { element, scales: [Scale { over, bits: stated.unwrap_or(16), zero }, Scale::NONE] }))
}

/// What products with such activations are computed in; none where they are not quantised.
fn computed_in(args: &Map<String, Value>) -> Option<Compute> {
    let bits = args.get("num_bits").map_or(Some(8), Value::as_u64)?;
    match (args.get("type").and_then(Value::as_str).unwrap_or("int"), bits) {
        ("float", 8) => Some(Compute::Fp8),
        ("float", 6) => Some(Compute::Fp6),
        ("float", 4) => Some(Compute::Fp4),
        ("int", 8) => Some(Compute::Int8),
        ("int", 4) => Some(Compute::Int4),
        _ => None,
    }
}
