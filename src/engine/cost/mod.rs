//! The only formulas: what one layer costs.
//!
//! Every function is generic over [`Number`]: as [`super::number::Count`] it yields exact integers, as
//! [`super::number::Formula`] the same expression in words.

mod attention;
mod dense;
mod latent;
mod recurrent;
mod symbols;

use super::accounting::{Accounting, Elementwise, Gemm, Storage};
use super::dtype::DType;
use super::model::{Op, Precision};
use super::number::{Number, Symbol};
use super::workload::Load;
use symbols::*;

pub use dense::expected_experts;
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
pub fn cost<N: Number>(op: &Op, context: &Context<'_>) -> Cost<N> {
    let cost = match op {
        Op::Norm(norm) => dense::norm(norm, context),
        Op::Linear(linear) => dense::linear(linear, context),
        Op::Rope(rope) => attention::rope(rope, context),
        Op::Attention(shape) => attention::attention(shape, context),
        Op::LatentUp(latent) => latent::up(latent, context),
        Op::LatentAttention(latent) => latent::attention(latent, context),
        Op::Conv(conv) => recurrent::conv(conv, context),
        Op::DeltaRule(rule) => recurrent::delta_rule(rule, context),
        Op::Activation(activation) => dense::activation(activation, context),
        Op::Gate { width } => dense::gate(*width, context),
        Op::Combine(combine) => dense::combine(combine, context),
        Op::Residual { width } => dense::residual(*width, context),
        Op::Lookup(lookup) => dense::lookup(lookup, context),
    };
    let zero = || N::int(0);
    let flops = match (context.accounting.elementwise, op) {
        (Elementwise::Document | Elementwise::Exact, _)
        | (
            Elementwise::None,
            Op::Linear(_) | Op::Attention(_) | Op::LatentUp(_) | Op::LatentAttention(_) | Op::DeltaRule(_),
        ) => cost.flops,
        (
            Elementwise::None,
            Op::Norm(_)
            | Op::Rope(_)
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
    bytes(elements, context.precision.weights, WEIGHT_BYTES, WEIGHT_BITS)
}

fn activation_bytes<N: Number>(elements: N, context: &Context<'_>) -> N {
    bytes(elements, context.precision.activations, VALUE_BYTES, VALUE_BITS)
}

fn cache_bytes<N: Number>(elements: N, context: &Context<'_>) -> N {
    bytes(elements, context.precision.kv_cache, CACHE_BYTES, CACHE_BITS)
}

/// Whole bytes of so many elements; elements narrower than a byte are packed.
fn bytes<N: Number>(elements: N, dtype: DType, in_bytes: Symbol, in_bits: Symbol) -> N {
    let bits = dtype.bits();
    if bits.is_multiple_of(8) {
        elements * N::named(in_bytes, (bits / 8).into())
    } else {
        (elements * N::named(in_bits, bits.into())).div_ceil(8)
    }
}
