//! Nemotron and Minitron: LayerNorm, partly rotated heads, squared ReLU without a gate. Defaults:
//! `NemotronConfig` in transformers 4.57.

use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Ffn, Mlp, Placement};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

const DEFAULTS: Defaults = Defaults {
    class: "the default of NemotronConfig",
    hidden: 6144,
    intermediate: 24576,
    layers: 32,
    heads: 48,
    kv_heads: None,
    head_dim: None,
    vocab: 256_000,
    act: "relu2",
    tied: false,
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let bias = base.flag("attention_bias", false)?;
    let mut attention = base.attention().biased(bias);
    attention.rotary = base.rotary(0.5)?;
    let ffn = Ffn::Dense(Mlp::plain(base.intermediate, base.function, base.flag("mlp_bias", false)?));
    let norm = BlockNorm::new(NormKind::Layer, Placement::Pre);
    Ok(base.uniform(model_type, NormKind::Layer, base.block_with(norm, attention, ffn)))
}
