//! Qwen3-Next and Qwen3.5: three layers of linear attention to one of gated full attention; a mixture of
//! experts in each, or in Qwen3.5 also none at all. Lara 4 Mini has plain attention instead, mostly in windows, and
//! no positions outside of them. Defaults: `Qwen3NextConfig` in transformers 4.57, `Qwen3_5TextConfig`,
//! `Qwen3_5MoeTextConfig` and `LaraMiniConfig` in 5.24.

use super::exaone::attention;
use super::qwen::{sparse_layers, with_shared};
use crate::engine::blocks::read::{Base, Defaults, FULL_OR_LINEAR};
use crate::engine::blocks::{Block, BlockNorm, DeltaNet, Ffn, Mixer, Moe, OutputGate, Placement, QkNorm};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Decay, DeltaRule, Model, NormKind, Span};

const NEXT: Defaults = Defaults {
    class: "the default of Qwen3NextConfig",
    hidden: 2048,
    intermediate: 5632,
    layers: 48,
    heads: 16,
    kv_heads: Some(2),
    head_dim: Some(256),
    vocab: 151_936,
    act: "silu",
    tied: false,
};

const DENSE: Defaults = Defaults {
    class: "the default of Qwen3_5TextConfig",
    hidden: 4096,
    intermediate: 12288,
    layers: 32,
    kv_heads: Some(4),
    vocab: 248_320,
    ..NEXT
};

const MIXED: Defaults = Defaults {
    class: "the default of Qwen3_5MoeTextConfig",
    intermediate: 0,
    layers: 40,
    vocab: 248_320,
    ..NEXT
};

const LARA: Defaults = Defaults {
    class: "the default of LaraMiniConfig",
    hidden: 1024,
    intermediate: 0,
    layers: 34,
    kv_heads: Some(4),
    head_dim: Some(128),
    tied: true,
    ..NEXT
};

pub fn next(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &NEXT)?;
    let moe = mixture(&base, (512, 10))?;
    let ffns = sparse_layers(&base, moe, 0)?;
    build(&base, model_type, ffns)
}

pub fn dense(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DENSE)?;
    build(&base, model_type, vec![base.mlp(false); base.layers as usize])
}

pub fn mixed(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &MIXED)?;
    let moe = mixture(&base, (256, 8))?;
    build(&base, model_type, vec![moe; base.layers as usize])
}

pub fn lara(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &LARA)?;
    let moe = Ffn::Moe(with_shared(&base, (128, 4, 512), 512)?);
    let bias = base.flag("attention_bias", false)?;
    let window = base.dim("sliding_window", 512)?;
    let attends = |span| Mixer::SelfAttention(attention(&base, Some(window), span).biased(bias));
    let linear = Mixer::Delta(delta_net(&base, [8, 16])?);
    let mixers = [linear, attends(Span::Sliding(window)), attends(Span::Full)];
    let listed = base.kinds("layer_types", &["linear_attention", "sliding_attention", "full_attention"])?;
    let kinds =
        listed.unwrap_or_else(|| (0..base.layers as usize).map(|at| [0, 1, 0, 2, 1][at % 5]).collect());
    let blocks = kinds.into_iter().map(|kind| Block::new(base.hidden, NORM, mixers[kind], moe));
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// By default so many experts, of which a token takes so many.
fn mixture(base: &Base<'_>, (total, taken): (u64, u64)) -> Result<Ffn, Box<Error>> {
    let moe = with_shared(base, (total, taken, 512), 512)?;
    Ok(Ffn::Moe(Moe { shared_gate: true, ..moe }))
}

const NORM: BlockNorm = BlockNorm { kind: NormKind::Rms, weights: true, placement: Placement::Pre };

fn build(base: &Base<'_>, model_type: &str, ffns: Vec<Ffn>) -> Result<Model, Box<Error>> {
    let bias = base.flag("attention_bias", false)?;
    let mut attention = base.attention().biased(bias);
    (attention.gate, attention.qk_norm) = (OutputGate::WithQueries, QkNorm::Head(NormKind::Rms));
    attention.rotary = base.rotary(0.25)?;
    let full = Mixer::SelfAttention(attention);
    let linear = Mixer::Delta(delta_net(base, [16, 32])?);
    let blocks = which_layers(base)?.into_iter().zip(ffns);
    let blocks =
        blocks.map(|(attends, ffn)| Block::new(base.hidden, NORM, if attends { full } else { linear }, ffn));
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

fn delta_net(base: &Base<'_>, [key_heads, value_heads]: [u64; 2]) -> Result<DeltaNet, Box<Error>> {
    let rule = DeltaRule {
        key_heads: base.dim("linear_num_key_heads", key_heads)?,
        value_heads: base.dim("linear_num_value_heads", value_heads)?,
        key_dim: base.dim("linear_key_head_dim", 128)?,
        value_dim: base.dim("linear_value_head_dim", 128)?,
        decay: Decay::Head,
    };
    delta_net_of(base, rule)
}

/// Linear attention of these heads.
pub fn delta_net_of(base: &Base<'_>, rule: DeltaRule) -> Result<DeltaNet, Box<Error>> {
    if !rule.value_heads.is_multiple_of(rule.key_heads) {
        let reason = format!("{} does not divide the {} value heads", rule.key_heads, rule.value_heads);
        return Err(base.keys.refuse("linear_num_key_heads", reason));
    }
    Ok(DeltaNet { rule, kernel: Some(base.dim("linear_conv_kernel_dim", 4)?), gate_rank: None })
}

/// Which layers attend; the others are linear.
fn which_layers(base: &Base<'_>) -> Result<Vec<bool>, Box<Error>> {
    Ok(match base.which_layers(FULL_OR_LINEAR)? {
        Some(attends) => attends,
        None => {
            let interval = base.dim("full_attention_interval", 4)?;
            (1..=base.layers).map(|n| n % interval == 0).collect()
        }
    })
}
