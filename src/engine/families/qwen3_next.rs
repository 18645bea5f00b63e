//! Qwen3-Next: three layers of linear attention to one of gated full attention, a mixture of experts in
//! each. Defaults: `Qwen3NextConfig` in transformers 4.57.

use super::mistral::experts;
use super::qwen::sparse_layers;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Block, BlockNorm, DeltaNet, Ffn, Mixer, Mlp, Moe, Placement, QkNorm};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{DeltaRule, Model, NormKind};

const DEFAULTS: Defaults = Defaults {
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

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let bias = base.flag("attention_bias", false)?;
    let mut attention = base.attention().biased(bias);
    (attention.gated, attention.qk_norm) = (true, QkNorm::Head(NormKind::Rms));
    attention.rotary = base.rotary(0.25)?;
    let full = Mixer::SelfAttention(attention);
    let linear = Mixer::Delta(delta_net(&base)?);
    let routed = Moe::plain(
        experts(keys, base.class, ("num_experts", 512), ("num_experts_per_tok", 10))?,
        Mlp::gated(base.dim("moe_intermediate_size", 512)?, base.function, false),
    );
    let shared = Mlp::gated(base.dim("shared_expert_intermediate_size", 512)?, base.function, false);
    let moe = Moe { shared: Some(shared), shared_gate: true, ..routed };
    let ffns = sparse_layers(&base, Ffn::Moe(moe))?;
    let mixers = mixers(&base, full, linear)?;
    let norm = BlockNorm::new(NormKind::Rms, Placement::Pre);
    let blocks =
        mixers.into_iter().zip(ffns).map(|(mixer, ffn)| Block { hidden: base.hidden, norm, mixer, ffn });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

fn delta_net(base: &Base<'_>) -> Result<DeltaNet, Box<Error>> {
    let rule = DeltaRule {
        key_heads: base.dim("linear_num_key_heads", 16)?,
        value_heads: base.dim("linear_num_value_heads", 32)?,
        key_dim: base.dim("linear_key_head_dim", 128)?,
        value_dim: base.dim("linear_value_head_dim", 128)?,
    };
    if !rule.value_heads.is_multiple_of(rule.key_heads) {
        let reason = format!("{} does not divide the {} value heads", rule.key_heads, rule.value_heads);
        return Err(base.keys.refuse("linear_num_key_heads", reason));
    }
    Ok(DeltaNet { rule, kernel: base.dim("linear_conv_kernel_dim", 4)? })
}

fn mixers(base: &Base<'_>, full: Mixer, linear: Mixer) -> Result<Vec<Mixer>, Box<Error>> {
    let Some(types) = base.layer_types()? else {
        let interval = base.dim("full_attention_interval", 4)?;
        return Ok((1..=base.layers).map(|n| if n % interval == 0 { full } else { linear }).collect());
    };
    types
        .into_iter()
        .map(|kind| match kind {
            "full_attention" => Ok(full),
            "linear_attention" => Ok(linear),
            other => Err(base
                .keys
                .refuse("layer_types", format!("\"{other}\" is no kind of attention of this family"))),
        })
        .collect()
}
