//! Hyper-connections: several hidden states side by side, of which blocks take a sum and to which they write.

use super::symbols::*;
use super::{Context, Cost, activation_bytes, dot, new_tokens};
use crate::engine::accounting::Elementwise;
use crate::engine::model::{Back, Streams};
use crate::engine::number::Number;

/// The sum over the streams, `n` products and `n − 1` sums an element, and before it what its weights and those
/// of the way back take for every token: a scale, a sigmoid `4` and ε, and for the way back a factor, where there
/// is no mix with an ε of its own. An element of the mix takes a scale, a softmax `5` and ε, and as its share of
/// norming rows and columns in turn, rows first by the softmax, a sum and a division each time.
pub fn collapse<N: Number>(streams: &Streams, context: &Context<'_>) -> Cost<N> {
    let count = || N::named(STREAMS, streams.count);
    let width = || N::named(WIDTH, streams.width);
    let (weights, scales) = match streams.back {
        Back::No => (N::int(6) * count(), 1),
        Back::Added => (N::int(13) * count(), 2),
        Back::Mixed { rounds } => {
            let mixing = N::int(4) * N::named(ROUNDS, rounds) + N::int(5);
            (N::int(12) * count() + mixing * count() * count(), 3)
        }
    };
    Cost {
        flops: ((N::int(2) * count() - N::int(1)) * width() + weights) * new_tokens(context),
        weight_bytes: super::weight_bytes(N::int(scales), context),
        input_bytes: activation_bytes(count() * width() * new_tokens(context), context),
        output_bytes: activation_bytes(width() * new_tokens(context), context),
        ..Cost::nothing()
    }
    .with_parameters(N::int(scales), context)
}

/// A product with the output for every element of every stream, and a sum with the stream, or with its mix: a
/// product with a small matrix.
pub fn expand<N: Number>(streams: &Streams, context: &Context<'_>) -> Cost<N> {
    let count = || N::named(STREAMS, streams.count);
    let element = || N::named(WIDTH, streams.width) * new_tokens(context);
    let own = || N::int(u128::from(context.accounting.elementwise != Elementwise::None));
    let mixed = match streams.back {
        Back::Mixed { .. } => dot(count(), context),
        Back::Added | Back::No => own(),
    };
    Cost {
        flops: (mixed + own()) * count() * element(),
        input_bytes: activation_bytes((count() + N::int(1)) * element(), context),
        output_bytes: activation_bytes(count() * element(), context),
        ..Cost::nothing()
    }
}
