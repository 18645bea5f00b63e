//! `docs/formulas.md` is printed from the expressions that compute the figures, and never drifts from them.

use roofline::engine::explain::{Figure, explain};
use roofline::engine::{Accounting, Model, Workload, analyze};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Models that between them have every kind of layer, and what they show.
const MODELS: &[(&str, &str)] = &[
    (
        "Grouped-query attention and a gated feed-forward layer (llama)",
        r#"{"model_type": "llama", "num_key_value_heads": 8, "attention_bias": true}"#,
    ),
    ("Learned positions, LayerNorm and a plain feed-forward layer (gpt2)", r#"{"model_type": "gpt2"}"#),
    (
        "Norms of queries and keys, sliding windows (gemma3_text)",
        r#"{"model_type": "gemma3_text", "num_hidden_layers": 6}"#,
    ),
    ("Latent attention and a mixture of experts (deepseek_v3)", r#"{"model_type": "deepseek_v3"}"#),
    (
        "Latent attention to what an index chooses (deepseek_v32)",
        r#"{"model_type": "deepseek_v32", "index_topk": 64}"#,
    ),
    (
        "Latent attention and streams that are not mixed (hy_v4)",
        r#"{"model_type": "hy_v4", "index_topk": 64}"#,
    ),
    (
        "Attention to blocks that an index chooses (minimax_m3_vl_text)",
        r#"{"model_type": "minimax_m3_vl_text", "num_hidden_layers": 1, "layer_types": ["minimax_m3_sparse"]}"#,
    ),
    (
        "Streams, entries for many tokens, outputs in groups (deepseek_v4)",
        r#"{"model_type": "deepseek_v4", "compress_rate_hca": 16, "index_topk": 64}"#,
    ),
    (
        "An input of each layer's own, values that are keys, a shared cache, a mixture beside (gemma4_text)",
        r#"{"model_type": "gemma4_text", "num_kv_shared_layers": 6, "attention_k_eq_v": true,
            "enable_moe_block": true, "num_experts": 8, "top_k_experts": 2, "moe_intermediate_size": 704}"#,
    ),
    (
        "Several hidden states, a path beside attention (gemma3n_text)",
        r#"{"model_type": "gemma3n_text", "num_hidden_layers": 12, "num_kv_shared_layers": 2}"#,
    ),
    ("A gate for each head (laguna)", r#"{"model_type": "laguna"}"#),
    ("Linear attention and a gated shared expert (qwen3_next)", r#"{"model_type": "qwen3_next"}"#),
    ("Linear attention with decays of each channel (kimi_linear)", r#"{"model_type": "kimi_linear"}"#),
    ("Lightning attention (minimax)", r#"{"model_type": "minimax"}"#),
    (
        "A state space, and experts on a latent state (nemotron_h)",
        r#"{"model_type": "nemotron_h", "moe_latent_size": 1024}"#,
    ),
    ("The first Mamba's state space (jamba)", r#"{"model_type": "jamba"}"#),
    (
        "Transformers that layers share (zamba2)",
        r#"{"model_type": "zamba2", "use_shared_attention_adapter": true}"#,
    ),
    (
        "Short convolutions (lfm2)",
        r#"{"model_type": "lfm2", "conv_bias": true, "full_attn_idxs": [0, 2], "num_hidden_layers": 3}"#,
    ),
];

fn page() -> String {
    let mut page = String::from(
        "# Formulas\n\n\
         What every layer costs under each named accounting, per block and for a whole batch. This page is\n\
         printed from the expressions that compute the figures (`UPDATE=1 cargo test --test formulas`).\n\
         A dash is zero. Below are the names; then one table for each kind of model, without the layers that\n\
         an earlier table shows.\n",
    );
    let workload = Workload::new(&[1000], &[2], Some(2)).unwrap();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut tables = String::new();
    let mut seen: Vec<(String, [String; 4])> = Vec::new();
    for (title, config) in MODELS {
        let model = Model::from_json(config).unwrap();
        write!(
            tables,
            "\n## {title}\n\n| Layer | Accounting | Compute | Weights read | Input | Output |\n| --- | --- | --- | --- | --- | --- |\n"
        )
        .unwrap();
        let reports = Accounting::NAMED
            .map(|(_, accounting, _)| analyze(&model, &workload, &accounting, None).unwrap());
        // exact has every layer that any accounting has.
        for row in &reports[1].layers {
            for ((name, accounting, _), report) in Accounting::NAMED.iter().zip(&reports) {
                let Some(row) = report.layers.iter().find(|other| other.at == row.at) else { continue };
                let explained = explain(&model, &workload, accounting, row);
                let cells = Figure::ALL.map(|figure| {
                    let formula = explained.iter().find(|e| e.figure == figure).unwrap();
                    for operand in &formula.operands {
                        names.insert(
                            format!("{} {}", operand.symbol, operand.meaning),
                            format!("| {} | {} |", operand.symbol, operand.meaning),
                        );
                    }
                    if formula.names == "0" { "–".to_owned() } else { formula.names.clone() }
                });
                let key = (format!("{} {name}", row.name), cells.clone());
                if seen.contains(&key) {
                    continue;
                }
                let [flops, weights, input, output] = &cells;
                writeln!(tables, "| {} | {name} | {flops} | {weights} | {input} | {output} |", row.name)
                    .unwrap();
                seen.push(key);
            }
        }
    }
    page += "\n## Names\n\n| Name | Meaning |\n| --- | --- |\n";
    for line in names.values() {
        page += line;
        page.push('\n');
    }
    page + &tables
}

#[test]
fn the_page_of_formulas_is_what_the_engine_computes() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/formulas.md");
    let page = page();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap();
    assert!(kept == page, "docs/formulas.md is stale: run UPDATE=1 cargo test --test formulas");
}
