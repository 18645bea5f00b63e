//! ERNIE 4.5: LLaMA with one switch for every bias; the mixture with shared experts between a first and a
//! last layer. Defaults: `Ernie4_5Config` and `Ernie4_5_MoeConfig` in transformers 4.57.

use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ends, Ffn, Mlp, Moe};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

const DENSE: Defaults = Defaults {
    class: "the default of Ernie4_5Config",
    hidden: 1024,
    intermediate: 3072,
    layers: 18,
    heads: 16,
    kv_heads: Some(2),
    head_dim: Some(128),
    vocab: 103_424,
    act: "silu",
    tied: true,
};

const MIXED: Defaults = Defaults {
    class: "the default of Ernie4_5_MoeConfig",
    hidden: 2560,
    intermediate: 12288,
    layers: 28,
    heads: 20,
    kv_heads: Some(4),
    head_dim: None,
    ..DENSE
};

pub fn dense(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DENSE)?;
    let bias = base.flag("use_bias", false)?;
    let attention = base.attention().biased(bias);
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, base.mlp(bias))))
}

pub fn mixed(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &MIXED)?;
    let bias = base.flag("use_bias", false)?;
    let attention = base.attention().biased(bias);
    let width = base.dim("moe_intermediate_size", 1536)?;
    let shared = keys.count_or("moe_num_shared_experts", 2, base.class)?;
    let expert = Mlp::gated(width, base.function, bias);
    let moe = Moe {
        // The correction of the scores is a parameter here, where others keep a buffer.
        router_bias: true,
        shared: expert.side_by_side(shared),
        ..Moe::plain(experts(keys, base.class, ("moe_num_experts", 64), ("moe_k", 6))?, expert)
    };
    let first = keys.count_or("moe_layer_start_index", 1, base.class)?;
    let last = keys.index_or_last("moe_layer_end_index", base.layers, base.class)?;
    let step = base.dim("moe_layer_interval", 1)?;
    let blocks = (0..base.layers).map(|layer| {
        let sparse = (first..=last).contains(&layer) && (layer + 1).is_multiple_of(step);
        base.block(attention, if sparse { Ffn::Moe(moe) } else { base.mlp(bias) })
    });
    let plain = Ends::plain(base.hidden, base.vocab, NormKind::Rms, base.tied);
    Ok(base.model_within(Ends { head_bias: bias, ..plain }, model_type, blocks))
}
