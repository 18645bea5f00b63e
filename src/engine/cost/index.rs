//! The choice of what to attend to.

use super::symbols::*;
use super::{Context, Cost, activation_bytes, cache_bytes, dot, new_tokens};
use crate::engine::model::{Index, Span};
use crate::engine::number::Number;

/// Every new token is scored against the whole context: a product for each head, ReLU, and the weighted sum over
/// the heads. Each token's key is kept; that the places of the chosen tokens are written is not counted.
pub fn index<N: Number>(index: &Index, context: &Context<'_>) -> Cost<N> {
    let heads = || N::named(INDEX_HEADS, index.heads);
    let dim = || N::named(INDEX_DIM, index.dim);
    let pairs = N::named_sum(PAIRS, context.load.pairs(context.accounting.pairs, Span::Full));
    let own = if context.accounting.softmax { N::int(3) } else { N::int(2) };
    Cost {
        flops: pairs * heads() * (dot(dim(), context) + own),
        input_bytes: activation_bytes(heads() * (dim() + N::int(1)) * new_tokens(context), context)
            + cached(index, context),
        cache_bytes: cached(index, context),
        ..Cost::nothing()
    }
}

/// Bytes of the keys to keep.
pub fn cached<N: Number>(index: &Index, context: &Context<'_>) -> N {
    let tokens = N::named_sum(CONTEXT, context.load.context_tokens);
    cache_bytes(N::named(INDEX_DIM, index.dim) * tokens, context)
}
