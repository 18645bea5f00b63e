//! A report as text: for a terminal, an issue, a spreadsheet, a program.
//!
//! One [`Sheet`] says which columns and lines there are and how a cell reads; a format only joins cells.

mod comparison;
mod csv;
mod json;
mod markdown;
mod sheet;
#[cfg(not(target_arch = "wasm32"))]
mod table;
mod words;

pub use sheet::{Cell, Column, Sheet};
#[cfg(not(target_arch = "wasm32"))]
pub use table::ruled;
pub use words::{device, heading, storage};

use crate::engine::compare::Comparison;
use crate::engine::report::Report;
use serde::Serialize;

/// What a report can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    #[cfg(not(target_arch = "wasm32"))]
    Table,
    Markdown,
    Csv,
    Tsv,
    Json,
}

impl Format {
    pub const ALL: &'static [Format] = &[
        #[cfg(not(target_arch = "wasm32"))]
        Format::Table,
        Format::Markdown,
        Format::Csv,
        Format::Tsv,
        Format::Json,
    ];

    pub fn name(self) -> &'static str {
        match self {
            #[cfg(not(target_arch = "wasm32"))]
            Format::Table => "table",
            Format::Markdown => "markdown",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Json => "json",
        }
    }

    /// How the name of such a file ends.
    pub fn extension(self) -> &'static str {
        match self {
            #[cfg(not(target_arch = "wasm32"))]
            Format::Table => "txt",
            Format::Markdown => "md",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Json => "json",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            #[cfg(not(target_arch = "wasm32"))]
            Format::Table => "text/plain;charset=utf-8",
            Format::Markdown => "text/markdown;charset=utf-8",
            Format::Csv => "text/csv;charset=utf-8;header=present",
            Format::Tsv => "text/tab-separated-values;charset=utf-8",
            Format::Json => "application/json",
        }
    }

    /// Writes two accountings side by side.
    pub fn write_comparison(self, comparison: &Comparison) -> String {
        comparison::write(comparison, self)
    }

    /// Writes a report. Lines end as the format has it, the last one too.
    pub fn write(self, report: &Report) -> String {
        match self {
            #[cfg(not(target_arch = "wasm32"))]
            Format::Table => table::write(report),
            Format::Markdown => markdown::write(report),
            Format::Csv => csv::write(report),
            Format::Tsv => csv::write_tabs(report),
            Format::Json => json::write(report),
        }
    }
}

/// Anything with string keys as JSON, its integers exact.
pub fn json(value: &impl Serialize) -> String {
    json::write(value)
}

#[cfg(test)]
mod tests;
