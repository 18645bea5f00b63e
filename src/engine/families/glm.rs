//! GLM-4 and GLM-4.5: half-rotated heads; the dense ones with biased queries, keys and values, since 0414
//! with sandwich norms; the mixture with dense layers first; the text models of GLM-4.1V and 4.5V. Defaults:
//! `GlmConfig`, `Glm4Config`, `Glm4MoeConfig`, `Glm4vTextConfig` and `Glm4vMoeTextConfig` in transformers 4.57.

use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Block, BlockNorm, Ffn, Mlp, Moe, Placement, QkNorm, SelfAttention};
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
    if ["partial_rotary_factor", "rope_parameters"].iter().any(|key| keys.has(key)) {
        attention.rotary = base.rotary(1.0)?;
    }
    Ok(normed(&base, model_type, Placement::Sandwich, attention))
}

fn normed(base: &Base<'_>, model_type: &str, placement: Placement, attention: SelfAttention) -> Model {
    let norm = BlockNorm::new(NormKind::Rms, placement);
    base.uniform(model_type, NormKind::Rms, base.block_with(norm, attention, base.mlp(false)))
}

pub fn glm4_moe(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &GLM4_MOE)?;
    let normed = base.flag("use_qk_norm", false)?;
    let (block, blocks) =
        mixed(&base, false, if normed { QkNorm::Head(NormKind::Rms) } else { QkNorm::None })?;
    let prediction = super::prediction(keys, block)?;
    let mut model = base.model(model_type, NormKind::Rms, blocks);
    model.groups.extend(prediction);
    Ok(model)
}

pub fn glm4v_moe(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &GLM4V_MOE)?;
    let (_, blocks) = mixed(&base, true, QkNorm::None)?;
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// A block with experts, and all of the model's: dense ones first.
fn mixed(base: &Base<'_>, biased: bool, qk_norm: QkNorm) -> Result<(Block, Vec<Block>), Box<Error>> {
    let mut attention = base.attention();
    attention.qkv_bias = base.flag("attention_bias", biased)?;
    attention.rotary = base.rotary(0.5)?;
    attention.qk_norm = qk_norm;
    let width = base.dim("moe_intermediate_size", 1408)?;
    let shared = base.keys.count_or("n_shared_experts", 1, base.class)?;
    let expert = Mlp::gated(width, base.function, false);
    let moe = Moe {
        shared: expert.side_by_side(shared),
        ..Moe::plain(
            experts(base.keys, base.class, ("n_routed_experts", 128), ("num_experts_per_tok", 8))?,
            expert,
        )
    };
    let first = base.keys.count_or("first_k_dense_replace", 1, base.class)?;
    let sparse = base.block(attention, Ffn::Moe(moe));
    let dense = base.block(attention, base.mlp(false));
    Ok((sparse, (0..base.layers).map(|layer| if layer < first { dense } else { sparse }).collect()))
}
