//! The family-free description of a model: which layers there are, and of what shape.

use super::config::Read;
use super::dtype::DType;
use super::error::Error;
use super::{config::HfConfig, families};
use serde::Serialize;

/// A decoder, as far as its costs go.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// A name to show, when one is known.
    pub name: Option<String>,
    /// The `model_type` whose family built it.
    pub model_type: String,
    pub hidden_size: u64,
    pub vocab_size: u64,
    /// Whether the LM head is the embedding table.
    pub tied_head: bool,
    pub precision: Precision,
    /// Everything the model runs, in execution order.
    pub groups: Vec<Group>,
    /// What the family read from the config, and what it assumed.
    pub reads: Vec<Read>,
    /// Config keys that have no effect.
    pub ignored: Vec<String>,
    /// What a reader of the figures should know.
    pub notes: Vec<Note>,
    /// The config reduced to the keys that were read.
    pub reduced: serde_json::Value,
}

/// Element types by use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Precision {
    pub weights: DType,
    pub activations: DType,
    pub kv_cache: DType,
}

impl Precision {
    /// One type for everything.
    pub fn uniform(dtype: DType) -> Self {
        Precision { weights: dtype, activations: dtype, kv_cache: dtype }
    }
}

/// Identical blocks, or what stands before or after them.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub stage: Stage,
    /// How often the layers repeat.
    pub repeat: u64,
    pub layers: Vec<Layer>,
}

/// Where in the model a group stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Embedding,
    Block,
    Head,
}

/// One step of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layer {
    pub role: Role,
    pub op: Op,
}

/// What a layer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Embedding,
    AttnNorm,
    AttnQkvProj,
    AttnRope,
    AttnSdpa,
    AttnOutProj,
    AttnResidual,
    FfnNorm,
    FfnGateUpProj,
    FfnAct,
    FfnDownProj,
    FfnResidual,
    FinalNorm,
    LmHead,
}

/// What sort of work a layer is, the few sorts that a chart or a legend tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Norm,
    Gemm,
    Rope,
    Attention,
    Activation,
    Residual,
    /// What stands before and after the blocks.
    Ends,
}

/// What a layer computes, with its shape. All sizes are elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {
    Norm(Norm),
    Linear(Linear),
    Rope(Rope),
    Attention(Attention),
    Activation(Activation),
    /// Adds two vectors of `width` for every token.
    Residual {
        width: u64,
    },
    /// Looks one row of `width` up for every token.
    Lookup {
        rows: u64,
        width: u64,
    },
}

/// Normalisation of vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Norm {
    pub kind: NormKind,
    pub width: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormKind {
    Rms,
    Layer,
}

/// A matrix product with a weight: `inputs` features to `outputs` features for every row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linear {
    pub inputs: u64,
    pub outputs: u64,
    pub bias: bool,
    pub rows: Rows,
    /// The weight is stored elsewhere already, as a tied head is.
    pub shared: bool,
}

/// Which rows a product runs for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Every new token.
    Tokens,
    /// The rows that logits are wanted for; the accounting says which.
    Logits,
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
}

/// The activation function of a feed-forward layer, times its gate where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activation {
    pub function: Function,
    pub width: u64,
    pub gated: bool,
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
];

impl Function {
    pub fn parse(name: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|(known, _)| *known == name).map(|row| row.1)
    }

    pub fn names() -> impl Iterator<Item = &'static str> {
        FUNCTIONS.iter().map(|row| row.0)
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
        }
    }
}

/// Something a reader of the figures should know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    pub kind: NoteKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// A key was missing or null and took the family's default.
    Assumed,
    /// The accounting leaves something out or does it in its own way.
    Accounting,
    /// A fact of this model that is easily overlooked.
    Model,
}

impl Note {
    pub fn new(kind: NoteKind, text: impl Into<String>) -> Self {
        Note { kind, text: text.into() }
    }
}

impl Model {
    /// Reads a config.json and builds the model it describes.
    ///
    /// # Errors
    /// Everything that is wrong with the text, with its place in it.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let config = HfConfig::parse(text)?;
        families::build(&config).map_err(|e| config.locate(e))
    }

    /// The number of transformer blocks.
    pub fn num_blocks(&self) -> u64 {
        self.groups.iter().filter(|g| g.stage == Stage::Block).map(|g| g.repeat).sum()
    }
}

impl Kind {
    pub const ALL: [Kind; 7] =
        [Kind::Norm, Kind::Gemm, Kind::Rope, Kind::Attention, Kind::Activation, Kind::Residual, Kind::Ends];

    pub fn words(self) -> &'static str {
        match self {
            Kind::Norm => "Norm",
            Kind::Gemm => "Matrix product",
            Kind::Rope => "Rotary embedding",
            Kind::Attention => "Attention",
            Kind::Activation => "Activation",
            Kind::Residual => "Residual",
            Kind::Ends => "Embedding and head",
        }
    }
}

impl Layer {
    /// The sort of work it is at its place in the model.
    pub fn kind(&self, stage: Stage) -> Kind {
        match (stage, self.op) {
            (Stage::Embedding | Stage::Head, _) | (Stage::Block, Op::Lookup { .. }) => Kind::Ends,
            (Stage::Block, Op::Norm(_)) => Kind::Norm,
            (Stage::Block, Op::Linear(_)) => Kind::Gemm,
            (Stage::Block, Op::Rope(_)) => Kind::Rope,
            (Stage::Block, Op::Attention(_)) => Kind::Attention,
            (Stage::Block, Op::Activation(_)) => Kind::Activation,
            (Stage::Block, Op::Residual { .. }) => Kind::Residual,
        }
    }

    /// The name the layer has in every table: `Attn - SDPA`.
    pub fn name(&self) -> &'static str {
        let rms = matches!(self.op, Op::Norm(Norm { kind: NormKind::Rms, .. }));
        let gated = !matches!(self.op, Op::Activation(Activation { gated: false, .. }));
        match self.role {
            Role::Embedding => "Embedding",
            Role::AttnNorm if rms => "Attn - RMSNorm",
            Role::AttnNorm => "Attn - LayerNorm",
            Role::AttnQkvProj => "Attn - QKV_Proj",
            Role::AttnRope => "Attn - RoPE",
            Role::AttnSdpa => "Attn - SDPA",
            Role::AttnOutProj => "Attn - O_Proj",
            Role::AttnResidual => "Attn - ResidualAdd",
            Role::FfnNorm if rms => "Ffn - RMSNorm",
            Role::FfnNorm => "Ffn - LayerNorm",
            Role::FfnGateUpProj => "Ffn - GateUp_Proj",
            Role::FfnAct if gated => "Ffn - ActMul",
            Role::FfnAct => "Ffn - Act",
            Role::FfnDownProj => "Ffn - Down_Proj",
            Role::FfnResidual => "Ffn - ResidualAdd",
            Role::FinalNorm if rms => "Final - RMSNorm",
            Role::FinalNorm => "Final - LayerNorm",
            Role::LmHead => "LM_Head",
        }
    }
}
