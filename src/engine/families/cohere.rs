//! Command R and Aya: attention and feed-forward side by side behind one norm without a bias; the second
//! generation with sliding windows and every fourth layer without positions, and mixed of experts; Compass, which has
//! either only where it is listed. Defaults: `CohereConfig` and `Cohere2Config` in transformers 4.57,
//! `Cohere2MoeConfig` and `CohereCompassTextConfig` in 5.24.

use super::mistral::experts;
use super::mixture::mixed_layers;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Ffn, Mlp, Moe, Placement, QkNorm};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};
use serde_json::Value;

const NORM: BlockNorm =
    BlockNorm { kind: NormKind::LayerNoBias, weights: true, placement: Placement::ParallelOne };

const COHERE: Defaults = Defaults {
    class: "the default of CohereConfig",
    hidden: 8192,
    intermediate: 22528,
    layers: 40,
    heads: 64,
    kv_heads: None,
    head_dim: None,
    vocab: 256_000,
    act: "silu",
    tied: true,
};

const COHERE2: Defaults = Defaults { class: "the default of Cohere2Config", ..COHERE };

const COHERE2_MOE: Defaults =
    Defaults { class: "the default of Cohere2MoeConfig", head_dim: Some(128), ..COHERE };

const COMPASS: Defaults = Defaults { class: "the default of CohereCompassTextConfig", ..COHERE };

pub fn cohere(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &COHERE)?;
    let bias = base.flag("attention_bias", false)?;
    let mut attention = base.attention().biased(bias);
    if base.flag("use_qk_norm", false)? {
        attention.qk_norm = QkNorm::EachHead(NormKind::LayerNoBias);
    }
    Ok(base.uniform(model_type, NORM.kind, base.block_with(NORM, attention, base.mlp(false))))
}

pub fn cohere2(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &COHERE2)?;
    let bias = base.flag("attention_bias", false)?;
    let window = base.dim("sliding_window", 4096)?;
    let every = base.dim("sliding_window_pattern", 4)?;
    let rule = |layer| if (layer + 1) % every == 0 { Span::Full } else { Span::Sliding(window) };
    let blocks = base.spans(Some(window), None, &rule)?.into_iter().map(|span| {
        let mut attention = base.attention().biased(bias);
        attention.span = span;
        // Layers that see everything have no positions.
        attention.rotary = if span == Span::Full { 0 } else { base.heads.dim };
        base.block_with(NORM, attention, base.mlp(false))
    });
    Ok(base.model(model_type, NORM.kind, blocks))
}

pub fn compass(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &COMPASS)?;
    let bias = base.flag("attention_bias", false)?;
    let window = keys.nullable_dim_or("sliding_window", Some(4096), base.class)?;
    let rope = keys.opt_object("rope_parameters")?;
    let blocks = base.spans(window, None, &|_| Span::Full)?.into_iter().map(|span| {
        let mut attention = base.attention().biased(bias);
        attention.span = span;
        let kind = if span == Span::Full { "full_attention" } else { "sliding_attention" };
        // Null under the name of a kind: its layers have no positions.
        if rope.and_then(|rope| rope.get(kind)).is_some_and(Value::is_null) {
            attention.rotary = 0;
        }
        base.block_with(NORM, attention, base.mlp(false))
    });
    Ok(base.model(model_type, NORM.kind, blocks))
}

pub fn cohere2_moe(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &COHERE2_MOE)?;
    let bias = base.flag("attention_bias", false)?;
    // Its presence tells which norm there is.
    let kind = match keys.nullable_number_or("rms_norm_eps", None, "LayerNorm without a bias")? {
        Some(_) => NormKind::Rms,
        None => NormKind::LayerNoBias,
    };
    let norm = BlockNorm { kind, ..NORM };
    let mlp = |width| Mlp::gated(width, base.function, false);
    let shared = keys.count_or("num_shared_experts", 0, base.class)?;
    let moe = Ffn::Moe(Moe {
        shared: mlp(base.intermediate).side_by_side(shared),
        ..Moe::plain(
            experts(keys, base.class, ("num_experts", 8), ("num_experts_per_tok", 2))?,
            mlp(base.intermediate),
        )
    });
    let width = keys.nullable_dim_or("prefix_dense_intermediate_size", None, base.class)?;
    let dense = Ffn::Dense(mlp(width.unwrap_or(base.intermediate)));
    let mixed = mixed_layers(keys, base.layers, ("first_k_dense_replace", 0), base.class)?;
    // Layers that see everything have no positions, but for dense ones whose pattern is only such.
    let prefix = base.dim("prefix_dense_sliding_window_pattern", 1)?;
    let spans = prefixed_spans(&base, prefix)?;
    let blocks = spans.into_iter().zip(mixed).map(|(span, mixed)| {
        let mut attention = base.attention().biased(bias);
        attention.span = span;
        let rotates = span != Span::Full || (!mixed && prefix == 1);
        attention.rotary = if rotates { base.heads.dim } else { 0 };
        base.block_with(norm, attention, if mixed { moe } else { dense })
    });
    Ok(base.model(model_type, kind, blocks))
}

/// Full attention in every few layers, counted anew behind the first dense ones, which have their own count.
fn prefixed_spans(base: &Base<'_>, prefix: u64) -> Result<Vec<Span>, Box<Error>> {
    let window = base.dim("sliding_window", 4096)?;
    let every = base.dim("sliding_window_pattern", 4)?;
    let first = match base.keys.has("layer_types") {
        true => 0,
        false => base.keys.count_or("first_k_dense_replace", 0, base.class)?,
    };
    base.spans(Some(window), None, &|layer| {
        let (layer, every) = if layer < first { (layer, prefix) } else { (layer - first, every) };
        if (layer + 1).is_multiple_of(every) { Span::Full } else { Span::Sliding(window) }
    })
}
