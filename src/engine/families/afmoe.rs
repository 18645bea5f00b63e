//! Trinity: sandwich norms, a norm for each head of queries and keys, a gate on the output of attention; among
//! sliding windows every few layers full attention without positions; dense layers first, then a mixture. Beam is
//! built alike, its gates with a bias for each head. Defaults: `AfmoeConfig` and `BeamConfig` in transformers 5.24.

use super::mixture::{Small, mixed_by_name, mixed_layers};
use super::qwen::routed;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Ffn, Moe, OutputGate, Placement, QkNorm, SelfAttention};
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

const BEAM: Defaults = Defaults {
    class: "the default of BeamConfig",
    hidden: 5120,
    intermediate: 20480,
    layers: 52,
    heads: 48,
    kv_heads: Some(8),
    vocab: 151_936,
    ..DEFAULTS
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
    let attention = SelfAttention { gate: OutputGate::Wide, ..base.attention().biased(bias) };
    let spans = base.spans(Some(window), None, &rule)?;
    Ok(model(&base, model_type, attention, [false, true], spans.into_iter().zip(mixed), moe))
}

pub fn beam(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &BEAM)?;
    let bias = base.flag("attention_bias", false)?;
    let window = keys.nullable_dim_or("sliding_window", Some(512), base.class)?;
    let spans = base.spans(window, None, &|layer| match window {
        Some(window) if !(layer + 1).is_multiple_of(6) && layer + 1 < base.layers => Span::Sliding(window),
        _ => Span::Full,
    })?;
    let mixed = mixed_by_name(keys, base.layers)?;
    let mixed = mixed.unwrap_or_else(|| (0..base.layers).map(|layer| layer >= 3).collect());
    let moe = Ffn::Moe(routed(&base, (256, 8, 2560))?);
    // Null stands for layers of a kind that have no positions.
    let rope = keys.opt_object("rope_parameters")?;
    let rotates = [("full_attention", false), ("sliding_attention", true)]
        .map(|(kind, default)| rope.map_or(default, |rope| rope.get(kind).is_some_and(|one| !one.is_null())));
    let attention = SelfAttention { gate: OutputGate::WideBiased, ..base.attention().biased(bias) };
    Ok(model(&base, model_type, attention, rotates, spans.into_iter().zip(mixed), moe))
}

/// With this attention, rotated or not where it sees everything and in windows, in layers that look back so far and
/// are mixed or not.
fn model(
    base: &Base<'_>,
    model_type: &str,
    attention: SelfAttention,
    rotates: [bool; 2],
    layers: impl Iterator<Item = (Span, bool)>,
    moe: Ffn,
) -> Model {
    let norm = BlockNorm::new(NormKind::Rms, Placement::Sandwich);
    let blocks = layers.map(|(span, mixed)| {
        let rotary = if rotates[usize::from(span != Span::Full)] { base.heads.dim } else { 0 };
        let attention = SelfAttention { span, rotary, qk_norm: QkNorm::Head(NormKind::Rms), ..attention };
        base.block_with(norm, attention, if mixed { moe } else { base.mlp(false) })
    });
    base.model(model_type, NormKind::Rms, blocks)
}
