//! DeepSeek-V2, V3 and R1, and Kimi K2: latent attention, dense layers first, then a mixture of many small
//! experts with shared ones. Defaults: `DeepseekV2Config` and `DeepseekV3Config` in transformers 4.57.

use super::mistral::experts;
use crate::engine::blocks::read::{Defaults, function};
use crate::engine::blocks::{
    Block, BlockNorm, Ends, Ffn, LatentAttention, Mixer, Mlp, Moe, Placement, group,
};
use crate::engine::config::Keys;
use crate::engine::dtype::DType;
use crate::engine::error::Error;
use crate::engine::model::{Function, Latent, Model, NormKind, Precision};

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
};

pub fn v2(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &V2)
}

pub fn v3(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &V3)
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
            nope_dim: keys.dim_or("qk_nope_head_dim", 128, class)?,
            rope_dim: keys.dim_or("qk_rope_head_dim", 64, class)?,
            v_dim: keys.dim_or("v_head_dim", 128, class)?,
        },
        // Null is an answer: queries without a latent of their own.
        q_rank: keys.nullable_dim_or("q_lora_rank", Some(1536), class)?,
        bias: keys.flag_or("attention_bias", false, class)?,
    };
    let bias = generation.biased && keys.flag_or("mlp_bias", false, class)?;
    let dense =
        Ffn::Dense(Mlp::gated(keys.dim_or("intermediate_size", intermediate, class)?, function, bias));
    let moe = Ffn::Moe(mixture(keys, generation, function, bias)?);
    let first = keys.count_or("first_k_dense_replace", generation.dense_first, class)?;
    let step = keys.dim_or("moe_layer_freq", 1, "a mixture in every layer behind the dense ones")?;
    let block = |ffn| Block {
        hidden,
        norm: BlockNorm::new(NormKind::Rms, Placement::Pre),
        mixer: Mixer::Latent(attention),
        ffn,
    };
    let kind = |layer: u64| if layer >= first && layer.is_multiple_of(step) { moe } else { dense };
    let mut groups = group(&mut (0..layers).map(|layer| block(kind(layer))));
    groups.extend(super::prediction(keys, block(moe))?);
    let ends = Ends::plain(
        hidden,
        keys.dim_or("vocab_size", vocab, class)?,
        NormKind::Rms,
        keys.flag_or("tie_word_embeddings", tied, class)?,
    );
    let precision = Precision::uniform(keys.dtype_or(DType::Float16)?);
    Ok(ends.around(keys, model_type, precision, groups))
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
