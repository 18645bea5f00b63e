//! Llama 4: chunked attention with rotated heads and full attention without positions in turn; a mixture
//! with one shared expert in some or all layers. Defaults: `Llama4TextConfig` in transformers 4.57.

use super::llama::rotated_layers;
use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ffn, Mlp, Moe, QkNorm};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

const DEFAULTS: Defaults = Defaults {
    class: "the default of Llama4TextConfig",
    hidden: 5120,
    intermediate: 8192,
    layers: 48,
    heads: 40,
    kv_heads: Some(8),
    head_dim: Some(128),
    vocab: 202_048,
    act: "silu",
    tied: false,
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let bias = base.flag("attention_bias", false)?;
    let normed = base.flag("use_qk_norm", true)?;
    let chunk = keys.nullable_dim_or("attention_chunk_size", Some(8192), base.class)?;
    let rotated = rotated_layers(&base)?;
    let rule = |layer: u64| match chunk {
        Some(chunk) if rotated[layer as usize] => Span::Chunked(chunk),
        _ => Span::Full,
    };
    let spans = base.spans(None, chunk, &rule)?;
    let ffns = ffns(&base)?;
    let blocks = spans.into_iter().zip(&rotated).zip(ffns).map(|((span, &rotated), ffn)| {
        let mut attention = base.attention().biased(bias);
        attention.span = span;
        attention.rotary = if rotated { base.heads.dim } else { 0 };
        if normed && rotated {
            attention.qk_norm = QkNorm::Weightless(NormKind::Rms);
        }
        base.block(attention, ffn)
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// A mixture in the layers of `moe_layers`, or in every `interleave_moe_layer_step`-th.
fn ffns(base: &Base<'_>) -> Result<Vec<Ffn>, Box<Error>> {
    let keys = base.keys;
    let one = Mlp::gated(base.intermediate, base.function, false);
    let moe = Ffn::Moe(Moe {
        shared: Some(one),
        ..Moe::plain(experts(keys, base.class, ("num_local_experts", 16), ("num_experts_per_tok", 1))?, one)
    });
    let width = keys.nullable_dim_or("intermediate_size_mlp", Some(16384), base.class)?;
    let dense = Mlp::gated(width.unwrap_or(base.intermediate), base.function, false);
    let listed = base.indices("moe_layers")?;
    let step = match listed {
        Some(_) => 1,
        None => base.dim("interleave_moe_layer_step", 1)?,
    };
    Ok((0..base.layers)
        .map(|layer| {
            let mixed = match &listed {
                Some(list) => list.contains(&layer),
                None => (layer + 1) % step == 0,
            };
            if mixed { moe } else { Ffn::Dense(dense) }
        })
        .collect())
}
