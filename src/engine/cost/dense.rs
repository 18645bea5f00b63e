//! Norms, matrix products, activations and what surrounds them.

use super::symbols::*;
use super::{Context, Cost, activation_bytes, dot, matrix_bytes, new_tokens, weight_bytes};
use crate::engine::accounting::{Elementwise, ExpertReads, Head};
use crate::engine::model::{Activation, Combine, Experts, Linear, Lookup, Norm, NormKind, Rows, Spread};
use crate::engine::number::{Number, Ratio};
use crate::engine::precision::Format;

/// RMSNorm: square and sum `2d − 1`, divide, add ε, root `3`, scale by the root and the weight `2d`:
/// `4d + 2`. LayerNorm: mean `d`, centre `d`, square and sum `2d − 1`, divide, ε, root `3`, scale by the
/// root, weight and bias `3d`: `7d + 2`. Without a weight or a bias, `d` less for each.
pub fn norm<N: Number>(norm: &Norm, context: &Context<'_>) -> Cost<N> {
    let d = || N::named(WIDTH, norm.width);
    let vectors = || named_unless_one::<N>(VECTORS, norm.vectors) * new_tokens(context);
    let weighted = u128::from(norm.sets > 0);
    let (per_element, weights_per_element) = match norm.kind {
        NormKind::Rms => (3 + weighted, 1),
        NormKind::Layer => (5 + 2 * weighted, 2),
        NormKind::LayerNoBias => (5 + weighted, 1),
    };
    let weights = || {
        let sets = if norm.sets == 1 { N::int(1) } else { N::named(SETS, norm.sets) };
        let all = if norm.sets == 0 { N::int(0) } else { sets * d() };
        N::int(weights_per_element) * all
    };
    // The specification counts RMSNorm's ε among its weights.
    let read = match (context.accounting.elementwise, norm.kind) {
        (Elementwise::Document, NormKind::Rms) if norm.sets > 0 => weights() + N::int(1),
        _ => weights(),
    };
    Cost {
        flops: (N::int(per_element) * d() + N::int(2)) * vectors(),
        weight_bytes: weight_bytes(read, context),
        input_bytes: activation_bytes(d() * vectors(), context),
        output_bytes: activation_bytes(d() * vectors(), context),
        ..Cost::nothing()
    }
    .with_parameters(weights(), context)
}

pub fn linear<N: Number>(linear: &Linear, format: Option<Format>, context: &Context<'_>) -> Cost<N> {
    let inputs = || N::named(INPUTS, linear.inputs);
    let outputs = || N::named(OUTPUTS, linear.outputs);
    let bias = || if linear.bias { outputs() } else { N::int(0) };
    let rows = || match (linear.rows, context.accounting.head) {
        (Rows::Tokens, _) | (Rows::Logits, Head::EveryToken) => new_tokens::<N>(context),
        (Rows::Logits, Head::LastToken) => N::named(BATCH, context.load.batch),
        (Rows::Logits, Head::None) => N::int(0),
        (Rows::Routed(experts), _) => new_tokens::<N>(context) * N::named(PER_TOKEN, experts.per_token),
        (Rows::Spread(spread), _) => arriving(&spread, context),
        (Rows::Grouped(groups), _) => N::named(FEATURE_GROUPS, groups) * new_tokens(context),
    };
    let (bias_flops, counted_bias) = match context.accounting.elementwise {
        Elementwise::Exact => (rows() * bias(), bias()),
        Elementwise::Document | Elementwise::None => (N::int(0), N::int(0)),
    };
    // So many copies of the matrix and of a bias, which is never quantised.
    let copies = |number: N, bias: N| match format {
        None => weight_bytes(number * (inputs() * outputs() + bias), context),
        Some(_) => {
            number.clone() * matrix_bytes(inputs(), outputs(), format, context)
                + weight_bytes(number * bias, context)
        }
    };
    let one = || inputs() * outputs() + bias();
    // Of experts: how many are held, how many a token takes, and how many distinct ones are expected.
    let of_experts = |held: N, per_token: u64, distinct: f64| {
        let taken = || N::named(PER_TOKEN, per_token);
        let read = match context.accounting.experts {
            ExpertReads::TopK => copies(taken(), counted_bias.clone()),
            ExpertReads::Expected => {
                copies(N::int(1), counted_bias.clone()).scaled(DISTINCT, Ratio::new(distinct))
            }
        };
        (read, copies(held.clone(), bias()), held * one(), taken() * one())
    };
    let (read, stored, parameters, active) = match linear.rows {
        Rows::Tokens | Rows::Logits | Rows::Grouped(_) => {
            let copy = || match linear.rows {
                Rows::Grouped(groups) => N::named(FEATURE_GROUPS, groups),
                _ => N::int(1),
            };
            // A tied head has its bias to itself.
            let (stored, own) = match linear.tied {
                true => (weight_bytes(bias(), context), bias()),
                false => (copies(copy(), bias()), copy() * one()),
            };
            (copies(copy(), counted_bias.clone()), stored, own.clone(), own)
        }
        Rows::Routed(experts) => of_experts(
            N::named(EXPERTS, experts.total),
            experts.per_token,
            expected_experts(experts, context),
        ),
        Rows::Spread(spread) => of_experts(
            N::named(HELD, spread.held),
            spread.experts.per_token.min(spread.held),
            expected_held(&spread, context),
        ),
    };
    Cost {
        flops: rows() * outputs() * dot(inputs(), context) + bias_flops,
        weight_bytes: read,
        input_bytes: activation_bytes(rows() * inputs(), context),
        output_bytes: activation_bytes(rows() * outputs(), context),
        stored_bytes: stored,
        parameters,
        active_parameters: active,
        ..Cost::nothing()
    }
}

/// Rows that reach a device's experts when every token's `k` draws fall evenly on all of them, rounded up.
fn arriving<N: Number>(spread: &Spread, context: &Context<'_>) -> N {
    let drawn = named_unless_one::<N>(SOURCES, spread.sources)
        * new_tokens(context)
        * N::named(PER_TOKEN, spread.experts.per_token)
        * N::named(HELD, spread.held);
    drawn.groups_of(EXPERTS, spread.experts.total)
}

/// How many distinct experts a batch is expected to take when every token draws `k` of `E` evenly:
/// `E · (1 − (1 − k/E)ᴺ)`, never above `E`.
pub fn expected_experts(experts: Experts, context: &Context<'_>) -> f64 {
    experts.total as f64 * drawn(experts, context.load.new_tokens)
}

/// Of the experts that a device holds, how many are expected to be taken by any token of all sources.
pub fn expected_held(spread: &Spread, context: &Context<'_>) -> f64 {
    let tokens = context.load.new_tokens.and_then(|tokens| tokens.checked_mul(spread.sources.into()));
    spread.held as f64 * drawn(spread.experts, tokens)
}

/// The part of all experts that so many tokens are expected to take, from 0 to 1.
fn drawn(experts: Experts, tokens: Option<u128>) -> f64 {
    let missed = 1.0 - experts.per_token as f64 / experts.total as f64;
    // Powers by squaring: multiplication alone rounds alike on every machine.
    let mut tokens = tokens.unwrap_or(u128::MAX);
    let (mut power, mut all_missed) = (missed, 1.0);
    while tokens > 0 && all_missed > 0.0 {
        if tokens & 1 == 1 {
            all_missed *= power;
        }
        power *= power;
        tokens >>= 1;
    }
    1.0 - all_missed
}

pub fn activation<N: Number>(activation: &Activation, context: &Context<'_>) -> Cost<N> {
    let width = || N::named(FFN, activation.width);
    let rows = || match activation.rows {
        Rows::Tokens | Rows::Logits | Rows::Grouped(_) => new_tokens::<N>(context),
        Rows::Routed(experts) => {
            named_unless_one::<N>(PER_TOKEN, experts.per_token) * new_tokens::<N>(context)
        }
        Rows::Spread(spread) => arriving(&spread, context),
    };
    let function = N::named(FUNCTION, activation.function.flops());
    let (per_element, streams) =
        if activation.gated { (function + N::int(1), N::int(2)) } else { (function, N::int(1)) };
    let flops = match context.accounting.elementwise {
        // A sum where a product is meant; the specification prints it so.
        Elementwise::Document => per_element * width() + rows(),
        Elementwise::Exact | Elementwise::None => per_element * width() * rows(),
    };
    let parameters = || N::int(activation.function.parameters().into());
    Cost {
        flops,
        input_bytes: activation_bytes(streams * width() * rows(), context),
        output_bytes: activation_bytes(width() * rows(), context),
        weight_bytes: weight_bytes(parameters(), context),
        ..Cost::nothing()
    }
    .with_parameters(parameters(), context)
}

/// A product for every element, with the sigmoid (negate, exp, add, divide) and the bias of every gate where there is
/// one.
pub fn gate<N: Number>(width: u64, gates: u64, sigmoid: bool, biases: u64, context: &Context<'_>) -> Cost<N> {
    let elements = || N::named(WIDTH, width) * new_tokens(context);
    let own = || N::int(if sigmoid { 4 } else { 0 } + u128::from(biases > 0));
    let added = || if biases > 0 { N::named(Q_HEADS, biases) } else { N::int(0) };
    let (flops, read) = match gates == width {
        true => ((own() + N::int(1)) * elements(), N::int(2) * elements()),
        false => {
            let gates = || N::named(GATES, gates) * new_tokens(context);
            (own() * gates() + elements(), elements() + gates())
        }
    };
    Cost {
        flops,
        input_bytes: activation_bytes(read, context),
        output_bytes: activation_bytes(elements(), context),
        weight_bytes: weight_bytes(added(), context),
        ..Cost::nothing()
    }
    .with_parameters(added(), context)
}

/// `k` products and `k − 1` sums an element, one sum more for a shared expert.
pub fn combine<N: Number>(combine: &Combine, context: &Context<'_>) -> Cost<N> {
    let elements = N::named(WIDTH, combine.width) * new_tokens(context);
    let taken = || N::named(PER_TOKEN, combine.per_token);
    let shared = N::int(u128::from(combine.shared));
    Cost {
        flops: (N::int(2) * taken() - N::int(1) + shared.clone()) * elements.clone(),
        input_bytes: activation_bytes((taken() + shared) * elements.clone(), context),
        output_bytes: activation_bytes(elements, context),
        ..Cost::nothing()
    }
}

pub fn residual<N: Number>(width: u64, context: &Context<'_>) -> Cost<N> {
    let elements = N::named(WIDTH, width) * new_tokens(context);
    Cost {
        flops: elements.clone(),
        input_bytes: activation_bytes(N::int(2) * elements.clone(), context),
        output_bytes: activation_bytes(elements, context),
        ..Cost::nothing()
    }
}

pub fn lookup<N: Number>(lookup: &Lookup, format: Option<Format>, context: &Context<'_>) -> Cost<N> {
    let width = || N::named(WIDTH, lookup.width);
    let taken = || width() * new_tokens(context);
    let rows = || N::named(ROWS, lookup.rows);
    let added = if lookup.added { taken() } else { N::int(0) };
    let parameters = rows() * width();
    let (read, stored) = match format {
        None => (weight_bytes(taken(), context), weight_bytes(parameters.clone(), context)),
        Some(_) => (
            matrix_bytes(width(), new_tokens(context), format, context),
            matrix_bytes(width(), rows(), format, context),
        ),
    };
    Cost {
        flops: added.clone(),
        weight_bytes: read,
        input_bytes: activation_bytes(added, context),
        output_bytes: activation_bytes(taken(), context),
        stored_bytes: stored,
        active_parameters: parameters.clone(),
        parameters,
        ..Cost::nothing()
    }
}

pub(super) fn named_unless_one<N: Number>(symbol: crate::engine::number::Symbol, value: u64) -> N {
    if value == 1 { N::int(1) } else { N::named(symbol, value) }
}
