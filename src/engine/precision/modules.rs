//! What layers are called in checkpoints, so that lists of modules can be matched against them.
//!
//! A row of ours may stand for several modules, and a module has several names, by architecture and by
//! version. Names are canonical here: without what wraps the text model and with `layers` for the blocks.

use crate::engine::model::Role;

/// What wraps the blocks of a text model, and is left out of names.
const WRAPPING: &[&str] =
    &["model", "language_model", "text_model", "transformer", "decoder", "backbone", "gpt_neox"];

/// What the list of blocks is called.
const BLOCKS: &[&str] = &["layers", "h", "blocks"];

/// A name, or the beginning of a pattern, without what wraps the text model. What MLX calls `switch_mlp` are
/// the experts; as a name of its own it would answer to patterns that mean dense layers (`.*mlp.up_proj`).
pub fn canonical(name: &str) -> String {
    let renamed;
    let mut rest = name;
    // Lists may have tens of thousands of names, so none is formatted, and hardly any has this in it.
    if name.contains(".switch_mlp.") {
        renamed = name.replace(".switch_mlp.", ".experts.");
        rest = &renamed;
    }
    while let Some((first, tail)) = rest.split_once('.')
        && WRAPPING.contains(&first)
    {
        rest = tail;
    }
    match rest.split_once('.') {
        Some((first, tail)) if BLOCKS.contains(&first) => ["layers.", tail].concat(),
        _ => rest.to_owned(),
    }
}

/// One module by all its names within a block, or within the model for what stands outside of blocks.
pub type Names = &'static [&'static str];

/// The modules whose weights a layer holds. `linear` is for blocks of linear attention. Empty for layers
/// that no method quantises.
pub fn modules(role: Role, linear: bool) -> &'static [Names] {
    match role {
        Role::Embedding => &[&["embed_tokens", "wte", "word_embeddings", "embed_in", "tok_embeddings"]],
        Role::LmHead => &[&["lm_head", "embed_out", "output"]],
        Role::EmbeddingProj => &[&["project_in"]],
        Role::HeadProj => &[&["project_out"]],
        Role::AttnQkvProj => &[
            &[
                "self_attn.q_proj",
                "self_attn.qkv_proj",
                "attn.q_proj",
                "attn.attention.q_proj",
                "attn.c_attn",
                "mixer.q_proj",
                FUSED,
                FUSED_NEOX,
            ],
            &[
                "self_attn.k_proj",
                "self_attn.qkv_proj",
                "attn.k_proj",
                "attn.attention.k_proj",
                "attn.c_attn",
                "mixer.k_proj",
                FUSED,
                FUSED_NEOX,
            ],
            &[
                "self_attn.v_proj",
                "self_attn.qkv_proj",
                "attn.v_proj",
                "attn.attention.v_proj",
                "attn.c_attn",
                "mixer.v_proj",
                FUSED,
                FUSED_NEOX,
            ],
        ],
        Role::AttnQDownProj => &[&["self_attn.q_a_proj", "self_attn.fused_qkv_a_proj"]],
        Role::AttnQUpProj => &[&["self_attn.q_b_proj"]],
        Role::InputEmbedding => &[&["embed_tokens_per_layer"]],
        Role::InputProj => &[&["per_layer_model_projection"]],
        Role::InputGateProj => &[&["per_layer_input_gate"]],
        Role::InputOutProj => &[&["per_layer_projection"]],
        Role::AltUpProj => &[&["altup_projections"]],
        Role::AltUpOutProj => &[&["altup_unembed_projections"]],
        Role::AltUpRouter => &[&["altup.modality_router"]],
        Role::AltUpCoefs => &[&["altup.prediction_coefs", "altup.correction_coefs"]],
        Role::LaurelDownProj => &[&["laurel.linear_left"]],
        Role::LaurelUpProj => &[&["laurel.linear_right"]],
        Role::DetourProj => &[&["linear"]],
        Role::AttnQProj => &[&["self_attn.q_proj"]],
        Role::AttnKvDownProj => &[&["self_attn.kv_a_proj_with_mqa", "self_attn.fused_qkv_a_proj"]],
        Role::AttnKvProj => &[&["self_attn.kv_proj"]],
        Role::CompressProj => &[&["self_attn.compressor.kv_proj"], &["self_attn.compressor.gate_proj"]],
        Role::IndexCompressProj => {
            &[&["self_attn.compressor.indexer.kv_proj"], &["self_attn.compressor.indexer.gate_proj"]]
        }
        Role::AttnOutGroupProj => &[&["self_attn.o_a_proj"]],
        Role::AttnKvUpProj => &[&["self_attn.kv_b_proj"]],
        Role::AttnGateProj => {
            &[&["self_attn.gate_proj", "self_attn.g_proj", "self_attn.g_b_proj", "self_attn.output_gate"]]
        }
        Role::AttnOutProj if linear => &[&["linear_attn.out_proj", "linear_attn.o_proj"]],
        Role::AttnOutProj => &[&[
            "self_attn.o_proj",
            "self_attn.o_b_proj",
            "self_attn.dense",
            "self_attn.out_proj",
            "attn.out_proj",
            "attn.attention.out_proj",
            "attn.c_proj",
            "self_attention.dense",
            "attention.dense",
            "mixer.o_proj",
        ]],
        Role::IndexQProj => &[&[
            "self_attn.indexer.wq_b",
            "self_attn.indexer.q_proj",
            "self_attn.compressor.indexer.q_b_proj",
        ]],
        Role::IndexKProj => &[&["self_attn.indexer.wk", "self_attn.indexer.k_proj"]],
        Role::IndexWeightsProj => {
            &[&["self_attn.indexer.weights_proj", "self_attn.compressor.indexer.scorer.weights_proj"]]
        }
        Role::SsmInProj => &[&["mamba.in_proj", "mixer.in_proj"]],
        Role::SsmOutProj | Role::SsmSideProj => &[&["mamba.out_proj", "mixer.out_proj"]],
        Role::SsmStepsProj => &[&["mamba.x_proj", "mixer.x_proj"]],
        Role::SsmStepProj => &[&["mamba.dt_proj", "mixer.dt_proj"]],
        Role::ConvInProj => &[&["conv.in_proj"]],
        Role::ConvOutProj => &[&["conv.out_proj"]],
        Role::LinearInProj => &[
            &["linear_attn.in_proj_qkvz", "linear_attn.in_proj_qkv", "linear_attn.in_proj", "linear_attn.q_proj"],
            &["linear_attn.in_proj_qkvz", "linear_attn.in_proj_z", "linear_attn.in_proj", "linear_attn.g_proj"],
        ],
        Role::LinearGateProj => &[
            &["linear_attn.in_proj_ba", "linear_attn.in_proj_b", "linear_attn.in_proj", "linear_attn.b_proj"],
            &["linear_attn.in_proj_ba", "linear_attn.in_proj_a", "linear_attn.in_proj", "linear_attn.a_proj"],
        ],
        Role::LinearDownProj => {
            &[&["self_attn.f_a_proj", "self_attn.forget_gate.f_a_proj"], &["self_attn.g_a_proj"]]
        }
        Role::LinearBetaProj => &[&["self_attn.b_proj"]],
        Role::LinearDecayProj => &[&[
            "self_attn.f_b_proj",
            "self_attn.f_proj",
            "self_attn.forget_gate.f_b_proj",
            "self_attn.forget_gate.f_proj",
        ]],
        Role::FfnGateUpProj => &[
            &[
                "mlp.gate_proj",
                "mlp.gate_up_proj",
                "feed_forward.gate_proj",
                "feed_forward.w1",
                "shared_mlp.input_linear",
            ],
            &[
                "mlp.up_proj",
                "mlp.gate_up_proj",
                "feed_forward.up_proj",
                "feed_forward.w3",
                "shared_mlp.input_linear",
            ],
        ],
        Role::FfnUpProj => &[&[
            "mlp.up_proj",
            "mlp.fc1",
            "fc1",
            "mlp.c_fc",
            "mlp.fc_in",
            "mlp.dense_h_to_4h",
            "mixer.up_proj",
        ]],
        Role::FfnDownProj => &[&[
            "mlp.down_proj",
            "feed_forward.down_proj",
            "mlp.fc2",
            "fc2",
            "mlp.c_proj",
            "mlp.fc_out",
            "mlp.dense_4h_to_h",
            "feed_forward.w2",
            "shared_mlp.output_linear",
            "mixer.down_proj",
        ]],
        Role::MoeRouter => &[&[
            "mlp.gate",
            "mlp.router",
            "mlp.router.gate",
            "router.proj",
            "block_sparse_moe.gate",
            "feed_forward.router",
            "mixer.gate",
        ]],
        Role::MoeLatentDownProj => &[&["mixer.fc1_latent_proj"]],
        Role::MoeLatentUpProj => &[&["mixer.fc2_latent_proj"]],
        Role::MoeUpProj => &[&["mixer.experts.0.up_proj", "mixer.experts.up_proj"]],
        Role::MoeSharedUpProj => &[&["mixer.shared_experts.up_proj"]],
        Role::MoeGateUpProj => &[
            &[
                "mlp.experts.0.gate_proj",
                "experts.gate_up_proj",
                "mlp.experts.gate_up_proj",
                "block_sparse_moe.experts.0.w1",
                "feed_forward.experts.0.gate_proj",
                "feed_forward.experts.gate_up_proj",
                "feed_forward.experts.0.w1",
                "mlp.experts.gate_proj",
                "mlp.experts.fc1",
            ],
            &[
                "mlp.experts.0.up_proj",
                "experts.gate_up_proj",
                "mlp.experts.gate_up_proj",
                "block_sparse_moe.experts.0.w3",
                "feed_forward.experts.0.up_proj",
                "feed_forward.experts.gate_up_proj",
                "feed_forward.experts.0.w3",
                "mlp.experts.up_proj",
                "mlp.experts.fc1",
            ],
        ],
        Role::MoeDownProj => &[&[
            "mlp.experts.0.down_proj",
            "experts.down_proj",
            "mlp.experts.down_proj",
            "mlp.experts.fc2",
            "block_sparse_moe.experts.0.w2",
            "feed_forward.experts.0.down_proj",
            "feed_forward.experts.down_proj",
            "feed_forward.experts.0.w2",
            "mixer.experts.0.down_proj",
            "mixer.experts.down_proj",
        ]],
        Role::MoeSharedGateUpProj => &[
            &[
                "mlp.shared_experts.gate_proj",
                "mlp.shared_expert.gate_proj",
                "feed_forward.shared_expert.gate_proj",
                "mlp.shared_experts.gate_up_proj",
            ],
            &[
                "mlp.shared_experts.up_proj",
                "mlp.shared_expert.up_proj",
                "feed_forward.shared_expert.up_proj",
                "mlp.shared_experts.gate_up_proj",
            ],
        ],
        Role::MoeSharedDownProj => &[&[
            "mlp.shared_experts.down_proj",
            "mlp.shared_expert.down_proj",
            "feed_forward.shared_expert.down_proj",
            "mixer.shared_experts.down_proj",
        ]],
        Role::MoeSharedGate => &[&["mlp.shared_expert_gate"]],
        Role::PredictionProj => &[&["eh_proj"]],
        Role::PositionEmbedding
        | Role::EmbeddingNorm
        | Role::AttnNorm
        | Role::AttnQDownNorm
        | Role::AttnKvDownNorm
        | Role::AttnQNorm
        | Role::AttnKNorm
        | Role::AttnVNorm
        | Role::AttnOutNorm
        | Role::FfnActNorm
        | Role::MoeRouterNorm
        | Role::MoeNorm
        | Role::MoePostNorm
        | Role::MoeSum
        | Role::FfnMidNorm
        | Role::InputNorm
        | Role::InputSum
        | Role::InputAct
        | Role::InputPostNorm
        | Role::InputResidual
        | Role::AttnRope
        | Role::AttnOutRope
        | Role::CompressPool
        | Role::IndexPool
        | Role::StreamsNorm
        | Role::StreamsProj
        | Role::StreamsCollapse
        | Role::StreamsExpand
        | Role::AltUpScale
        | Role::AltUpNorm
        | Role::AltUpPredict
        | Role::AltUpCorrect
        | Role::AltUpMean
        // Small and left as they are.
        | Role::AdapterDownProj
        | Role::AdapterUpProj
        | Role::AdapterAdd
        | Role::DetourAdd
        | Role::LaurelNorm
        | Role::LaurelAdd
        | Role::IndexQNorm
        | Role::IndexKNorm
        | Role::IndexRope
        | Role::IndexScore
        | Role::AttnSdpa
        | Role::AttnGate
        | Role::AttnPostNorm
        | Role::AttnResidual
        | Role::LinearAct
        | Role::LinearConv
        | Role::LinearDeltaRule
        | Role::LinearNorm
        | Role::SsmConv
        | Role::SsmStepsNorm
        | Role::SsmScan
        | Role::SsmGate
        | Role::SsmNorm
        | Role::SsmAdd
        | Role::ConvInGate
        | Role::ConvKernel
        | Role::ConvOutGate
        | Role::FfnNorm
        | Role::FfnAct
        | Role::MoeAct
        | Role::MoeSharedAct
        | Role::MoeCombine
        | Role::MoeSharedAdd
        | Role::FfnPostNorm
        | Role::FfnResidual
        | Role::FinalNorm
        | Role::PredictionNorm => &[],
    }
}

/// Small products that much hangs on: which experts and tokens are chosen, and what stands for many tokens. Most
/// methods leave them as they are.
pub fn delicate(role: Role) -> bool {
    matches!(
        role,
        Role::MoeRouter
            | Role::MoeSharedGate
            | Role::IndexWeightsProj
            | Role::CompressProj
            | Role::IndexCompressProj
    )
}

const FUSED: &str = "self_attention.query_key_value";
const FUSED_NEOX: &str = "attention.query_key_value";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrappers_do_not_show_in_names() {
        for (name, want) in [
            ("model.layers.3.self_attn.q_proj", "layers.3.self_attn.q_proj"),
            ("language_model.model.layers.3.mlp", "layers.3.mlp"),
            ("model.language_model.layers.0", "layers.0"),
            ("transformer.h.7.attn.c_attn", "layers.7.attn.c_attn"),
            ("model.embed_tokens", "embed_tokens"),
            ("lm_head", "lm_head"),
            ("model.layers.1.mlp.switch_mlp.up_proj", "layers.1.mlp.experts.up_proj"),
            ("model", "model"),
            ("", ""),
        ] {
            assert_eq!(canonical(name), want);
        }
    }
}
