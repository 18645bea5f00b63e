//! GPT-NeoX and Pythia, GPT-J and CodeGen: attention and feed-forward side by side, partly rotated heads.
//! Defaults: `GPTNeoXConfig`, `GPTJConfig` and `CodeGenConfig` in transformers 4.57.

use super::shape::Shape;
use crate::engine::blocks::read::{no_more_rotated, rotated};
use crate::engine::blocks::{BlockNorm, Ends, Ffn, Mlp, Placement, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

pub fn neox(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let class = "the default of GPTNeoXConfig";
    let shape = Shape::read(keys, class, (6144, 44, 64))?;
    let bias = keys.flag_or("attention_bias", true, class)?;
    let attention = SelfAttention {
        qkv_bias: bias,
        out_bias: bias,
        rotary: rotated(keys, shape.head_dim, "rotary_pct", 0.25, class)?,
        ..SelfAttention::plain(shape.heads, shape.heads, shape.head_dim)
    };
    let function = shape.function(&["hidden_act"], "gelu")?;
    let width = keys.dim_or("intermediate_size", 24576, class)?;
    let ffn = Ffn::Dense(Mlp::plain(width, function, true));
    let parallel = keys.flag_or("use_parallel_residual", true, class)?;
    let placement = if parallel { Placement::ParallelTwo } else { Placement::Pre };
    let ends = shape.ends(NormKind::Layer, 50432, false)?;
    shape.model(model_type, ends, BlockNorm::new(NormKind::Layer, placement), attention, ffn)
}

pub fn gptj(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    side_by_side(keys, model_type, "the default of GPTJConfig")
}

pub fn codegen(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    side_by_side(keys, model_type, "the default of CodeGenConfig")
}

fn side_by_side(keys: Keys<'_>, model_type: &str, class: &'static str) -> Result<Model, Box<Error>> {
    let shape = Shape::read(keys, class, (4096, 28, 16))?;
    let rotary = keys.nullable_dim_or("rotary_dim", Some(64), class)?.unwrap_or(shape.head_dim);
    let rotary = no_more_rotated(keys, shape.head_dim, "rotary_dim", rotary)?;
    let attention =
        SelfAttention { rotary, ..SelfAttention::plain(shape.heads, shape.heads, shape.head_dim) };
    let function = shape.function(&["activation_function"], "gelu_new")?;
    let ffn = Ffn::Dense(Mlp::plain(shape.inner("n_inner")?, function, true));
    let ends = Ends { head_bias: true, ..shape.ends(NormKind::Layer, 50400, false)? };
    let norm = BlockNorm::new(NormKind::Layer, Placement::ParallelOne);
    shape.model(model_type, ends, norm, attention, ffn)
}
