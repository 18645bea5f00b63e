//! Seed-OSS: LLaMA with biased queries, keys and values. Defaults: `SeedOssConfig` in transformers 4.57.

use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

const DEFAULTS: Defaults = Defaults {
    class: "the default of SeedOssConfig",
    hidden: 4096,
    intermediate: 27648,
    layers: 64,
    heads: 80,
    kv_heads: Some(8),
    head_dim: Some(128),
    vocab: 155_136,
    act: "silu",
    tied: false,
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let mut attention = base.attention();
    attention.qkv_bias = base.flag("attention_bias", true)?;
    attention.out_bias = base.flag("attention_out_bias", false)?;
    let block = base.block(attention, base.mlp(base.flag("mlp_bias", false)?));
    Ok(base.uniform(model_type, NormKind::Rms, block))
}
