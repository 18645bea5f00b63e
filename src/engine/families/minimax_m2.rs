//! MiniMax-M2: norms over all queries and all keys, partly rotated heads, a mixture in every block. MiniMax-M3: norms
//! of each head, some layers that attend to blocks an index chooses, a shared expert. Defaults: `MiniMaxM2Config` and
//! `MiniMaxM3VLTextConfig` in transformers 5.24.

use super::mistral::experts;
use super::mixture;
use crate::engine::blocks::read::{Base, Defaults, Names, words};
use crate::engine::blocks::{Ffn, Mlp, Moe, QkNorm, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Function, Index, Model, NormKind, Span};

const DEFAULTS: Defaults = Defaults {
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
    ..DEFAULTS
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let mut attention = base.attention();
    attention.qk_norm = QkNorm::Whole(NormKind::Rms);
    // Published configs have the rotated elements themselves.
    attention.rotary = match keys.has("rotary_dim") {
        true => rotary(&base)?,
        false => base.rotary_or_all()?,
    };
    let moe = Moe::plain(
        experts(keys, base.class, ("num_local_experts", 256), ("num_experts_per_tok", 8))?,
        Mlp::gated(base.intermediate, base.function, false),
    );
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, Ffn::Moe(moe))))
}

pub fn m3(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    // Whatever the config calls it.
    let base = Base::read_named(keys, &M3, Names { act: &[], ..Names::default() })?;
    let full =
        SelfAttention { qk_norm: QkNorm::Head(NormKind::Rms), rotary: rotary(&base)?, ..base.attention() };
    let kinds = sparse(&base)?;
    let chosen = chosen(&base, full, kinds.contains(&true))?;
    let mlp = |width| Mlp::gated(width, Function::ClampedSwiglu, false);
    let routed = experts(keys, base.class, ("num_local_experts", 128), ("num_experts_per_tok", 4))?;
    let shared = Some(mlp(base.dim("shared_intermediate_size", 3072)?));
    let moe = Ffn::Moe(Moe { shared, ..Moe::plain(routed, mlp(base.intermediate)) });
    let dense = Ffn::Dense(mlp(base.dim("dense_intermediate_size", 12288)?));
    let blocks = kinds.into_iter().zip(mixed(&base)?).map(|(sparse, mixed)| {
        base.block(if sparse { chosen } else { full }, if mixed { moe } else { dense })
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

fn rotary(base: &Base<'_>) -> Result<u64, Box<Error>> {
    let rotary = base.dim("rotary_dim", 64)?;
    if rotary > base.heads.dim {
        let reason = format!("{rotary} is more than a head's {} elements", base.heads.dim);
        return Err(base.keys.refuse("rotary_dim", reason));
    }
    Ok(rotary)
}

/// Where published configs describe the attention to blocks.
const SPARSE: &str = "sparse_attention_config";

/// Which layers attend to blocks that are chosen: none, unless the config says so.
fn sparse(base: &Base<'_>) -> Result<Vec<bool>, Box<Error>> {
    let keys = base.keys;
    if let Some(kinds) = base.layer_types()? {
        let one = |kind| match kind {
            "minimax_m3_sparse" => Ok(true),
            "full_attention" => Ok(false),
            other => Err(base.no_such_layer("layer_types", other)),
        };
        return kinds.into_iter().map(one).collect();
    }
    let Some(flags) = keys.opt_object(SPARSE)?.and_then(|sparse| sparse.get("sparse_attention_freq")) else {
        return Ok(vec![false; base.layers as usize]);
    };
    let reason = "sparse_attention_freq is no list of 0 and 1";
    let flags = flags.as_array().ok_or_else(|| keys.refuse(SPARSE, reason))?;
    base.one_each(SPARSE, flags.len())?;
    flags.iter().map(|flag| Ok(flag.as_u64().ok_or_else(|| keys.refuse(SPARSE, reason))? > 0)).collect()
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

/// Which layers have experts: all, unless the config says otherwise.
fn mixed(base: &Base<'_>) -> Result<Vec<bool>, Box<Error>> {
    if let Some(types) = words(base.keys, "mlp_layer_types", base.layers)? {
        return mixture::sparse(base.keys, types);
    }
    let flags = base.indices("moe_layer_freq")?.unwrap_or_else(|| vec![1; base.layers as usize]);
    base.one_each("moe_layer_freq", flags.len())?;
    Ok(flags.into_iter().map(|flag| flag > 0).collect())
}
