//! Apertus: LLaMA with a norm for each head of queries and keys, and xIELU without a gate. Defaults:
//! `ApertusConfig` in transformers 5.24.

use super::llama::LLAMA;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ffn, Mlp, QkNorm, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

const DEFAULTS: Defaults = Defaults {
    class: "the default of ApertusConfig",
    intermediate: 14336,
    vocab: 131_072,
    act: "xielu",
    ..LLAMA
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let bias = base.flag("attention_bias", false)?;
    let qk_norm = QkNorm::Head(NormKind::Rms);
    let attention = SelfAttention { qk_norm, ..base.attention().biased(bias) };
    let ffn = Ffn::Dense(Mlp::plain(base.intermediate, base.function, false));
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, ffn)))
}
