//! A report as text: for a terminal, an issue, a spreadsheet, a program.
//!
//! One [`Sheet`] says which columns and lines there are and how a cell reads; a format only joins cells.

mod comparison;
mod csv;
mod json;
mod lineup;
mod markdown;
mod plan;
mod sheet;
mod sweep;
#[cfg(not(target_arch = "wasm32"))]
mod table;
mod words;

pub use lineup::{csv as lineup_csv, markdown as lineup_markdown};
pub use plan::{
    COLUMNS as PLAN_COLUMNS, cells as plan_cells, facts as plan_facts, markdown as plan_markdown,
};
pub use sheet::{Cell, Column, Sheet};
pub use sweep::{human as sweep_row, sentences as sweep_sentences, titles as sweep_titles};
#[cfg(not(target_arch = "wasm32"))]
pub use table::ruled;
pub use words::{device, heading, storage};

use crate::engine::compare::Comparison;
use crate::engine::report::Report;
use crate::engine::serving::sweep::Curve;
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
    /// The same on one line, for files with one report a line.
    #[cfg(not(target_arch = "wasm32"))]
    JsonLine,
}

impl Format {
    pub const ALL: &'static [Format] = &[
        #[cfg(not(target_arch = "wasm32"))]
        Format::Table,
        Format::Markdown,
        Format::Csv,
        Format::Tsv,
        Format::Json,
        #[cfg(not(target_arch = "wasm32"))]
        Format::JsonLine,
    ];

    pub fn name(self) -> &'static str {
        match self {
            #[cfg(not(target_arch = "wasm32"))]
            Format::Table => "table",
            Format::Markdown => "markdown",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Json => "json",
            #[cfg(not(target_arch = "wasm32"))]
            Format::JsonLine => "jsonl",
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
            #[cfg(not(target_arch = "wasm32"))]
            Format::JsonLine => "jsonl",
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
            #[cfg(not(target_arch = "wasm32"))]
            Format::JsonLine => "application/jsonl",
        }
    }

    /// Writes two accountings side by side.
    pub fn write_comparison(self, comparison: &Comparison) -> String {
        comparison::write(comparison, self)
    }

    /// Writes the points of a sweep; `headed` says whether names of columns go before them, where the format
    /// can do without.
    pub fn write_curve(self, curve: &Curve, headed: bool) -> String {
        sweep::write(curve, self, headed)
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
            #[cfg(not(target_arch = "wasm32"))]
            Format::JsonLine => json::write_line(report),
        }
    }
}

/// Anything with string keys as JSON, its integers exact.
pub fn json(value: &impl Serialize) -> String {
    json::write(value)
}

/// The same on one line.
#[cfg(not(target_arch = "wasm32"))]
pub fn json_line(value: &impl Serialize) -> String {
    json::write_line(value)
}

#[cfg(test)]
mod tests;
