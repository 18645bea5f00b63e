//! The formula behind every figure, from the expression that computed it.

use super::accounting::Accounting;
use super::cost::{self, Context, Cost};
use super::model::Model;
use super::number::Formula;
use super::report::Row;
use super::workload::Workload;
use serde::Serialize;

/// One figure of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    Flops,
    WeightBytes,
    InputBytes,
    OutputBytes,
}

impl Figure {
    pub const ALL: [Figure; 4] =
        [Figure::Flops, Figure::WeightBytes, Figure::InputBytes, Figure::OutputBytes];

    /// The figure's name and unit.
    pub fn label(self) -> &'static str {
        match self {
            Figure::Flops => "Compute (FLOP)",
            Figure::WeightBytes => "Bandwidth, weights (bytes)",
            Figure::InputBytes => "Bandwidth, input (bytes)",
            Figure::OutputBytes => "Bandwidth, output (bytes)",
        }
    }
}

/// How one figure came about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    pub figure: Figure,
    /// The formula with the names of its operands.
    pub names: String,
    /// The same with this model's numbers.
    pub numbers: String,
    /// The result; none on overflow.
    pub value: Option<u128>,
    pub operands: Vec<Operand>,
}

/// One name of a formula.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Operand {
    pub symbol: &'static str,
    pub meaning: &'static str,
    /// With a comma every three digits.
    pub value: String,
}

/// Explains all figures of one row of a report on the same model, workload and accounting.
pub fn explain(model: &Model, workload: &Workload, accounting: &Accounting, row: &Row) -> Vec<Explanation> {
    let Some(layer) = model.groups.get(row.at.0).and_then(|group| group.layers.get(row.at.1)) else {
        return Vec::new();
    };
    let context = Context { accounting, precision: &model.precision, load: workload.load() };
    let cost: Cost<Formula> = cost::cost(layer, &context);
    Figure::ALL
        .into_iter()
        .map(|figure| {
            let formula = match figure {
                Figure::Flops => &cost.flops,
                Figure::WeightBytes => &cost.weight_bytes,
                Figure::InputBytes => &cost.input_bytes,
                Figure::OutputBytes => &cost.output_bytes,
            };
            Explanation {
                figure,
                names: formula.names(),
                numbers: formula.numbers(),
                value: formula.value(),
                operands: formula
                    .operands()
                    .into_iter()
                    .map(|(symbol, value)| Operand {
                        symbol: symbol.text,
                        meaning: symbol.meaning,
                        value: value.to_string(),
                    })
                    .collect(),
            }
        })
        .collect()
}
