//! Gemma 1 to 3: wide heads, gated GELU, a tied head; from Gemma 2 on sandwich norms and sliding windows;
//! VaultGemma, which is Gemma 2 without the norms behind. Defaults: `GemmaConfig`, `Gemma2Config` and
//! `Gemma3TextConfig` in transformers 4.57, `VaultGemmaConfig` in 5.24.

use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Placement, QkNorm};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

/// A soft cap on a score: divide, tanh, multiply.
const SOFT_CAP_FLOPS: u64 = 3;

const GEMMA: Defaults = Defaults {
    class: "the default of GemmaConfig",
    hidden: 3072,
    intermediate: 24576,
    layers: 28,
    heads: 16,
    kv_heads: Some(16),
    head_dim: Some(256),
    vocab: 256_000,
    act: "gelu_pytorch_tanh",
    tied: true,
};

const GEMMA2: Defaults = Defaults {
    class: "the default of Gemma2Config",
    hidden: 2304,
    intermediate: 9216,
    layers: 26,
    heads: 8,
    kv_heads: Some(4),
    ..GEMMA
};

const GEMMA3: Defaults = Defaults { class: "the default of Gemma3TextConfig", vocab: 262_208, ..GEMMA2 };

const VAULT: Defaults = Defaults { class: "the default of VaultGemmaConfig", ..GEMMA2 };

pub fn gemma(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    // Early configs say "gelu" under hidden_act and mean the tanh form, which hidden_activation names.
    let base = Base::read_as(keys, &GEMMA, "hidden_activation")?;
    let bias = base.flag("attention_bias", false)?;
    let attention = base.attention().biased(bias);
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, base.mlp(false))))
}

pub fn gemma2(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    second(keys, &GEMMA2, model_type, Placement::Sandwich)
}

pub fn vault(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    second(keys, &VAULT, model_type, Placement::Pre)
}

fn second(
    keys: Keys<'_>,
    defaults: &Defaults,
    model_type: &str,
    placement: Placement,
) -> Result<Model, Box<Error>> {
    let base = Base::read_as(keys, defaults, "hidden_activation")?;
    let capped = keys.nullable_number_or("attn_logit_softcapping", Some(50.0), base.class)?.is_some();
    windowed(&base, model_type, placement, 2, QkNorm::None, capped)
}

pub fn gemma3(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read_as(keys, &GEMMA3, "hidden_activation")?;
    let capped = keys.nullable_number_or("attn_logit_softcapping", None, base.class)?.is_some();
    let every = base.dim("sliding_window_pattern", 6)?;
    windowed(&base, model_type, Placement::Sandwich, every, QkNorm::Head(NormKind::Rms), capped)
}

/// Full attention in every `full_every`-th layer only.
fn windowed(
    base: &Base<'_>,
    model_type: &str,
    placement: Placement,
    full_every: u64,
    qk_norm: QkNorm,
    capped: bool,
) -> Result<Model, Box<Error>> {
    let bias = base.flag("attention_bias", false)?;
    let window = base.dim("sliding_window", 4096)?;
    let rule = |layer| if (layer + 1) % full_every == 0 { Span::Full } else { Span::Sliding(window) };
    let norm = BlockNorm::new(NormKind::Rms, placement);
    let blocks = base.spans(Some(window), None, &rule)?.into_iter().map(|span| {
        let mut attention = base.attention().biased(bias);
        (attention.span, attention.qk_norm) = (span, qk_norm);
        attention.score_flops = if capped { SOFT_CAP_FLOPS } else { 0 };
        base.block_with(norm, attention, base.mlp(false))
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}
