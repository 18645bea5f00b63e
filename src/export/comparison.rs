//! Two accountings side by side.

use super::{Format, csv, json, markdown};
use crate::engine::compare::{Comparison, Difference};
use crate::engine::quantity::plain;

/// Headings for people and for programs, and whether figures stand below them.
const COLUMNS: [(&str, &str, bool); 9] = [
    ("Node", "node", false),
    ("Block Count", "block_count", true),
    ("Compute A", "compute_flop_a", true),
    ("Compute B", "compute_flop_b", true),
    ("B / A", "compute_ratio", true),
    ("Bytes A", "bytes_a", true),
    ("Bytes B", "bytes_b", true),
    ("B / A", "bytes_ratio", true),
    ("Cause", "causes", false),
];

pub fn write(comparison: &Comparison, format: Format) -> String {
    match format {
        #[cfg(not(target_arch = "wasm32"))]
        Format::Table => {
            let columns = COLUMNS.iter().map(|column| (column.0, column.2));
            // Causes are too long for a terminal's columns and stand below.
            let table = super::table::ruled(
                columns.take(8),
                differences(comparison).map(|row| human(row).into_iter().take(8).collect()),
            );
            format!("{}\n{table}\n{}", heading(comparison), causes(comparison))
        }
        Format::Markdown => {
            let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
            let rule = |number: bool| if number { "---:" } else { "---" }.to_owned();
            let head = line(COLUMNS.iter().map(|column| column.0.to_owned()).collect());
            let rules = line(COLUMNS.iter().map(|column| rule(column.2)).collect());
            let rows: String = differences(comparison)
                .map(|row| line(human(row).iter().map(|cell| markdown::escaped(cell)).collect()))
                .collect();
            format!("**{}**\n\n{head}{rules}{rows}", heading(comparison))
        }
        Format::Csv => separated(comparison, ",", csv::quoted),
        Format::Tsv => separated(comparison, "\t", csv::unbroken),
        Format::Json => json::write(comparison),
        #[cfg(not(target_arch = "wasm32"))]
        Format::JsonLine => json::write_line(comparison),
    }
}

fn heading(comparison: &Comparison) -> String {
    let [a, b] = &comparison.accountings;
    format!("A: {a} · B: {b} · rows per block, total over all blocks")
}

fn differences(comparison: &Comparison) -> impl Iterator<Item = &Difference> {
    comparison.rows.iter().chain([&comparison.total])
}

/// Each cause once, with the layers it concerns.
#[cfg(not(target_arch = "wasm32"))]
fn causes(comparison: &Comparison) -> String {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    for row in &comparison.rows {
        for cause in &row.causes {
            match found.iter_mut().find(|(known, _)| known == cause) {
                Some((_, rows)) if !rows.contains(&row.name) => rows.push(row.name),
                Some(_) => {}
                None => found.push((cause, vec![row.name])),
            }
        }
    }
    found.into_iter().map(|(cause, rows)| format!("{}\n    {cause}\n", rows.join(", "))).collect()
}

fn human(row: &Difference) -> Vec<String> {
    let ratio = |ratio: Option<f64>| ratio.map_or("–".to_owned(), |r| format!("{}×", plain(r)));
    let [a, b] = row.flops;
    let [read_a, read_b] = row.bytes;
    vec![
        row.name.to_owned(),
        row.blocks.to_string(),
        a.human(),
        b.human(),
        ratio(row.flops_ratio),
        read_a.human(),
        read_b.human(),
        ratio(row.bytes_ratio),
        row.causes.join("; "),
    ]
}

fn separated(comparison: &Comparison, separator: &str, cell: fn(String) -> String) -> String {
    let raw = |row: &Difference| {
        let ratio = |ratio: Option<f64>| ratio.map_or_else(String::new, |r| r.to_string());
        [
            row.name.to_owned(),
            row.blocks.to_string(),
            row.flops[0].0.to_string(),
            row.flops[1].0.to_string(),
            ratio(row.flops_ratio),
            row.bytes[0].0.to_string(),
            row.bytes[1].0.to_string(),
            ratio(row.bytes_ratio),
            row.causes.join("; "),
        ]
        .map(cell)
        .join(separator)
    };
    let head = COLUMNS.map(|column| column.1).join(separator);
    std::iter::once(head).chain(differences(comparison).map(raw)).map(|line| line + "\r\n").collect()
}
