//! The formulas of a report's figures, for a terminal or a program.

use super::{Failure, USAGE};
use crate::engine::explain::{Explanation, explain};
use crate::engine::quantity::grouped;
use crate::engine::report::Row;
use crate::engine::{Accounting, Model, Report, Workload};
use crate::export::{self, Format};
use serde::Serialize;
use std::fmt::Write;

/// A report with the formulas of its layers.
#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    report: &'a Report,
    explanations: Vec<Layer<'a>>,
}

#[derive(Serialize)]
struct Layer<'a> {
    name: &'a str,
    group: &'a str,
    figures: Vec<Explanation>,
}

/// The formulas of the layers whose name contains `layer`.
///
/// # Errors
/// When no layer is named so.
pub fn write(
    model: &Model,
    workload: &Workload,
    accounting: &Accounting,
    report: &Report,
    layer: &str,
    format: Format,
) -> Result<String, Failure> {
    let wanted = layer.to_lowercase();
    let explanations: Vec<Layer<'_>> = report
        .layers
        .iter()
        .filter(|row| row.name.to_lowercase().contains(&wanted))
        .map(|row| Layer {
            name: row.name,
            group: &row.group,
            figures: explain(model, workload, accounting, row),
        })
        .collect();
    if explanations.is_empty() {
        return Err(Failure { code: USAGE, reason: unknown(layer, &report.layers) });
    }
    Ok(match format {
        Format::Json => export::json(&Explained { report, explanations }),
        Format::JsonLine => export::json_line(&Explained { report, explanations }),
        Format::Table | Format::Markdown | Format::Csv | Format::Tsv => {
            explanations.iter().map(text).collect::<Vec<_>>().join("\n")
        }
    })
}

fn unknown(layer: &str, rows: &[Row]) -> String {
    let mut names: Vec<_> = rows.iter().map(|row| row.name).collect();
    names.dedup();
    format!("no layer is called {layer:?}; there are {}", names.join(", "))
}

fn text(layer: &Layer<'_>) -> String {
    let mut out = format!("{} ({})\n", layer.name, layer.group);
    let mut operands = Vec::new();
    for figure in &layer.figures {
        let value = figure.value.map_or_else(|| "overflow".to_owned(), grouped);
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  {}", figure.figure.label());
        if figure.names == value {
            let _ = writeln!(out, "    = {value}");
            continue;
        }
        let _ = writeln!(out, "    = {}\n    = {}\n    = {value}", figure.names, figure.numbers);
        for operand in &figure.operands {
            if !operands.contains(&operand) {
                operands.push(operand);
            }
        }
    }
    for operand in operands {
        let _ = writeln!(out, "  {} = {}: {}", operand.symbol, operand.value, operand.meaning);
    }
    out
}
