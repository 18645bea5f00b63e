//! A table for issues and documents, as GitHub reads it.

use super::sheet::Sheet;
use super::words;
use crate::engine::report::Report;

pub fn write(report: &Report) -> String {
    let sheet = Sheet::new(report);
    let mut out = format!("**{}**\n\n", escaped(&words::heading(report)));
    let mut line = |cells: Vec<String>| out.push_str(&format!("| {} |\n", cells.join(" | ")));
    line(sheet.columns.iter().map(|column| column.title().to_owned()).collect());
    line(
        sheet
            .columns
            .iter()
            .map(|column| if column.is_number() { "---:" } else { "---" }.to_owned())
            .collect(),
    );
    for row in &sheet.rows {
        line(row.iter().map(|cell| escaped(&cell.human())).collect());
    }
    let bold = |text: String| if text.is_empty() { text } else { format!("**{text}**") };
    line(sheet.total.iter().map(|cell| bold(escaped(&cell.human()))).collect());
    for sentence in [Some(words::storage(report)), words::device(report)].into_iter().flatten() {
        out.push_str(&format!("\n{}\n", escaped(&sentence)));
    }
    out
}

/// A text that means nothing to Markdown.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '|' | '`' | '*' | '[' | ']' | '~' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
