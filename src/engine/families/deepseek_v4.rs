//! DeepSeek-V4: several hidden states side by side; attention to a window and to entries for many tokens each, of
//! which an index chooses some, or all where they stand for more; a mixture in every block. Defaults:
//! `DeepseekV4Config` in transformers 5.24.
//!
//! The first blocks look their experts up by the token in place of choosing the best scored, and score them all the
//! same: they cost what the others do.

use super::mixture::Small;
use crate::engine::blocks::read::{Base, Defaults, no_such_kind, words};
use crate::engine::blocks::{
    Block, BlockNorm, CompressedAttention, Ends, Entries, Ffn, Mixer, Mlp, Moe, Placement,
};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Back, Function, Index, Model, NormKind};

const DEFAULTS: Defaults = Defaults {
    class: "the default of DeepseekV4Config",
    hidden: 4096,
    intermediate: 0,
    layers: 43,
    heads: 64,
    kv_heads: Some(1),
    head_dim: Some(512),
    vocab: 129_280,
    act: "silu",
    tied: false,
};

const EXPERTS: Small = Small {
    total: ("n_routed_experts", 256),
    taken: ("num_experts_per_tok", 6),
    width: 2048,
    shared: Some(("n_shared_experts", 1)),
};

const SLIDING: &str = "sliding_attention";
const SPARSE: &str = "compressed_sparse_attention";
const HEAVY: &str = "heavily_compressed_attention";

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    if base.heads.kv != 1 {
        return Err(keys.refuse("num_key_value_heads", "this family has one, whose keys are its values"));
    }
    let head_dim = base.heads.dim;
    let attention = CompressedAttention {
        heads: base.heads.q,
        head_dim,
        rotary: rotary(&base, "main")?,
        q_rank: base.dim("q_lora_rank", 1024)?,
        groups: base.dim("o_groups", 8)?,
        out_rank: base.dim("o_lora_rank", 1024)?,
        window: base.dim("sliding_window", 128)?,
        entries: None,
    };
    if !(base.heads.q * head_dim).is_multiple_of(attention.groups) {
        let reason = format!("{} groups cannot share {} heads", attention.groups, base.heads.q);
        return Err(keys.refuse("o_groups", reason));
    }
    let turned = rotary(&base, "compress")?;
    let count = base.dim("hc_mult", 4)?;
    let back = Back::Mixed { rounds: base.dim("hc_sinkhorn_iters", 20)? };
    let ffn = Ffn::Moe(mixture(&base)?);
    let norm = BlockNorm::new(NormKind::Rms, Placement::Pre);
    let kinds = entries(&base, turned)?;
    let blocks = kinds.into_iter().map(|entries| {
        let rotary = if entries.is_some() { turned } else { attention.rotary };
        let mixer = Mixer::Compressed(CompressedAttention { rotary, entries, ..attention });
        Block { streams: Some((count, back)), ..Block::new(base.hidden, norm, mixer, ffn) }
    });
    let plain = Ends::plain(base.hidden, base.vocab, NormKind::Rms, base.tied);
    Ok(base.model_within(Ends { streams: Some(count), ..plain }, model_type, blocks))
}

/// The rotated elements of a head in layers of one kind; published configs have the elements themselves.
fn rotary(base: &Base<'_>, kind: &'static str) -> Result<u64, Box<Error>> {
    const KEY: &str = "qk_rope_head_dim";
    match base.keys.opt_dim(KEY)?.filter(|_| !base.keys.has("partial_rotary_factor")) {
        Some(dim) if dim > base.heads.dim => {
            let reason = format!("{dim} is more than a head's {} elements", base.heads.dim);
            Err(base.keys.refuse(KEY, reason))
        }
        Some(dim) => Ok(dim),
        None => base.rotary_in(kind, base.heads.dim, 0.125),
    }
}

/// What the layers see besides their window, by name or by number, or by turns behind three of the same.
fn entries(base: &Base<'_>, rotary: u64) -> Result<Vec<Option<Entries>>, Box<Error>> {
    let keys = base.keys;
    let kinds: Vec<&str> = if let Some(kinds) = base.layer_types()? {
        kinds
    } else if let Some(ratios) = base.indices("compress_ratios")? {
        // Behind those of the model stand those of what predicts.
        base.one_each("compress_ratios", ratios.len().min(base.layers as usize))?;
        let kind = |ratio| match ratio {
            0 => Ok(SLIDING),
            4 => Ok(SPARSE),
            128 => Ok(HEAVY),
            other => Err(keys.refuse("compress_ratios", format!("{other} is none of 0, 4 and 128"))),
        };
        ratios.into_iter().take(base.layers as usize).map(kind).collect::<Result<_, _>>()?
    } else {
        (0..base.layers).map(|layer| if layer > 2 && layer % 2 == 1 { SPARSE } else { HEAVY }).collect()
    };
    let rate = rate(keys, SPARSE, "compress_rate_csa", 4)?;
    let (heads, dim) = (base.dim("index_n_heads", 64)?, base.dim("index_head_dim", 128)?);
    let index = Index { heads, dim, rate, summed: true };
    if rotary > index.dim {
        let reason = format!("{} is less than the {rotary} elements that are rotated", index.dim);
        return Err(keys.refuse("index_head_dim", reason));
    }
    let sparse = Entries { rate, chosen: Some((index, base.dim("index_topk", 512)?)) };
    let heavy = Entries { rate: self::rate(keys, HEAVY, "compress_rate_hca", 128)?, chosen: None };
    let of = |kind| match kind {
        SLIDING => Ok(None),
        SPARSE => Ok(Some(sparse)),
        HEAVY => Ok(Some(heavy)),
        other => Err(no_such_kind(keys, "layer_types", other, &[SLIDING, SPARSE, HEAVY])),
    };
    kinds.into_iter().map(of).collect()
}

/// How many tokens an entry stands for in layers of one kind.
fn rate(keys: Keys<'_>, kind: &str, own: &'static str, default: u64) -> Result<u64, Box<Error>> {
    match keys.opt_dim_in("compress_rates", kind)? {
        Some(rate) if !keys.has(own) => Ok(rate),
        _ => keys.dim_or(own, default, "of compress_rates in DeepseekV4Config"),
    }
}

/// A mixture is one and costs the same, whether a token's number or a router chooses its experts.
const MIXTURES: [&str; 2] = ["hash_moe", "moe"];

fn mixture(base: &Base<'_>) -> Result<Moe, Box<Error>> {
    let keys = base.keys;
    if base.function != Function::Silu {
        return Err(keys.refuse("hidden_act", "the clamped experts of this family have silu"));
    }
    for kind in words(keys, "mlp_layer_types", base.layers)?.unwrap_or_default() {
        if !MIXTURES.contains(&kind) {
            return Err(no_such_kind(keys, "mlp_layer_types", kind, &MIXTURES));
        }
    }
    let moe = EXPERTS.read(keys, base.class, Function::ClampedSilu, false)?;
    if moe.shared != Some(moe.expert) {
        return Err(keys.refuse("n_shared_experts", "this family has one"));
    }
    Ok(Moe { shared: Some(Mlp { bias: base.flag("mlp_bias", false)?, ..moe.expert }), ..moe })
}
