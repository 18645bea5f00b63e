//! The only formulas: what one layer costs.
//!
//! Every function is generic over [`Number`]: as [`super::number::Count`] it yields exact integers, as
//! [`super::number::Formula`] the same expression in words.

use super::accounting::{Accounting, Elementwise, Gemm, Head, Storage};
use super::dtype::DType;
use super::model::{Activation, Attention, Linear, Norm, NormKind, Op, Precision, Rope, Rows, Span};
use super::number::{Number, Symbol};
use super::workload::{Load, Pairs};

macro_rules! symbols {
    ($($name:ident = $text:literal, $meaning:literal;)*) => {
        $(const $name: Symbol = Symbol { text: $text, meaning: $meaning };)*
    };
}

symbols! {
    NEW = "N", "new tokens in the batch";
    BATCH = "B", "queries in the batch";
    CONTEXT = "T", "context tokens in the batch, cached and new";
    VISIBLE = "T", "context tokens in the batch that the layer can see";
    PAIRS = "P", "pairs of a new token and a token it is scored against";
    WIDTH = "d", "width of the vector";
    INPUTS = "in", "input features";
    OUTPUTS = "out", "output features";
    Q_HEADS = "H", "query heads";
    KV_HEADS = "G", "key/value heads";
    HEADS = "(H + G)", "query and key heads together";
    HEAD_DIM = "D", "elements of a head";
    V_DIM = "Dᵥ", "elements of a value head";
    ROTATED = "R", "rotated elements of a head";
    FFN = "I", "intermediate size";
    FUNCTION = "a", "FLOPs of the activation function";
    ROWS = "V", "rows of the table";
    WEIGHT_WIDTH = "w", "bytes of a weight";
    WEIGHT_BITS = "w₈", "bits of a weight";
    WIDTH_BYTES = "x", "bytes of an activation";
    WIDTH_BITS = "x₈", "bits of an activation";
    CACHE_BYTES = "y", "bytes of a cached key or value";
    CACHE_BITS = "y₈", "bits of a cached key or value";
}

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
        Op::Norm(norm) => self::norm(norm, context),
        Op::Linear(linear) => self::linear(linear, context),
        Op::Rope(rope) => self::rope(rope, context),
        Op::Attention(attention) => self::attention(attention, context),
        Op::Activation(activation) => self::activation(activation, context),
        Op::Residual { width } => self::residual(*width, context),
        Op::Lookup { rows, width } => self::lookup(*rows, *width, context),
    };
    let zero = || N::int(0);
    let flops = match (context.accounting.elementwise, op) {
        (Elementwise::Document | Elementwise::Exact, _)
        | (Elementwise::None, Op::Linear(_) | Op::Attention(_)) => cost.flops,
        (
            Elementwise::None,
            Op::Norm(_) | Op::Rope(_) | Op::Activation(_) | Op::Residual { .. } | Op::Lookup { .. },
        ) => zero(),
    };
    if context.accounting.traffic {
        return Cost { flops, ..cost };
    }
    Cost { flops, weight_bytes: zero(), input_bytes: zero(), output_bytes: zero(), ..cost }
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
        }
    }
}

/// RMSNorm: square and sum `2d − 1`, divide, add ε, root `3`, scale by the root and the weight `2d`:
/// `4d + 2`. LayerNorm: mean `d`, centre `d`, square and sum `2d − 1`, divide, ε, root `3`, scale by the
/// root, weight and bias `3d`: `7d + 2`.
fn norm<N: Number>(norm: &Norm, context: &Context<'_>) -> Cost<N> {
    let d = || N::named(WIDTH, norm.width);
    let n = || new_tokens::<N>(context);
    let (per_element, weights) = match norm.kind {
        NormKind::Rms => (4, d()),
        NormKind::Layer => (7, N::int(2) * d()),
    };
    // The specification counts RMSNorm's ε among its weights.
    let read = match (context.accounting.elementwise, norm.kind) {
        (Elementwise::Document, NormKind::Rms) => d() + N::int(1),
        _ => weights.clone(),
    };
    Cost {
        flops: (N::int(per_element) * d() + N::int(2)) * n(),
        weight_bytes: weight_bytes(read, context),
        input_bytes: activation_bytes(d() * n(), context),
        output_bytes: activation_bytes(d() * n(), context),
        stored_bytes: weight_bytes(weights.clone(), context),
        parameters: weights,
        ..Cost::nothing()
    }
}

fn linear<N: Number>(linear: &Linear, context: &Context<'_>) -> Cost<N> {
    let rows = || match (linear.rows, context.accounting.head) {
        (Rows::Tokens, _) | (Rows::Logits, Head::EveryToken) => new_tokens::<N>(context),
        (Rows::Logits, Head::LastToken) => N::named(BATCH, context.load.batch),
        (Rows::Logits, Head::None) => N::int(0),
    };
    let inputs = || N::named(INPUTS, linear.inputs);
    let outputs = || N::named(OUTPUTS, linear.outputs);
    let bias = if linear.bias { outputs() } else { N::int(0) };
    let weights = inputs() * outputs() + bias.clone();
    let (bias_flops, read) = match context.accounting.elementwise {
        Elementwise::Exact => (rows() * bias, weights.clone()),
        Elementwise::Document | Elementwise::None => (N::int(0), inputs() * outputs()),
    };
    let parameters = if linear.shared { N::int(0) } else { weights };
    Cost {
        flops: rows() * outputs() * dot(inputs(), context) + bias_flops,
        weight_bytes: weight_bytes(read, context),
        input_bytes: activation_bytes(rows() * inputs(), context),
        output_bytes: activation_bytes(rows() * outputs(), context),
        stored_bytes: weight_bytes(parameters.clone(), context),
        parameters,
        ..Cost::nothing()
    }
}

/// Two products and a sum for every rotated element.
fn rope<N: Number>(rope: &Rope, context: &Context<'_>) -> Cost<N> {
    let dims = match context.accounting.elementwise {
        Elementwise::Document => N::named(HEAD_DIM, rope.head_dim),
        Elementwise::Exact | Elementwise::None => N::named(ROTATED, rope.dims),
    };
    let elements = N::named(HEADS, rope.heads) * dims * new_tokens(context);
    let bytes = activation_bytes(elements.clone(), context);
    Cost { flops: N::int(3) * elements, input_bytes: bytes.clone(), output_bytes: bytes, ..Cost::nothing() }
}

/// Scores `Q·Kᵀ` and their product with `V`, over the cached and the new tokens.
fn attention<N: Number>(attention: &Attention, context: &Context<'_>) -> Cost<N> {
    let accounting = context.accounting;
    let n = || new_tokens::<N>(context);
    let pairs = || N::named_sum(PAIRS, context.load.pairs(accounting.pairs, attention.span));
    let heads = || N::named(Q_HEADS, attention.q_heads);
    let groups = || N::named(KV_HEADS, attention.kv_heads);
    let qk = || N::named(HEAD_DIM, attention.qk_dim);
    let v = || {
        let symbol = if attention.v_dim == attention.qk_dim { HEAD_DIM } else { V_DIM };
        N::named(symbol, attention.v_dim)
    };
    let products = match accounting.gemm {
        // As the specification prints it: one dot product as wide as all query heads, and values of the
        // key/value heads alone.
        Gemm::Sums => {
            pairs() * (N::int(2) * heads() * qk() - N::int(1)) + groups() * v() * (N::int(2) * pairs() - n())
        }
        Gemm::Fma => N::int(2) * pairs() * heads() * qk() + N::int(2) * pairs() * heads() * v(),
    };
    // Maximum, subtract, exp, add, divide.
    let softmax = if accounting.softmax { N::int(5) * pairs() * heads() } else { N::int(0) };
    let per_token = groups() * pair(qk(), v(), attention.v_dim == attention.qk_dim);
    let (seen, kept) = match (accounting.pairs, attention.span) {
        (Pairs::All, _) | (_, Span::Full) => {
            let all = || N::named_sum(CONTEXT, context.load.context_tokens);
            (all(), all())
        }
        (Pairs::Causal | Pairs::Eager, span) => (
            N::named_sum(VISIBLE, context.load.visible_context(span)),
            N::named_sum(VISIBLE, context.load.kept_context(span)),
        ),
    };
    Cost {
        flops: products + softmax,
        input_bytes: activation_bytes(heads() * qk() * n(), context)
            + cache_bytes(per_token.clone() * seen, context),
        output_bytes: activation_bytes(heads() * v() * n(), context),
        cache_bytes: cache_bytes(per_token * kept, context),
        ..Cost::nothing()
    }
}

fn activation<N: Number>(activation: &Activation, context: &Context<'_>) -> Cost<N> {
    let width = || N::named(FFN, activation.width);
    let n = || new_tokens::<N>(context);
    let function = N::named(FUNCTION, activation.function.flops());
    let (per_element, streams) =
        if activation.gated { (function + N::int(1), N::int(2)) } else { (function, N::int(1)) };
    let flops = match context.accounting.elementwise {
        // A sum where a product is meant; the specification prints it so.
        Elementwise::Document => per_element * width() + n(),
        Elementwise::Exact | Elementwise::None => per_element * width() * n(),
    };
    Cost {
        flops,
        input_bytes: activation_bytes(streams * width() * n(), context),
        output_bytes: activation_bytes(width() * n(), context),
        ..Cost::nothing()
    }
}

fn residual<N: Number>(width: u64, context: &Context<'_>) -> Cost<N> {
    let elements = N::named(WIDTH, width) * new_tokens(context);
    Cost {
        flops: elements.clone(),
        input_bytes: activation_bytes(N::int(2) * elements.clone(), context),
        output_bytes: activation_bytes(elements, context),
        ..Cost::nothing()
    }
}

fn lookup<N: Number>(rows: u64, width: u64, context: &Context<'_>) -> Cost<N> {
    let taken = N::named(WIDTH, width) * new_tokens(context);
    let table = N::named(ROWS, rows) * N::named(WIDTH, width);
    Cost {
        weight_bytes: weight_bytes(taken.clone(), context),
        output_bytes: activation_bytes(taken, context),
        stored_bytes: weight_bytes(table.clone(), context),
        parameters: table,
        ..Cost::nothing()
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

/// Keys and values of one head: `2 · D` where they are alike.
fn pair<N: Number>(qk: N, v: N, alike: bool) -> N {
    if alike { N::int(2) * qk } else { qk + v }
}

fn weight_bytes<N: Number>(elements: N, context: &Context<'_>) -> N {
    bytes(elements, context.precision.weights, WEIGHT_WIDTH, WEIGHT_BITS)
}

fn activation_bytes<N: Number>(elements: N, context: &Context<'_>) -> N {
    bytes(elements, context.precision.activations, WIDTH_BYTES, WIDTH_BITS)
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

/// Bytes of a layer's weights in storage.
pub fn stored<'a, N>(cost: &'a Cost<N>, accounting: &Accounting) -> &'a N {
    match accounting.storage {
        Storage::WeightTraffic => &cost.weight_bytes,
        Storage::Parameters => &cost.stored_bytes,
    }
}
