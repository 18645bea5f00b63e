//! GLM-4 and GLM-4.5: half-rotated heads; the dense ones with biased queries, keys and values, since 0414
//! with sandwich norms; the mixture with dense layers first. Defaults: `GlmConfig`, `Glm4Config` and
//! `Glm4MoeConfig` in transformers 4.57.

use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Ffn, Mlp, Moe, Placement, QkNorm};
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

pub fn glm(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    dense(Base::read(keys, &GLM)?, model_type, Placement::Pre)
}

pub fn glm4(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    dense(Base::read(keys, &GLM4)?, model_type, Placement::Sandwich)
}

fn dense(base: Base<'_>, model_type: &str, placement: Placement) -> Result<Model, Box<Error>> {
    let mut attention = base.attention();
    attention.qkv_bias = base.flag("attention_bias", true)?;
    attention.rotary = base.rotary("partial_rotary_factor", 0.5)?;
    let norm = BlockNorm::new(NormKind::Rms, placement);
    Ok(base.uniform(model_type, NormKind::Rms, base.block_with(norm, attention, base.mlp(false))))
}

pub fn glm4_moe(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &GLM4_MOE)?;
    let mut attention = base.attention();
    attention.qkv_bias = base.flag("attention_bias", false)?;
    attention.rotary = base.rotary("partial_rotary_factor", 0.5)?;
    if base.flag("use_qk_norm", false)? {
        attention.qk_norm = QkNorm::Head(NormKind::Rms);
    }
    let width = base.dim("moe_intermediate_size", 1408)?;
    let shared = keys.count_or("n_shared_experts", 1, base.class)?;
    let moe = Moe {
        experts: experts(keys, base.class, ("n_routed_experts", 128), ("num_experts_per_tok", 8))?,
        expert: Mlp::gated(width, base.function, false),
        router_bias: false,
        shared: (shared > 0).then(|| Mlp::gated(shared * width, base.function, false)),
        shared_gate: false,
    };
    let first = keys.count_or("first_k_dense_replace", 1, base.class)?;
    let blocks = (0..base.layers).map(|layer| {
        let ffn = if layer < first { base.mlp(false) } else { Ffn::Moe(moe) };
        base.block(attention, ffn)
    });
    let prediction = super::prediction(keys, base.block(attention, Ffn::Moe(moe)))?;
    let mut model = base.model(model_type, NormKind::Rms, blocks);
    model.groups.extend(prediction);
    Ok(model)
}
