//! One step of a block: what it is for, what sort of work it is, and its name in every table.

use super::{Activation, Decay, DeltaRule, Norm, NormKind, Op, Stage};
use crate::engine::precision::Quantized;
use serde::Serialize;

/// One step of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layer {
    pub role: Role,
    pub op: Op,
    /// The format of its weights, where that is not the model's own type.
    pub quantized: Option<Quantized>,
    /// Its weights are those of a block before.
    pub shared: bool,
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
    AttnKvProj,
    AttnQNorm,
    AttnKNorm,
    AttnVNorm,
    AttnRope,
    CompressProj,
    CompressPool,
    IndexQProj,
    IndexKProj,
    IndexCompressProj,
    IndexPool,
    IndexQNorm,
    IndexKNorm,
    IndexWeightsProj,
    IndexRope,
    IndexScore,
    AttnSdpa,
    AttnGateProj,
    AttnGate,
    AttnOutRope,
    AttnOutNorm,
    AttnOutGroupProj,
    AttnOutProj,
    AttnPostNorm,
    AttnResidual,
    LinearInProj,
    LinearGateProj,
    /// To the vectors that decays and gates are made of.
    LinearDownProj,
    LinearBetaProj,
    LinearDecayProj,
    LinearAct,
    LinearConv,
    LinearDeltaRule,
    LinearNorm,
    SsmInProj,
    SsmConv,
    SsmStepsProj,
    SsmStepsNorm,
    SsmStepProj,
    SsmScan,
    SsmGate,
    SsmNorm,
    SsmOutProj,
    /// The same beside attention, to whose output it is added.
    SsmSideProj,
    SsmAdd,
    ConvInProj,
    ConvInGate,
    ConvKernel,
    ConvOutGate,
    ConvOutProj,
    AdapterDownProj,
    AdapterUpProj,
    AdapterAdd,
    DetourProj,
    DetourAdd,
    FfnNorm,
    FfnGateUpProj,
    FfnUpProj,
    FfnAct,
    FfnActNorm,
    FfnDownProj,
    MoeRouterNorm,
    MoeRouter,
    MoeLatentDownProj,
    MoeLatentUpProj,
    MoeNorm,
    MoeGateUpProj,
    MoeUpProj,
    MoeAct,
    MoeDownProj,
    MoeSharedGateUpProj,
    MoeSharedUpProj,
    MoeSharedAct,
    MoeSharedDownProj,
    MoeSharedGate,
    MoeCombine,
    MoeSharedAdd,
    MoePostNorm,
    MoeSum,
    FfnMidNorm,
    FfnPostNorm,
    FfnResidual,
    InputEmbedding,
    InputProj,
    InputNorm,
    InputSum,
    InputGateProj,
    InputAct,
    InputOutProj,
    InputPostNorm,
    InputResidual,
    StreamsNorm,
    StreamsProj,
    StreamsCollapse,
    StreamsExpand,
    AltUpProj,
    AltUpScale,
    AltUpNorm,
    AltUpRouter,
    AltUpCoefs,
    AltUpPredict,
    AltUpCorrect,
    AltUpOutProj,
    AltUpMean,
    LaurelDownProj,
    LaurelUpProj,
    LaurelNorm,
    LaurelAdd,
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
        Layer { role, op, quantized: None, shared: false }
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
            (
                Stage::Block,
                Op::Attention(_)
                | Op::LatentAttention(_)
                | Op::Index(_)
                | Op::Compress(_)
                | Op::Conv(_)
                | Op::DeltaRule(_)
                | Op::StateSpace(_),
            ) => Kind::Attention,
            (Stage::Block, Op::Activation(_) | Op::Gate { .. }) => Kind::Activation,
            (
                Stage::Block,
                Op::Residual { .. } | Op::Combine(_) | Op::Collapse(_) | Op::Expand(_) | Op::AltUp(_),
            ) => Kind::Residual,
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
            Role::AttnKvProj => "Attn - KV_Proj",
            Role::AttnQNorm => "Attn - Q_Norm",
            Role::AttnKNorm => "Attn - K_Norm",
            Role::AttnVNorm => "Attn - V_Norm",
            Role::AttnRope => "Attn - RoPE",
            Role::CompressProj => "Compress - KV_Proj",
            Role::CompressPool => "Compress - Pool",
            Role::IndexCompressProj => "Index - KV_Proj",
            Role::IndexPool => "Index - Pool",
            Role::IndexQProj => "Index - Q_Proj",
            Role::IndexKProj => "Index - K_Proj",
            Role::IndexQNorm => "Index - Q_Norm",
            Role::IndexKNorm => "Index - K_Norm",
            Role::IndexWeightsProj => "Index - Weights_Proj",
            Role::IndexRope => "Index - RoPE",
            Role::IndexScore => "Index - Score",
            Role::AttnSdpa => "Attn - SDPA",
            Role::AttnGateProj => "Attn - Gate_Proj",
            Role::AttnGate => "Attn - Gate",
            Role::AttnOutRope => "Attn - O_RoPE",
            Role::AttnOutGroupProj => "Attn - O_A_Proj",
            Role::AttnOutNorm => "Attn - O_Norm",
            Role::AttnOutProj => "Attn - O_Proj",
            Role::AttnPostNorm => either(rms, "Attn - Post-RMSNorm", "Attn - Post-LayerNorm"),
            Role::AttnResidual => "Attn - ResidualAdd",
            Role::LinearInProj => "LinAttn - QKVZ_Proj",
            Role::LinearGateProj => "LinAttn - BA_Proj",
            Role::LinearDownProj => "LinAttn - FG_A_Proj",
            Role::LinearBetaProj => "LinAttn - B_Proj",
            Role::LinearDecayProj => "LinAttn - F_Proj",
            Role::LinearAct => "LinAttn - Act",
            Role::LinearConv => "LinAttn - Conv1D",
            Role::LinearDeltaRule => match self.op {
                Op::DeltaRule(DeltaRule { decay: Decay::Fixed, .. }) => "LinAttn - Scan",
                _ => "LinAttn - DeltaRule",
            },
            Role::LinearNorm => "LinAttn - GatedRMSNorm",
            Role::SsmInProj => "SSM - In_Proj",
            Role::SsmConv => "SSM - Conv1D",
            Role::SsmStepsProj => "SSM - X_Proj",
            Role::SsmStepsNorm => "SSM - X_Norm",
            Role::SsmStepProj => "SSM - Dt_Proj",
            Role::SsmScan => "SSM - Scan",
            Role::SsmGate => "SSM - Gate",
            Role::SsmNorm => "SSM - RMSNorm",
            Role::SsmOutProj | Role::SsmSideProj => "SSM - Out_Proj",
            Role::SsmAdd => "SSM - AttentionAdd",
            Role::ConvInProj => "Conv - In_Proj",
            Role::ConvInGate => "Conv - InputMul",
            Role::ConvKernel => "Conv - Conv1D",
            Role::ConvOutGate => "Conv - OutputMul",
            Role::ConvOutProj => "Conv - Out_Proj",
            Role::AdapterDownProj => "Adapter - Down_Proj",
            Role::AdapterUpProj => "Adapter - Up_Proj",
            Role::AdapterAdd => "Adapter - Add",
            Role::DetourProj => "Detour - Proj",
            Role::DetourAdd => "Detour - Add",
            Role::FfnNorm => either(rms, "Ffn - RMSNorm", "Ffn - LayerNorm"),
            Role::FfnGateUpProj => "Ffn - GateUp_Proj",
            Role::FfnUpProj => "Ffn - Up_Proj",
            Role::FfnAct => either(gated, "Ffn - ActMul", "Ffn - Act"),
            Role::FfnActNorm => "Ffn - Act_Norm",
            Role::FfnDownProj => "Ffn - Down_Proj",
            Role::MoeRouterNorm => "Moe - Router RMSNorm",
            Role::MoeNorm => "Moe - RMSNorm",
            Role::MoePostNorm => "Moe - Post-RMSNorm",
            Role::MoeSum => "Moe - Sum",
            Role::FfnMidNorm => "Ffn - Mid-RMSNorm",
            Role::MoeRouter => "Moe - Router",
            Role::MoeLatentDownProj => "Moe - Latent Down_Proj",
            Role::MoeLatentUpProj => "Moe - Latent Up_Proj",
            Role::MoeGateUpProj => "Moe - Experts GateUp_Proj",
            Role::MoeUpProj => "Moe - Experts Up_Proj",
            Role::MoeAct => either(gated, "Moe - Experts ActMul", "Moe - Experts Act"),
            Role::MoeDownProj => "Moe - Experts Down_Proj",
            Role::MoeSharedGateUpProj => "Moe - Shared GateUp_Proj",
            Role::MoeSharedUpProj => "Moe - Shared Up_Proj",
            Role::MoeSharedAct => either(gated, "Moe - Shared ActMul", "Moe - Shared Act"),
            Role::MoeSharedDownProj => "Moe - Shared Down_Proj",
            Role::MoeSharedGate => "Moe - Shared Gate",
            Role::MoeCombine => "Moe - Combine",
            Role::MoeSharedAdd => "Moe - Shared Add",
            Role::FfnPostNorm => either(rms, "Ffn - Post-RMSNorm", "Ffn - Post-LayerNorm"),
            Role::FfnResidual => "Ffn - ResidualAdd",
            Role::InputEmbedding => "Inputs - Embedding",
            Role::InputProj => "Inputs - Proj",
            Role::InputNorm => "Inputs - RMSNorm",
            Role::InputSum => "Inputs - Sum",
            Role::InputGateProj => "Input - Gate_Proj",
            Role::InputAct => "Input - ActMul",
            Role::InputOutProj => "Input - O_Proj",
            Role::InputPostNorm => "Input - Post-RMSNorm",
            Role::InputResidual => "Input - ResidualAdd",
            Role::StreamsNorm => "Streams - RMSNorm",
            Role::StreamsProj => "Streams - Proj",
            Role::StreamsCollapse => "Streams - Sum",
            Role::StreamsExpand => "Streams - Add",
            Role::AltUpProj => "AltUp - Proj",
            Role::AltUpScale => "AltUp - Scale",
            Role::AltUpNorm => "AltUp - RMSNorm",
            Role::AltUpRouter => "AltUp - Router",
            Role::AltUpCoefs => "AltUp - Coefs",
            Role::AltUpPredict => "AltUp - Predict",
            Role::AltUpCorrect => "AltUp - Correct",
            Role::AltUpOutProj => "AltUp - O_Proj",
            Role::AltUpMean => "AltUp - Mean",
            Role::LaurelDownProj => "Laurel - Down_Proj",
            Role::LaurelUpProj => "Laurel - Up_Proj",
            Role::LaurelNorm => "Laurel - RMSNorm",
            Role::LaurelAdd => "Laurel - Add",
            Role::FinalNorm => either(rms, "Final - RMSNorm", "Final - LayerNorm"),
            Role::HeadProj => "Head - Proj",
            Role::LmHead => "LM_Head",
            Role::PredictionNorm => "Mtp - RMSNorm",
            Role::PredictionProj => "Mtp - Proj",
        }
    }
}
