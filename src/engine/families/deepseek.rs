//! DeepSeek-V2, V3 and R1, and Kimi K2: latent attention, dense layers first, then a mixture of many small
//! experts with shared ones; DeepSeek-V3.2 and GLM-5, which attend to the tokens that an index chooses.
//! Defaults: `DeepseekV2Config` and `DeepseekV3Config` in transformers 4.57, `DeepseekV32Config` and
//! `GlmMoeDsaConfig` in 5.24.

use super::mistral::experts;
use crate::engine::blocks::read::{Defaults, function};
use crate::engine::blocks::{
    Block, BlockNorm, Ends, Ffn, LatentAttention, Mixer, Mlp, Moe, Placement, group,
};
use crate::engine::config::Keys;
use crate::engine::dtype::DType;
use crate::engine::error::Error;
use crate::engine::model::{Function, Index, Latent, Model, NormKind, Precision, Span};
use serde_json::Value;

/// What the two generations assume differently.
struct Generation {
    base: Defaults,
    experts: u64,
    /// None: the config must say how many a token takes.
    per_token: Option<u64>,
    shared: u64,
    expert_width: u64,
    dense_first: u64,
    /// Whether `mlp_bias` has a say, in dense layers and experts alike.
    biased: bool,
    /// What of a latent's heads differs.
    queries: u64,
    nope_dim: u64,
    v_dim: u64,
    /// Heads of the index, where there is one.
    index: Option<u64>,
}

const V2: Generation = Generation {
    base: Defaults {
        class: "the default of DeepseekV2Config",
        hidden: 4096,
        intermediate: 11008,
        layers: 32,
        heads: 32,
        kv_heads: None,
        head_dim: None,
        vocab: 32000,
        act: "silu",
        tied: false,
    },
    experts: 64,
    per_token: None,
    shared: 2,
    expert_width: 1407,
    dense_first: 0,
    biased: true,
    queries: 1536,
    nope_dim: 128,
    v_dim: 128,
    index: None,
};

const V3: Generation = Generation {
    base: Defaults {
        class: "the default of DeepseekV3Config",
        hidden: 7168,
        intermediate: 18432,
        layers: 61,
        heads: 128,
        vocab: 129_280,
        ..V2.base
    },
    experts: 256,
    per_token: Some(8),
    shared: 1,
    expert_width: 2048,
    dense_first: 3,
    biased: false,
    ..V2
};

const V32: Generation = Generation {
    base: Defaults { class: "the default of DeepseekV32Config", ..V3.base },
    index: Some(64),
    ..V3
};

const GLM: Generation = Generation {
    base: Defaults {
        class: "the default of GlmMoeDsaConfig",
        hidden: 6144,
        intermediate: 12288,
        layers: 78,
        heads: 64,
        vocab: 154_880,
        ..V2.base
    },
    queries: 2048,
    nope_dim: 192,
    v_dim: 256,
    index: Some(32),
    ..V3
};

pub fn v2(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &V2)
}

pub fn v3(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &V3)
}

pub fn v32(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &V32)
}

pub fn glm(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &GLM)
}

fn build(keys: Keys<'_>, model_type: &str, generation: &Generation) -> Result<Model, Box<Error>> {
    let Defaults { class, hidden, intermediate, layers, heads, vocab, act, tied, .. } = generation.base;
    let hidden = keys.dim_or("hidden_size", hidden, class)?;
    let layers = keys.layers_or(&["num_hidden_layers"], layers, class)?;
    let function = function(keys, &["hidden_act"], act, class)?;
    let attention = LatentAttention {
        latent: Latent {
            heads: keys.dim_or("num_attention_heads", heads, class)?,
            rank: keys.dim_or("kv_lora_rank", 512, class)?,
            nope_dim: keys.dim_or("qk_nope_head_dim", generation.nope_dim, class)?,
            rope_dim: keys.dim_or("qk_rope_head_dim", 64, class)?,
            v_dim: keys.dim_or("v_head_dim", generation.v_dim, class)?,
            span: Span::Full,
        },
        // Null is an answer: queries without a latent of their own.
        q_rank: match generation.index {
            None => keys.nullable_dim_or("q_lora_rank", Some(generation.queries), class)?,
            Some(_) => Some(keys.dim_or("q_lora_rank", generation.queries, class)?),
        },
        bias: keys.flag_or("attention_bias", false, class)?,
        index: None,
    };
    let mixers = mixers(keys, generation, attention, layers)?;
    let bias = generation.biased && keys.flag_or("mlp_bias", false, class)?;
    let dense =
        Ffn::Dense(Mlp::gated(keys.dim_or("intermediate_size", intermediate, class)?, function, bias));
    let moe = Ffn::Moe(mixture(keys, generation, function, bias)?);
    let first = keys.count_or("first_k_dense_replace", generation.dense_first, class)?;
    let step = match generation.index {
        None => keys.dim_or("moe_layer_freq", 1, "a mixture in every layer behind the dense ones")?,
        Some(_) => 1,
    };
    let block = |mixer, ffn| Block {
        hidden,
        norm: BlockNorm::new(NormKind::Rms, Placement::Pre),
        mixer: Mixer::Latent(mixer),
        ffn,
    };
    let kinds = |layer: u64| layer >= first && layer.is_multiple_of(step);
    let sparse = match sparse(keys, generation, layers)? {
        Some(list) => list,
        None => (0..layers).map(kinds).collect(),
    };
    let ffns = sparse.into_iter().map(|sparse| if sparse { moe } else { dense });
    let last = mixers.last().copied().unwrap_or(attention);
    let mut groups = group(&mut mixers.into_iter().zip(ffns).map(|(mixer, ffn)| block(mixer, ffn)));
    groups.extend(super::prediction(keys, block(last, moe))?);
    let ends = Ends::plain(
        hidden,
        keys.dim_or("vocab_size", vocab, class)?,
        NormKind::Rms,
        keys.flag_or("tie_word_embeddings", tied, class)?,
    );
    let precision = Precision::uniform(keys.dtype_or(DType::Float16)?);
    Ok(ends.around(keys, model_type, precision, groups))
}

/// The attention of each layer: some of GLM-5's take what the one before them has chosen.
fn mixers(
    keys: Keys<'_>,
    generation: &Generation,
    mut attention: LatentAttention,
    layers: u64,
) -> Result<Vec<LatentAttention>, Box<Error>> {
    let class = generation.base.class;
    let Some(heads) = generation.index else { return Ok(vec![attention; layers as usize]) };
    attention.latent.span = Span::Chosen(keys.dim_or("index_topk", 2048, class)?);
    let index = Index {
        heads: keys.dim_or("index_n_heads", heads, class)?,
        dim: keys.dim_or("index_head_dim", 128, class)?,
    };
    let chooses = chooses(keys, layers)?;
    Ok(chooses.into_iter().map(|own| LatentAttention { index: own.then_some(index), ..attention }).collect())
}

/// Which layers choose by themselves, by name, by letter or by turns; all of them where nothing is said.
fn chooses(keys: Keys<'_>, layers: u64) -> Result<Vec<bool>, Box<Error>> {
    let one = |key: &str, word: &str| match word {
        "full" | "F" => Ok(true),
        "shared" | "S" => Ok(false),
        other => Err(keys.refuse(key, format!("{other:?} is no kind of index; use full or shared"))),
    };
    let (key, own): (_, Vec<bool>) = if let Some(list) = keys.opt_list("indexer_types")? {
        let one = |value: &Value| one("indexer_types", value.as_str().unwrap_or_default());
        ("indexer_types", list.iter().map(one).collect::<Result<_, _>>()?)
    } else if let Some(letters) = keys.opt_word(&["index_topk_pattern"])? {
        let key = "index_topk_pattern";
        (key, letters.split("").filter(|one| !one.is_empty()).map(|l| one(key, l)).collect::<Result<_, _>>()?)
    } else {
        if !keys.has("index_topk_freq") {
            return Ok(vec![true; layers as usize]);
        }
        let every = keys.dim("index_topk_freq")?;
        let offset = keys.count_or("index_skip_topk_offset", 2, "the default of GlmMoeDsaConfig")?;
        ("index_topk_freq", (0..layers).map(|at| (at + 1).saturating_sub(offset) % every == 0).collect())
    };
    if own.len() as u64 != layers {
        let reason = format!("has {} entries for {layers} layers; give one each", own.len());
        return Err(keys.refuse(key, reason));
    }
    if own.first() == Some(&false) {
        return Err(keys.refuse(key, "leaves the first layer to what a layer before it has chosen"));
    }
    Ok(own)
}

/// Which layers are mixtures, where a list says so.
fn sparse(keys: Keys<'_>, generation: &Generation, layers: u64) -> Result<Option<Vec<bool>>, Box<Error>> {
    const KEY: &str = "mlp_layer_types";
    let list = if generation.index.is_some() { keys.opt_list(KEY)? } else { None };
    let Some(list) = list else { return Ok(None) };
    if list.len() as u64 != layers {
        let reason = format!("has {} entries for {layers} layers; give one each", list.len());
        return Err(keys.refuse(KEY, reason));
    }
    let one = |value: &Value| match value.as_str() {
        Some("sparse") => Ok(true),
        Some("dense") => Ok(false),
        _ => Err(keys.refuse(KEY, format!("{value} is no kind of layer; use dense or sparse"))),
    };
    list.iter().map(one).collect::<Result<_, _>>().map(Some)
}

fn mixture(
    keys: Keys<'_>,
    generation: &Generation,
    function: Function,
    bias: bool,
) -> Result<Moe, Box<Error>> {
    let class = generation.base.class;
    let taken = match generation.per_token {
        Some(default) => keys.dim_or("num_experts_per_tok", default, class)?,
        None => keys.dim("num_experts_per_tok")?,
    };
    let width = keys.dim_or("moe_intermediate_size", generation.expert_width, class)?;
    let shared = keys.count_or("n_shared_experts", generation.shared, class)?;
    let expert = Mlp::gated(width, function, bias);
    Ok(Moe {
        shared: expert.side_by_side(shared),
        ..Moe::plain(
            experts(keys, class, ("n_routed_experts", generation.experts), ("num_experts_per_tok", taken))?,
            expert,
        )
    })
}
