//! OLMo: norms without weights. OLMo 2 and 3: norms after the layers and over all queries and keys, sliding
//! windows in the third. OLMoE: a mixture of experts; FlexOlmo: one with OLMo 2's norms. OLMo Hybrid: linear
//! attention in three of four layers. Defaults: `OlmoConfig`, `Olmo2Config`, `Olmo3Config` and `OlmoeConfig` in
//! transformers 4.57, `FlexOlmoConfig` and `OlmoHybridConfig` in 5.24.

use super::mistral::experts;
use super::qwen3_next::delta_net_of;
use crate::engine::blocks::read::{Base, Defaults, FULL_OR_LINEAR};
use crate::engine::blocks::{
    Block, BlockNorm, Ends, Ffn, Mixer, Mlp, Moe, Placement, QkNorm, SelfAttention, whole,
};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Decay, DeltaRule, Model, Norm, NormKind, Span};

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

const FLEX: Defaults = Defaults { class: "the default of FlexOlmoConfig", vocab: 100_352, ..OLMO };

const HYBRID: Defaults =
    Defaults { class: "the default of OlmoHybridConfig", hidden: 3840, heads: 30, vocab: 100_352, ..OLMO };

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
    Ok(post_normed(&base, model_type, vec![Span::Full; base.layers as usize], attention, base.mlp(false)))
}

pub fn olmo3(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &OLMO3)?;
    let window = base.dim("sliding_window", 4096)?;
    let rule = |layer: u64| if (layer + 1).is_multiple_of(4) { Span::Full } else { Span::Sliding(window) };
    let spans = base.spans(Some(window), None, &rule)?;
    let attention = attention(&base)?;
    Ok(post_normed(&base, model_type, spans, attention, base.mlp(false)))
}

pub fn flex(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &FLEX)?;
    let attention = attention(&base)?;
    let moe = wide_experts(&base, (7, 5))?;
    Ok(post_normed(&base, model_type, vec![Span::Full; base.layers as usize], attention, moe))
}

fn post_normed(
    base: &Base<'_>,
    model_type: &str,
    spans: Vec<Span>,
    attention: SelfAttention,
    ffn: Ffn,
) -> Model {
    let norm = BlockNorm::new(NormKind::Rms, Placement::Post);
    let blocks = spans.into_iter().map(|span| {
        let attention = SelfAttention { span, qk_norm: QkNorm::Whole(NormKind::Rms), ..attention };
        base.block_with(norm, attention, ffn)
    });
    base.model(model_type, NormKind::Rms, blocks)
}

pub fn olmoe(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &OLMOE)?;
    let attention = SelfAttention { qk_norm: QkNorm::Whole(NormKind::Rms), ..attention(&base)? };
    let moe = wide_experts(&base, (64, 8))?;
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, moe)))
}

/// Norms behind attention, as in OLMo 3, and before linear attention.
pub fn hybrid(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &HYBRID)?;
    let mut full = SelfAttention { qk_norm: QkNorm::Whole(NormKind::Rms), ..attention(&base)? };
    // Published configs rotate by nothing.
    let rope = keys.opt_object("rope_parameters")?;
    if rope.and_then(|rope| rope.get("rope_theta")).is_some_and(serde_json::Value::is_null) {
        full.rotary = 0;
    }
    let heads = base.heads.q;
    let key_heads = base.dim("linear_num_key_heads", heads)?;
    let value_heads = base.dim("linear_num_value_heads", heads)?;
    let key_dim = base.dim("linear_key_head_dim", 3 * base.hidden / (4 * key_heads))?;
    if key_dim == 0 {
        let reason = format!("leaves no elements to each of {key_heads} heads; give linear_key_head_dim");
        return Err(keys.refuse("linear_num_key_heads", reason));
    }
    let value_dim = base.dim("linear_value_head_dim", 2 * key_dim)?;
    let rule = DeltaRule { key_heads, value_heads, key_dim, value_dim, decay: Decay::Head };
    let linear = delta_net_of(&base, rule)?;
    let fourth = |layer: u64| layer % 4 == 3 || (base.layers < 4 && layer + 1 == base.layers);
    let attends =
        base.which_layers(FULL_OR_LINEAR)?.unwrap_or_else(|| (0..base.layers).map(fourth).collect());
    let blocks = attends.into_iter().map(|attends| {
        let (placement, mixer) = match attends {
            true => (Placement::Post, Mixer::SelfAttention(full)),
            false => (Placement::Pre, Mixer::Delta(linear)),
        };
        Block::new(base.hidden, BlockNorm::new(NormKind::Rms, placement), mixer, base.mlp(false))
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// By default so many experts of the intermediate size, of which a token takes so many.
fn wide_experts(base: &Base<'_>, (total, taken): (u64, u64)) -> Result<Ffn, Box<Error>> {
    Ok(Ffn::Moe(Moe::plain(
        experts(base.keys, base.class, ("num_experts", total), ("num_experts_per_tok", taken))?,
        Mlp::gated(base.intermediate, base.function, false),
    )))
}

fn attention(base: &Base<'_>) -> Result<SelfAttention, Box<Error>> {
    Ok(base.attention().biased(base.flag("attention_bias", false)?))
}
