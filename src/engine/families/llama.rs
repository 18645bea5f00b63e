//! LLaMA 1 to 3 and what shares its architecture; Granite, which scales a few vectors on top; SmolLM3,
//! which leaves every fourth layer without positions. Defaults: `LlamaConfig`, `GraniteConfig` and
//! `SmolLM3Config` in transformers 4.57.

use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

const LLAMA: Defaults = Defaults {
    class: "the default of LlamaConfig",
    hidden: 4096,
    intermediate: 11008,
    layers: 32,
    heads: 32,
    kv_heads: None,
    head_dim: None,
    vocab: 32000,
    act: "silu",
    tied: false,
};

const GRANITE: Defaults = Defaults { class: "the default of GraniteConfig", ..LLAMA };

const SMOLLM3: Defaults = Defaults {
    class: "the default of SmolLM3Config",
    hidden: 2048,
    layers: 36,
    heads: 16,
    kv_heads: Some(4),
    vocab: 128_256,
    tied: true,
    ..LLAMA
};

pub fn llama(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    plain(Base::read(keys, &LLAMA)?, model_type)
}

pub fn granite(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    plain(Base::read(keys, &GRANITE)?, model_type)
}

fn plain(base: Base<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let bias = base.flag("attention_bias", false)?;
    let mut attention = base.attention();
    (attention.qkv_bias, attention.out_bias) = (bias, bias);
    let block = base.block(attention, base.mlp(base.flag("mlp_bias", false)?));
    Ok(base.uniform(model_type, NormKind::Rms, block))
}

pub fn smollm3(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &SMOLLM3)?;
    let bias = base.flag("attention_bias", false)?;
    let ffn = base.mlp(base.flag("mlp_bias", false)?);
    let rotated = rotated_layers(&base)?;
    let window = match base.flag("use_sliding_window", false)? {
        true => keys.opt_dim("sliding_window")?,
        false => None,
    };
    // Without layer_types, the window is for the layers without positions.
    let rule = |layer: u64| match window {
        Some(window) if !rotated[layer as usize] => Span::Sliding(window),
        _ => Span::Full,
    };
    let blocks = base.spans(window, None, &rule)?.into_iter().zip(&rotated).map(|(span, &rotated)| {
        let mut attention = base.attention();
        (attention.qkv_bias, attention.out_bias, attention.span) = (bias, bias, span);
        attention.rotary = if rotated { base.heads.dim } else { 0 };
        base.block(attention, ffn)
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// Which layers have rotary embedding, by `no_rope_layers` (1 where they have it) or its interval.
pub fn rotated_layers(base: &Base<'_>) -> Result<Vec<bool>, Box<Error>> {
    let list = base.indices("no_rope_layers")?.filter(|list| !list.is_empty());
    let Some(list) = list else {
        let interval = base.dim("no_rope_layer_interval", 4)?;
        return Ok((1..=base.layers).map(|layer| layer % interval != 0).collect());
    };
    if list.len() as u64 != base.layers {
        let reason = format!("has {} entries for {} layers; give one each", list.len(), base.layers);
        return Err(base.keys.refuse("no_rope_layers", reason));
    }
    Ok(list.into_iter().map(|flag| flag != 0).collect())
}
