//! dots.llm1: a norm for each head of queries and keys; dense layers first, then a mixture of small experts
//! with shared ones. The text model of dots3-note: latent attention with a gate for each head, to what an index
//! chooses or of another shape in windows. Defaults: `Dots1Config` in transformers 4.57, `Dots3NoteTextConfig` in
//! 5.24.

use super::deepseek::{Generation, V2, attention, latent_queries, mixed};
use super::mixture::{Small, mixed_layers};
use crate::engine::blocks::read::{Base, Defaults};
use crate::engine::blocks::{
    Block, BlockNorm, Ends, Ffn, LatentAttention, Mixer, Mlp, Moe, OutputGate, Placement, QkNorm, group,
};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Index, Latent, Model, NormKind, Span};

const DEFAULTS: Defaults = Defaults {
    class: "the default of Dots1Config",
    hidden: 4608,
    intermediate: 10944,
    layers: 62,
    heads: 32,
    kv_heads: Some(32),
    head_dim: None,
    vocab: 152_064,
    act: "silu",
    tied: false,
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let bias = base.flag("attention_bias", false)?;
    // The class has no number for these three and cannot be built without them.
    let given = |key: &'static str| Ok::<_, Box<Error>>((key, keys.dim(key)?));
    let moe = Small {
        total: given("n_routed_experts")?,
        taken: given("num_experts_per_tok")?,
        shared: Some(given("n_shared_experts")?),
        width: 1408,
    }
    .read(keys, base.class, base.function, false)?;
    let mixed = mixed_layers(keys, base.layers, ("first_k_dense_replace", 0), base.class)?;
    let window = keys.nullable_dim_or("sliding_window", Some(4096), base.class)?;
    let from = match window {
        Some(_) => keys.count_or("max_window_layers", 62, base.class)?,
        None => 0,
    };
    let spans = base.spans(window, None, &|layer| match window {
        Some(window) if layer >= from => Span::Sliding(window),
        _ => Span::Full,
    })?;
    let blocks = mixed.into_iter().zip(spans).map(|(mixed, span)| {
        let mut attention = base.attention().biased(bias);
        attention.span = span;
        attention.qk_norm = QkNorm::Head(NormKind::Rms);
        base.block(attention, if mixed { Ffn::Moe(moe) } else { base.mlp(false) })
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

const DOTS3: Generation = Generation {
    base: Defaults {
        class: "the default of Dots3NoteTextConfig",
        hidden: 5120,
        intermediate: 13824,
        layers: 46,
        heads: 128,
        head_dim: Some(256),
        vocab: 152_064,
        ..V2.base
    },
    latent: (Some(1024), 512, 128, 64, 128),
    dense_first: 1,
    dense_why: "Dots3NoteTextConfig leaves one layer dense",
    ..V2
};

pub fn third(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    if keys.has("per_layer_config") {
        let reason = "is not read; give swa_num_attention_heads, swa_kv_lora_rank and their like instead";
        return Err(keys.refuse("per_layer_config", reason));
    }
    let base = Base::read(keys, &DOTS3.base)?;
    let full = LatentAttention { gate: OutputGate::PerHead, key_norm: true, ..attention(keys, &DOTS3)? };
    latent_queries(keys, full)?;
    let [heads, dim, most] =
        base.dims([("index_n_heads", 64), ("index_head_dim", 128), ("index_topk", 2048)])?;
    let index = Some(Index { heads, dim, rate: 1, summed: true });
    let chosen =
        LatentAttention { latent: Latent { span: Span::Chosen(most), ..full.latent }, index, ..full };
    let sliding = sliding(&base, full)?;
    let indexed = keys.flag_or("use_dsa", true, "an index unless the config says otherwise")?;
    let windows = keys.flag_or("use_sliding_window", true, "windows unless the config says otherwise")?;
    let wide = if indexed { chosen } else { full };
    let known = [("sliding_attention", false), ("indexed_attention", true), ("full_attention", true)];
    let far = match base.which_layers(&known)? {
        Some(far) => far,
        None => (0..base.layers).map(|layer| !windows || layer < 2 || layer % 4 == 1).collect(),
    };
    let [dense, mixture] = ffns(&base)?;
    let norm = BlockNorm::new(NormKind::Rms, Placement::Pre);
    let block = |(far, mixed)| {
        let mixer = Mixer::Latent(if far { wide } else { sliding });
        Block::new(base.hidden, norm, mixer, if mixed { mixture } else { dense })
    };
    let groups = group(&mut far.into_iter().zip(mixed(keys, base.layers, &DOTS3)?).map(block));
    let ends = Ends::plain(base.hidden, base.vocab, NormKind::Rms, base.tied);
    Ok(ends.around(keys, model_type, base.precision, groups))
}

/// The attention of windows, which has a shape of its own.
fn sliding(base: &Base<'_>, full: LatentAttention) -> Result<LatentAttention, Box<Error>> {
    let keys = base.keys;
    let dim = |key, default| keys.dim_or(key, default, "of Dots3NoteTextConfig in windows");
    let nope_dim = dim("swa_qk_nope_head_dim", 192)?;
    let rope_dim = match keys.opt_dim("swa_qk_rope_head_dim")? {
        Some(rope_dim) => rope_dim,
        None => {
            let rest = dim("swa_head_dim", 256)?.checked_sub(nope_dim).filter(|&rest| rest > 0);
            rest.ok_or_else(|| {
                keys.refuse("swa_head_dim", "leaves nothing to rotate beside swa_qk_nope_head_dim")
            })?
        }
    };
    let window = keys.dim_of_or(&["sliding_window", "sliding_window_size"], 512, base.class)?;
    let latent = Latent {
        heads: dim("swa_num_attention_heads", 64)?,
        rank: dim("swa_kv_lora_rank", 1024)?,
        nope_dim,
        rope_dim,
        v_dim: dim("swa_v_head_dim", 128)?,
        span: Span::Sliding(window),
        sinks: false,
    };
    Ok(LatentAttention { latent, q_rank: Some(dim("swa_q_lora_rank", 1024)?), ..full })
}

/// The dense feed-forward layer and the mixture.
fn ffns(base: &Base<'_>) -> Result<[Ffn; 2], Box<Error>> {
    let keys = base.keys;
    let moe = Small {
        total: ("n_routed_experts", 256),
        taken: ("num_experts_per_tok", 8),
        width: 1536,
        shared: Some(("n_shared_experts", 1)),
    }
    .read(keys, base.class, base.function, false)?;
    const PUBLISHED: &str = "moe_shared_expert_intermediate_size";
    let key = if keys.has(PUBLISHED) { PUBLISHED } else { "shared_experts_intermediate_size" };
    let width = base.dim(key, 1536)?;
    let one = Mlp { intermediate: width, ..moe.expert };
    let count = moe.shared.map_or(0, |shared| shared.intermediate / moe.expert.intermediate);
    Ok([base.mlp(false), Ffn::Moe(Moe { shared: one.side_by_side(count), ..moe })])
}
