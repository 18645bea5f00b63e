//! Laguna: a norm for each head of queries and keys, a gate on the output of attention, heads and their rotated
//! part by the layer; one dense layer, then a mixture. Defaults: `LagunaConfig` in transformers 5.24.

use super::mistral::experts;
use super::mixture::mixed_layers;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ffn, Mlp, Moe, OutputGate, QkNorm, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

const DEFAULTS: Defaults = Defaults {
    class: "the default of LagunaConfig",
    hidden: 2048,
    intermediate: 8192,
    layers: 40,
    heads: 48,
    kv_heads: Some(8),
    head_dim: Some(128),
    vocab: 100_352,
    act: "silu",
    tied: false,
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let bias = base.flag("attention_bias", false)?;
    let gate = gate(&base)?;
    let window = base.dim("sliding_window", 512)?;
    let spans = base.spans(Some(window), None, &|_| Span::Full)?;
    let dim = base.heads.dim;
    let rotary = [
        base.rotary_in("full_attention", dim, [0.5, 1.0])?,
        base.rotary_in("sliding_attention", dim, [1.0; 2])?,
    ];
    let mlp = |width| Mlp::gated(width, base.function, false);
    let moe = Ffn::Moe(Moe {
        // What corrects the choice of experts is learned.
        router_bias: true,
        shared: Some(mlp(base.dim("shared_expert_intermediate_size", 512)?)),
        ..Moe::plain(
            experts(keys, base.class, ("num_experts", 256), ("num_experts_per_tok", 8))?,
            mlp(base.dim("moe_intermediate_size", 512)?),
        )
    });
    let first = ("first_k_dense_replace", 1);
    let mixed = mixed_layers(keys, base.layers, first, "LagunaConfig leaves one layer dense")?;
    let blocks = heads(&base)?.into_iter().zip(spans).zip(mixed).map(|((q_heads, span), mixed)| {
        let attention = SelfAttention {
            q_heads,
            span,
            gate,
            qk_norm: QkNorm::Head(NormKind::Rms),
            rotary: rotary[usize::from(span != Span::Full)],
            ..base.attention().biased(bias)
        };
        base.block(attention, if mixed { moe } else { base.mlp(false) })
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// Query heads of every layer.
fn heads(base: &Base<'_>) -> Result<Vec<u64>, Box<Error>> {
    const KEY: &str = "num_attention_heads_per_layer";
    if !base.keys.lists(KEY) {
        return Ok(vec![base.heads.q; base.layers as usize]);
    }
    let list = base.each(KEY, base.heads.q)?;
    match list.iter().find(|heads| !heads.is_multiple_of(base.heads.kv)) {
        Some(heads) => {
            let reason = format!("{heads} is no multiple of the {} key/value heads", base.heads.kv);
            Err(base.keys.refuse(KEY, reason))
        }
        None => Ok(list),
    }
}

/// `gating`: true or a word.
fn gate(base: &Base<'_>) -> Result<OutputGate, Box<Error>> {
    const KEY: &str = "gating";
    if base.keys.peek(KEY).is_none() {
        return Ok(if base.flag(KEY, true)? { OutputGate::PerHead } else { OutputGate::Wide });
    }
    match base.keys.word_or(&[KEY], "per-head", base.class)? {
        "per-head" => Ok(OutputGate::PerHead),
        "per-element" => Ok(OutputGate::Wide),
        other => {
            Err(base.keys.refuse(KEY, format!("\"{other}\" is neither \"per-head\" nor \"per-element\"")))
        }
    }
}
