//! Config texts: what is no model is refused with a place inside the text; what is one can be counted, in
//! every way, explained, compared, written and carried in a link.

use crate::damage::damaged;
use crate::runner::run;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use roofline::engine::compare::compare;
use roofline::engine::explain::explain;
use roofline::engine::{Accounting, Error, Hardware, Model, Workload, analyze, catalog};
use roofline::export::Format;
use roofline::plot::{LIGHT, roofline_svg};
use serde_json::Value;

/// What configs are made of, and what breaks readers of them.
const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "\\",
    "\n",
    " ",
    "```",
    "```json\n",
    "//",
    "/*",
    "\u{feff}",
    "\u{0}",
    "null",
    "true",
    "false",
    "NaN",
    "Infinity",
    "-Infinity",
    "0",
    "-0",
    "-1",
    "1",
    "2",
    "3",
    "0.5",
    "1e3",
    "1e999",
    "4096",
    "65536",
    "65537",
    "2147483648",
    "2147483649",
    "4294967296",
    "9223372036854775808",
    "18446744073709551616",
    "[]",
    "{}",
    "[null]",
    "\"\"",
    "\"model_type\": \"llama\",",
    "\"model_type\"",
    "\"text_config\": {",
    "\"num_hidden_layers\": 65536,",
    "\"num_hidden_layers\"",
    "\"hidden_size\": 1,",
    "\"head_dim\": 2147483648,",
    "\"num_key_value_heads\": 3,",
    "\"num_attention_heads\": 7,",
    "\"intermediate_size\": 2147483648,",
    "\"vocab_size\": 2147483648,",
    "\"num_experts_per_tok\": 9,",
    "\"num_local_experts\": 1,",
    "\"n_routed_experts\": 256,",
    "\"sliding_window\": 0,",
    "\"sliding_window\": 1,",
    "\"layer_types\": [\"full_attention\"],",
    "\"sliding_attention\"",
    "\"linear_attention\"",
    "\"llama4\"",
    "\"gemma3\"",
    "\"deepseek_v3\"",
    "\"qwen3_next\"",
    "\"gpt_oss\"",
    "\"torch_dtype\": \"float8_e4m3fn\",",
    "\"hidden_act\": \"gelu\",",
    "\"tie_word_embeddings\": true,",
    "\"quantization_config\": {\"quant_method\": \"gptq\", \"bits\": 3, \"group_size\": -1},",
    "\"quantization_config\": {\"quant_method\": \"fp8\", \"weight_block_size\": [128, 0]},",
    "\"quantization_config\": {\"quant_method\": \"compressed-tensors\", \"config_groups\": {\"g\": {\"targets\": [\"re:.*\"], \"weights\": {\"num_bits\": 4}}}},",
    "\"quantization_config\": {\"quant_method\": \"modelopt\", \"quant_algo\": \"NVFP4\", \"ignore\": [\"*\"]},",
    "\"quantization\": {\"bits\": 4, \"group_size\": 64},",
    "\"quant_method\"",
    "\"mxfp4\"",
    "\"group_size\": 0,",
    "\"é\u{301}𝕏\": \"𝕏\",",
];

fn texts() -> Vec<String> {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../families/cases.json")).unwrap();
    let built_in = catalog::MODELS.iter().map(|entry| entry.config.to_owned());
    cases.iter().map(|case| case["config"].to_string()).chain(built_in).collect()
}

fn workloads() -> impl Strategy<Value = Workload> {
    let tokens = prop_oneof![3 => 0u64..5000, 1 => (1u64 << 39)..=(1 << 40)];
    let query = (tokens.clone(), tokens.prop_map(|n| n.max(1)));
    (prop::collection::vec(query, 1..4), prop_oneof![3 => 1u64..9, 1 => Just(1 << 20)]).prop_map(
        |(queries, repeat)| {
            let (cached, input): (Vec<_>, Vec<_>) = queries.into_iter().unzip();
            Workload::new(&cached, &input, Some(cached.len() as u64 * repeat)).unwrap()
        },
    )
}

/// The error says something and points into the text.
fn is_placed(error: &Error, text: &str) -> Result<(), TestCaseError> {
    prop_assert!(!error.to_string().is_empty());
    if let Some(place) = error.position() {
        let line = text.split('\n').nth(place.line.wrapping_sub(1));
        prop_assert!(line.is_some(), "{error}: there are {} lines", text.split('\n').count());
        let width = line.unwrap_or_default().chars().count();
        prop_assert!((1..=width + 1).contains(&place.column), "{error}: the line has {width} characters");
    } else {
        let of_the_text =
            matches!(error, Error::NotAnObject { .. } | Error::Key { .. } | Error::UnknownFamily { .. });
        prop_assert!(of_the_text, "{error} has no place");
    }
    Ok(())
}

fn can_be_counted(model: &Model, workload: &Workload) -> Result<(), TestCaseError> {
    let hardware = Hardware::default();
    for (name, accounting, _) in Accounting::NAMED {
        let report = match analyze(model, workload, &accounting, Some(&hardware)) {
            Ok(report) => report,
            Err(Error::Overflow { what }) => {
                prop_assert!(!what.is_empty());
                continue;
            }
            Err(other) => return Err(TestCaseError::fail(format!("{name}: {other}"))),
        };
        for row in &report.layers {
            let figures = [row.flops.0, row.weight_bytes.0, row.input_bytes.0, row.output_bytes.0];
            let values: Vec<_> = explain(model, workload, &accounting, row).iter().map(|e| e.value).collect();
            prop_assert_eq!(values, figures.map(Some), "{} as {} counts it", row.name, name);
        }
        for format in Format::ALL {
            // JSON spells out every query: a million of them are a hundred megabytes, and no other code.
            if !matches!(format, Format::Json | Format::JsonLine) || workload.batch_size() <= 1_000 {
                prop_assert!(!format.write(&report).is_empty());
            }
        }
        prop_assert!(roofline_svg(&report, &hardware, &LIGHT, (960, 560)).ends_with("</svg>\n"));
    }
    if let Ok(comparison) = compare(model, workload, &Accounting::DOCUMENT, &Accounting::EXACT) {
        for format in Format::ALL {
            prop_assert!(!format.write_comparison(&comparison).is_empty());
        }
    }
    Ok(())
}

#[test]
fn config_texts() {
    let inputs = (damaged(texts(), WORDS, 6), workloads());
    run("config texts", 1_500, &inputs, |(text, workload)| match Model::from_json(&text) {
        Err(error) => is_placed(&error, &text),
        Ok(model) => {
            let again = Model::from_json(&model.reduced().to_string());
            let again = again.map_err(|error| TestCaseError::fail(format!("reduced: {error}")))?;
            prop_assert_eq!(&again.groups, &model.groups);
            prop_assert_eq!(again.precision, model.precision);
            can_be_counted(&model, &workload)
        }
    });
}

#[test]
fn configs_with_a_second_file_beside_them() {
    let beside = [
        r#"{"producer": {"name": "modelopt"}, "quantization": {"quant_algo": "FP8", "kv_cache_quant_algo": "FP8", "exclude_modules": ["lm_head", "model.layers.0.*"]}}"#,
        r#"{"quantization": {"quant_algo": "MIXED_PRECISION", "quantized_layers": {"model.layers.0.mlp.gate_proj": {"quant_algo": "NVFP4", "group_size": 16}}}}"#,
    ];
    let beside = damaged(beside.map(str::to_owned).to_vec(), WORDS, 5);
    run("second files", 600, &(damaged(texts(), WORDS, 1), beside), |(text, beside)| {
        match Model::from_files(&text, Some(&beside)) {
            Err(error) => is_placed(&error, &text),
            // Whatever is wrong with the second text is a note, and the first one's model stays.
            Ok(model) => can_be_counted(&model, &Workload::default()),
        }
    });
}
