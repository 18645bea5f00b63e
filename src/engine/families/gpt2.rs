//! GPT-2, and GPT BigCode, which shares one key/value head among all queries. Defaults: `GPT2Config` and
//! `GPTBigCodeConfig` in transformers 4.57.

use super::shape::Shape;
use crate::engine::blocks::{BlockNorm, Ends, Ffn, Mlp, Placement, Positions, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind};

pub fn gpt2(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, "the default of GPT2Config", "gelu_new", false)
}

pub fn bigcode(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, "the default of GPTBigCodeConfig", "gelu_pytorch_tanh", true)
}

fn build(
    keys: Keys<'_>,
    model_type: &str,
    class: &'static str,
    act: &'static str,
    shares: bool,
) -> Result<Model, Box<Error>> {
    let shape = Shape::read(keys, class, (768, 12, 12))?;
    let multi_query = shares && keys.flag_or("multi_query", true, class)?;
    let kv_heads = if multi_query { 1 } else { shape.heads };
    let attention = SelfAttention {
        qkv_bias: true,
        out_bias: true,
        rotary: 0,
        ..SelfAttention::plain(shape.heads, kv_heads, shape.head_dim)
    };
    let function = shape.function(&["activation_function"], act)?;
    let ffn = Ffn::Dense(Mlp::plain(shape.inner("n_inner")?, function, true));
    let positions = keys.dim_of_or(&["n_positions", "max_position_embeddings"], 1024, class)?;
    let ends =
        Ends { positions: Some(Positions { rows: positions }), ..shape.ends(NormKind::Layer, 50257, true)? };
    let norm = BlockNorm::new(NormKind::Layer, Placement::Pre);
    shape.model(model_type, ends, norm, attention, ffn)
}
