//! Persimmon: LayerNorm and biases throughout, a norm for each head of queries and keys, squared ReLU
//! without a gate. Defaults: `PersimmonConfig` in transformers 4.57.

use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Ffn, Mlp, Placement, QkNorm};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

const DEFAULTS: Defaults = Defaults {
    class: "the default of PersimmonConfig",
    hidden: 4096,
    intermediate: 16384,
    layers: 36,
    heads: 64,
    kv_heads: None,
    head_dim: None,
    vocab: 262_144,
    act: "relu2",
    tied: false,
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    if base.heads.kv != base.heads.q {
        let reason = "every query head of this family has a key and a value of its own";
        return Err(keys.refuse("num_key_value_heads", reason));
    }
    let mut attention = base.attention().biased(true);
    attention.rotary = base.rotary(0.5)?;
    if base.flag("qk_layernorm", true)? {
        attention.qk_norm = QkNorm::Head(NormKind::Layer);
    }
    let ffn = Ffn::Dense(Mlp::plain(base.intermediate, base.function, true));
    let norm = BlockNorm::new(NormKind::Layer, Placement::Pre);
    Ok(base.uniform(model_type, NormKind::Layer, base.block_with(norm, attention, ffn)))
}
