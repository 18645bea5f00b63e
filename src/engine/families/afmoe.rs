//! Trinity: sandwich norms, a norm for each head of queries and keys, a gate on the output of attention; among
//! sliding windows every few layers full attention without positions; dense layers first, then a mixture.
//! Defaults: `AfmoeConfig` in transformers 5.24.

use super::mixture::{Small, mixed_layers};
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Ffn, Moe, OutputGate, Placement, QkNorm};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

const DEFAULTS: Defaults = Defaults {
    class: "the default of AfmoeConfig",
    hidden: 2048,
    intermediate: 6144,
    layers: 32,
    heads: 16,
    kv_heads: None,
    head_dim: Some(128),
    vocab: 200_192,
    act: "silu",
    tied: false,
};

const EXPERTS: Small = Small {
    total: ("num_experts", 64),
    taken: ("num_experts_per_tok", 6),
    width: 1408,
    shared: Some(("num_shared_experts", 2)),
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let bias = base.flag("attention_bias", false)?;
    let window = base.dim("sliding_window", 1024)?;
    let every = match keys.has("layer_types") {
        true => 1,
        false => base.dim("global_attn_every_n_layers", 4)?,
    };
    let rule =
        |layer: u64| if (layer + 1).is_multiple_of(every) { Span::Full } else { Span::Sliding(window) };
    let routed = EXPERTS.read(keys, base.class, base.function, false)?;
    // What corrects the choice of experts is learned.
    let moe = Ffn::Moe(Moe { router_bias: true, ..routed });
    let mixed = mixed_layers(keys, base.layers, ("num_dense_layers", 1), base.class)?;
    let norm = BlockNorm::new(NormKind::Rms, Placement::Sandwich);
    let blocks = base.spans(Some(window), None, &rule)?.into_iter().zip(mixed).map(|(span, mixed)| {
        let mut attention = base.attention().biased(bias);
        (attention.span, attention.gate) = (span, OutputGate::Wide);
        attention.qk_norm = QkNorm::Head(NormKind::Rms);
        if span == Span::Full {
            attention.rotary = 0;
        }
        base.block_with(norm, attention, if mixed { moe } else { base.mlp(false) })
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}
