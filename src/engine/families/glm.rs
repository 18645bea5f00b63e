//! GLM-4 and GLM-4.5: half-rotated heads; the dense ones with biased queries, keys and values, since 0414
//! with sandwich norms; the mixture with dense layers first; the text models of GLM-4.1V and 4.5V. Sarvam-30B
//! and Solar Open are such mixtures with rotated heads, Solar Open's without a dense layer. Defaults:
//! `GlmConfig`, `Glm4Config`, `Glm4MoeConfig`, `Glm4vTextConfig` and `Glm4vMoeTextConfig` in transformers 4.57,
//! `SarvamMoEConfig` and `SolarOpenConfig` in 5.24.

use super::mixture::{Small, mixed_layers};
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Block, BlockNorm, Ffn, Placement, QkNorm, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

const GLM: Defaults = Defaults {
    class: "the default of GlmConfig",
    hidden: 4096,
    intermediate: 13696,
    layers: 40,
    heads: 32,
    kv_heads: Some(2),
    head_dim: Some(128),
    vocab: 151_552,
    act: "silu",
    tied: false,
};

const GLM4: Defaults = Defaults { class: "the default of Glm4Config", ..GLM };

const GLM4_MOE: Defaults = Defaults {
    class: "the default of Glm4MoeConfig",
    intermediate: 10944,
    layers: 46,
    heads: 96,
    kv_heads: Some(8),
    head_dim: None,
    ..GLM
};

const GLM4V: Defaults = Defaults { class: "the default of Glm4vTextConfig", head_dim: None, ..GLM };

const GLM4V_MOE: Defaults =
    Defaults { class: "the default of Glm4vMoeTextConfig", vocab: 151_424, ..GLM4_MOE };

const SARVAM: Defaults = Defaults {
    class: "the default of SarvamMoEConfig",
    intermediate: 8192,
    layers: 19,
    heads: 64,
    kv_heads: Some(4),
    head_dim: Some(64),
    vocab: 262_144,
    ..GLM
};

const SOLAR: Defaults = Defaults {
    class: "the default of SolarOpenConfig",
    intermediate: 0,
    layers: 48,
    heads: 64,
    kv_heads: Some(8),
    vocab: 196_608,
    ..GLM
};

const EXPERTS: Small = Small {
    total: ("n_routed_experts", 128),
    taken: ("num_experts_per_tok", 8),
    width: 1408,
    shared: Some(("n_shared_experts", 1)),
};

pub fn glm(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    dense(Base::read(keys, &GLM)?, model_type, Placement::Pre)
}

pub fn glm4(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    dense(Base::read(keys, &GLM4)?, model_type, Placement::Sandwich)
}

fn dense(base: Base<'_>, model_type: &str, placement: Placement) -> Result<Model, Box<Error>> {
    let mut attention = base.attention();
    attention.qkv_bias = base.flag("attention_bias", true)?;
    attention.rotary = base.rotary(0.5)?;
    Ok(normed(&base, model_type, placement, attention))
}

pub fn glm4v(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &GLM4V)?;
    let mut attention = base.attention();
    attention.qkv_bias = true;
    attention.rotary = base.rotary_or_all()?;
    Ok(normed(&base, model_type, Placement::Sandwich, attention))
}

fn normed(base: &Base<'_>, model_type: &str, placement: Placement, attention: SelfAttention) -> Model {
    let norm = BlockNorm::new(NormKind::Rms, placement);
    base.uniform(model_type, NormKind::Rms, base.block_with(norm, attention, base.mlp(false)))
}

pub fn glm4_moe(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &GLM4_MOE)?;
    let qk_norm = qk_norm(&base, false)?;
    let attention = SelfAttention { qk_norm, ..half_rotated(&base, false)? };
    predicting(&base, model_type, attention, &EXPERTS)
}

pub fn sarvam(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &SARVAM)?;
    let mut attention = base.attention();
    attention.qkv_bias =
        base.flag(if keys.has("use_qkv_bias") { "use_qkv_bias" } else { "attention_bias" }, false)?;
    attention.qk_norm = qk_norm(&base, true)?;
    attention.rotary = base.rotary(1.0)?;
    let taken = ("num_experts_per_tok", 6);
    predicting(&base, model_type, attention, &Small { taken, width: 1024, ..EXPERTS })
}

pub fn glm4v_moe(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &GLM4V_MOE)?;
    let (_, blocks) = mixed(&base, half_rotated(&base, true)?, &EXPERTS)?;
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

pub fn solar(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &SOLAR)?;
    let mut attention = base.attention();
    attention.qkv_bias = base.flag("attention_bias", false)?;
    attention.rotary = base.rotary_or_all()?;
    let moe = Small { width: 1280, ..EXPERTS }.read(keys, base.class, base.function, false)?;
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, Ffn::Moe(moe))))
}

fn qk_norm(base: &Base<'_>, default: bool) -> Result<QkNorm, Box<Error>> {
    Ok(if base.flag("use_qk_norm", default)? { QkNorm::Head(NormKind::Rms) } else { QkNorm::None })
}

fn half_rotated(base: &Base<'_>, biased: bool) -> Result<SelfAttention, Box<Error>> {
    let mut attention = base.attention();
    attention.qkv_bias = base.flag("attention_bias", biased)?;
    attention.rotary = base.rotary(0.5)?;
    Ok(attention)
}

/// With the layers that predict, where the config has any.
fn predicting(
    base: &Base<'_>,
    model_type: &str,
    attention: SelfAttention,
    experts: &Small,
) -> Result<Model, Box<Error>> {
    let (block, blocks) = mixed(base, attention, experts)?;
    let prediction = super::prediction(base.keys, block)?;
    let mut model = base.model(model_type, NormKind::Rms, blocks);
    model.groups.extend(prediction);
    Ok(model)
}

/// A block with experts, and all of the model's: dense ones first.
fn mixed(
    base: &Base<'_>,
    attention: SelfAttention,
    experts: &Small,
) -> Result<(Block, Vec<Block>), Box<Error>> {
    let moe = experts.read(base.keys, base.class, base.function, false)?;
    let mixed = mixed_layers(base.keys, base.layers, ("first_k_dense_replace", 1), base.class)?;
    let sparse = base.block(attention, Ffn::Moe(moe));
    let dense = base.block(attention, base.mlp(false));
    Ok((sparse, mixed.into_iter().map(|mixed| if mixed { sparse } else { dense }).collect()))
}
