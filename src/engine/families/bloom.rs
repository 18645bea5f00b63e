//! BLOOM: positions by ALiBi, a norm behind the embedding. Defaults: `BloomConfig` in transformers 4.57.

use super::shape::Shape;
use crate::engine::blocks::{BlockNorm, Ends, Ffn, Mlp, Placement, SelfAttention, whole};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Function, Model, NormKind};

/// ALiBi adds a bias to every score.
pub const ALIBI_FLOPS: u64 = 1;

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let shape = Shape::read(keys, "the default of BloomConfig", (64, 2, 8))?;
    let attention = SelfAttention {
        qkv_bias: true,
        out_bias: true,
        rotary: 0,
        score_flops: ALIBI_FLOPS,
        ..SelfAttention::plain(shape.heads, shape.heads, shape.head_dim)
    };
    let ffn = Ffn::Dense(Mlp::plain(4 * shape.hidden, Function::GeluTanh, true));
    let embedding_norm = Some(whole(NormKind::Layer, shape.hidden));
    let ends = Ends { embedding_norm, ..shape.ends(NormKind::Layer, 250_880, true)? };
    let norm = BlockNorm::new(NormKind::Layer, Placement::Pre);
    shape.model(model_type, ends, norm, attention, ffn)
}
