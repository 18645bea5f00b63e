//! LFM2: short convolutions, and attention in some of the blocks; dense or a mixture of experts behind them. LFM3:
//! with windows, gates and norms behind as well. Defaults: `Lfm2Config`, `Lfm2MoeConfig` and `Lfm3Config` in
//! transformers 5.24.

use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults, Names};
use crate::engine::blocks::{
    Block, BlockNorm, Ffn, Mixer, Mlp, Moe, OutputGate, Placement, QkNorm, SelfAttention, ShortConv,
};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

const DENSE: Defaults = Defaults {
    class: "the default of Lfm2Config",
    hidden: 2560,
    intermediate: 12288,
    layers: 32,
    heads: 32,
    kv_heads: Some(8),
    head_dim: None,
    vocab: 65536,
    act: "silu",
    tied: true,
};

const MIXED: Defaults =
    Defaults { class: "the default of Lfm2MoeConfig", hidden: 2048, intermediate: 7168, ..DENSE };

const THIRD: Defaults = Defaults {
    class: "the default of Lfm3Config",
    hidden: 2048,
    intermediate: 7680,
    layers: 24,
    heads: 16,
    kv_heads: Some(4),
    head_dim: Some(128),
    vocab: 128_000,
    ..DENSE
};

const KINDS: &[(&str, bool)] = &[("full_attention", true), ("conv", false)];

pub fn dense(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let intermediate = if keys.has("block_ff_dim") { "block_ff_dim" } else { "intermediate_size" };
    let mut base = Base::read_named(keys, &DENSE, Names { intermediate, ..names(keys) })?;
    if base.flag("block_auto_adjust_ff_dim", true)? {
        base.intermediate = adjusted(&base)?;
    }
    let attends = match base.which_layers(KINDS)? {
        Some(attends) => attends,
        None => match base.indices("full_attn_idxs")? {
            Some(attends) => (0..base.layers).map(|layer| attends.contains(&layer)).collect(),
            None => vec![true; base.layers as usize],
        },
    };
    let ffn = base.mlp(false);
    build(&base, model_type, attends.into_iter().map(|attends| (attends, ffn)))
}

pub fn mixed(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read_named(keys, &MIXED, names(keys))?;
    let Some(attends) = base.which_layers(KINDS)? else {
        return Err(keys.refuse("layer_types", "missing; it says which layers attend"));
    };
    let dense = keys.count_or("num_dense_layers", 2, base.class)?;
    let moe = Ffn::Moe(Moe::plain(
        experts(keys, base.class, ("num_experts", 32), ("num_experts_per_tok", 4))?,
        Mlp::gated(base.dim("moe_intermediate_size", 1792)?, base.function, false),
    ));
    let ffns = (0..).map(|layer| if layer < dense { base.mlp(false) } else { moe });
    build(&base, model_type, attends.into_iter().zip(ffns))
}

fn names(keys: Keys<'_>) -> Names<'static> {
    let tied = if keys.has("tie_embedding") { "tie_embedding" } else { "tie_word_embeddings" };
    Names { act: &[], tied, ..Names::default() }
}

/// Two thirds of the width, scaled, and rounded up to a multiple.
fn adjusted(base: &Base<'_>) -> Result<u64, Box<Error>> {
    let width = 2 * base.intermediate / 3;
    let factor = base.keys.number_or("block_ffn_dim_multiplier", 1.0, base.class)?;
    let multiple = base.dim("block_multiple_of", 256)?;
    let scaled = (factor * width as f64) as u64;
    if !(1..=1 << 40).contains(&scaled) {
        let reason = format!("{factor} times {width} is no width of a feed-forward layer");
        return Err(base.keys.refuse("block_ffn_dim_multiplier", reason));
    }
    Ok(scaled.next_multiple_of(multiple))
}

fn build(
    base: &Base<'_>,
    model_type: &str,
    layers: impl Iterator<Item = (bool, Ffn)>,
) -> Result<Model, Box<Error>> {
    let mut attention = base.attention();
    attention.qk_norm = QkNorm::Head(NormKind::Rms);
    let conv = convolution(base, 3)?;
    let norm = BlockNorm::new(NormKind::Rms, Placement::Pre);
    let blocks = layers.map(|(attends, ffn)| {
        let mixer = if attends { Mixer::SelfAttention(attention) } else { conv };
        Block::new(base.hidden, norm, mixer, ffn)
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

fn convolution(base: &Base<'_>, kernel: u64) -> Result<Mixer, Box<Error>> {
    let (kernel, bias) = (base.dim("conv_L_cache", kernel)?, base.flag("conv_bias", false)?);
    Ok(Mixer::Convolution(ShortConv { kernel, bias }))
}

pub fn third(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read_named(keys, &THIRD, Names { act: &[], ..Names::default() })?;
    let mut attention = base.attention().biased(base.flag("attention_bias", false)?);
    attention.qk_norm = QkNorm::Head(NormKind::Rms);
    if base.flag("use_attention_gate", true)? {
        attention.gate = OutputGate::PerHead;
    }
    let conv = convolution(&base, 7)?;
    let window = keys.nullable_dim_or("sliding_window", Some(256), base.class)?;
    let rotary = |kind, factor| base.rotary_in(kind, base.heads.dim, [factor, 1.0]);
    let (near, far) = (rotary("sliding_attention", 1.0)?, rotary("full_attention", 0.5)?);
    let mixer = |kind: &str| match kind {
        "conv" => Ok(conv),
        _ => base.span(kind, window, None).map(|span| {
            let rotary = if span == Span::Full { far } else { near };
            Mixer::SelfAttention(SelfAttention { span, rotary, ..attention })
        }),
    };
    let rule = |layer: u64| match layer % 4 {
        2 => "full_attention",
        0 if layer > 0 => "sliding_attention",
        _ => "conv",
    };
    let types = base.layer_types()?.unwrap_or_else(|| (0..base.layers).map(rule).collect());
    let mixers = types.into_iter().map(mixer).collect::<Result<Vec<_>, _>>()?;
    let sandwich = base.flag("use_sandwich_norm", true)?;
    let placement = if sandwich { Placement::Sandwich } else { Placement::Pre };
    let norm = BlockNorm::new(NormKind::Rms, placement);
    let blocks = mixers.into_iter().map(|mixer| Block::new(base.hidden, norm, mixer, base.mlp(false)));
    Ok(base.model(model_type, NormKind::Rms, blocks))
}
