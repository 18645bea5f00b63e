//! One workload under two accountings, layer by layer, with the cause of every difference.

use super::accounting::{Accounting, Choice};
use super::analysis::{analyze, counts};
use super::cost::{self, Context, Cost};
use super::error::Error;
use super::model::{Model, Stage};
use super::number::Count;
use super::quantity::{Bytes, Flops};
use super::report::Report;
use super::workload::Workload;
use serde::Serialize;
use std::borrow::Cow;
use std::sync::Arc;

/// Two accountings side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The model's name, where it has one.
    pub model: Option<Arc<str>>,
    pub accountings: [Cow<'static, str>; 2],
    pub rows: Vec<Difference>,
    pub total: Difference,
}

/// A layer under both accountings, per block.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    pub name: &'static str,
    pub group: Arc<str>,
    pub blocks: u64,
    pub flops: [Flops; 2],
    pub bytes: [Bytes; 2],
    /// The second figure over the first; none where the first is zero.
    pub flops_ratio: Option<f64>,
    pub bytes_ratio: Option<f64>,
    /// The choices that make the difference; none where there is no difference.
    pub causes: Vec<String>,
}

/// Compares two accountings of one workload.
///
/// # Errors
/// As [`analyze`].
pub fn compare(
    model: &Model,
    workload: &Workload,
    first: &Accounting,
    second: &Accounting,
) -> Result<Comparison, Error> {
    let reports = [analyze(model, workload, first, None)?, analyze(model, workload, second, None)?];
    let labels = model.labels();
    let mut rows = Vec::new();
    for (g, group) in model.groups.iter().enumerate().filter(|(_, group)| group.stage != Stage::Prediction) {
        for (l, layer) in group.layers.iter().enumerate() {
            let find = |report: &Report| {
                let row = report.layers.iter().find(|row| row.at == (g, l));
                row.map_or((Flops(0), Bytes(0)), |row| (row.flops, row.bytes()))
            };
            let [(flops_a, bytes_a), (flops_b, bytes_b)] = [find(&reports[0]), find(&reports[1])];
            if [first, second].iter().any(|accounting| counts(accounting, layer, group.stage)) {
                let figures = |accounting: &Accounting| {
                    let context = Context { accounting, precision: &model.precision, load: workload.load() };
                    let cost: Cost<Count> = cost::cost(layer, &context);
                    match counts(accounting, layer, group.stage) {
                        true => [cost.flops, cost.weight_bytes + cost.input_bytes + cost.output_bytes],
                        false => [Count::ZERO; 2],
                    }
                };
                rows.push(Difference {
                    name: layer.name(),
                    group: Arc::clone(&labels[g]),
                    blocks: group.repeat,
                    flops: [flops_a, flops_b],
                    bytes: [bytes_a, bytes_b],
                    flops_ratio: ratio(flops_a.0, flops_b.0),
                    bytes_ratio: ratio(bytes_a.0, bytes_b.0),
                    causes: causes(first, second, figures),
                });
            }
        }
    }
    let [a, b] = [reports[0].total, reports[1].total];
    let total = Difference {
        name: "Total",
        group: Arc::default(),
        blocks: 1,
        flops: [a.flops, b.flops],
        bytes: [a.bytes(), b.bytes()],
        flops_ratio: ratio(a.flops.0, b.flops.0),
        bytes_ratio: ratio(a.bytes().0, b.bytes().0),
        causes: Vec::new(),
    };
    Ok(Comparison { model: model.name.clone(), accountings: [first.id(), second.id()], rows, total })
}

fn ratio(a: u128, b: u128) -> Option<f64> {
    (a > 0).then(|| b as f64 / a as f64)
}

/// The choices that change a layer's figures when they alone change from one accounting to the other, in
/// either direction.
fn causes<F: PartialEq>(
    first: &Accounting,
    second: &Accounting,
    figures: impl Fn(&Accounting) -> F,
) -> Vec<String> {
    let changes = |from: &Accounting, to: &Accounting, choice: Choice| {
        from.with(choice, to.option(choice)).is_some_and(|changed| figures(&changed) != figures(from))
    };
    if figures(first) == figures(second) {
        return Vec::new();
    }
    Choice::ALL
        .into_iter()
        .filter(|&choice| first.option(choice) != second.option(choice))
        .filter(|&choice| changes(first, second, choice) || changes(second, first, choice))
        .map(|choice| {
            format!(
                "{}: {}; {}: {}",
                first.name(),
                choice.sentence(first),
                second.name(),
                choice.sentence(second)
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::catalog;

    fn llama() -> Model {
        catalog::find("meta-llama/Llama-3.1-8B").unwrap().model().unwrap()
    }

    #[test]
    fn the_known_sizes_of_the_differences() {
        // A prefill of 204,800 tokens: document counts 5·14336 + 204,800 = 276,480 FLOPs for ActMul where
        // 5·14336·204,800 = 14,680,064,000 are done, 53,096 times as many.
        let workload = Workload::uniform(0, 204_800, 1).unwrap();
        let compared = compare(&llama(), &workload, &Accounting::DOCUMENT, &Accounting::EXACT).unwrap();
        let find = |name: &str| compared.rows.iter().find(|row| row.name == name).unwrap();
        let act = find("Ffn - ActMul");
        assert_eq!(act.flops, [Flops(276_480), Flops(14_680_064_000)]);
        assert_eq!(act.flops_ratio.unwrap().floor(), 53_096.0);
        assert_eq!(act.causes.len(), 1);
        assert!(act.causes[0].contains("every element"), "{:?}", act.causes);
        // One sum for every key of values in document, with four queries to a key/value head:
        // (2·4096 + 2·1024) / (2·4096 + 2·4096) = 0.625 of dense attention.
        let dense =
            Accounting { pairs: crate::engine::workload::Pairs::All, softmax: false, ..Accounting::EXACT };
        let compared = compare(&llama(), &workload, &dense, &Accounting::DOCUMENT).unwrap();
        let sdpa = compared.rows.iter().find(|row| row.name == "Attn - SDPA").unwrap();
        assert_eq!((sdpa.flops_ratio.unwrap() * 1000.0).round(), 625.0);
    }

    #[test]
    fn a_layer_that_only_one_counts_has_a_cause_and_no_ratio() {
        let compared =
            compare(&llama(), &Workload::default(), &Accounting::DOCUMENT, &Accounting::EXACT).unwrap();
        let head = compared.rows.iter().find(|row| row.name == "LM_Head").unwrap();
        assert_eq!((head.flops[0], head.flops_ratio), (Flops(0), None));
        assert!(head.causes.iter().any(|cause| cause.contains("last token")), "{:?}", head.causes);
        let rope = compared.rows.iter().find(|row| row.name == "Attn - RoPE").unwrap();
        assert_eq!((rope.flops_ratio, rope.causes.len()), (Some(1.0), 0));
    }

    #[test]
    fn every_difference_has_a_cause() {
        let workload = Workload::new(&[5, 0], &[1, 30], None).unwrap();
        for entry in catalog::MODELS {
            let model = entry.model().unwrap();
            for (_, a, _) in Accounting::NAMED {
                for (_, b, _) in Accounting::NAMED {
                    for row in compare(&model, &workload, &a, &b).unwrap().rows {
                        let differs = row.flops[0] != row.flops[1] || row.bytes[0] != row.bytes[1];
                        let pair = format!("{}: {} and {}, {}", entry.id, a.name(), b.name(), row.name);
                        assert_eq!(differs, !row.causes.is_empty(), "{pair}");
                    }
                }
            }
        }
    }
}
