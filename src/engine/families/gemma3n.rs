//! Gemma 3n: several hidden states, a low-rank path beside attention, feed-forward layers that cut off most of what
//! they activate, an input of each layer's own, and in the last layers the cache of layers before. Defaults:
//! `Gemma3nTextConfig` in transformers 5.24.

use super::gemma4::with_own_cache;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{
    Alternation, Block, BlockNorm, Ends, Ffn, LayerInput, LayerInputs, Mlp, Placement, QkNorm, SelfAttention,
};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Function, Model, NormKind, Source, Span};

const DEFAULTS: Defaults = Defaults {
    class: "the default of Gemma3nTextConfig",
    hidden: 2048,
    intermediate: 0,
    layers: 35,
    heads: 8,
    kv_heads: Some(2),
    head_dim: Some(256),
    vocab: 262_400,
    act: "gelu_pytorch_tanh",
    tied: true,
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read_as(keys, &DEFAULTS, "hidden_activation")?;
    let streams = base.dim("altup_num_inputs", 4)?;
    if streams < 2 {
        return Err(keys.refuse("altup_num_inputs", "must be at least 2 hidden states"));
    }
    let alternation = Some(Alternation {
        streams,
        rank: base.dim("laurel_rank", 64)?,
        scaled: base.flag("altup_correct_scale", true)?,
    });
    let attention = SelfAttention {
        qk_norm: QkNorm::Head(NormKind::Rms),
        v_norm: true,
        ..base.attention().biased(base.flag("attention_bias", false)?)
    };
    let window = base.dim("sliding_window", 512)?;
    let rule = |layer: u64| if (layer + 1).is_multiple_of(5) { Span::Full } else { Span::Sliding(window) };
    let spans = base.spans(Some(window), None, &rule)?;
    let own = with_own_cache(&base, &spans, 15)?;
    let width = base.dim("hidden_size_per_layer_input", 256)?;
    let input = Some(LayerInput { width, function: base.function });
    let widths = base.each("intermediate_size", 16384)?;
    let ffns = widths.into_iter().zip(functions(&base)?);
    let ffns = ffns.map(|(width, function)| Ffn::Dense(Mlp::gated(width, function, false)));
    let norm = BlockNorm::new(NormKind::Rms, Placement::Sandwich);
    let blocks = spans.into_iter().zip(ffns).enumerate().map(|(layer, (span, ffn))| {
        let source = if layer < own { Source::Own } else { Source::Shared };
        let block = base.block_with(norm, SelfAttention { span, source, ..attention }, ffn);
        Block { input, alternation, ..block }
    });
    let rows = base.dim("vocab_size_per_layer_input", 262_144)?;
    let inputs = Some(LayerInputs { rows, width, layers: base.layers });
    let plain = Ends::plain(base.hidden, base.vocab, NormKind::Rms, base.tied);
    Ok(base.model_within(Ends { inputs, alternating: Some(streams), ..plain }, model_type, blocks))
}

/// What activates each layer: where a part of it is to be cut off, by `activation_sparsity_pattern` or in the first
/// ten of more, a function that does so.
fn functions(base: &Base<'_>) -> Result<Vec<Function>, Box<Error>> {
    const KEY: &str = "activation_sparsity_pattern";
    let cut = match base.keys.opt_list(KEY)? {
        None => (0..base.layers).map(|layer| layer < 10 && base.layers > 10).collect(),
        Some(parts) => {
            base.one_each(KEY, parts.len())?;
            let cut = |part: &serde_json::Value| match part.as_f64() {
                Some(part) if (0.0..1.0).contains(&part) => Ok(part > 0.0),
                _ => Err(base.keys.refuse(KEY, format!("{part} is no part from 0 to below 1"))),
            };
            parts.iter().map(cut).collect::<Result<Vec<_>, _>>()?
        }
    };
    if cut.contains(&true) && base.function != Function::GeluTanh {
        let reason = "only \"gelu_pytorch_tanh\" is counted where a part is cut off";
        return Err(base.keys.refuse("hidden_activation", reason));
    }
    Ok(cut.into_iter().map(|cut| if cut { Function::CutGeluTanh } else { base.function }).collect())
}
