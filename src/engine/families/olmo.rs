//! OLMo: norms without weights. OLMo 2 and 3: norms after the layers and over all queries and keys, sliding
//! windows in the third. OLMoE: a mixture of experts. Defaults: `OlmoConfig`, `Olmo2Config`, `Olmo3Config`
//! and `OlmoeConfig` in transformers 4.57.

use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Ends, Ffn, Mlp, Moe, Placement, QkNorm, SelfAttention, whole};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, Norm, NormKind, Span};

const OLMO: Defaults = Defaults {
    class: "the default of OlmoConfig",
    hidden: 4096,
    intermediate: 11008,
    layers: 32,
    heads: 32,
    kv_heads: None,
    head_dim: None,
    vocab: 50304,
    act: "silu",
    tied: false,
};

const OLMO2: Defaults = Defaults { class: "the default of Olmo2Config", ..OLMO };

const OLMO3: Defaults = Defaults { class: "the default of Olmo3Config", ..OLMO };

const OLMOE: Defaults = Defaults {
    class: "the default of OlmoeConfig",
    hidden: 2048,
    intermediate: 2048,
    layers: 16,
    heads: 16,
    ..OLMO
};

pub fn olmo(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &OLMO)?;
    let norm = BlockNorm { kind: NormKind::Layer, weights: false, placement: Placement::Pre };
    let block = base.block_with(norm, attention(&base)?, base.mlp(false));
    let plain = Ends::plain(base.hidden, base.vocab, NormKind::Layer, base.tied);
    let ends = Ends { norm: Some(Norm { sets: 0, ..whole(NormKind::Layer, base.hidden) }), ..plain };
    Ok(base.model_within(ends, model_type, (0..base.layers).map(|_| block)))
}

pub fn olmo2(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &OLMO2)?;
    let attention = attention(&base)?;
    post_normed(&base, model_type, vec![Span::Full; base.layers as usize], attention)
}

pub fn olmo3(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &OLMO3)?;
    let window = base.dim("sliding_window", 4096)?;
    let rule = |layer: u64| if (layer + 1).is_multiple_of(4) { Span::Full } else { Span::Sliding(window) };
    let spans = base.spans(Some(window), None, &rule)?;
    let attention = attention(&base)?;
    post_normed(&base, model_type, spans, attention)
}

fn post_normed(
    base: &Base<'_>,
    model_type: &str,
    spans: Vec<Span>,
    attention: SelfAttention,
) -> Result<Model, Box<Error>> {
    let norm = BlockNorm::new(NormKind::Rms, Placement::Post);
    let blocks = spans.into_iter().map(|span| {
        let attention = SelfAttention { span, qk_norm: QkNorm::Whole(NormKind::Rms), ..attention };
        base.block_with(norm, attention, base.mlp(false))
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

pub fn olmoe(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &OLMOE)?;
    let attention = SelfAttention { qk_norm: QkNorm::Whole(NormKind::Rms), ..attention(&base)? };
    let moe = Moe::plain(
        experts(keys, base.class, ("num_experts", 64), ("num_experts_per_tok", 8))?,
        Mlp::gated(base.intermediate, base.function, false),
    );
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, Ffn::Moe(moe))))
}

fn attention(base: &Base<'_>) -> Result<SelfAttention, Box<Error>> {
    Ok(base.attention().biased(base.flag("attention_bias", false)?))
}
