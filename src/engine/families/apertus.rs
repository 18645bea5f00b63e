//! Apertus: LLaMA with a norm for each head of queries and keys, and xIELU without a gate. 1.5: with embeddings of
//! images and sounds, for which there may be no logits. Defaults: `ApertusConfig` and `Apertus1p5TextConfig` in
//! transformers 5.24.

use super::llama::LLAMA;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ends, Ffn, Mlp, QkNorm, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

const FIRST: Defaults = Defaults {
    class: "the default of ApertusConfig",
    intermediate: 14336,
    vocab: 131_072,
    act: "xielu",
    ..LLAMA
};

const LATER: Defaults = Defaults { class: "the default of Apertus1p5TextConfig", vocab: 266_752, ..FIRST };

pub fn first(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &FIRST)?;
    build(&base, model_type, base.vocab)
}

pub fn later(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    const KEY: &str = "output_vocab_size";
    let base = Base::read(keys, &LATER)?;
    let outputs = keys.nullable_dim_or(KEY, None, base.class)?.unwrap_or(base.vocab);
    if outputs > base.vocab {
        return Err(keys.refuse(KEY, format!("{outputs} is more than the {} of vocab_size", base.vocab)));
    }
    // A head that is the embedding is as long.
    build(&base, model_type, if base.tied { base.vocab } else { outputs })
}

fn build(base: &Base<'_>, model_type: &str, outputs: u64) -> Result<Model, Box<Error>> {
    let bias = base.flag("attention_bias", false)?;
    let qk_norm = QkNorm::Head(NormKind::Rms);
    let attention = SelfAttention { qk_norm, ..base.attention().biased(bias) };
    let ffn = Ffn::Dense(Mlp::plain(base.intermediate, base.function, false));
    let block = base.block(attention, ffn);
    let plain = Ends::plain(base.hidden, base.vocab, NormKind::Rms, base.tied);
    Ok(base.model_within(Ends { outputs, ..plain }, model_type, (0..base.layers).map(|_| block)))
}
