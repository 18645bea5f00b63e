//! What a family assumes for a key that is missing is what its configuration class in transformers assumes,
//! layer by layer: `families/defaults.json`, written by `families/defaults.py`.

use roofline::engine::model::{Function, Layer, Op, Role, Span, Stage};
use roofline::engine::{Model, families};
use serde_json::Value;

/// Other names under which a family reads a key of its class.
const ALIASES: &[(&str, &str)] = &[
    ("n_embd", "hidden_size"),
    ("n_layer", "num_hidden_layers"),
    ("n_head", "num_attention_heads"),
    ("num_local_experts", "num_experts"),
];

/// Keys that classes of latent attention have, and the attention itself has no use for.
const LATENT: &[&str] = &["num_key_value_heads", "head_dim", "qk_head_dim"];

/// Keys of a class that its family never reads, and why.
const UNREAD: &[(&str, &[&str], &str)] = &[
    ("dbrx", &["num_key_value_heads"], "follows from kv_n_heads"),
    ("axk1", LATENT, "latent attention has none of them"),
    ("bamba", &["mamba_d_head", "partial_rotary_factor"], "the class sets them, whatever a config says"),
    ("cohere_compass_text", &["sliding_window_pattern"], "the class has a layer_types before it asks for it"),
    ("deepseek_v2", &["num_key_value_heads", "head_dim"], "latent attention has neither"),
    ("deepseek_v3", LATENT, "latent attention has none of them"),
    ("gemma", &["hidden_act"], "overwritten by hidden_activation"),
    (
        "gemma4_text",
        &["per_layer_config"],
        "made of global_head_dim and num_global_key_value_heads, and refused where it is given",
    ),
    ("gemma4_unified_text", &["per_layer_config"], "the same"),
    ("glm4_moe_lite", &["num_key_value_heads", "qk_head_dim"], "latent attention has neither"),
    (
        "glm_moe_dsa",
        &["num_key_value_heads", "head_dim", "qk_head_dim", "mlp_bias", "output_router_logits"],
        "latent attention has none of them",
    ),
    ("gpt_bigcode", &["num_key_value_heads"], "follows from multi_query"),
    ("gpt_neox", &["partial_rotary_factor"], "another name of rotary_pct"),
    ("hy_v4", LATENT, "latent attention has none of them"),
    ("minicpm3", LATENT, "latent attention has none of them"),
    ("minimax_m3_vl_text", &["hidden_act", "swiglu_limit"], "the model has only one way, whatever they say"),
    ("mistral4", LATENT, "latent attention has none of them"),
    ("mistral4", &["partial_rotary_factor"], "follows from qk_rope_head_dim"),
    (
        "deepseek_v32",
        &["num_key_value_heads", "head_dim", "qk_head_dim", "mlp_bias", "output_router_logits"],
        "latent attention has none of them",
    ),
    (
        "dots3_note_text",
        &["mlp_bias", "sliding_window_size"],
        "the model has only one way, whatever it says; another name of sliding_window",
    ),
    ("dots3_note_text", &["per_layer_config"], "made of the keys of windows, and refused where it is given"),
    ("longcat_flash", &["qk_head_dim"], "latent attention has none of its own"),
    (
        "deepseek_v4",
        &["attention_bias", "num_nextn_predict_layers", "swiglu_limit"],
        "the model has only one way, whatever they say",
    ),
    ("deepseek_v4", &["compress_rates"], "read one by one"),
    ("falcon_h1", &["mamba_d_head", "mamba_expand"], "follows from mamba_d_ssm"),
    ("granitemoehybrid", &["mamba_d_head"], "what the width leaves for each head"),
    ("kimi_linear", LATENT, "latent attention has none of them"),
    ("bailing_hybrid", LATENT, "latent attention has none of them"),
    ("bailing_hybrid", &["short_conv_kernel_size"], "another name of linear_conv_kernel_dim"),
    ("bailing_hybrid", &["num_nextn_predict_layers"], "the layers that predict are left out"),
    ("mamba2", &["time_step_rank"], "the second Mamba has none"),
    (
        "mpt",
        &[
            "attn_config.alibi",
            "attn_config.attn_type",
            "attn_config.qk_ln",
            "embedding_fraction",
            "expansion_ratio",
            "learned_pos_emb",
            "no_bias",
            "norm_type",
        ],
        "the model has only one way, whatever they say",
    ),
    (
        "nemotron_h",
        &[
            "attention_bias",
            "expand",
            "mamba_hidden_act",
            "mamba_proj_bias",
            "n_shared_experts",
            "num_nextn_predict_layers",
            "sliding_window",
        ],
        "the model has only one way, whatever they say",
    ),
    ("opt", &["word_embed_proj_dim"], "as wide as the hidden state where it is missing"),
    ("sarvam_mla", LATENT, "latent attention has none of them"),
    ("step3p5", &["mtp_layer_types", "mtp_mlp_layer_types"], "the layers that predict are left out"),
    (
        "step3p5",
        &["per_layer_config"],
        "made of num_sliding_attention_heads, and empty unless layers have windows",
    ),
    ("youtu", LATENT, "latent attention has none of them"),
    ("zamba2", &["use_conv_bias"], "the model has only one way, whatever it says"),
    (
        "zamba2",
        &["attention_hidden_size", "hybrid_layer_ids", "kv_channels", "num_query_groups"],
        "the class makes them of other keys",
    ),
];

/// What a class lists layer by layer: these are compared with the layers that come of it.
const LISTS: &[&str] = &[
    "layer_types",
    "no_rope_layers",
    "moe_layers",
    "layer_rope_theta",
    "activation_sparsity_pattern",
    "layers_block_type",
    "full_attn_idxs",
    "mlp_layer_types",
    "indexer_types",
    "attention_layers",
];

struct Row {
    name: String,
    class: String,
    values: Value,
    model: Model,
}

/// The families by what is given besides their name, with what their class makes of it.
fn rows() -> Vec<Row> {
    let rows: Vec<Value> = serde_json::from_str(include_str!("families/defaults.json")).unwrap();
    let build = |row: Value| {
        let mut config = row["given"].clone();
        config["model_type"] = row["model_type"].clone();
        Row {
            name: config.to_string(),
            class: row["class"].as_str().unwrap().to_owned(),
            values: row["values"].clone(),
            model: Model::from_json(&config.to_string()).unwrap_or_else(|e| panic!("{config}: {e}")),
        }
    };
    rows.into_iter().map(build).collect()
}

impl Row {
    /// What the class has for a key, by any of its names.
    fn value(&self, key: &str) -> Option<&Value> {
        let alias = ALIASES.iter().find(|row| row.1 == key).map(|row| row.0);
        self.values.get(key).or_else(|| self.values.get(alias?))
    }

    /// The list that the class makes of a key, one entry a layer.
    fn list(&self, key: &str) -> Option<&Vec<Value>> {
        self.values.get(key).and_then(Value::as_array)
    }

    /// The layers of every block of the model, in order.
    fn blocks(&self) -> Vec<&[Layer]> {
        let groups = || self.model.groups.iter().filter(|group| group.stage == Stage::Block);
        let count: u64 = groups().map(|group| group.repeat).sum();
        (0..count)
            .map(|at| groups().find(|group| group.members.contains(&at)).unwrap().layers.as_slice())
            .collect()
    }
}

#[test]
fn every_assumed_value_is_the_default_of_the_class() {
    let mut compared = 0;
    for row in rows() {
        for read in row.model.reads.iter() {
            let Some(why) = &read.assumed else { continue };
            let named = why.strip_prefix("the default of ");
            // No other family's class, whatever else is said of it.
            for word in why.split(' ').filter(|word| word.ends_with("Config")) {
                assert_eq!(word, row.class, "{}: {}", row.name, read.key);
            }
            let Some(want) = row.value(&read.key) else {
                assert_eq!(named, None, "{}: {} has no {}", row.name, row.class, read.key);
                continue;
            };
            if let Some(class) = named {
                assert_eq!(class, row.class, "{}: {}", row.name, read.key);
            }
            // The class leaves these open until it builds a layer.
            let open = match read.key.as_str() {
                "head_dim" | "n_inner" | "intermediate_size" | "num_key_value_heads" => named.is_none(),
                // None are as good as none said.
                "num_nextn_predict_layers" => read.value == 0,
                // "Will default to gelu_pytorch_tanh if not specified".
                "hidden_activation" => read.value == "gelu_pytorch_tanh",
                _ => false,
            };
            // One number for all layers, of which the class makes a list.
            let each = want.as_array().is_some_and(|list| list.iter().all(|one| *one == read.value));
            // A factor of 1, which a class writes as a whole number.
            let alike = want.is_number() && read.value.as_f64() == want.as_f64();
            assert!(
                read.value == *want || alike || each || open && want.is_null(),
                "{}: {read:?}, not {want}",
                row.name
            );
            compared += 1;
        }
    }
    assert!(compared > 450, "only {compared} values compared");
}

#[test]
fn every_key_of_a_class_is_read() {
    let rows = rows();
    for row in &rows {
        let family = &*row.model.model_type;
        let unread = UNREAD.iter().filter(|unread| unread.0 == family).flat_map(|unread| unread.1);
        let unread: Vec<_> = unread.copied().collect();
        // Some keys are read only behind a switch that another row turns.
        let read: Vec<_> = rows
            .iter()
            .filter(|other| &*other.model.model_type == family)
            .flat_map(|other| other.model.reads.iter().map(|read| read.key.as_str()))
            .collect();
        for key in row.values.as_object().unwrap().keys().filter(|key| !LISTS.contains(&key.as_str())) {
            let known = ALIASES.iter().find(|alias| alias.0 == key).map_or(key.as_str(), |alias| alias.1);
            let asked = read.contains(&key.as_str()) || read.contains(&known);
            assert_ne!(asked, unread.contains(&key.as_str()), "{}: {key}", row.name);
        }
    }
}

#[test]
fn every_layer_is_of_the_kind_that_the_class_lists() {
    let mut compared = [0; LISTS.len()];
    for row in rows() {
        let blocks = row.blocks();
        for (at, key) in LISTS.iter().enumerate() {
            let Some(list) = row.list(key) else { continue };
            let ours: Vec<Value> = match *key {
                "layer_types" | "layers_block_type" => {
                    blocks.iter().map(|layers| kind(layers).into()).collect()
                }
                "no_rope_layers" => {
                    blocks.iter().map(|layers| u64::from(rotated(layers).is_some()).into()).collect()
                }
                // 0 where nothing is rotated.
                "layer_rope_theta" => blocks
                    .iter()
                    .zip(list)
                    .map(|(layers, theta)| above(rotated(layers).is_some(), theta))
                    .collect(),
                // What is above 0 is cut off.
                "activation_sparsity_pattern" => {
                    blocks.iter().zip(list).map(|(layers, part)| above(cut(layers), part)).collect()
                }
                "indexer_types" => blocks
                    .iter()
                    .map(|layers| if indexed(layers) { "full" } else { "shared" }.into())
                    .collect(),
                "attention_layers" => {
                    let near = |layers: &&[Layer]| kind(layers) == "sliding_attention";
                    blocks.iter().map(|at| if near(at) { "local" } else { "global" }.into()).collect()
                }
                "full_attn_idxs" => (0..blocks.len())
                    .filter(|&at| kind(blocks[at]) == "full_attention")
                    .map(Value::from)
                    .collect(),
                "moe_layers" => (0..blocks.len()).filter(|&at| mixed(blocks[at])).map(Value::from).collect(),
                "mlp_layer_types" => {
                    // Whether experts are looked up or chosen, they cost alike.
                    let known = |kind: &str| matches!(kind, "moe" | "hash_moe");
                    let word = |layers| if mixed(layers) { "sparse" } else { "dense" };
                    let said = list.iter().map(|kind| kind.as_str().filter(|kind| known(kind)));
                    let ours = blocks.iter().zip(said);
                    ours.map(|(layers, said)| said.filter(|_| mixed(layers)).unwrap_or(word(layers)).into())
                        .collect()
                }
                other => panic!("{other} is compared with nothing"),
            };
            assert_eq!(ours, *list, "{}: {key}", row.name);
            compared[at] += 1;
        }
    }
    assert!(compared[0] > 20 && compared[1] > 4 && compared[2] > 2, "{compared:?}");
    assert!(compared[3..].iter().all(|&count| count > 0), "{compared:?}");
}

/// By the family's defaults; where it is a part, the factor times the width of a head.
#[test]
fn heads_are_rotated_as_far_as_the_class_says() {
    let parts = [
        // hidden_size / num_attention_heads · partial_rotary_factor, or head_dim where there is one.
        ("bamba", 64),    // 4096 / 32 · 0.5
        ("codegen", 64),  // rotary_dim
        ("dbrx", 128),    // 2048 / 16
        ("glm", 64),      // 128 · 0.5
        ("glm4", 64),     // 128 · 0.5
        ("glm4_moe", 64), // 128, as given, · 0.5
        ("glm4v_moe_text", 64),
        ("gpt_neox", 24),           // 6144 / 64 · 0.25
        ("gptj", 64),               // rotary_dim
        ("laguna", 64),             // 128 · 0.5, in full attention, which all layers have
        ("mimo_v2_flash", 64),      // 192 · 0.334
        ("minimax_m3_vl_text", 64), // rotary_dim
        ("nemotron", 64),           // 6144 / 48 · 0.5
        ("persimmon", 32),          // 4096 / 64 · 0.5
        ("phi", 32),                // 2048 / 32 · 0.5
        ("qwen3_5_moe_text", 64),   // 256 · 0.25
        ("qwen3_5_text", 64),
        ("qwen3_next", 64),
        ("stablelm", 20), // 2560 / 32 · 0.25
        // The part of queries and keys that carries positions: qk_rope_head_dim.
        ("axk1", 64),
        ("bailing_hybrid", 64),
        ("deepseek_v2", 64),
        ("deepseek_v3", 64),
        ("deepseek_v32", 64),
        ("deepseek_v4", 64), // 512 · 0.125
        ("glm_moe_dsa", 64),
        ("glm4_moe_lite", 64),
        ("dots3_note_text", 64),
        ("hy_v4", 64),
        ("longcat_flash", 64),
        ("minicpm3", 32),
        ("mistral4", 64),
        ("sarvam_mla", 64),
        ("youtu", 64),
    ];
    // Learned positions, ALiBi, or none.
    let never = [
        "bloom",
        "gpt2",
        "gpt_bigcode",
        "gpt_neo",
        "granitemoehybrid",
        "jamba",
        "kimi_linear",
        "mpt",
        "nemotron_h",
        "opt",
    ];
    for row in rows() {
        let family = &*row.model.model_type;
        let layers = row.blocks().into_iter().filter(|layers| kind(layers).ends_with("_attention"));
        let layers = layers.filter(|layers| kind(layers) != "linear_attention");
        let got: Vec<_> = layers.map(|layers| (kind(layers), rotated(layers))).collect();
        assert!(
            !got.is_empty()
                || ["bamba", "falcon_mamba", "granitemoehybrid", "mamba", "mamba2", "zamba2"]
                    .contains(&family)
        );
        for (kind, got) in got {
            let part = parts.iter().find(|part| part.0 == family).map(|part| part.1);
            let whole =
                row.model.reads.iter().find(|read| read.key == "head_dim").and_then(|r| r.value.as_u64());
            let want = match (family, kind) {
                _ if never.contains(&family) => None,
                // 4544 / 71
                ("falcon", _) => Some(64),
                // These leave the layers that see everything without positions.
                (
                    "afmoe" | "beam" | "cohere2" | "cohere2_moe" | "exaone4" | "exaone_moe" | "flint"
                    | "lara_mini" | "llama4_text",
                    "full_attention",
                ) => None,
                ("kolibri1", "full_attention") if row.list("layer_types").unwrap().len() > 2 => None,
                ("cohere2", _) => Some(128), // 8192 / 64
                ("gemma4_text" | "gemma4_unified_text", "full_attention") => Some(128), // 512 · 0.25
                ("lfm3", "full_attention") => Some(64), // 128 · 0.5
                // Compared layer by layer with no_rope_layers and layer_rope_theta.
                ("smollm3" | "granite_swa", _) => got.and(whole),
                _ => part.or(whole),
            };
            assert_eq!(got, want, "{}: {kind}", row.name);
        }
    }
}

fn kind(layers: &[Layer]) -> &'static str {
    if layers.iter().any(|layer| layer.role == Role::DetourProj) {
        return "hybrid";
    }
    let mixer = layers.iter().find_map(|layer| match &layer.op {
        Op::Attention(shape) => Some(match shape.span {
            Span::Full => "full_attention",
            Span::Sliding(_) => "sliding_attention",
            Span::Chunked(_) => "chunked_attention",
            Span::Chosen(_) => "indexed_attention",
            Span::Blocks { .. } => "minimax_m3_sparse",
            Span::Compressed { most: Some(_), .. } => "compressed_sparse_attention",
            Span::Compressed { most: None, .. } => "heavily_compressed_attention",
        }),
        Op::LatentAttention(latent) => Some(match latent.span {
            Span::Full => "full_attention",
            Span::Sliding(_) => "sliding_attention",
            _ => "indexed_attention",
        }),
        Op::DeltaRule(_) | Op::StateSpace(_) => Some("linear_attention"),
        Op::Conv(conv) if !conv.act => Some("conv"),
        _ => None,
    });
    mixer.unwrap_or(if mixed(layers) { "moe" } else { "mlp" })
}

/// How many elements of a head are rotated, where any are.
fn rotated(layers: &[Layer]) -> Option<u64> {
    layers.iter().find_map(|layer| match &layer.op {
        Op::Rope(rope) => Some(rope.dims),
        _ => None,
    })
}

/// The number that a class has for a layer, if it is above 0 just where the layer is as that says; null otherwise.
fn above(so: bool, number: &Value) -> Value {
    if so == (number.as_f64() > Some(0.0)) { number.clone() } else { Value::Null }
}

fn indexed(layers: &[Layer]) -> bool {
    layers.iter().any(|layer| matches!(layer.op, Op::Index(_)))
}

fn cut(layers: &[Layer]) -> bool {
    layers.iter().any(|layer| {
        matches!(&layer.op, Op::Activation(activation) if activation.function == Function::CutGeluTanh)
    })
}

fn mixed(layers: &[Layer]) -> bool {
    layers.iter().any(|layer| matches!(&layer.op, Op::Linear(linear) if linear.rows.of_experts()))
}

#[test]
fn every_family_has_a_row() {
    let rows = rows();
    // Kimi K2 has no class of its own and is built as DeepSeek-V3, nor have others under the names that they were
    // published with.
    let without = ["kimi_k2", "minimax_m1", "minimax_text_01", "phi4mm"];
    for name in families::known() {
        let has = rows.iter().any(|row| &*row.model.model_type == name);
        assert_ne!(has, families::is_wrapper(name) || without.contains(&name), "{name}");
    }
}
