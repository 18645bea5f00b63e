//! nanochat: norms without weights, one right behind the embedding; squared ReLU without a gate. Defaults:
//! `NanoChatConfig` in transformers 5.24.

use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Ends, Ffn, Mlp, Placement, QkNorm, SelfAttention, whole};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, Norm, NormKind};

const DEFAULTS: Defaults = Defaults {
    class: "the default of NanoChatConfig",
    hidden: 768,
    intermediate: 8192,
    layers: 12,
    heads: 6,
    kv_heads: Some(6),
    head_dim: None,
    vocab: 50304,
    act: "relu2",
    tied: false,
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let bias = base.flag("attention_bias", false)?;
    let qk_norm = QkNorm::Weightless(NormKind::Rms);
    let attention = SelfAttention { qk_norm, ..base.attention().biased(bias) };
    let ffn = Ffn::Dense(Mlp::plain(base.intermediate, base.function, false));
    let norm = BlockNorm { kind: NormKind::Rms, weights: false, placement: Placement::Pre };
    let block = base.block_with(norm, attention, ffn);
    let weightless = Some(Norm { sets: 0, ..whole(NormKind::Rms, base.hidden) });
    let plain = Ends::plain(base.hidden, base.vocab, NormKind::Rms, base.tied);
    let ends = Ends { norm: weightless, embedding_norm: weightless, ..plain };
    Ok(base.model_within(ends, model_type, (0..base.layers).map(|_| block)))
}
