//! The choice of what to attend to, and the making of what is chosen from where it is fewer than tokens.

use super::dense::named_unless_one;
use super::symbols::*;
use super::{Context, Cost, activation_bytes, cache_bytes, dot, new_tokens, state_bytes, weight_bytes};
use crate::engine::model::{Compress, Index, Span};
use crate::engine::number::Number;

/// Every new token is scored against the whole context: a product for each head, then ReLU and the weighted sum over
/// the heads, or the best score of a block. Each token's key is kept; that the places of the chosen tokens are written
/// is not counted.
pub fn index<N: Number>(index: &Index, context: &Context<'_>) -> Cost<N> {
    let heads = || N::named(INDEX_HEADS, index.heads);
    let dim = || N::named(INDEX_DIM, index.dim);
    let pairs = N::named_sum(PAIRS, context.load.entry_pairs(context.accounting.pairs, index.rate));
    let weighed = if index.summed { 2 } else { 0 };
    let own = N::int(weighed + u128::from(context.accounting.softmax));
    let weights = N::int(u128::from(index.summed));
    Cost {
        flops: pairs * heads() * (dot(dim(), context) + own),
        input_bytes: activation_bytes(heads() * (dim() + weights) * new_tokens(context), context)
            + cached(index, context),
        cache_bytes: cached(index, context),
        ..Cost::nothing()
    }
}

/// Bytes of the keys to keep.
pub fn cached<N: Number>(index: &Index, context: &Context<'_>) -> N {
    let keys = context.load.entries(index.rate);
    let keys = N::named_sum(if index.rate == 1 { CONTEXT } else { ENTRIES }, keys);
    cache_bytes(N::named(INDEX_DIM, index.dim) * keys, context)
}

/// For every entry that is complete: a learned bias `1` on each gate, softmax `5`, a product and a sum `2` for each
/// element of each token, one sum less; norm `4D + 2` and three for every rotated element. What tokens bring is
/// kept until their window is full, and where entries are made of two until the next one is.
pub fn compress<N: Number>(shape: &Compress, context: &Context<'_>) -> Cost<N> {
    let dim = || N::named(ENTRY_DIM, shape.dim);
    let rate = || N::named(RATE, shape.rate);
    let windows = || named_unless_one::<N>(WINDOWS, shape.windows);
    let tokens = || windows() * rate();
    let new = || N::named_sum(NEW_ENTRIES, context.load.new_entries(shape.rate));
    let rotated = N::int(3) * N::named(ROTATED, shape.rotary);
    // At most all but one of a window wait, each with a vector and a gate for each window that it is in.
    let waiting = N::named_sum(KEPT, context.load.kept_context(Span::Sliding(shape.rate - 1)));
    let before = N::int(u128::from(shape.windows) - 1) * rate() * N::named(BATCH, context.load.batch);
    let parameters = || (tokens() + N::int(1)) * dim();
    Cost {
        flops: ((N::int(8) * tokens() + N::int(3)) * dim() + N::int(2) + rotated) * new(),
        weight_bytes: weight_bytes(parameters(), context),
        input_bytes: activation_bytes(N::int(2) * tokens() * dim() * new(), context),
        output_bytes: activation_bytes(dim() * new(), context),
        cache_bytes: state_bytes(N::int(2) * dim() * (windows() * waiting + before), context),
        ..Cost::nothing()
    }
    .with_parameters(parameters(), context)
}
