//! Qwen2 and Qwen3, dense and mixed of experts, and the text models of Qwen2-VL, 2.5-VL and 3-VL. Defaults:
//! `Qwen2Config`, `Qwen3Config`, `Qwen2MoeConfig`, `Qwen3MoeConfig`, `Qwen2VLTextConfig`,
//! `Qwen2_5_VLTextConfig`, `Qwen3VLTextConfig` and `Qwen3VLMoeTextConfig` in transformers 4.57. Mellum 2 is
//! Qwen3's mixture with windows and a layer that predicts, Flint with windows, sinks and a shared expert:
//! `MellumConfig` and `FlintConfig` in 5.24.

use super::exaone::attentions;
use super::mistral::experts;
use super::mixture::mixed_by_name;
use crate::engine::blocks::read::{Base, Defaults, kinds};
use crate::engine::blocks::{Ffn, Mlp, Moe, QkNorm, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

const QWEN2: Defaults = Defaults {
    class: "the default of Qwen2Config",
    hidden: 4096,
    intermediate: 22016,
    layers: 32,
    heads: 32,
    kv_heads: Some(32),
    head_dim: None,
    vocab: 151_936,
    act: "silu",
    tied: false,
};

const QWEN3: Defaults = Defaults { class: "the default of Qwen3Config", head_dim: Some(128), ..QWEN2 };

const QWEN2_VL: Defaults = Defaults {
    class: "the default of Qwen2VLTextConfig",
    hidden: 8192,
    intermediate: 29568,
    layers: 80,
    heads: 64,
    kv_heads: Some(8),
    vocab: 152_064,
    ..QWEN2
};

const QWEN2_5_VL: Defaults = Defaults { class: "the default of Qwen2_5_VLTextConfig", ..QWEN2_VL };

const QWEN3_VL: Defaults = Defaults { class: "the default of Qwen3VLTextConfig", ..QWEN3 };

const QWEN2_MOE: Defaults = Defaults {
    class: "the default of Qwen2MoeConfig",
    hidden: 2048,
    intermediate: 5632,
    layers: 24,
    heads: 16,
    kv_heads: Some(16),
    ..QWEN2
};

const QWEN3_MOE: Defaults = Defaults {
    class: "the default of Qwen3MoeConfig",
    intermediate: 6144,
    heads: 32,
    kv_heads: Some(4),
    ..QWEN2_MOE
};

const QWEN3_VL_MOE: Defaults = Defaults { class: "the default of Qwen3VLMoeTextConfig", ..QWEN2_MOE };

const MELLUM: Defaults = Defaults {
    class: "the default of MellumConfig",
    hidden: 2304,
    intermediate: 7168,
    layers: 28,
    head_dim: Some(128),
    vocab: 98304,
    ..QWEN3_MOE
};

const FLINT: Defaults = Defaults {
    class: "the default of FlintConfig",
    layers: 49,
    head_dim: Some(128),
    vocab: 150_144,
    ..QWEN3_MOE
};

pub fn qwen2(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &QWEN2)?;
    let spans = spans(&base, Some(28))?;
    Ok(dense(&base, model_type, QkNorm::None, [true, false], spans))
}

pub fn qwen2_vl(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, if model_type.starts_with("qwen2_5") { &QWEN2_5_VL } else { &QWEN2_VL })?;
    let spans = spans(&base, Some(80))?;
    Ok(dense(&base, model_type, QkNorm::None, [true, false], spans))
}

pub fn qwen3(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &QWEN3)?;
    let bias = base.flag("attention_bias", false)?;
    let spans = spans(&base, Some(28))?;
    Ok(dense(&base, model_type, QkNorm::Head(NormKind::Rms), [bias, bias], spans))
}

pub fn qwen3_vl(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &QWEN3_VL)?;
    let bias = base.flag("attention_bias", false)?;
    Ok(dense(&base, model_type, QkNorm::Head(NormKind::Rms), [bias, bias], unlimited(&base)))
}

/// Full attention in every layer: the class has no key for anything else.
fn unlimited(base: &Base<'_>) -> Vec<Span> {
    vec![Span::Full; base.layers as usize]
}

fn dense(base: &Base<'_>, model_type: &str, qk_norm: QkNorm, bias: [bool; 2], spans: Vec<Span>) -> Model {
    let blocks = spans.into_iter().map(|span| {
        let mut attention = base.attention();
        ([attention.qkv_bias, attention.out_bias], attention.qk_norm, attention.span) = (bias, qk_norm, span);
        base.block(attention, base.mlp(false))
    });
    base.model(model_type, NormKind::Rms, blocks)
}

/// The window is in use only where `use_sliding_window` says so, and from `max_window_layers` on, or from
/// `first` by default; in every layer where the class has no such key.
fn spans(base: &Base<'_>, first: Option<u64>) -> Result<Vec<Span>, Box<Error>> {
    let window = match base.flag("use_sliding_window", false)? {
        true => base.keys.nullable_dim_or("sliding_window", Some(4096), base.class)?,
        false => None,
    };
    let first = match (window, first) {
        (Some(_), Some(first)) => base.keys.count_or("max_window_layers", first, base.class)?,
        _ => 0,
    };
    base.spans(window, None, &|layer| match window {
        Some(window) if layer >= first => Span::Sliding(window),
        _ => Span::Full,
    })
}

pub fn qwen2_moe(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &QWEN2_MOE)?;
    let bias = base.flag("qkv_bias", true)?;
    let moe = Moe { shared_gate: true, ..with_shared(&base, (60, 4, 1408), 5632)? };
    let spans = spans(&base, Some(28))?;
    mixed(&base, model_type, QkNorm::None, [bias, false], spans, moe)
}

pub fn qwen3_moe(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &QWEN3_MOE)?;
    let spans = spans(&base, None)?;
    small_experts(&base, model_type, (128, 8, 768), spans)
}

pub fn qwen3_vl_moe(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &QWEN3_VL_MOE)?;
    small_experts(&base, model_type, (60, 4, 1408), unlimited(&base))
}

/// Heads of queries and keys with a norm, and a mixture of such experts by default.
fn small_experts(
    base: &Base<'_>,
    model_type: &str,
    defaults: (u64, u64, u64),
    spans: Vec<Span>,
) -> Result<Model, Box<Error>> {
    let bias = base.flag("attention_bias", false)?;
    let moe = routed(base, defaults)?;
    mixed(base, model_type, QkNorm::Head(NormKind::Rms), [bias, bias], spans, moe)
}

/// By default so many experts, of which a token takes so many, so wide.
pub fn routed(base: &Base<'_>, (total, taken, width): (u64, u64, u64)) -> Result<Moe, Box<Error>> {
    Ok(Moe::plain(
        experts(base.keys, base.class, ("num_experts", total), ("num_experts_per_tok", taken))?,
        Mlp::gated(base.dim("moe_intermediate_size", width)?, base.function, false),
    ))
}

/// By default such experts, and one so wide that every token takes.
pub fn with_shared(base: &Base<'_>, defaults: (u64, u64, u64), width: u64) -> Result<Moe, Box<Error>> {
    let routed = routed(base, defaults)?;
    let width = base.dim("shared_expert_intermediate_size", width)?;
    Ok(Moe { shared: Some(Mlp::gated(width, base.function, false)), ..routed })
}

pub fn mellum(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &MELLUM)?;
    let bias = base.flag("attention_bias", false)?;
    let window = keys.nullable_dim_or("sliding_window", Some(1024), base.class)?;
    let moe = Ffn::Moe(routed(&base, (64, 8, 896))?);
    let block = |(span, mixed)| {
        let mut attention = base.attention().biased(bias);
        (attention.span, attention.qk_norm) = (span, QkNorm::Head(NormKind::Rms));
        base.block(attention, if mixed { moe } else { base.mlp(false) })
    };
    let spans = base.spans(window, None, &|_| Span::Full)?;
    let mixed = mixed_by_name(keys, base.layers)?.unwrap_or_else(|| vec![true; spans.len()]);
    // The layer that predicts has a window and experts where nothing else is said.
    let second = |key, known: [&str; 2]| {
        kinds(keys, key, 1, &known).map(|kinds| kinds.is_some_and(|kinds| kinds[0] == 1))
    };
    let whole = second("mtp_layer_types", ["sliding_attention", "full_attention"])?;
    let span = window.filter(|_| !whole).map_or(Span::Full, Span::Sliding);
    let dense = second("mtp_mlp_layer_types", ["sparse", "dense"])?;
    let prediction = super::prediction(keys, block((span, !dense)))?;
    let mut model = base.model(model_type, NormKind::Rms, spans.into_iter().zip(mixed).map(block));
    model.groups.extend(prediction);
    Ok(model)
}

pub fn flint(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &FLINT)?;
    let bias = base.flag("attention_bias", false)?;
    let window = base.dim("sliding_window", 513)?;
    let full = |layer| layer < 2 || layer % 4 == 1 || layer + 1 == base.layers;
    let moe = with_shared(&base, (256, 6, 512), 1024)?;
    let ffns = sparse_layers(&base, Ffn::Moe(moe), 2)?;
    let blocks = attentions(&base, Some(window), &full)?
        .into_iter()
        .zip(ffns)
        .map(|(attention, ffn)| base.block(SelfAttention { sinks: true, ..attention.biased(bias) }, ffn));
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

fn mixed(
    base: &Base<'_>,
    model_type: &str,
    qk_norm: QkNorm,
    bias: [bool; 2],
    spans: Vec<Span>,
    moe: Moe,
) -> Result<Model, Box<Error>> {
    let ffns = sparse_layers(base, Ffn::Moe(moe), 0)?;
    let blocks = spans.into_iter().zip(ffns).map(|(span, ffn)| {
        let mut attention = base.attention();
        ([attention.qkv_bias, attention.out_bias], attention.qk_norm, attention.span) = (bias, qk_norm, span);
        base.block(attention, ffn)
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// A mixture in every `decoder_sparse_step`-th layer that `mlp_only_layers` does not name, by default the first few.
pub fn sparse_layers(base: &Base<'_>, moe: Ffn, first: u64) -> Result<Vec<Ffn>, Box<Error>> {
    const KEY: &str = "mlp_only_layers";
    let step = base.dim("decoder_sparse_step", 1)?;
    let dense = match base.indices(KEY)? {
        Some(listed) => listed,
        None => {
            let few: Vec<u64> = (0..first).collect();
            if !few.is_empty() {
                base.keys.assume(KEY, few.clone(), base.class);
            }
            few
        }
    };
    Ok((0..base.layers)
        .map(|layer| {
            let sparse = (layer + 1) % step == 0 && !dense.contains(&layer);
            if sparse { moe } else { base.mlp(false) }
        })
        .collect())
}
