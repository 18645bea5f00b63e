//! Every family against models that transformers built: `families/cases.json`, made by `families/make.py`.

use roofline::engine::{Accounting, Model, Report, Workload, analyze, families};
use serde_json::Value;

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("families/cases.json")).unwrap()
}

fn report(config: &Value, workload: &Workload, accounting: &Accounting) -> Report {
    let model = Model::from_json(&config.to_string()).unwrap_or_else(|e| panic!("{config}: {e}"));
    analyze(&model, workload, accounting, None).unwrap()
}

#[test]
fn parameters_to_the_unit() {
    for case in cases() {
        let report = report(&case["config"], &Workload::default(), &Accounting::EXACT);
        let counted = report.model.parameters.total;
        assert_eq!(Some(counted), case["parameters"].as_u64().map(u128::from), "{}", case["name"]);
        // Every parameter is in one row and only there.
        let summed: u128 = report.layers.iter().map(|row| row.parameters * u128::from(row.blocks)).sum();
        assert_eq!(counted, summed, "{}", case["name"]);
    }
}

#[test]
fn flops_as_pytorch_counts_them() {
    let mut compared = 0;
    for case in cases() {
        for row in case["flops"].as_array().unwrap() {
            let [cached, new, batch, flops] = [0, 1, 2, 3].map(|i| row[i].as_u64().unwrap());
            let workload = Workload::uniform(cached, new, batch).unwrap();
            let report = report(&case["config"], &workload, &Accounting::TORCH);
            assert_eq!(report.total.flops.0, u128::from(flops), "{} {row}", case["name"]);
            compared += 1;
        }
    }
    assert!(compared > 350, "only {compared} rows compared");
}

#[test]
fn every_family_has_a_case() {
    let cases = cases();
    // One builder: Ministral is Mistral with layer_types, Kimi K2 is DeepSeek-V3; MiniMax's first models and Phi-4's
    // for images and speech are published under names of their own.
    let shared = ["ministral", "kimi_k2", "minimax_m1", "minimax_text_01", "phi4mm"];
    for name in families::known() {
        let tested = cases.iter().any(|case| case["config"]["model_type"] == name);
        assert!(tested || families::is_wrapper(name) || shared.contains(&name), "{name} has no case");
    }
}

#[test]
fn experts_are_found_under_the_names_that_transformers_gives_them() {
    let parameters = |key: &str| {
        let config = serde_json::json!({ "model_type": "qwen3_moe", key: 16 });
        report(&config, &Workload::default(), &Accounting::EXACT).model.parameters.total
    };
    assert_eq!(parameters("num_local_experts"), parameters("num_experts"));
    assert!(parameters("num_experts") < parameters("ignored"));
}
