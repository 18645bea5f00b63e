//! Norms, matrix products, activations and what surrounds them.

use super::symbols::*;
use super::{Context, Cost, activation_bytes, dot, new_tokens, weight_bytes};
use crate::engine::accounting::{Elementwise, ExpertReads, Head};
use crate::engine::model::{Activation, Combine, Experts, Linear, Lookup, Norm, NormKind, Rows};
use crate::engine::number::{Number, Ratio};

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

pub fn linear<N: Number>(linear: &Linear, context: &Context<'_>) -> Cost<N> {
    let inputs = || N::named(INPUTS, linear.inputs);
    let outputs = || N::named(OUTPUTS, linear.outputs);
    let bias = || if linear.bias { outputs() } else { N::int(0) };
    let rows = || match (linear.rows, context.accounting.head) {
        (Rows::Tokens, _) | (Rows::Logits, Head::EveryToken) => new_tokens::<N>(context),
        (Rows::Logits, Head::LastToken) => N::named(BATCH, context.load.batch),
        (Rows::Logits, Head::None) => N::int(0),
        (Rows::Routed(experts), _) => new_tokens::<N>(context) * N::named(PER_TOKEN, experts.per_token),
    };
    let (bias_flops, matrix) = match context.accounting.elementwise {
        Elementwise::Exact => (rows() * bias(), inputs() * outputs() + bias()),
        Elementwise::Document | Elementwise::None => (N::int(0), inputs() * outputs()),
    };
    let (read, parameters, active) = match linear.rows {
        Rows::Tokens | Rows::Logits => {
            let own = if linear.shared { N::int(0) } else { inputs() * outputs() + bias() };
            (weight_bytes(matrix, context), own.clone(), own)
        }
        Rows::Routed(experts) => {
            let one = inputs() * outputs() + bias();
            let taken = N::named(PER_TOKEN, experts.per_token);
            let read = match context.accounting.experts {
                ExpertReads::TopK => weight_bytes(taken.clone() * matrix, context),
                ExpertReads::Expected => {
                    let distinct = Ratio::new(expected_experts(experts, context));
                    weight_bytes(matrix, context).scaled(DISTINCT, distinct)
                }
            };
            (read, N::named(EXPERTS, experts.total) * one.clone(), taken * one)
        }
    };
    Cost {
        flops: rows() * outputs() * dot(inputs(), context) + bias_flops,
        weight_bytes: read,
        input_bytes: activation_bytes(rows() * inputs(), context),
        output_bytes: activation_bytes(rows() * outputs(), context),
        stored_bytes: weight_bytes(parameters.clone(), context),
        parameters,
        active_parameters: active,
        ..Cost::nothing()
    }
}

/// How many distinct experts a batch is expected to take when every token draws `k` of `E` evenly:
/// `E · (1 − (1 − k/E)ᴺ)`, never above `E`.
pub fn expected_experts(experts: Experts, context: &Context<'_>) -> f64 {
    let total = experts.total as f64;
    let missed = 1.0 - experts.per_token as f64 / total;
    // Powers by squaring: multiplication alone rounds alike on every machine.
    let mut tokens = context.load.new_tokens.unwrap_or(u128::MAX);
    let (mut power, mut all_missed) = (missed, 1.0);
    while tokens > 0 && all_missed > 0.0 {
        if tokens & 1 == 1 {
            all_missed *= power;
        }
        power *= power;
        tokens >>= 1;
    }
    total * (1.0 - all_missed)
}

pub fn activation<N: Number>(activation: &Activation, context: &Context<'_>) -> Cost<N> {
    let width = || N::named(FFN, activation.width);
    let rows = || named_unless_one::<N>(PER_TOKEN, activation.per_token) * new_tokens::<N>(context);
    let function = N::named(FUNCTION, activation.function.flops());
    let (per_element, streams) =
        if activation.gated { (function + N::int(1), N::int(2)) } else { (function, N::int(1)) };
    let flops = match context.accounting.elementwise {
        // A sum where a product is meant; the specification prints it so.
        Elementwise::Document => per_element * width() + rows(),
        Elementwise::Exact | Elementwise::None => per_element * width() * rows(),
    };
    Cost {
        flops,
        input_bytes: activation_bytes(streams * width() * rows(), context),
        output_bytes: activation_bytes(width() * rows(), context),
        ..Cost::nothing()
    }
}

/// Sigmoid (negate, exp, add, divide) and a product.
pub fn gate<N: Number>(width: u64, context: &Context<'_>) -> Cost<N> {
    let elements = N::named(WIDTH, width) * new_tokens(context);
    Cost {
        flops: N::int(5) * elements.clone(),
        input_bytes: activation_bytes(N::int(2) * elements.clone(), context),
        output_bytes: activation_bytes(elements, context),
        ..Cost::nothing()
    }
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

pub fn lookup<N: Number>(lookup: &Lookup, context: &Context<'_>) -> Cost<N> {
    let taken = || N::named(WIDTH, lookup.width) * new_tokens(context);
    let added = if lookup.added { taken() } else { N::int(0) };
    Cost {
        flops: added.clone(),
        weight_bytes: weight_bytes(taken(), context),
        input_bytes: activation_bytes(added, context),
        output_bytes: activation_bytes(taken(), context),
        ..Cost::nothing()
    }
    .with_parameters(N::named(ROWS, lookup.rows) * N::named(WIDTH, lookup.width), context)
}

fn named_unless_one<N: Number>(symbol: crate::engine::number::Symbol, value: u64) -> N {
    if value == 1 { N::int(1) } else { N::named(symbol, value) }
}
