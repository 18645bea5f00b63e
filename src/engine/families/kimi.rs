//! Kimi Linear and Ling 3: linear attention whose decays are each key element's own, and latent attention in every few
//! layers, with positions and gates in Ling's; DeepSeek-V3's experts. Defaults: `KimiLinearConfig` and
//! `BailingHybridConfig` in transformers 5.24.

use super::deepseek::{Generation, V3, attention, of_mixers};
use super::mixture::Small;
use crate::engine::blocks::read::{Defaults, FULL_OR_LINEAR, indices, silu_alone, which_layers};
use crate::engine::blocks::{DeltaNet, LatentAttention, Mixer, OutputGate};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Decay, DeltaRule, Model};

const KIMI: Generation = Generation {
    base: Defaults {
        class: "the default of KimiLinearConfig",
        hidden: 2304,
        intermediate: 9216,
        layers: 27,
        heads: 32,
        vocab: 163_840,
        ..V3.base
    },
    latent: (None, 512, 128, 64, 128),
    experts: Some(Small {
        total: ("num_experts", 256),
        taken: ("num_experts_per_token", 8),
        width: 1024,
        shared: Some(("num_shared_experts", 1)),
    }),
    dense_first: 1,
    dense_why: "KimiLinearConfig leaves one layer dense",
    predicts: false,
    ..V3
};

const LING: Generation = Generation {
    base: Defaults {
        class: "the default of BailingHybridConfig",
        hidden: 2560,
        intermediate: 6144,
        layers: 42,
        heads: 32,
        vocab: 157_184,
        ..V3.base
    },
    experts: Some(Small {
        total: ("num_experts", 512),
        taken: ("num_experts_per_token", 8),
        width: 768,
        shared: Some(("num_shared_experts", 1)),
    }),
    dense_first: 2,
    dense_why: "the default of BailingHybridConfig",
    ..KIMI
};

pub fn kimi(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let class = KIMI.base.class;
    let layers = keys.layers_or(&["num_hidden_layers"], KIMI.base.layers, class)?;
    // Published configs have what is linear in an object of its own.
    let inner = keys.nested("linear_attn_config");
    let dim = |own, key, default| match inner.filter(|inner| inner.has(own)) {
        Some(inner) => inner.dim(own),
        None => keys.dim_or(key, default, class),
    };
    let head_dim = dim("head_dim", "linear_head_dim", 128)?;
    let heads = dim("num_heads", "linear_num_heads", 32)?;
    let kernel = dim("short_conv_kernel_size", "linear_conv_kernel_dim", 4)?;
    let attends = match (which_layers(keys, layers, FULL_OR_LINEAR)?, inner) {
        (Some(attends), _) => attends,
        (None, Some(inner)) if inner.has("full_attn_layers") && inner.has("kda_layers") => {
            numbered(inner, layers)?
        }
        _ => (0..layers).map(|layer| layer > 0 && layer.is_multiple_of(4)).collect(),
    };
    let full = LatentAttention { rotated: false, ..attention(keys, &KIMI)? };
    let linear = DeltaNet { gate_rank: Some(head_dim), ..linear(heads, head_dim, kernel) };
    build(keys, model_type, &KIMI, attends, full, linear)
}

/// Which layers attend, by two lists that count from 1.
fn numbered(keys: Keys<'_>, layers: u64) -> Result<Vec<bool>, Box<Error>> {
    let full = indices(keys, "full_attn_layers")?.unwrap_or_default();
    let linear = indices(keys, "kda_layers")?.unwrap_or_default();
    let attends = |layer| match (full.contains(&layer), linear.contains(&layer)) {
        (true, false) => Ok(true),
        (false, true) => Ok(false),
        _ => Err(keys.refuse("kda_layers", format!("layer {layer} must be here or in full_attn_layers"))),
    };
    (1..=layers).map(attends).collect()
}

pub fn ling(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let class = LING.base.class;
    let layers = keys.layers_or(&["num_hidden_layers"], LING.base.layers, class)?;
    let full = LatentAttention { gate: OutputGate::PerHead, ..attention(keys, &LING)? };
    let heads = keys.dim_or("linear_num_heads", full.latent.heads, class)?;
    let head_dim = keys.dim_of_or(&["linear_head_dim", "head_dim"], 128, class)?;
    let kernel = keys.dim_of_or(&["linear_conv_kernel_dim", "short_conv_kernel_size"], 4, class)?;
    let attends = match which_layers(keys, layers, FULL_OR_LINEAR)? {
        Some(attends) => attends,
        None => {
            let every = keys.dim_or("layer_group_size", 6, class)?;
            (1..=layers).map(|layer| layer.is_multiple_of(every)).collect()
        }
    };
    build(keys, model_type, &LING, attends, full, linear(heads, head_dim, kernel))
}

fn linear(heads: u64, dim: u64, kernel: u64) -> DeltaNet {
    let decay = Decay::Channel;
    let rule = DeltaRule { key_heads: heads, value_heads: heads, key_dim: dim, value_dim: dim, decay };
    DeltaNet { rule, kernel: Some(kernel), gate_rank: None }
}

fn build(
    keys: Keys<'_>,
    model_type: &str,
    generation: &Generation,
    attends: Vec<bool>,
    full: LatentAttention,
    linear: DeltaNet,
) -> Result<Model, Box<Error>> {
    silu_alone(keys)?;
    let mixer = |attends| if attends { Mixer::Latent(full) } else { Mixer::Delta(linear) };
    let mixers = attends.into_iter().map(mixer).collect();
    // The classes know it under the usual name as well.
    let usual = Some("num_experts_per_tok").filter(|key| keys.has(key));
    let experts = generation.experts.map(|experts| {
        let (key, taken) = experts.taken;
        Small { taken: (usual.unwrap_or(key), taken), ..experts }
    });
    let model = of_mixers(keys, model_type, &Generation { experts, ..*generation }, mixers)?;
    if model.tied_head {
        return Err(keys.refuse("tie_word_embeddings", "must be false: this family has a head of its own"));
    }
    Ok(model)
}
