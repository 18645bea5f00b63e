//! The quantisation methods, one function each: keys in, what becomes of the weights out.
//!
//! Keys and defaults: `transformers/utils/quantization_config.py` in transformers 4.57 unless a function
//! says otherwise.

use super::compressed;
use super::format::{Element, Format, Over, Quantized, Scale};
use super::known::{BNB_FP4, BNB_FP4_DOUBLE, FP8, FP8_CHANNEL, INT8, MXFP4, MXFP8, NF4, NF4_DOUBLE, NVFP4};
use super::node::Node;
use super::scheme::Scheme;
use crate::engine::hardware::Compute;
use serde_json::Value;

/// Fills in a scheme from the keys of a method.
///
/// The error says why the weights cannot be told.
pub type Reader = fn(&Node<'_>, &mut Scheme) -> Result<(), String>;

/// A method by the names it has in `quant_method`, its name for a reader, and what reads its keys.
pub struct Method {
    pub ids: &'static [&'static str],
    pub words: &'static str,
    pub read: Reader,
}

/// Every method that is modelled.
pub const METHODS: &[Method] = &[
    Method { ids: &["gptq", "gptq_v2", "marlin"], words: "GPTQ", read: gptq },
    Method {
        ids: &["auto-round", "auto_round", "autoround", "intel/auto-round"],
        words: "AutoRound",
        read: auto_round,
    },
    Method { ids: &["awq", "awq_marlin"], words: "AWQ", read: awq },
    Method { ids: &["bitsandbytes"], words: "bitsandbytes", read: bitsandbytes },
    Method { ids: &["fp8"], words: "FP8", read: fp8 },
    Method { ids: &["fbgemm_fp8"], words: "FBGEMM FP8", read: fbgemm },
    Method {
        ids: &["compressed-tensors", "compressed_tensors", "sparseml"],
        words: "compressed-tensors",
        read: compressed::read,
    },
    Method { ids: &["mxfp4"], words: "MXFP4", read: mxfp4 },
    Method { ids: &["mxfp8"], words: "MXFP8", read: mxfp8 },
    Method { ids: &["nvfp4"], words: "NVFP4", read: nvfp4 },
    Method {
        ids: &["modelopt", "modelopt_fp4", "modelopt_mixed"],
        words: "NVIDIA Model Optimizer",
        read: modelopt,
    },
    Method { ids: &["mlx"], words: "MLX", read: mlx },
    Method { ids: &["hqq"], words: "HQQ", read: hqq },
    Method { ids: &["torchao"], words: "torchao", read: torchao },
    Method { ids: &["quanto"], words: "Quanto", read: quanto },
    Method { ids: &["quark"], words: "AMD Quark", read: quark },
    Method { ids: &["eetq"], words: "EETQ", read: eetq },
    Method { ids: &["bitnet"], words: "BitNet", read: bitnet },
    Method { ids: &["higgs"], words: "HIGGS", read: higgs },
    Method { ids: &["aqlm"], words: "AQLM", read: aqlm },
];

/// Finds a method by its name in `quant_method`.
pub fn find(id: &str) -> Option<&'static Method> {
    let id = id.to_ascii_lowercase();
    METHODS.iter().find(|method| method.ids.contains(&id.as_str()))
}

/// Weights that are widened to the activations before a product.
fn weight_only(format: Format) -> Option<Quantized> {
    Some(Quantized { format, compute: None })
}

/// Weights and activations that are multiplied as they are.
fn both(format: Format, compute: Compute) -> Option<Quantized> {
    Some(Quantized { format, compute: Some(compute) })
}

/// Integers in groups, or with a scale for every output where there is no group.
fn integers(bits: u64, group: Option<u64>) -> Format {
    match group {
        Some(size) => Format::grouped_int(bits, size),
        None => {
            let scale = Scale { over: Over::Channel, bits: 16, zero: bits };
            Format { element: Element::Int(bits), scales: [scale, Scale::NONE] }
        }
    }
}

fn gptq(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let bits = node.bits(&["bits"])?;
    let group = node.group(&["group_size"])?;
    let ordered = node.flag(&["desc_act"]) == Some(true);
    let packed = |bits, group| {
        let mut format = integers(bits, group);
        if ordered {
            // `g_idx`: which group an input is of.
            format.scales[1] = Scale::new(Over::Input, 32);
        }
        weight_only(format)
    };
    scheme.default = packed(bits, group);
    scheme.head = node.flag(&["lm_head"]) == Some(true);
    let listed = node.words("modules_in_block_to_quantize");
    if !listed.is_empty() {
        let becomes = scheme.default.take();
        for name in listed {
            let added = scheme.rules.add(name, becomes);
            scheme.notes.extend(added.err());
        }
    }
    // GPTQModel: "-:" skips, "+:" or nothing sets other values, in the order of the config.
    if let Some(Value::Object(rules)) = node.value(&["dynamic"]) {
        for (pattern, values) in rules {
            let becomes = if pattern.starts_with("-:") {
                None
            } else {
                let number = |key: &str| values.get(key).and_then(Value::as_u64);
                let bits = number("bits").filter(|bits| (1..=8).contains(bits)).unwrap_or(bits);
                let group = number("group_size").filter(|size| (1..=1 << 20).contains(size)).or(group);
                packed(bits, group)
            };
            let pattern = pattern.trim_start_matches("-:").trim_start_matches("+:");
            let added = scheme.rules.add_regex(pattern, becomes);
            scheme.notes.extend(added.err());
        }
    }
    Ok(())
}

/// Packed as GPTQ or AWQ, with exceptions in `extra_config`.
fn auto_round(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let bits = node.bits(&["bits"])?;
    let group = node.group(&["group_size"])?;
    scheme.default = weight_only(integers(bits, group));
    if let Some(Value::Object(extra)) = node.value(&["extra_config"]) {
        for (name, values) in extra {
            let becomes = match values.get("bits").and_then(Value::as_u64) {
                Some(bits) if bits > 8 => None,
                Some(bits) if bits > 0 => weight_only(integers(bits, group)),
                _ => continue,
            };
            let added = scheme.rules.add(name, becomes);
            scheme.notes.extend(added.err());
        }
    }
    Ok(())
}

fn awq(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let bits = node.bits(&["bits", "w_bit"])?;
    let group = node.group(&["group_size", "q_group_size"])?;
    let mut format = integers(bits, group);
    if node.flag(&["zero_point"]) == Some(false) {
        format.scales[0].zero = 0;
    }
    scheme.default = weight_only(format);
    Ok(())
}

fn bitsandbytes(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let four = node.flag(&["load_in_4bit", "_load_in_4bit"]) == Some(true);
    let eight = node.flag(&["load_in_8bit", "_load_in_8bit"]) == Some(true);
    scheme.default = match (four, eight) {
        (true, _) => {
            let nested = node.flag(&["bnb_4bit_use_double_quant"]) == Some(true);
            weight_only(match (node.word(&["bnb_4bit_quant_type"]), nested) {
                (Some("nf4"), false) => NF4,
                (Some("nf4"), true) => NF4_DOUBLE,
                (Some("fp4") | None, false) => BNB_FP4,
                (Some("fp4") | None, true) => BNB_FP4_DOUBLE,
                (Some(other), _) => return Err(unknown_word(node, "bnb_4bit_quant_type", other)),
            })
        }
        // LLM.int8() multiplies in int8, with an fp32 scale for every output; outliers aside.
        (false, true) => both(Format::new(Element::Int(8), Over::Channel, 32), Compute::Int8),
        (false, false) => {
            return Err(format!("{} asks for neither 4 nor 8 bits", node.path()));
        }
    };
    Ok(())
}

/// fp8 as DeepSeek-V3 and those after it keep it; DeepSeek-V4 keeps experts in MXFP4 besides.
fn fp8(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let mut format = match node.value(&["weight_block_size"]) {
        None => FP8,
        Some(value) => {
            let (rows, columns) = tile(value)
                .ok_or_else(|| format!("{} is no pair of sizes", node.dotted("weight_block_size")))?;
            Format::new(Element::Fp8, Over::Block(rows, columns), 32)
        }
    };
    if node.word(&["scale_fmt"]) == Some("ue8m0") {
        format.scales[0].bits = 8;
    }
    node.value(&["activation_scheme"]);
    scheme.default = both(format, Compute::Fp8);
    if let Some(other) = node.word(&["store_dtype"]) {
        scheme.notes.push(format!("{}: \"{other}\" is not taken into account", node.dotted("store_dtype")));
    }
    Ok(())
}

/// Two sizes from 1 on: `[128, 128]` or `"128x128"`.
pub fn tile(value: &Value) -> Option<(u64, u64)> {
    let sizes: Vec<u64> = match value {
        Value::Array(list) => list.iter().map(Value::as_u64).collect::<Option<_>>()?,
        Value::String(word) => word.split('x').map(|size| size.parse().ok()).collect::<Option<_>>()?,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
    };
    match sizes[..] {
        [rows, columns] if (1..=1 << 20).contains(&rows) && (1..=1 << 20).contains(&columns) => {
            Some((rows, columns))
        }
        _ => None,
    }
}

fn fbgemm(_: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    scheme.default = both(FP8_CHANNEL, Compute::Fp8);
    Ok(())
}

/// Only the stacked experts are packed; see `Mxfp4HfQuantizer`.
fn mxfp4(_: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    scheme.experts = weight_only(MXFP4);
    Ok(())
}

fn mxfp8(_: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    scheme.default = both(MXFP8, Compute::Fp8);
    Ok(())
}

fn nvfp4(_: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    scheme.default = both(NVFP4, Compute::Fp4);
    Ok(())
}

/// `quant_algo` as modelopt's `convert_hf_config.py` writes it, in a config or in the file beside it.
pub fn modelopt(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let algorithm = node.word(&["quant_algo"]);
    let group = node.group(&["group_size"])?;
    let mixed = algorithm == Some("MIXED_PRECISION");
    if let Some(word) = algorithm.filter(|_| !mixed) {
        scheme.method = format!("{} {word}", scheme.method);
        scheme.default =
            Some(algorithm_named(word, group).ok_or_else(|| unknown_word(node, "quant_algo", word))?);
    } else if node.has("config_groups") {
        compressed::groups(node, scheme)?;
    } else if !mixed {
        return Err(format!("{} names no quant_algo", node.path()));
    }
    if mixed && let Some(Value::Object(layers)) = node.value(&["quantized_layers"]) {
        for (name, values) in layers {
            let word = values.get("quant_algo").and_then(Value::as_str).unwrap_or_default();
            let group = values.get("group_size").and_then(Value::as_u64).filter(|size| *size > 0).or(group);
            let added = match algorithm_named(word, group) {
                Some(becomes) => scheme.rules.add(name, Some(becomes)),
                None => Err(format!("quant_algo \"{word}\" of {name} is not known")),
            };
            if scheme.notes.len() < MAX_NOTES {
                scheme.notes.extend(added.err());
            }
        }
    }
    Ok(())
}

/// Notes on single modules before they repeat themselves.
const MAX_NOTES: usize = 8;

fn algorithm_named(word: &str, group: Option<u64>) -> Option<Quantized> {
    let four_bits = Format::symmetric_int(4, group.unwrap_or(128));
    match word {
        "FP8" => both(FP8, Compute::Fp8),
        "FP8_PER_CHANNEL_PER_TOKEN" => both(FP8_CHANNEL, Compute::Fp8),
        "FP8_PB_WO" => weight_only(super::known::FP8_BLOCK),
        "FP8_PB_REAL" | "FP8_BLOCK_SCALES" => both(super::known::FP8_BLOCK, Compute::Fp8),
        "MXFP8" => both(MXFP8, Compute::Fp8),
        "NVFP4" | "NVFP4_AWQ" | "NVFP4_SVDQUANT" => both(NVFP4, Compute::Fp4),
        "W4A16_NVFP4" => weight_only(NVFP4),
        "W4A8_NVFP4_FP8" => both(NVFP4, Compute::Fp8),
        "MXFP4" | "W4A16_MXFP4" => weight_only(MXFP4),
        "W4A8_MXFP4_FP8" => both(MXFP4, Compute::Fp8),
        "W4A16_AWQ" | "INT4_AWQ" => weight_only(four_bits),
        "W4A8_AWQ" => both(four_bits, Compute::Fp8),
        "W8A16" => weight_only(INT8),
        "W8A8_SQ_PER_CHANNEL" | "W8A8_SQ_PER_CHANNEL_PER_TOKEN_PLUGIN" | "INT8_SQ" => {
            both(Format::new(Element::Int(8), Over::Channel, 32), Compute::Int8)
        }
        _ => None,
    }
}

/// `mlx_lm`'s `quantization`: every matrix, embedding and head included; single modules beside the numbers.
fn mlx(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let format = |mode: &str, bits: u64, group: Option<u64>| {
        Ok(match mode {
            "affine" => {
                // A scale and a bias of 16 bits each.
                let scale = Scale { over: Over::Group(group.unwrap_or(64)), bits: 16, zero: 16 };
                Format { element: Element::Int(bits), scales: [scale, Scale::NONE] }
            }
            "mxfp4" => MXFP4,
            "mxfp8" => MXFP8,
            "nvfp4" => NVFP4,
            other => return Err(unknown_word(node, "mode", other)),
        })
    };
    let mode = node.word(&["mode"]).unwrap_or("affine");
    let (bits, group) = (node.bits(&["bits"])?, node.group(&["group_size"])?);
    scheme.default = weight_only(format(mode, bits, group)?);
    (scheme.routers, scheme.head, scheme.embedding) = (true, true, true);
    for (name, value) in node.entries() {
        let becomes = match value {
            Value::Bool(false) => None,
            Value::Object(values) => {
                let number = |key: &str| values.get(key).and_then(Value::as_u64);
                let mode = values.get("mode").and_then(Value::as_str).unwrap_or(mode);
                let bits = number("bits").filter(|bits| (1..=8).contains(bits)).unwrap_or(bits);
                let group = number("group_size").filter(|size| (1..=1 << 20).contains(size)).or(group);
                weight_only(format(mode, bits, group)?)
            }
            _ => continue,
        };
        node.log_whole();
        let added = scheme.rules.add(name, becomes);
        scheme.notes.extend(added.err());
    }
    Ok(())
}

fn hqq(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let inner = node.child("quant_config");
    let inner = inner.as_ref().unwrap_or(node);
    let weights = inner.child("weight_quant_params");
    let weights = weights.as_ref().unwrap_or(inner);
    let (bits, group) = (weights.bits(&["nbits"])?, weights.group(&["group_size"])?);
    // A scale and a zero point of 16 bits each.
    let over = group.map_or(Over::Channel, Over::Group);
    let scale = Scale { over, bits: 16, zero: 16 };
    scheme.default = weight_only(Format { element: Element::Int(bits), scales: [scale, Scale::NONE] });
    for name in node.words("skip_modules") {
        let added = scheme.rules.add(name, None);
        scheme.notes.extend(added.err());
    }
    Ok(())
}

/// `quant_type` as torchao's configuration classes or their older short names have it.
fn torchao(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let value =
        node.value(&["quant_type"]).ok_or_else(|| format!("{} is missing", node.dotted("quant_type")))?;
    let inner = value.get("default").unwrap_or(value);
    let name = inner.as_str().or_else(|| inner.get("_type").and_then(Value::as_str)).unwrap_or_default();
    let group = [inner.get("_data"), node.value(&["quant_type_kwargs"])]
        .into_iter()
        .flatten()
        .find_map(|data| data.get("group_size").and_then(Value::as_u64))
        .filter(|size| (1..=1 << 20).contains(size));
    let plain: String = name.to_ascii_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let in_groups = |size| {
        let scale = Scale { over: Over::Group(group.unwrap_or(size)), bits: 16, zero: 16 };
        Format { element: Element::Int(4), scales: [scale, Scale::NONE] }
    };
    scheme.default =
        match plain.trim_end_matches("config").trim_end_matches("weight").trim_end_matches("only") {
            "int4weight" | "int4" => weight_only(in_groups(128)),
            "int8weight" | "int8" => weight_only(INT8),
            "int8dynamicactivationint8" => both(INT8, Compute::Int8),
            "int8dynamicactivationint4" => both(in_groups(32), Compute::Int8),
            "float8weight" | "float8" => weight_only(FP8_CHANNEL),
            "float8dynamicactivationfloat8" => both(FP8_CHANNEL, Compute::Fp8),
            _ => return Err(unknown_word(node, "quant_type", name)),
        };
    Ok(())
}

fn quanto(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let shifted = |bits| {
        let scale = Scale { over: Over::Group(128), bits: 16, zero: 16 };
        Format { element: Element::Int(bits), scales: [scale, Scale::NONE] }
    };
    scheme.default = weight_only(match node.word(&["weights"]).unwrap_or("int8") {
        "int8" => INT8,
        "float8" => Format::new(Element::Fp8, Over::Channel, 16),
        "int4" => shifted(4),
        "int2" => shifted(2),
        other => return Err(unknown_word(node, "weights", other)),
    });
    Ok(())
}

/// `global_quant_config` of AMD Quark.
fn quark(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let global = node
        .child("global_quant_config")
        .ok_or_else(|| format!("{} has no global_quant_config", node.path()))?;
    let weight = global.child("weight").ok_or_else(|| format!("{} has no weight", global.path()))?;
    let dtype = weight.word(&["dtype"]).unwrap_or_default();
    let scheme_word = weight.word(&["qscheme"]).unwrap_or("per_tensor");
    let element = match dtype {
        "fp8_e4m3" | "fp8_e5m2" => Element::Fp8,
        "int8" => Element::Int(8),
        "int4" | "uint4" => Element::Int(4),
        "fp4" => MXFP4.element,
        other => return Err(unknown_word(&weight, "dtype", other)),
    };
    let format = match (dtype, scheme_word) {
        ("fp4", _) => MXFP4,
        (_, "per_group") => {
            let size = weight.group(&["group_size"])?.unwrap_or(128);
            Format::new(element, Over::Group(size), 16)
        }
        (_, "per_channel") => Format::new(element, Over::Channel, 32),
        _ => Format::new(element, Over::Tensor, 32),
    };
    let activations = global.child("input_tensors");
    let compute = match activations.as_ref().and_then(|node| node.word(&["dtype"])) {
        Some("fp8_e4m3" | "fp8_e5m2") => Some(Compute::Fp8),
        Some("int8") => Some(Compute::Int8),
        Some("fp4") => Some(Compute::Fp4),
        _ => None,
    };
    scheme.default = Some(Quantized { format, compute });
    Ok(())
}

fn eetq(_: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    scheme.default = weight_only(INT8);
    Ok(())
}

/// Ternary weights, four to a byte, against int8 activations.
fn bitnet(_: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    scheme.default = both(Format::new(Element::Int(2), Over::Tensor, 16), Compute::Int8);
    Ok(())
}

fn higgs(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let bits = node.whole(&["bits"], 1, 8)?.unwrap_or(4);
    let group = node.group(&["group_size"])?.unwrap_or(256);
    scheme.default = weight_only(Format::symmetric_int(bits, group));
    Ok(())
}

/// Codes instead of numbers; the codebooks themselves are left out.
fn aqlm(node: &Node<'_>, scheme: &mut Scheme) -> Result<(), String> {
    let books = node.whole(&["num_codebooks"], 1, 64)?.unwrap_or(1);
    let bits = node.whole(&["nbits_per_codebook"], 1, 32)?.unwrap_or(16);
    let size = node.whole(&["in_group_size"], 1, 1024)?.unwrap_or(8);
    if !(books * bits).is_multiple_of(size) {
        return Err(format!("{} · {bits} bits for {size} weights are no whole number of bits", books));
    }
    scheme.default = weight_only(Format::new(Element::Int(books * bits / size), Over::Channel, 16));
    for name in node.words("linear_weights_not_to_quantize") {
        let added = scheme.rules.add(name.trim_end_matches(".weight"), None);
        scheme.notes.extend(added.err());
    }
    Ok(())
}

fn unknown_word(node: &Node<'_>, key: &str, word: &str) -> String {
    let word: String = word.chars().take(60).collect();
    format!("{}: \"{word}\" is not known", node.dotted(key))
}
