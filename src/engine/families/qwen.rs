//! Qwen2 and Qwen3, dense and mixed of experts, and the text models of Qwen2-VL, 2.5-VL and 3-VL. Defaults:
//! `Qwen2Config`, `Qwen3Config`, `Qwen2MoeConfig`, `Qwen3MoeConfig`, `Qwen2VLTextConfig`,
//! `Qwen2_5_VLTextConfig`, `Qwen3VLTextConfig` and `Qwen3VLMoeTextConfig` in transformers 4.57.

use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ffn, Mlp, Moe, QkNorm};
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
    let routed = Moe::plain(
        experts(keys, base.class, ("num_experts", 60), ("num_experts_per_tok", 4))?,
        Mlp::gated(base.dim("moe_intermediate_size", 1408)?, base.function, false),
    );
    let shared = Mlp::gated(base.dim("shared_expert_intermediate_size", 5632)?, base.function, false);
    let moe = Moe { shared: Some(shared), shared_gate: true, ..routed };
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

/// By default so many experts, of which a token takes so many, so wide.
fn small_experts(
    base: &Base<'_>,
    model_type: &str,
    (total, taken, width): (u64, u64, u64),
    spans: Vec<Span>,
) -> Result<Model, Box<Error>> {
    let bias = base.flag("attention_bias", false)?;
    let moe = Moe::plain(
        experts(base.keys, base.class, ("num_experts", total), ("num_experts_per_tok", taken))?,
        Mlp::gated(base.dim("moe_intermediate_size", width)?, base.function, false),
    );
    mixed(base, model_type, QkNorm::Head(NormKind::Rms), [bias, bias], spans, moe)
}

fn mixed(
    base: &Base<'_>,
    model_type: &str,
    qk_norm: QkNorm,
    bias: [bool; 2],
    spans: Vec<Span>,
    moe: Moe,
) -> Result<Model, Box<Error>> {
    let ffns = sparse_layers(base, Ffn::Moe(moe))?;
    let blocks = spans.into_iter().zip(ffns).map(|(span, ffn)| {
        let mut attention = base.attention();
        ([attention.qkv_bias, attention.out_bias], attention.qk_norm, attention.span) = (bias, qk_norm, span);
        base.block(attention, ffn)
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// A mixture in every `decoder_sparse_step`-th layer that `mlp_only_layers` does not name.
pub fn sparse_layers(base: &Base<'_>, moe: Ffn) -> Result<Vec<Ffn>, Box<Error>> {
    let step = base.dim("decoder_sparse_step", 1)?;
    let dense = base.indices("mlp_only_layers")?.unwrap_or_default();
    Ok((0..base.layers)
        .map(|layer| {
            let sparse = (layer + 1) % step == 0 && !dense.contains(&layer);
            if sparse { moe } else { base.mlp(false) }
        })
        .collect())
}
