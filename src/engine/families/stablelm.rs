//! StableLM: LayerNorm, partly rotated heads. Defaults: `StableLmConfig` in transformers 4.57.

use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Placement, QkNorm};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

const DEFAULTS: Defaults = Defaults {
    class: "the default of StableLmConfig",
    hidden: 2560,
    intermediate: 6912,
    layers: 32,
    heads: 32,
    kv_heads: Some(32),
    head_dim: None,
    vocab: 50304,
    act: "silu",
    tied: false,
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let mut attention = base.attention();
    attention.qkv_bias = base.flag("use_qkv_bias", false)?;
    attention.rotary = base.rotary(0.25)?;
    if base.flag("qk_layernorm", false)? {
        attention.qk_norm = QkNorm::EachHead(NormKind::LayerNoBias);
    }
    let parallel = base.flag("use_parallel_residual", false)?;
    let placement = if parallel { Placement::ParallelOne } else { Placement::Pre };
    let norm = BlockNorm::new(NormKind::Layer, placement);
    Ok(base.uniform(model_type, NormKind::Layer, base.block_with(norm, attention, base.mlp(false))))
}
