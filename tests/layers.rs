//! One layer at a time, of the kinds that `golden.rs` does not have, every figure worked out by hand.
//!
//! Unless a case says otherwise: three queries with 6 cached and 2 new tokens each, so N = 6 new and T = 24
//! context tokens, B = 3; 3·2·8 = 48 pairs in all, 3·(2·6 + 3) = 45 causal ones; two bytes an element.

use roofline::engine::explain::explain;
use roofline::engine::model::{Op, Rows, Spread};
use roofline::engine::report::Row;
use roofline::engine::workload::Pairs;
use roofline::engine::{Accounting, Model, Workload, analyze};

const DOCUMENT: Accounting = Accounting::DOCUMENT;
const EXACT: Accounting = Accounting::EXACT;
const TORCH: Accounting = Accounting::TORCH;

/// H = 3, latent 10, heads of 4 + 2 and values of 5; 2 of 4 experts of 6, one shared.
const LATENT: &str = r#"{"model_type": "deepseek_v3", "hidden_size": 12, "num_hidden_layers": 1,
    "num_attention_heads": 3, "kv_lora_rank": 10, "qk_nope_head_dim": 4, "qk_rope_head_dim": 2, "v_head_dim": 5,
    "q_lora_rank": 7, "n_routed_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 6,
    "n_shared_experts": 1, "first_k_dense_replace": 0, "vocab_size": 11}"#;

/// 2 key and 4 value heads of 3 and 5, a kernel of 4.
const LINEAR: &str = r#"{"model_type": "qwen3_next", "hidden_size": 12, "num_hidden_layers": 1,
    "layer_types": ["linear_attention"], "linear_num_key_heads": 2, "linear_num_value_heads": 4,
    "linear_key_head_dim": 3, "linear_value_head_dim": 5, "linear_conv_kernel_dim": 4, "vocab_size": 11}"#;

/// 4 heads of 5 in 2 groups with a state of 3, a kernel of 4; 2 of 4 experts of 8 on a latent of 6, one shared.
const SPACE: &str = r#"{"model_type": "nemotron_h", "hidden_size": 12, "layers_block_type": ["mamba", "moe"],
    "mamba_num_heads": 4, "mamba_head_dim": 5, "ssm_state_size": 3, "n_groups": 2, "conv_kernel": 4,
    "num_attention_heads": 3, "num_key_value_heads": 1, "moe_latent_size": 6, "n_routed_experts": 4,
    "num_experts_per_tok": 2, "moe_intermediate_size": 8, "moe_shared_expert_intermediate_size": 10,
    "vocab_size": 11}"#;

/// A kernel of 3 over 12 channels.
const SHORT: &str = r#"{"model_type": "lfm2", "hidden_size": 12, "num_hidden_layers": 1, "layer_types": ["conv"],
    "num_attention_heads": 3, "num_key_value_heads": 1, "conv_L_cache": 3, "intermediate_size": 6,
    "block_auto_adjust_ff_dim": false, "vocab_size": 11}"#;

const GPT2: &str = r#"{"model_type": "gpt2", "n_embd": 12, "n_layer": 1, "n_head": 3, "n_positions": 9,
    "vocab_size": 11}"#;

/// 3 query heads of 4 over one key/value head, with what `more` adds.
fn small(model_type: &str, more: &str) -> String {
    format!(
        r#"{{"model_type": "{model_type}", "hidden_size": 12, "num_hidden_layers": 1, "num_attention_heads": 3,
        "num_key_value_heads": 1, "head_dim": 4, "intermediate_size": 6, "vocab_size": 11 {more}}}"#
    )
}

fn model_of(config: &str) -> Model {
    Model::from_json(config).unwrap_or_else(|e| panic!("{config}: {e}"))
}

fn row_of(config: &str, accounting: &Accounting, name: &str, workload: &Workload) -> Row {
    row_in(&model_of(config), accounting, name, workload)
}

fn row_in(model: &Model, accounting: &Accounting, name: &str, workload: &Workload) -> Row {
    let report = analyze(model, workload, accounting, None).unwrap();
    let row = report.layers.into_iter().find(|row| row.name == name);
    row.unwrap_or_else(|| panic!("no {name} in {}", model.reduced()))
}

/// FLOPs, weight, input and output bytes.
#[track_caller]
fn costs(config: &str, accounting: &Accounting, name: &str, want: [u128; 4]) {
    costs_in(&model_of(config), accounting, name, want);
}

#[track_caller]
fn costs_in(model: &Model, accounting: &Accounting, name: &str, want: [u128; 4]) {
    let row = row_in(model, accounting, name, &Workload::uniform(6, 2, 3).unwrap());
    let got = [row.flops.0, row.weight_bytes.0, row.input_bytes.0, row.output_bytes.0];
    assert_eq!(got, want, "{name} under {}", accounting.name());
}

/// How the bytes of input and output come about.
fn input_and_output(model: &Model, name: &str) -> [String; 2] {
    let row = row_in(model, &EXACT, name, &Workload::default());
    let [_, _, input, output] = explain(model, &Workload::default(), &EXACT, &row).try_into().unwrap();
    [input.names, output.names]
}

#[test]
fn latent_attention_as_written() {
    // 6·3·9·(2·10 − 1); 10·3·9·2; 10·6·2; 3·9·6·2
    costs(LATENT, &DOCUMENT, "Attn - KV_B_Proj", [3078, 540, 120, 324]);
    // 48·(2·3·6 − 1) + 3·5·(2·48 − 6); queries 3·6·6·2 + expanded 3·(4 + 2 + 5)·24·2; 3·5·6·2
    costs(LATENT, &DOCUMENT, "Attn - SDPA", [3030, 0, 1800, 180]);
    // 2 elements of 3 heads and of the key that all share: 3·(3 + 1)·2·6; 4·2·6·2
    costs(LATENT, &EXACT, "Attn - RoPE", [144, 0, 96, 96]);
}

#[test]
fn latent_attention_absorbed() {
    // Expanded would take 24·27·20 + 45·3·(12 + 10 + 5) = 16,605 FLOPs in both, absorbed takes 9,855.
    // 6·3·(10·2·4 + 5·2·10); 540; queries 3·(4 + 10)·6·2; 3·(10 + 5)·6·2
    costs(LATENT, &EXACT, "Attn - KV_B_Proj", [3240, 540, 504, 540]);
    // 45·3·(2·12 + 2·10 + 5); queries 3·12·6·2 + cache 12·24·2; 3·10·6·2
    costs(LATENT, &EXACT, "Attn - SDPA", [6615, 0, 1008, 360]);
}

#[test]
fn latent_attention_expanded() {
    // A prefill of 40 tokens: 820 causal pairs. Absorbed would take 21,600 + 820·3·49.
    let prefill = Workload::uniform(0, 40, 1).unwrap();
    for (name, want) in [
        // 40·3·9·20; 540; 10·40·2; 27·40·2
        ("Attn - KV_B_Proj", [21_600, 540, 800, 2160]),
        // 820·3·(12 + 10 + 5); queries 3·6·40·2 + expanded 3·9·40·2 + rotated 2·40·2; 3·5·40·2
        ("Attn - SDPA", [66_420, 0, 3760, 1200]),
    ] {
        let row = row_of(LATENT, &EXACT, name, &prefill);
        assert_eq!([row.flops.0, row.weight_bytes.0, row.input_bytes.0, row.output_bytes.0], want, "{name}");
    }
}

#[test]
fn latent_attention_runs_in_the_form_that_takes_fewer_flops() {
    // 20 cached and 20 new: 610 pairs. Expanded 40·27·20 + 610·3·27 = 71,010; absorbed 20·3·180 + 610·3·49.
    let longer = Workload::uniform(20, 20, 1).unwrap();
    // 21,600; 540; 10·40·2; 27·40·2
    let row = row_of(LATENT, &EXACT, "Attn - KV_B_Proj", &longer);
    assert_eq!([row.flops.0, row.input_bytes.0, row.output_bytes.0], [21_600, 800, 2160]);
    // Where both take as many, nothing is expanded: with a latent of 5 and values of 6, two new tokens with
    // nothing cached take 2·30·10 + 3·3·(12 + 12 + 5) = 861 expanded and 2·3·100 + 3·3·(14 + 10 + 5) absorbed.
    let even = LATENT.replace(r#""kv_lora_rank": 10"#, r#""kv_lora_rank": 5"#);
    let even = even.replace(r#""v_head_dim": 5"#, r#""v_head_dim": 6"#);
    let row = row_of(&even, &EXACT, "Attn - KV_B_Proj", &Workload::uniform(0, 2, 1).unwrap());
    // 3·(4 + 5)·2·2; 3·(5 + 6)·2·2
    assert_eq!([row.flops.0, row.input_bytes.0, row.output_bytes.0], [600, 108, 132]);
}

#[test]
fn an_index_chooses_what_latent_attention_sees() {
    let chosen = LATENT.replace("deepseek_v3", "deepseek_v32").replace(
        r#""vocab_size""#,
        r#""index_topk": 5, "index_n_heads": 2, "index_head_dim": 4, "vocab_size""#,
    );
    // 2·7·8·6; 7·8·2; 7·6·2; 8·6·2
    costs(&chosen, &EXACT, "Index - Q_Proj", [672, 112, 84, 96]);
    // Two of 4 elements of 2 + 1 heads: 3·3·2·6
    costs(&chosen, &EXACT, "Index - RoPE", [108, 0, 72, 72]);
    // 3·(7 + 8) = 45 pairs: 45·2·(2·4 + 3); queries and weights 2·(4 + 1)·6·2 + keys 4·24·2
    costs(&chosen, &EXACT, "Index - Score", [990, 0, 312, 0]);
    // The keys are those of all tokens.
    assert_eq!(input_and_output(&model_of(&chosen), "Index - Score")[0], "H · (D + 1) · N · x + D · T · y");
    // 3·(5 + 5) = 30 pairs on latents: 2·30·3·(12 + 10) + 5·30·3; two new tokens may choose all 8 of a query:
    // 3·12·6·2 + 12·24·2; 3·10·6·2
    costs(&chosen, &EXACT, "Attn - SDPA", [4410, 0, 1008, 360]);
    // A decode step reads 5 of 21 latents, 3·12·2 + 12·5·2, and keeps them all, 10 + 2 + 4 elements each.
    let decode = Workload::uniform(20, 1, 1).unwrap();
    let row = row_of(&chosen, &EXACT, "Attn - SDPA", &decode);
    assert_eq!((row.flops.0, row.input_bytes.0), (2 * 5 * 3 * 22 + 5 * 5 * 3, 192));
    let report = analyze(&model_of(&chosen), &decode, &EXACT, None).unwrap();
    assert_eq!(report.storage[1].bytes.0, 16 * 21 * 2);
    // A layer that takes what another has chosen has neither the index nor its keys.
    let shared = r#"{"model_type": "glm_moe_dsa", "num_hidden_layers": 4, "indexer_types": ["full", "shared", "full", "shared"]}"#;
    let report = analyze(&model_of(shared), &decode, &EXACT, None).unwrap();
    let scored = report.layers.iter().filter(|row| row.name == "Index - Score");
    assert_eq!(scored.map(|row| row.blocks).sum::<u64>(), 2);
    assert_eq!(report.storage[1].bytes.0, 2 * 21 * (4 * (512 + 64) + 2 * 128));
}

#[test]
fn an_index_may_choose_blocks() {
    let blocks = r#"{"model_type": "minimax_m3_vl_text", "hidden_size": 12, "num_hidden_layers": 1,
        "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 4, "rotary_dim": 2,
        "layer_types": ["minimax_m3_sparse"], "index_n_heads": 1, "index_head_dim": 4, "index_block_size": 3,
        "index_topk_blocks": 2, "vocab_size": 11}"#;
    // (4·4 + 2)·6; 4·2; 4·6·2
    costs(blocks, &EXACT, "Index - Q_Norm", [108, 8, 48, 48]);
    // One choice for each of two key/value heads, by the same weight: (4·4 + 2)·2·6; 4·2; 2·4·6·2
    let two = blocks.replace(r#"heads": 1"#, r#"heads": 2"#);
    costs(&two, &EXACT, "Index - Q_Norm", [216, 8, 96, 96]);
    // Two of 4 elements of 1 + 1 heads: 3·2·2·6
    costs(blocks, &EXACT, "Index - RoPE", [72, 0, 48, 48]);
    // 45 pairs and the best of each block: 45·(2·4 + 1); 4·6·2 + 4·24·2
    costs(blocks, &EXACT, "Index - Score", [405, 0, 240, 0]);
    // Tokens 7 and 8 see one block of 3, and 1 and 2 tokens of their own: 3·(4 + 5) = 27 pairs, 2·27·2·(4 + 4) + 5·27·2.
    // Together they may see all 8 of a query: 2·4·6·2 + 8·24·2; 2·4·6·2
    costs(blocks, &EXACT, "Attn - SDPA", [1134, 0, 480, 96]);
    // Token 21 ends a block: 6 tokens, 2·6·2·8 + 5·6·2; 2·4·2 + 8·6·2. All 21 are kept, with a key of the index each.
    let decode = Workload::uniform(20, 1, 1).unwrap();
    let row = row_of(blocks, &EXACT, "Attn - SDPA", &decode);
    assert_eq!((row.flops.0, row.input_bytes.0), (252, 112));
    let report = analyze(&model_of(blocks), &decode, &EXACT, None).unwrap();
    assert_eq!(report.storage[1].bytes.0, (8 + 4) * 21 * 2);
}

/// Two streams; H = 3 heads of 4, of which 2 are rotated; a window of 4, and 3 of the entries for 2 tokens each, or
/// all of those for 3.
const COMPRESSED: &str = r#"{"model_type": "deepseek_v4", "hidden_size": 12, "num_hidden_layers": 2, "hc_mult": 2,
    "hc_sinkhorn_iters": 3, "num_attention_heads": 3, "head_dim": 4, "qk_rope_head_dim": 2, "q_lora_rank": 5,
    "o_groups": 3, "o_lora_rank": 2, "sliding_window": 4, "compress_ratios": [4, 128], "index_topk": 3,
    "compress_rates": {"compressed_sparse_attention": 2, "heavily_compressed_attention": 3}, "index_n_heads": 2,
    "index_head_dim": 4, "n_routed_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 6,
    "vocab_size": 11}"#;

#[test]
fn streams_are_summed_and_written_to() {
    // Both of 12 elements, without a weight: (3·24 + 2)·6; 24·6·2
    costs(COMPRESSED, &EXACT, "Streams - RMSNorm", [444, 0, 288, 288]);
    // Two weights each for sum and output, four for the mix: 6·8·2·24 + 6·8; (24·8 + 8)·2; 24·6·2; 8·6·2
    costs(COMPRESSED, &EXACT, "Streams - Proj", [2352, 400, 288, 96]);
    // ((2·2 − 1)·12 + 12·2 + (4·3 + 5)·4)·6; three scales; 24·6·2; 12·6·2
    costs(COMPRESSED, &EXACT, "Streams - Sum", [768, 6, 288, 144]);
    // (2·2 + 1)·24·6; (2 + 1)·12·6·2; 24·6·2. A product of 2 by 2 alone is 2·2·24·6.
    costs(COMPRESSED, &EXACT, "Streams - Add", [720, 0, 432, 288]);
    costs(COMPRESSED, &TORCH, "Streams - Add", [576, 0, 0, 0]);
    // Of three: ((2·3 − 1)·12 + 12·3 + (4·3 + 5)·9)·6; 36·6·2; and (2·3 + 1)·36·6; (3 + 1)·12·6·2
    let three = COMPRESSED.replace(r#""hc_mult": 2"#, r#""hc_mult": 3"#);
    costs(&three, &EXACT, "Streams - Sum", [1494, 6, 432, 144]);
    costs(&three, &EXACT, "Streams - Add", [1512, 0, 576, 432]);
    // The head has a weight for each stream, and one scale: 24·2 + 2 + 1
    let report = analyze(&model_of(COMPRESSED), &Workload::default(), &EXACT, None).unwrap();
    let head = report.layers.iter().rev().skip(2).take_while(|row| row.name.starts_with("Streams"));
    assert_eq!(head.map(|row| row.parameters).sum::<u128>(), 51);
    // Which are scaled, and no way back: ((2·2 − 1)·12 + 6·2)·6; one scale; 24·6·2; 12·6·2
    let report = analyze(&model_of(COMPRESSED), &Workload::uniform(6, 2, 3).unwrap(), &EXACT, None).unwrap();
    let sum = report.layers.iter().rfind(|row| row.name == "Streams - Sum").unwrap();
    assert_eq!([sum.flops.0, sum.weight_bytes.0, sum.input_bytes.0, sum.output_bytes.0], [288, 2, 288, 144]);
}

#[test]
fn experts_beside_a_dense_layer_have_norms_of_their_own() {
    let gemma = small(
        "gemma4_text",
        r#", "global_head_dim": 4, "enable_moe_block": true, "num_experts": 4, "top_k_experts": 2,
        "moe_intermediate_size": 6"#,
    );
    // The router's before the router, the experts' behind it: (4·12 + 2)·6; 12·2; 12·6·2
    let names = ["Ffn - Mid-RMSNorm", "Moe - Router RMSNorm", "Moe - Router", "Moe - RMSNorm"];
    for name in names.into_iter().filter(|name| name.ends_with("Norm")) {
        costs(&gemma, &EXACT, name, [300, 24, 144, 144]);
    }
    let report = analyze(&model_of(&gemma), &Workload::default(), &EXACT, None).unwrap();
    let rows = report.layers.iter().map(|row| row.name).skip_while(|name| *name != names[0]);
    assert_eq!(rows.take(4).collect::<Vec<_>>(), names);
}

#[test]
fn experts_that_hand_back_what_they_get() {
    let idle = r#"{"model_type": "longcat_flash", "hidden_size": 12, "num_layers": 1, "num_attention_heads": 3,
        "n_routed_experts": 4, "zero_expert_num": 2, "moe_topk": 3, "expert_ffn_hidden_size": 6, "vocab_size": 11}"#;
    // All six are scored: 2·12·6·6; 12·6·2; 12·6·2; 6·6·2
    costs(idle, &EXACT, "Moe - Router", [864, 144, 144, 72]);
    // Of 6·3 choices 4/6 do work, 12 rows: 12·12·2·6; 4·(1 − 0.5⁶) experts of 6·12·2; 12·6·2; 12·12·2
    costs(idle, &EXACT, "Moe - Experts Down_Proj", [1728, 567, 144, 288]);
    // 5·6·12; 2·6·12·2; 6·12·2
    costs(idle, &EXACT, "Moe - Experts ActMul", [360, 0, 288, 144]);
    // All three are weighted, and the sum joins behind the next block: (2·3 − 1)·12·6; 3·12·6·2
    costs(idle, &EXACT, "Moe - Combine", [360, 0, 432, 144]);
    costs(idle, &EXACT, "Moe - Sum", [72, 0, 288, 144]);
    let says = |config: &str| model_of(config).notes.iter().any(|note| note.text.contains("do no work"));
    assert!(says(idle) && !says(&idle.replace(r#""zero_expert_num": 2"#, r#""zero_expert_num": 0"#)));
    let report = analyze(&model_of(idle), &Workload::default(), &EXACT, None).unwrap();
    let blocks: u64 =
        report.layers.iter().filter(|row| row.name == "Attn - SDPA").map(|row| row.blocks).sum();
    assert_eq!(blocks, 2);
}

#[test]
fn rotated_keys_may_be_normed() {
    let normed = r#"{"model_type": "dots3_note_text", "hidden_size": 12, "num_hidden_layers": 3, "qk_rope_head_dim": 2,
        "num_attention_heads": 3, "swa_num_attention_heads": 2, "swa_qk_rope_head_dim": 4, "sliding_window": 4,
        "swa_kv_lora_rank": 10, "n_routed_experts": 4, "num_experts_per_tok": 2, "v_head_dim": 5, "vocab_size": 11}"#;
    // (4·2 + 2)·6; 2·2; 2·6·2
    costs(normed, &EXACT, "Attn - K_Norm", [60, 4, 24, 24]);
    // A gate for each of 3 heads of 5: 4·3·6 + 15·6; (15 + 3)·6·2; 15·6·2
    costs(normed, &EXACT, "Attn - Gate", [162, 0, 216, 180]);
    // Two layers keep latents of 512 + 2 and keys of 128 of the index for 21 tokens, one 10 + 4 for the last 4.
    let decode = Workload::uniform(20, 1, 1).unwrap();
    let report = analyze(&model_of(normed), &decode, &EXACT, None).unwrap();
    assert_eq!(report.storage[1].bytes.0, 2 * (2 * 21 * (514 + 128) + 4 * 14));
}

#[test]
fn streams_that_are_not_mixed() {
    let added =
        LATENT.replace("deepseek_v3", "hy_v4").replace(r#""vocab_size""#, r#""hc_mult": 3, "vocab_size""#);
    // Three weights each for sum and output: 6·6·2·36 + 6·6; (36·6 + 6)·2; 36·6·2; 6·6·2
    costs(&added, &EXACT, "Streams - Proj", [2628, 444, 432, 72]);
    // ((2·3 − 1)·12 + 13·3)·6; two scales
    costs(&added, &EXACT, "Streams - Sum", [594, 4, 432, 144]);
    // A product and a sum: 2·36·6; (3 + 1)·12·6·2; 36·6·2
    costs(&added, &EXACT, "Streams - Add", [432, 0, 576, 432]);
    costs(&added, &TORCH, "Streams - Add", [0, 0, 0, 0]);
    // A gate for each of 3 heads of 5: 2·12·15·6; 12·15·2; 12·6·2; 15·6·2. A sink for each head.
    costs(&added, &EXACT, "Attn - Gate_Proj", [2160, 360, 144, 180]);
    assert_eq!(row_of(&added, &EXACT, "Attn - SDPA", &Workload::default()).parameters, 3);
}

#[test]
fn entries_stand_for_many_tokens() {
    // Vectors and gates of 4 for two windows: 2·12·16·6; 12·16·2; 12·6·2; 16·6·2
    costs(COMPRESSED, &EXACT, "Compress - KV_Proj", [2304, 384, 144, 192]);
    // One more entry for each query: ((8·4 + 3)·4 + 2 + 3·2)·3; (4 + 1)·4·2; 2·4·4·3·2; 4·3·2
    costs(COMPRESSED, &EXACT, "Compress - Pool", [444, 40, 192, 24]);
    costs(COMPRESSED, &EXACT, "Index - Pool", [444, 40, 192, 24]);
    // Keys are rotated as they are made: 3·2·2·6; 2·2·6·2
    costs(COMPRESSED, &EXACT, "Index - RoPE", [72, 0, 48, 48]);
    // Tokens 7 and 8 see 3 and 4 entries, 3·7 = 21 pairs: 21·2·(2·4 + 3); 2·(4 + 1)·6·2 + 4·12·2
    costs(COMPRESSED, &EXACT, "Index - Score", [462, 0, 216, 0]);
    // The keys are those of the entries.
    assert_eq!(
        input_and_output(&model_of(COMPRESSED), "Index - Score")[0],
        "H · (D + 1) · N · x + D · E · y"
    );
    // Each sees 4 tokens and 3 entries, 3·2·7 = 42 pairs: 2·42·3·(4 + 4) + 5·42·3; 3·4·6·2 and 3 + 2 tokens and 4
    // entries of each query, keys and values at once: 4·27·2; 3·4·6·2
    costs(COMPRESSED, &EXACT, "Attn - SDPA", [2646, 0, 360, 144]);
    // All pairs, 48 with tokens and 3·2·4 with entries: 72·(2·12 − 1) + 4·(2·72 − 6); 144 + 4·(24 + 12)·2
    costs(COMPRESSED, &DOCUMENT, "Attn - SDPA", [2208, 0, 432, 144]);
    // 3·3·2·6; 3·2·6·2
    costs(COMPRESSED, &EXACT, "Attn - O_RoPE", [108, 0, 72, 72]);
    // Three groups of 4 features to 2: 3·6·2·2·4; 3·4·2·2; 3·6·4·2; 3·6·2·2
    costs(COMPRESSED, &EXACT, "Attn - O_A_Proj", [288, 48, 144, 72]);
    // SiLU, two clamps and the product: 7·6·6; 2·6·6·2; 6·6·2
    costs(COMPRESSED, &EXACT, "Moe - Shared ActMul", [252, 0, 144, 72]);
    // For each query 4 tokens and 4 entries of 4, 4 keys of 4, and twice one waiting token with vectors and gates
    // for two windows and two tokens of the window before: 2·4·(2·1 + 2); in the other layer 4 tokens, 2 entries
    // and two waiting tokens: 2·4·2.
    let report = analyze(&model_of(COMPRESSED), &Workload::uniform(6, 2, 3).unwrap(), &EXACT, None).unwrap();
    assert_eq!(report.storage[1].bytes.0, 3 * 2 * (32 + 16 + 2 * 32 + 24 + 16));
    // Token 22 completes an entry for two, and none for three.
    let at = |name: &str, nth: usize| {
        let report = analyze(&model_of(COMPRESSED), &Workload::uniform(21, 1, 1).unwrap(), &EXACT, None);
        report.unwrap().layers.iter().filter(|row| row.name == name).nth(nth).unwrap().flops.0
    };
    assert_eq!((at("Compress - Pool", 0), at("Compress - Pool", 1)), (148, 0));
    // 4 tokens and 3 of 11 entries, or all 7: (2·8 + 5)·3 each
    assert_eq!((at("Attn - SDPA", 0), at("Attn - SDPA", 1)), (7 * 63, 11 * 63));
}

#[test]
fn latent_weights_are_stored_and_quantised() {
    let workload = Workload::uniform(6, 2, 3).unwrap();
    // Norms 12 + 7 + 10 + 12 + 12; queries 12·7 + 7·18; latents 12·12 + 10·27; output 15·12; router 12·4;
    // experts 5·(12·12 + 6·12); head 12·11.
    let report = analyze(&model_of(LATENT), &workload, &EXACT, None).unwrap();
    assert_eq!(report.storage[0].bytes.0, 2 * (53 + 210 + 414 + 180 + 48 + 1080 + 132));
    let quantised = LATENT.replace(
        r#""vocab_size""#,
        r#""quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 5, "sym": false}, "vocab_size""#,
    );
    // 10·27 weights of 4 bits and 27·2 groups of 16 + 4 bits.
    let row = row_of(&quantised, &EXACT, "Attn - KV_B_Proj", &workload);
    assert_eq!(row.weight_bytes.0, 270);
}

#[test]
fn linear_attention() {
    // 2·6 + 20 = 32 channels: (2·4 − 1 + 4)·32·6; 32·4·2; 32·6·2 + a state of 32·3·3·2
    costs(LINEAR, &EXACT, "LinAttn - Conv1D", [2112, 256, 960, 960]);
    // A state of 4·3·5 = 60: 7·60·6; 2·4·2; (2·2·3 + 4·5 + 2·4)·6·2 + 60·3·2; 4·5·6·2 + 360
    costs(LINEAR, &EXACT, "LinAttn - DeltaRule", [2520, 16, 840, 600]);
    // (4·5 + 2)·4·6; 5·2; 5·4·6·2
    costs(LINEAR, &EXACT, "LinAttn - GatedRMSNorm", [528, 10, 240, 240]);
    // 5·20·6; 2·20·6·2; 20·6·2
    costs(LINEAR, &EXACT, "Attn - Gate", [600, 0, 480, 240]);
    let model = Model::from_json(LINEAR).unwrap();
    let report = analyze(&model, &Workload::uniform(6, 2, 3).unwrap(), &EXACT, None).unwrap();
    // The convolution's 576 and the rule's 360 bytes, whatever the context.
    assert_eq!(report.storage[1].bytes.0, 936);
}

#[test]
fn linear_attention_with_decays_of_each_channel() {
    // 2 heads of 3, a kernel of 4.
    let kimi = r#"{"model_type": "kimi_linear", "hidden_size": 12, "num_hidden_layers": 1,
        "linear_num_heads": 2, "linear_head_dim": 3, "vocab_size": 11}"#;
    // 2·12·18·6; 12·18·2; 12·6·2; 18·6·2
    costs(kimi, &EXACT, "Attn - QKV_Proj", [2592, 432, 144, 216]);
    // To the 3 elements that decays are made of and the 3 for gates: 2·12·6·6; 12·6·2; 12·6·2; 6·6·2
    costs(kimi, &EXACT, "LinAttn - FG_A_Proj", [864, 144, 144, 72]);
    // 2·12·2·6; 12·2·2; 12·6·2; 2·6·2
    costs(kimi, &EXACT, "LinAttn - B_Proj", [288, 48, 144, 24]);
    // 2·3·6·6; 3·6·2; 3·6·2; 6·6·2
    costs(kimi, &EXACT, "LinAttn - F_Proj", [216, 36, 36, 72]);
    costs(kimi, &EXACT, "Attn - Gate_Proj", [216, 36, 36, 72]);
    // (2·4 − 1 + 4)·18·6; 18·4·2; 18·6·2 + a state of 18·3·3·2
    costs(kimi, &EXACT, "LinAttn - Conv1D", [1188, 144, 540, 540]);
    // A state of 2·3·3 = 18: 7·18·6; (2·3 + 2)·2; (2·2·3 + 2·3 + 2·3 + 2)·6·2 + 18·3·2; 2·3·6·2 + 108
    costs(kimi, &EXACT, "LinAttn - DeltaRule", [756, 16, 420, 180]);
    // Ling 3 projects both at once.
    let ling = r#"{"model_type": "bailing_hybrid", "hidden_size": 12, "num_hidden_layers": 1,
        "num_attention_heads": 2, "head_dim": 3, "vocab_size": 11}"#;
    costs(ling, &EXACT, "LinAttn - DeltaRule", [756, 16, 420, 180]);
    // 2·12·6·6; 12·6·2; 12·6·2; 6·6·2
    costs(ling, &EXACT, "LinAttn - F_Proj", [864, 144, 144, 72]);
    costs(ling, &EXACT, "Attn - Gate_Proj", [864, 144, 144, 72]);
    // The convolution's 324 and the rule's 108 bytes.
    for config in [kimi, ling] {
        let report = analyze(&model_of(config), &Workload::uniform(6, 2, 3).unwrap(), &EXACT, None).unwrap();
        assert_eq!(report.storage[1].bytes.0, 432);
    }
}

#[test]
fn latent_attention_without_positions_or_with_gates() {
    // 2·12·3·6; 12·3·2; 12·6·2; 3·6·2
    let ling = LATENT.replace("deepseek_v3", "bailing_hybrid").replace('}', r#", "layer_group_size": 1}"#);
    costs(&ling, &EXACT, "Attn - Gate_Proj", [432, 72, 144, 36]);
    // A sigmoid for each of 3 heads, a product for each of 15 elements: (4·3 + 15)·6; (15 + 3)·6·2; 15·6·2
    costs(&ling, &EXACT, "Attn - Gate", [162, 0, 216, 180]);
    costs(&ling, &EXACT, "Attn - RoPE", [144, 0, 96, 96]);
    let kimi = LATENT.replace("deepseek_v3", "kimi_linear");
    let kimi = kimi.replace('}', r#", "layer_types": ["full_attention"]}"#);
    costs(&kimi, &EXACT, "Attn - SDPA", [6615, 0, 1008, 360]);
    let model = model_of(&kimi);
    let layers = || model.groups.iter().flat_map(|group| &group.layers);
    assert!(layers().all(|layer| !["Attn - RoPE", "Attn - Gate"].contains(&layer.name())));
}

#[test]
fn lightning_attention() {
    // 3 heads of 4.
    let minimax = small("minimax", r#", "layer_types": ["linear_attention"]"#);
    // 2·12·36·6; 12·36·2; 12·6·2; 36·6·2
    costs(&minimax, &EXACT, "Attn - QKV_Proj", [5184, 864, 144, 432]);
    // 4·36·6; 36·6·2; 36·6·2
    costs(&minimax, &EXACT, "LinAttn - Act", [864, 0, 432, 432]);
    // A state of 3·4·4 = 48: 5·48·6; nothing is learned; (2·12 + 12)·6·2 + 48·3·2; 12·6·2 + 288
    costs(&minimax, &EXACT, "LinAttn - Scan", [1440, 0, 720, 432]);
    // (4·12 + 2)·6; 12·2; 12·6·2
    costs(&minimax, &EXACT, "Attn - O_Norm", [300, 24, 144, 144]);
    // 2·12·12·6; 12·12·2; 12·6·2
    costs(&minimax, &EXACT, "Attn - Gate_Proj", [1728, 288, 144, 144]);
    let report = analyze(&model_of(&minimax), &Workload::uniform(6, 2, 3).unwrap(), &EXACT, None).unwrap();
    assert_eq!(report.storage[1].bytes.0, 288);
}

#[test]
fn state_spaces() {
    // 2·20 + 2·2·3 + 4 = 56: 2·12·56·6; 12·56·2; 12·6·2; 56·6·2
    costs(SPACE, &EXACT, "SSM - In_Proj", [8064, 1344, 144, 672]);
    // 20 + 12 = 32 channels: (2·4 − 1 + 1 + 4)·32·6; (32·4 + 32)·2; 32·6·2 + a state of 32·3·3·2
    costs(SPACE, &EXACT, "SSM - Conv1D", [2304, 320, 960, 960]);
    // (5·3 + 2)·20·6; 3·4·2; (20 + 2·2·3 + 4)·6·2 + a state of 20·3·3·2; 20·6·2 + 360
    costs(SPACE, &EXACT, "SSM - Scan", [2040, 24, 792, 600]);
    // 5·20·6; 2·20·6·2; 20·6·2
    costs(SPACE, &EXACT, "SSM - Gate", [600, 0, 480, 240]);
    // (4·10 + 2)·2·6; 2·10·2; 20·6·2
    costs(SPACE, &EXACT, "SSM - RMSNorm", [504, 40, 240, 240]);
    costs(SPACE, &EXACT, "SSM - Out_Proj", [2880, 480, 240, 144]);
    let model = model_of(SPACE);
    let report = analyze(&model, &Workload::uniform(6, 2, 3).unwrap(), &EXACT, None).unwrap();
    // The convolution's 576 and the scan's 360 bytes, whatever the context.
    assert_eq!(report.storage[1].bytes.0, 936);
    // A block is a mixer or a feed-forward layer, each with one norm and one sum.
    let of = |block: u64| {
        let group = model.groups.iter().find(|group| group.members.contains(&block)).unwrap();
        group.layers.iter().map(|layer| layer.name()).collect::<Vec<_>>()
    };
    assert_eq!((of(0)[0], *of(0).last().unwrap(), of(0).len()), ("Attn - RMSNorm", "Attn - ResidualAdd", 8));
    assert_eq!((of(1)[0], *of(1).last().unwrap(), of(1).len()), ("Ffn - RMSNorm", "Ffn - ResidualAdd", 13));

    let beside = r#"{"model_type": "falcon_h1", "hidden_size": 12, "num_hidden_layers": 1, "mamba_d_ssm": 20,
        "mamba_n_heads": 4, "num_attention_heads": 3, "num_key_value_heads": 1, "vocab_size": 11}"#;
    // 12·6; 2·12·6·2; 12·6·2
    costs(beside, &EXACT, "SSM - AttentionAdd", [72, 0, 288, 144]);
}

#[test]
fn state_spaces_of_the_first_mamba() {
    // 20 channels with a state of 3 each, a kernel of 4, steps made of 5.
    let of = |model_type: &str| {
        format!(
            r#"{{"model_type": "{model_type}", "hidden_size": 12, "num_hidden_layers": 1, "intermediate_size": 20,
            "state_size": 3, "time_step_rank": 5, "vocab_size": 11}}"#
        )
    };
    let mamba = of("mamba");
    // 2·12·40·6; 12·40·2; 12·6·2; 40·6·2
    costs(&mamba, &EXACT, "SSM - In_Proj", [5760, 960, 144, 480]);
    // (2·4 − 1 + 1 + 4)·20·6; (20·4 + 20)·2; 20·6·2 + a state of 20·3·3·2
    costs(&mamba, &EXACT, "SSM - Conv1D", [1440, 200, 600, 600]);
    // To steps, writes and reads, 5 + 2·3: 2·20·11·6; 20·11·2; 20·6·2; 11·6·2
    costs(&mamba, &EXACT, "SSM - X_Proj", [2640, 440, 240, 132]);
    // 2·5·20·6 + 20·6; (5·20 + 20)·2; 5·6·2; 20·6·2
    costs(&mamba, &EXACT, "SSM - Dt_Proj", [1320, 240, 60, 240]);
    // (7·3 + 2)·20·6; (20·3 + 20)·2; (20 + 2·3 + 20)·6·2 + a state of 20·3·3·2; 20·6·2 + 360
    costs(&mamba, &EXACT, "SSM - Scan", [2760, 160, 912, 600]);
    costs(&mamba, &EXACT, "SSM - Out_Proj", [2880, 480, 240, 144]);
    let of_norms = |config: &str| {
        let report = analyze(&model_of(config), &Workload::uniform(6, 2, 3).unwrap(), &EXACT, None).unwrap();
        // The convolution's 360 and the scan's 360 bytes, whatever the context.
        assert_eq!(report.storage[1].bytes.0, 720);
        let rows = report.layers.iter().filter(|row| row.name == "SSM - X_Norm");
        rows.map(|row| [row.flops.0, row.weight_bytes.0, row.input_bytes.0]).collect::<Vec<_>>()
    };
    assert_eq!(of_norms(&mamba), Vec::<[u128; 3]>::new());
    // (3·5 + 2)·6; 5·6·2; and twice (3·3 + 2)·6; 2·3·6·2
    assert_eq!(of_norms(&of("falcon_mamba")), [[102, 0, 60], [132, 0, 72]]);
    let jamba = r#"{"model_type": "jamba", "hidden_size": 10, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 1, "mamba_d_state": 3, "mamba_dt_rank": 5, "vocab_size": 11}"#;
    // With weights: (4·5 + 2)·6; 5·2; and twice (4·3 + 2)·6; 2·3·2
    assert_eq!(of_norms(jamba), [[132, 10, 60], [168, 12, 72]]);
}

#[test]
fn short_convolutions() {
    // (2·3 − 1)·12·6; 12·3·2; 12·6·2 + a state of 12·2·3·2
    costs(SHORT, &EXACT, "Conv - Conv1D", [360, 72, 288, 288]);
    // 12·6; 2·12·6·2; 12·6·2
    costs(SHORT, &EXACT, "Conv - InputMul", [72, 0, 288, 144]);
    costs(SHORT, &EXACT, "Conv - OutputMul", [72, 0, 288, 144]);
    // 2·12·36·6; 12·36·2; 12·6·2; 36·6·2
    costs(SHORT, &EXACT, "Conv - In_Proj", [5184, 864, 144, 432]);
}

#[test]
fn transformers_that_layers_share() {
    // 3 heads of 8 on hidden state and embedding side by side, adapters of 5, a state space of 4 heads of 6.
    let of = |layers: u64, kinds: &str| {
        format!(
            r#"{{"model_type": "zamba2", "hidden_size": 12, "num_hidden_layers": {layers}, "n_mamba_heads": 4,
            "num_attention_heads": 3, "intermediate_size": 6, "adapter_rank": 5, "vocab_size": 11,
            "use_shared_attention_adapter": true, "layers_block_type": [{kinds}]}}"#
        )
    };
    let zamba = of(1, r#""hybrid""#);
    // (4·24 + 2)·6; 24·2; 24·6·2
    costs(&zamba, &EXACT, "Attn - RMSNorm", [588, 48, 288, 288]);
    // 2·24·72·6; 24·72·2; 24·6·2; 72·6·2
    costs(&zamba, &EXACT, "Attn - QKV_Proj", [20736, 3456, 288, 864]);
    // Of queries, keys and values: 2·24·15·6; 24·15·2; 24·6·2; 15·6·2; and each 2·5·24·6; 5·24·2; 5·6·2; 24·6·2
    costs(&zamba, &EXACT, "Adapter - Down_Proj", [4320, 720, 288, 180]);
    costs(&zamba, &EXACT, "Adapter - Up_Proj", [1440, 240, 60, 288]);
    // 72·6; 2·72·6·2; 72·6·2
    costs(&zamba, &EXACT, "Adapter - Add", [432, 0, 1728, 864]);
    // 2·24·12·6; 24·12·2; 24·6·2; 12·6·2
    costs(&zamba, &EXACT, "Attn - O_Proj", [3456, 576, 288, 144]);
    // 2·12·12·6; 12·12·2; 12·6·2
    costs(&zamba, &EXACT, "Detour - Proj", [1728, 288, 144, 144]);
    costs(&zamba, &EXACT, "Detour - Add", [72, 0, 288, 144]);
    // The second time the weights are read again, but held only once; adapters are each layer's own.
    let twice = model_of(&of(3, r#""hybrid", "mamba", "hybrid""#));
    let report = analyze(&twice, &Workload::uniform(6, 2, 3).unwrap(), &EXACT, None).unwrap();
    let of_rows = |name: &str| {
        let rows = report.layers.iter().filter(|row| row.name == name);
        rows.map(|row| (row.weight_bytes.0, row.parameters)).collect::<Vec<_>>()
    };
    assert_eq!(of_rows("Attn - QKV_Proj"), [(3456, 1728), (3456, 0)]);
    assert_eq!(of_rows("Attn - O_Proj"), [(576, 288), (576, 0)]);
    assert_eq!(of_rows("Detour - Proj"), [(288, 144), (288, 144)]);
    // The adapters of queries, keys and values, and the one of the feed-forward layer.
    assert_eq!(of_rows("Adapter - Down_Proj"), [(720, 360), (120, 60), (720, 360), (120, 60)]);
    let held = report.storage[0].bytes.0;
    let all: u128 = report.layers.iter().map(|row| row.parameters * u128::from(row.blocks)).sum();
    // The embedding of 11·12, which is the head as well, is stored apart.
    assert_eq!(held, 2 * (all - 132));
}

#[test]
fn alternating_updates_around_a_block() {
    // 3 hidden states, a path of 5 beside attention, an input of 2 for the layer.
    let gemma = small(
        "gemma3n_text",
        r#", "altup_num_inputs": 3, "laurel_rank": 5, "hidden_size_per_layer_input": 2, "num_kv_shared_layers": 0,
        "vocab_size_per_layer_input": 7"#,
    );
    // Two more made of the first, and brought to its length: 2·12·24·6; 12·24·2; 12·6·2; 24·6·2
    costs(&gemma, &EXACT, "AltUp - Proj", [3456, 576, 144, 288]);
    // (3·12 + 2)·2·6; 2·12·6·2
    costs(&gemma, &EXACT, "AltUp - Scale", [456, 0, 288, 288]);
    // The same norm before the block and behind it: (4·12 + 2)·2·6; 12·2; 2·12·6·2
    costs(&gemma, &EXACT, "AltUp - RMSNorm", [600, 24, 288, 288]);
    // 2·12·3·6; 12·3·2; 12·6·2; 3·6·2
    costs(&gemma, &EXACT, "AltUp - Router", [432, 72, 144, 36]);
    // 2·3·9·6; 3·9·2; 3·6·2; 9·6·2
    costs(&gemma, &EXACT, "AltUp - Coefs", [324, 54, 36, 108]);
    // 3·12·6·2·3 + 3·12·6; 3·12·6·2
    costs(&gemma, &EXACT, "AltUp - Predict", [1512, 0, 432, 432]);
    // 3·12·6·(2·3 − 1) + 3·12·6, and the products alone
    costs(&gemma, &DOCUMENT, "AltUp - Predict", [1296, 0, 432, 432]);
    costs(&gemma, &TORCH, "AltUp - Predict", [1296, 0, 0, 0]);
    // 2·12·5·6; 12·5·2; 12·6·2; 5·6·2
    costs(&gemma, &EXACT, "Laurel - Down_Proj", [720, 120, 144, 60]);
    costs(&gemma, &EXACT, "Laurel - Up_Proj", [720, 120, 60, 144]);
    costs(&gemma, &EXACT, "Laurel - RMSNorm", [300, 24, 144, 144]);
    // Values of one head of 4, without a weight: (3·4 + 2)·6; 4·6·2
    costs(&gemma, &EXACT, "Attn - V_Norm", [84, 0, 48, 48]);
    // 12·6; 2·12·6·2; 12·6·2
    costs(&gemma, &EXACT, "Laurel - Add", [72, 0, 288, 144]);
    // The difference 12 and its product and sum in 3·12, a weight for one: (2·12 + 2·36)·6; 12·2; (12 + 36)·6·2;
    // 36·6·2
    costs(&gemma, &EXACT, "AltUp - Correct", [576, 24, 576, 432]);
    costs(&gemma, &TORCH, "AltUp - Correct", [0, 0, 0, 0]);
    // 2·12·6; 2·24·6·2; 24·6·2: the first does not take it in
    costs(&gemma, &EXACT, "Input - ResidualAdd", [144, 0, 576, 288]);
    // Each of two by a weight of its own: 2·2·12·12·6; 2·12·12·2; 2·12·6·2 twice
    costs(&gemma, &EXACT, "AltUp - O_Proj", [3456, 576, 288, 288]);
    // 3·12·6; 3·12·6·2; 12·6·2
    costs(&gemma, &EXACT, "AltUp - Mean", [216, 0, 432, 144]);
    costs(&gemma, &TORCH, "AltUp - Mean", [0, 0, 0, 0]);
    // (9 + 1)·6·6; 2·6·6·2; 6·6·2; and six more where a part is cut off
    costs(&gemma, &EXACT, "Ffn - ActMul", [360, 0, 144, 72]);
    // Of three layers: (4·2 + 2)·3·6; 2·2; 3·2·6·2; and 6·6; 2·6·6·2; 6·6·2
    let three = gemma.replace(r#""num_hidden_layers": 1"#, r#""num_hidden_layers": 3"#);
    costs(&three, &EXACT, "Inputs - RMSNorm", [180, 4, 72, 72]);
    costs(&three, &EXACT, "Inputs - Sum", [36, 0, 144, 72]);
    let cut = gemma.replace('}', r#", "activation_sparsity_pattern": [0.95], "altup_correct_scale": false}"#);
    costs(&cut, &EXACT, "Ffn - ActMul", [576, 0, 144, 72]);
    costs(&cut.replace("0.95", "0.0"), &EXACT, "Ffn - ActMul", [360, 0, 144, 72]);
    // The weight is there, but nothing reads it: (12 + 2·36)·6.
    costs(&cut, &EXACT, "AltUp - Correct", [504, 0, 576, 432]);
    let row = row_of(&cut, &EXACT, "AltUp - Correct", &Workload::default());
    assert_eq!(row.parameters, 12);
}

#[test]
fn experts_on_a_latent_state() {
    // 2·12·6·6; 12·6·2; 12·6·2; 6·6·2
    costs(SPACE, &EXACT, "Moe - Latent Down_Proj", [864, 144, 144, 72]);
    // Twelve rows: 2·6·8·12; of 4 experts 4·(1 − ½⁶) are hit, 6·8·2 each; 6·12·2; 8·12·2
    costs(SPACE, &EXACT, "Moe - Experts Up_Proj", [1152, 378, 144, 192]);
    // (2·2 − 1)·6·6; 2·6·6·2; 6·6·2: the shared expert's output is as wide as the block
    costs(SPACE, &EXACT, "Moe - Combine", [108, 0, 144, 72]);
    costs(SPACE, &EXACT, "Moe - Shared Add", [72, 0, 288, 144]);
}

#[test]
fn mixtures() {
    // (2·2 − 1 + 1)·12·6; (2 + 1)·12·6·2; 12·6·2
    costs(LATENT, &EXACT, "Moe - Combine", [288, 0, 432, 144]);
    // Three instead of two: (2·3 − 1 + 1)·12·6; (3 + 1)·12·6·2
    let three = LATENT.replace(r#""num_experts_per_tok": 2"#, r#""num_experts_per_tok": 3"#);
    costs(&three, &EXACT, "Moe - Combine", [432, 0, 576, 144]);
    let biased = small("gpt_oss", r#", "num_local_experts": 4, "num_experts_per_tok": 2"#);
    // 12 rows: 12·12·2·6 + 12·12; 4·(1 − 0.5⁶) = 3.9375 experts of (6·12 + 12)·2; 12·6·2; 12·12·2
    costs(&biased, &EXACT, "Moe - Experts Down_Proj", [1872, 661, 144, 288]);
    // 12·12·(2·6 − 1); two experts without biases 2·72·2
    costs(&biased, &DOCUMENT, "Moe - Experts Down_Proj", [1584, 288, 144, 288]);
    // (2 − 1)·… is one expert's weighting alone: 12·6·(2·2 − 1); 2·12·6·2
    costs(&biased, &EXACT, "Moe - Combine", [216, 0, 288, 144]);
}

#[test]
fn experts_spread_over_devices() {
    let whole = model_of(&small("gpt_oss", r#", "num_local_experts": 4, "num_experts_per_tok": 2"#));
    let holding_three = |sources| {
        let mut model = whole.clone();
        for layer in model.groups.iter_mut().flat_map(|group| &mut group.layers) {
            let rows = match &mut layer.op {
                Op::Linear(linear) => &mut linear.rows,
                Op::Activation(activation) => &mut activation.rows,
                _ => continue,
            };
            if let Rows::Routed(experts) = *rows {
                *rows = Rows::Spread(Spread { experts, held: 3, sources });
            }
        }
        model
    };
    // 6·2·3/4 = 9 rows: 9·12·2·6 + 9·12; 3·(1 − 0.5⁶) = 2.953125 experts of (6·12 + 12)·2; 9·6·2; 9·12·2
    costs_in(&holding_three(1), &EXACT, "Moe - Experts Down_Proj", [1404, 496, 108, 216]);
    // From three batches 18 tokens, so 27 rows: 27·12·2·6 + 27·12; 3·(1 − 0.5¹⁸) of 168; 27·6·2; 27·12·2
    costs_in(&holding_three(3), &EXACT, "Moe - Experts Down_Proj", [4212, 503, 324, 648]);
    // 27·12·(2·6 − 1); two experts without biases 2·72·2
    costs_in(&holding_three(3), &DOCUMENT, "Moe - Experts Down_Proj", [3564, 288, 324, 648]);
    // (8 + 1)·6·27; 2·6·27·2; 6·27·2
    costs_in(&holding_three(3), &EXACT, "Moe - Experts ActMul", [1458, 0, 648, 324]);
    let parameters =
        |model: &Model| analyze(model, &Workload::default(), &EXACT, None).unwrap().model.parameters;
    let (three, four) = (parameters(&holding_three(1)), parameters(&whole));
    // One expert less of 12·12 + 12 and 6·12 + 12; a token takes two all the same.
    assert_eq!((four.total - three.total, four.active - three.active), (240, 0));
    assert_eq!(
        row_in(&holding_three(1), &EXACT, "Moe - Experts Down_Proj", &Workload::default()).parameters,
        252
    );
}

#[test]
fn norms_of_every_kind() {
    // (7·12 + 2)·6; weight and bias 2·12·2
    costs(GPT2, &EXACT, "Attn - LayerNorm", [516, 48, 144, 144]);
    // Without a bias (6·12 + 2)·6; 12·2
    costs(&small("cohere", ""), &EXACT, "Attn - LayerNorm", [444, 24, 144, 144]);
    // Without either (5·12 + 2)·6
    costs(&small("olmo", ""), &EXACT, "Attn - LayerNorm", [372, 0, 144, 144]);
    costs(&small("olmo", ""), &DOCUMENT, "Attn - LayerNorm", [372, 0, 144, 144]);
    // Each of 3 heads of 4: (4·4 + 2)·3·6; 4·2; without a weight (3·4 + 2)·3·6
    costs(&small("qwen3", ""), &EXACT, "Attn - Q_Norm", [324, 8, 144, 144]);
    costs(&small("llama4_text", ""), &EXACT, "Attn - Q_Norm", [252, 0, 144, 144]);
    costs(&small("llama4_text", ""), &DOCUMENT, "Attn - Q_Norm", [252, 0, 144, 144]);
}

#[test]
fn what_is_shared_is_not_normed_again() {
    // Two layers that see everything, of which the second has the cache of the first.
    let gemma =
        model_of(&small("gemma4_text", r#", "num_kv_shared_layers": 1, "global_head_dim": 4"#).replace(
            r#""num_hidden_layers": 1"#,
            r#""num_hidden_layers": 2, "layer_types": ["full_attention", "full_attention"]"#,
        ));
    let report = analyze(&gemma, &Workload::uniform(6, 2, 3).unwrap(), &EXACT, None).unwrap();
    let of = |name: &str| {
        let rows = report.layers.iter().filter(|row| row.name == name);
        rows.map(|row| (row.blocks, row.flops.0, row.input_bytes.0)).collect::<Vec<_>>()
    };
    // Queries of both, 3 heads of 4: (4·4 + 2)·3·6; 12·6·2
    assert_eq!(of("Attn - Q_Norm"), [(1, 324, 144), (1, 324, 144)]);
    // Keys and values of the first, one head of 4, values without a weight: (4·4 + 2)·6; (3·4 + 2)·6; 4·6·2
    assert_eq!(of("Attn - K_Norm"), [(1, 108, 48)]);
    assert_eq!(of("Attn - V_Norm"), [(1, 84, 48)]);
}

#[test]
fn lookups_biases_and_partly_rotated_heads() {
    // A row of 12 for each token; a position is added.
    costs(GPT2, &EXACT, "Embedding", [0, 144, 0, 144]);
    costs(GPT2, &EXACT, "Position Embedding", [72, 144, 144, 144]);
    // 6·48·2·12 + 6·48; (12·48 + 48)·2; 12·6·2; 48·6·2
    costs(GPT2, &EXACT, "Ffn - Up_Proj", [7200, 1248, 144, 576]);
    // Half of 4 elements of 3 + 1 heads: 3·4·2·6; 4·2·6·2
    costs(&small("stablelm", r#", "partial_rotary_factor": 0.5"#), &EXACT, "Attn - RoPE", [144, 0, 96, 96]);
    // Where transformers 5 writes it, which goes before what stood there earlier; GPT-NeoX has 3 + 3 heads.
    for (family, old, row) in [
        ("stablelm", "partial_rotary_factor", [144, 0, 96, 96]),
        ("gpt_neox", "rotary_pct", [216, 0, 144, 144]),
    ] {
        let both = format!(r#", "{old}": 1.0, "rope_parameters": {{"partial_rotary_factor": 0.5}}"#);
        costs(&small(family, &both), &EXACT, "Attn - RoPE", row);
    }
}

#[test]
fn heads_of_a_kind_of_layer_are_rotated_by_its_own_parameters() {
    // The class's default is one of the parameters as a whole: where those of a kind of layer have no factor, a head
    // is rotated whole, but for MiMo's. A factor beside them goes before that.
    let dims = |family: &str, kind: &str, more: &str| {
        let config = format!(
            r#"{{"model_type": "{family}", "head_dim": 64, "layer_types": ["{kind}"],
            "num_hidden_layers": 1{more}}}"#
        );
        let model = model_of(&config);
        let mut layers = model.groups.iter().flat_map(|group| &group.layers);
        layers.find_map(|layer| match layer.op {
            Op::Rope(rope) => Some(rope.dims),
            _ => None,
        })
    };
    for (family, kind, default, without) in [
        ("lfm3", "full_attention", 32, 64),
        ("laguna", "full_attention", 32, 64),
        ("deepseek_v4", "sliding_attention", 8, 64),
        ("mimo_v2_flash", "full_attention", 21, 21),
    ] {
        let kinds = if family == "deepseek_v4" {
            ["main", "compress"]
        } else {
            ["full_attention", "sliding_attention"]
        };
        let [one, other] = kinds.map(|kind| format!(r#""{kind}": {{"rope_theta": 5.0}}"#));
        let given = format!(r#", "rope_parameters": {{{one}, {other}}}"#);
        assert_eq!(dims(family, kind, ""), Some(default), "{family}");
        assert_eq!(dims(family, kind, &given), Some(without), "{family}");
        let beside = format!(r#"{given}, "partial_rotary_factor": 0.75"#);
        assert_eq!(dims(family, kind, &beside), Some(48), "{family}");
    }
    let gemma = |more| dims("gemma4_text", "full_attention", &format!(r#", "global_head_dim": 64{more}"#));
    assert_eq!(gemma(""), Some(16));
    assert_eq!(gemma(r#", "rope_parameters": {"full_attention": {"rope_type": "proportional"}}"#), Some(64));
}

#[test]
fn gates_may_have_a_bias_for_each_head() {
    let biased = small("beam", "");
    // A sum, a sigmoid and a product for each element: (1 + 4 + 1)·12·6; 3·2; 2·12·6·2; 12·6·2
    costs(&biased, &EXACT, "Attn - Gate", [432, 6, 288, 144]);
    assert_eq!(row_of(&biased, &EXACT, "Attn - Gate", &Workload::default()).parameters, 3);
    // The same without the sum and the bias.
    let plain = small("afmoe", "");
    costs(&plain, &EXACT, "Attn - Gate", [360, 0, 288, 144]);
}

#[test]
fn scores_with_something_on_top() {
    // 4·45·3·4 for the products, 5 + 3 for softmax and soft cap of each of 45·3 scores;
    // queries 3·4·6·2 + keys and values 2·4·24·2; 3·4·6·2
    let capped = small("gemma2", r#", "sliding_window": 1000"#);
    costs(&capped, &EXACT, "Attn - SDPA", [3240, 0, 528, 144]);
    // A slope on every score is one sum more than the 5: 2160 + 6·45·3; keys and values of three heads
    // 2·12·24·2, or of one.
    let sloped = r#"{"model_type": "bloom", "hidden_size": 12, "n_layer": 1, "n_head": 3, "vocab_size": 11}"#;
    costs(sloped, &EXACT, "Attn - SDPA", [2970, 0, 144 + 1152, 144]);
    let mosaic = r#"{"model_type": "mpt", "d_model": 12, "n_layers": 1, "n_heads": 3, "vocab_size": 11}"#;
    costs(mosaic, &EXACT, "Attn - SDPA", [2970, 0, 144 + 1152, 144]);
    costs(&small("falcon", r#", "alibi": true"#), &EXACT, "Attn - SDPA", [2970, 0, 528, 144]);
    costs(&small("falcon", ""), &EXACT, "Attn - SDPA", [2835, 0, 528, 144]);
    // Without a soft cap 5 alone.
    let plain = small("gemma2", r#", "sliding_window": 1000, "attn_logit_softcapping": null"#);
    costs(&plain, &EXACT, "Attn - SDPA", [2835, 0, 528, 144]);
    // A window of 4: 2 new tokens see 4 keys each, 3·2·4 = 24 pairs; 3·(3 + 2) = 15 tokens are read.
    let narrow = small("mistral", r#", "sliding_window": 4"#);
    costs(&narrow, &EXACT, "Attn - SDPA", [24 * 3 * (16 + 5), 0, 144 + 240, 144]);
}

#[test]
fn values_wider_than_keys() {
    let mut model = model_of(&small("llama", ""));
    for layer in model.groups.iter_mut().flat_map(|group| &mut group.layers) {
        if let Op::Attention(shape) = &mut layer.op {
            shape.v_dim = 5;
        }
    }
    // 2·45·3·(4 + 5) for the products, 5·45·3 for the softmax; queries 3·4·6·2 + keys and values
    // (4 + 5)·24·2; 3·5·6·2
    costs_in(&model, &EXACT, "Attn - SDPA", [3105, 0, 576, 180]);
    // 48·(2·12 − 1) + 5·(2·48 − 6)
    costs_in(&model, &DOCUMENT, "Attn - SDPA", [1554, 0, 576, 180]);
    // Two dimensions have two names, one has one.
    assert_eq!(
        input_and_output(&model, "Attn - SDPA"),
        ["H · D · N · x + G · (D + Dᵥ) · T · y", "H · Dᵥ · N · x"]
    );
    let alike = model_of(&small("llama", ""));
    assert_eq!(
        input_and_output(&alike, "Attn - SDPA"),
        ["H · D · N · x + G · 2 · D · T · y", "H · D · N · x"]
    );
    let report = analyze(&model, &Workload::uniform(6, 2, 3).unwrap(), &EXACT, None).unwrap();
    // (4 + 5)·24·2
    assert_eq!(report.storage[1].bytes.0, 432);
}

#[test]
fn without_traffic_products_alone_remain() {
    // 6·3·9·2·10
    costs(LATENT, &TORCH, "Attn - KV_B_Proj", [3240, 0, 0, 0]);
    // 6·11·2·12, the logits of every token
    costs(LATENT, &TORCH, "LM_Head", [1584, 0, 0, 0]);
    costs(GPT2, &TORCH, "Attn - LayerNorm", [0, 0, 0, 0]);
    costs(LINEAR, &TORCH, "LinAttn - Conv1D", [0, 0, 0, 0]);
}

#[test]
fn quantised_matrices_keep_their_biases() {
    let quantised = small(
        "qwen2",
        r#", "quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 6, "sym": false}"#,
    );
    // 6·20·2·12 + 6·20; 12·20 weights of 4 bits = 120, 20·2 groups of 16 + 4 bits = 100, a bias of 20·2;
    // 12·6·2; 20·6·2
    costs(&quantised, &EXACT, "Attn - QKV_Proj", [3000, 260, 144, 240]);
}

#[test]
fn what_windows_and_chunks_leave_to_see() {
    use roofline::engine::model::Span::{Chunked, Full, Sliding};
    let workload = Workload::uniform(10, 3, 2).unwrap();
    let load = workload.load();
    for (span, eager, visible, kept) in [
        // 2·3·13; 2·13
        (Full, 78, 26, 26),
        // The last 3 of the cache: 2·3·(3 + 3); 2·(3 + 3); 2·4
        (Sliding(4), 36, 12, 8),
        // An eager chunk keeps the last 7: 2·3·(7 + 3). Tokens 8 and 9 are in the new ones' chunk: 2·(2 + 3).
        (Chunked(8), 60, 10, 16),
    ] {
        assert_eq!(load.pairs(Pairs::Eager, span), Some(eager), "{span:?}");
        assert_eq!(load.visible_context(span), Some(visible), "{span:?}");
        assert_eq!(load.kept_context(span), Some(kept), "{span:?}");
    }
}

#[test]
fn weights_narrower_than_a_byte_are_packed() {
    // 12·(12 + 8) = 240 weights of 4 bits.
    let narrow = small("llama", r#", "torch_dtype": "float4_e2m1fn_x2""#);
    let row = row_of(&narrow, &DOCUMENT, "Attn - QKV_Proj", &Workload::default());
    assert_eq!(row.weight_bytes.0, 120);
    // 13 elements of 3 bits are 39 bits: 5 bytes.
    let odd = small("llama", r#", "torch_dtype": "int3""#);
    assert_eq!(row_of(&odd, &DOCUMENT, "Attn - RMSNorm", &Workload::default()).weight_bytes.0, 5);
}
