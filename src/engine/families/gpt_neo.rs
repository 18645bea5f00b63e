//! GPT-Neo: GPT-2 with windows in every other layer, and no bias on queries, keys and values. Defaults: `GPTNeoConfig`
//! in transformers 4.57.

use super::shape::Shape;
use crate::engine::blocks::read::{no_such_kind, one_each, words};
use crate::engine::blocks::{Block, BlockNorm, Ends, Ffn, Mixer, Mlp, Placement, Positions, SelfAttention};
use crate::engine::config::{Keys, MAX_LAYERS};
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};
use serde_json::{Value, json};

const TYPES: &str = "attention_types";

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let class = "the default of GPTNeoConfig";
    let hidden = keys.dim_or("hidden_size", 2048, class)?;
    let layers = keys.layers_or(&["num_layers", "num_hidden_layers"], 24, class)?;
    let heads = keys.dim_of_or(&["num_heads", "num_attention_heads"], 16, class)?;
    let shape = Shape::of(keys, class, "hidden_size", (hidden, layers, heads))?;
    let window = keys.dim_or("window_size", 256, class)?;
    let span = |kind: &str| match kind {
        "global" => Ok(Span::Full),
        "local" => Ok(Span::Sliding(window)),
        other => Err(no_such_kind(keys, TYPES, other, &["global", "local"])),
    };
    let spans = kinds(&shape)?.into_iter().map(span).collect::<Result<Vec<_>, _>>()?;
    let attention =
        SelfAttention { out_bias: true, rotary: 0, ..SelfAttention::plain(heads, heads, shape.head_dim) };
    let function = shape.function(&["activation_function"], "gelu_new")?;
    let ffn = Ffn::Dense(Mlp::plain(shape.inner("intermediate_size")?, function, true));
    let rows = keys.dim_or("max_position_embeddings", 2048, class)?;
    let ends = Ends { positions: Some(Positions { rows }), ..shape.ends(NormKind::Layer, 50257, true)? };
    let norm = BlockNorm::new(NormKind::Layer, Placement::Pre);
    let blocks = spans
        .into_iter()
        .map(|span| Block::new(hidden, norm, Mixer::SelfAttention(SelfAttention { span, ..attention }), ffn));
    shape.of_blocks(model_type, ends, blocks)
}

/// One word a layer, from a list of them, or from lists that are each repeated so many times.
fn kinds<'a>(shape: &Shape<'a>) -> Result<Vec<&'a str>, Box<Error>> {
    let keys = shape.keys;
    let types = keys.opt_list(TYPES)?;
    if let Some(words) = words(keys, "attention_layers", shape.layers)? {
        return Ok(words);
    }
    let Some(types) = types else {
        keys.assume(TYPES, json!([[["global", "local"], 12]]), shape.class);
        one_each(keys, TYPES, 24, shape.layers)?;
        return Ok(["global", "local"].repeat(12));
    };
    let mut kinds = Vec::new();
    for part in types {
        let words = part.get(0).and_then(Value::as_array).map(|words| words.iter().map(Value::as_str));
        let words = words.and_then(|words| words.collect::<Option<Vec<_>>>());
        let (Some(words), Some(times)) = (words, part.get(1).and_then(Value::as_u64)) else {
            return Err(keys.refuse(TYPES, "an entry is not a list of words and how often they come"));
        };
        let all = words
            .len()
            .saturating_mul(usize::try_from(times).unwrap_or(usize::MAX))
            .min(MAX_LAYERS as usize + 1 - kinds.len());
        kinds.extend(words.into_iter().cycle().take(all));
    }
    one_each(keys, TYPES, kinds.len(), shape.layers)?;
    Ok(kinds)
}
