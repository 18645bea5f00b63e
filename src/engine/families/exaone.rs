//! EXAONE 4: norms behind the layers, a norm for each head of queries and keys; every few layers full
//! attention without positions among sliding windows. K-EXAONE: the same with norms before and a mixture.
//! Kolibri 1: with norms on both sides and a mixture in every layer. Defaults: `Exaone4Config` in transformers
//! 4.57, `ExaoneMoeConfig` and `Kolibri1Config` in 5.24.

use super::mixture::{Small, mixed_layers};
use super::qwen::with_shared;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Ffn, Placement, QkNorm, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

const DENSE: Defaults = Defaults {
    class: "the default of Exaone4Config",
    hidden: 4096,
    intermediate: 16384,
    layers: 32,
    heads: 32,
    kv_heads: Some(32),
    head_dim: None,
    vocab: 102_400,
    act: "silu",
    tied: false,
};

const MIXED: Defaults = Defaults { class: "the default of ExaoneMoeConfig", ..DENSE };

const KOLIBRI: Defaults = Defaults {
    class: "the default of Kolibri1Config",
    hidden: 2560,
    intermediate: 0,
    layers: 50,
    heads: 48,
    kv_heads: Some(4),
    head_dim: Some(128),
    vocab: 128_000,
    ..DENSE
};

const EXPERTS: Small = Small {
    total: ("num_experts", 64),
    taken: ("num_experts_per_tok", 8),
    width: 1024,
    shared: Some(("num_shared_experts", 1)),
};

pub fn dense(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DENSE)?;
    let norm = BlockNorm::new(NormKind::Rms, Placement::Post);
    let blocks = patterned(&base)?.into_iter().map(|one| base.block_with(norm, one, base.mlp(false)));
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

pub fn mixed(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &MIXED)?;
    let moe = EXPERTS.read(keys, base.class, base.function, false)?;
    let mixed = mixed_layers(keys, base.layers, ("first_k_dense_replace", 1), base.class)?;
    let blocks = patterned(&base)?
        .into_iter()
        .zip(mixed)
        .map(|(attention, mixed)| base.block(attention, if mixed { Ffn::Moe(moe) } else { base.mlp(false) }));
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

pub fn kolibri(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &KOLIBRI)?;
    let moe = Ffn::Moe(with_shared(&base, (384, 6, 512), 512)?);
    let window = keys.nullable_dim_or("sliding_window", Some(513), base.class)?;
    let norm = BlockNorm::new(NormKind::Rms, Placement::Sandwich);
    let attentions = attentions(&base, window, &|layer| (layer + 1).is_multiple_of(5))?;
    let blocks = attentions.into_iter().map(|attention| base.block_with(norm, attention, moe));
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// The attention of every layer, by a pattern.
fn patterned(base: &Base<'_>) -> Result<Vec<SelfAttention>, Box<Error>> {
    let keys = base.keys;
    let window = keys.nullable_dim_or("sliding_window", Some(4096), base.class)?;
    let listed = keys.has("layer_types");
    // The pattern is a number or a word like LLLG, whose last letter is the full layer.
    let step = match window {
        Some(_) if !listed => match keys.peek("sliding_window_pattern") {
            Some("") => return Err(keys.refuse("sliding_window_pattern", "is a pattern without layers")),
            Some(_) => keys.word_or(&["sliding_window_pattern"], "", base.class)?.len() as u64,
            None => base.dim("sliding_window_pattern", 4)?,
        },
        _ => 1,
    };
    attentions(base, window, &|layer| (layer + 1).is_multiple_of(step))
}

/// The attention of every layer: where there are windows, those that see everything, by a rule if none is listed,
/// have no positions.
pub fn attentions(
    base: &Base<'_>,
    window: Option<u64>,
    full: &dyn Fn(u64) -> bool,
) -> Result<Vec<SelfAttention>, Box<Error>> {
    let spans = base.spans(window, None, &|layer| match window {
        Some(window) if !full(layer) => Span::Sliding(window),
        _ => Span::Full,
    })?;
    Ok(spans.into_iter().map(|span| attention(base, window, span)).collect())
}

/// The attention of a layer that looks back so far.
pub fn attention(base: &Base<'_>, window: Option<u64>, span: Span) -> SelfAttention {
    let mut attention = base.attention();
    (attention.span, attention.qk_norm) = (span, QkNorm::Head(NormKind::Rms));
    if window.is_some() && span == Span::Full {
        attention.rotary = 0;
    }
    attention
}
