//! Granite 3's mixtures: LLaMA's attention, experts in every block, and in the later ones a shared one.
//! Defaults: `GraniteMoeConfig` and `GraniteMoeSharedConfig` in transformers 4.57.

use super::llama::LLAMA;
use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ffn, Mlp, Moe};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

const PLAIN: Defaults = Defaults { class: "the default of GraniteMoeConfig", ..LLAMA };

const SHARED: Defaults = Defaults { class: "the default of GraniteMoeSharedConfig", ..PLAIN };

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
