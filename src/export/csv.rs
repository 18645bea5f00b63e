//! Comma-separated values by RFC 4180, and tab-separated ones for pasting into a spreadsheet.

use super::sheet::{Cell, Sheet};
use crate::engine::report::Report;

pub fn write(report: &Report) -> String {
    join(report, ",", quoted)
}

/// A cell between quotes where it needs them.
pub fn quoted(text: String) -> String {
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

pub fn write_tabs(report: &Report) -> String {
    // The format has no quotes, so what would end a cell becomes a blank.
    join(report, "\t", unbroken)
}

/// A cell without what would end it.
pub fn unbroken(text: String) -> String {
    text.replace(['\t', '\r', '\n'], " ")
}

fn join(report: &Report, separator: &str, quoted: fn(String) -> String) -> String {
    let sheet = Sheet::new(report);
    let head = sheet.columns.iter().map(|column| column.key().to_owned()).collect();
    let lines = sheet.lines().map(|line| line.iter().map(|cell| quoted(guarded(cell))).collect());
    let lines = std::iter::once(head).chain(lines);
    lines.map(|line: Vec<String>| line.join(separator) + "\r\n").collect()
}

/// Spreadsheets take words with such a beginning for formulas; the apostrophe tells them not to.
pub fn unlike_formula(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn guarded(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => unlike_formula(text),
        Cell::Empty
        | Cell::Count(_)
        | Cell::Flops(_)
        | Cell::Bytes(_)
        | Cell::Uncounted
        | Cell::Intensity(_)
        | Cell::Share(_)
        | Cell::Bound(_) => cell.raw(),
    }
}
