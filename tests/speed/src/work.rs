//! What is timed, each piece ready to be done again and again.

use roofline::engine::serving::sweep::{Case, Curve, Sweep};
use roofline::engine::serving::{Deployment, Serving, plan};
use roofline::engine::{Accounting, Hardware, Model, Workload, analyze, catalog};
use std::fmt::Write as _;
use std::hint::black_box;

/// The model that the targets are about.
pub const MODEL: &str = "meta-llama/Llama-3.1-8B";
/// Points of the sweep.
pub const POINTS: u64 = 1000;
/// Queries of the ragged batch.
pub const QUERIES: u64 = 1_000_000;
/// Blocks of the model in which no two are alike, and ten times as many.
pub const BLOCKS: [u64; 2] = [200, 2000];

type Work = Box<dyn FnMut()>;

/// Makes a piece of work ready.
type Make = fn() -> Work;

/// Every piece of work by its name.
const ALL: [(&str, Make); 11] = [
    ("analysis", || analysis(llama(), Workload::default())),
    ("sweep", sweep),
    ("plans", plans),
    ("ragged", || analysis(llama(), ragged(QUERIES))),
    ("ragged, a tenth", || analysis(llama(), ragged(QUERIES / 10))),
    ("reading", reading),
    ("parse", || parse(long_config())),
    ("parse as text", parsing_only),
    ("parse, small", || parse(config().to_owned())),
    ("blocks", || analysis(uneven(BLOCKS[1]), Workload::default())),
    ("blocks, a tenth", || analysis(uneven(BLOCKS[0]), Workload::default())),
];

/// The work of this name.
pub fn ready(name: &str) -> Option<Work> {
    let (_, make) = ALL.iter().find(|(known, _)| *known == name)?;
    Some(make())
}

fn config() -> &'static str {
    catalog::find(MODEL).expect("it is built in").config
}

fn llama() -> Model {
    catalog::find(MODEL).and_then(|entry| entry.model().ok()).expect("it is built in")
}

fn analysis(model: Model, workload: Workload) -> Work {
    let hardware = Hardware::default();
    Box::new(move || {
        let report =
            analyze(black_box(&model), black_box(&workload), &Accounting::default(), Some(&hardware));
        assert!(black_box(report).is_ok());
    })
}

fn deployment() -> Deployment {
    Deployment {
        hardware: Hardware::default(),
        serving: Serving { output_tokens: 128, ..Serving::default() },
    }
}

fn sweep() -> Work {
    let (model, deployment) = (llama(), deployment());
    let sweep = Sweep::parse(&format!("batch=1..{POINTS}+1")).expect("this is a sweep");
    Box::new(move || {
        let workload = Workload::default();
        let case = Case::new(&model, &workload, &deployment);
        let curve = Curve::of(black_box(&case), std::slice::from_ref(&sweep)).expect("it has points");
        assert_eq!(black_box(curve).rows.len() as u64, POINTS);
    })
}

/// The peer of a sweep: a plan for each of its points.
fn plans() -> Work {
    let (model, deployment) = (llama(), deployment());
    Box::new(move || {
        for batch in 1..=POINTS {
            let workload = Workload::uniform(1024, 1, batch).expect("a batch like this may be");
            drop(black_box(plan(&model, &workload, &deployment)));
        }
    })
}

/// A batch of which no two neighbours are alike.
fn ragged(queries: u64) -> Workload {
    let (cached, input) = lists(queries);
    Workload::new(&cached, &input, None).expect("a batch like this may be")
}

fn lists(queries: u64) -> (Vec<u64>, Vec<u64>) {
    (0..queries).map(|i| (i * 7919 % 8192, 1 + i * 31 % 4)).unzip()
}

/// The peer of a ragged batch: to look at every query once.
fn reading() -> Work {
    let (cached, input) = lists(QUERIES);
    Box::new(move || {
        let pairs: u128 = black_box(&cached)
            .iter()
            .zip(black_box(&input))
            .map(|(cached, input)| u128::from(*input) * u128::from(cached + input))
            .sum();
        black_box(pairs);
    })
}

fn parse(text: String) -> Work {
    Box::new(move || {
        assert!(black_box(Model::from_json(black_box(&text))).is_ok());
    })
}

/// The peer of a parse: what serde_json takes for the same text.
fn parsing_only() -> Work {
    let text = long_config();
    Box::new(move || {
        let value: Result<serde_json::Value, _> = serde_json::from_str(black_box(&text));
        assert!(black_box(value).is_ok());
    })
}

/// A config of 2 MB: the format of every expert of a mixture, as mixed precision spells it out.
pub fn long_config() -> String {
    let mut text = String::from(
        r#"{"model_type": "qwen3_moe", "hidden_size": 4096, "num_hidden_layers": 70, "num_attention_heads": 64,
        "num_key_value_heads": 4, "head_dim": 128, "moe_intermediate_size": 1536, "num_experts": 128,
        "num_experts_per_tok": 8, "vocab_size": 151936, "torch_dtype": "bfloat16",
        "quantization_config": {"quant_method": "modelopt", "quant_algo": "MIXED_PRECISION", "quantized_layers": {"#,
    );
    let mut comma = "";
    for block in 0..70 {
        for expert in 0..128 {
            for matrix in ["gate_proj", "up_proj", "down_proj"] {
                let format = if block % 2 == 0 { r#""NVFP4", "group_size": 16"# } else { r#""FP8""# };
                let _ = write!(
                    text,
                    "{comma}\n  \"model.layers.{block}.mlp.experts.{expert}.{matrix}\": {{\"quant_algo\": {format}}}"
                );
                comma = ",";
            }
        }
    }
    text + "}}}"
}

/// A model of so many blocks of which no two are alike: each of four matrices is kept in one of seven formats.
pub fn uneven(blocks: u64) -> Model {
    const MATRICES: [&str; 4] =
        ["self_attn.qkv_proj", "self_attn.o_proj", "mlp.gate_up_proj", "mlp.down_proj"];
    const FORMATS: [&str; 7] = ["FP8", "NVFP4", "MXFP8", "W8A16", "W4A16_AWQ", "FP8_PB_WO", "W4A16_MXFP4"];
    let mut rules = Vec::new();
    for block in 0..blocks {
        for (place, matrix) in (0..).zip(MATRICES) {
            let format = FORMATS[(block / 7u64.pow(place) % 7) as usize];
            rules.push(format!(r#""model.layers.{block}.{matrix}": {{"quant_algo": "{format}"}}"#));
        }
    }
    let config = format!(
        r#"{{"model_type": "llama", "num_hidden_layers": {blocks}, "quantization_config": {{
            "quant_method": "modelopt", "quant_algo": "MIXED_PRECISION", "quantized_layers": {{{}}}}}}}"#,
        rules.join(",")
    );
    Model::from_json(&config).expect("this is a config")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_timed_is_what_it_is_called() {
        let text = long_config();
        assert!((1_900_000..2_500_000).contains(&text.len()), "{} bytes", text.len());
        assert_eq!(Model::from_json(&text).unwrap().groups.len(), 2 + 2, "two kinds of blocks and the ends");
        assert_eq!(uneven(100).groups.len(), 100 + 2);
        assert_eq!(ragged(1000).batch_size(), 1000);
        for (name, _) in ALL.iter().filter(|(name, _)| ["analysis", "parse, small"].contains(name)) {
            ready(name).unwrap()();
        }
        assert!(ready("nothing").is_none());
    }
}
