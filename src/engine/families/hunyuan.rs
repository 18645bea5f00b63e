//! Hunyuan: LLaMA with a norm for each head of queries and keys; the mixture with one shared expert in every
//! block, the third generation's of small experts behind a dense layer. Defaults: `HunYuanDenseV1Config` and
//! `HunYuanMoEV1Config` in transformers 4.57, `HYV3Config` in 5.24.

use super::llama::LLAMA;
use super::mistral::no_more_than_there_are;
use super::mixture::{Small, mixed_layers};
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ffn, Mlp, Moe, QkNorm, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Experts, Model, NormKind};

const DENSE: Defaults = Defaults { class: "the default of HunYuanDenseV1Config", vocab: 290_943, ..LLAMA };

const MIXED: Defaults = Defaults { class: "the default of HunYuanMoEV1Config", ..DENSE };

const THIRD: Defaults = Defaults {
    class: "the default of HYV3Config",
    intermediate: 13312,
    layers: 80,
    heads: 64,
    kv_heads: Some(8),
    head_dim: Some(128),
    vocab: 120_832,
    ..LLAMA
};

const EXPERTS: Small = Small {
    total: ("num_experts", 192),
    taken: ("num_experts_per_tok", 8),
    width: 1536,
    shared: Some(("num_shared_experts", 1)),
};

pub fn dense(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DENSE)?;
    let block = base.block(attention(&base)?, base.mlp(false));
    Ok(base.uniform(model_type, NormKind::Rms, block))
}

pub fn mixed(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &MIXED)?;
    let attention = attention(&base)?;
    let totals = base.each("num_experts", 1)?;
    let taken = base.each("moe_topk", 1)?;
    let mlp = Mlp::gated(base.intermediate, base.function, false);
    let mut blocks = Vec::new();
    for (total, per_token) in totals.into_iter().zip(taken) {
        let experts = Experts { total, per_token };
        no_more_than_there_are(keys, experts, "num_experts", "moe_topk")?;
        let moe = Moe { shared: Some(mlp), ..Moe::plain(experts, mlp) };
        blocks.push(base.block(attention, Ffn::Moe(moe)));
    }
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

pub fn third(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &THIRD)?;
    let attention = attention(&base)?;
    let bias = base.flag("mlp_bias", false)?;
    let routed = EXPERTS.read(keys, base.class, base.function, false)?;
    // The bias is for the shared experts alone.
    let moe = Moe { shared: routed.shared.map(|mlp| Mlp { bias, ..mlp }), ..routed };
    let first = ("first_k_dense_replace", 1);
    let blocks = mixed_layers(keys, base.layers, first, "HYV3Config leaves one layer dense")?
        .into_iter()
        .map(|mixed| base.block(attention, if mixed { Ffn::Moe(moe) } else { base.mlp(bias) }));
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

fn attention(base: &Base<'_>) -> Result<SelfAttention, Box<Error>> {
    let bias = base.flag("attention_bias", false)?;
    let qk_norm = QkNorm::Head(NormKind::Rms);
    Ok(SelfAttention { qk_norm, ..base.attention().biased(bias) })
}
