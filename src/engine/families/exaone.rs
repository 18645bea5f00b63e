//! EXAONE 4: norms behind the layers, a norm for each head of queries and keys; every few layers full
//! attention without positions among sliding windows. Defaults: `Exaone4Config` in transformers 4.57.

use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Placement, QkNorm};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

const DEFAULTS: Defaults = Defaults {
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

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
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
    let spans = base.spans(window, None, &|layer| match window {
        Some(window) if !(layer + 1).is_multiple_of(step) => Span::Sliding(window),
        _ => Span::Full,
    })?;
    let norm = BlockNorm::new(NormKind::Rms, Placement::Post);
    let blocks = spans.into_iter().map(|span| {
        let mut attention = base.attention();
        (attention.span, attention.qk_norm) = (span, QkNorm::Head(NormKind::Rms));
        if window.is_some() && span == Span::Full {
            attention.rotary = 0;
        }
        base.block_with(norm, attention, base.mlp(false))
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}
