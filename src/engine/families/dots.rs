//! dots.llm1: a norm for each head of queries and keys; dense layers first, then a mixture of small experts
//! with shared ones. Defaults: `Dots1Config` in transformers 4.57.

use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ffn, Mlp, Moe, QkNorm};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

const DEFAULTS: Defaults = Defaults {
    class: "the default of Dots1Config",
    hidden: 4608,
    intermediate: 10944,
    layers: 62,
    heads: 32,
    kv_heads: Some(32),
    head_dim: None,
    vocab: 152_064,
    act: "silu",
    tied: false,
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let bias = base.flag("attention_bias", false)?;
    // The class has no number for these three and cannot be built without them.
    let (total, taken) = (keys.dim("n_routed_experts")?, keys.dim("num_experts_per_tok")?);
    let shared = keys.dim("n_shared_experts")?;
    let width = base.dim("moe_intermediate_size", 1408)?;
    let expert = Mlp::gated(width, base.function, false);
    let moe = Moe {
        shared: expert.side_by_side(shared),
        ..Moe::plain(
            experts(keys, base.class, ("n_routed_experts", total), ("num_experts_per_tok", taken))?,
            expert,
        )
    };
    let first = keys.count_or("first_k_dense_replace", 0, base.class)?;
    let window = keys.nullable_dim_or("sliding_window", Some(4096), base.class)?;
    let from = match window {
        Some(_) => keys.count_or("max_window_layers", 62, base.class)?,
        None => 0,
    };
    let spans = base.spans(window, None, &|layer| match window {
        Some(window) if layer >= from => Span::Sliding(window),
        _ => Span::Full,
    })?;
    let blocks = (0..).zip(spans).map(|(layer, span)| {
        let mut attention = base.attention().biased(bias);
        attention.span = span;
        attention.qk_norm = QkNorm::Head(NormKind::Rms);
        base.block(attention, if layer < first { base.mlp(false) } else { Ffn::Moe(moe) })
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}
