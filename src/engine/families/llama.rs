//! LLaMA 1 to 3 and what shares its architecture: pre-norm, grouped-query attention with rotary
//! embedding, gated feed-forward. Source of the defaults: `LlamaConfig` in transformers 4.57.

use crate::engine::blocks::{self, Ends, GatedFfn, Heads, SelfAttention};
use crate::engine::config::HfConfig;
use crate::engine::dtype::DType;
use crate::engine::error::Error;
use crate::engine::model::{Group, Model, NormKind, Precision, Span, Stage};

const DEFAULT: &str = "the default of LlamaConfig";

pub fn build(config: &HfConfig) -> Result<Model, Error> {
    let keys = config.keys();
    let hidden = keys.dim_or("hidden_size", 4096, DEFAULT)?;
    let num_layers = keys.layers_or("num_hidden_layers", 32, DEFAULT)?;
    let heads = Heads::read(keys, hidden, 32)?;
    let attention_bias = keys.flag_or("attention_bias", false, DEFAULT)?;
    let attention = SelfAttention {
        hidden,
        q_heads: heads.q,
        kv_heads: heads.kv,
        head_dim: heads.dim,
        qkv_bias: attention_bias,
        out_bias: attention_bias,
        span: Span::Full,
    };
    let ffn = GatedFfn {
        hidden,
        intermediate: keys.dim_or("intermediate_size", 11008, DEFAULT)?,
        function: blocks::function(keys, "hidden_act", "silu")?,
        bias: keys.flag_or("mlp_bias", false, DEFAULT)?,
    };
    let ends = Ends {
        hidden,
        vocab: keys.dim_or("vocab_size", 32000, DEFAULT)?,
        norm: NormKind::Rms,
        tied: keys.flag_or("tie_word_embeddings", false, DEFAULT)?,
    };
    let precision = Precision::uniform(keys.dtype_or(DType::Float16)?);
    let layers = blocks::pre_norm_block(hidden, NormKind::Rms, attention.layers(), ffn.layers());
    let group = Group { stage: Stage::Block, repeat: num_layers, layers };
    let mut model = ends.around(config, "llama", precision, vec![group]);
    model.notes.extend(heads.note());
    Ok(model)
}
