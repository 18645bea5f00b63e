//! StarCoder2: LayerNorm and biases everywhere, a plain feed-forward layer. Defaults: `Starcoder2Config` in
//! transformers 4.57.

use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Ffn, Mlp, Placement};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

const DEFAULTS: Defaults = Defaults {
    class: "the default of Starcoder2Config",
    hidden: 3072,
    intermediate: 12288,
    layers: 30,
    heads: 24,
    kv_heads: Some(2),
    head_dim: None,
    vocab: 49152,
    act: "gelu_pytorch_tanh",
    tied: true,
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let bias = base.flag("use_bias", true)?;
    let mut attention = base.attention().biased(bias);
    let window = keys.nullable_dim_or("sliding_window", None, base.class)?;
    attention.span = window.map_or(Span::Full, Span::Sliding);
    let norm = BlockNorm::new(NormKind::Layer, Placement::Pre);
    let ffn = Ffn::Dense(Mlp::plain(base.intermediate, base.function, bias));
    Ok(base.uniform(model_type, NormKind::Layer, base.block_with(norm, attention, ffn)))
}
