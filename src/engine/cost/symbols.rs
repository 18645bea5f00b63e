//! The names in the formulas. One letter means one thing within a formula.

use crate::engine::number::Symbol;

macro_rules! symbols {
    ($($name:ident = $text:literal, $meaning:literal;)*) => {
        $(pub const $name: Symbol = Symbol { text: $text, meaning: $meaning };)*
    };
}

symbols! {
    NEW = "N", "new tokens in the batch";
    BATCH = "B", "queries in the batch";
    CONTEXT = "T", "context tokens in the batch, cached and new";
    VISIBLE = "T", "context tokens in the batch that the layer can see, and entries that stand for more";
    KEPT = "T", "context tokens in the batch that the layer keeps";
    PAIRS = "P", "pairs of a new token and a token it is scored against";
    ENTRIES = "E", "entries in the batch, one for every whole window of a context";
    NEW_ENTRIES = "Eₙ", "entries that the new tokens complete";
    ENTRY_DIM = "D", "elements of an entry";
    RATE = "m", "tokens that an entry stands for";
    WINDOWS = "s", "windows that an entry is made of";
    STREAMS = "n", "streams of hidden states";
    ROUNDS = "t", "rounds in which rows and columns are normed";
    FEATURE_GROUPS = "h", "groups of features, each with a weight of its own";
    INDEX_HEADS = "H", "heads of the index";
    INDEX_DIM = "D", "elements of a head of the index";
    WIDTH = "d", "width of the vector";
    GATES = "g", "gates, each for an equal part of the vector";
    VECTORS = "v", "vectors a token";
    SETS = "s", "sets of norm weights";
    INPUTS = "in", "input features";
    OUTPUTS = "out", "output features";
    EXPERTS = "E", "experts";
    PER_TOKEN = "k", "experts that a token takes";
    HELD = "Eₕ", "experts whose weights the device holds";
    SOURCES = "q", "batches whose tokens are routed at the same time";
    DISTINCT = "Eₓ", "distinct experts to expect, E · (1 − (1 − k/E)ᴺ)";
    Q_HEADS = "H", "query heads";
    KV_HEADS = "G", "key/value heads";
    HEADS = "h", "heads that are rotated, of queries and keys together";
    HEAD_DIM = "D", "elements of a query or key head";
    V_DIM = "Dᵥ", "elements of a value head";
    K_DIM = "Dₖ", "elements of a key head";
    ROTATED = "R", "rotated elements of a head";
    NOPE = "Dₙ", "unrotated elements of a query or key head";
    RANK = "r", "elements of the latent";
    FFN = "I", "intermediate size";
    FUNCTION = "a", "FLOPs of the activation function";
    SCORE = "b", "FLOPs on a score besides the softmax";
    SPACE_HEADS = "H", "heads of the state space";
    SPACE_GROUPS = "G", "groups of heads of the state space";
    SPACE_DIM = "D", "elements of a head of the state space";
    SPACE_STATE = "S", "elements of the state for each element of a head";
    CHANNELS = "c", "channels";
    KERNEL = "K", "width of the convolution's kernel";
    ROWS = "V", "rows of the table";
    WEIGHT_BYTES = "w", "bytes of a weight";
    WEIGHT_BITS = "w₈", "bits of a weight";
    VALUE_BYTES = "x", "bytes of an activation";
    VALUE_BITS = "x₈", "bits of an activation";
    CACHE_BYTES = "y", "bytes of a cached key or value";
    STATE_BYTES = "z", "bytes of an element of the state";
    STATE_BITS = "z₈", "bits of an element of the state";
    GROUP = "g", "elements that share a scale, or outputs of a block that does";
    GROUP_INPUTS = "gᵢ", "inputs of a block that shares a scale";
    SCALE_BITS = "s", "bits of a scale";
    ZERO_BITS = "q", "bits of a zero point";
    OUTER = "g₂", "elements under one scale of scales";
    OUTER_BITS = "s₂", "bits of a scale of scales";
    CACHE_BITS = "y₈", "bits of a cached key or value";
}
