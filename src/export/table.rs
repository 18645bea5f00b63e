//! A table for a terminal.

use super::sheet::{Cell, Sheet};
use super::words;
use crate::engine::report::Report;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};

pub fn write(report: &Report) -> String {
    let sheet = Sheet::new(report);
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(sheet.columns.iter().map(|column| column.title()));
    for line in sheet.lines() {
        table.add_row(line.iter().map(|cell| plain(cell)));
    }
    for (shown, column) in table.column_iter_mut().zip(&sheet.columns) {
        let side = if column.is_number() { CellAlignment::Right } else { CellAlignment::Left };
        shown.set_cell_alignment(side);
    }
    let around = [Some(words::storage(report)), words::device(report)];
    let below: String = around.into_iter().flatten().map(|sentence| harmless(&sentence) + "\n").collect();
    format!("{}\n{table}\n{below}", harmless(&words::heading(report)))
}

fn plain(cell: &Cell) -> String {
    harmless(&cell.human())
}

/// Without what a terminal would obey.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
