//! Zamba 2: Mamba-2's state space, and before some of the layers one of a few transformers that they share. Defaults:
//! `Zamba2Config` in transformers 5.24.

use super::mamba::{filled, grouped};
use crate::engine::blocks::read::{function, kinds};
use crate::engine::blocks::{
    Block, BlockNorm, Detour, Ends, Ffn, Mamba, Mixer, Mlp, Placement, SelfAttention, group,
};
use crate::engine::config::Keys;
use crate::engine::dtype::DType;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Precision, StateSpace};

const CLASS: &str = "the default of Zamba2Config";

/// The layers behind a transformer by default, and how many layers that is said of.
const HYBRID: [u64; 9] = [6, 12, 18, 24, 30, 36, 42, 47, 51];
const LAYERS: u64 = 54;

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let dim = |key, default| keys.dim_or(key, default, CLASS);
    let flag = |key, default| keys.flag_or(key, default, CLASS);
    let hidden = dim("hidden_size", 2560)?;
    let layers = keys.layers_or(&["num_hidden_layers"], LAYERS, CLASS)?;
    let bias = flag("add_bias_linear", false)?;
    let width = hidden * dim("mamba_expand", 2)?;
    let heads = dim("n_mamba_heads", 8)?;
    let space = StateSpace {
        heads,
        head_dim: dim("mamba_headdim", width / heads)?,
        state: dim("mamba_d_state", 64)?,
        groups: dim("mamba_ngroups", 1)?,
        own_rates: false,
    };
    filled(keys, "n_mamba_heads", space, width)?;
    grouped(keys, "mamba_ngroups", space)?;
    let kernel = dim("mamba_d_conv", 4)?;
    // The convolution's bias is there, whatever use_conv_bias says.
    let (in_bias, out_bias) = (bias, bias);
    let mamba = Mamba { space, kernel, conv_bias: true, in_bias, out_bias, normed: true, steps: None };
    let detour = Detour {
        mlp: Mlp::gated(
            dim("intermediate_size", 4 * hidden)?,
            function(keys, &["hidden_act"], "gelu", CLASS)?,
            bias,
        ),
        rank: dim("adapter_rank", 128)?,
        adapts_attention: flag("use_shared_attention_adapter", false)?,
        attention: attention(keys, hidden)?,
        shared: false,
    };
    if detour.adapts_attention && detour.attention.kv_heads != detour.attention.q_heads {
        let reason = "must be as many as query heads where keys and values have adapters";
        return Err(keys.refuse("num_key_value_heads", reason));
    }
    let transformers = dim("num_mem_blocks", 1)?;
    let norm = BlockNorm::new(NormKind::Rms, Placement::Pre);
    let plain = Block::new(hidden, norm, Mixer::Mamba(mamba), Ffn::None);
    let tied = flag("tie_word_embeddings", true)?;
    if !tied {
        let reason =
            "must be true: where the head is a table of its own, transformers shares nothing else either";
        return Err(keys.refuse("tie_word_embeddings", reason));
    }
    let mut before = 0;
    let blocks = hybrid(keys, layers)?.into_iter().map(|hybrid| {
        before += u64::from(hybrid);
        let shared = before > transformers;
        Block { detour: hybrid.then_some(Detour { shared, ..detour }), ..plain }
    });
    let groups = group(&mut blocks.into_iter());
    let ends = Ends::plain(hidden, dim("vocab_size", 32000)?, NormKind::Rms, tied);
    let precision = Precision::uniform(keys.dtype_or(DType::Float16)?);
    Ok(ends.around(keys, model_type, precision, groups))
}

fn attention(keys: Keys<'_>, hidden: u64) -> Result<SelfAttention, Box<Error>> {
    const KV: &str = "num_key_value_heads";
    let q = keys.dim_or("num_attention_heads", 32, CLASS)?;
    let kv = keys.nullable_dim_or(KV, Some(q), CLASS)?.unwrap_or(q);
    if !q.is_multiple_of(kv) {
        return Err(keys.refuse(KV, format!("{kv} does not divide the {q} query heads")));
    }
    if q > 2 * hidden {
        let reason = format!("{q} heads are more than the {} elements that they share", 2 * hidden);
        return Err(keys.refuse("num_attention_heads", reason));
    }
    let head_dim = keys.dim_or("attention_head_dim", 2 * hidden / q, CLASS)?;
    let rotary = if keys.flag_or("use_mem_rope", false, CLASS)? { head_dim } else { 0 };
    Ok(SelfAttention { rotary, ..SelfAttention::plain(q, kv, head_dim) })
}

/// Which layers are behind a transformer.
fn hybrid(keys: Keys<'_>, layers: u64) -> Result<Vec<bool>, Box<Error>> {
    const NAMES: [&str; 2] = ["layers_block_type", "layer_types"];
    const KINDS: [&str; 3] = ["mamba", "linear_attention", "hybrid"];
    let key = NAMES.into_iter().find(|name| keys.has(name)).unwrap_or(NAMES[0]);
    match kinds(keys, key, layers, &KINDS)? {
        Some(kinds) => Ok(kinds.into_iter().map(|kind| KINDS[kind] == "hybrid").collect()),
        None if layers == LAYERS => Ok((0..LAYERS).map(|layer| HYBRID.contains(&layer)).collect()),
        None => {
            Err(keys.refuse(key, format!("missing; it says which of the {layers} layers are \"hybrid\"")))
        }
    }
}
