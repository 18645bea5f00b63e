//! The first Mamba's state space: alone in Mamba and Falcon Mamba, with attention and experts in Jamba; and Mamba-2,
//! alone. Defaults: `MambaConfig`, `FalconMambaConfig`, `JambaConfig` and `Mamba2Config` in transformers 5.24.

use super::llama::LLAMA;
use super::mamba::{filled, grouped, unless_auto};
use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults, function, silu_alone};
use crate::engine::blocks::{
    Block, BlockNorm, Ends, Ffn, Mamba, Mixer, Mlp, Moe, Placement, SelfAttention, Steps, group,
};
use crate::engine::config::Keys;
use crate::engine::dtype::DType;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Precision, StateSpace};

/// What the class of a model of state spaces alone assumes.
struct Pure {
    class: &'static str,
    hidden: u64,
    layers: u64,
    vocab: u64,
    tied: bool,
}

const MAMBA: Pure =
    Pure { class: "the default of MambaConfig", hidden: 768, layers: 32, vocab: 50280, tied: true };

const FALCON: Pure = Pure { class: "the default of FalconMambaConfig", ..MAMBA };

const MAMBA2: Pure =
    Pure { class: "the default of Mamba2Config", hidden: 4096, layers: 64, vocab: 32768, tied: false };

const JAMBA: Defaults = Defaults {
    class: "the default of JambaConfig",
    intermediate: 14336,
    kv_heads: Some(8),
    vocab: 65536,
    ..LLAMA
};

/// What the first Mamba is called in a config: the state, the kernel, what steps are made of, and two biases.
type Names = [&'static str; 5];

const NAMES: Names = ["state_size", "conv_kernel", "time_step_rank", "use_conv_bias", "use_bias"];

pub fn mamba(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    alone(keys, model_type, &MAMBA, None)
}

pub fn falcon(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    alone(keys, model_type, &FALCON, Some(0))
}

fn alone(keys: Keys<'_>, model_type: &str, pure: &Pure, norm_sets: Option<u64>) -> Result<Model, Box<Error>> {
    let hidden = keys.dim_or("hidden_size", pure.hidden, pure.class)?;
    // Where the width is given, it does not follow from the hidden size.
    const WIDTH: &str = "intermediate_size";
    let width = match keys.opt_dim(WIDTH)? {
        Some(width) => width,
        None => {
            let width = hidden * keys.dim_or("expand", 2, pure.class)?;
            keys.assume(WIDTH, width, "expand times the hidden size");
            width
        }
    };
    build(keys, model_type, pure, hidden, first(keys, pure.class, (hidden, width), NAMES, norm_sets)?)
}

pub fn mamba2(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let class = MAMBA2.class;
    let dim = |key, default| keys.dim_or(key, default, class);
    let hidden = dim("hidden_size", MAMBA2.hidden)?;
    let space = StateSpace {
        heads: dim("num_heads", 128)?,
        head_dim: dim("head_dim", 64)?,
        state: dim("state_size", 128)?,
        groups: dim("n_groups", 8)?,
        own_rates: false,
    };
    filled(keys, "num_heads", space, hidden * dim("expand", 2)?)?;
    grouped(keys, "n_groups", space)?;
    let bias = keys.flag_or("use_bias", false, class)?;
    let mamba = Mamba {
        space,
        kernel: dim("conv_kernel", 4)?,
        conv_bias: keys.flag_or("use_conv_bias", true, class)?,
        in_bias: bias,
        out_bias: bias,
        normed: true,
        steps: None,
    };
    build(keys, model_type, &MAMBA2, hidden, mamba)
}

fn build(
    keys: Keys<'_>,
    model_type: &str,
    pure: &Pure,
    hidden: u64,
    mamba: Mamba,
) -> Result<Model, Box<Error>> {
    let Pure { class, layers, vocab, tied, .. } = *pure;
    function(keys, &["hidden_act"], "silu", class)?;
    silu_alone(keys)?;
    let block = block(hidden, Mixer::Mamba(mamba), Ffn::None);
    let layers = keys.layers_or(&["num_hidden_layers"], layers, class)?;
    let vocab = keys.dim_or("vocab_size", vocab, class)?;
    let tied = keys.flag_or("tie_word_embeddings", tied, class)?;
    let ends = Ends::plain(hidden, vocab, NormKind::Rms, tied);
    let precision = Precision::uniform(keys.dtype_or(DType::Float16)?);
    Ok(ends.around(keys, model_type, precision, group(&mut (0..layers).map(|_| block))))
}

pub fn jamba(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &JAMBA)?;
    silu_alone(keys)?;
    let names = ["mamba_d_state", "mamba_d_conv", "mamba_dt_rank", "mamba_conv_bias", "mamba_proj_bias"];
    let width = base.hidden * base.dim("mamba_expand", 2)?;
    let mamba = Mixer::Mamba(first(keys, base.class, (base.hidden, width), names, Some(1))?);
    let attention = Mixer::SelfAttention(SelfAttention { rotary: 0, ..base.attention() });
    let mlp = Mlp::gated(base.intermediate, base.function, false);
    let experts = experts(keys, base.class, ("num_experts", 16), ("num_experts_per_tok", 2))?;
    let moe = if experts.total > 1 { Ffn::Moe(Moe::plain(experts, mlp)) } else { Ffn::Dense(mlp) };
    let attends = every(&base, ("attn_layer_period", 8), ("attn_layer_offset", 4))?;
    let mixed = every(&base, ("expert_layer_period", 2), ("expert_layer_offset", 1))?;
    let blocks = attends.into_iter().zip(mixed).map(|(attends, mixed)| {
        let ffn = if mixed { moe } else { Ffn::Dense(mlp) };
        block(base.hidden, if attends { attention } else { mamba }, ffn)
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// One layer in every period.
fn every(
    base: &Base<'_>,
    (key, period): (&'static str, u64),
    (offset_key, offset): (&'static str, u64),
) -> Result<Vec<bool>, Box<Error>> {
    let period = base.dim(key, period)?;
    let offset = base.keys.count_or(offset_key, offset, base.class)?;
    if offset >= period {
        let reason = format!("{offset} is not below the {period} layers of {key}");
        return Err(base.keys.refuse(offset_key, reason));
    }
    Ok((0..base.layers).map(|layer| layer % period == offset).collect())
}

/// The first Mamba at this hidden size and width.
fn first(
    keys: Keys<'_>,
    class: &str,
    (hidden, width): (u64, u64),
    [state, kernel, rank, conv_bias, bias]: Names,
    norm_sets: Option<u64>,
) -> Result<Mamba, Box<Error>> {
    let state = keys.dim_or(state, 16, class)?;
    let space = StateSpace { heads: width, head_dim: 1, state, groups: 1, own_rates: true };
    grouped(keys, "hidden_size", space)?;
    let rank = unless_auto(keys, rank)?.unwrap_or_else(|| {
        let sixteenth = hidden.div_ceil(16);
        keys.assume(rank, sixteenth, "a sixteenth of the hidden size");
        sixteenth
    });
    let bias = keys.flag_or(bias, false, class)?;
    Ok(Mamba {
        space,
        kernel: keys.dim_or(kernel, 4, class)?,
        conv_bias: keys.flag_or(conv_bias, true, class)?,
        in_bias: bias,
        out_bias: bias,
        normed: false,
        steps: Some(Steps { rank, norm_sets }),
    })
}

fn block(hidden: u64, mixer: Mixer, ffn: Ffn) -> Block {
    Block::new(hidden, BlockNorm::new(NormKind::Rms, Placement::Pre), mixer, ffn)
}
