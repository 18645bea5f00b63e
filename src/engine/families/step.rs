//! Step-3.5 and the text model of Step-3.7: a norm for each head of queries and keys, a gate for each head, other
//! query heads in windows; dense layers first, then a mixture. Defaults: `Step3p7TextConfig` in transformers 5.24.

use super::mistral::experts;
use super::mixture::sparse;
use crate::engine::blocks::read::{Base, Defaults, rotated_by, words};
use crate::engine::blocks::{Ffn, Mlp, Moe, OutputGate, QkNorm, SelfAttention};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, Span};

const DEFAULTS: Defaults = Defaults {
    class: "the default of Step3p7TextConfig",
    hidden: 4096,
    intermediate: 11264,
    layers: 45,
    heads: 64,
    kv_heads: Some(8),
    head_dim: Some(128),
    vocab: 128_815,
    act: "silu",
    tied: false,
};

/// The first mixed layer where no list says which are.
const FIRST_MIXED: u64 = 3;

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &DEFAULTS)?;
    let bias = base.flag("attention_bias", false)?;
    // For the dense layers and the shared expert.
    let mlp_bias = base.flag("mlp_bias", false)?;
    let moe = Ffn::Moe(mixture(&base, mlp_bias)?);
    let sliding_heads = sliding_heads(&base)?;
    let lists = base.layers + keys.count_or("num_nextn_predict_layers", 0, base.class)?;
    let spans = spans(&base, lists)?;
    let rotary = rotary(&base, &spans, lists)?;
    let blocks = spans.into_iter().zip(rotary).zip(mixed(&base, lists)?).map(|((span, rotary), mixed)| {
        let attention = SelfAttention {
            q_heads: if span == Span::Full { base.heads.q } else { sliding_heads },
            span,
            rotary,
            gate: OutputGate::PerHead,
            qk_norm: QkNorm::Head(NormKind::Rms),
            ..base.attention().biased(bias)
        };
        base.block(attention, if mixed { moe } else { base.mlp(mlp_bias) })
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

/// The first name that the config has, or the class' own.
fn named(keys: Keys<'_>, own: &'static str, published: &'static str) -> &'static str {
    if keys.has(published) && !keys.has(own) { published } else { own }
}

fn mixture(base: &Base<'_>, bias: bool) -> Result<Moe, Box<Error>> {
    let keys = base.keys;
    let total = named(keys, "n_routed_experts", "moe_num_experts");
    let taken = named(keys, "num_experts_per_tok", "moe_top_k");
    let shared = named(keys, "share_expert_dim", "share_expert_dims");
    Ok(Moe {
        shared: Some(Mlp::gated(base.dim(shared, 1280)?, base.function, bias)),
        ..Moe::plain(
            experts(keys, base.class, (total, 288), (taken, 8))?,
            Mlp::gated(base.dim("moe_intermediate_size", 1280)?, base.function, false),
        )
    })
}

/// Query heads in windows: a key of their own, or in published configs an object with the other settings.
fn sliding_heads(base: &Base<'_>) -> Result<u64, Box<Error>> {
    const OTHER: &str = "attention_other_setting";
    let keys = base.keys;
    let other = keys.opt_object(OTHER)?.filter(|_| !keys.has("num_sliding_attention_heads"));
    let (key, heads) = match other {
        Some(other) => {
            for (key, full) in [("num_attention_groups", base.heads.kv), ("head_dim", base.heads.dim)] {
                if other.get(key).is_some_and(|value| value.as_u64() != Some(full)) {
                    return Err(keys.refuse(OTHER, format!("{key} is not the {full} of full attention")));
                }
            }
            let heads = other.get("num_attention_heads").map(|heads| heads.as_u64().unwrap_or(0));
            (OTHER, heads.unwrap_or(base.heads.q))
        }
        None => {
            const KEY: &str = "num_sliding_attention_heads";
            (KEY, keys.dim_or(KEY, base.heads.q, "as many as in full attention")?)
        }
    };
    if heads == 0 || heads > 1 << 20 || !heads.is_multiple_of(base.heads.kv) {
        let reason = format!("{heads} query heads are no multiple of the {} key/value heads", base.heads.kv);
        return Err(keys.refuse(key, reason));
    }
    Ok(heads)
}

/// A word a layer; published configs go on with one for each layer that predicts.
fn each<'a>(base: &Base<'a>, key: &'static str, lists: u64) -> Result<Option<Vec<&'a str>>, Box<Error>> {
    let entries = base.keys.opt_list(key)?.map_or(0, <[_]>::len) as u64;
    let list = words(base.keys, key, if entries == lists { lists } else { base.layers })?;
    Ok(list.map(|mut list| {
        list.truncate(base.layers as usize);
        list
    }))
}

fn spans(base: &Base<'_>, lists: u64) -> Result<Vec<Span>, Box<Error>> {
    let window = base.keys.nullable_dim_or("sliding_window", None, base.class)?;
    let kinds = each(base, "layer_types", lists)?.unwrap_or(vec!["full_attention"; base.layers as usize]);
    kinds.into_iter().map(|kind| base.span(kind, window, None)).collect()
}

/// By the `rope_parameters` of a kind, or by the factor that published configs have for each layer.
fn rotary(base: &Base<'_>, spans: &[Span], lists: u64) -> Result<Vec<u64>, Box<Error>> {
    const KEY: &str = "partial_rotary_factors";
    let dim = base.heads.dim;
    if let Some(list) = base.keys.opt_list(KEY)? {
        if list.len() as u64 != lists {
            base.one_each(KEY, list.len())?;
        }
        let one =
            |factor: &serde_json::Value| rotated_by(base.keys, dim, KEY, factor.as_f64().unwrap_or(f64::NAN));
        return list.iter().take(spans.len()).map(one).collect();
    }
    let kinds = [
        base.rotary_in("full_attention", dim, [1.0; 2])?,
        base.rotary_in("sliding_attention", dim, [1.0; 2])?,
    ];
    Ok(spans.iter().map(|span| kinds[usize::from(*span != Span::Full)]).collect())
}

/// By `mlp_layer_types`, or by the numbers in the published `moe_layers_enum`.
fn mixed(base: &Base<'_>, lists: u64) -> Result<Vec<bool>, Box<Error>> {
    const ENUM: &str = "moe_layers_enum";
    if let Some(kinds) = each(base, "mlp_layer_types", lists)? {
        return sparse(base.keys, kinds);
    }
    let listed = if base.keys.lists(ENUM) {
        base.indices(ENUM)?
    } else if let Some(text) = base.keys.opt_word(&[ENUM])? {
        let numbers = text.split(',').map(str::trim).filter(|number| !number.is_empty());
        let parsed: Result<Vec<u64>, _> = numbers.map(str::parse).collect();
        Some(parsed.map_err(|_| base.keys.refuse(ENUM, "is no list of layers with commas between"))?)
    } else {
        None
    };
    Ok((0..base.layers)
        .map(|layer| listed.as_ref().map_or(layer >= FIRST_MIXED, |list| list.contains(&layer)))
        .collect())
}
