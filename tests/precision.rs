//! Formats of weights, activations and the KV cache: where a config hides them, and what they cost.

use roofline::engine::hardware::{Compute, Hardware};
use roofline::engine::precision::Overrides;
use roofline::engine::report::{Row, Usage};
use roofline::engine::{Accounting, Model, Report, Workload, analyze};
use serde_json::{Value, json};

/// Matrices of one block: Q, K, V and O 64·(64 + 2·32 + 64) = 12,288; gate, up and down 3·64·256 = 49,152.
fn llama() -> Value {
    json!({"model_type": "llama", "hidden_size": 64, "intermediate_size": 256, "num_hidden_layers": 4,
        "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 128, "torch_dtype": "bfloat16"})
}

fn quantized(config: Value, quantization: Value) -> Value {
    let mut config = config;
    config["quantization_config"] = quantization;
    config
}

fn report_of(model: &Model) -> Report {
    analyze(model, &Workload::uniform(100, 1, 1).unwrap(), &Accounting::EXACT, Some(&Hardware::default()))
        .unwrap()
}

fn report(config: &Value) -> Report {
    report_of(&Model::from_json(&config.to_string()).unwrap())
}

fn row<'a>(report: &'a Report, name: &str) -> &'a Row {
    report.layers.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("{name}"))
}

/// Everything the weights take, in bytes.
fn stored(report: &Report) -> u128 {
    report.storage.iter().filter(|item| item.name != "KV-cache").map(|item| item.bytes.0).sum()
}

#[test]
fn every_method_is_recognised_with_its_format_and_its_compute() {
    for (quantization, method, format, compute) in [
        (json!({"quant_method": "gptq", "bits": 4, "group_size": 32}), "GPTQ", "int4-g32", None),
        (json!({"quant_method": "gptq", "bits": 8, "group_size": -1}), "GPTQ", "int8-channel", None),
        (
            json!({"quant_method": "awq", "bits": 4, "group_size": 64, "version": "gemm"}),
            "AWQ",
            "int4-g64",
            None,
        ),
        (
            json!({"quant_method": "awq", "w_bit": 4, "q_group_size": 64, "zero_point": false}),
            "AWQ",
            "int4-g64-sym",
            None,
        ),
        (json!({"quant_method": "auto-round", "bits": 2, "group_size": 32}), "AutoRound", "int2-g32", None),
        (
            json!({"quant_method": "bitsandbytes", "load_in_4bit": true, "bnb_4bit_quant_type": "nf4"}),
            "bitsandbytes",
            "nf4",
            None,
        ),
        (
            json!({"_load_in_4bit": true, "load_in_4bit": true, "bnb_4bit_use_double_quant": true, "bnb_4bit_quant_type": "nf4"}),
            "bitsandbytes",
            "nf4-double",
            None,
        ),
        (
            json!({"quant_method": "bitsandbytes", "load_in_8bit": true}),
            "bitsandbytes",
            "int8-channel",
            Some(Compute::Int8),
        ),
        (
            json!({"quant_method": "fp8", "activation_scheme": "dynamic", "weight_block_size": [128, 128]}),
            "FP8",
            "fp8-128x128",
            Some(Compute::Fp8),
        ),
        (json!({"quant_method": "fp8", "activation_scheme": "static"}), "FP8", "fp8", Some(Compute::Fp8)),
        (json!({"quant_method": "fbgemm_fp8"}), "FBGEMM FP8", "fp8-channel", Some(Compute::Fp8)),
        (
            json!({"quant_method": "modelopt", "quant_algo": "NVFP4"}),
            "NVIDIA Model Optimizer NVFP4",
            "nvfp4",
            Some(Compute::Fp4),
        ),
        (
            json!({"quant_algo": "FP8", "exclude_modules": ["lm_head"]}),
            "NVIDIA Model Optimizer FP8",
            "fp8",
            Some(Compute::Fp8),
        ),
        (
            json!({"quant_method": "modelopt", "quant_algo": "W4A16_AWQ", "group_size": 128}),
            "NVIDIA Model Optimizer W4A16_AWQ",
            "int4-g128-sym",
            None,
        ),
        (
            json!({"quant_method": "modelopt", "quant_algo": "W4A8_AWQ"}),
            "NVIDIA Model Optimizer W4A8_AWQ",
            "int4-g128-sym",
            Some(Compute::Fp8),
        ),
        (json!({"quant_method": "mxfp8"}), "MXFP8", "mxfp8", Some(Compute::Fp8)),
        (
            json!({"quant_method": "hqq", "quant_config": {"weight_quant_params": {"nbits": 4, "group_size": 64}}}),
            "HQQ",
            "int4-g64",
            None,
        ),
        (
            json!({"quant_method": "torchao", "quant_type": {"default": {"_type": "Int4WeightOnlyConfig", "_data": {"group_size": 128}}}}),
            "torchao",
            "int4-g128",
            None,
        ),
        (
            json!({"quant_method": "torchao", "quant_type": "float8_dynamic_activation_float8_weight"}),
            "torchao",
            "fp8-channel",
            Some(Compute::Fp8),
        ),
        (
            json!({"quant_method": "torchao", "quant_type": "int8_weight_only"}),
            "torchao",
            "int8-channel",
            None,
        ),
        (json!({"quant_method": "quanto", "weights": "int4"}), "Quanto", "int4-g128", None),
        (
            json!({"quant_method": "quark", "global_quant_config": {"weight": {"dtype": "fp8_e4m3", "qscheme": "per_tensor"}, "input_tensors": {"dtype": "fp8_e4m3"}}}),
            "AMD Quark",
            "fp8",
            Some(Compute::Fp8),
        ),
        (
            json!({"quant_method": "aqlm", "num_codebooks": 1, "nbits_per_codebook": 16, "in_group_size": 8}),
            "AQLM",
            "int2-channel",
            None,
        ),
        (json!({"quant_method": "bitnet"}), "BitNet", "int2", Some(Compute::Int8)),
        (compressed("int", 4, "group", json!(128), Value::Null), "compressed-tensors", "int4-g128-sym", None),
        (
            compressed("int", 8, "channel", Value::Null, json!({"num_bits": 8, "type": "int"})),
            "compressed-tensors",
            "int8-channel",
            Some(Compute::Int8),
        ),
        (
            compressed("float", 8, "channel", Value::Null, json!({"num_bits": 8, "type": "float"})),
            "compressed-tensors",
            "fp8-channel",
            Some(Compute::Fp8),
        ),
        (
            compressed("float", 4, "tensor_group", json!(16), json!({"num_bits": 4, "type": "float"})),
            "compressed-tensors",
            "nvfp4",
            Some(Compute::Fp4),
        ),
        (compressed("float", 4, "group", json!(32), Value::Null), "compressed-tensors", "mxfp4", None),
    ] {
        let report = report(&quantized(llama(), quantization.clone()));
        let found = report.model.quantization.as_ref().unwrap_or_else(|| panic!("{quantization}"));
        assert_eq!(found.method, method);
        assert!(found.source.starts_with("quantization_config."), "{}", found.source);
        let down = row(&report, "Ffn - Down_Proj");
        assert_eq!(down.weights.as_deref(), Some(format), "{quantization}");
        assert_eq!(down.compute, compute.unwrap_or(Compute::Bf16), "{quantization}");
        assert_eq!(row(&report, "Embedding").weights, None, "{quantization}");
        assert_eq!(row(&report, "Attn - SDPA").compute, Compute::Bf16);
        assert!(report.notes.iter().all(|note| !note.text.contains("not ")), "{:?}", report.notes);
    }
}

fn compressed(kind: &str, bits: u64, strategy: &str, group: Value, activations: Value) -> Value {
    json!({"quant_method": "compressed-tensors", "format": "pack-quantized", "ignore": ["lm_head"],
        "config_groups": {"group_0": {"targets": ["Linear"], "input_activations": activations,
            "weights": {"num_bits": bits, "type": kind, "strategy": strategy, "group_size": group, "symmetric": true}}}})
}

#[test]
fn the_bytes_of_a_matrix_are_its_elements_and_its_scales() {
    // Down: 256 inputs, 64 outputs, 16,384 weights.
    for (word, bytes) in [
        // 16,384·4 bits; 2 groups · 64 outputs · (16 + 4) bits: 8,192 + 320
        ("int4-g128", 8_512),
        // 8,192; 2·64·16 bits
        ("int4-g128-sym", 8_448),
        // 16,384; one tile of 64×128 beside another, 32 bits each
        ("fp8-128x128", 16_392),
        // 16,384; 32 bits; 64·32 bits
        ("fp8", 16_388),
        ("fp8-channel", 16_640),
        // 8,192; 8·64 groups of 32, a byte each; 16·64 of 16, and four bytes
        ("mxfp4", 8_704),
        ("nvfp4", 9_220),
        // 8,192; 256 runs of 64, four bytes each; a byte each and one fp32
        ("nf4", 9_216),
        ("nf4-double", 8_452),
        // 64 super-blocks of 256 in 144 and 210 bytes
        ("q4_k", 9_216),
        ("q6_k", 13_440),
        ("bfloat16", 32_768),
    ] {
        let overrides = Overrides::parse(Some(word), None, None).unwrap();
        let model = Model::from_json(&llama().to_string()).unwrap().with(&overrides);
        let report = report_of(&model);
        assert_eq!(row(&report, "Ffn - Down_Proj").weight_bytes.0, bytes, "{word}");
    }
    // A width that no group fills: 3 inputs in groups of 128 are one group; 3·5·4 bits and 5·20 in 20 bytes.
    let odd = json!({"model_type": "llama", "hidden_size": 3, "intermediate_size": 5, "num_hidden_layers": 1,
        "num_attention_heads": 1, "head_dim": 5, "vocab_size": 7,
        "quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 128}});
    // O takes 5 inputs to 3 outputs: 15·4 bits and 3·20 bits, 120 bits in 15 bytes.
    assert_eq!(row(&report(&odd), "Attn - O_Proj").weight_bytes.0, 15);
}

#[test]
fn published_sizes() {
    let llama3 = json!({"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336,
        "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256,
        "torch_dtype": "bfloat16"});
    let oss = json!({"model_type": "gpt_oss", "hidden_size": 2880, "intermediate_size": 2880,
        "num_hidden_layers": 24, "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 64,
        "num_local_experts": 32, "num_experts_per_tok": 4, "vocab_size": 201088,
        "quantization_config": {"quant_method": "mxfp4", "modules_to_not_convert": [
            "model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"]}});
    let v3 = json!({"model_type": "deepseek_v3", "torch_dtype": "bfloat16", "quantization_config": {
        "activation_scheme": "dynamic", "fmt": "e4m3", "quant_method": "fp8", "weight_block_size": [128, 128]}});
    for (name, config, gigabytes) in [
        // Experts 24·32·3·2880·2880 = 19.11e9 at 4.25 bits, 10.15 GB; 1.8e9 others in bf16, 3.61 GB.
        // The repository's safetensors: 13.76 GB.
        ("gpt-oss-20b", oss, 13.76),
        // Blocks 6.98e9 at 4.15625 bits, 3.63 GB; embedding and head 1.05e9 in bf16, 2.10 GB. Published: 5.73 GB.
        (
            "Llama-3-8B AWQ",
            quantized(
                llama3.clone(),
                json!({"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": true}),
            ),
            5.73,
        ),
        // The same blocks at 4.5 bits, 3.93 GB, and 2.10 GB.
        (
            "Llama-3-8B nf4",
            quantized(
                llama3,
                json!({"quant_method": "bitsandbytes", "load_in_4bit": true, "bnb_4bit_quant_type": "nf4"}),
            ),
            6.03,
        ),
        // 671e9 parameters, of which 1.85e9 in embedding and head and 0.1e9 in routers stay bf16.
        ("DeepSeek-V3", v3, 673.0),
    ] {
        let got = stored(&report(&config)) as f64 / 1e9;
        assert!((got / gigabytes - 1.0).abs() < 0.002, "{name}: {got} GB, published {gigabytes}");
    }
}

#[test]
fn what_a_model_says_about_itself() {
    let oss = json!({"model_type": "gpt_oss", "num_hidden_layers": 2,
        "quantization_config": {"quant_method": "mxfp4", "modules_to_not_convert": ["model.layers.*.self_attn"]}});
    let report = report(&oss);
    let found = report.model.quantization.as_ref().unwrap();
    assert_eq!((found.method.as_str(), found.source.as_str()), ("MXFP4", "quantization_config.quant_method"));
    let [Usage { format, bits_per_weight, compute: None, layers, .. }] = &found.formats[..] else {
        panic!("{:?}", found.formats)
    };
    assert_eq!((&**format, *bits_per_weight), ("mxfp4", 4.25));
    assert_eq!(layers[..], ["Moe - Experts GateUp_Proj", "Moe - Experts Down_Proj"]);
    for name in ["Embedding", "Attn - QKV_Proj", "Attn - O_Proj", "Moe - Router", "LM_Head"] {
        assert!(found.unquantized.contains(&name), "{name}");
    }
    assert!((4.25..16.0).contains(&found.bits_per_weight));
    // gpt-oss names no type: bf16, not the fp16 of a config that says nothing at all.
    assert_eq!(report.model.precision.weights.name(), "bfloat16");
    assert!(report.model.config.iter().any(|read| read.key == "quantization_config.quant_method"));
    assert!(!report.model.ignored.contains(&"quantization_config".to_owned()));
}

#[test]
fn lists_of_modules_are_heeded() {
    let v3 = json!({"model_type": "deepseek_v3", "torch_dtype": "bfloat16"});
    let fp8 = json!({"quant_method": "fp8", "weight_block_size": [128, 128]});
    // DeepSeek lists nothing: the router stays by convention.
    let plain = report(&quantized(v3.clone(), fp8));
    assert_eq!(row(&plain, "Moe - Router").weights, None);
    assert_eq!(row(&plain, "Attn - KV_B_Proj").weights.as_deref(), Some("fp8-128x128"));
    assert_eq!(row(&plain, "LM_Head").weights, None);

    for (list, names) in [
        (
            json!(["re:.*self_attn.*", "lm_head"]),
            vec![
                "Attn - Q_A_Proj",
                "Attn - Q_B_Proj",
                "Attn - KV_A_Proj",
                "Attn - KV_B_Proj",
                "Attn - O_Proj",
                "LM_Head",
            ],
        ),
        (
            json!([r"re:.*mlp\.(gate|up|gate_up|down)_proj.*", "lm_head"]),
            vec!["Ffn - GateUp_Proj", "Ffn - Down_Proj", "LM_Head"],
        ),
        (json!(["re:.*shared_experts.*"]), vec!["Moe - Shared GateUp_Proj", "Moe - Shared Down_Proj"]),
        (json!([]), vec![]),
    ] {
        let mut quantization = compressed("int", 4, "group", json!(32), Value::Null);
        quantization["ignore"] = list;
        let report = report(&quantized(v3.clone(), quantization));
        let linear = |row: &&Row| row.parameters > 50_000 && !row.name.contains("Norm");
        let kept: Vec<_> = report
            .layers
            .iter()
            .filter(linear)
            .filter(|row| row.weights.is_none())
            .map(|row| row.name)
            .collect();
        let mut want = names;
        want.extend(["Embedding", "Moe - Router"]);
        for name in &kept {
            assert!(want.contains(name), "{name} stays");
        }
        for name in &want {
            assert!(kept.contains(name), "{name} does not stay");
        }
    }
}

#[test]
fn blocks_part_where_a_list_names_some_of_them() {
    let names = ["gate_proj", "up_proj", "down_proj"];
    let list: Vec<String> =
        [0, 3].iter().flat_map(|i| names.map(|n| format!("model.layers.{i}.mlp.{n}"))).collect();
    let fbgemm = json!({"quant_method": "fbgemm_fp8", "modules_to_not_convert": list});
    let report = report(&quantized(llama(), fbgemm));
    let places: Vec<_> =
        report.model.structure.iter().map(|kind| (kind.blocks.as_str(), &*kind.label)).collect();
    assert_eq!(
        places,
        [
            ("0, 3", "full attention · dense · fp8-channel + bfloat16"),
            ("1–2", "full attention · dense · fp8-channel")
        ]
    );
    let downs: Vec<_> = report
        .layers
        .iter()
        .filter(|row| row.name == "Ffn - Down_Proj")
        .map(|row| (row.blocks, row.weights.as_deref()))
        .collect();
    assert_eq!(downs, [(2, None), (2, Some("fp8-channel"))]);
    assert_eq!(report.model.num_blocks, 4);
    // The override takes the reason for two groups away.
    let model = Model::from_json(
        &quantized(llama(), json!({"quant_method": "fbgemm_fp8", "modules_to_not_convert": list}))
            .to_string(),
    )
    .unwrap();
    let one = model.with(&Overrides::parse(Some("int8"), None, None).unwrap());
    assert_eq!(report_of(&one).model.structure.len(), 1);
    assert_eq!(report_of(&one).model.structure[0].blocks, "0–3");
}

#[test]
fn modules_of_one_row_that_differ_are_counted_in_the_widest_and_said() {
    let list = json!({"quant_method": "fp8", "modules_to_not_convert": ["v_proj"]});
    let report = report(&quantized(llama(), list));
    assert_eq!(row(&report, "Attn - QKV_Proj").weights, None);
    assert!(
        report.notes.iter().any(|note| note.text.contains("Attn - QKV_Proj differ")),
        "{:?}",
        report.notes
    );
}

#[test]
fn wherever_the_config_hides_it() {
    let gptq = json!({"quant_method": "gptq", "bits": 4, "group_size": 32});
    let mut wrapped = json!({"model_type": "llava", "text_config": llama()});
    wrapped["text_config"]["quantization_config"] = compressed("int", 4, "group", json!(32), Value::Null);
    let mut old = llama();
    old["compression_config"] =
        compressed("int", 8, "channel", Value::Null, json!({"num_bits": 8, "type": "int"}));
    let mut mlx = llama();
    mlx["quantization"] =
        json!({"group_size": 64, "bits": 4, "model.layers.0.mlp.down_proj": {"group_size": 32, "bits": 8}});
    for (config, source, format) in [
        (quantized(llama(), gptq), "quantization_config.quant_method", "int4-g32"),
        (wrapped, "text_config.quantization_config.quant_method", "int4-g32-sym"),
        (old, "compression_config.quant_method", "int8-channel"),
        (mlx, "quantization.bits", "int4-g64"),
    ] {
        let report = report(&config);
        let found = report.model.quantization.as_ref().unwrap_or_else(|| panic!("{config}"));
        assert_eq!(found.source, source);
        assert_eq!(row(&report, "Ffn - GateUp_Proj").weights.as_deref(), Some(format));
        // Enough is kept for a link to build the same model.
        let model = Model::from_json(&config.to_string()).unwrap();
        let again = Model::from_json(&model.reduced().to_string()).unwrap();
        assert_eq!(
            (&again.groups, &again.quantization, again.precision),
            (&model.groups, &model.quantization, model.precision)
        );
    }
}

#[test]
fn mlx_quantises_the_embedding_and_the_head_too() {
    let mut mlx = llama();
    mlx["quantization"] =
        json!({"group_size": 64, "bits": 4, "model.layers.0.mlp.down_proj": {"bits": 8}, "lm_head": false});
    let report = report(&mlx);
    // 128·64 weights at 4 + 32/64 bits.
    assert_eq!(
        report.storage.iter().find(|item| item.name == "Embedding Table").unwrap().bytes.0,
        128 * 64 * 9 / 16
    );
    assert_eq!(row(&report, "LM_Head").weights, None);
    let downs: Vec<_> = report
        .layers
        .iter()
        .filter(|row| row.name == "Ffn - Down_Proj")
        .map(|row| (row.blocks, row.weights.as_deref().unwrap()))
        .collect();
    assert_eq!(downs, [(1, "int8-g64"), (3, "int4-g64")]);
}

#[test]
fn the_file_beside_the_config_is_read() {
    let sidecar = json!({"producer": {"name": "modelopt"}, "quantization": {"quant_algo": "FP8",
        "kv_cache_quant_algo": "FP8", "exclude_modules": ["lm_head", "*self_attn.o_proj"]}});
    let model = Model::from_files(&llama().to_string(), Some(&sidecar.to_string())).unwrap();
    let report = report_of(&model);
    assert_eq!(report.model.quantization.as_ref().unwrap().source, "hf_quant_config.quantization.quant_algo");
    assert_eq!(row(&report, "Ffn - Down_Proj").weights.as_deref(), Some("fp8"));
    assert_eq!(row(&report, "Attn - O_Proj").weights, None);
    // 101 tokens of 2·2·16 elements in 4 layers, a byte each.
    assert_eq!(report.storage[1].bytes.0, 101 * 64 * 4);
    let again = Model::from_json(&model.reduced().to_string()).unwrap();
    assert_eq!((again.groups, again.precision), (model.groups, model.precision));
    // A broken one is said, and left out.
    let model = Model::from_files(&llama().to_string(), Some("{")).unwrap();
    assert!(model.quantization.is_none());
    assert!(model.notes.iter().any(|note| note.text.contains("hf_quant_config.json was left out")));
}

#[test]
fn mixed_precision_by_module() {
    let layers = json!({"model.layers.0.self_attn.q_proj": {"quant_algo": "FP8"}, "model.layers.0.self_attn.k_proj": {"quant_algo": "FP8"},
        "model.layers.0.self_attn.v_proj": {"quant_algo": "FP8"}, "model.layers.1.mlp.down_proj": {"quant_algo": "NVFP4", "group_size": 16}});
    let report = report(&quantized(
        llama(),
        json!({"quant_method": "modelopt", "quant_algo": "MIXED_PRECISION", "quantized_layers": layers}),
    ));
    let of = |name: &str| -> Vec<_> {
        report
            .layers
            .iter()
            .filter(|row| row.name == name)
            .map(|row| (row.blocks, row.weights.as_deref()))
            .collect()
    };
    assert_eq!(of("Attn - QKV_Proj"), [(1, Some("fp8")), (1, None), (2, None)]);
    assert_eq!(of("Ffn - Down_Proj"), [(1, None), (1, Some("nvfp4")), (2, None)]);
}

#[test]
fn what_is_not_understood_is_said_and_counted_as_stated() {
    for (quantization, needle) in [
        (json!({"quant_method": "wavelets", "bits": 3}), "\"wavelets\" is no method this tool models"),
        (
            json!({"quant_method": "gptq", "bits": "four"}),
            "quantization_config.bits is not a whole number from 1 to 8",
        ),
        (json!({"quant_method": "gptq"}), "quantization_config.bits is missing"),
        (json!({}), "names no quant_method"),
        (
            json!({"quant_method": "fp8", "weight_block_size": [0, 128]}),
            "weight_block_size is no pair of sizes",
        ),
        (json!({"quant_method": "modelopt", "quant_algo": "FP3"}), "\"FP3\" is not known"),
        (compressed("int", 8, "spiral", Value::Null, Value::Null), "strategy \"spiral\" is not known"),
    ] {
        let report = report(&quantized(llama(), quantization.clone()));
        let plain = self::report(&llama());
        assert!(
            report.notes.iter().any(|note| note.text.contains(needle)),
            "{quantization}: {:?}",
            report.notes
        );
        assert_eq!(report.storage, plain.storage, "{quantization}");
    }
    let mut odd = json!({"quant_method": "fp8", "modules_to_not_convert": ["re:(?!lm_head).*"]});
    let said = report(&quantized(llama(), odd.clone()));
    assert!(said.notes.iter().any(|note| note.text.contains("is not understood")));
    assert_eq!(row(&said, "Ffn - Down_Proj").weights.as_deref(), Some("fp8"));
    odd["kv_cache_scheme"] = json!("sparse");
    let said = report(&quantized(llama(), odd));
    assert!(said.notes.iter().any(|note| note.text.contains("the KV cache's format is not understood")));
}

#[test]
fn the_kv_cache_has_a_format_of_its_own() {
    // 101 tokens · 2·2·16 elements · 4 layers = 25,856 elements.
    for (scheme, bytes) in [
        (json!(null), 51_712),
        (json!({"num_bits": 8, "type": "float", "strategy": "tensor"}), 25_856),
        (json!("FP8"), 25_856),
        (json!({"num_bits": 4, "type": "float"}), 14_544),
    ] {
        let mut quantization = compressed("int", 4, "group", json!(32), Value::Null);
        quantization["kv_cache_scheme"] = scheme.clone();
        let report = report(&quantized(llama(), quantization));
        assert_eq!(report.storage[1].bytes.0, bytes, "{scheme}");
    }
    for (word, bytes) in [
        ("auto", 51_712),
        ("fp8", 25_856),
        ("fp8_e5m2", 25_856),
        ("q8_0", 27_472),
        ("q4_0", 14_544),
        ("nvfp4", 14_544),
        ("float32", 103_424),
    ] {
        let overrides = Overrides::parse(None, None, Some(word)).unwrap();
        let report = report_of(&Model::from_json(&llama().to_string()).unwrap().with(&overrides));
        assert_eq!(report.storage[1].bytes.0, bytes, "{word}");
    }
}

#[test]
fn devices_compute_in_what_they_have() {
    let v3 = json!({"model_type": "deepseek_v3", "torch_dtype": "bfloat16",
        "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}});
    let model = Model::from_json(&v3.to_string()).unwrap();
    let on = |device: &str| {
        let hardware = Hardware::find(device).unwrap();
        analyze(&model, &Workload::uniform(0, 512, 1).unwrap(), &Accounting::EXACT, Some(&hardware)).unwrap()
    };
    let h100 = on("h100");
    let placed = h100.roofline.as_ref().unwrap();
    assert_eq!((placed.compute, placed.instead_of), (Compute::Fp8, None));
    let of = |name: &str| {
        h100.layers.iter().position(|row| row.name == name).map(|i| placed.layers[i].compute).unwrap()
    };
    assert_eq!(
        (of("Attn - O_Proj"), of("Attn - SDPA"), of("Moe - Router")),
        (Compute::Fp8, Compute::Bf16, Compute::Bf16)
    );
    let a100 = on("a100");
    let placed = a100.roofline.as_ref().unwrap();
    assert_eq!((placed.compute, placed.instead_of), (Compute::Bf16, Some(Compute::Fp8)));
    assert!(placed.layers.iter().all(|place| place.compute == Compute::Bf16));
}

#[test]
fn the_user_has_the_last_word() {
    let awq = quantized(llama(), json!({"quant_method": "awq", "bits": 4, "group_size": 64}));
    let model = Model::from_json(&awq.to_string()).unwrap();
    let with =
        |weights, activations| report_of(&model.with(&Overrides::parse(weights, activations, None).unwrap()));
    // Back to one type: as if the config said nothing.
    let plain = with(Some("bf16"), None);
    assert_eq!(plain.storage, report(&llama()).storage);
    assert!(plain.model.quantization.is_none());
    assert!(
        plain
            .notes
            .iter()
            .any(|note| note.text.contains("as you chose, not as quantization_config.quant_method has it"))
    );
    // Half the bytes for activations, products in fp8: weights of four bits are widened to them.
    let narrow = with(None, Some("fp8"));
    assert_eq!(row(&narrow, "Ffn - Down_Proj").compute, Compute::Fp8);
    assert_eq!(
        row(&narrow, "Ffn - Down_Proj").input_bytes.0 * 2,
        row(&plain, "Ffn - Down_Proj").input_bytes.0
    );
    // Wide weights do not become narrower for a product.
    assert_eq!(row(&with(Some("bf16"), Some("fp8")), "Ffn - Down_Proj").compute, Compute::Bf16);
    // llama.cpp quantises embedding and head, others do not.
    assert_eq!(row(&with(Some("Q4_K_M"), None), "LM_Head").weights.as_deref(), Some("q4_k_m"));
    assert_eq!(row(&with(Some("fp8"), None), "LM_Head").weights, None);
    assert_eq!(with(Some("q8_0"), None).model.quantization.unwrap().source, "your choice");
    for (weights, activations, cache, what) in [
        (Some("q9"), None, None, "weights"),
        (None, Some("int4"), None, "activations"),
        (None, None, Some("q4_k"), "kv cache"),
    ] {
        let said = Overrides::parse(weights, activations, cache).unwrap_err().to_string();
        assert!(
            said.starts_with(what)
                && said.contains("is not a format this tool knows; use auto, or one of bfloat16"),
            "{said}"
        );
    }
    for (words, parse) in [
        (Overrides::weight_words(), (|w| Overrides::parse(Some(w), None, None)) as fn(&str) -> _),
        (Overrides::activation_words(), |w| Overrides::parse(None, Some(w), None)),
        (Overrides::cache_words(), |w| Overrides::parse(None, None, Some(w))),
    ] {
        assert!(words.iter().all(|word| parse(word).is_ok_and(|o: Overrides| !o.is_empty())));
    }
    assert!(Overrides::parse(Some("auto"), Some(""), None).unwrap().is_empty());
}

#[test]
fn what_python_writes_is_read_with_a_note() {
    let text = format!(
        "\u{feff}```json\n{}\n```",
        llama().to_string().replacen('{', "{\"rope_theta\": Infinity,", 1)
    );
    let model = Model::from_json(&text).unwrap();
    assert_eq!(model.groups, Model::from_json(&llama().to_string()).unwrap().groups);
    assert_eq!(
        model
            .notes
            .iter()
            .filter(|note| note.text.contains("was skipped") || note.text.contains("read as null"))
            .count(),
        3
    );
    // Places are those of the text as it came.
    let said = Model::from_json("{\"a\":NaN,\"model_type\": 7}").unwrap_err();
    assert_eq!(said.position().map(|p| (p.line, p.column)), Some((1, 24)));
}

#[test]
fn a_sidecar_inside_the_text_is_one_beside_it() {
    let config = r#"{"model_type": "llama", "torch_dtype": "bfloat16", "num_hidden_layers": 2}"#;
    let sidecar = r#"{"quantization": {"quant_algo": "FP8", "exclude_modules": ["lm_head"]}}"#;
    let apart = Model::from_files(config, Some(sidecar)).unwrap();
    let within = Model::from_json(&roofline::engine::precision::beside(config, sidecar)).unwrap();
    assert_eq!(within.groups, apart.groups);
    assert_eq!(within.quantization, apart.quantization);
    // What a link carries of it says the same.
    assert_eq!(Model::from_json(&within.reduced().to_string()).unwrap().groups, apart.groups);
    assert_eq!(roofline::engine::precision::beside(config, "not found"), config);
}
