//! The family-free description of a model: which layers there are, and of what shape.

use super::config::Read;
use super::dtype::DType;
use super::error::Error;
use super::precision::{self, Format, Origin, Quantized};
use super::{config::HfConfig, families};
use serde::Serialize;

/// A decoder, as far as its costs go.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// A name to show, when one is known.
    pub name: Option<String>,
    /// The `model_type` whose family built it.
    pub model_type: String,
    /// The family that an unknown one was read as, because the user asked for it.
    pub read_as: Option<&'static str>,
    pub hidden_size: u64,
    pub vocab_size: u64,
    /// Whether the LM head is the embedding table.
    pub tied_head: bool,
    pub precision: Precision,
    /// Where the formats of its layers come from; none for a model of one type.
    pub quantization: Option<Origin>,
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
    pub kv_cache: Format,
}

impl Precision {
    /// One type for everything.
    pub fn uniform(dtype: DType) -> Self {
        Precision { weights: dtype, activations: dtype, kv_cache: Format::plain(dtype) }
    }
}

/// Identical blocks, or what stands before or after them.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub stage: Stage,
    /// What sets these blocks apart: `sliding attention 4,096 · dense`.
    pub label: String,
    /// How often the layers repeat.
    pub repeat: u64,
    /// Which of the model's blocks they are, ascending from 0; empty before and after the blocks.
    pub members: Vec<u64>,
    pub layers: Vec<Layer>,
}

impl Group {
    /// The blocks in words: `0–2, 5`.
    pub fn places(&self) -> String {
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        for &member in &self.members {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == member => *last = member,
                _ => ranges.push((member, member)),
            }
        }
        let words: Vec<_> = ranges
            .into_iter()
            .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}–{last}") })
            .collect();
        words.join(", ")
    }
}

/// Where in the model a group stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Embedding,
    Block,
    Head,
    /// Layers that predict further tokens; counted apart.
    Prediction,
}

/// One step of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layer {
    pub role: Role,
    pub op: Op,
    /// The format of its weights, where that is not the model's own type.
    pub quantized: Option<Quantized>,
}

/// What a layer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Embedding,
    PositionEmbedding,
    EmbeddingProj,
    EmbeddingNorm,
    AttnNorm,
    AttnQkvProj,
    AttnQDownProj,
    AttnQDownNorm,
    AttnQUpProj,
    AttnQProj,
    AttnKvDownProj,
    AttnKvDownNorm,
    AttnKvUpProj,
    AttnQNorm,
    AttnKNorm,
    AttnRope,
    AttnSdpa,
    AttnGate,
    AttnOutProj,
    AttnPostNorm,
    AttnResidual,
    LinearInProj,
    LinearGateProj,
    LinearConv,
    LinearDeltaRule,
    LinearNorm,
    FfnNorm,
    FfnGateUpProj,
    FfnUpProj,
    FfnAct,
    FfnDownProj,
    MoeRouter,
    MoeGateUpProj,
    MoeAct,
    MoeDownProj,
    MoeSharedGateUpProj,
    MoeSharedAct,
    MoeSharedDownProj,
    MoeSharedGate,
    MoeCombine,
    FfnPostNorm,
    FfnResidual,
    FinalNorm,
    HeadProj,
    LmHead,
    PredictionNorm,
    PredictionProj,
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
    LatentUp(Latent),
    LatentAttention(Latent),
    Conv(Conv),
    DeltaRule(DeltaRule),
    Activation(Activation),
    /// Multiplies a vector of `width` with the sigmoid of another for every token.
    Gate {
        width: u64,
    },
    /// Adds up the weighted outputs of the experts that a token took.
    Combine(Combine),
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
    /// The weight is stored elsewhere already, as a tied head is.
    pub shared: bool,
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
}

/// A causal depthwise convolution over the tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv {
    pub channels: u64,
    pub kernel: u64,
}

/// Linear attention by the gated delta rule: a `key_dim` × `value_dim` state for every value head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeltaRule {
    pub key_heads: u64,
    pub value_heads: u64,
    pub key_dim: u64,
    pub value_dim: u64,
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
    /// gpt-oss's clamped SwiGLU.
    ClampedSwiglu,
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
            // gate · σ(1.702·gate) as QuickGelu's five, two clamps of the gate's side, one sum (up + 1)
            Function::ClampedSwiglu => 8,
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
    /// The formats of weights or of the KV cache, where they are not understood or not the config's.
    Precision,
    /// What was done to the text so that it could be read.
    Text,
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
        Self::from_files(text, None)
    }

    /// The same with the text of the `hf_quant_config.json` that lay beside the config, if one did.
    ///
    /// # Errors
    /// As [`Model::from_json`]. What is wrong with the second text is a note.
    pub fn from_files(config: &str, hf_quant_config: Option<&str>) -> Result<Self, Error> {
        let mut config = HfConfig::parse(config)?;
        let beside = hf_quant_config.map(HfConfig::parse);
        if let Some(Ok(beside)) = &beside {
            config.attach(precision::SIDECAR, beside.root().clone().into());
        }
        let mut model = families::build(&config).map_err(|e| config.locate(*e))?;
        if let Some(scheme) = precision::scheme(&config) {
            precision::apply(&mut model, &scheme);
            model.take_log(&config);
        }
        if let Some(Err(error)) = beside {
            let text = format!("hf_quant_config.json was left out: {error}");
            model.notes.push(Note::new(NoteKind::Precision, text));
        }
        model.notes.extend(config.mending().iter().map(|text| Note::new(NoteKind::Text, *text)));
        Ok(model)
    }

    /// What sets a group apart, with its formats where nothing else does.
    pub fn label(&self, group: usize) -> String {
        let Some(own) = self.groups.get(group) else { return String::new() };
        let alike = self.groups.iter().filter(|other| other.stage == own.stage && other.label == own.label);
        if alike.count() < 2 {
            return own.label.clone();
        }
        let matrices = own.layers.iter().filter(|l| matches!(l.op, Op::Linear(_) | Op::LatentUp(_)));
        let mut formats: Vec<String> = Vec::new();
        for layer in matrices {
            let own = || self.precision.weights.name().to_owned();
            let name = layer.quantized.map_or_else(own, |quantized| quantized.format.name());
            if !formats.contains(&name) {
                formats.push(name);
            }
        }
        format!("{} · {}", own.label, formats.join(" + "))
    }

    /// Whether any block routes its tokens to experts.
    pub fn has_experts(&self) -> bool {
        let blocks = self.groups.iter().filter(|group| group.stage == Stage::Block);
        blocks.flat_map(|group| &group.layers).any(|layer| layer.role == Role::MoeRouter)
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
    /// With weights of the model's own type.
    pub fn new(role: Role, op: Op) -> Self {
        Layer { role, op, quantized: None }
    }

    /// The sort of work it is at its place in the model.
    pub fn kind(&self, stage: Stage) -> Kind {
        match (stage, self.op) {
            (Stage::Embedding | Stage::Head | Stage::Prediction, _) | (Stage::Block, Op::Lookup(_)) => {
                Kind::Ends
            }
            (Stage::Block, Op::Norm(_)) => Kind::Norm,
            (Stage::Block, Op::Linear(_) | Op::LatentUp(_)) => Kind::Gemm,
            (Stage::Block, Op::Rope(_)) => Kind::Rope,
            (Stage::Block, Op::Attention(_) | Op::LatentAttention(_) | Op::Conv(_) | Op::DeltaRule(_)) => {
                Kind::Attention
            }
            (Stage::Block, Op::Activation(_) | Op::Gate { .. }) => Kind::Activation,
            (Stage::Block, Op::Residual { .. } | Op::Combine(_)) => Kind::Residual,
        }
    }

    /// The name the layer has in every table: `Attn - SDPA`.
    pub fn name(&self) -> &'static str {
        let rms = matches!(self.op, Op::Norm(Norm { kind: NormKind::Rms, .. }));
        let gated = !matches!(self.op, Op::Activation(Activation { gated: false, .. }));
        let either = |yes: bool, a: &'static str, b: &'static str| if yes { a } else { b };
        match self.role {
            Role::Embedding => "Embedding",
            Role::PositionEmbedding => "Position Embedding",
            Role::EmbeddingProj => "Embedding - Proj",
            Role::EmbeddingNorm => either(rms, "Embedding - RMSNorm", "Embedding - LayerNorm"),
            Role::AttnNorm => either(rms, "Attn - RMSNorm", "Attn - LayerNorm"),
            Role::AttnQkvProj => "Attn - QKV_Proj",
            Role::AttnQDownProj => "Attn - Q_A_Proj",
            Role::AttnQDownNorm => "Attn - Q_A_Norm",
            Role::AttnQUpProj => "Attn - Q_B_Proj",
            Role::AttnQProj => "Attn - Q_Proj",
            Role::AttnKvDownProj => "Attn - KV_A_Proj",
            Role::AttnKvDownNorm => "Attn - KV_A_Norm",
            Role::AttnKvUpProj => "Attn - KV_B_Proj",
            Role::AttnQNorm => "Attn - Q_Norm",
            Role::AttnKNorm => "Attn - K_Norm",
            Role::AttnRope => "Attn - RoPE",
            Role::AttnSdpa => "Attn - SDPA",
            Role::AttnGate => "Attn - Gate",
            Role::AttnOutProj => "Attn - O_Proj",
            Role::AttnPostNorm => either(rms, "Attn - Post-RMSNorm", "Attn - Post-LayerNorm"),
            Role::AttnResidual => "Attn - ResidualAdd",
            Role::LinearInProj => "LinAttn - QKVZ_Proj",
            Role::LinearGateProj => "LinAttn - BA_Proj",
            Role::LinearConv => "LinAttn - Conv1D",
            Role::LinearDeltaRule => "LinAttn - DeltaRule",
            Role::LinearNorm => "LinAttn - GatedRMSNorm",
            Role::FfnNorm => either(rms, "Ffn - RMSNorm", "Ffn - LayerNorm"),
            Role::FfnGateUpProj => "Ffn - GateUp_Proj",
            Role::FfnUpProj => "Ffn - Up_Proj",
            Role::FfnAct => either(gated, "Ffn - ActMul", "Ffn - Act"),
            Role::FfnDownProj => "Ffn - Down_Proj",
            Role::MoeRouter => "Moe - Router",
            Role::MoeGateUpProj => "Moe - Experts GateUp_Proj",
            Role::MoeAct => "Moe - Experts ActMul",
            Role::MoeDownProj => "Moe - Experts Down_Proj",
            Role::MoeSharedGateUpProj => "Moe - Shared GateUp_Proj",
            Role::MoeSharedAct => "Moe - Shared ActMul",
            Role::MoeSharedDownProj => "Moe - Shared Down_Proj",
            Role::MoeSharedGate => "Moe - Shared Gate",
            Role::MoeCombine => "Moe - Combine",
            Role::FfnPostNorm => either(rms, "Ffn - Post-RMSNorm", "Ffn - Post-LayerNorm"),
            Role::FfnResidual => "Ffn - ResidualAdd",
            Role::FinalNorm => either(rms, "Final - RMSNorm", "Final - LayerNorm"),
            Role::HeadProj => "Head - Proj",
            Role::LmHead => "LM_Head",
            Role::PredictionNorm => "Mtp - RMSNorm",
            Role::PredictionProj => "Mtp - Proj",
        }
    }
}
