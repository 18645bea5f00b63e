use super::*;
use crate::engine::{Accounting, Hardware, Model, Workload, analyze};

/// A model small enough to count by hand: 2 blocks, hidden 4, one head, intermediate 8, fp16.
const SMALL: &str = r#"{"model_type": "llama", "hidden_size": 4, "intermediate_size": 8, "num_hidden_layers": 2,
    "num_attention_heads": 1, "num_key_value_heads": 1, "vocab_size": 10, "hidden_act": "silu",
    "tie_word_embeddings": false, "torch_dtype": "float16"}"#;

fn report(device: Option<&Hardware>) -> Report {
    let mut model = Model::from_json(SMALL).unwrap();
    model.name = Some("org/small".into());
    analyze(&model, &Workload::uniform(3, 1, 1).unwrap(), &Accounting::DOCUMENT, device).unwrap()
}

/// 10 FLOP/s and 10 B/s: the ridge is at 1 FLOP/B.
fn device() -> Hardware {
    Hardware::custom("Abacus", 10.0, 10.0, 1e3).unwrap()
}

#[test]
fn csv_has_every_digit() {
    let expected = [
        "node,block_count,compute_flop,weight_bytes,input_bytes,output_bytes,intensity_flop_per_byte",
        // 4·4 + 2 FLOPs; (4 + 1)·2, 4·2, 4·2 bytes; 18 / 26
        "Attn - RMSNorm,2,18,10,8,8,0.6923076923076923",
        // 12·(2·4 − 1); 4·12·2, 4·2, 12·2; 84 / 128
        "Attn - QKV_Proj,2,84,96,8,24,0.65625",
        // 3 for each of 4 + 4; 16 in, 16 out; 24 / 32
        "Attn - RoPE,2,24,0,16,16,0.75",
    ];
    let csv = Format::Csv.write(&report(None));
    for (line, expected) in csv.split("\r\n").zip(expected) {
        assert_eq!(line, expected);
    }
    assert!(csv.ends_with("\r\n") && !csv.replace("\r\n", "").contains(['\r', '\n']));
}

#[test]
fn what_an_accounting_does_not_count_is_no_figure() {
    let model = Model::from_json(SMALL).unwrap();
    let torch = analyze(&model, &Workload::default(), &Accounting::TORCH, Some(&device())).unwrap();
    let lines = |format: Format, begin: &str| {
        let text = format.write(&torch);
        text.lines().find(|line| line.contains(begin)).unwrap().to_owned()
    };
    // One token: 12·2·4 FLOPs for queries, keys and values, a dash for what would move, and nothing that bounds it.
    let markdown = lines(Format::Markdown, "Attn - QKV_Proj");
    let cells: Vec<&str> = markdown.split('|').map(str::trim).collect();
    assert_eq!(cells[2..8], ["2", "96 FLOP", "–", "–", "–", "–"]);
    assert_eq!(cells[cells.len() - 2], "");
    let csv = lines(Format::Csv, "Attn - QKV_Proj");
    assert!(csv.starts_with("Attn - QKV_Proj,2,96,0,0,0,,0.") && csv.ends_with(','), "{csv}");
}

#[test]
fn csv_is_read_back_as_the_report() {
    let report = report(Some(&device()));
    let text = Format::Csv.write(&report);
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let keys: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(keys[7..], ["time_share", "bound"]);
    let records: Vec<::csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(records.len(), report.layers.len() + 1);
    let placed = report.roofline.as_ref().unwrap();
    for ((record, row), place) in records.iter().zip(&report.layers).zip(&placed.layers) {
        assert_eq!(&record[0], row.name);
        assert_eq!(record[1].parse(), Ok(row.blocks));
        assert_eq!(record[2].parse(), Ok(row.flops.0));
        let bytes: u128 = record.iter().skip(3).take(3).map(|cell| cell.parse::<u128>().unwrap()).sum();
        assert_eq!(bytes, row.bytes().0);
        assert_eq!(record[6].parse().ok(), row.intensity.map(|intensity| intensity.0));
        assert_eq!(record[7].parse(), Ok(place.share));
        assert_eq!(&record[8], place.bound.words());
    }
    let total = &records[records.len() - 1];
    assert_eq!((&total[0], &total[1], &total[7]), ("Total", "", "1"));
    assert_eq!(total[2].parse(), Ok(report.total.flops.0));
}

#[test]
fn tabs_and_commas_carry_the_same_cells() {
    let report = report(Some(&device()));
    let (csv, tsv) = (Format::Csv.write(&report), Format::Tsv.write(&report));
    assert_eq!(csv.replace(',', "\t"), tsv);
}

#[test]
fn words_of_others_stay_words() {
    let mut odd = report(None);
    let second = odd.layers[1].clone();
    odd.layers[0].name = second.name;
    odd.layers[0].group = "=1+1,\"x\"\t\n|`<b>*".into();
    odd.layers.truncate(2);
    assert!(Format::Csv.write(&odd).contains("Attn - QKV_Proj,\"'=1+1,\"\"x\"\"\t\n|`<b>*\",2,18,"));
    assert!(Format::Tsv.write(&odd).contains("Attn - QKV_Proj\t'=1+1,\"x\"  |`<b>*\t2\t18\t"));
    assert!(Format::Markdown.write(&odd).contains("| =1+1,\"x\"  \\|\\`&lt;b>\\* | 2 |"));
    assert!(Format::Table.write(&odd).contains("=1+1,\"x\"  |`<b>*"));
    odd.model.name = Some("\u{1b}[31m".into());
    for format in [Format::Table, Format::Markdown] {
        assert!(!format.write(&odd).contains('\u{1b}'));
    }
}

#[test]
fn markdown_golden() {
    // By hand, per block: GateUp 16·(2·4 − 1) = 112, ActMul (4 + 1)·8 + 1 = 41, Down 4·(2·8 − 1) = 60,
    // SDPA 4·(2·4 − 1) twice = 56 over 8 + 2·4·4·2 bytes in; the sum of all is 449, times 2 blocks.
    // Everything is memory-bound: 1,384 bytes at 10 B/s. A token's KV cache is 2·4·2 bytes a block.
    let expected = "\
**org/small · batch 1: 3 cached + 1 new tokens · accounting: document · rows per block, total over all blocks**

| Node | Block Count | Compute | Bandwidth (Weight) | Bandwidth (Input) | Bandwidth (Output) | Operational Intensity | Time Share | Bound |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
| Attn - RMSNorm | 2 | 18 FLOP | 10 B | 8 B | 8 B | 0.692 FLOP/B | 3.8 % | memory-bound |
| Attn - QKV_Proj | 2 | 84 FLOP | 96 B | 8 B | 24 B | 0.656 FLOP/B | 18.5 % | memory-bound |
| Attn - RoPE | 2 | 24 FLOP | 0 B | 16 B | 16 B | 0.750 FLOP/B | 4.6 % | memory-bound |
| Attn - SDPA | 2 | 56 FLOP | 0 B | 72 B | 8 B | 0.700 FLOP/B | 11.6 % | memory-bound |
| Attn - O_Proj | 2 | 28 FLOP | 32 B | 8 B | 8 B | 0.583 FLOP/B | 6.9 % | memory-bound |
| Attn - ResidualAdd | 2 | 4 FLOP | 0 B | 16 B | 8 B | 0.167 FLOP/B | 3.5 % | memory-bound |
| Ffn - RMSNorm | 2 | 18 FLOP | 10 B | 8 B | 8 B | 0.692 FLOP/B | 3.8 % | memory-bound |
| Ffn - GateUp_Proj | 2 | 112 FLOP | 128 B | 8 B | 32 B | 0.667 FLOP/B | 24.3 % | memory-bound |
| Ffn - ActMul | 2 | 41 FLOP | 0 B | 32 B | 16 B | 0.854 FLOP/B | 6.9 % | memory-bound |
| Ffn - Down_Proj | 2 | 60 FLOP | 64 B | 16 B | 8 B | 0.682 FLOP/B | 12.7 % | memory-bound |
| Ffn - ResidualAdd | 2 | 4 FLOP | 0 B | 16 B | 8 B | 0.167 FLOP/B | 3.5 % | memory-bound |
| **Total** |  | **898 FLOP** | **680 B** | **416 B** | **288 B** | **0.649 FLOP/B** | **100.0 %** | **memory-bound** |

Storage: Weights 680 B + KV-cache 128 B + Embedding Table 80 B = 888 B

Abacus in bf16: memory-bound, at least 138 s, at most 0.00723 tokens/s, ridge point 1.00 FLOP/B, fits its 1000 B
";
    assert_eq!(Format::Markdown.write(&report(Some(&device()))), expected);
}

#[test]
fn table_golden() {
    let expected = "\
org/small · batch 1: 3 cached + 1 new tokens · accounting: document · rows per block, total over all blocks
┌─────────────────┬─────────────┬──────────┬────────────────────┬───────────────────┬────────────────────┬───────────────────────┐
│ Node            ┆ Block Count ┆  Compute ┆ Bandwidth (Weight) ┆ Bandwidth (Input) ┆ Bandwidth (Output) ┆ Operational Intensity │
╞═════════════════╪═════════════╪══════════╪════════════════════╪═══════════════════╪════════════════════╪═══════════════════════╡
│ Attn - RMSNorm  ┆           2 ┆  18 FLOP ┆               10 B ┆               8 B ┆                8 B ┆          0.692 FLOP/B │
│ Attn - QKV_Proj ┆           2 ┆  84 FLOP ┆               96 B ┆               8 B ┆               24 B ┆          0.656 FLOP/B │
│ Total           ┆             ┆ 898 FLOP ┆              680 B ┆             416 B ┆              288 B ┆          0.649 FLOP/B │
└─────────────────┴─────────────┴──────────┴────────────────────┴───────────────────┴────────────────────┴───────────────────────┘
Storage: Weights 680 B + KV-cache 128 B + Embedding Table 80 B = 888 B
";
    let mut short = report(None);
    short.layers.truncate(2);
    assert_eq!(Format::Table.write(&short), expected);
}

#[test]
fn json_is_the_report() {
    let text = Format::Json.write(&report(Some(&device())));
    assert!(text.starts_with("{\n  \"schema\": 1,\n"));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["layers"][1]["flops"], 84);
    assert_eq!(value["total"]["weight_bytes"], 680);
    assert_eq!(value["roofline"]["hardware_name"], "Abacus");
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&Format::Json.write(&report(None))).unwrap()["roofline"],
        serde_json::Value::Null
    );
}

#[test]
fn headings_tell_the_batch() {
    let model = Model::from_json(SMALL).unwrap();
    for (cached, input, batch, words) in [
        (&[1024][..], &[1][..], 1, "llama · batch 1: 1,024 cached + 1 new tokens · accounting"),
        (&[0], &[4096], 8, "batch 8: 0 cached + 4,096 new tokens each ·"),
        (&[7, 7], &[1, 1], 2, "batch 2: 7 cached + 1 new tokens each ·"),
        (&[7, 8], &[1, 2], 2, "batch 2: 7 cached + 1 new, 8 cached + 2 new tokens ·"),
        (&[7, 8], &[1, 2], 4, "batch 4: 7 cached + 1 new, 8 cached + 2 new, … tokens ·"),
        (&[1, 2, 3, 4, 5], &[1, 1, 1, 1, 1], 5, "4 cached + 1 new, … tokens ·"),
    ] {
        let workload = Workload::new(cached, input, Some(batch)).unwrap();
        let report = analyze(&model, &workload, &Accounting::DOCUMENT, None).unwrap();
        assert!(heading(&report).contains(words), "{}", heading(&report));
    }
}

#[test]
fn formats_have_names_of_their_own() {
    for (i, format) in Format::ALL.iter().enumerate() {
        assert!(Format::ALL[i + 1..].iter().all(|other| other.name() != format.name()));
        assert!(!format.extension().is_empty() && format.media_type().contains('/'));
        assert!(format.write(&report(None)).ends_with('\n'));
    }
}
