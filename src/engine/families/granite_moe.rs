//! Granite 3's mixtures: LLaMA's attention, experts in every block, and in the later ones a shared one; so is Aria's.
//! Defaults: `GraniteMoeConfig`, `GraniteMoeSharedConfig` and `AriaTextConfig` in transformers 4.57.

use super::llama::LLAMA;
use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ffn, Mlp, Moe};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Function, Model, NormKind};

const PLAIN: Defaults = Defaults { class: "the default of GraniteMoeConfig", ..LLAMA };

const SHARED: Defaults = Defaults { class: "the default of GraniteMoeSharedConfig", ..PLAIN };

const ARIA: Defaults = Defaults { class: "the default of AriaTextConfig", intermediate: 4096, ..LLAMA };

pub fn plain(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(&Base::read(keys, &PLAIN)?, model_type, 0)
}

pub fn shared(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &SHARED)?;
    let width = keys.count_or("shared_intermediate_size", 0, base.class)?;
    build(&base, model_type, width)
}

fn build(base: &Base<'_>, model_type: &str, shared: u64) -> Result<Model, Box<Error>> {
    let bias = base.flag("attention_bias", false)?;
    let mut attention = base.attention().biased(bias);
    if base.keys.word_or(&["position_embedding_type"], "rope", base.class)? != "rope" {
        attention.rotary = 0;
    }
    let ffn = mixture(base, shared)?;
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, ffn)))
}

pub fn aria(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &ARIA)?;
    let attention = base.attention().biased(base.flag("attention_bias", false)?);
    let experts = experts(keys, base.class, ("moe_num_experts", 8), ("moe_topk", 2))?;
    let count = keys.count_or("moe_num_shared_experts", 2, base.class)?;
    // What the config says of bias and function is for these alone.
    let shared = Mlp::gated(base.intermediate, base.function, base.flag("mlp_bias", false)?);
    let expert = Mlp::gated(base.intermediate, Function::Silu, false);
    let ffn = Ffn::Moe(Moe { shared: shared.side_by_side(count), ..Moe::plain(experts, expert) });
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, ffn)))
}

/// Experts of the intermediate size, and one of another width that every token takes.
pub fn mixture(base: &Base<'_>, shared: u64) -> Result<Ffn, Box<Error>> {
    let mlp = |width| Mlp::gated(width, base.function, false);
    let moe = Moe {
        shared: (shared > 0).then(|| mlp(shared)),
        ..Moe::plain(
            experts(base.keys, base.class, ("num_local_experts", 8), ("num_experts_per_tok", 2))?,
            mlp(base.intermediate),
        )
    };
    Ok(Ffn::Moe(moe))
}
