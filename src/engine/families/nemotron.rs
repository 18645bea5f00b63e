//! Nemotron and Minitron: LayerNorm, partly rotated heads, squared ReLU without a gate; Jais 2, with wholly
//! rotated heads and biases. Defaults: `NemotronConfig` in transformers 4.57, `Jais2Config` in 5.24.

use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Ffn, Mlp, Placement, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

const NEMOTRON: Defaults = Defaults {
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

const JAIS2: Defaults = Defaults {
    class: "the default of Jais2Config",
    hidden: 3328,
    intermediate: 26624,
    heads: 26,
    vocab: 150_272,
    ..NEMOTRON
};

pub fn nemotron(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &NEMOTRON)?;
    let rotary = base.rotary(0.5)?;
    build(&base, model_type, rotary, false)
}

pub fn jais2(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &JAIS2)?;
    build(&base, model_type, base.heads.dim, true)
}

fn build(base: &Base<'_>, model_type: &str, rotary: u64, biased: bool) -> Result<Model, Box<Error>> {
    let bias = base.flag("attention_bias", biased)?;
    let attention = SelfAttention { rotary, ..base.attention().biased(bias) };
    let ffn = Ffn::Dense(Mlp::plain(base.intermediate, base.function, base.flag("mlp_bias", biased)?));
    let norm = BlockNorm::new(NormKind::Layer, Placement::Pre);
    Ok(base.uniform(model_type, NormKind::Layer, base.block_with(norm, attention, ffn)))
}
