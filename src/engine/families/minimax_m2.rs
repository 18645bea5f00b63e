//! MiniMax-M2: norms over all queries and all keys, partly rotated heads, a mixture in every block. Defaults:
//! `MiniMaxM2Config` in transformers 5.24.

use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{Ffn, Mlp, Moe, QkNorm};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

const DEFAULTS: Defaults = Defaults {
    class: "the default of MiniMaxM2Config",
    hidden: 3072,
    intermediate: 1536,
    layers: 62,
    heads: 48,
    kv_heads: Some(8),
    head_dim: Some(128),
    vocab: 200_064,
    act: "silu",
    tied: false,
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let mut attention = base.attention();
    attention.qk_norm = QkNorm::Whole(NormKind::Rms);
    // Published configs have the rotated elements themselves.
    attention.rotary = match keys.opt_dim("rotary_dim")? {
        Some(rotary) if rotary > base.heads.dim => {
            let reason = format!("{rotary} is more than a head's {} elements", base.heads.dim);
            return Err(keys.refuse("rotary_dim", reason));
        }
        Some(rotary) => rotary,
        None => base.rotary_or_all()?,
    };
    let moe = Moe::plain(
        experts(keys, base.class, ("num_local_experts", 256), ("num_experts_per_tok", 8))?,
        Mlp::gated(base.intermediate, base.function, false),
    );
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, Ffn::Moe(moe))))
}
