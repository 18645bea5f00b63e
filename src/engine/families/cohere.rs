//! Command R and Aya: attention and feed-forward side by side behind one norm without a bias; the second
//! generation with sliding windows and every fourth layer without positions. Defaults: `CohereConfig` and
//! `Cohere2Config` in transformers 4.57.

use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Placement, QkNorm};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

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
