//! MiMo-V2-Flash: values narrower than keys; among full attention mostly short windows, with twice the key/value
//! heads and with sinks; one dense layer, then a mixture. Defaults: `MiMoV2FlashConfig` in transformers 5.24.

use super::mixture::{Small, mixed_layers};
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ffn, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

const DEFAULTS: Defaults = Defaults {
    class: "the default of MiMoV2FlashConfig",
    hidden: 4096,
    intermediate: 16384,
    layers: 48,
    heads: 64,
    kv_heads: Some(4),
    head_dim: Some(192),
    vocab: 152_576,
    act: "silu",
    tied: false,
};

const EXPERTS: Small =
    Small { total: ("n_routed_experts", 256), taken: ("num_experts_per_tok", 8), width: 2048, shared: None };

/// The rotated part of a head, whether there are `rope_parameters` or not.
const ROTATED: [f64; 2] = [0.334; 2];

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let v_dim = base.dim("v_head_dim", 128)?;
    let same = [
        ("swa_num_attention_heads", base.heads.q),
        ("swa_head_dim", base.heads.dim),
        ("swa_v_head_dim", v_dim),
    ];
    for (key, full) in same {
        if keys.opt_dim(key)?.is_some_and(|sliding| sliding != full) {
            return Err(
                keys.refuse(key, format!("is not the {full} of full attention, as it is in this family"))
            );
        }
    }
    let bias = base.flag("attention_bias", false)?;
    let attention = SelfAttention { v_dim, qkv_bias: bias, ..base.attention() };
    let full = SelfAttention {
        rotary: base.rotary_in("full_attention", base.heads.dim, ROTATED)?,
        sinks: keys.flag_or("add_full_attention_sink_bias", false, "full attention has none")?,
        ..attention
    };
    let twice = 2 * base.heads.kv;
    let sliding = SelfAttention {
        kv_heads: keys.dim_or("swa_num_key_value_heads", twice, "twice those of full attention")?,
        rotary: base.rotary_in("sliding_attention", base.heads.dim, ROTATED)?,
        sinks: keys.flag_or("add_swa_attention_sink_bias", true, "windows have them")?,
        ..attention
    };
    if !sliding.q_heads.is_multiple_of(sliding.kv_heads) {
        let reason = format!("{} does not divide the {} query heads", sliding.kv_heads, sliding.q_heads);
        return Err(keys.refuse("swa_num_key_value_heads", reason));
    }
    let moe = EXPERTS.read(keys, base.class, base.function, false)?;
    let blocks = spans(&base)?.into_iter().zip(mixed(&base)?).map(|(span, mixed)| {
        let attention = if span == Span::Full { full } else { sliding };
        let ffn = if mixed { Ffn::Moe(moe) } else { base.mlp(false) };
        base.block(SelfAttention { span, ..attention }, ffn)
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// By `layer_types` or the published `hybrid_layer_pattern`, where 1 is a window; else full attention in the
/// first layer and every sixth.
fn spans(base: &Base<'_>) -> Result<Vec<Span>, Box<Error>> {
    // Published configs count the tokens before a query's own.
    let window = match base.keys.opt_dim("sliding_window_size")? {
        Some(before) => before + 1,
        None => base.dim("sliding_window", 129)?,
    };
    let span = |full| if full { Span::Full } else { Span::Sliding(window) };
    if let Some(pattern) = base.indices("hybrid_layer_pattern")? {
        base.one_each("hybrid_layer_pattern", pattern.len())?;
        return Ok(pattern.into_iter().map(|kind| span(kind == 0)).collect());
    }
    base.spans(Some(window), None, &|layer| span(layer == 0 || (layer + 1).is_multiple_of(6)))
}

/// By `mlp_layer_types` or a list under the published `moe_layer_freq`; else all but the first.
fn mixed(base: &Base<'_>) -> Result<Vec<bool>, Box<Error>> {
    const KEY: &str = "moe_layer_freq";
    if base.keys.lists(KEY) {
        let list = base.indices(KEY)?.unwrap_or_default();
        base.one_each(KEY, list.len())?;
        return Ok(list.into_iter().map(|kind| kind != 0).collect());
    }
    let first = ("first_k_dense_replace", 1);
    mixed_layers(base.keys, base.layers, first, "MiMoV2FlashConfig leaves one layer dense")
}
