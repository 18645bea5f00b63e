//! Hunyuan: LLaMA with a norm for each head of queries and keys; the mixture with one shared expert in every
//! block. Defaults: `HunYuanDenseV1Config` and `HunYuanMoEV1Config` in transformers 4.57.

use super::llama::LLAMA;
use super::mistral::no_more_than_there_are;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ffn, Mlp, Moe, QkNorm, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Experts, Model, NormKind};

const DENSE: Defaults = Defaults { class: "the default of HunYuanDenseV1Config", vocab: 290_943, ..LLAMA };

const MIXED: Defaults = Defaults { class: "the default of HunYuanMoEV1Config", ..DENSE };

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

fn attention(base: &Base<'_>) -> Result<SelfAttention, Box<Error>> {
    let bias = base.flag("attention_bias", false)?;
    let qk_norm = QkNorm::Head(NormKind::Rms);
    Ok(SelfAttention { qk_norm, ..base.attention().biased(bias) })
}
