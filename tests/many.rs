//! Sweeps and several models on the command line: what clusters and spreadsheets read.

mod shell;

use serde_json::Value;
use shell::{out, refused, run};

const LLAMA: &str = "meta-llama/Llama-3.1-8B";

/// The rows of a CSV by the names of its columns.
fn rows(csv: &str) -> Vec<std::collections::HashMap<String, String>> {
    csv::Reader::from_reader(csv.as_bytes()).deserialize().map(Result::unwrap).collect()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_sweep_is_a_line_of_csv_for_each_value() {
    let text = out(&["--sweep", "batch=1..512", "--output-tokens", "16", "--", LLAMA], "");
    let rows = rows(&text);
    let batches: Vec<_> = rows.iter().map(|row| row["batch"].as_str()).collect();
    assert_eq!(batches, ["1", "2", "4", "8", "16", "32", "64", "128", "256", "512"]);
    for row in &rows {
        assert_eq!((row["model"].as_str(), row["hardware"].as_str()), (LLAMA, "h100-80gb-sxm"));
        assert_eq!(row["refused"], "");
        // 8,030,261,248 parameters of two bytes.
        assert_eq!(row["weight_bytes"], "16060522496");
        // Keys and values, 8 heads of 128, 32 blocks, two bytes; 1,024 cached tokens, the new one, and the first
        // fifteen of the sixteen that are generated, which decode steps read: 1,040.
        let batch: u64 = row["batch"].parse().unwrap();
        assert_eq!(row["kv_cache_bytes"], (batch * 2 * 8 * 128 * 32 * 2 * 1040).to_string());
    }
    // 14.96 GiB of weights and 65 GiB of cache do not fit into 72 GiB, so nothing is promised.
    assert_eq!((rows[9]["fits"].as_str(), rows[9]["tokens_per_second"].as_str()), ("false", ""));
    // A line is the plan of its batch.
    let args = ["--batch-size", "256", "--output-tokens", "16", "--format", "json", "--", LLAMA];
    let plan: Value = serde_json::from_str(&out(&args, "")).unwrap();
    let last = &rows[8];
    let number = |key: &str| last[key].parse::<f64>().unwrap();
    assert_eq!(number("step_seconds"), plan["step"]["ideal"]);
    assert_eq!(number("tokens_per_second"), plan["generation"]["tokens_per_second"]["ideal"]);
    assert_eq!(last["compute_flop"], plan["flops"].to_string());
}

#[test]
fn a_sweep_names_its_changes_its_refusals_and_what_is_best() {
    let args = ["--sweep", "devices=1..4+1", "--sweep", "batch=1..64", "--", "meta-llama/Llama-3.1-70B"];
    let all = rows(&out(&args, ""));
    assert_eq!(all.len(), 4 * 7);
    let refused: Vec<_> = all.iter().filter(|row| !row["refused"].is_empty()).collect();
    assert_eq!(refused.len(), 7);
    assert!(refused.iter().all(|row| row["devices"] == "3" && row["step_seconds"].is_empty()));
    assert!(refused[0]["refused"].contains("64 query heads cannot be shared by 3"));
    // 141 GB of weights do not fit on one device.
    assert!(
        all.iter().filter(|row| row["devices"] == "1").all(|row| row["fits"] == "false"
            && row["tokens_per_second"].is_empty()
            && row["best"] == "false")
    );
    assert_eq!(all[1]["changes"], "does not fit up to devices 1, batch 1, fits from devices 2, batch 1");
    assert!(all.iter().any(|row| row["best"] == "true"));
    for format in ["table", "markdown", "tsv", "json", "jsonl"] {
        let text = out(&[&args[..4], &["--format", format], &args[4..]].concat(), "");
        assert!(text.contains("cannot be shared by 3"), "{format}");
    }
    let args = ["--sweep", "context=0..1000000x7", "--hardware", "l4", "--format", "table", "--", LLAMA];
    let table = out(&args, "");
    for needle in ["Cached tokens", "Tokens/s per Device", "fits up to context", "does not fit from context"]
    {
        assert!(table.contains(needle), "{needle} in {table}");
    }
    let formats = rows(&out(&["--sweep", "weights=auto,fp8,q4_k_m", "--", LLAMA], ""));
    assert_eq!(
        formats.iter().map(|row| row["weights"].as_str()).collect::<Vec<_>>(),
        ["auto", "fp8", "q4_k_m"]
    );
}

#[test]
fn several_models_are_a_line_each() {
    let names = [LLAMA, "no/such-model", "Qwen/Qwen3-8B"];
    let output = run(&[&["--"], &names[..]].concat(), "");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 of 3 models have no answer"));
    let all = lines(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(all.len(), 3);
    assert_eq!(
        (&all[0]["model"]["name"], &all[2]["model"]["name"]),
        (&LLAMA.into(), &"Qwen/Qwen3-8B".into())
    );
    assert_eq!(all[1]["model"], "no/such-model");
    assert!(all[1]["error"].as_str().unwrap().contains("neither a file nor a built-in model"));
    // Each is the report that it is by itself.
    let alone: Value = serde_json::from_str(&out(&["--format", "json", "--", LLAMA], "")).unwrap();
    assert_eq!(all[0], alone);
    // A sweep names its columns once.
    let both = rows(&out(&["--sweep", "batch=1..4", "--", LLAMA, "Qwen/Qwen3-8B"], ""));
    let models: Vec<_> = both.iter().map(|row| row["model"].as_str()).collect();
    assert_eq!(models, [LLAMA, LLAMA, LLAMA, "Qwen/Qwen3-8B", "Qwen/Qwen3-8B", "Qwen/Qwen3-8B"]);
    let plans = lines(&out(&["--output-tokens", "4", "--", LLAMA, "Qwen/Qwen3-8B"], ""));
    assert_eq!((&plans[1]["model"], &plans[1]["memory"]["fits"]), (&"Qwen/Qwen3-8B".into(), &true.into()));
    // For people, what is wrong stands apart.
    let output = run(&["--format", "table", "--", "no/such-model", LLAMA], "");
    assert!(String::from_utf8_lossy(&output.stdout).contains("Storage: Weights"));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: no/such-model is neither"));
}

#[test]
fn lines_of_standard_input_are_answered_in_order() {
    let tiny = r#"{"model_type": "llama", "num_hidden_layers": 2}"#;
    let input = [
        r#"{"model": "meta-llama/Llama-3.1-8B"}"#,
        "",
        tiny,
        &format!(r#"{{"model": "mine", "config": {tiny}}}"#),
        r#"{"model": "broken", "config": {"model_type": "lama"}}"#,
        r#"{"model": "-"}"#,
        r#"{"model": "x", "confg": {}}"#,
        "{",
        r#"{"model": "Qwen/Qwen3-8B"}"#,
    ]
    .join("\n");
    let output = run(&["--json-lines", "--cached-tokens", "7"], &input);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("4 of 8 models have no answer"));
    let all = lines(&String::from_utf8(output.stdout).unwrap());
    let names: Vec<_> = all.iter().map(|answer| answer["model"]["name"].as_str()).collect();
    assert_eq!(names, [Some(LLAMA), None, Some("mine"), None, None, None, None, Some("Qwen/Qwen3-8B")]);
    assert_eq!(all[1]["total"], all[2]["total"]);
    for (at, model, line, needle) in [
        (3, Value::from("broken"), 5, "Did you mean \"llama\"?"),
        (4, "-".into(), 6, "is read already"),
        (5, Value::Null, 7, "unknown field `confg`"),
        (6, Value::Null, 8, "not valid JSON"),
    ] {
        assert_eq!((&all[at]["model"], &all[at]["line"]), (&model, &line.into()), "{}", all[at]);
        assert!(all[at]["error"].as_str().unwrap().contains(needle), "{}", all[at]);
    }
    let swept = lines(&out(&["--json-lines", "--sweep", "batch=1..2"], tiny));
    assert_eq!(swept[0]["rows"][1]["settings"]["batch"], 2);
    let table = out(&["--json-lines", "--sweep", "batch=1..2", "--format", "csv"], tiny);
    assert_eq!(rows(&table).len(), 2);
}

#[test]
fn ceilings_and_networks_are_given_in_figures() {
    let plan = |args: &[&str]| -> Value {
        let all = [args, &["--format", "json", "--", "meta-llama/Llama-3.1-70B"]].concat();
        serde_json::from_str(&out(&all, "")).unwrap()
    };
    let half = plan(&["--tensor-parallel", "16", "--achievable=0.5,0.5"]);
    let whole = plan(&["--tensor-parallel", "16"]);
    assert_eq!(half["ceiling"]["compute"]["factor"], 0.5);
    let no_overlap = |plan: &Value| plan["step"]["no_overlap"].as_f64().unwrap();
    assert!(no_overlap(&half) > no_overlap(&whole));
    assert_eq!(plan(&["--achievable"])["ceiling"]["compute"], "measured");
    let fast = plan(&[
        "--tensor-parallel",
        "16",
        "--link-latency",
        "0",
        "--network-latency",
        "0.5",
        "--network-bandwidth",
        "100",
    ]);
    assert_eq!(fast["network"]["across_bytes_per_second"], 1e11);
    // 161 all-reduces, behind the embedding and twice a block, with six steps inside a node of eight and two
    // across two nodes, and an all-gather behind the head with half of those: 161.5 · (6·2 + 2·4.5) µs less,
    // and what is sent across, 161·2048 + 2048·8·… bytes, in half the time.
    let saved = no_overlap(&whole) - no_overlap(&fast);
    let latency = 161.5 * (6.0 * 2e-6 + 2.0 * 4.5e-6);
    assert!(saved > latency && saved < latency * 1.01, "{saved}, {latency}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (args, input, code, needle) in [
        (&["--sweep", "depth=1..2", "--", LLAMA][..], "", 2, "use batch, context, input, devices or weights"),
        (&["--sweep", "batch=1..2", "--sweep", "batch=4", "--", LLAMA], "", 2, "swept twice"),
        (&["--sweep", "batch=1..2", "--explain", "--", LLAMA], "", 2, "cannot be used with"),
        (&["--format", "csv", "--", LLAMA, LLAMA], "", 2, "--sweep batch=1 for a line of csv"),
        (&["--svg", "x.svg", "--", LLAMA, LLAMA], "", 2, "give one MODEL"),
        (&["--achievable=2,1", "--", LLAMA], "", 2, "two parts above 0 and at most 1"),
        (&["--link-latency", "-1", "--", LLAMA], "", 2, "unexpected argument"),
        (&["--network-bandwidth", "0", "--", LLAMA], "", 1, "above zero"),
        (&["--json-lines"], " \n", 1, "no line on standard input"),
        (&["--json-lines", "--", LLAMA], "", 2, "cannot be used with"),
    ] {
        let (got, said) = refused(args, input);
        assert_eq!(got, code, "{args:?}: {said}");
        assert!(said.contains(needle), "{args:?}: {said}");
    }
}
