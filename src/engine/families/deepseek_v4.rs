//! DeepSeek-V4: several hidden states side by side; attention to a window and to entries for many tokens each, of
//! which an index chooses some, or all where they stand for more; a mixture in every block. Defaults:
//! `DeepseekV4Config` in transformers 5.24.
//!
//! The first blocks look their experts up by the token in place of choosing the best scored, and score them all the
//! same: they cost what the others do.

use super::mixture::Small;
use crate::engine::blocks::read::{Base, Defaults, no_more_rotated};
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

const SLIDING: usize = 0;
const SPARSE: usize = 1;
const HEAVY: usize = 2;
const KINDS: [&str; 3] = ["sliding_attention", "compressed_sparse_attention", "heavily_compressed_attention"];

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    if base.heads.kv != 1 {
        return Err(keys.refuse("num_key_value_heads", "this family has one, whose keys are its values"));
    }
    let kinds = kinds(&base)?;
    let [q_rank, groups, out_rank, window, count, rounds] = base.dims([
        ("q_lora_rank", 1024),
        ("o_groups", 8),
        ("o_lora_rank", 1024),
        ("sliding_window", 128),
        ("hc_mult", 4),
        ("hc_sinkhorn_iters", 20),
    ])?;
    let (heads, head_dim) = (base.heads.q, base.heads.dim);
    if !(heads * head_dim).is_multiple_of(groups) {
        return Err(keys.refuse("o_groups", format!("{groups} groups cannot share {heads} heads")));
    }
    let [near, far] = [rotary(&base, "main")?, rotary(&base, "compress")?];
    let entries = entries(&base, far)?;
    let ffn = Ffn::Moe(mixture(&base)?);
    let norm = BlockNorm::new(NormKind::Rms, Placement::Pre);
    let blocks = kinds.into_iter().map(|kind| {
        let mixer = Mixer::Compressed(CompressedAttention {
            heads,
            head_dim,
            rotary: if kind == SLIDING { near } else { far },
            q_rank,
            groups,
            out_rank,
            window,
            entries: entries[kind],
        });
        let streams = Some((count, Back::Mixed { rounds }));
        Block { streams, ..Block::new(base.hidden, norm, mixer, ffn) }
    });
    let plain = Ends::plain(base.hidden, base.vocab, NormKind::Rms, base.tied);
    Ok(base.model_within(Ends { streams: Some(count), ..plain }, model_type, blocks))
}

/// The rotated elements of a head in layers of one kind; published configs have the elements themselves.
fn rotary(base: &Base<'_>, kind: &'static str) -> Result<u64, Box<Error>> {
    const KEY: &str = "qk_rope_head_dim";
    match base.keys.opt_dim(KEY)?.filter(|_| !base.keys.has("partial_rotary_factor")) {
        Some(dim) => no_more_rotated(base.keys, base.heads.dim, KEY, dim),
        None => base.rotary_in(kind, base.heads.dim, [0.125, 1.0]),
    }
}

/// What the layers see besides their window, by name or by number, or by turns behind three of the same.
fn kinds(base: &Base<'_>) -> Result<Vec<usize>, Box<Error>> {
    if let Some(kinds) = base.kinds("layer_types", &KINDS)? {
        return Ok(kinds);
    }
    let Some(ratios) = base.indices("compress_ratios")? else {
        return Ok((0..base.layers)
            .map(|layer| if layer >= 3 && layer % 2 == 1 { SPARSE } else { HEAVY })
            .collect());
    };
    // Behind those of the model stand those of what predicts.
    base.one_each("compress_ratios", ratios.len().min(base.layers as usize))?;
    let mut kinds = Vec::new();
    for &ratio in &ratios[..base.layers as usize] {
        kinds.push([0, 4, 128].iter().position(|known| *known == ratio).ok_or_else(|| {
            base.keys.refuse("compress_ratios", format!("{ratio} is none of 0, 4 and 128"))
        })?);
    }
    Ok(kinds)
}

/// The same for each kind.
fn entries(base: &Base<'_>, rotary: u64) -> Result<[Option<Entries>; 3], Box<Error>> {
    let rate = rate(base.keys, SPARSE, "compress_rate_csa", 4)?;
    let [heads, dim, most] =
        base.dims([("index_n_heads", 64), ("index_head_dim", 128), ("index_topk", 512)])?;
    if rotary > dim {
        let reason = format!("{dim} is less than the {rotary} elements that are rotated");
        return Err(base.keys.refuse("index_head_dim", reason));
    }
    let index = Index { heads, dim, rate, summed: true };
    let heavy = self::rate(base.keys, HEAVY, "compress_rate_hca", 128)?;
    Ok([
        None,
        Some(Entries { rate, chosen: Some((index, most)) }),
        Some(Entries { rate: heavy, chosen: None }),
    ])
}

/// How many tokens an entry stands for in layers of one kind.
fn rate(keys: Keys<'_>, kind: usize, own: &'static str, default: u64) -> Result<u64, Box<Error>> {
    match keys.opt_dim_in("compress_rates", KINDS[kind])? {
        Some(rate) if !keys.has(own) => Ok(rate),
        _ => keys.dim_or(own, default, "of compress_rates in DeepseekV4Config"),
    }
}

fn mixture(base: &Base<'_>) -> Result<Moe, Box<Error>> {
    let keys = base.keys;
    if base.function != Function::Silu {
        return Err(keys.refuse("hidden_act", "the clamped experts of this family have silu"));
    }
    base.kinds("mlp_layer_types", &["hash_moe", "moe"])?;
    let moe = EXPERTS.read(keys, base.class, Function::ClampedSilu, false)?;
    if moe.shared != Some(moe.expert) {
        return Err(keys.refuse("n_shared_experts", "this family has one"));
    }
    Ok(Moe { shared: Some(Mlp { bias: base.flag("mlp_bias", false)?, ..moe.expert }), ..moe })
}
