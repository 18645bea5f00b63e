//! The `document` accounting against the specification's formulas, every figure worked out by hand.

use roofline::engine::{Accounting, Error, Model, Report, Workload, analyze};

/// Name, FLOPs, weight, input and output bytes of one layer in one block.
type Line = (&'static str, u128, u128, u128, u128);

struct Golden {
    config: &'static str,
    cached: &'static [u64],
    input: &'static [u64],
    batch: Option<u64>,
    blocks: u64,
    layers: [Line; 11],
    /// Weights, KV cache, embedding table.
    storage: [u128; 3],
}

const LLAMA_2_7B: &str = r#"{"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008,
    "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 32000,
    "hidden_act": "silu", "torch_dtype": "float16"}"#;

const LLAMA_3_8B: &str = r#"{"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336,
    "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256,
    "hidden_act": "silu", "torch_dtype": "bfloat16"}"#;

/// Odd sizes, four bytes an element, a head width that is not hidden / heads.
const ODD: &str = r#"{"model_type": "llama", "hidden_size": 24, "intermediate_size": 40,
    "num_hidden_layers": 3, "num_attention_heads": 6, "num_key_value_heads": 2, "head_dim": 10,
    "vocab_size": 101, "hidden_act": "silu", "dtype": "float32"}"#;

const CASES: &[Golden] = &[
    // The specification's example: one decode step of Llama-2-7B after 1,024 cached tokens.
    // d = 4096, w = 2, N = 1, T = 1025; head_dim · (H + 2G) = 128 · 96 = 12288, · (H + G) = 8192.
    Golden {
        config: LLAMA_2_7B,
        cached: &[1024],
        input: &[1],
        batch: None,
        blocks: 32,
        layers: [
            // (4·4096 + 2)·1; (4096 + 1)·2; 4096·1·2
            ("Attn - RMSNorm", 16_386, 8_194, 8_192, 8_192),
            // 1·12288·(2·4096 − 1); 4096·12288·2; 4096·2; 12288·2
            ("Attn - QKV_Proj", 100_651_008, 100_663_296, 8_192, 24_576),
            // 3·8192; 8192·2
            ("Attn - RoPE", 24_576, 0, 16_384, 16_384),
            // 1·1025·(2·4096 − 1) + 1·4096·(2·1025 − 1) = 8,395,775 + 8,392,704;
            // Q 4096·2 + K and V 2·4096·1025·2 = 8,192 + 16,793,600
            ("Attn - SDPA", 16_788_479, 0, 16_801_792, 8_192),
            // 4096·(2·4096 − 1); 4096·4096·2
            ("Attn - O_Proj", 33_550_336, 33_554_432, 8_192, 8_192),
            ("Attn - ResidualAdd", 4_096, 0, 16_384, 8_192),
            ("Ffn - RMSNorm", 16_386, 8_194, 8_192, 8_192),
            // 22016·(2·4096 − 1); 4096·22016·2; 4096·2; 22016·2
            ("Ffn - GateUp_Proj", 180_333_056, 180_355_072, 8_192, 44_032),
            // (4 + 1)·11008 + 1; 11008·2·2; 11008·2
            ("Ffn - ActMul", 55_041, 0, 44_032, 22_016),
            // 4096·(2·11008 − 1); 11008·4096·2; 11008·2; 4096·2
            ("Ffn - Down_Proj", 90_173_440, 90_177_536, 22_016, 8_192),
            ("Ffn - ResidualAdd", 4_096, 0, 16_384, 8_192),
        ],
        // 32·(2·8194 + 100,663,296 + 33,554,432 + 180,355,072 + 90,177,536); 1025·4096·2·2·32;
        // 4096·32000·2
        storage: [12_952_535_168, 537_395_200, 262_144_000],
    },
    // Two decode steps of Llama-3-8B in one batch, one of them after 1,048,576 tokens.
    // N = 2, Σ T = 1,048,577 + 1,025 = 1,049,602 = Σ n·T; G·D = 1024, D·(H + 2G) = 6144, D·(H + G) = 5120.
    Golden {
        config: LLAMA_3_8B,
        cached: &[1_048_576, 1024],
        input: &[1, 1],
        batch: None,
        blocks: 32,
        layers: [
            // (4·4096 + 2)·2; (4096 + 1)·2; 4096·2·2
            ("Attn - RMSNorm", 32_772, 8_194, 16_384, 16_384),
            // 2·6144·8191; 4096·6144·2; 2·4096·2; 2·6144·2
            ("Attn - QKV_Proj", 100_651_008, 50_331_648, 16_384, 24_576),
            // 3·5120·2; 5120·2·2
            ("Attn - RoPE", 30_720, 0, 20_480, 20_480),
            // 1,049,602·8191 + 1024·(2·1,049,602 − 2) = 8,597,289,982 + 2,149,582,848;
            // Q 2·4096·2 + K and V 2·1024·1,049,602·2 = 16,384 + 4,299,169,792
            ("Attn - SDPA", 10_746_872_830, 0, 4_299_186_176, 16_384),
            // 2·4096·8191; 4096·4096·2
            ("Attn - O_Proj", 67_100_672, 33_554_432, 16_384, 16_384),
            ("Attn - ResidualAdd", 8_192, 0, 32_768, 16_384),
            ("Ffn - RMSNorm", 32_772, 8_194, 16_384, 16_384),
            // 2·28672·8191; 4096·28672·2; 2·28672·2
            ("Ffn - GateUp_Proj", 469_704_704, 234_881_024, 16_384, 114_688),
            // (4 + 1)·14336 + 2; 14336·2·2·2; 14336·2·2
            ("Ffn - ActMul", 71_682, 0, 114_688, 57_344),
            // 2·4096·(2·14336 − 1); 14336·4096·2
            ("Ffn - Down_Proj", 234_872_832, 117_440_512, 57_344, 16_384),
            ("Ffn - ResidualAdd", 8_192, 0, 32_768, 16_384),
        ],
        // 32·(2·8194 + 50,331,648 + 33,554,432 + 234,881,024 + 117,440,512); 1,049,602·1024·2·2·32;
        // 4096·128256·2
        storage: [13_959_168_128, 137_573_433_344, 1_050_673_152],
    },
    // A ragged batch, repeated: queries (3 cached, 2 new) and (0, 5), twice.
    // N = 2·(2 + 5) = 14, Σ T = 2·(5 + 5) = 20, Σ n·T = 2·(2·5 + 5·5) = 70; w = 4.
    // D = 10: Q is 60 wide, K and V 20 each, so 100 out of QKV, 80 rotated.
    Golden {
        config: ODD,
        cached: &[3, 0],
        input: &[2, 5],
        batch: Some(4),
        blocks: 3,
        layers: [
            // (4·24 + 2)·14; 25·4; 24·14·4
            ("Attn - RMSNorm", 1_372, 100, 1_344, 1_344),
            // 14·100·(2·24 − 1); 24·100·4; 14·24·4; 14·100·4
            ("Attn - QKV_Proj", 65_800, 9_600, 1_344, 5_600),
            // 3·80·14; 80·14·4
            ("Attn - RoPE", 3_360, 0, 4_480, 4_480),
            // 70·(2·60 − 1) + 20·(2·70 − 14) = 8,330 + 2,520; Q 60·14·4 + K, V 2·20·20·4; 60·14·4
            ("Attn - SDPA", 10_850, 0, 6_560, 3_360),
            // 14·24·(2·60 − 1); 60·24·4; 14·60·4; 14·24·4
            ("Attn - O_Proj", 39_984, 5_760, 3_360, 1_344),
            // 24·14; 2·24·14·4; 24·14·4
            ("Attn - ResidualAdd", 336, 0, 2_688, 1_344),
            ("Ffn - RMSNorm", 1_372, 100, 1_344, 1_344),
            // 14·80·47; 24·80·4; 14·24·4; 14·80·4
            ("Ffn - GateUp_Proj", 52_640, 7_680, 1_344, 4_480),
            // 5·40 + 14; 40·14·2·4; 40·14·4
            ("Ffn - ActMul", 214, 0, 4_480, 2_240),
            // 14·24·(2·40 − 1); 40·24·4; 14·40·4; 14·24·4
            ("Ffn - Down_Proj", 26_544, 3_840, 2_240, 1_344),
            ("Ffn - ResidualAdd", 336, 0, 2_688, 1_344),
        ],
        // 3·(100 + 9600 + 5760 + 100 + 7680 + 3840); 20·20·2·4·3; 24·101·4
        storage: [81_240, 9_600, 9_696],
    },
];

fn report(config: &str, cached: &[u64], input: &[u64], batch: Option<u64>) -> Result<Report, Error> {
    analyze(&Model::from_json(config)?, &Workload::new(cached, input, batch)?, &Accounting::DOCUMENT, None)
}

#[test]
fn every_figure_of_the_document_accounting() {
    for case in CASES {
        let report = report(case.config, case.cached, case.input, case.batch).unwrap();
        assert_eq!(report.layers.len(), case.layers.len());
        let (mut flops, mut weight, mut input, mut output) = (0, 0, 0, 0);
        for (got, want) in report.layers.iter().zip(case.layers) {
            let line = (got.name, got.flops.0, got.weight_bytes.0, got.input_bytes.0, got.output_bytes.0);
            assert_eq!(line, want);
            assert_eq!(got.blocks, case.blocks);
            assert_eq!(got.intensity.unwrap().0, want.1 as f64 / (want.2 + want.3 + want.4) as f64);
            flops += want.1 * u128::from(case.blocks);
            weight += want.2 * u128::from(case.blocks);
            input += want.3 * u128::from(case.blocks);
            output += want.4 * u128::from(case.blocks);
        }
        let total = report.total;
        assert_eq!(
            (total.flops.0, total.weight_bytes.0, total.input_bytes.0, total.output_bytes.0),
            (flops, weight, input, output)
        );
        let names: Vec<_> = report.storage.iter().map(|item| item.name).collect();
        assert_eq!(names, ["Weights", "KV-cache", "Embedding Table"]);
        let bytes: Vec<_> = report.storage.iter().map(|item| item.bytes.0).collect();
        assert_eq!(bytes, case.storage);
        assert_eq!(report.storage_total_bytes.0, case.storage.iter().sum::<u128>());
    }
}

#[test]
fn a_batch_size_equals_the_list_written_out() {
    let repeated = report(ODD, &[3, 0], &[2, 5], Some(4)).unwrap();
    let spelled = report(ODD, &[3, 0, 3, 0], &[2, 5, 2, 5], None).unwrap();
    assert_eq!(repeated.layers, spelled.layers);
    assert_eq!(repeated.storage, spelled.storage);
    assert_eq!(
        serde_json::to_string(&repeated.workload).unwrap(),
        serde_json::to_string(&spelled.workload).unwrap()
    );
}

/// The Llama-3-8B config with `key` set to `value`, as JSON.
fn with(key: &str, value: &str) -> String {
    let mut config: serde_json::Value = serde_json::from_str(LLAMA_3_8B).unwrap();
    config[key] = serde_json::from_str(value).unwrap();
    config.to_string()
}

#[test]
fn defaults_of_missing_and_null_keys() {
    for text in
        [with("num_key_value_heads", "null"), LLAMA_2_7B.replace(r#""num_key_value_heads": 32, "#, "")]
    {
        let report = report(&text, &[0], &[1], None).unwrap();
        let kv = report.model.config.iter().find(|read| read.key == "num_key_value_heads").unwrap();
        assert_eq!((kv.value.as_u64(), kv.assumed.is_some()), (Some(32), true));
        assert!(report.notes.iter().any(|note| note.text.contains("num_key_value_heads = 32")));
    }
    for (text, dtype) in [
        (with("torch_dtype", "null"), "float16"),
        (with("torch_dtype", "\"torch.float8_e5m2\""), "float8_e5m2"),
    ] {
        assert_eq!(report(&text, &[0], &[1], None).unwrap().model.precision.weights.name(), dtype);
    }
}

#[test]
fn an_explicit_head_width_wins_and_says_so() {
    let report = report(ODD, &[0], &[1], None).unwrap();
    let note = report.notes.iter().find(|note| note.text.contains("head_dim")).unwrap();
    assert!(note.text.contains("is 10, not hidden_size / num_attention_heads = 4"), "{}", note.text);
}

#[test]
fn values_that_make_no_sense_are_refused_by_key() {
    for (key, value, needle) in [
        ("hidden_size", "0", "from 1"),
        ("hidden_size", "-4096", "from 1"),
        ("hidden_size", "4096.5", "whole number"),
        ("hidden_size", "1e30", "whole number"),
        ("num_hidden_layers", "4294967296", "whole number"),
        ("vocab_size", "\"many\"", "whole number"),
        ("num_key_value_heads", "5", "does not divide the 32 query heads"),
        ("hidden_size", "4097", "not divisible by the 32 heads"),
        ("hidden_act", "\"magic\"", "activation function"),
        ("torch_dtype", "\"float12\"", "data type"),
        ("attention_bias", "1", "true nor false"),
    ] {
        let error = report(&with(key, value), &[0], &[1], None).unwrap_err();
        assert_eq!(error.key(), Some(key));
        assert!(error.to_string().contains(needle), "{error}");
        assert!(error.position().is_some(), "{error}");
    }
}

#[test]
fn an_overflow_is_an_error_that_names_the_figure() {
    let wide = r#"{"model_type": "llama", "hidden_size": 2147483648, "intermediate_size": 2147483648,
        "num_hidden_layers": 65536, "num_attention_heads": 1, "vocab_size": 32000}"#;
    let tokens = 1 << 40;
    let error = report(wide, &[tokens], &[tokens], Some(1 << 22)).unwrap_err();
    assert!(matches!(error, Error::Overflow { .. }), "{error}");
    assert!(error.to_string().contains("the compute of Attn - SDPA overflows"), "{error}");
}
