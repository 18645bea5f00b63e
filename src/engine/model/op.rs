//! What layers compute, and of what shape.

/// What a layer computes, with its shape. All sizes are elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {
    Norm(Norm),
    Linear(Linear),
    Rope(Rope),
    Attention(Attention),
    LatentUp(Latent),
    LatentAttention(Latent),
    Index(Index),
    Compress(Compress),
    Conv(Conv),
    DeltaRule(DeltaRule),
    StateSpace(StateSpace),
    Activation(Activation),
    /// Multiplies a vector of `width` with another for every token, or with its sigmoid, or a softplus that counts
    /// alike; each of the other's `gates` elements is for an equal part of the vector. So many biases are added to
    /// the other first, each to an equal part of it.
    Gate {
        width: u64,
        gates: u64,
        sigmoid: bool,
        biases: u64,
    },
    /// Adds up the weighted outputs of the experts that a token took.
    Combine(Combine),
    /// Makes one hidden state of several streams.
    Collapse(Streams),
    /// Writes a block's output back to the streams.
    Expand(Streams),
    AltUp(AltUp),
    /// Adds two vectors of `width` for every token.
    Residual {
        width: u64,
    },
    Lookup(Lookup),
}

/// Normalisation of vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Norm {
    pub kind: NormKind,
    pub width: u64,
    /// Vectors that are normalised for every token: 1, or one a head.
    pub vectors: u64,
    /// How many sets of weights there are: one, one a head, or none.
    pub sets: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormKind {
    /// Root mean square, with a weight.
    Rms,
    /// Mean and variance, with a weight and a bias.
    Layer,
    /// Mean and variance, with a weight.
    LayerNoBias,
}

/// A matrix product with a weight: `inputs` features to `outputs` features for every row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linear {
    pub inputs: u64,
    pub outputs: u64,
    pub bias: bool,
    pub rows: Rows,
    /// The weight, though not the bias, is that of another layer, which stores it: a head's the embedding's, the
    /// second router's of AltUp the first's.
    pub tied: bool,
}

/// Which rows a product runs for, and with which of several weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Every new token.
    Tokens,
    /// The rows that logits are wanted for; the accounting says which.
    Logits,
    /// Every new token, once for each expert it is routed to.
    Routed(Experts),
    /// The tokens that reach one device's part of the experts.
    Spread(Spread),
    /// Every new token, once for each of so many parts of its features, which have a weight each.
    Grouped(u64),
}

impl Rows {
    /// Whether they are those that a router sends to experts.
    pub fn of_experts(self) -> bool {
        matches!(self, Rows::Routed(_) | Rows::Spread(_))
    }
}

/// Experts of which every token takes a few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Experts {
    pub total: u64,
    pub per_token: u64,
}

/// One device's part of experts that are spread over several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    pub experts: Experts,
    /// Experts that the device holds.
    pub held: u64,
    /// Equal batches whose tokens are routed among all the experts at the same time.
    pub sources: u64,
}

/// Rotary embedding of queries and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rope {
    /// Query and key heads together.
    pub heads: u64,
    /// Rotated elements of a head.
    pub dims: u64,
    /// Elements of a head.
    pub head_dim: u64,
}

/// Scaled dot-product attention over a KV cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attention {
    pub q_heads: u64,
    pub kv_heads: u64,
    /// Elements of a query or key head.
    pub qk_dim: u64,
    /// Elements of a value head.
    pub v_dim: u64,
    pub span: Span,
    /// FLOPs on every score besides the softmax: a position bias 1, a soft cap 3.
    pub score_flops: u64,
    /// Whether every head has a learned sink in its softmax.
    pub sinks: bool,
    pub source: Source,
}

/// Where the keys and values of attention come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A projection each.
    Own,
    /// One projection for both.
    OwnKeys,
    /// One vector is both, and cached once.
    Same,
    /// The cache of a layer before, which keeps them.
    Shared,
}

/// Multi-head latent attention: keys and values are projected up from one cached latent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latent {
    pub heads: u64,
    /// Elements of the cached latent.
    pub rank: u64,
    /// Unrotated elements of a query or key head.
    pub nope_dim: u64,
    /// Rotated elements, shared by the keys of all heads and cached beside the latent.
    pub rope_dim: u64,
    pub v_dim: u64,
    pub span: Span,
    /// Whether every head has a learned sink in its softmax.
    pub sinks: bool,
}

/// Scores of every token's few small queries against one small key of each token before it, of which the best
/// are attended to: DeepSeek's sparse attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    pub heads: u64,
    pub dim: u64,
    /// How many tokens one key stands for.
    pub rate: u64,
    /// Whether the heads' scores are weighted and added up; else each head chooses for itself, by blocks.
    pub summed: bool,
}

/// The making of entries that stand for `rate` tokens each: every element is an average of those of its tokens,
/// weighted by a softmax over the gates that they bring along, and the entry is normed and rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compress {
    pub dim: u64,
    pub rate: u64,
    /// How many windows of `rate` tokens an entry is made of, its own the last; tokens bring a vector for each.
    pub windows: u64,
    /// Rotated elements of an entry.
    pub rotary: u64,
}

/// Hidden states side by side: blocks work on a weighted sum of them, and write to all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    pub count: u64,
    pub width: u64,
    pub back: Back,
}

/// How a block's output goes back to the streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// Not at all: there is no block behind the sum.
    No,
    /// Weighted and added to each.
    Added,
    /// The same with the streams mixed before, by a matrix whose rows and columns are normed in so many rounds.
    Mixed { rounds: u64 },
}

impl Streams {
    /// The weights of sum, output and mix, made from all streams for every token.
    pub fn weights(self) -> u64 {
        match self.back {
            Back::No => self.count,
            Back::Added => 2 * self.count,
            Back::Mixed { .. } => (2 + self.count) * self.count,
        }
    }
}

/// A step of alternating updates: hidden states side by side, of which blocks work on one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AltUp {
    pub width: u64,
    pub count: u64,
    pub step: AltUpStep,
}

/// What is done to all streams around a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AltUpStep {
    /// Before it, each becomes a sum of all, weighted by coefficients of the token.
    Predict,
    /// Behind it, what it has made of its stream is spread over all of them; for what follows, that one is scaled by
    /// a weight, or has one that nothing reads.
    Correct { scaled: bool },
    /// Behind the last one, they become one.
    Mean,
}

/// A causal depthwise convolution over the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv {
    pub channels: u64,
    pub kernel: u64,
    pub bias: bool,
    /// Whether SiLU follows.
    pub act: bool,
}

/// Linear attention: a `key_dim` × `value_dim` state for every value head, kept by the gated delta rule unless its
/// decay is fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeltaRule {
    pub key_heads: u64,
    pub value_heads: u64,
    pub key_dim: u64,
    pub value_dim: u64,
    pub decay: Decay,
}

/// What decays the state of linear attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decay {
    /// One factor for each head and token: Gated DeltaNet.
    Head,
    /// One for each element of a key: Kimi Delta Attention.
    Channel,
    /// A constant of each head, and what the state holds already is added to uncorrected: lightning attention.
    Fixed,
}

/// A selective state space: a `head_dim` × `state` state for every head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateSpace {
    pub heads: u64,
    pub head_dim: u64,
    pub state: u64,
    /// Groups of heads that share what writes the state and what reads it.
    pub groups: u64,
    /// Whether each element of the state decays at a rate of its own, as in the first Mamba, not each head as in
    /// the second.
    pub own_rates: bool,
}

impl StateSpace {
    /// What goes through the heads for every token.
    pub fn width(self) -> u64 {
        self.heads * self.head_dim
    }

    /// What writes and reads the state for every token, of all groups together.
    pub fn shared(self) -> u64 {
        2 * self.groups * self.state
    }
}

/// What a token may look back on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// The whole context.
    Full,
    /// The last `n` tokens, itself included; `n` ≥ 1.
    Sliding(u64),
    /// The tokens of its own chunk of `n`; `n` ≥ 1.
    Chunked(u64),
    /// Any `n` tokens that an index chooses, itself included; `n` ≥ 1.
    Chosen(u64),
    /// The tokens of any `most` blocks of `size` that an index chooses, its own among them; both are ≥ 1.
    Blocks { size: u64, most: u64 },
    /// The last `window` tokens, itself included, and an entry for every whole `rate` of the context, or those
    /// `most` of them that an index chooses; all are ≥ 1.
    Compressed { window: u64, rate: u64, most: Option<u64> },
}

/// The activation function of a feed-forward layer, times its gate where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activation {
    pub function: Function,
    pub width: u64,
    pub gated: bool,
    pub rows: Rows,
}

/// The weighted sum over a token's experts, and the shared expert on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Combine {
    pub width: u64,
    pub per_token: u64,
    pub shared: bool,
}

/// A table of which every token takes one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lookup {
    pub rows: u64,
    pub width: u64,
    /// The row is added to what is there already, as a position is.
    pub added: bool,
}

/// Element-wise functions by their names in transformers' `ACT2FN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Silu,
    Gelu,
    GeluTanh,
    QuickGelu,
    Relu,
    Relu2,
    /// With two learned slopes.
    Xielu,
    /// gpt-oss's clamped SwiGLU.
    ClampedSwiglu,
    /// SiLU with its input and the gated side clamped.
    ClampedSilu,
    /// The tanh form of GELU, of what exceeds a cutoff made of mean and deviation.
    CutGeluTanh,
}

/// Name in `ACT2FN`, function.
const FUNCTIONS: &[(&str, Function)] = &[
    ("silu", Function::Silu),
    ("swish", Function::Silu),
    ("gelu", Function::Gelu),
    ("gelu_python", Function::Gelu),
    ("gelu_new", Function::GeluTanh),
    ("gelu_fast", Function::GeluTanh),
    ("gelu_pytorch_tanh", Function::GeluTanh),
    ("quick_gelu", Function::QuickGelu),
    ("relu", Function::Relu),
    ("relu2", Function::Relu2),
    ("xielu", Function::Xielu),
];

impl Function {
    pub fn parse(name: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|(known, _)| *known == name).map(|row| row.1)
    }

    pub fn names() -> impl Iterator<Item = &'static str> {
        FUNCTIONS.iter().map(|row| row.0)
    }

    /// Trainable parameters, shared by all elements.
    pub fn parameters(self) -> u64 {
        match self {
            Function::Xielu => 2,
            _ => 0,
        }
    }

    /// FLOPs per element, each arithmetic operation and each transcendental counted as one.
    pub fn flops(self) -> u64 {
        match self {
            // x / (1 + exp(−x)): negate, exp, add, divide (the specification's 4)
            Function::Silu => 4,
            // x · ½ · (1 + erf(x / √2)): divide, erf, add, two products
            Function::Gelu => 5,
            // ½x · (1 + tanh(c · (x + k·x³))): x³ 2, ·k, +x, ·c, tanh, +1, ·½, ·x
            Function::GeluTanh => 9,
            // x · σ(1.702x): scale, then SiLU's four
            Function::QuickGelu => 5,
            Function::Relu => 1,
            Function::Relu2 => 2,
            // below zero, the longer side: α · (exp(min(x, ε)) − 1 − x) + βx
            Function::Xielu => 7,
            // gate · σ(1.702·gate) as QuickGelu's five, two clamps of the gate's side, one sum (up + 1)
            Function::ClampedSwiglu => 8,
            // SiLU's four, two clamps
            Function::ClampedSilu => 6,
            // sum, centre, square and sum, subtract the cutoff, ReLU; then GELU's nine
            Function::CutGeluTanh => 15,
        }
    }
}
