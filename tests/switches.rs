//! What one key of a family's config adds, takes away or is refused for, every figure worked out by hand from the modules
//! that transformers 4.57 builds, or 5.24 for later families.

use roofline::engine::model::{Function, Layer, Op, Role, Span, Stage};
use roofline::engine::{Accounting, Model, Workload, analyze};
use serde_json::{Value, json};

/// 3 query heads of 4 over one key/value head, a hidden state of 12, one layer, and what `more` sets.
fn config(model_type: &str, more: &Value) -> String {
    let mut config = json!({
        "model_type": model_type, "hidden_size": 12, "num_hidden_layers": 1, "num_attention_heads": 3,
        "num_key_value_heads": 1, "head_dim": 4, "intermediate_size": 6, "vocab_size": 11,
    });
    for (key, value) in more.as_object().unwrap() {
        config[key] = value.clone();
    }
    config.to_string()
}

fn model(model_type: &str, more: &Value) -> Model {
    Model::from_json(&config(model_type, more)).unwrap_or_else(|e| panic!("{model_type} {more}: {e}"))
}

fn parameters(model: &Model) -> i128 {
    let report = analyze(model, &Workload::default(), &Accounting::EXACT, None).unwrap();
    report.model.parameters.total.try_into().unwrap()
}

fn labels(model: &Model) -> Vec<&str> {
    let blocks = model.groups.iter().filter(|group| group.stage == Stage::Block);
    blocks.map(|group| &*group.label).collect()
}

#[test]
fn a_switch_adds_so_many_parameters() {
    let experts = json!({"n_routed_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 5,
        "n_shared_experts": 2, "first_k_dense_replace": 0});
    let dense = json!({"n_routed_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 5,
        "n_shared_experts": 2, "first_k_dense_replace": 1});
    let sparse = json!({"moe_layers": [], "num_local_experts": 2});
    let opt = json!({"ffn_dim": 6, "max_position_embeddings": 9});
    let none = json!({});
    let each = json!({"num_key_value_heads": 3});
    for (model_type, config, key, off, on, added) in [
        // Queries, keys and values 12 + 4 + 4, output 12.
        ("gpt_oss", &none, "attention_bias", json!(false), json!(true), 32),
        ("llama4_text", &none, "attention_bias", json!(false), json!(true), 32),
        ("seed_oss", &none, "attention_out_bias", json!(false), json!(true), 12),
        // Null is off, though on is what a missing key means.
        ("seed_oss", &none, "attention_bias", json!(null), json!(true), 20),
        // A head of 12 by 11 is the table of the embedding; its bias remains.
        ("phi", &none, "tie_word_embeddings", json!(true), json!(false), 132),
        // Null is as wide as an expert, gate, up and down of 12 by 6.
        ("llama4_text", &sparse, "intermediate_size_mlp", json!(null), json!(7), 36),
        // The output projection has none.
        ("helium", &none, "attention_bias", json!(false), json!(true), 20),
        ("olmo", &none, "attention_bias", json!(false), json!(true), 32),
        ("olmo2", &none, "attention_bias", json!(false), json!(true), 32),
        ("olmo3", &none, "attention_bias", json!(false), json!(true), 32),
        ("olmoe", &none, "attention_bias", json!(false), json!(true), 32),
        // Four experts of 5 + 5 + 12, a shared one of 10 + 10 + 12.
        ("deepseek_v2", &experts, "mlp_bias", json!(false), json!(true), 120),
        // 6 + 6 + 12.
        ("deepseek_v2", &dense, "mlp_bias", json!(false), json!(true), 24),
        // Its modules are built without a bias, whatever the config says.
        ("deepseek_v3", &experts, "mlp_bias", json!(false), json!(true), 0),
        // Gate and up 2·12·5 and down 5·12 for each expert that is shared.
        ("deepseek_v2", &experts, "n_shared_experts", json!(0), json!(1), 180),
        ("glm4_moe", &experts, "n_shared_experts", json!(0), json!(2), 360),
        // One for each of the vocabulary's 11.
        ("phimoe", &none, "lm_head_bias", json!(false), json!(true), 11),
        // A shared expert of 2 · 12 · 7 and 7 · 12.
        ("granitemoeshared", &none, "shared_intermediate_size", json!(0), json!(7), 252),
        // A weight and a bias for each of the 4 elements of a head, for queries and for keys.
        ("persimmon", &each, "qk_layernorm", json!(false), json!(true), 16),
        // Two norms in the block and one behind it, each with 12 weights and 12 biases.
        ("opt", &opt, "layer_norm_elementwise_affine", json!(false), json!(true), 72),
        // A table of its own for the head.
        ("lfm2", &none, "tie_embedding", json!(true), json!(false), 132),
        // Queries, keys, values and output 4·12, feed-forward 6 + 12.
        ("opt", &opt, "enable_bias", json!(false), json!(true), 66),
    ] {
        let with = |value: &Value| {
            let mut config = config.clone();
            config[key] = value.clone();
            parameters(&model(model_type, &config))
        };
        assert_eq!(with(&on) - with(&off), added, "{model_type}: {key}");
    }
}

#[test]
fn blocks_say_that_they_have_no_position_where_others_have_one() {
    let two = json!({"num_hidden_layers": 2, "no_rope_layers": [1, 0]});
    assert_eq!(
        labels(&model("smollm3", &two)),
        ["full attention · dense", "full attention, no position · dense"]
    );
    let windows = json!({"num_hidden_layers": 4, "sliding_window": 1500});
    let labelled = model("cohere2", &windows);
    assert_eq!(labels(&labelled), ["sliding attention 1,500 · dense", "full attention, no position · dense"]);
    let listed = json!({"num_hidden_layers": 2, "sliding_window": 1500, "rope_parameters": {"full_attention": null},
        "layer_types": ["sliding_attention", "full_attention"]});
    assert_eq!(labels(&model("cohere_compass_text", &listed)), labels(&labelled));
    assert_eq!(labels(&model("cohere_compass_text", &json!({}))), ["full attention · dense"]);
    // Positions that are learned, or a slope on every score.
    for (model_type, more) in [
        ("gpt2", json!({})),
        ("opt", json!({"ffn_dim": 6})),
        ("bloom", json!({})),
        ("falcon", json!({"alibi": true})),
    ] {
        assert_eq!(labels(&model(model_type, &more)), ["full attention · dense"], "{model_type}");
    }
}

#[test]
fn blocks_say_what_latent_attention_sees() {
    let experts = json!({"num_hidden_layers": 3, "n_routed_experts": 4, "num_experts_per_tok": 2,
        "first_k_dense_replace": 3, "sliding_window": 1500, "index_topk": 1024});
    let with = |more: Value| {
        let mut config = experts.clone();
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let types = with(json!({"layer_types": ["sliding_attention", "full_attention", "sliding_attention"]}));
    assert_eq!(
        labels(&model("dots3_note_text", &types)),
        ["sliding latent attention 1,500 · dense", "sparse latent attention 1,024 · dense"]
    );
    let shared = with(
        json!({"indexer_types": ["full", "shared", "full"], "mlp_layer_types": ["dense", "dense", "dense"]}),
    );
    assert_eq!(
        labels(&model("glm_moe_dsa", &shared)),
        ["sparse latent attention 1,024 · dense", "sparse latent attention 1,024, shared index · dense"]
    );
    assert_eq!(labels(&model("deepseek_v3", &experts)), ["latent attention · dense"]);
}

#[test]
fn exaone_leaves_the_last_layer_of_a_pattern_without_window_and_position() {
    let more = |pattern: Value| json!({"num_hidden_layers": 4, "sliding_window": 9, "sliding_window_pattern": pattern});
    let mixed = ["sliding attention 9 · dense", "full attention, no position · dense"];
    for pattern in [json!("LG"), json!(2), json!("LLLG"), json!(4)] {
        let model = model("exaone4", &more(pattern.clone()));
        assert_eq!(labels(&model), mixed, "{pattern}");
        let sliding = model.groups.iter().find(|group| *group.label == *mixed[0]).unwrap();
        assert_eq!(
            sliding.members.len() as u64,
            if ["LG", "2"].contains(&pattern.to_string().trim_matches('"')) { 2 } else { 3 }
        );
    }
    let full = json!({"num_hidden_layers": 4, "sliding_window": null});
    assert_eq!(labels(&model("exaone4", &full)), ["full attention · dense"]);
    let empty = Model::from_json(&config("exaone4", &more(json!("")))).unwrap_err();
    assert_eq!(empty.key(), Some("sliding_window_pattern"));
    // A list of layers leaves nothing for the pattern to say.
    let listed = json!({"layer_types": ["full_attention"]});
    assert!(model("exaone4", &listed).reads.iter().all(|read| read.key != "sliding_window_pattern"));
}

#[test]
fn what_is_listed_layer_by_layer_is_one_each_and_in_bounds() {
    for (totals, taken, key) in [
        (json!([4, 4]), json!(2), None),
        (json!([4, 2]), json!([2, 2]), None),
        (json!([4, 4, 4]), json!(2), Some("num_experts")),
        (json!([4, 0]), json!(2), Some("num_experts")),
        (json!([4, "4"]), json!(2), Some("num_experts")),
        (json!([4, 1]), json!(2), Some("moe_topk")),
        (json!(4), json!([2, 5]), Some("moe_topk")),
    ] {
        let config = json!({"model_type": "hunyuan_v1_moe", "num_hidden_layers": 2, "num_experts": totals,
            "moe_topk": taken});
        let read = Model::from_json(&config.to_string());
        assert_eq!(read.as_ref().err().and_then(|error| error.key()), key, "{config}: {read:?}");
    }
}

#[test]
fn ernie_mixes_between_a_first_and_a_last_layer() {
    for (more, sparse) in [
        (json!({}), vec![1, 2, 3]),
        (json!({"moe_layer_end_index": -1}), vec![1, 2, 3]),
        (json!({"moe_layer_end_index": 2}), vec![1, 2]),
        (json!({"moe_layer_start_index": 0, "moe_layer_interval": 2}), vec![1, 3]),
        (json!({"moe_layer_start_index": 9}), vec![]),
    ] {
        let mut config = json!({"num_hidden_layers": 4});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let model = model("ernie4_5_moe", &config);
        let mixed = model.groups.iter().filter(|group| group.label.contains("experts"));
        assert_eq!(mixed.flat_map(|group| group.members.clone()).collect::<Vec<u64>>(), sparse, "{more}");
    }
}

#[test]
fn dbrx_reads_what_lies_within() {
    for (ffn, key) in [
        (json!({"ffn_act_fn": {"name": "gelu"}}), None),
        (json!({"ffn_act_fn": {"name": "sinc"}}), Some("ffn_config.ffn_act_fn")),
        (json!({"moe_num_experts": 2, "moe_top_k": 3}), Some("ffn_config.moe_top_k")),
        (json!({"moe_num_experts": 0}), Some("ffn_config.moe_num_experts")),
    ] {
        let config = json!({"model_type": "dbrx", "ffn_config": ffn});
        let read = Model::from_json(&config.to_string());
        assert_eq!(read.as_ref().err().and_then(|error| error.key()), key, "{config}");
    }
    let config = json!({"model_type": "dbrx", "n_heads": 16, "attn_config": {"kv_n_heads": 3}});
    assert_eq!(Model::from_json(&config.to_string()).unwrap_err().key(), Some("n_heads"));
}

#[test]
fn llama_4_norms_queries_where_it_rotates_them() {
    for (more, normed) in [
        (json!({"no_rope_layers": [1]}), true),
        (json!({"no_rope_layers": [0]}), false),
        (json!({"no_rope_layers": [1], "use_qk_norm": false}), false),
        (json!({"no_rope_layers": [0], "use_qk_norm": false}), false),
    ] {
        let model = model("llama4_text", &more);
        let has =
            model.groups.iter().flat_map(|group| &group.layers).any(|layer| layer.role == Role::AttnQNorm);
        assert_eq!(has, normed, "{more}");
    }
}

#[test]
fn what_a_model_has_none_of_has_no_layers() {
    let has = |model_type, more: &Value, roles: &[Role]| {
        let model = model(model_type, more);
        model.groups.iter().flat_map(|group| &group.layers).any(|layer| roles.contains(&layer.role))
    };
    let shared =
        [Role::MoeSharedGateUpProj, Role::MoeSharedAct, Role::MoeSharedDownProj, Role::MoeSharedGate];
    for model_type in ["deepseek_v3", "glm4_moe"] {
        for (experts, some) in [(0, false), (1, true)] {
            let more = json!({"n_shared_experts": experts, "first_k_dense_replace": 0});
            assert_eq!(has(model_type, &more, &shared), some, "{model_type}: {more}");
        }
        for (layers, some) in [(0, false), (1, true)] {
            let model = model(model_type, &json!({"num_nextn_predict_layers": layers}));
            let predicts = model.groups.iter().any(|group| group.stage == Stage::Prediction);
            assert_eq!(predicts, some, "{model_type}: {layers}");
        }
    }
    // A slope on the scores takes the place of rotated heads.
    for (alibi, rotated) in [(true, false), (false, true)] {
        assert_eq!(has("falcon", &json!({"alibi": alibi}), &[Role::AttnRope]), rotated);
    }
}

#[test]
fn the_layer_that_mellum_predicts_with_has_a_window_and_experts_unless_told_otherwise() {
    let kinds =
        |attention: &str, ffn: &str| json!({"mtp_layer_types": [attention], "mtp_mlp_layer_types": [ffn]});
    for (more, span, added) in [
        // Five norms of 12 and two of 4, a projection of 24 by 12, attention 12·(12 + 4 + 4) + 12·12, a router of
        // 12 by 2 and two experts of 3·12·5; a dense layer is 3·12·6.
        (json!({}), Span::Sliding(9), 1124),
        (json!({"sliding_window": null}), Span::Full, 1124),
        (kinds("sliding_attention", "sparse"), Span::Sliding(9), 1124),
        (kinds("full_attention", "dense"), Span::Full, 956),
    ] {
        let mut config = json!({"num_mtp_layers": 1, "sliding_window": 9, "num_experts": 2, "num_experts_per_tok": 1,
            "moe_intermediate_size": 5});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let model = model("mellum", &config);
        let report = analyze(&model, &Workload::default(), &Accounting::EXACT, None).unwrap();
        assert_eq!(report.model.parameters.prediction, added, "{more}");
        let group = model.groups.iter().find(|group| group.stage == Stage::Prediction).unwrap();
        let attends = |layer: &Layer| matches!(&layer.op, Op::Attention(shape) if shape.span == span);
        assert!(group.layers.iter().any(attends), "{more}");
    }
    let other = Model::from_json(&config("mellum", &kinds("linear_attention", "dense")));
    assert_eq!(other.unwrap_err().key(), Some("mtp_layer_types"));
}

#[test]
fn beam_rotates_layers_of_a_kind_that_has_parameters_for_it() {
    let given = json!({"full_attention": {"rope_theta": 5.0}, "sliding_attention": null});
    for (rope, kind, rotates) in [
        (json!(null), "full_attention", false),
        (json!(null), "sliding_attention", true),
        (given.clone(), "full_attention", true),
        (given, "sliding_attention", false),
    ] {
        let model = model("beam", &json!({"layer_types": [kind], "rope_parameters": rope}));
        let mut layers = model.groups.iter().flat_map(|group| &group.layers);
        assert_eq!(layers.any(|layer| layer.role == Role::AttnRope), rotates, "{rope} {kind}");
    }
    // Without a window, every layer sees everything.
    let more = json!({"num_hidden_layers": 2, "sliding_window": null});
    assert_eq!(labels(&model("beam", &more)), ["full attention · dense"]);
}

#[test]
fn windows_of_qwen() {
    let spans = |model_type, more: Value| -> Vec<(Span, u64)> {
        let model = model(model_type, &more);
        let of = |op: &Op| if let Op::Attention(shape) = op { Some(shape.span) } else { None };
        let blocks = model.groups.iter().filter(|group| group.stage == Stage::Block);
        blocks.map(|group| (group.layers.iter().find_map(|l| of(&l.op)).unwrap(), group.repeat)).collect()
    };
    let on = json!({"num_hidden_layers": 5, "use_sliding_window": true, "sliding_window": 7, "max_window_layers": 3});
    // The first three see everything.
    let later = [(Span::Full, 3), (Span::Sliding(7), 2)];
    for model_type in ["qwen2", "qwen3", "qwen2_moe"] {
        assert_eq!(spans(model_type, on.clone()), later, "{model_type}");
    }
    // Qwen3MoeConfig has no max_window_layers: the window is in every layer.
    assert_eq!(spans("qwen3_moe", on), [(Span::Sliding(7), 5)]);
}

#[test]
fn a_head_is_rotated_whole_at_most() {
    let config = |rotary: u64| {
        format!(
            r#"{{"model_type": "gptj", "n_embd": 12, "n_layer": 1, "n_head": 3, "rotary_dim": {rotary}}}"#
        )
    };
    assert!(Model::from_json(&config(4)).is_ok());
    assert!(Model::from_json(&config(3)).is_ok());
    let error = Model::from_json(&config(5)).unwrap_err();
    assert_eq!(error.key(), Some("rotary_dim"));
    assert!(error.to_string().contains("more than a head's 4"), "{error}");
}

#[test]
fn lists_of_layers_are_checked() {
    for (model_type, more, key, needle) in [
        (
            "gemma3_text",
            json!({"layer_types": ["full_attention", "full_attention"]}),
            "layer_types",
            "2 entries for 1",
        ),
        ("gemma3_text", json!({"layer_types": ["wide_attention"]}), "layer_types", "no kind of layer"),
        ("gemma3_text", json!({"layer_types": [7]}), "layer_types", "not a word"),
        (
            "qwen2",
            json!({"layer_types": ["sliding_attention"]}),
            "layer_types",
            "no sliding_window is in use",
        ),
        (
            "qwen3_next",
            json!({"layer_types": ["sliding_attention"]}),
            "layer_types",
            "no kind of layer of this family; use full_attention, linear_attention",
        ),
        ("smollm3", json!({"no_rope_layers": [1, 0]}), "no_rope_layers", "2 entries for 1"),
        ("qwen3_moe", json!({"mlp_only_layers": [true]}), "mlp_only_layers", "not the number of a layer"),
        ("stablelm", json!({"partial_rotary_factor": 1.5}), "partial_rotary_factor", "from 0 to 1"),
        (
            "stablelm",
            json!({"rope_parameters": {"partial_rotary_factor": "half"}}),
            "rope_parameters",
            "from 0 to 1",
        ),
        ("mixtral", json!({"num_experts_per_tok": 9}), "num_experts_per_tok", "more than the 8 experts"),
    ] {
        let error = Model::from_json(&config(model_type, &more)).unwrap_err();
        assert_eq!(error.key(), Some(key));
        assert!(error.to_string().contains(needle), "{error}");
    }
}

#[test]
fn what_later_families_cannot_be_is_refused_by_name() {
    let with = |mut config: Value, more: Value| {
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let dsa =
        |more| with(json!({"num_hidden_layers": 2, "n_routed_experts": 4, "num_experts_per_tok": 2}), more);
    let v4 = |more| with(json!({"o_groups": 3}), more);
    let m3 =
        |more| with(json!({"rotary_dim": 2, "layer_types": ["minimax_m3_sparse"], "index_n_heads": 1}), more);
    for (model_type, more, key, needle) in [
        ("glm_moe_dsa", dsa(json!({"q_lora_rank": null})), "q_lora_rank", "that latent"),
        ("glm_moe_dsa", dsa(json!({"indexer_types": ["shared", "full"]})), "indexer_types", "first layer"),
        ("glm_moe_dsa", dsa(json!({"indexer_types": ["full", "half"]})), "indexer_types", "\"half\""),
        ("glm_moe_dsa", dsa(json!({"index_topk_pattern": "FSS"})), "index_topk_pattern", "3 entries for 2"),
        ("glm_moe_dsa", dsa(json!({"mlp_layer_types": ["dense"]})), "mlp_layer_types", "1 entries for 2"),
        ("glm_moe_dsa", dsa(json!({"mlp_layer_types": ["dense", "thin"]})), "mlp_layer_types", "\"thin\""),
        ("minimax_m2", json!({"rotary_dim": 5}), "rotary_dim", "more than a head's 4"),
        ("apertus1p5_text", json!({"output_vocab_size": 12}), "output_vocab_size", "more than the 11"),
        ("deepseek_v4", json!({"num_key_value_heads": 3}), "num_key_value_heads", "has one"),
        ("deepseek_v4", json!({"o_groups": 5}), "o_groups", "cannot share 3 heads"),
        ("deepseek_v4", json!({"compress_ratios": [8]}), "compress_ratios", "none of 0, 4 and 128"),
        ("deepseek_v4", json!({"compress_ratios": []}), "compress_ratios", "0 entries for 1"),
        ("deepseek_v4", json!({"layer_types": ["full_attention"]}), "layer_types", "use sliding_attention"),
        ("deepseek_v4", v4(json!({"mlp_layer_types": ["dense"]})), "mlp_layer_types", "use hash_moe, moe"),
        (
            "deepseek_v4",
            v4(json!({"compress_rates": {"compressed_sparse_attention": 0}})),
            "compress_rates",
            "not a whole number",
        ),
        ("deepseek_v4", v4(json!({"qk_rope_head_dim": 5})), "qk_rope_head_dim", "more than a head's 4"),
        (
            "deepseek_v4",
            v4(json!({"qk_rope_head_dim": 4, "index_head_dim": 2})),
            "index_head_dim",
            "the 4 elements",
        ),
        ("deepseek_v4", v4(json!({"n_shared_experts": 2})), "n_shared_experts", "has one"),
        ("deepseek_v4", v4(json!({"hidden_act": "gelu"})), "hidden_act", "silu"),
        ("minimax_m3_vl_text", json!({"rotary_dim": 5}), "rotary_dim", "more than a head's 4"),
        ("minimax_m3_vl_text", m3(json!({"index_n_heads": 2})), "index_n_heads", "give one each"),
        (
            "minimax_m3_vl_text",
            m3(json!({"index_local_blocks": 17})),
            "index_local_blocks",
            "more than the 16",
        ),
        ("minimax_m3_vl_text", m3(json!({"moe_layer_freq": ["1"]})), "moe_layer_freq", "else than 0 and 1"),
        ("hy_v4", json!({"hidden_act": "gelu"}), "swiglu_limit", "silu alone"),
        ("longcat_flash", json!({"zero_expert_type": "copy"}), "zero_expert_type", "identity alone"),
        (
            "longcat_flash",
            json!({"moe_topk": 9, "n_routed_experts": 4, "zero_expert_num": 4}),
            "moe_topk",
            "9",
        ),
        ("dots3_note_text", json!({"per_layer_config": {}}), "per_layer_config", "swa_num_attention_heads"),
        ("dots3_note_text", json!({"swa_head_dim": 192}), "swa_head_dim", "nothing to rotate"),
        ("mimo_v2_flash", json!({"swa_head_dim": 8}), "swa_head_dim", "not the 4 of full attention"),
        (
            "mimo_v2_flash",
            json!({"swa_num_key_value_heads": 2}),
            "swa_num_key_value_heads",
            "does not divide",
        ),
        (
            "mimo_v2_flash",
            json!({"swa_num_key_value_heads": 3, "n_shared_experts": 1}),
            "n_shared_experts",
            "no shared experts",
        ),
        ("laguna", json!({"gating": "per-layer"}), "gating", "per-element"),
        ("nemotron_h", json!({"layers_block_type": ["mamba", "mla"]}), "layers_block_type", "\"mla\""),
        ("nemotron_h", json!({"hybrid_override_pattern": "M?"}), "hybrid_override_pattern", "'?'"),
        (
            "nemotron_h",
            json!({"n_groups": 3, "mamba_num_heads": 4}),
            "n_groups",
            "does not divide the 4 heads",
        ),
        (
            "nemotron_h",
            json!({"mamba_num_heads": 1u64 << 31, "mamba_head_dim": 1u64 << 31, "n_groups": 1}),
            "n_groups",
            "more than 2147483648",
        ),
        ("granitemoehybrid", json!({"mamba_n_heads": 5}), "mamba_n_heads", "are not the 24 features"),
        (
            "granitemoehybrid",
            json!({"layer_types": ["conv"], "mamba_n_heads": 4}),
            "layer_types",
            "no kind of layer",
        ),
        ("lfm2", json!({"layer_types": ["mamba"]}), "layer_types", "no kind of layer"),
        ("lfm3", json!({"layer_types": ["mamba"]}), "layer_types", "no kind of layer"),
        ("granite_swa", json!({"layer_rope_theta": ["off"]}), "layer_rope_theta", "\"off\" is not a number"),
        ("granite_swa", json!({"layer_rope_theta": [0, 1]}), "layer_rope_theta", "2 entries for 1"),
        (
            "kimi_linear",
            json!({"linear_attn_config": {"full_attn_layers": [], "kda_layers": [2]}}),
            "linear_attn_config.kda_layers",
            "layer 1 must be here",
        ),
        ("kimi_linear", json!({"hidden_act": "gelu"}), "hidden_act", "only \"silu\""),
        ("kimi_linear", json!({"tie_word_embeddings": true}), "tie_word_embeddings", "must be false"),
        ("bailing_hybrid", json!({"layer_types": ["mamba"]}), "layer_types", "use full_attention, linear"),
        ("minimax_m1", json!({"attn_type_list": [2]}), "attn_type_list", "2 is no kind of layer"),
        ("minimax_m1", json!({"attn_type_list": [0, 1]}), "attn_type_list", "2 entries for 1"),
        (
            "minimax_text_01",
            json!({"attn_type_list": [1], "shared_intermediate_size": 8}),
            "shared_intermediate_size",
            "no shared expert",
        ),
        ("minimax", json!({"hidden_act": "relu"}), "hidden_act", "only \"silu\""),
        ("minimax", json!({"rotary_dim": 5}), "rotary_dim", "more than a head's 4"),
        ("jamba", json!({"attn_layer_offset": 8}), "attn_layer_offset", "not below the 8 layers"),
        (
            "gemma3n_text",
            json!({"num_kv_shared_layers": 0, "altup_num_inputs": 1}),
            "altup_num_inputs",
            "at least 2",
        ),
        (
            "gemma3n_text",
            json!({"num_kv_shared_layers": 0, "activation_sparsity_pattern": [1.5]}),
            "activation_sparsity_pattern",
            "1.5 is no part",
        ),
        (
            "gemma3n_text",
            json!({"num_kv_shared_layers": 0, "activation_sparsity_pattern": [0.5], "hidden_activation": "silu"}),
            "hidden_activation",
            "only \"gelu_pytorch_tanh\"",
        ),
        (
            "gemma3n_text",
            json!({"num_kv_shared_layers": 0, "num_hidden_layers": 11, "hidden_activation": "silu"}),
            "hidden_activation",
            "only \"gelu_pytorch_tanh\"",
        ),
        ("gemma3n_text", json!({"num_kv_shared_layers": 1}), "num_kv_shared_layers", "leaves no layer"),
        (
            "zamba2",
            json!({"n_mamba_heads": 4}),
            "layers_block_type",
            "missing; it says which of the 1 layers",
        ),
        (
            "zamba2",
            json!({"n_mamba_heads": 4, "layers_block_type": ["attention"]}),
            "layers_block_type",
            "use mamba, linear_attention, hybrid",
        ),
        (
            "zamba2",
            json!({"n_mamba_heads": 4, "num_attention_heads": 4, "num_key_value_heads": 2,
                "use_shared_attention_adapter": true}),
            "num_key_value_heads",
            "as many as query heads",
        ),
        (
            "zamba2",
            json!({"n_mamba_heads": 4, "tie_word_embeddings": false}),
            "tie_word_embeddings",
            "must be true",
        ),
        (
            "zamba2",
            json!({"n_mamba_heads": 4, "num_attention_heads": 25}),
            "num_attention_heads",
            "more than the 24 elements",
        ),
        ("olmo_hybrid", json!({"linear_num_key_heads": 10}), "linear_num_key_heads", "leaves no elements"),
        ("zamba2", json!({"n_mamba_heads": 5}), "n_mamba_heads", "are not the 24 features"),
        ("jamba", json!({"hidden_act": "gelu"}), "hidden_act", "only \"silu\""),
        ("mamba", json!({"hidden_act": "relu"}), "hidden_act", "only \"silu\""),
        ("falcon_mamba", json!({"time_step_rank": "half"}), "time_step_rank", "half"),
        ("mamba2", json!({"num_heads": 5}), "num_heads", "are not the 24 features"),
        (
            "mamba2",
            json!({"num_heads": 6, "head_dim": 4, "n_groups": 4}),
            "n_groups",
            "does not divide the 6",
        ),
        (
            "mamba2",
            json!({"num_heads": 6, "head_dim": 4, "n_groups": 2, "hidden_act": "gelu"}),
            "hidden_act",
            "silu",
        ),
        ("lfm2", json!({"block_ffn_dim_multiplier": -1.5}), "block_ffn_dim_multiplier", "is no width"),
        (
            "laguna",
            json!({"num_key_value_heads": 3, "num_attention_heads_per_layer": [4]}),
            "num_attention_heads_per_layer",
            "no multiple of the 3",
        ),
    ] {
        let error = Model::from_json(&config(model_type, &more)).unwrap_err();
        assert_eq!(error.key(), Some(key), "{more}: {error}");
        assert!(error.to_string().contains(needle), "{error}");
    }
}

#[test]
fn what_is_just_within_bounds_is_taken() {
    for (model_type, more) in [
        ("deepseek_v4", json!({"o_groups": 3, "qk_rope_head_dim": 4, "index_head_dim": 4})),
        (
            "minimax_m3_vl_text",
            json!({"rotary_dim": 4, "layer_types": ["minimax_m3_sparse"], "index_n_heads": 1,
                "index_local_blocks": 16}),
        ),
        ("minimax_m1", json!({"attn_type_list": [1], "shared_intermediate_size": 0})),
        ("gemma3n_text", json!({"num_kv_shared_layers": 0, "altup_num_inputs": 2})),
        // Of up to ten layers nothing is cut off, which silu could not.
        (
            "gemma3n_text",
            json!({"num_kv_shared_layers": 0, "num_hidden_layers": 10, "hidden_activation": "silu"}),
        ),
        // Twice the 12 elements in 24 heads of one.
        ("zamba2", json!({"n_mamba_heads": 4, "num_attention_heads": 24, "layers_block_type": ["hybrid"]})),
        (
            "nemotron_h",
            json!({"layers_block_type": ["mamba"], "mamba_num_heads": 1 << 16, "mamba_head_dim": 1 << 15,
                "n_groups": 1}),
        ),
        ("step3p5", json!({"attention_other_setting": {"num_attention_heads": 1 << 20}})),
        // Half a layer of two blocks is one. Of the experts that work and those that do not a token takes any.
        ("longcat_flash", json!({"num_hidden_layers": 1, "zero_expert_num": 0})),
        ("longcat_flash", json!({"moe_topk": 8, "n_routed_experts": 4, "zero_expert_num": 4})),
        // One list does not say which layers are which.
        ("kimi_linear", json!({"linear_attn_config": {"kda_layers": [2]}})),
        ("kimi_linear", json!({"linear_attn_config": {"full_attn_layers": [2]}})),
        ("minimax_m3_vl_text", json!({"rotary_dim": 4, "hidden_act": "swigluoai"})),
        (
            "mimo_v2_flash",
            json!({"num_key_value_heads": 3, "swa_num_key_value_heads": 3, "n_shared_experts": 0}),
        ),
        ("apertus1p5_text", json!({"output_vocab_size": 11})),
        // Nothing is clamped at 0.
        ("hy_v4", json!({"hidden_act": "gelu", "swiglu_limit": 0})),
    ] {
        model(model_type, &more);
    }
}

#[test]
fn of_two_names_one_goes_first() {
    for (model_type, one, two) in [
        (
            "step3p5",
            json!({"n_routed_experts": 4, "num_experts_per_tok": 2, "share_expert_dim": 7,
                "num_sliding_attention_heads": 2, "sliding_window": 9, "layer_types": ["sliding_attention"],
                "moe_layers_enum": "0"}),
            json!({"moe_num_experts": 5, "moe_top_k": 3, "share_expert_dims": 8,
                "attention_other_setting": {"num_attention_heads": 5}}),
        ),
        (
            "deepseek_v4",
            json!({"o_groups": 3, "partial_rotary_factor": 0.5, "compress_rate_csa": 3,
                "layer_types": ["compressed_sparse_attention"]}),
            json!({"qk_rope_head_dim": 4, "compress_rates": {"compressed_sparse_attention": 5}}),
        ),
        (
            "kimi_linear",
            json!({"num_experts_per_tok": 3, "mlp_layer_types": ["sparse"]}),
            json!({"num_experts_per_token": 4}),
        ),
        (
            "lfm2",
            json!({"block_ff_dim": 9, "block_auto_adjust_ff_dim": false}),
            json!({"intermediate_size": 10}),
        ),
        ("longcat_flash", json!({"num_layers": 2}), json!({"num_hidden_layers": 2})),
        ("longcat_flash", json!({"num_hidden_layers": 7}), json!({"num_layers": 3})),
    ] {
        let mut both = one.clone();
        both.as_object_mut().unwrap().extend(two.as_object().unwrap().clone());
        assert_eq!(model(model_type, &one).groups, model(model_type, &both).groups, "{model_type}");
    }
}

/// The elements of a head that each kind of block rotates.
fn rotated(model: &Model) -> Vec<u64> {
    let blocks = model.groups.iter().filter(|group| group.stage == Stage::Block);
    let ropes = |layers: &[Layer]| {
        layers.iter().find_map(|layer| match layer.op {
            Op::Rope(rope) if layer.role == Role::AttnRope => Some(rope.dims),
            _ => None,
        })
    };
    blocks.map(|group| ropes(&group.layers).unwrap_or(0)).collect()
}

#[test]
fn a_class_without_a_factor_rotates_whole_heads_unless_told() {
    let experts = json!({"n_routed_experts": 4, "num_experts_per_tok": 2, "pad_token_id": 0});
    for model_type in ["glm4v_text", "solar_open", "minimax_m2"] {
        let rotates = |key: &str, value: Value| {
            let mut more = experts.clone();
            more[key] = value;
            rotated(&model(model_type, &more))[0]
        };
        assert_eq!(rotates("ignored", json!(1)), 4, "{model_type}");
        assert_eq!(rotates("partial_rotary_factor", json!(0.5)), 2, "{model_type}");
        assert_eq!(rotates("rope_parameters", json!({"partial_rotary_factor": 0.75})), 3, "{model_type}");
        assert_eq!(rotates("rope_parameters", json!({"rope_theta": 1e4})), 4, "{model_type}");
    }
}

#[test]
fn each_kind_of_attention_may_rotate_a_part_of_its_own() {
    let parts = |one: &str, two: &str| json!({one: {"partial_rotary_factor": 0.5}, two: {"partial_rotary_factor": 1.0}});
    let types = json!(["sliding_attention", "full_attention"]);
    for (model_type, more) in [
        (
            "deepseek_v4",
            json!({"o_groups": 3, "rope_parameters": parts("main", "compress"),
                "layer_types": ["sliding_attention", "compressed_sparse_attention"]}),
        ),
        (
            "gemma4_text",
            json!({"global_head_dim": 4, "rope_parameters": parts("sliding_attention", "full_attention"),
                "layer_types": types}),
        ),
        (
            "mimo_v2_flash",
            json!({"num_key_value_heads": 3, "swa_num_key_value_heads": 3, "layer_types": types,
                "rope_parameters": parts("sliding_attention", "full_attention")}),
        ),
        (
            "lfm3",
            json!({"layer_types": types, "rope_parameters": parts("sliding_attention", "full_attention")}),
        ),
        (
            "step3p5",
            json!({"layer_types": types, "rope_parameters": parts("sliding_attention", "full_attention"),
                "sliding_window": 9}),
        ),
    ] {
        let mut more = more;
        more["num_hidden_layers"] = json!(2);
        assert_eq!(rotated(&model(model_type, &more)), [2, 4], "{model_type}");
    }
}

#[test]
fn zamba_rotates_heads_where_it_says_so() {
    let zamba = |rope: bool| {
        model("zamba2", &json!({"n_mamba_heads": 4, "layers_block_type": ["hybrid"], "use_mem_rope": rope}))
    };
    // Three heads of twice the 12 elements.
    assert_eq!((rotated(&zamba(false)), rotated(&zamba(true))), (vec![0], vec![8]));
}

#[test]
fn what_the_class_does_not_ask_changes_nothing() {
    // Their activations are fixed, a single expert is a dense layer, and this Gemma has neither inputs of layers nor
    // experts.
    for (model_type, more, key, value) in [
        ("lfm2", json!({"layer_types": ["conv"]}), "hidden_act", json!("relu")),
        ("lfm2_moe", json!({"layer_types": ["conv"], "num_dense_layers": 0}), "hidden_act", json!("relu")),
        ("lfm3", json!({}), "hidden_act", json!("relu")),
        ("nemotron_h", json!({"layers_block_type": ["mlp"]}), "hidden_act", json!("silu")),
        ("jamba", json!({"num_experts": 1, "num_experts_per_tok": 1}), "expert_layer_offset", json!(0)),
        ("aria_text", json!({"moe_num_shared_experts": 0}), "hidden_act", json!("relu")),
        ("gemma4_unified_text", json!({}), "hidden_size_per_layer_input", json!(9)),
        ("gemma4_unified_text", json!({}), "enable_moe_block", json!(true)),
    ] {
        let mut other = more.clone();
        other[key] = value;
        assert_eq!(model(model_type, &more).groups, model(model_type, &other).groups, "{model_type}: {key}");
    }
    // But under its own name it is asked for.
    let act = |act: &str| model("nemotron_h", &json!({"layers_block_type": ["mlp"], "mlp_hidden_act": act}));
    assert_ne!(act("relu2").groups, act("silu").groups);
    let act = |act: &str| model("aria_text", &json!({ "hidden_act": act }));
    assert_ne!(act("relu").groups, act("silu").groups);
}

#[test]
fn published_configs_of_mimo_say_the_same_in_other_words() {
    let ours = json!({"num_hidden_layers": 3, "num_attention_heads": 6, "num_key_value_heads": 1, "v_head_dim": 2,
        "layer_types": ["full_attention", "sliding_attention", "full_attention"], "sliding_window": 9,
        "mlp_layer_types": ["dense", "sparse", "dense"]});
    let mut theirs = ours.clone();
    let keys = theirs.as_object_mut().unwrap();
    keys.retain(|key, _| !["layer_types", "mlp_layer_types"].contains(&key.as_str()));
    keys.extend(
        json!({"hybrid_layer_pattern": [0, 1, 0], "moe_layer_freq": [0, 1, 0], "sliding_window_size": 8,
            "swa_num_key_value_heads": 2, "swa_num_attention_heads": 6, "swa_head_dim": 4, "swa_v_head_dim": 2,
            "add_swa_attention_sink_bias": true, "add_full_attention_sink_bias": false, "n_shared_experts": null})
        .as_object()
        .unwrap()
        .clone(),
    );
    assert_eq!(model("mimo_v2_flash", &ours).groups, model("mimo_v2_flash", &theirs).groups);
    assert_eq!(
        labels(&model("mimo_v2_flash", &ours)),
        ["full attention · dense", "sliding attention 9 · 8 of 256 experts"]
    );
}

#[test]
fn a_gate_is_an_element_a_head_or_one_each() {
    let gate = |gating: &str| {
        let model = model("laguna", &json!({"gating": gating, "mlp_layer_types": ["dense"]}));
        let report = analyze(&model, &Workload::default(), &Accounting::EXACT, None).unwrap();
        let row = |name: &str| report.layers.iter().find(|row| row.name == name).unwrap();
        (row("Attn - Gate_Proj").parameters, row("Attn - Gate").flops.0, row("Attn - Gate").input_bytes.0)
    };
    // Three heads of 4: a product of 12 · 3, four FLOPs a gate and one an element, two bytes each.
    assert_eq!(gate("per-head"), (36, 4 * 3 + 12, 2 * (3 + 12)));
    assert_eq!(gate("per-element"), (144, 5 * 12, 2 * 24));
}

#[test]
fn layers_by_number_or_letter_are_those_by_name() {
    for (model_type, layers, named, other) in [
        (
            "minimax_m1",
            2,
            json!({"layer_types": ["full_attention", "linear_attention"]}),
            json!({"attn_type_list": [1, 0]}),
        ),
        (
            "nemotron_h",
            4,
            json!({"layers_block_type": ["mlp", "mamba", "attention", "moe"]}),
            json!({"hybrid_override_pattern": "-M*E"}),
        ),
    ] {
        let groups = |mut more: Value| {
            more["num_hidden_layers"] = json!(layers);
            model(model_type, &more).groups
        };
        assert_eq!(groups(named), groups(other), "{model_type}");
    }
}

#[test]
fn two_layers_of_lfm2_are_dense() {
    let dense = json!({"num_hidden_layers": 3, "layer_types": ["conv", "conv", "conv"]});
    let model = model("lfm2_moe", &dense);
    let blocks = model.groups.iter().filter(|group| group.stage == Stage::Block);
    assert_eq!(
        blocks.map(|group| (&*group.label, group.repeat)).collect::<Vec<_>>(),
        [("convolution over 3 · dense", 2), ("convolution over 3 · 4 of 32 experts", 1)]
    );
}

#[test]
fn heads_of_a_class_are_so_wide_at_any_width() {
    for (model_type, kind) in [("lfm3", "full_attention"), ("nemotron_h", "attention")] {
        let config = json!({"model_type": model_type, "hidden_size": 12, "num_hidden_layers": 1,
            "num_attention_heads": 3, "num_key_value_heads": 1, "intermediate_size": 6, "layer_types": [kind]});
        let model = Model::from_json(&config.to_string()).unwrap();
        let wide = model.groups.iter().flat_map(|group| &group.layers).find_map(|layer| match &layer.op {
            Op::Attention(attention) => Some(attention.qk_dim),
            _ => None,
        });
        assert_eq!(wide, Some(128), "{model_type}");
    }
}

#[test]
fn sinks_of_mimo_are_one_a_head() {
    let sinks = |kind: &str, key: &str, on: bool| {
        parameters(&model(
            "mimo_v2_flash",
            &json!({"num_key_value_heads": 3, "swa_num_key_value_heads": 3,
            "layer_types": [kind], "mlp_layer_types": ["dense"], key: on}),
        ))
    };
    for (kind, key) in [
        ("full_attention", "add_full_attention_sink_bias"),
        ("sliding_attention", "add_swa_attention_sink_bias"),
    ] {
        assert_eq!(sinks(kind, key, true) - sinks(kind, key, false), 3, "{key}");
    }
}

#[test]
fn the_first_ten_of_more_layers_of_gemma_cut_off() {
    let cut = |layers: u64| {
        let model = model("gemma3n_text", &json!({"num_kv_shared_layers": 0, "num_hidden_layers": layers}));
        let cuts = |layer: &Layer| matches!(&layer.op, Op::Activation(activation) if activation.function == Function::CutGeluTanh);
        let groups = model.groups.iter().filter(|group| group.layers.iter().any(cuts));
        groups.map(|group| group.repeat).sum::<u64>()
    };
    assert_eq!((cut(10), cut(11), cut(12)), (0, 10, 10));
}

#[test]
fn the_slopes_of_xielu_are_parameters() {
    let parameters = |act: &str| parameters(&model("apertus", &json!({"hidden_act": act})));
    assert_eq!(parameters("xielu") - parameters("relu"), 2);
}

#[test]
fn a_cache_that_is_shared_is_kept_once() {
    let cached = |shared: u64| {
        let config = json!({"num_hidden_layers": 12, "global_head_dim": 8, "sliding_window": 1000,
            "num_kv_shared_layers": shared, "hidden_size_per_layer_input": 0});
        let report =
            analyze(&model("gemma4_text", &config), &Workload::default(), &Accounting::EXACT, None).unwrap();
        (report.model.kv_cache_bytes_per_token.0, report.model.parameters.total)
    };
    // Keys and values of one head, 4 elements in ten windows, 8 in two layers that see everything; two bytes each.
    let (all, parameters) = cached(0);
    assert_eq!(all, 10 * 2 * 4 * 2 + 2 * 2 * 8 * 2);
    // The last six have the cache of the six before, no projections of 12 · 4 or 12 · 8, and no norm of keys.
    let (half, fewer) = cached(6);
    assert_eq!(half, all / 2);
    assert_eq!(parameters - fewer, 5 * (2 * 12 * 4 + 4) + 2 * 12 * 8 + 8);
    let all = json!({"num_hidden_layers": 2, "num_kv_shared_layers": 1});
    let error = Model::from_json(&config("gemma4_text", &all)).unwrap_err();
    assert_eq!(error.key(), Some("num_kv_shared_layers"));
    let error =
        Model::from_json(&config("gemma4_text", &json!({"per_layer_config": {"05": {"head_dim": 8}}})));
    assert_eq!(error.unwrap_err().key(), Some("per_layer_config"));
}

#[test]
fn what_a_class_has_no_choice_of_is_refused() {
    for (model_type, key, choice, none) in [
        ("persimmon", "num_key_value_heads", json!(1), json!(3)),
        ("phimoe", "num_experts_per_tok", json!(1), json!(2)),
    ] {
        let refused = |value| {
            Model::from_json(&config(model_type, &json!({"num_key_value_heads": 3, key: value}))).err()
        };
        assert_eq!(refused(choice).unwrap().key(), Some(key));
        assert!(refused(none).is_none(), "{model_type}");
    }
}

#[test]
fn encoders_made_of_decoders_are_refused() {
    let refused = |text: &str| Model::from_json(text).err().and_then(|error| error.key().map(str::to_owned));
    for (model_type, key, encoder, decoder) in [
        ("gemma3_text", "use_bidirectional_attention", json!(true), json!(false)),
        ("gemma4_text", "use_bidirectional_attention", json!("all"), json!("vision")),
        ("qwen2", "is_causal", json!(false), json!(true)),
        ("llama", "is_causal", json!(false), json!(null)),
    ] {
        assert_eq!(
            refused(&config(model_type, &json!({ key: encoder }))).as_deref(),
            Some(key),
            "{model_type}"
        );
        assert_eq!(refused(&config(model_type, &json!({ key: decoder }))), None, "{model_type}");
    }
    let inside = json!({"model_type": "llava", "text_config": {"model_type": "llama", "is_causal": false}});
    assert_eq!(refused(&inside.to_string()).as_deref(), Some("text_config.is_causal"));
}

#[test]
fn windows_of_gpt_neo_are_listed_or_repeated() {
    let repeated = json!({"num_hidden_layers": 5, "window_size": 1500,
        "attention_types": [[["global"], 1], [[], 1u64 << 60], [["local", "global"], 2]]});
    let mut listed = json!({"num_hidden_layers": 5, "window_size": 1500,
        "attention_layers": ["global", "local", "global", "local", "global"]});
    let groups = model("gpt_neo", &repeated).groups;
    assert_eq!(groups, model("gpt_neo", &listed).groups);
    let members: Vec<_> = groups.iter().map(|group| (&*group.label, &*group.members)).collect();
    assert_eq!(members[1], ("full attention · dense", &[0, 2, 4][..]));
    assert_eq!(members[2], ("sliding attention 1,500 · dense", &[1, 3][..]));
    // Where both are there, the list counts.
    listed["attention_types"] = json!([[["global"], 5]]);
    assert_eq!(groups, model("gpt_neo", &listed).groups);
    for (types, needle) in [
        (json!([[["global"], 4]]), "4 entries for 5"),
        (json!([[["global"], 5], [["global"], 1u64 << 60]]), "65537 entries for 5"),
        (json!([[["near"], 5]]), "\"near\" is no kind"),
        (json!([["global", 5]]), "not a list of words"),
        (json!([[[1], 5]]), "not a list of words"),
        (json!([[["global"]]]), "not a list of words"),
    ] {
        let broken = json!({"num_hidden_layers": 5, "attention_types": types});
        let error = Model::from_json(&config("gpt_neo", &broken)).unwrap_err();
        assert_eq!(error.key(), Some("attention_types"));
        assert!(error.to_string().contains(needle), "{error}");
    }
    let error = Model::from_json(&config("gpt_neo", &json!({}))).unwrap_err();
    assert!(error.to_string().contains("24 entries for 1"), "{error}");
}

#[test]
fn logits_of_apertus_may_be_fewer_than_its_embeddings() {
    let logits = |more: Value| model("apertus1p5_text", &more).vocab_size;
    assert_eq!(logits(json!({"output_vocab_size": 7})), 7);
    assert_eq!(logits(json!({"output_vocab_size": null})), 11);
    assert_eq!(logits(json!({"output_vocab_size": 7, "tie_word_embeddings": true})), 11);
}

#[test]
fn images_and_speech_of_phi_4_are_left_out() {
    let with = json!({"vision_config": {"hidden_size": 5}, "vision_lora": {"r": 7}});
    let [plain, ours, theirs] = [
        model("phi3", &json!({"num_key_value_heads": 1})),
        model("phi4_multimodal", &with),
        model("phi4mm", &with),
    ];
    assert_eq!((&plain.groups, &ours.groups), (&ours.groups, &theirs.groups));
    let said = |model: &Model| model.notes.iter().any(|note| note.text.contains("text model alone"));
    assert_eq!([&plain, &ours, &theirs].map(said), [false, true, true]);
}

#[test]
fn published_configs_of_step_say_the_same_in_other_words() {
    let ours = json!({"num_hidden_layers": 5, "num_attention_heads": 4, "num_key_value_heads": 2,
        "num_sliding_attention_heads": 6, "n_routed_experts": 4, "num_experts_per_tok": 2, "share_expert_dim": 7,
        "sliding_window": 9, "mlp_layer_types": ["dense", "sparse", "dense", "sparse", "sparse"],
        "layer_types": ["full_attention", "sliding_attention", "full_attention", "full_attention", "full_attention"],
        "rope_parameters": {"full_attention": {"partial_rotary_factor": 0.5}}});
    let theirs = json!({"num_hidden_layers": 5, "num_attention_heads": 4, "num_key_value_heads": null,
        "num_attention_groups": 2, "attention_other_setting": {"num_attention_heads": 6, "num_attention_groups": 2},
        "moe_num_experts": 4, "moe_top_k": 2, "share_expert_dims": 7, "sliding_window": 9,
        "moe_layers_enum": "1, 3,4", "num_nextn_predict_layers": 1,
        "layer_types": ["full_attention", "sliding_attention", "full_attention", "full_attention", "full_attention",
            "sliding_attention"],
        "partial_rotary_factors": [0.5, 1.0, 0.5, 0.5, 0.5, 1.0]});
    assert_eq!(model("step3p5", &ours).groups, model("step3p5", &theirs).groups);
    for (key, value, needle) in [
        ("attention_other_setting", json!({"head_dim": 8}), "head_dim is not the 4"),
        ("attention_other_setting", json!({"num_attention_heads": 3}), "no multiple of the 2"),
        ("attention_other_setting", json!({"num_attention_heads": 0}), "no multiple of the 2"),
        ("attention_other_setting", json!({"num_attention_heads": 1 << 21}), "no multiple of the 2"),
        ("moe_layers_enum", json!("1,x"), "no list of layers"),
        ("partial_rotary_factors", json!([2.0, 1.0, 1.0, 1.0, 1.0, 1.0]), "not from 0 to 1"),
        ("layer_types", json!(["full_attention"]), "1 entries for 5"),
    ] {
        let mut broken = theirs.clone();
        broken[key] = value;
        let error = Model::from_json(&config("step3p5", &broken)).unwrap_err();
        assert_eq!(error.key(), Some(key), "{error}");
        assert!(error.to_string().contains(needle), "{error}");
    }
}
