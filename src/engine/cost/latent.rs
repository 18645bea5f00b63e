//! Multi-head latent attention, in the two forms that yield the same result.
//!
//! Expanded, every latent is projected up to keys and values of all heads. Absorbed, the key half of that
//! projection is applied to the queries instead and the value half to the outputs, and attention runs on
//! the latents themselves. Expanding pays off when many queries meet few latents, as in a prefill.

use super::attention::{kept, scores, seen};
use super::symbols::*;
use super::{Context, Cost, activation_bytes, cache_bytes, dot, matrix_bytes, new_tokens, weight_bytes};
use crate::engine::accounting::LatentForm;
use crate::engine::model::Latent;
use crate::engine::number::{Count, Number};
use crate::engine::precision::Format;
use serde::Serialize;

/// How latent attention runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// As the model's code is written: new tokens are projected up, expanded keys and values are read.
    Written,
    /// The latents of the whole context are projected up for this step.
    Expanded,
    /// The projection is absorbed into the queries and outputs.
    Absorbed,
}

/// The form that an accounting runs a layer in.
pub fn form(latent: &Latent, context: &Context<'_>) -> Form {
    match context.accounting.latent {
        LatentForm::Expanded => Form::Written,
        LatentForm::Cheapest => {
            let flops =
                |form| up_flops::<Count>(latent, form, context) + attention_flops(latent, form, context);
            match (flops(Form::Expanded).get(), flops(Form::Absorbed).get()) {
                (Some(expanded), Some(absorbed)) if expanded < absorbed => Form::Expanded,
                _ => Form::Absorbed,
            }
        }
    }
}

/// The projection between latents and heads, wherever it is applied.
pub fn up<N: Number>(latent: &Latent, format: Option<Format>, context: &Context<'_>) -> Cost<N> {
    let form = form(latent, context);
    let heads = || N::named(Q_HEADS, latent.heads);
    let rank = || N::named(RANK, latent.rank);
    let nope = || N::named(NOPE, latent.nope_dim);
    let v = || N::named(V_DIM, latent.v_dim);
    let weights = rank() * heads() * (nope() + v());
    let stored = match format {
        None => weight_bytes(weights.clone(), context),
        Some(_) => matrix_bytes(rank(), heads() * (nope() + v()), format, context),
    };
    let (read, written) = match form {
        Form::Written | Form::Expanded => {
            (rank() * rows(latent, form, context), heads() * (nope() + v()) * rows(latent, form, context))
        }
        // Queries in and their latents out, output latents in and values out.
        Form::Absorbed => (
            heads() * (nope() + rank()) * new_tokens(context),
            heads() * (rank() + v()) * new_tokens(context),
        ),
    };
    Cost {
        flops: up_flops(latent, form, context),
        weight_bytes: stored.clone(),
        input_bytes: activation_bytes(read, context),
        output_bytes: activation_bytes(written, context),
        stored_bytes: stored,
        active_parameters: weights.clone(),
        parameters: weights,
        ..Cost::nothing()
    }
}

/// Attention over the latents or over what they expand to. Only latents and rotated keys are kept.
pub fn attention<N: Number>(latent: &Latent, context: &Context<'_>) -> Cost<N> {
    let form = form(latent, context);
    let heads = || N::named(Q_HEADS, latent.heads);
    let rank = || N::named(RANK, latent.rank);
    let rope = || N::named(ROTATED, latent.rope_dim);
    let nope = || N::named(NOPE, latent.nope_dim);
    let v = || N::named(V_DIM, latent.v_dim);
    let n = || new_tokens::<N>(context);
    let tokens = || seen::<N>(latent.span, context);
    let (queries, context_read, outputs) = match form {
        Form::Written => {
            let expanded = heads() * (nope() + rope() + v()) * tokens();
            (heads() * (nope() + rope()) * n(), cache_bytes(expanded, context), heads() * v() * n())
        }
        Form::Expanded => {
            let expanded = activation_bytes(heads() * (nope() + v()) * tokens(), context);
            let rotated = cache_bytes(rope() * tokens(), context);
            (heads() * (nope() + rope()) * n(), expanded + rotated, heads() * v() * n())
        }
        Form::Absorbed => {
            let latents = cache_bytes((rank() + rope()) * tokens(), context);
            (heads() * (rank() + rope()) * n(), latents, heads() * rank() * n())
        }
    };
    Cost {
        flops: attention_flops(latent, form, context),
        input_bytes: activation_bytes(queries, context) + context_read,
        output_bytes: activation_bytes(outputs, context),
        cache_bytes: cached(latent, context),
        ..Cost::nothing()
    }
    .with_parameters(if latent.sinks { heads() } else { N::int(0) }, context)
}

/// Bytes of latents and rotated keys to keep.
pub fn cached<N: Number>(latent: &Latent, context: &Context<'_>) -> N {
    let own = N::named(RANK, latent.rank) + N::named(ROTATED, latent.rope_dim);
    cache_bytes(own * kept(latent.span, context), context)
}

fn up_flops<N: Number>(latent: &Latent, form: Form, context: &Context<'_>) -> N {
    let heads = || N::named(Q_HEADS, latent.heads);
    let rank = || N::named(RANK, latent.rank);
    let nope = || N::named(NOPE, latent.nope_dim);
    let v = || N::named(V_DIM, latent.v_dim);
    match form {
        Form::Written | Form::Expanded => {
            rows::<N>(latent, form, context) * heads() * (nope() + v()) * dot(rank(), context)
        }
        Form::Absorbed => {
            new_tokens::<N>(context) * heads() * (rank() * dot(nope(), context) + v() * dot(rank(), context))
        }
    }
}

fn attention_flops<N: Number>(latent: &Latent, form: Form, context: &Context<'_>) -> N {
    let heads = || N::named(Q_HEADS, latent.heads);
    let rope = || N::named(ROTATED, latent.rope_dim);
    let own = || match form {
        Form::Written | Form::Expanded => N::named(NOPE, latent.nope_dim),
        Form::Absorbed => N::named(RANK, latent.rank),
    };
    let values = || match form {
        Form::Written | Form::Expanded => N::named(V_DIM, latent.v_dim),
        Form::Absorbed => N::named(RANK, latent.rank),
    };
    scores(heads, heads, || own() + rope(), values, 0, latent.span, context)
}

/// Latents that are projected up.
fn rows<N: Number>(latent: &Latent, form: Form, context: &Context<'_>) -> N {
    match form {
        Form::Written | Form::Absorbed => new_tokens(context),
        Form::Expanded => seen(latent.span, context),
    }
}
