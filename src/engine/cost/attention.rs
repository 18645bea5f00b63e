//! Scaled dot-product attention and rotary embedding.

use super::symbols::*;
use super::{Context, Cost, activation_bytes, cache_bytes, new_tokens};
use crate::engine::accounting::{Elementwise, Gemm};
use crate::engine::model::{Attention, Rope, Source, Span};
use crate::engine::number::Number;
use crate::engine::workload::Pairs;

/// Two products and a sum for every rotated element.
pub fn rope<N: Number>(rope: &Rope, context: &Context<'_>) -> Cost<N> {
    let dims = match context.accounting.elementwise {
        Elementwise::Document => N::named(HEAD_DIM, rope.head_dim),
        Elementwise::Exact | Elementwise::None => N::named(ROTATED, rope.dims),
    };
    let elements = N::named(HEADS, rope.heads) * dims * new_tokens(context);
    let bytes = activation_bytes(elements.clone(), context);
    Cost { flops: N::int(3) * elements, input_bytes: bytes.clone(), output_bytes: bytes, ..Cost::nothing() }
}

/// Scores `Q·Kᵀ` and their product with `V`, over the cached and the new tokens.
pub fn attention<N: Number>(shape: &Attention, context: &Context<'_>) -> Cost<N> {
    let alike = shape.v_dim == shape.qk_dim;
    let heads = || N::named(Q_HEADS, shape.q_heads);
    let groups = || N::named(KV_HEADS, shape.kv_heads);
    let qk = || N::named(HEAD_DIM, shape.qk_dim);
    let v = || N::named(if alike { HEAD_DIM } else { V_DIM }, shape.v_dim);
    let queries = heads() * qk() * new_tokens(context);
    let sinks = if shape.sinks { heads() } else { N::int(0) };
    Cost {
        flops: scores(heads, groups, qk, v, shape.score_flops, shape.span, context),
        input_bytes: activation_bytes(queries, context)
            + cache_bytes(per_token::<N>(shape) * seen(shape.span, context), context),
        output_bytes: activation_bytes(heads() * v() * new_tokens(context), context),
        cache_bytes: cached(shape, context),
        ..Cost::nothing()
    }
    .with_parameters(sinks, context)
}

/// Bytes of keys and values to keep.
pub fn cached<N: Number>(shape: &Attention, context: &Context<'_>) -> N {
    match shape.source {
        Source::Own | Source::OwnKeys | Source::Same => {
            cache_bytes(per_token::<N>(shape) * kept(shape.span, context), context)
        }
        Source::Shared => N::int(0),
    }
}

/// Elements of a token's keys and values.
fn per_token<N: Number>(shape: &Attention) -> N {
    let qk = || N::named(HEAD_DIM, shape.qk_dim);
    let both = match shape.source {
        Source::Same => qk(),
        _ if shape.v_dim == shape.qk_dim => N::int(2) * qk(),
        _ => qk() + N::named(V_DIM, shape.v_dim),
    };
    N::named(KV_HEADS, shape.kv_heads) * both
}

/// FLOPs of both products and the softmax between them: maximum, subtract, exp, add, divide for every
/// score of every head, and what else is done to a score.
pub fn scores<N: Number>(
    heads: impl Fn() -> N,
    groups: impl Fn() -> N,
    qk: impl Fn() -> N,
    v: impl Fn() -> N,
    score_flops: u64,
    span: Span,
    context: &Context<'_>,
) -> N {
    let accounting = context.accounting;
    let pairs = || N::named_sum(PAIRS, context.load.pairs(accounting.pairs, span));
    let products = match accounting.gemm {
        // As the specification prints it: one dot product as wide as all query heads, and values of the
        // key/value heads alone.
        Gemm::Sums => {
            pairs() * (N::int(2) * heads() * qk() - N::int(1))
                + groups() * v() * (N::int(2) * pairs() - new_tokens(context))
        }
        Gemm::Fma => N::int(2) * pairs() * heads() * qk() + N::int(2) * pairs() * heads() * v(),
    };
    if !accounting.softmax {
        return products;
    }
    let extra = if score_flops == 0 { N::int(0) } else { N::named(SCORE, score_flops) };
    products + (N::int(5) + extra) * pairs() * heads()
}

/// Context tokens whose keys and values the layer reads.
pub fn seen<N: Number>(span: Span, context: &Context<'_>) -> N {
    match (context.accounting.pairs, span) {
        (Pairs::All, Span::Compressed { rate, .. }) => {
            N::named_sum(CONTEXT, context.load.context_tokens)
                + N::named_sum(ENTRIES, context.load.entries(rate))
        }
        (Pairs::All, _) | (_, Span::Full) | (Pairs::Eager, Span::Chosen(_) | Span::Blocks { .. }) => {
            N::named_sum(CONTEXT, context.load.context_tokens)
        }
        (Pairs::Causal | Pairs::Eager, _) => N::named_sum(VISIBLE, context.load.visible_context(span)),
    }
}

/// Context tokens whose keys and values the layer keeps.
pub fn kept<N: Number>(span: Span, context: &Context<'_>) -> N {
    match span {
        Span::Full | Span::Chosen(_) | Span::Blocks { .. } => {
            N::named_sum(CONTEXT, context.load.context_tokens)
        }
        Span::Sliding(_) | Span::Chunked(_) | Span::Compressed { .. } => {
            N::named_sum(KEPT, context.load.kept_context(span))
        }
    }
}
