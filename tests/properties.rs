//! What must hold between neighbouring figures, on random models of every family.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use roofline::engine::explain::explain;
use roofline::engine::model::{Op, Rows, Stage};
use roofline::engine::precision::Overrides;
use roofline::engine::{Accounting, Model, Report, Workload, analyze};
use serde_json::{Value, json};

fn cases() -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(include_str!("families/cases.json")).unwrap();
    all.into_iter().map(|case| case["config"].clone()).collect()
}

/// A model of some family, with one to six layers.
fn models() -> impl Strategy<Value = Model> {
    (prop::sample::select(cases()), 1u64..=6).prop_map(|(mut config, layers)| {
        let names = ["n_layer", "n_layers", "num_layers", "num_hidden_layers"];
        let key = names.into_iter().find(|name| config.get(name).is_some()).unwrap();
        let before = config[key].as_u64().unwrap() as usize;
        config[key] = json!(layers);
        // A list with something for each layer goes on as it began.
        let lists = config.as_object_mut().unwrap().values_mut().flat_map(|value| match value {
            Value::Object(inner) => inner.values_mut().filter_map(Value::as_array_mut).collect::<Vec<_>>(),
            value => value.as_array_mut().into_iter().collect(),
        });
        for list in lists.filter(|list| list.len() == before) {
            *list = list.iter().cycle().take(layers as usize).cloned().collect();
        }
        // And so does a word with a letter for each.
        for (key, value) in config.as_object_mut().unwrap() {
            if let (true, Some(word)) = (key.ends_with("_pattern"), value.as_str()) {
                *value = word.chars().cycle().take(layers as usize).collect::<String>().into();
            }
        }
        // Lists that say how often they are repeated.
        if let Some(types) = config.get_mut("attention_types") {
            *types = json!([[["global"], 1], [["local"], layers - 1]]);
        }
        // Layers beyond those that are numbered are linear.
        if let Some(Value::Array(linear)) = config.pointer_mut("/linear_attn_config/kda_layers") {
            linear.extend((before + 1..=layers as usize).map(Value::from));
        }
        // Of fewer layers there may be none to share a cache with.
        if let Some(shared) = config.get_mut("num_kv_shared_layers").filter(|_| (layers as usize) < before) {
            *shared = json!(0);
        }
        Model::from_json(&config.to_string()).unwrap()
    })
}

fn accountings() -> impl Strategy<Value = Accounting> {
    prop::sample::select(Accounting::NAMED.map(|row| row.1).to_vec())
}

fn report(model: &Model, workload: &Workload, accounting: &Accounting) -> Report {
    analyze(model, workload, accounting, None).unwrap()
}

fn op<'a>(model: &'a Model, report: &Report, row: usize) -> &'a Op {
    let (group, layer) = report.layers[row].at;
    &model.groups[group].layers[layer].op
}

fn rounded(op: &Op) -> bool {
    let rows = match op {
        Op::Linear(linear) => linear.rows,
        Op::Activation(activation) => activation.rows,
        _ => return false,
    };
    matches!(rows, Rows::Spread(_))
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 200,
        rng_seed: RngSeed::Fixed(0x00f1_0b5e),
        failure_persistence: None,
        ..Default::default()
    }
}

const BRACKETS: [char; 4] = ['(', ')', '⌈', '⌉'];

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_figure_and_its_formula_agree(
        model in models(), accounting in accountings(),
        cached in 0u64..5000, new in 1u64..300, batch in 1u64..5,
    ) {
        let workload = Workload::uniform(cached, new, batch).unwrap();
        let report = report(&model, &workload, &accounting);
        for row in &report.layers {
            let figures = [row.flops.0, row.weight_bytes.0, row.input_bytes.0, row.output_bytes.0];
            let explained = explain(&model, &workload, &accounting, row);
            let values: Vec<_> = explained.iter().map(|e| e.value.unwrap()).collect();
            prop_assert_eq!(values, figures, "{}", row.name);
            // A name stands for one number wherever it appears.
            for formula in explained {
                let number = |word: &str| {
                    let name = word.trim_matches(BRACKETS);
                    let operand = formula.operands.iter().find(|operand| operand.symbol == name);
                    operand.map_or_else(|| word.to_owned(), |operand| word.replace(name, &operand.value))
                };
                let numbers: Vec<_> = formula.names.split(' ').map(number).collect();
                prop_assert_eq!(numbers.join(" "), formula.numbers, "{}", row.name);
            }
        }
    }

    #[test]
    fn totals_are_the_sum_over_rows_and_blocks(
        model in models(), accounting in accountings(), cached in 0u64..100, new in 1u64..100,
    ) {
        let report = report(&model, &Workload::uniform(cached, new, 2).unwrap(), &accounting);
        let sum = |figure: fn(&roofline::engine::report::Row) -> u128| -> u128 {
            report.layers.iter().map(|row| figure(row) * u128::from(row.blocks)).sum()
        };
        prop_assert_eq!(report.total.flops.0, sum(|row| row.flops.0));
        prop_assert_eq!(report.total.weight_bytes.0, sum(|row| row.weight_bytes.0));
        prop_assert_eq!(report.total.input_bytes.0, sum(|row| row.input_bytes.0));
        prop_assert_eq!(report.total.output_bytes.0, sum(|row| row.output_bytes.0));
        prop_assert_eq!(report.storage_total_bytes.0, report.storage.iter().map(|item| item.bytes.0).sum());
    }

    #[test]
    fn a_larger_batch_moves_more_activations_but_the_same_dense_weights(
        model in models(), cached in 0u64..500, new in 1u64..50, batch in 1u64..20,
    ) {
        let once = report(&model, &Workload::uniform(cached, new, batch).unwrap(), &Accounting::EXACT);
        let twice = report(&model, &Workload::uniform(cached, new, 2 * batch).unwrap(), &Accounting::EXACT);
        for (i, (a, b)) in once.layers.iter().zip(&twice.layers).enumerate() {
            let op = op(&model, &once, i);
            // Latent attention may take its other form for more queries; a lookup reads a row a token.
            if matches!(op, Op::LatentUp(_) | Op::LatentAttention(_)) { continue; }
            // Of rows that reach experts a part is rounded up.
            if rounded(op) { continue; }
            prop_assert_eq!(b.flops.0, 2 * a.flops.0, "{}", a.name);
            prop_assert_eq!(b.input_bytes.0, 2 * a.input_bytes.0, "{}", a.name);
            prop_assert_eq!(b.output_bytes.0, 2 * a.output_bytes.0, "{}", a.name);
            match op {
                Op::Lookup(_) => prop_assert_eq!(b.weight_bytes.0, 2 * a.weight_bytes.0),
                Op::Linear(linear) if matches!(linear.rows, Rows::Routed(_)) => {
                    prop_assert!(a.weight_bytes <= b.weight_bytes && b.weight_bytes.0 <= 2 * a.weight_bytes.0 + 1);
                }
                _ => prop_assert_eq!(b.weight_bytes, a.weight_bytes, "{}", a.name),
            }
        }
    }

    #[test]
    fn decode_steps_sum_to_one_causal_prefill(model in models(), tokens in 1u64..40) {
        let attention = |report: &Report| -> u128 {
            let rows = report.layers.iter().enumerate();
            rows.filter(|(i, _)| matches!(op(&model, report, *i), Op::Attention(_)))
                .map(|(_, row)| row.flops.0 * u128::from(row.blocks))
                .sum()
        };
        let steps: u128 = (0..tokens)
            .map(|cached| attention(&report(&model, &Workload::uniform(cached, 1, 1).unwrap(), &Accounting::EXACT)))
            .sum();
        let prefill = attention(&report(&model, &Workload::uniform(0, tokens, 1).unwrap(), &Accounting::EXACT));
        prop_assert_eq!(steps, prefill);
    }

    #[test]
    fn no_key_with_any_value_panics(
        config in prop::sample::select(cases()),
        key in any::<prop::sample::Index>(),
        value in prop_oneof![
            Just(json!(null)), Just(json!(0)), Just(json!(-1)), Just(json!(1)), Just(json!(true)), Just(json!("x")),
            Just(json!([])), Just(json!([1, null, "full_attention"])), Just(json!({})), Just(json!(1.5)),
            any::<i64>().prop_map(|n| json!(n)), any::<f64>().prop_map(|x| json!(x)), (1u64..5000).prop_map(|n| json!(n)),
        ],
    ) {
        let mut config = config;
        let keys: Vec<String> = config.as_object().unwrap().keys().cloned().collect();
        config[key.get(&keys)] = value;
        if let Ok(model) = Model::from_json(&config.to_string()) {
            for (_, accounting, _) in Accounting::NAMED {
                let _ = analyze(&model, &Workload::uniform(1 << 40, 1 << 40, 1 << 22).unwrap(), &accounting, None);
            }
        }
    }

    #[test]
    fn quantised_weights_take_fewer_bytes_and_are_as_many(
        model in models(), accounting in accountings(), new in 1u64..50,
        word in prop::sample::select(Overrides::weight_words()),
    ) {
        let workload = Workload::uniform(10, new, 2).unwrap();
        let other = model.with(&Overrides::parse(Some(&word), None, None).unwrap());
        let (a, b) = (report(&model, &workload, &accounting), report(&other, &workload, &accounting));
        prop_assert_eq!(&a.model.parameters, &b.model.parameters);
        prop_assert_eq!(a.total.flops, b.total.flops);
        for (a, b) in a.layers.iter().zip(&b.layers) {
            prop_assert_eq!((a.name, a.input_bytes, a.output_bytes), (b.name, b.input_bytes, b.output_bytes));
            // Matrices that fill their groups; a row shorter than a group carries all of its scale.
            let wide = b.parameters / 256 > 256;
            let narrower = b.weights.is_some() && wide && word.contains(['q', 'f']) && !word.contains("128");
            prop_assert!(!narrower || b.weight_bytes <= a.weight_bytes, "{} {}", b.name, word);
            for explained in explain(&other, &workload, &accounting, b) {
                prop_assert!(explained.value.is_some());
            }
            let formula = &explain(&other, &workload, &accounting, b)[1];
            prop_assert_eq!(formula.value, Some(b.weight_bytes.0), "{} {}", b.name, word);
        }
    }

    #[test]
    fn no_quantisation_panics(
        config in prop::sample::select(cases()),
        method in prop::sample::select(vec!["gptq", "awq", "bitsandbytes", "fp8", "compressed-tensors", "mxfp4",
            "modelopt", "mlx", "hqq", "torchao", "quanto", "quark", "aqlm", "higgs", "auto-round", "none"]),
        key in prop::sample::select(vec!["bits", "group_size", "weight_block_size", "config_groups", "ignore",
            "quant_algo", "quant_config", "quant_type", "kv_cache_scheme", "dynamic", "modules_to_not_convert"]),
        value in prop_oneof![
            Just(json!(null)), Just(json!(0)), Just(json!(-1)), Just(json!(4)), Just(json!("x*")), Just(json!([[]])),
            Just(json!([1, null, "re:.*(q|k)_proj", "*", "model.layers.0.mlp"])), Just(json!({"": {}, "+:a": {"bits": 0}})),
            Just(json!({"g": {"weights": {"num_bits": 4, "group_size": 1}, "targets": ["Linear", "q_proj"]}})),
            any::<u64>().prop_map(|n| json!(n)), any::<f64>().prop_map(|x| json!([x])),
        ],
    ) {
        let mut config = config;
        config["quantization_config"] = json!({"quant_method": method, "bits": 4, "group_size": 32});
        config["quantization_config"][key] = value;
        let model = Model::from_json(&config.to_string()).unwrap();
        let again = Model::from_json(&model.reduced().to_string()).unwrap();
        prop_assert_eq!(&again.groups, &model.groups);
        for (_, accounting, _) in Accounting::NAMED {
            let _ = analyze(&model, &Workload::uniform(1 << 40, 1 << 40, 1 << 22).unwrap(), &accounting, None);
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,200}") {
        let _ = Model::from_json(&text);
    }

    #[test]
    fn the_reduced_config_builds_the_same_model(config in prop::sample::select(cases())) {
        let model = Model::from_json(&config.to_string()).unwrap();
        let again = Model::from_json(&model.reduced().to_string()).unwrap();
        prop_assert_eq!(&again.groups, &model.groups);
        prop_assert_eq!(again.precision, model.precision);
        prop_assert_eq!(again.reduced(), model.reduced());
    }
}

/// The same config with other values for some keys.
fn with(config: &Value, changes: &[(&str, Value)]) -> Model {
    let mut config = config.clone();
    for (key, value) in changes {
        config[*key] = value.clone();
    }
    Model::from_json(&config.to_string()).unwrap()
}

#[test]
fn a_window_past_the_context_costs_what_full_attention_costs() {
    let base = json!({"model_type": "mistral", "hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2,
        "intermediate_size": 80, "num_hidden_layers": 2, "vocab_size": 90});
    let full = with(&base, &[("sliding_window", json!(null))]);
    let wide = with(&base, &[("sliding_window", json!(10_000))]);
    let workload = Workload::new(&[0, 500], &[64, 3], None).unwrap();
    for (name, accounting, _) in Accounting::NAMED {
        let (a, b) = (report(&full, &workload, &accounting), report(&wide, &workload, &accounting));
        assert_eq!(a.total, b.total, "{name}");
        assert_eq!(a.storage, b.storage, "{name}");
    }
}

#[test]
fn experts_that_all_tokens_take_cost_a_sum_of_dense_layers() {
    let base = json!({"hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2,
        "num_hidden_layers": 2, "vocab_size": 90, "intermediate_size": 80});
    let mixed = with(
        &base,
        &[
            ("model_type", json!("mixtral")),
            ("num_local_experts", json!(4)),
            ("num_experts_per_tok", json!(4)),
        ],
    );
    // Four experts of 80 are one dense layer of 320.
    let dense = with(&base, &[("model_type", json!("llama")), ("intermediate_size", json!(320))]);
    let workload = Workload::uniform(10, 7, 3).unwrap();
    let (mixed, dense) =
        (report(&mixed, &workload, &Accounting::EXACT), report(&dense, &workload, &Accounting::EXACT));
    for (expert, layer) in [
        ("Moe - Experts GateUp_Proj", "Ffn - GateUp_Proj"),
        ("Moe - Experts ActMul", "Ffn - ActMul"),
        ("Moe - Experts Down_Proj", "Ffn - Down_Proj"),
    ] {
        let find =
            |report: &Report, name: &str| report.layers.iter().find(|row| row.name == name).unwrap().clone();
        let (expert, layer) = (find(&mixed, expert), find(&dense, layer));
        assert_eq!(expert.flops, layer.flops);
        assert_eq!(expert.weight_bytes, layer.weight_bytes);
        assert_eq!(expert.parameters, layer.parameters);
    }
    assert_eq!(mixed.model.parameters.active, mixed.model.parameters.total);
}

#[test]
fn document_and_exact_differ_by_the_documented_terms_only() {
    let config = json!({"model_type": "llama", "hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2,
        "num_hidden_layers": 2, "vocab_size": 90, "intermediate_size": 80});
    let model = Model::from_json(&config.to_string()).unwrap();
    // c = 5, n = 3: N = 3, all pairs 3·8 = 24, causal 3·5 + 3·4/2 = 21; H = 4, G = 2, D = 16.
    let workload = Workload::uniform(5, 3, 1).unwrap();
    let document = report(&model, &workload, &Accounting::DOCUMENT);
    let exact = report(&model, &workload, &Accounting::EXACT);
    let blocks: Vec<_> = exact.layers.iter().filter(|row| row.stage == Stage::Block).collect();
    assert_eq!(blocks.len(), document.layers.len());
    for (d, e) in document.layers.iter().zip(blocks) {
        assert_eq!((d.name, d.input_bytes, d.output_bytes), (e.name, e.input_bytes, e.output_bytes));
        let (more_flops, fewer_weights): (i128, u128) = match d.name {
            // ε among the weights: one element of two bytes.
            "Attn - RMSNorm" | "Ffn - RMSNorm" => (0, 2),
            // A product of M×K by K×N is M·N longer by one sum each: 3·(64 + 2·32).
            "Attn - QKV_Proj" => (384, 0),
            "Attn - O_Proj" | "Ffn - Down_Proj" => (192, 0),
            "Ffn - GateUp_Proj" => (480, 0),
            // exact 2·21·64 + 2·21·64 + 5·21·4 = 5796; document 24·127 + 2·16·(48 − 3) = 4488.
            "Attn - SDPA" => (1308, 0),
            // exact 5·80·3 = 1200; document 5·80 + 3 = 403.
            "Ffn - ActMul" => (797, 0),
            "Attn - RoPE" | "Attn - ResidualAdd" | "Ffn - ResidualAdd" => (0, 0),
            other => panic!("{other} has no term"),
        };
        assert_eq!(e.flops.0 as i128 - d.flops.0 as i128, more_flops, "{}", d.name);
        assert_eq!(d.weight_bytes.0 - e.weight_bytes.0, fewer_weights, "{}", d.name);
    }
}
