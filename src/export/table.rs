//! A table for a terminal.

use super::sheet::Sheet;
use super::words;
use crate::engine::report::Report;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};

pub fn write(report: &Report) -> String {
    let sheet = Sheet::new(report);
    let columns = sheet.columns.iter().map(|column| (column.title(), column.is_number()));
    let table = ruled(columns, sheet.lines().map(|line| line.iter().map(|cell| cell.human()).collect()));
    let around = [Some(words::storage(report)), words::device(report)];
    let below: String = around.into_iter().flatten().map(|sentence| harmless(&sentence) + "\n").collect();
    format!("{}\n{table}\n{below}", harmless(&words::heading(report)))
}

/// A ruled table: headings, whether figures stand below them, and lines.
pub fn ruled<'a>(
    columns: impl Iterator<Item = (&'a str, bool)> + Clone,
    lines: impl Iterator<Item = Vec<String>>,
) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(columns.clone().map(|column| column.0));
    for line in lines {
        table.add_row(line.iter().map(|cell| harmless(cell)));
    }
    for (shown, (_, number)) in table.column_iter_mut().zip(columns) {
        shown.set_cell_alignment(if number { CellAlignment::Right } else { CellAlignment::Left });
    }
    table
}

/// Without what a terminal would obey.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
