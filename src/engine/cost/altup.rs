//! Alternating updates: several hidden states side by side, of which a block works on one.

use super::symbols::*;
use super::{Context, Cost, activation_bytes, dot, new_tokens, weight_bytes};
use crate::engine::accounting::Elementwise;
use crate::engine::model::{AltUp, AltUpStep};
use crate::engine::number::Number;

/// Before a block, each of `n` streams becomes a sum of all, `n` products and sums an element, on top of itself `1`.
/// Behind it, the difference that the block has made `1` is scaled for every stream and added to it `2`; one may be
/// scaled by a weight `1`. Behind the last block they are averaged: `n − 1` sums and a product. The few coefficients
/// of each token are not counted.
pub fn altup<N: Number>(altup: &AltUp, context: &Context<'_>) -> Cost<N> {
    let width = || N::named(WIDTH, altup.width);
    let one = || width() * new_tokens(context);
    let all = || N::named(STREAMS, altup.count) * one();
    let own = |flops: N| if context.accounting.elementwise == Elementwise::None { N::int(0) } else { flops };
    let (flops, read, written) = match altup.step {
        AltUpStep::Predict => {
            let product = dot(N::named(STREAMS, altup.count), context);
            ((product + own(N::int(1))) * all(), all(), all())
        }
        AltUpStep::Correct { scaled } => {
            let single = N::int(1 + u128::from(scaled)) * one();
            (own(single + N::int(2) * all()), one() + all(), all())
        }
        AltUpStep::Mean => (own(all()), all(), one()),
    };
    // The weight is there, whether it is read or not.
    let (weights, weights_read) = match altup.step {
        AltUpStep::Correct { scaled } => (width(), if scaled { width() } else { N::int(0) }),
        AltUpStep::Predict | AltUpStep::Mean => (N::int(0), N::int(0)),
    };
    Cost {
        flops,
        weight_bytes: weight_bytes(weights_read, context),
        input_bytes: activation_bytes(read, context),
        output_bytes: activation_bytes(written, context),
        ..Cost::nothing()
    }
    .with_parameters(weights, context)
}
