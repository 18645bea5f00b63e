//! Where a config hides its quantisation, and what it says.

use super::format::{Element, Format, Quantized};
use super::known::{MXFP4, NVFP4};
use super::methods::{self, Method};
use super::node::Node;
use super::scheme::Scheme;
use crate::engine::config::HfConfig;
use crate::engine::dtype::DType;
use crate::engine::hardware::Compute;
use serde_json::Value;

/// The key under which the content of `hf_quant_config.json` joins the config it lay beside.
pub const SIDECAR: &str = "hf_quant_config";

/// Where wrappers keep their text model.
const NESTED: [&str; 3] = ["text_config", "llm_config", "language_config"];

/// Lists of modules that stay as they are, by the names that the methods have for them.
const KEPT: [&str; 6] = [
    "modules_to_not_convert",
    "ignored_layers",
    "ignore",
    "exclude_modules",
    "exclude",
    "llm_int8_skip_modules",
];

/// The places where quantisation is described, the first that is there going before the others.
fn places<'a>(config: &'a HfConfig) -> Vec<Node<'a>> {
    let root = Node::root(config);
    let nested = NESTED.iter().filter_map(|key| root.child(key)?.child("quantization_config"));
    let sidecar = root.child(SIDECAR).map(|node| node.child("quantization").unwrap_or(node));
    root.child("quantization_config")
        .into_iter()
        .chain(nested)
        .chain(root.child("compression_config"))
        .chain(root.child("quantization"))
        .chain(sidecar)
        .collect()
}

/// A config's text with that of the `hf_quant_config.json` beside it inside, so that one text describes the
/// model. Without an object in either, the config's alone.
pub fn beside(config: &str, sidecar: &str) -> String {
    match config.split_once('{') {
        Some((before, rest)) if sidecar.trim_start().starts_with('{') => {
            let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
            format!("{before}{{\n  \"{SIDECAR}\": {}{comma}{rest}", sidecar.trim())
        }
        _ => config.to_owned(),
    }
}

/// Whether a config says anything about quantisation.
pub fn described(config: &HfConfig) -> bool {
    !places(config).is_empty()
}

/// Reads what a config says about quantisation; none where it says nothing.
pub fn scheme(config: &HfConfig) -> Option<Scheme> {
    let places = places(config);
    let node = places.first()?;
    let mut scheme = Scheme { source: node.path().to_owned(), ..Scheme::default() };
    if let Err(reason) = weights(node, &mut scheme) {
        (scheme.default, scheme.experts) = (None, None);
        scheme.notes.push(format!("{reason}; the weights are counted in the type that the config states"));
    }
    let root = Node::root(config);
    match node.word(&["expert_dtype"]).or_else(|| root.word(&["expert_dtype"])) {
        // DeepSeek-V4: experts in MXFP4 against fp8 activations.
        Some("fp4") => scheme.experts = Some(Quantized { format: MXFP4, compute: Some(Compute::Fp8) }),
        Some("fp8") | None => {}
        Some(other) => scheme.notes.push(format!("expert_dtype: \"{}\" is not known", short(other))),
    }
    for node in &places {
        if let Some(value) = node.value(&["kv_cache_scheme", "kv_cache_quant_algo"]) {
            match cache(value) {
                Ok(format) => scheme.kv_cache = scheme.kv_cache.or(format),
                Err(()) => scheme.notes.push(format!(
                    "{}: the KV cache's format is not understood, so it is counted in the type of the activations",
                    node.path()
                )),
            }
        }
    }
    Some(scheme)
}

fn weights(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let (method, key) = method(node)?;
    scheme.method = method.words.to_owned();
    scheme.source = node.dotted(key);
    (method.read)(node, scheme)?;
    // Old compressed-tensors configs have one object more around theirs.
    for node in [Some(node.clone()), node.child("quantization_config")].into_iter().flatten() {
        for entry in KEPT.iter().flat_map(|key| node.words(key)) {
            let added = scheme.rules.add(entry, None);
            scheme.notes.extend(added.err());
        }
    }
    scheme.notes.dedup();
    Ok(())
}

/// The method, and the key that tells.
fn method(node: &Node<'_>) -> Result<(&'static Method, &'static str), String> {
    if let Some(id) = node.word(&["quant_method"]) {
        return methods::find(id).map(|method| (method, "quant_method")).ok_or_else(|| {
            format!("{}: \"{}\" is no method this tool models", node.dotted("quant_method"), short(id))
        });
    }
    // Some files leave the method out; what else they have tells it.
    [
        ("quant_algo", "modelopt"),
        ("config_groups", "compressed-tensors"),
        ("quantized_layers", "modelopt"),
        ("load_in_4bit", "bitsandbytes"),
        ("load_in_8bit", "bitsandbytes"),
        ("bits", "mlx"),
    ]
    .into_iter()
    .find(|(key, _)| node.has(key))
    .and_then(|(key, id)| methods::find(id).map(|method| (method, key)))
    .ok_or_else(|| format!("{} names no quant_method", node.path()))
}

/// The format of a KV cache; none where it is the model's own.
fn cache(value: &Value) -> Result<Option<Format>, ()> {
    let plain = |dtype| Ok(Some(Format::plain(dtype)));
    match value {
        Value::String(word) => match word.to_ascii_lowercase().as_str() {
            "fp8" | "fp8_e4m3" => plain(DType::Float8E4M3Fn),
            "fp8_e5m2" => plain(DType::Float8E5M2),
            "int8" => plain(DType::Int8),
            "nvfp4" => Ok(Some(NVFP4)),
            "auto" | "none" | "" => Ok(None),
            _ => Err(()),
        },
        Value::Object(args) => {
            let bits = args.get("num_bits").and_then(Value::as_u64);
            match (args.get("type").and_then(Value::as_str), bits) {
                (Some("float"), Some(8)) => plain(DType::Float8E4M3Fn),
                (Some("float"), Some(4)) => Ok(Some(NVFP4)),
                (Some("int") | None, Some(8)) => plain(DType::Int8),
                (Some("int") | None, Some(bits @ 1..=7)) => {
                    Ok(Some(Format { element: Element::Int(bits), ..Format::plain(DType::Int8) }))
                }
                _ => Err(()),
            }
        }
        _ => Err(()),
    }
}

fn short(word: &str) -> String {
    word.chars().take(60).collect()
}
