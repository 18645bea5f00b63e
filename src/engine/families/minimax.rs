//! MiniMax-Text-01 and M1: lightning attention, full attention in some layers, Mixtral's mixture in every block.
//! MiniMax-M2: full attention alone, norms over all queries and all keys, partly rotated heads. MiniMax-M3: norms
//! of each head, some layers that attend to blocks an index chooses, a shared expert. Defaults:
//! `MiniMaxConfig`, `MiniMaxM2Config` and `MiniMaxM3VLTextConfig` in transformers 5.24.

use super::mistral::{MISTRAL, experts};
use super::mixture::mixed_by_name;
use crate::engine::blocks::read::{
    Base, Defaults, FULL_OR_LINEAR, Heads, Names, no_more_rotated, silu_alone,
};
use crate::engine::blocks::{
    Block, BlockNorm, DeltaNet, Ffn, Mixer, Mlp, Moe, Placement, QkNorm, SelfAttention,
};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Decay, DeltaRule, Function, Index, Model, NormKind, Span};
use serde_json::Value;

const FIRST: Defaults = Defaults { class: "the default of MiniMaxConfig", ..MISTRAL };

const M2: Defaults = Defaults {
    class: "the default of MiniMaxM2Config",
    hidden: 3072,
    intermediate: 1536,
    layers: 62,
    heads: 48,
    kv_heads: Some(8),
    head_dim: Some(128),
    vocab: 200_064,
    act: "silu",
    tied: false,
};

const M3: Defaults = Defaults {
    class: "the default of MiniMaxM3VLTextConfig",
    hidden: 6144,
    intermediate: 3072,
    layers: 60,
    heads: 64,
    kv_heads: Some(4),
    ..M2
};

pub fn first(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &FIRST)?;
    silu_alone(keys)?;
    let mut attention = base.attention();
    attention.rotary = rotary(&base, None)?;
    let window = keys.nullable_dim_or("sliding_window", None, base.class)?;
    attention.span = window.map_or(Span::Full, Span::Sliding);
    let Heads { q, dim, .. } = base.heads;
    let rule = DeltaRule { key_heads: q, value_heads: q, key_dim: dim, value_dim: dim, decay: Decay::Fixed };
    let linear = Mixer::Delta(DeltaNet { rule, kernel: None, gate_rank: None });
    let moe = Ffn::Moe(Moe::plain(
        experts(keys, base.class, ("num_local_experts", 8), ("num_experts_per_tok", 2))?,
        Mlp::gated(base.intermediate, base.function, false),
    ));
    let attends = attends(&base)?;
    let norm = BlockNorm::new(NormKind::Rms, Placement::Pre);
    let blocks = attends.into_iter().map(|attends| {
        let mixer = if attends { Mixer::SelfAttention(attention) } else { linear };
        Block::new(base.hidden, norm, mixer, moe)
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// Which layers attend: by name, in configs from before transformers had the family by number, or every other.
fn attends(base: &Base<'_>) -> Result<Vec<bool>, Box<Error>> {
    const NUMBERS: &str = "attn_type_list";
    if let Some(attends) = base.which_layers(FULL_OR_LINEAR)? {
        return Ok(attends);
    }
    let Some(numbers) = base.indices(NUMBERS)? else {
        return Ok((0..base.layers).map(|layer| layer % 2 == 0).collect());
    };
    base.one_each(NUMBERS, numbers.len())?;
    if base.keys.count_or("shared_intermediate_size", 0, "no shared expert")? > 0 {
        return Err(base.keys.refuse("shared_intermediate_size", "this family has no shared expert; use 0"));
    }
    let attends = |number| match number {
        1 => Ok(true),
        0 => Ok(false),
        _ => Err(base.keys.refuse(NUMBERS, format!("{number} is no kind of layer; use 0 or 1"))),
    };
    numbers.into_iter().map(attends).collect()
}

pub fn second(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &M2)?;
    let mut attention = base.attention();
    attention.qk_norm = QkNorm::Whole(NormKind::Rms);
    attention.rotary = rotary(&base, None)?;
    let moe = Moe::plain(
        experts(keys, base.class, ("num_local_experts", 256), ("num_experts_per_tok", 8))?,
        Mlp::gated(base.intermediate, base.function, false),
    );
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, Ffn::Moe(moe))))
}

/// Published configs have the rotated elements of a head themselves.
fn rotary(base: &Base<'_>, default: Option<u64>) -> Result<u64, Box<Error>> {
    let rotary = match default {
        Some(rotary) => base.dim("rotary_dim", rotary)?,
        None if base.keys.has("rotary_dim") => base.keys.dim("rotary_dim")?,
        None => return base.rotary_or_all(),
    };
    no_more_rotated(base.keys, base.heads.dim, "rotary_dim", rotary)
}

pub fn third(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    // Whatever the config calls it.
    let base = Base::read_named(keys, &M3, Names { act: &[], ..Names::default() })?;
    let full = SelfAttention {
        qk_norm: QkNorm::Head(NormKind::Rms),
        rotary: rotary(&base, Some(64))?,
        ..base.attention()
    };
    let sparse = sparse(&base)?;
    let chosen = chosen(&base, full, sparse.contains(&true))?;
    let [shared, dense] =
        base.dims([("shared_intermediate_size", 3072), ("dense_intermediate_size", 12288)])?;
    let mlp = |width| Mlp::gated(width, Function::ClampedSwiglu, false);
    let routed = experts(keys, base.class, ("num_local_experts", 128), ("num_experts_per_tok", 4))?;
    let moe = Moe { shared: Some(mlp(shared)), ..Moe::plain(routed, mlp(base.intermediate)) };
    let (dense, moe) = (Ffn::Dense(mlp(dense)), Ffn::Moe(moe));
    let blocks = sparse.into_iter().zip(mixed(&base)?).map(|(sparse, mixed)| {
        base.block(if sparse { chosen } else { full }, if mixed { moe } else { dense })
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// Where published configs describe the attention to blocks.
const SPARSE: &str = "sparse_attention_config";

/// Which layers attend to blocks that are chosen: none, unless the config says so.
fn sparse(base: &Base<'_>) -> Result<Vec<bool>, Box<Error>> {
    if let Some(sparse) = base.which_layers(&[("full_attention", false), ("minimax_m3_sparse", true)])? {
        return Ok(sparse);
    }
    let flags = base.keys.opt_object(SPARSE)?.and_then(|sparse| sparse.get("sparse_attention_freq"));
    match flags.and_then(Value::as_array) {
        Some(flags) => switches(base, SPARSE, flags),
        None => Ok(vec![false; base.layers as usize]),
    }
}

/// A list of 0 and 1 with one each for every layer.
fn switches(base: &Base<'_>, key: &str, flags: &[Value]) -> Result<Vec<bool>, Box<Error>> {
    let refuse = || base.keys.refuse(key, "has something else than 0 and 1 for a layer");
    base.one_each(key, flags.len())?;
    flags.iter().map(|flag| Ok(flag.as_u64().ok_or_else(refuse)? > 0)).collect()
}

/// The same attention to blocks that an index chooses; `used` says whether any layer has it.
fn chosen(base: &Base<'_>, full: SelfAttention, used: bool) -> Result<SelfAttention, Box<Error>> {
    let keys = base.keys;
    let dim = |key, published, default| match keys.opt_dim_in(SPARSE, published)? {
        Some(dim) => Ok(dim),
        None => base.dim(key, default),
    };
    let heads = dim("index_n_heads", "sparse_num_index_heads", 4)?;
    let size = dim("index_block_size", "sparse_block_size", 128)?;
    let most = dim("index_topk_blocks", "sparse_topk_blocks", 16)?;
    let local = dim("index_local_blocks", "sparse_local_block", 1)?;
    let index = Index { heads, dim: dim("index_head_dim", "sparse_index_dim", 128)?, rate: 1, summed: false };
    if used && heads != base.heads.kv {
        let reason = format!("{heads} choices for {} key/value heads; give one each", base.heads.kv);
        return Err(keys.refuse("index_n_heads", reason));
    }
    if used && local > most {
        let reason = format!("{local} are more than the {most} blocks that are chosen");
        return Err(keys.refuse("index_local_blocks", reason));
    }
    Ok(SelfAttention { span: Span::Blocks { size, most }, index: Some(index), ..full })
}

/// Which layers have experts: all, unless the config says so.
fn mixed(base: &Base<'_>) -> Result<Vec<bool>, Box<Error>> {
    const PUBLISHED: &str = "moe_layer_freq";
    if let Some(mixed) = mixed_by_name(base.keys, base.layers)? {
        return Ok(mixed);
    }
    match base.keys.opt_list(PUBLISHED)? {
        Some(flags) => switches(base, PUBLISHED, flags),
        None => Ok(vec![true; base.layers as usize]),
    }
}
