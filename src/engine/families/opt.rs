//! OPT: learned positions with an offset of two, and in the 350M model an embedding narrower than the
//! hidden state. Defaults: `OPTConfig` in transformers 4.57.

use super::shape::Shape;
use crate::engine::blocks::{BlockNorm, Ends, Ffn, Mlp, Placement, Positions, SelfAttention, whole};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, Norm, NormKind};

/// Rows of the position table that no token uses.
const POSITION_OFFSET: u64 = 2;

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let class = "the default of OPTConfig";
    let shape = Shape::read(keys, class, (768, 12, 12))?;
    let bias = keys.flag_or("enable_bias", true, class)?;
    let weights = keys.flag_or("layer_norm_elementwise_affine", true, class)?;
    let before = keys.flag_or("do_layer_norm_before", true, class)?;
    let removed = keys.flag_or("_remove_final_layer_norm", false, class)?;
    let attention = SelfAttention {
        qkv_bias: bias,
        out_bias: bias,
        rotary: 0,
        ..SelfAttention::plain(shape.heads, shape.heads, shape.head_dim)
    };
    let function = shape.function(&["activation_function"], "relu")?;
    let ffn = Ffn::Dense(Mlp::plain(keys.dim_or("ffn_dim", 3072, class)?, function, bias));
    let positions = keys.dim_or("max_position_embeddings", 2048, class)?;
    let final_norm = Norm { sets: weights.into(), ..whole(NormKind::Layer, shape.hidden) };
    let ends = Ends {
        norm: (before && !removed).then_some(final_norm),
        positions: Some(Positions { rows: positions + POSITION_OFFSET }),
        embedding_width: keys.opt_dim("word_embed_proj_dim")?,
        ..shape.ends(NormKind::Layer, 50272, true)?
    };
    let placement = if before { Placement::Pre } else { Placement::Post };
    let norm = BlockNorm { kind: NormKind::Layer, weights, placement };
    shape.model(model_type, ends, norm, attention, ffn)
}
