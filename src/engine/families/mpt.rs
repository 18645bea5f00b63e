//! MosaicML's MPT: positions by ALiBi, no bias anywhere; and DBRX, a mixture of experts. Both have keys of
//! their own making. Defaults: `MptConfig` and `DbrxConfig` in transformers 4.57.

use super::bloom::ALIBI_FLOPS;
use super::mistral::no_more_than_there_are;
use super::shape::Shape;
use crate::engine::blocks::{BlockNorm, Ffn, Mlp, Moe, Placement, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Experts, Function, Model, NormKind};

const NORM: NormKind = NormKind::LayerNoBias;

pub fn mpt(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let shape = shape(keys, "the default of MptConfig")?;
    let attention = SelfAttention {
        rotary: 0,
        score_flops: ALIBI_FLOPS,
        ..SelfAttention::plain(shape.heads, shape.heads, shape.head_dim)
    };
    // Neither the width nor the function can be chosen.
    let ffn = Ffn::Dense(Mlp::plain(4 * shape.hidden, Function::Gelu, false));
    let ends = shape.ends(NORM, 50368, true)?;
    shape.model(model_type, ends, BlockNorm::new(NORM, Placement::Pre), attention, ffn)
}

pub fn dbrx(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let class = "the default of DbrxConfig";
    let shape = shape(keys, class)?;
    let kv_heads = within(keys, "attn_config", "kv_n_heads", 1)?;
    if !shape.heads.is_multiple_of(kv_heads) {
        let reason = format!("{} is not divisible by the {kv_heads} of kv_n_heads", shape.heads);
        return Err(keys.refuse("n_heads", reason));
    }
    let experts = Experts {
        total: within(keys, "ffn_config", "moe_num_experts", 4)?,
        per_token: within(keys, "ffn_config", "moe_top_k", 1)?,
    };
    no_more_than_there_are(keys, experts, "moe_num_experts", "ffn_config.moe_top_k")?;
    let width = within(keys, "ffn_config", "ffn_hidden_size", 3584)?;
    let moe = Moe::plain(experts, Mlp::gated(width, function(keys)?, false));
    let attention = SelfAttention::plain(shape.heads, kv_heads, shape.head_dim);
    let ends = shape.ends(NORM, 32000, false)?;
    shape.model(model_type, ends, BlockNorm::new(NORM, Placement::Pre), attention, Ffn::Moe(moe))
}

/// DBRX names its function in an object: `"ffn_act_fn": {"name": "silu"}`.
fn function(keys: Keys<'_>) -> Result<Function, Box<Error>> {
    let key = "ffn_config.ffn_act_fn";
    let Some(named) =
        keys.nested("ffn_config").map(|inner| inner.opt_object("ffn_act_fn")).transpose()?.flatten()
    else {
        keys.assume(key, serde_json::json!({"name": "silu"}), "the default of DbrxConfig");
        return Ok(Function::Silu);
    };
    let function = named.get("name").and_then(|name| name.as_str()).and_then(Function::parse);
    function.ok_or_else(|| keys.refuse(key, "has no name that this tool knows"))
}

fn shape<'a>(keys: Keys<'a>, class: &'static str) -> Result<Shape<'a>, Box<Error>> {
    let hidden = keys.dim_or("d_model", 2048, class)?;
    let layers = keys.layers_or(&["n_layers"], 24, class)?;
    Shape::of(keys, class, "d_model", (hidden, layers, keys.dim_or("n_heads", 16, class)?))
}

/// A dimension in one of DBRX's inner objects.
fn within(keys: Keys<'_>, object: &'static str, key: &'static str, default: u64) -> Result<u64, Box<Error>> {
    let class = "the default of DbrxConfig";
    match keys.nested(object) {
        Some(inner) => inner.dim_or(key, default, class),
        None => {
            keys.assume(&format!("{object}.{key}"), default, class);
            Ok(default)
        }
    }
}
