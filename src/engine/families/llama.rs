//! LLaMA 1 to 3 and what shares its architecture: InternLM3, IQuest-Coder, EXAONE 3; Granite, which scales a
//! few vectors on top; HyperCLOVA X, which adds norms behind; Helium, whose output projection has no bias;
//! Arcee, without a gate; SmolLM3, which leaves every fourth layer without positions; CWM, with sliding windows
//! but in every fourth; BitNet, with norms before the last products. Defaults: `LlamaConfig`, `GraniteConfig`,
//! `HeliumConfig`, `ArceeConfig` and `SmolLM3Config` in transformers 4.57, `InternLM3Config`,
//! `IQuestCoderConfig`, `ExaoneConfig`, `HyperCLOVAXConfig`, `CwmConfig` and `BitNetConfig` in 5.24.

use crate::engine::blocks::read::{Base, Defaults, Names};
use crate::engine::blocks::{BlockNorm, Ffn, Mlp, Placement};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

pub const LLAMA: Defaults = Defaults {
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

const HELIUM: Defaults = Defaults {
    class: "the default of HeliumConfig",
    hidden: 2560,
    intermediate: 7040,
    layers: 24,
    heads: 20,
    kv_heads: Some(20),
    head_dim: Some(128),
    vocab: 48000,
    ..LLAMA
};

const ARCEE: Defaults = Defaults {
    class: "the default of ArceeConfig",
    hidden: 2560,
    intermediate: 18432,
    act: "relu2",
    ..LLAMA
};

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

const INTERNLM3: Defaults = Defaults {
    class: "the default of InternLM3Config",
    intermediate: 10240,
    layers: 48,
    kv_heads: Some(2),
    head_dim: Some(128),
    vocab: 128_512,
    ..LLAMA
};

const IQUEST: Defaults = Defaults {
    class: "the default of IQuestCoderConfig",
    hidden: 5120,
    intermediate: 27648,
    layers: 80,
    heads: 40,
    kv_heads: Some(8),
    head_dim: Some(128),
    vocab: 76800,
    ..LLAMA
};

const EXAONE: Defaults = Defaults {
    class: "the default of ExaoneConfig",
    intermediate: 14336,
    kv_heads: Some(8),
    vocab: 102_400,
    ..LLAMA
};

const HYPERCLOVA: Defaults = Defaults { class: "the default of HyperCLOVAXConfig", ..LLAMA };

const BITNET: Defaults = Defaults {
    class: "the default of BitNetConfig",
    hidden: 2560,
    intermediate: 6912,
    layers: 30,
    heads: 20,
    kv_heads: Some(5),
    vocab: 128_256,
    act: "relu2",
    ..LLAMA
};

const CWM: Defaults = Defaults {
    class: "the default of CwmConfig",
    hidden: 6144,
    intermediate: 21504,
    layers: 64,
    heads: 48,
    kv_heads: Some(8),
    head_dim: Some(128),
    vocab: 128_256,
    ..LLAMA
};

pub fn llama(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    plain(Base::read(keys, &LLAMA)?, model_type)
}

pub fn granite(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    plain(Base::read(keys, &GRANITE)?, model_type)
}

pub fn internlm3(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &INTERNLM3)?;
    let attention = base.flag(if keys.has("qkv_bias") { "qkv_bias" } else { "attention_bias" }, false)?;
    let mlp = base.flag(if keys.has("bias") { "bias" } else { "mlp_bias" }, false)?;
    let block = base.block(base.attention().biased(attention), base.mlp(mlp));
    Ok(base.uniform(model_type, NormKind::Rms, block))
}

pub fn iquest(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    plain(Base::read(keys, &IQUEST)?, model_type)
}

pub fn exaone(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let layers = ["num_hidden_layers", "num_layers"];
    let act = ["hidden_act", "activation_function"];
    plain(
        Base::read_named(keys, &EXAONE, Names { count: &layers, act: &act, ..Names::default() })?,
        model_type,
    )
}

pub fn hyperclova(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &HYPERCLOVA)?;
    let attention = base.attention().biased(base.flag("attention_bias", false)?);
    let ffn = base.mlp(base.flag("mlp_bias", false)?);
    let placement = if base.flag("use_post_norm", true)? { Placement::Sandwich } else { Placement::Pre };
    let block = base.block_with(BlockNorm::new(NormKind::Rms, placement), attention, ffn);
    Ok(base.uniform(model_type, NormKind::Rms, block))
}

pub fn bitnet(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &BITNET)?;
    let mut attention = base.attention().biased(base.flag("attention_bias", false)?);
    attention.out_norm = true;
    let mlp = Mlp { normed: true, ..Mlp::gated(base.intermediate, base.function, false) };
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, Ffn::Dense(mlp))))
}

pub fn cwm(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &CWM)?;
    let ffn = base.mlp(base.flag("mlp_bias", false)?);
    let blocks = mostly_windows(&base, 8192)?.into_iter().map(|span| {
        let mut attention = base.attention();
        attention.span = span;
        base.block(attention, ffn)
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// Windows of a default width in all but every fourth layer.
pub fn mostly_windows(base: &Base<'_>, width: u64) -> Result<Vec<Span>, Box<Error>> {
    let window = base.keys.nullable_dim_or("sliding_window", Some(width), base.class)?;
    let rule = |layer: u64| match window {
        Some(window) if !layer.is_multiple_of(4) => Span::Sliding(window),
        _ => Span::Full,
    };
    base.spans(window, None, &rule)
}

fn plain(base: Base<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let ffn = base.mlp(base.flag("mlp_bias", false)?);
    with(&base, model_type, ffn, true)
}

pub fn helium(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &HELIUM)?;
    let ffn = base.mlp(base.flag("mlp_bias", false)?);
    with(&base, model_type, ffn, false)
}

pub fn arcee(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &ARCEE)?;
    let ffn = Ffn::Dense(Mlp::plain(base.intermediate, base.function, base.flag("mlp_bias", false)?));
    with(&base, model_type, ffn, true)
}

/// `attention_bias` has a say in the output projection only where `out` says so.
fn with(base: &Base<'_>, model_type: &str, ffn: Ffn, out: bool) -> Result<Model, Box<Error>> {
    let bias = base.flag("attention_bias", false)?;
    let mut attention = base.attention();
    (attention.qkv_bias, attention.out_bias) = (bias, bias && out);
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, ffn)))
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
        let mut attention = base.attention().biased(bias);
        attention.span = span;
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
    base.one_each("no_rope_layers", list.len())?;
    Ok(list.into_iter().map(|flag| flag != 0).collect())
}
