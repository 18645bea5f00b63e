//! Gemma 4: Gemma 3 with norms of values, wider heads in full attention, whose values may be its keys, and in the
//! last layers the cache of layers before; an input of each layer's own, or a mixture beside the dense layer, and
//! neither where it reads images and sounds itself. Defaults: `Gemma4TextConfig` and `Gemma4UnifiedTextConfig` in
//! transformers 5.24.

use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{
    Block, BlockNorm, Ends, Ffn, LayerInput, LayerInputs, Mlp, Moe, Placement, QkNorm, SelfAttention,
};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Source, Span};

const DEFAULTS: Defaults = Defaults {
    class: "the default of Gemma4TextConfig",
    hidden: 2304,
    intermediate: 9216,
    layers: 30,
    heads: 8,
    kv_heads: Some(4),
    head_dim: Some(256),
    vocab: 262_144,
    act: "gelu_pytorch_tanh",
    tied: true,
};

const UNIFIED: Defaults = Defaults { class: "the default of Gemma4UnifiedTextConfig", ..DEFAULTS };

pub fn parted(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &DEFAULTS, 512, true)
}

pub fn unified(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    build(keys, model_type, &UNIFIED, 1024, false)
}

/// With so wide windows by default, and with inputs of layers and mixtures where the class `has_more`.
fn build(
    keys: Keys<'_>,
    model_type: &str,
    defaults: &Defaults,
    window: u64,
    has_more: bool,
) -> Result<Model, Box<Error>> {
    let base = Base::read_as(keys, defaults, "hidden_activation")?;
    if keys.has("per_layer_config") {
        let reason = "is not read; give global_head_dim and num_global_key_value_heads instead";
        return Err(keys.refuse("per_layer_config", reason));
    }
    let [sliding, full] = attentions(&base)?;
    let spans = spans(&base, window)?;
    let own = with_own_cache(&base, &spans, 0)?;
    let widened = if base.flag("use_double_wide_mlp", false)? { 2 } else { 1 };
    let (moe, width) = match has_more {
        true => (mixture(&base)?, keys.dim_or_none("hidden_size_per_layer_input", Some(256), base.class)?),
        false => (None, None),
    };
    let norm = BlockNorm::new(NormKind::Rms, Placement::Sandwich);
    let blocks = spans.iter().enumerate().map(|(layer, &span)| {
        let attention = if span == Span::Full { full } else { sliding };
        let source = if layer < own { attention.source } else { Source::Shared };
        let wide = if layer < own { 1 } else { widened };
        let mlp = Mlp::gated(wide * base.intermediate, base.function, false);
        let ffn = moe.map_or(Ffn::Dense(mlp), |moe| Ffn::Both(mlp, moe));
        let block = base.block_with(norm, SelfAttention { span, source, ..attention }, ffn);
        Block { input: width.map(|width| LayerInput { width, function: base.function }), ..block }
    });
    let rows = match width {
        Some(_) => base.dim("vocab_size_per_layer_input", 262_144)?,
        None => 0,
    };
    let inputs = width.map(|width| LayerInputs { rows, width, layers: base.layers });
    let plain = Ends::plain(base.hidden, base.vocab, NormKind::Rms, base.tied);
    Ok(base.model_within(Ends { inputs, ..plain }, model_type, blocks))
}

/// How many layers keep keys and values of their own, which the last ones share.
pub fn with_own_cache(base: &Base<'_>, spans: &[Span], shared: u64) -> Result<usize, Box<Error>> {
    const KEY: &str = "num_kv_shared_layers";
    let own = base.layers.saturating_sub(base.keys.count_or(KEY, shared, base.class)?) as usize;
    if let Some(span) = spans[own..].iter().find(|span| !spans[..own].contains(span)) {
        let reason = format!("leaves no layer before with the same {span:?} attention to share with");
        return Err(base.keys.refuse(KEY, reason));
    }
    Ok(own)
}

/// That of windows and the full one, which has heads of its own.
fn attentions(base: &Base<'_>) -> Result<[SelfAttention; 2], Box<Error>> {
    let keys = base.keys;
    let bias = base.flag("attention_bias", false)?;
    let sliding = SelfAttention {
        qk_norm: QkNorm::Head(NormKind::Rms),
        v_norm: true,
        rotary: base.rotary_in("sliding_attention", base.heads.dim, [1.0; 2])?,
        ..base.attention().biased(bias)
    };
    let head_dim = keys.dim_or("global_head_dim", 512, base.class)?;
    let same = base.flag("attention_k_eq_v", false)?;
    let kv_heads = match same {
        true => keys.nullable_dim_or("num_global_key_value_heads", None, "as many as in windows")?,
        false => None,
    };
    let full = SelfAttention {
        head_dim,
        v_dim: head_dim,
        kv_heads: kv_heads.unwrap_or(base.heads.kv),
        rotary: base.rotary_in("full_attention", head_dim, [0.25, 1.0])?,
        source: if same { Source::OwnKeys } else { Source::Own },
        ..sliding
    };
    if !full.q_heads.is_multiple_of(full.kv_heads) {
        let reason = format!("{} does not divide the {} query heads", full.kv_heads, full.q_heads);
        return Err(keys.refuse("num_global_key_value_heads", reason));
    }
    Ok([sliding, full])
}

/// Full attention in every sixth layer, and in any case in the last.
fn spans(base: &Base<'_>, window: u64) -> Result<Vec<Span>, Box<Error>> {
    let window = base.dim("sliding_window", window)?;
    let rule = |layer: u64| if (layer + 1).is_multiple_of(6) { Span::Full } else { Span::Sliding(window) };
    let mut spans = base.spans(Some(window), None, &rule)?;
    if let Some(last) = spans.last_mut() {
        *last = Span::Full;
    }
    Ok(spans)
}

fn mixture(base: &Base<'_>) -> Result<Option<Moe>, Box<Error>> {
    if !base.flag("enable_moe_block", false)? {
        return Ok(None);
    }
    // The class has no number for these three.
    let given = |key: &'static str| Ok::<_, Box<Error>>((key, base.keys.dim(key)?));
    let experts = experts(base.keys, base.class, given("num_experts")?, given("top_k_experts")?)?;
    let width = base.keys.dim("moe_intermediate_size")?;
    // Every expert has a learned scale, as many as there were biases.
    Ok(Some(Moe { router_bias: true, ..Moe::plain(experts, Mlp::gated(width, base.function, false)) }))
}
