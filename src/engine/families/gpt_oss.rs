//! gpt-oss: sliding and full attention in turn, with sinks; experts with biases everywhere. Defaults:
//! `GptOssConfig` in transformers 4.57.

use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ffn, Mlp, Moe};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Function, Model, NormKind, Span};

const DEFAULTS: Defaults = Defaults {
    class: "the default of GptOssConfig",
    hidden: 2880,
    intermediate: 2880,
    layers: 36,
    heads: 64,
    kv_heads: Some(8),
    head_dim: Some(64),
    vocab: 201_088,
    act: "silu",
    tied: false,
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let moe = Moe {
        router_bias: true,
        ..Moe::plain(
            experts(keys, base.class, ("num_local_experts", 128), ("num_experts_per_tok", 4))?,
            Mlp::gated(base.intermediate, Function::ClampedSwiglu, true),
        )
    };
    let bias = base.flag("attention_bias", true)?;
    let window = base.dim("sliding_window", 128)?;
    let rule = |layer: u64| if layer.is_multiple_of(2) { Span::Sliding(window) } else { Span::Full };
    let blocks = base.spans(Some(window), None, &rule)?.into_iter().map(|span| {
        let mut attention = base.attention().biased(bias);
        (attention.span, attention.sinks) = (span, true);
        base.block(attention, Ffn::Moe(moe))
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}
