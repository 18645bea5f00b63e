//! Mistral and Ministral: LLaMA with a sliding window; Mixtral: a mixture of experts in every block.
//! Defaults: `MistralConfig`, `MinistralConfig` and `MixtralConfig` in transformers 4.57, `Ministral3Config`
//! in 5.24.

use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ffn, Mlp, Moe};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Experts, Model, NormKind, Span};

pub const MISTRAL: Defaults = Defaults {
    class: "the default of MistralConfig",
    hidden: 4096,
    intermediate: 14336,
    layers: 32,
    heads: 32,
    kv_heads: Some(8),
    head_dim: None,
    vocab: 32000,
    act: "silu",
    tied: false,
};

const MINISTRAL: Defaults = Defaults { class: "the default of MinistralConfig", ..MISTRAL };

const MINISTRAL3: Defaults = Defaults {
    class: "the default of Ministral3Config",
    layers: 34,
    head_dim: Some(128),
    vocab: 131_072,
    ..MISTRAL
};

const MIXTRAL: Defaults = Defaults { class: "the default of MixtralConfig", ..MISTRAL };

pub fn mistral(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    windowed(Base::read(keys, &MISTRAL)?, model_type, Some(4096))
}

pub fn ministral(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    windowed(Base::read(keys, &MINISTRAL)?, model_type, Some(4096))
}

pub fn ministral3(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    windowed(Base::read(keys, &MINISTRAL3)?, model_type, None)
}

fn windowed(base: Base<'_>, model_type: &str, window: Option<u64>) -> Result<Model, Box<Error>> {
    let window = base.keys.nullable_dim_or("sliding_window", window, base.class)?;
    let everywhere = window.map_or(Span::Full, Span::Sliding);
    let blocks = base.spans(window, None, &|_| everywhere)?.into_iter().map(|span| {
        let mut attention = base.attention();
        attention.span = span;
        base.block(attention, base.mlp(false))
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

pub fn mixtral(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &MIXTRAL)?;
    let mut attention = base.attention();
    let window = keys.nullable_dim_or("sliding_window", None, base.class)?;
    attention.span = window.map_or(Span::Full, Span::Sliding);
    let moe = Moe::plain(
        experts(keys, base.class, ("num_local_experts", 8), ("num_experts_per_tok", 2))?,
        Mlp::gated(base.intermediate, base.function, false),
    );
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, Ffn::Moe(moe))))
}

/// How many experts there are and how many a token takes, each under its key with its default.
///
/// # Errors
/// When a token would take more experts than there are.
pub fn experts(
    keys: Keys<'_>,
    class: &str,
    (total_key, total): (&'static str, u64),
    (taken_key, taken): (&'static str, u64),
) -> Result<Experts, Box<Error>> {
    // Classes map these names onto each other, and Qwen3's own one changed with transformers 5.
    let names = [total_key, "num_local_experts", "num_experts"];
    let experts = Experts {
        total: keys.dim_of_or(&names, total, class)?,
        per_token: keys.dim_or(taken_key, taken, class)?,
    };
    no_more_than_there_are(keys, experts, total_key, taken_key)?;
    Ok(experts)
}

/// # Errors
/// When a token would take more experts than there are.
pub fn no_more_than_there_are(
    keys: Keys<'_>,
    experts: Experts,
    total_key: &str,
    taken_key: &str,
) -> Result<(), Box<Error>> {
    let Experts { total, per_token } = experts;
    if per_token > total {
        let reason = format!("{per_token} is more than the {total} experts of {total_key}");
        return Err(keys.refuse(taken_key, reason));
    }
    Ok(())
}
