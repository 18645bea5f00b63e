//! DeepSeek-V2, V3 and R1, and Kimi K2: latent attention, dense layers first, then a mixture of many small
//! experts with shared ones; DeepSeek-V3.2 and GLM-5, which attend to the tokens that an index chooses. HY4 has
//! several hidden states besides, gates on what attention yields, and sinks. GLM-4.7-Flash, Mistral 4 and
//! Sarvam-105B are built alike, and A.X K1 with a norm behind its mixtures; Youtu and MiniCPM3 have the attention
//! without the experts. Defaults: `DeepseekV2Config` and `DeepseekV3Config` in transformers 4.57,
//! `DeepseekV32Config`, `GlmMoeDsaConfig`, `HYV4Config`, `Glm4MoeLiteConfig`, `Mistral4Config`, `SarvamMLAConfig`,
//! `AXK1Config`, `YoutuConfig` and `MiniCPM3Config` in 5.24.

use super::mixture::{Small, mixed_layers};
use crate::engine::blocks::read::{Defaults, function, no_such_kind, one_each, words};
use crate::engine::blocks::{
    Block, BlockNorm, Ends, Ffn, LatentAttention, Mixer, Mlp, OutputGate, Placement, group,
};
use crate::engine::config::Keys;
use crate::engine::dtype::DType;
use crate::engine::error::Error;
use crate::engine::model::{Back, Function, Index, Latent, Model, NormKind, Precision, Span};

/// What a class assumes.
#[derive(Clone, Copy)]
pub struct Generation {
    pub base: Defaults,
    /// `q_lora_rank`, `kv_lora_rank`, `qk_nope_head_dim`, `qk_rope_head_dim` and `v_head_dim`.
    pub latent: (Option<u64>, u64, u64, u64, u64),
    /// None: every layer is dense.
    pub experts: Option<Small>,
    pub dense_first: u64,
    /// Where the number of dense layers comes from.
    pub dense_why: &'static str,
    /// Whether `mlp_bias` has a say, in dense layers and experts alike.
    pub biased: bool,
    /// Heads of the index, where there is one.
    pub index: Option<u64>,
    /// Whether it is as HY4: several hidden states, a gate on the output of attention, sinks, clamped experts.
    pub hy4: bool,
    /// Where the norms of blocks with a mixture stand.
    pub norms: Placement,
    /// Whether layers that predict further tokens are like the last one.
    pub predicts: bool,
}

pub const V2: Generation = Generation {
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
    latent: (Some(1536), 512, 128, 64, 128),
    experts: None,
    dense_first: 0,
    dense_why: "the default of DeepseekV2Config",
    biased: true,
    index: None,
    hy4: false,
    norms: Placement::Pre,
    predicts: true,
};

pub const V3: Generation = Generation {
    base: Defaults {
        class: "the default of DeepseekV3Config",
        hidden: 7168,
        intermediate: 18432,
        layers: 61,
        heads: 128,
        vocab: 129_280,
        ..V2.base
    },
    experts: Some(V3_EXPERTS),
    dense_first: 3,
    dense_why: "the default of DeepseekV3Config",
    biased: false,
    ..V2
};

const V3_EXPERTS: Small = Small {
    total: ("n_routed_experts", 256),
    taken: ("num_experts_per_tok", 8),
    width: 2048,
    shared: Some(("n_shared_experts", 1)),
};

const V32: Generation = Generation {
    base: Defaults { class: "the default of DeepseekV32Config", ..V3.base },
    dense_why: "the default of DeepseekV32Config",
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
    latent: (Some(2048), 512, 192, 64, 256),
    dense_why: "the default of GlmMoeDsaConfig",
    index: Some(32),
    ..V3
};

const HY4: Generation = Generation {
    base: Defaults {
        class: "the default of HYV4Config",
        hidden: 2816,
        intermediate: 6912,
        layers: 34,
        vocab: 120_832,
        ..V2.base
    },
    latent: (Some(1536), 512, 192, 64, 256),
    experts: Some(Small { width: 768, ..V3_EXPERTS }),
    dense_first: 1,
    dense_why: "HYV4Config leaves one layer dense",
    index: Some(16),
    hy4: true,
    ..V3
};

const GLM4_LITE: Generation = Generation {
    base: Defaults {
        class: "the default of Glm4MoeLiteConfig",
        hidden: 2048,
        intermediate: 10240,
        layers: 47,
        heads: 20,
        vocab: 154_880,
        ..V2.base
    },
    latent: (Some(768), 512, 192, 64, 256),
    experts: Some(Small {
        total: ("n_routed_experts", 64),
        taken: ("num_experts_per_tok", 4),
        width: 1536,
        ..V3_EXPERTS
    }),
    dense_first: 1,
    dense_why: "Glm4MoeLiteConfig leaves one layer dense",
    biased: false,
    ..V2
};

const MISTRAL4: Generation = Generation {
    base: Defaults {
        class: "the default of Mistral4Config",
        intermediate: 12288,
        layers: 36,
        vocab: 131_072,
        ..V2.base
    },
    latent: (Some(1024), 256, 64, 64, 128),
    experts: Some(Small {
        total: ("n_routed_experts", 128),
        taken: ("num_experts_per_tok", 4),
        ..V3_EXPERTS
    }),
    dense_why: "the default of Mistral4Config",
    biased: false,
    ..V2
};

const SARVAM: Generation = Generation {
    base: Defaults {
        class: "the default of SarvamMLAConfig",
        intermediate: 16384,
        heads: 64,
        vocab: 262_144,
        ..V2.base
    },
    latent: (None, 512, 128, 64, 128),
    experts: Some(Small { total: ("n_routed_experts", 128), ..V3_EXPERTS }),
    dense_first: 1,
    dense_why: "the default of SarvamMLAConfig",
    biased: false,
    ..V2
};

const AXK1: Generation = Generation {
    base: Defaults { class: "the default of AXK1Config", heads: 64, vocab: 163_840, ..V3.base },
    experts: Some(Small { total: ("n_routed_experts", 192), ..V3_EXPERTS }),
    dense_first: 1,
    dense_why: "AXK1Config leaves one layer dense",
    norms: Placement::PreAndFfnPost,
    predicts: false,
    ..V3
};

const YOUTU: Generation = Generation {
    base: Defaults {
        class: "the default of YoutuConfig",
        hidden: 2048,
        intermediate: 6144,
        heads: 16,
        vocab: 128_256,
        tied: true,
        ..V2.base
    },
    biased: false,
    ..V2
};

const MINICPM3: Generation = Generation {
    base: Defaults {
        class: "the default of MiniCPM3Config",
        hidden: 2560,
        intermediate: 6400,
        layers: 62,
        heads: 40,
        vocab: 73448,
        tied: true,
        ..V2.base
    },
    latent: (Some(768), 256, 64, 32, 64),
    ..V2
};

pub fn v2(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    // The class has no number for the experts that a token takes and cannot be built without one.
    let experts = Small {
        total: ("n_routed_experts", 64),
        taken: ("num_experts_per_tok", keys.dim("num_experts_per_tok")?),
        width: 1407,
        shared: Some(("n_shared_experts", 2)),
    };
    build(keys, model_type, &Generation { experts: Some(experts), ..V2 })
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

pub fn hy_v4(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &HY4)
}

pub fn glm4_lite(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &GLM4_LITE)
}

pub fn mistral4(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &MISTRAL4)
}

pub fn sarvam(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &SARVAM)
}

pub fn axk1(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &AXK1)
}

pub fn youtu(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &YOUTU)
}

pub fn minicpm3(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &MINICPM3)
}

fn build(keys: Keys<'_>, model_type: &str, generation: &Generation) -> Result<Model, Box<Error>> {
    let layers = keys.layers_or(&["num_hidden_layers"], generation.base.layers, generation.base.class)?;
    let attention = attention(keys, generation)?;
    let mixers = mixers(keys, generation, attention, layers)?;
    of_mixers(keys, model_type, generation, mixers.into_iter().map(Mixer::Latent).collect())
}

/// A model with one of these mixers in each layer.
pub fn of_mixers(
    keys: Keys<'_>,
    model_type: &str,
    generation: &Generation,
    mixers: Vec<Mixer>,
) -> Result<Model, Box<Error>> {
    let Defaults { class, hidden, intermediate, vocab, act, tied, .. } = generation.base;
    let hidden = keys.dim_or("hidden_size", hidden, class)?;
    let function = function(keys, &["hidden_act"], act, class)?;
    let bias = generation.biased && keys.flag_or("mlp_bias", false, class)?;
    let dense =
        Ffn::Dense(Mlp::gated(keys.dim_or("intermediate_size", intermediate, class)?, function, bias));
    let streams = if generation.hy4 { Some(keys.dim_or("hc_mult", 4, class)?) } else { None };
    let back = streams.map(|count| (count, Back::Added));
    let block = |mixer, ffn| {
        let norms = if matches!(ffn, Ffn::Dense(_)) { Placement::Pre } else { generation.norms };
        let norm = BlockNorm::new(NormKind::Rms, norms);
        Block { streams: back, ..Block::new(hidden, norm, mixer, ffn) }
    };
    let mut groups = Vec::new();
    match generation.experts {
        None => groups.extend(group(&mut mixers.into_iter().map(|mixer| block(mixer, dense)))),
        Some(experts) => {
            let mut moe = experts.read(keys, class, function, bias)?;
            if generation.hy4 && keys.number_or("swiglu_limit", 10.0, class)? > 0.0 {
                if function != Function::Silu {
                    return Err(
                        keys.refuse("swiglu_limit", "clamped experts are known with silu alone; use 0")
                    );
                }
                moe.expert.function = Function::ClampedSilu;
            }
            let moe = Ffn::Moe(moe);
            let mixed = mixed(keys, mixers.len() as u64, generation)?;
            let last = mixers.last().copied().filter(|_| generation.predicts);
            let ffns = mixed.into_iter().map(|mixed| if mixed { moe } else { dense });
            groups.extend(group(&mut mixers.into_iter().zip(ffns).map(|(mixer, ffn)| block(mixer, ffn))));
            if let Some(last) = last {
                groups.extend(super::prediction(keys, block(last, moe))?);
            }
        }
    }
    let ends = Ends::plain(
        hidden,
        keys.dim_or("vocab_size", vocab, class)?,
        NormKind::Rms,
        keys.flag_or("tie_word_embeddings", tied, class)?,
    );
    let precision = Precision::uniform(keys.dtype_or(DType::Float16)?);
    let ends = Ends { streams, ..ends };
    Ok(ends.around(keys, model_type, precision, groups))
}

/// The latent attention of a class.
pub fn attention(keys: Keys<'_>, generation: &Generation) -> Result<LatentAttention, Box<Error>> {
    let Defaults { class, heads, .. } = generation.base;
    let (q_rank, rank, nope_dim, rope_dim, v_dim) = generation.latent;
    Ok(LatentAttention {
        latent: Latent {
            heads: keys.dim_or("num_attention_heads", heads, class)?,
            rank: keys.dim_or("kv_lora_rank", rank, class)?,
            nope_dim: keys.dim_or("qk_nope_head_dim", nope_dim, class)?,
            rope_dim: keys.dim_or("qk_rope_head_dim", rope_dim, class)?,
            v_dim: keys.dim_or("v_head_dim", v_dim, class)?,
            span: Span::Full,
            sinks: generation.hy4,
        },
        // Null is an answer: queries without a latent of their own.
        q_rank: keys.nullable_dim_or("q_lora_rank", q_rank, class)?,
        bias: keys.flag_or("attention_bias", false, class)?,
        rotated: true,
        gate: if generation.hy4 { OutputGate::Wide } else { OutputGate::None },
        key_norm: false,
        index: None,
    })
}

/// # Errors
/// When queries are projected at once in a family that has other uses for their latent.
pub fn latent_queries(keys: Keys<'_>, attention: LatentAttention) -> Result<(), Box<Error>> {
    match attention.q_rank {
        Some(_) => Ok(()),
        None => Err(keys.refuse("q_lora_rank", "null, but this family has no queries without that latent")),
    }
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
    latent_queries(keys, attention)?;
    attention.latent.span = Span::Chosen(keys.dim_or("index_topk", 2048, class)?);
    let index = Index {
        heads: keys.dim_or("index_n_heads", heads, class)?,
        dim: keys.dim_or("index_head_dim", 128, class)?,
        rate: 1,
        summed: true,
    };
    let chooses = chooses(keys, layers, generation.hy4)?;
    Ok(chooses.into_iter().map(|own| LatentAttention { index: own.then_some(index), ..attention }).collect())
}

/// Which layers choose by themselves, by name, by letter or by turns; all of them where nothing is said, or
/// `seldom` every fourth behind the first.
fn chooses(keys: Keys<'_>, layers: u64, seldom: bool) -> Result<Vec<bool>, Box<Error>> {
    let (key, kinds) = if let Some(kinds) = words(keys, "indexer_types", layers)? {
        ("indexer_types", kinds)
    } else if let Some(letters) = keys.opt_word(&["index_topk_pattern"])? {
        ("index_topk_pattern", letters.split("").filter(|letter| !letter.is_empty()).collect())
    } else if keys.has("index_topk_freq") {
        let every = keys.dim("index_topk_freq")?;
        let offset = keys.count_or("index_skip_topk_offset", 2, "the default of GlmMoeDsaConfig")?;
        let own = |layer: u64| (layer + 1).saturating_sub(offset).is_multiple_of(every);
        ("index_topk_freq", (0..layers).map(|layer| if own(layer) { "full" } else { "shared" }).collect())
    } else {
        return Ok((0..layers).map(|at| !seldom || at.saturating_sub(1).is_multiple_of(4)).collect());
    };
    one_each(keys, key, kinds.len(), layers)?;
    let one = |kind: &str| match kind {
        "full" | "F" => Ok(true),
        "shared" | "S" => Ok(false),
        other => Err(no_such_kind(keys, key, other, &["full", "shared"])),
    };
    let own: Vec<bool> = kinds.into_iter().map(one).collect::<Result<_, _>>()?;
    if own.first() == Some(&false) {
        return Err(keys.refuse(key, "leaves the first layer to what a layer before it has chosen"));
    }
    Ok(own)
}

/// Which layers are mixed: behind the dense ones every `moe_layer_freq`-th, unless each is listed.
pub fn mixed(keys: Keys<'_>, layers: u64, generation: &Generation) -> Result<Vec<bool>, Box<Error>> {
    let listed = keys.has("mlp_layer_types");
    let first = ("first_k_dense_replace", generation.dense_first);
    let behind = mixed_layers(keys, layers, first, generation.dense_why)?;
    let step = match listed {
        true => 1,
        false => keys.dim_or("moe_layer_freq", 1, "a mixture in every layer behind the dense ones")?,
    };
    Ok((0..).zip(behind).map(|(layer, mixed): (u64, bool)| mixed && layer.is_multiple_of(step)).collect())
}
