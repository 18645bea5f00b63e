//! The command line, run as a person runs it.

mod shell;

use shell::{out, refused};

const LLAMA: &str = "meta-llama/Llama-2-7b-hf";

#[test]
fn the_example_of_the_specification() {
    let table = out(&["--cached-tokens", "1024", "--input-tokens", "1", "--", LLAMA], "");
    for word in [
        "Node",
        "Block Count",
        "Compute",
        "Bandwidth (Weight)",
        "Bandwidth (Input)",
        "Bandwidth (Output)",
        "Operational Intensity",
        "Attn - RMSNorm",
        "Ffn - ResidualAdd",
        "Total",
        "13.5 GFLOP",
    ] {
        assert!(table.contains(word), "{word} is missing in\n{table}");
    }
    // 12,952,535,168 + 537,395,200 + 262,144,000 bytes
    assert!(
        table.contains("Storage: Weights 12.1 GiB + KV-cache 512 MiB + Embedding Table 250 MiB = 12.8 GiB")
    );
}

#[test]
fn json_has_every_key_and_exact_integers() {
    let text = out(
        &[
            "--cached-tokens",
            "1024",
            "7",
            "--input-tokens",
            "1",
            "2",
            "--batch-size",
            "4",
            "--format",
            "json",
            "--",
            LLAMA,
        ],
        "",
    );
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["schema"], 1);
    assert_eq!((&json["model"]["name"], &json["model"]["model_type"]), (&LLAMA.into(), &"llama".into()));
    assert_eq!(json["model"]["num_blocks"], 32);
    assert_eq!(json["workload"]["queries"].as_array().unwrap().len(), 4);
    assert_eq!(json["workload"]["queries"][3]["cached_tokens"], 7);
    assert_eq!(json["accounting"], "document");
    let layer = &json["layers"][3];
    assert_eq!((&layer["name"], &layer["blocks"]), (&"Attn - SDPA".into(), &32.into()));
    for key in ["flops", "weight_bytes", "input_bytes", "output_bytes"] {
        assert!(layer[key].is_u64() && json["total"][key].is_u64(), "{key}");
    }
    assert!(layer["intensity"].is_f64() && json["total"]["intensity"].is_f64());
    assert_eq!(json["storage"][1]["name"], "KV-cache");
    let stored: u64 =
        json["storage"].as_array().unwrap().iter().map(|item| item["bytes"].as_u64().unwrap()).sum();
    assert_eq!(json["storage_total_bytes"], stored);
    assert!(json["notes"].as_array().unwrap().iter().all(|note| note["text"].is_string()));
    // 4096·32000 twice, 32 blocks of 4·4096² + 3·4096·11008 + 2·4096, and the final norm.
    assert_eq!(json["model"]["parameters"]["total"], 6_738_415_616_u64);
}

#[test]
fn a_config_comes_from_a_file_a_folder_or_standard_input() {
    let config =
        r#"{"model_type": "llama", "hidden_size": 64, "num_attention_heads": 4, "num_hidden_layers": 2}"#;
    let folder = std::env::temp_dir().join(format!("roofline-cli-{}", std::process::id())).join("tiny-model");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("config.json");
    std::fs::write(&file, config).unwrap();
    let from = |model: &str| -> serde_json::Value {
        serde_json::from_str(&out(&["--format", "json", "--", model], config)).unwrap()
    };
    let (a, b, c) = (from(file.to_str().unwrap()), from(folder.to_str().unwrap()), from("-"));
    assert_eq!((&a["layers"], &a["total"]), (&c["layers"], &c["total"]));
    assert_eq!(a, b);
    assert_eq!((&a["model"]["name"], &c["model"]["name"]), (&"tiny-model".into(), &serde_json::Value::Null));
    std::fs::remove_dir_all(folder.parent().unwrap()).unwrap();
}

#[test]
fn defaults_of_the_workload() {
    let first = |args: &[&str]| -> (u64, u64, usize) {
        let mut all = args.to_vec();
        all.extend(["--format", "json", "--", LLAMA]);
        let json: serde_json::Value = serde_json::from_str(&out(&all, "")).unwrap();
        let queries = json["workload"]["queries"].as_array().unwrap();
        let get = |key: &str| queries[0][key].as_u64().unwrap();
        (get("cached_tokens"), get("input_tokens"), queries.len())
    };
    assert_eq!(first(&[]), (1024, 1, 1));
    assert_eq!(first(&["--input-tokens", "2048"]), (0, 2048, 1));
    assert_eq!(first(&["--cached-tokens", "5", "6"]), (5, 1, 2));
    assert_eq!(first(&["--batch-size", "8"]), (1024, 1, 8));
}

#[test]
fn wrong_usage_exits_with_two_and_wrong_input_with_one() {
    for (args, input, code, needle) in [
        (&["--format", "yaml", "--", LLAMA][..], "", 2, "possible values"),
        (&["--accounting", "guess", "--", LLAMA], "", 2, "document, exact, torch"),
        (&["--hardware", "abacus", "--", LLAMA], "", 2, "h100-80gb-sxm"),
        (&["--cached-tokens", "1", "2", "--input-tokens", "1", "--", LLAMA], "", 2, "one of each per query"),
        (&["--cached-tokens", "1", "2", "--batch-size", "3", "--", LLAMA], "", 2, "multiple"),
        (&["--input-tokens", "0", "--", LLAMA], "", 2, "at least 1"),
        (&["--input-tokens", "1", LLAMA], "", 2, "put `--` before it"),
        (&["--explain", "luck", "--", LLAMA], "", 2, "no layer is called"),
        (&[], "", 2, "Usage"),
        (&["--", "no/such-model"], "", 1, "a built-in model. Give the path"),
        (&["--", "gpt2"], "", 1, "Did you mean openai-community/gpt2, openai-community/gpt2-xl? Give"),
        (&["--", "mine/Llama_2_70b/"], "", 1, "Did you mean meta-llama/Llama-2-70b-hf, "),
        (&["--", "/"], "", 1, "a built-in model. Give the path"),
        (&["--", "-"], "", 1, "nothing here"),
        (&["--", "-"], "[1]", 1, "a list"),
        (&["--", "-"], "{\n\"model_type\": \"llama\",}", 1, "line 2"),
        (&["--", "-"], "{\"model_type\": \"lama\"}", 1, "Did you mean \"llama\"?"),
        (&["--svg", "/no/such/folder/x.svg", "--", LLAMA], "", 1, "a folder that exists"),
    ] {
        let (got, said) = refused(args, input);
        assert_eq!(got, code, "{args:?}: {said}");
        assert!(said.contains(needle), "{args:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn explanations_and_comparisons() {
    let text = out(&["--explain", "act", "--", LLAMA], "");
    for line in
        ["(a + 1) · I + N", "(4 + 1) · 11,008 + 1", "= 55,041", "a = 4: FLOPs of the activation function"]
    {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&out(&["--explain", "--format", "json", "--", LLAMA], "")).unwrap();
    assert_eq!(json["explanations"].as_array().unwrap().len(), json["layers"].as_array().unwrap().len());
    assert_eq!(json["explanations"][0]["figures"][0]["value"], json["layers"][0]["flops"]);
    let table = out(&["--compare", "exact", "--", LLAMA], "");
    assert!(table.contains("A: document · B: exact") && table.contains("the LM head is left out"), "{table}");
    for format in ["markdown", "csv", "tsv", "json"] {
        assert!(
            out(&["--compare", "torch", "--format", format, "--", LLAMA], "").contains("LM_Head"),
            "{format}"
        );
    }
}

#[test]
fn an_unknown_family_is_read_as_llama_on_request_and_marked_everywhere() {
    let config = r#"{"model_type": "brandnew", "hidden_size": 64, "intermediate_size": 80, "vocab_size": 90,
        "num_hidden_layers": 2, "num_attention_heads": 4}"#;
    let (code, said) = refused(&["--", "-"], config);
    assert!(code == 1 && said.contains("--as-llama"), "{said}");
    for format in ["table", "markdown", "csv", "tsv", "json"] {
        let report = out(&["--as-llama", "--format", format, "--", "-"], config);
        assert!(report.contains("read as llama"), "{format}: {report}");
    }
}

#[test]
fn precision_is_overridden_and_read_beside_the_config() {
    let bytes = |args: &[&str]| {
        let mut all = vec!["--format", "json"];
        all.extend(args);
        all.extend(["--", LLAMA]);
        let json: serde_json::Value = serde_json::from_str(&out(&all, "")).unwrap();
        (json["total"]["weight_bytes"].as_u64().unwrap(), json["storage"][1]["bytes"].as_u64().unwrap())
    };
    let (weights, cache) = bytes(&[]);
    // Four bits and two bytes of scale for 32 weights, 4.5 bits: 0.28125 of 16; norms stay.
    let (small, same) = bytes(&["--weights", "q4_0"]);
    assert_eq!(cache, same);
    assert!((small as f64 / weights as f64 - 0.281_25).abs() < 1e-3, "{small} of {weights}");
    assert_eq!(bytes(&["--kv-cache", "fp8"]), (weights, cache / 2));
    let (code, said) = refused(&["--weights", "q9", "--", LLAMA], "");
    assert!(code == 2 && said.contains("q4_0"), "{said}");

    let folder = std::env::temp_dir().join(format!("roofline-sidecar-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.json"), r#"{"model_type": "llama", "num_hidden_layers": 2}"#).unwrap();
    let sidecar = r#"{"quantization": {"quant_algo": "FP8", "kv_cache_quant_algo": "FP8", "exclude_modules": ["lm_head"]}}"#;
    std::fs::write(folder.join("hf_quant_config.json"), sidecar).unwrap();
    let report = out(&["--format", "json", "--", folder.to_str().unwrap()], "");
    std::fs::remove_dir_all(folder).unwrap();
    let json: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert!(json["model"]["quantization"]["source"].as_str().unwrap().starts_with("hf_quant_config."));
    assert_eq!(json["layers"][1]["compute"], "fp8");
}

#[test]
fn the_roofline_goes_into_a_file() {
    let path = std::env::temp_dir().join(format!("roofline-{}.svg", std::process::id()));
    out(&["--svg", path.to_str().unwrap(), "--", LLAMA], "");
    let svg = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("H100") && svg.trim_end().ends_with("</svg>"));
}

#[test]
fn help_names_every_model_and_device() {
    let help = out(&["--help"], "");
    for entry in roofline::engine::catalog::MODELS {
        assert!(help.contains(entry.id), "{}", entry.id);
    }
    for preset in roofline::engine::hardware::PRESETS {
        assert!(help.contains(preset.id), "{}", preset.id);
    }
}

#[test]
fn a_deployment_is_timed_and_fitted() {
    let args = ["--tensor-parallel", "8", "--output-tokens", "4", "--format", "json", "--", LLAMA];
    let plan: serde_json::Value = serde_json::from_str(&out(&args, "")).unwrap();
    assert_eq!(plan["devices"], 8);
    assert_eq!(plan["memory"]["fits"], true);
    // Four of 32 key/value heads of 128, keys and values, two bytes, 32 blocks; 1,024 cached tokens, the
    // new one, and three more of which the last is never looked back on: 1,028.
    assert_eq!(plan["memory"]["kv_cache"], 4 * 128 * 2 * 2 * 32 * 1028);
    let table = out(&["--tensor-parallel", "8", "--", LLAMA], "");
    for needle in ["Time to first token", "Time per output token", "all-reduce", "8 × H100", "NVLink 4"] {
        assert!(table.contains(needle), "{needle} in {table}");
    }
    let (code, said) = refused(&["--tensor-parallel", "3", "--", LLAMA], "");
    assert!(code == 1 && said.contains("32 query heads cannot be shared by 3: use 1, 2, 4"), "{said}");
    let (code, said) = refused(&["--output-tokens", "4", "--format", "csv", "--", LLAMA], "");
    assert!(code == 1 && said.contains("--format json"), "{said}");
    let text = out(&["--output-tokens", "4", "--format", "markdown", "--", LLAMA], "");
    assert!(text.starts_with("**") && text.contains("\n- Time to first token: "), "{text}");
}

#[test]
fn a_device_in_ones_own_figures() {
    let mine = "custom:1e15,4e12,9.6e10,fp8:2e15,link:1e11x4,My board";
    let args = ["--hardware", mine, "--tensor-parallel", "4", "--output-tokens", "4", "--", LLAMA];
    let table = out(&args, "");
    for needle in ["4 × My board", "Up to 4 devices reach each other over its links at 100 GB/s each way"] {
        assert!(table.contains(needle), "{needle} in {table}");
    }
    let (code, said) = refused(&["--hardware", "custom:1e15", "--", LLAMA], "");
    assert!(code == 2 && said.contains("the bandwidth, “”, is no number"), "{said}");
}
