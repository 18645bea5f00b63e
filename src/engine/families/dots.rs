//! dots.llm1: a norm for each head of queries and keys; dense layers first, then a mixture of small experts
//! with shared ones. Defaults: `Dots1Config` in transformers 4.57.

use super::mixture::{Small, mixed_layers};
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ffn, QkNorm};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

const DEFAULTS: Defaults = Defaults {
    class: "the default of Dots1Config",
    hidden: 4608,
    intermediate: 10944,
    layers: 62,
    heads: 32,
    kv_heads: Some(32),
    head_dim: None,
    vocab: 152_064,
    act: "silu",
    tied: false,
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let bias = base.flag("attention_bias", false)?;
    // The class has no number for these three and cannot be built without them.
    let given = |key: &'static str| Ok::<_, Box<Error>>((key, keys.dim(key)?));
    let moe = Small {
        total: given("n_routed_experts")?,
        taken: given("num_experts_per_tok")?,
        shared: Some(given("n_shared_experts")?),
        width: 1408,
    }
    .read(keys, base.class, base.function, false)?;
    let mixed = mixed_layers(keys, base.layers, ("first_k_dense_replace", 0), base.class)?;
    let window = keys.nullable_dim_or("sliding_window", Some(4096), base.class)?;
    let from = match window {
        Some(_) => keys.count_or("max_window_layers", 62, base.class)?,
        None => 0,
    };
    let spans = base.spans(window, None, &|layer| match window {
        Some(window) if layer >= from => Span::Sliding(window),
        _ => Span::Full,
    })?;
    let blocks = mixed.into_iter().zip(spans).map(|(mixed, span)| {
        let mut attention = base.attention().biased(bias);
        attention.span = span;
        attention.qk_norm = QkNorm::Head(NormKind::Rms);
        base.block(attention, if mixed { Ffn::Moe(moe) } else { base.mlp(false) })
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}
