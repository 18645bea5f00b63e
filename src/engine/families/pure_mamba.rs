//! State spaces alone: Mamba-2. Defaults: `Mamba2Config` in transformers 5.24.

use super::mamba::{filled, grouped};
use crate::engine::blocks::read::{function, silu_alone};
use crate::engine::blocks::{Block, BlockNorm, Ends, Ffn, Mamba, Mixer, Placement, group};
use crate::engine::config::Keys;
use crate::engine::dtype::DType;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Precision, StateSpace};

const MAMBA2: &str = "the default of Mamba2Config";

pub fn mamba2(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let hidden = keys.dim_or("hidden_size", 4096, MAMBA2)?;
    let dim = |key, default| keys.dim_or(key, default, MAMBA2);
    let space = StateSpace {
        heads: dim("num_heads", 128)?,
        head_dim: dim("head_dim", 64)?,
        state: dim("state_size", 128)?,
        groups: dim("n_groups", 8)?,
    };
    filled(keys, "num_heads", space, hidden * dim("expand", 2)?)?;
    grouped(keys, "n_groups", space)?;
    let bias = keys.flag_or("use_bias", false, MAMBA2)?;
    let mamba = Mamba {
        space,
        kernel: dim("conv_kernel", 4)?,
        conv_bias: keys.flag_or("use_conv_bias", true, MAMBA2)?,
        in_bias: bias,
        out_bias: bias,
        normed: true,
    };
    function(keys, &["hidden_act"], "silu", MAMBA2)?;
    silu_alone(keys)?;
    let norm = BlockNorm::new(NormKind::Rms, Placement::Pre);
    let block = Block::new(hidden, norm, Mixer::Mamba(mamba), Ffn::None);
    let layers = keys.layers_or(&["num_hidden_layers"], 64, MAMBA2)?;
    let vocab = dim("vocab_size", 32768)?;
    let tied = keys.flag_or("tie_word_embeddings", false, MAMBA2)?;
    let ends = Ends::plain(hidden, vocab, NormKind::Rms, tied);
    let precision = Precision::uniform(keys.dtype_or(DType::Float16)?);
    Ok(ends.around(keys, model_type, precision, group(&mut (0..layers).map(|_| block))))
}
