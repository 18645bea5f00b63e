//! Phi-1 to 2: attention and feed-forward side by side behind one LayerNorm. Phi-3 and Phi-4: LLaMA with
//! fused projections, also where images and speech are read. Phi-3.5-MoE: LayerNorm and experts in every block.
//! Defaults: `PhiConfig`, `Phi3Config`, `Phi4MultimodalConfig` and `PhimoeConfig` in transformers 4.57.

use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{BlockNorm, Ends, Ffn, Mlp, Moe, Placement, QkNorm};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Note, NoteKind, Span};

const PHI: Defaults = Defaults {
    class: "the default of PhiConfig",
    hidden: 2048,
    intermediate: 8192,
    layers: 24,
    heads: 32,
    kv_heads: None,
    head_dim: None,
    vocab: 51200,
    act: "gelu_new",
    tied: false,
};

const PHI3: Defaults = Defaults {
    class: "the default of Phi3Config",
    hidden: 3072,
    layers: 32,
    vocab: 32064,
    act: "silu",
    ..PHI
};

const MULTIMODAL: Defaults =
    Defaults { class: "the default of Phi4MultimodalConfig", kv_heads: Some(8), vocab: 200_064, ..PHI3 };

const PHIMOE: Defaults = Defaults {
    class: "the default of PhimoeConfig",
    hidden: 4096,
    intermediate: 6400,
    kv_heads: Some(8),
    ..PHI3
};

pub fn phi(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &PHI)?;
    let mut attention = base.attention().biased(true);
    attention.rotary = base.rotary(0.5)?;
    if base.flag("qk_layernorm", false)? {
        attention.qk_norm = QkNorm::Head(NormKind::Layer);
    }
    let norm = BlockNorm::new(NormKind::Layer, Placement::ParallelOne);
    let ffn = Ffn::Dense(Mlp::plain(base.intermediate, base.function, true));
    let block = base.block_with(norm, attention, ffn);
    let plain = Ends::plain(base.hidden, base.vocab, NormKind::Layer, base.tied);
    let ends = Ends { head_bias: true, ..plain };
    Ok(base.model_within(ends, model_type, (0..base.layers).map(|_| block)))
}

pub fn phi3(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    third(keys, model_type, &PHI3)
}

pub fn multimodal(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let mut model = third(keys, model_type, &MULTIMODAL)?;
    let text = format!("{model_type} holds a phi3 text model; the text model alone is analysed");
    model.notes.push(Note::new(NoteKind::Model, text));
    Ok(model)
}

fn third(keys: Keys<'_>, model_type: &str, defaults: &Defaults) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, defaults)?;
    let mut attention = base.attention();
    attention.rotary = base.rotary(1.0)?;
    let window = keys.nullable_dim_or("sliding_window", None, base.class)?;
    attention.span = window.map_or(Span::Full, Span::Sliding);
    Ok(base.uniform(model_type, NormKind::Rms, base.block(attention, base.mlp(false))))
}

pub fn phimoe(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &PHIMOE)?;
    let bias = base.flag("attention_bias", false)?;
    let window = keys.nullable_dim_or("sliding_window", None, base.class)?;
    let mut attention = base.attention().biased(bias);
    attention.span = window.map_or(Span::Full, Span::Sliding);
    let experts = experts(keys, base.class, ("num_local_experts", 16), ("num_experts_per_tok", 2))?;
    if experts.per_token != 2 {
        return Err(keys.refuse("num_experts_per_tok", "the router of this family always takes two"));
    }
    let moe = Moe::plain(experts, Mlp::gated(base.intermediate, base.function, false));
    let norm = BlockNorm::new(NormKind::Layer, Placement::Pre);
    let block = base.block_with(norm, attention, Ffn::Moe(moe));
    let plain = Ends::plain(base.hidden, base.vocab, NormKind::Layer, base.tied);
    let ends = Ends { head_bias: base.flag("lm_head_bias", false)?, ..plain };
    Ok(base.model_within(ends, model_type, (0..base.layers).map(|_| block)))
}
