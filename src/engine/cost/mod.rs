//! The only formulas: what one layer costs.
//!
//! Every function is generic over [`Number`]: as [`super::number::Count`] it yields exact integers, as
//! [`super::number::Formula`] the same expression in words.

mod altup;
mod attention;
mod dense;
mod index;
mod latent;
mod recurrent;
mod streams;
mod symbols;

use super::accounting::{Accounting, Elementwise, Gemm, Storage};
use super::model::{Layer, Op, Precision};
use super::number::{Number, Symbol};
use super::precision::{Format, Over};
use super::workload::Load;
use symbols::*;

pub use dense::{expected_experts, expected_held};
pub use latent::{Form, form};

/// What one layer of one block costs for a whole batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost<N> {
    pub flops: N,
    /// Bytes of weights that are read.
    pub weight_bytes: N,
    /// Bytes of activations and cache that are read.
    pub input_bytes: N,
    /// Bytes that are written.
    pub output_bytes: N,
    /// Bytes the weights occupy.
    pub stored_bytes: N,
    /// Bytes of keys and values to keep for the next step.
    pub cache_bytes: N,
    /// Trainable parameters.
    pub parameters: N,
    /// Trainable parameters that one token uses.
    pub active_parameters: N,
}

/// Where shapes meet tokens: all that a cost depends on besides the layer.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub accounting: &'a Accounting,
    pub precision: &'a Precision,
    pub load: Load<'a>,
}

/// The cost of one layer.
pub fn cost<N: Number>(layer: &Layer, context: &Context<'_>) -> Cost<N> {
    let format = layer.quantized.map(|quantized| quantized.format);
    let cost = match &layer.op {
        Op::Norm(norm) => dense::norm(norm, context),
        Op::Linear(linear) => dense::linear(linear, format, context),
        Op::Rope(rope) => attention::rope(rope, context),
        Op::Attention(shape) => attention::attention(shape, context),
        Op::LatentUp(latent) => latent::up(latent, format, context),
        Op::LatentAttention(latent) => latent::attention(latent, context),
        Op::Index(shape) => index::index(shape, context),
        Op::Compress(shape) => index::compress(shape, context),
        Op::Collapse(streams) => streams::collapse(streams, context),
        Op::Expand(streams) => streams::expand(streams, context),
        Op::AltUp(shape) => altup::altup(shape, context),
        Op::Conv(conv) => recurrent::conv(conv, context),
        Op::DeltaRule(rule) => recurrent::delta_rule(rule, context),
        Op::StateSpace(space) => recurrent::state_space(space, context),
        Op::Activation(activation) => dense::activation(activation, context),
        Op::Gate { width, gates, sigmoid, biases } => dense::gate(*width, *gates, *sigmoid, *biases, context),
        Op::Combine(combine) => dense::combine(combine, context),
        Op::Residual { width } => dense::residual(*width, context),
        Op::Lookup(lookup) => dense::lookup(lookup, format, context),
    };
    let zero = || N::int(0);
    let cost = match layer.shared {
        true => Cost { stored_bytes: zero(), parameters: zero(), active_parameters: zero(), ..cost },
        false => cost,
    };
    let flops = match (context.accounting.elementwise, &layer.op) {
        (Elementwise::Document | Elementwise::Exact, _)
        | (
            Elementwise::None,
            Op::Linear(_)
            | Op::Attention(_)
            | Op::LatentUp(_)
            | Op::LatentAttention(_)
            | Op::Index(_)
            | Op::Expand(_)
            | Op::AltUp(_)
            | Op::DeltaRule(_)
            | Op::StateSpace(_),
        ) => cost.flops,
        (
            Elementwise::None,
            Op::Norm(_)
            | Op::Rope(_)
            | Op::Compress(_)
            | Op::Collapse(_)
            | Op::Conv(_)
            | Op::Activation(_)
            | Op::Gate { .. }
            | Op::Combine(_)
            | Op::Residual { .. }
            | Op::Lookup(_),
        ) => zero(),
    };
    if context.accounting.traffic {
        return Cost { flops, ..cost };
    }
    Cost { flops, weight_bytes: zero(), input_bytes: zero(), output_bytes: zero(), ..cost }
}

/// What an operand gains in a decode step whenever its layer sees one token more: a query's one new token is
/// scored against just what it sees, so pairs grow as tokens do. None for what grows otherwise.
pub fn gained(symbol: Symbol) -> Option<u128> {
    match symbol {
        CONTEXT | VISIBLE | PAIRS | ENTRIES => Some(1),
        KEPT => None,
        _ => Some(0),
    }
}

/// Bytes of the keys and values that a layer keeps. The state of a recurrent layer is none: it does not grow.
pub fn kept<N: Number>(layer: &Layer, context: &Context<'_>) -> N {
    match &layer.op {
        Op::Attention(shape) => attention::cached(shape, context),
        Op::LatentAttention(latent) => latent::cached(latent, context),
        Op::Index(shape) => index::cached(shape, context),
        _ => N::int(0),
    }
}

/// Bytes of a layer's weights in storage.
pub fn stored<'a, N>(cost: &'a Cost<N>, accounting: &Accounting) -> &'a N {
    match accounting.storage {
        Storage::WeightTraffic => &cost.weight_bytes,
        Storage::Parameters => &cost.stored_bytes,
    }
}

impl<N: Number> Cost<N> {
    fn nothing() -> Self {
        let zero = || N::int(0);
        Cost {
            flops: zero(),
            weight_bytes: zero(),
            input_bytes: zero(),
            output_bytes: zero(),
            stored_bytes: zero(),
            cache_bytes: zero(),
            parameters: zero(),
            active_parameters: zero(),
        }
    }

    /// With so many parameters, all of which every token uses.
    fn with_parameters(self, parameters: N, context: &Context<'_>) -> Self {
        Cost {
            stored_bytes: weight_bytes(parameters.clone(), context),
            active_parameters: parameters.clone(),
            parameters,
            ..self
        }
    }
}

/// FLOPs of one dot product over `length` elements.
fn dot<N: Number>(length: N, context: &Context<'_>) -> N {
    match context.accounting.gemm {
        Gemm::Sums => N::int(2) * length - N::int(1),
        Gemm::Fma => N::int(2) * length,
    }
}

fn new_tokens<N: Number>(context: &Context<'_>) -> N {
    N::named_sum(NEW, context.load.new_tokens)
}

fn weight_bytes<N: Number>(elements: N, context: &Context<'_>) -> N {
    unscaled(elements, context.precision.weights.bits().into(), [WEIGHT_BYTES, WEIGHT_BITS])
}

fn activation_bytes<N: Number>(elements: N, context: &Context<'_>) -> N {
    unscaled(elements, context.precision.activations.bits().into(), [VALUE_BYTES, VALUE_BITS])
}

fn cache_bytes<N: Number>(elements: N, context: &Context<'_>) -> N {
    let scales = |over, [first, _]: [Symbol; 2]| match over {
        Over::Group(size) | Over::Run(size) => elements.clone().groups_of(first, size),
        Over::Nothing | Over::Tensor | Over::Channel | Over::Input | Over::Block(..) => N::int(0),
    };
    packed(elements.clone(), context.precision.kv_cache, [CACHE_BYTES, CACHE_BITS], scales)
}

/// The state of a recurrent layer stays in the type of the activations, whatever the KV cache is kept in.
fn state_bytes<N: Number>(elements: N, context: &Context<'_>) -> N {
    unscaled(elements, context.precision.activations.bits().into(), [STATE_BYTES, STATE_BITS])
}

/// Bytes of an `inputs` × `outputs` matrix; `format` is that of its weights where it is not the model's.
fn matrix_bytes<N: Number>(inputs: N, outputs: N, format: Option<Format>, context: &Context<'_>) -> N {
    let elements = inputs.clone() * outputs.clone();
    let Some(format) = format else { return weight_bytes(elements, context) };
    packed(elements, format, [WEIGHT_BYTES, WEIGHT_BITS], |over, [first, second]| match over {
        Over::Nothing => N::int(0),
        Over::Tensor => N::int(1),
        Over::Channel => outputs.clone(),
        Over::Input => inputs.clone(),
        Over::Group(size) => outputs.clone() * inputs.clone().groups_of(first, size),
        Over::Run(size) => (inputs.clone() * outputs.clone()).groups_of(first, size),
        Over::Block(rows, columns) => {
            outputs.clone().groups_of(first, rows) * inputs.clone().groups_of(second, columns)
        }
    })
}

/// Whole bytes of elements that have no scales; elements narrower than a byte are packed.
fn unscaled<N: Number>(elements: N, bits: u64, [in_bytes, in_bits]: [Symbol; 2]) -> N {
    if bits.is_multiple_of(8) {
        elements * N::named(in_bytes, bits / 8)
    } else {
        (elements * N::named(in_bits, bits)).div_ceil(8)
    }
}

/// The same of elements and their scales.
fn packed<N: Number>(
    elements: N,
    format: Format,
    in_units: [Symbol; 2],
    scales: impl Fn(Over, [Symbol; 2]) -> N,
) -> N {
    let bits = format.element.bits();
    if format.scales.iter().all(|scale| scale.over == Over::Nothing) {
        return unscaled(elements, bits, in_units);
    }
    let names = [([GROUP, GROUP_INPUTS], SCALE_BITS, ZERO_BITS), ([OUTER, OUTER], OUTER_BITS, ZERO_BITS)];
    let mut sum = elements * N::named(in_units[1], bits);
    for (scale, (group, bits, zero)) in format.scales.into_iter().zip(names) {
        let one = match scale.zero {
            0 => N::named(bits, scale.bits),
            zero_bits => N::named(bits, scale.bits) + N::named(zero, zero_bits),
        };
        sum = sum + scales(scale.over, group) * one;
    }
    sum.div_ceil(8)
}
