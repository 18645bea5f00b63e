//! Granite with windows in all but every fourth layer and a sink for every head, dense or with Granite 3's mixture.
//! Defaults: `GraniteSWAConfig` and `GraniteMoeSWAConfig` in transformers 5.24.

use super::granite_moe::mixture;
use super::llama::{LLAMA, mostly_windows};
use crate::engine::blocks::Ffn;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

const DENSE: Defaults = Defaults {
    class: "the default of GraniteSWAConfig",
    hidden: 2560,
    intermediate: 8192,
    layers: 24,
    heads: 20,
    kv_heads: Some(4),
    vocab: 100_352,
    tied: true,
    ..LLAMA
};

const MIXED: Defaults = Defaults { class: "the default of GraniteMoeSWAConfig", ..LLAMA };

pub fn dense(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DENSE)?;
    let ffn = base.mlp(base.flag("mlp_bias", false)?);
    build(&base, model_type, ffn)
}

pub fn mixed(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &MIXED)?;
    let ffn = mixture(&base, keys.count_or("shared_intermediate_size", 0, base.class)?)?;
    build(&base, model_type, ffn)
}

fn build(base: &Base<'_>, model_type: &str, ffn: Ffn) -> Result<Model, Box<Error>> {
    let mut attention = base.attention().biased(base.flag("attention_bias", false)?);
    attention.sinks = true;
    let rotated = rotated(base)?;
    let blocks = mostly_windows(base, 128)?.into_iter().zip(rotated).map(|(span, rotated)| {
        attention.span = span;
        attention.rotary = if rotated { base.heads.dim } else { 0 };
        base.block(attention, ffn)
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// Which layers have rotary embedding: those whose `layer_rope_theta` is not 0.
fn rotated(base: &Base<'_>) -> Result<Vec<bool>, Box<Error>> {
    const KEY: &str = "layer_rope_theta";
    let Some(list) = base.keys.opt_list(KEY)? else { return Ok(vec![true; base.layers as usize]) };
    base.one_each(KEY, list.len())?;
    list.iter()
        .map(|theta| match theta.as_f64() {
            Some(theta) => Ok(theta != 0.0),
            None => Err(base.keys.refuse(KEY, format!("{theta} is not a number"))),
        })
        .collect()
}
