//! Falcon in both decoder layouts: the first with one key/value head for all queries, the newer with groups
//! and a norm each for attention and feed-forward. Defaults: `FalconConfig` in transformers 4.57.

use super::shape::Shape;
use crate::engine::blocks::{BlockNorm, Ffn, Mlp, Placement, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

/// ALiBi adds a bias to every score.
const ALIBI_FLOPS: u64 = 1;

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let class = "the default of FalconConfig";
    let shape = Shape::read(keys, class, (4544, 32, 71))?;
    let newer = keys.flag_or("new_decoder_architecture", false, class)?;
    let multi_query = keys.flag_or("multi_query", true, class)?;
    let parallel = keys.flag_or("parallel_attn", true, class)?;
    let bias = keys.flag_or("bias", false, class)?;
    let alibi = keys.flag_or("alibi", false, class)?;
    let kv_heads = match (newer, multi_query) {
        (true, _) => keys.dim_of_or(&["num_kv_heads", "n_head_kv"], shape.heads, class)?,
        (false, true) => 1,
        (false, false) => shape.heads,
    };
    if !shape.heads.is_multiple_of(kv_heads) {
        let reason = format!("{kv_heads} does not divide the {} query heads", shape.heads);
        return Err(keys.refuse("num_kv_heads", reason));
    }
    let attention = SelfAttention {
        qkv_bias: bias,
        out_bias: bias,
        rotary: if alibi { 0 } else { shape.head_dim },
        score_flops: if alibi { ALIBI_FLOPS } else { 0 },
        ..SelfAttention::plain(shape.heads, kv_heads, shape.head_dim)
    };
    let function = shape.function(&["activation"], "gelu")?;
    let ffn = Ffn::Dense(Mlp::plain(shape.inner("ffn_hidden_size")?, function, bias));
    let placement = if newer {
        match keys.nullable_dim_or("num_ln_in_parallel_attn", Some(2), class)?.unwrap_or(2) {
            1 => Placement::ParallelOne,
            _ => Placement::ParallelTwo,
        }
    } else if parallel {
        Placement::ParallelOne
    } else {
        Placement::Pre
    };
    let ends = shape.ends(NormKind::Layer, 65024, true)?;
    shape.model(model_type, ends, BlockNorm::new(NormKind::Layer, placement), attention, ffn)
}
