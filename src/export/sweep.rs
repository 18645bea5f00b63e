//! The points of a sweep, a line each.

use super::{Format, csv, json, markdown};
use crate::engine::quantity::plain;
use crate::engine::serving::sweep::{Curve, Point, Row};
use crate::engine::serving::{Generation, Range, Rates};
use std::iter::once;

/// A figure of a point with its heading for programs, every digit of it.
type Figure = (&'static str, fn(&Point) -> Option<String>);

const FIGURES: &[Figure] = &[
    ("device_count", |point| Some(point.devices.to_string())),
    ("fits", |point| Some(point.fits.to_string())),
    ("limit", |point| Some(point.limit.words().to_owned())),
    ("step_seconds", |point| Some(point.step.ideal.0.to_string())),
    ("step_seconds_no_overlap", |point| Some(point.step.no_overlap.0.to_string())),
    ("time_to_first_token_seconds", |point| ideal(point, |all| Some(all.time_to_first_token))),
    ("time_to_first_token_seconds_no_overlap", |point| slow(point, |all| Some(all.time_to_first_token))),
    ("time_per_output_token_seconds", |point| ideal(point, |all| all.time_per_output_token)),
    ("time_per_output_token_seconds_no_overlap", |point| slow(point, |all| all.time_per_output_token)),
    ("total_seconds", |point| ideal(point, |all| Some(all.total))),
    ("total_seconds_no_overlap", |point| slow(point, |all| Some(all.total))),
    ("prefill_tokens_per_second", |point| rate(point, |all| Some(all.prefill_tokens_per_second))),
    ("tokens_per_second", |point| rate(point, |all| all.tokens_per_second)),
    ("tokens_per_second_no_overlap", |point| slow_rate(point, |all| all.tokens_per_second)),
    ("tokens_per_second_per_query", |point| rate(point, |all| all.tokens_per_second_per_query)),
    ("tokens_per_second_per_device", |point| rate(point, |all| all.tokens_per_second_per_device)),
    ("compute_flop", |point| Some(point.flops.0.to_string())),
    ("moved_bytes", |point| Some(point.bytes.0.to_string())),
    ("sent_bytes", |point| Some(point.link_bytes.0.to_string())),
    ("intensity_flop_per_byte", |point| point.intensity.map(|intensity| intensity.0.to_string())),
    ("weight_bytes", |point| Some(point.memory.weights.0.to_string())),
    ("kv_cache_bytes", |point| Some(point.memory.kv_cache.0.to_string())),
    ("activation_bytes", |point| Some(point.memory.activations.0.to_string())),
    ("needed_bytes", |point| Some(point.memory.needed.0.to_string())),
    ("room_bytes", |point| Some(point.memory.room.0.to_string())),
];

fn ideal(point: &Point, time: fn(Generation) -> Option<Range>) -> Option<String> {
    point.generation.and_then(time).map(|range| range.ideal.0.to_string())
}

fn slow(point: &Point, time: fn(Generation) -> Option<Range>) -> Option<String> {
    point.generation.and_then(time).map(|range| range.no_overlap.0.to_string())
}

fn rate(point: &Point, of: fn(Generation) -> Option<Rates>) -> Option<String> {
    point.generation.and_then(of).map(|rates| rates.ideal.to_string())
}

fn slow_rate(point: &Point, of: fn(Generation) -> Option<Rates>) -> Option<String> {
    point.generation.and_then(of).map(|rates| rates.no_overlap.to_string())
}

/// A figure for people with its heading.
type Shown = (&'static str, fn(&Point) -> Option<String>);

const SHOWN: &[Shown] = &[
    ("Devices", |point| Some(point.devices.to_string())),
    ("Step", |point| Some(point.step.ideal.human())),
    ("Time per Output Token", |point| Some(point.generation?.time_per_output_token?.ideal.human())),
    ("Tokens/s", |point| Some(plain(point.generation?.tokens_per_second?.ideal))),
    ("Tokens/s per Device", |point| Some(plain(point.generation?.tokens_per_second_per_device?.ideal))),
    ("Intensity", |point| point.intensity.map(|intensity| intensity.human())),
    ("Memory", |point| Some(format!("{} of {}", point.memory.needed.human(), point.memory.room.human()))),
    ("Limit", |point| Some(point.limit.words().to_owned())),
];

/// Writes a curve; `headed` says whether the columns' names go before it, where the format can do without.
pub fn write(curve: &Curve, format: Format, headed: bool) -> String {
    match format {
        #[cfg(not(target_arch = "wasm32"))]
        Format::Table => {
            let columns = titles(curve);
            let columns = columns.iter().map(|title| (*title, true));
            let table = super::table::ruled(columns, (0..curve.rows.len()).map(|at| human(curve, at)));
            let sentences: String = sentences(curve).map(|sentence| format!("- {sentence}\n")).collect();
            format!("{}\n{table}\n{sentences}", heading(curve))
        }
        Format::Markdown => {
            let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
            let columns = titles(curve);
            let head = line(columns.iter().map(|title| (*title).to_owned()).collect());
            let rules = line(vec!["---:".to_owned(); columns.len()]);
            let rows: String = (0..curve.rows.len())
                .map(|at| line(human(curve, at).iter().map(|cell| markdown::escaped(cell)).collect()))
                .collect();
            let sentences: String =
                sentences(curve).map(|sentence| format!("- {}\n", markdown::escaped(&sentence))).collect();
            format!("**{}**\n\n{head}{rules}{rows}\n{sentences}", markdown::escaped(&heading(curve)))
        }
        Format::Csv => separated(curve, ",", csv::quoted, headed),
        Format::Tsv => separated(curve, "\t", csv::unbroken, headed),
        Format::Json => json::write(curve),
        #[cfg(not(target_arch = "wasm32"))]
        Format::JsonLine => json::write_line(curve),
    }
}

fn heading(curve: &Curve) -> String {
    let sweeps: Vec<String> = curve.sweeps.iter().map(ToString::to_string).collect();
    let name = curve.model.as_deref().unwrap_or("the model");
    format!("{name} on {}: {} · ideal times and rates", curve.hardware, sweeps.join(", "))
}

/// The names of the columns that people read.
pub fn titles(curve: &Curve) -> Vec<&'static str> {
    let settings = curve.sweeps.iter().map(|sweep| sweep.words());
    settings.chain(SHOWN.iter().map(|shown| shown.0)).chain(once("Best")).collect()
}

/// A row under them.
pub fn human(curve: &Curve, at: usize) -> Vec<String> {
    let Row { settings, result, .. } = &curve.rows[at];
    let figures = SHOWN.iter().map(|shown| match result {
        Ok(point) => shown.1(point).unwrap_or_else(|| "–".to_owned()),
        Err(_) => "–".to_owned(),
    });
    let best = if curve.front.contains(&at) { "✓" } else { "" }.to_owned();
    settings.iter().map(ToString::to_string).chain(figures).chain([best]).collect()
}

/// What the table cannot say: marks, and why a setting has no figures.
pub fn sentences(curve: &Curve) -> impl Iterator<Item = String> {
    let refused = curve.rows.iter().filter_map(|row| {
        let settings: Vec<String> =
            row.settings.iter().map(|setting| format!("{} {setting}", setting.id())).collect();
        Some(format!("{}: {}", settings.join(", "), row.result.as_ref().err()?))
    });
    let best = "Best: no other has as many tokens per second per device in as short a time per output token";
    curve.marks().map(|mark| mark.words()).chain(refused).chain(once(best.to_owned()))
}

fn separated(curve: &Curve, separator: &str, cell: fn(String) -> String, headed: bool) -> String {
    let settings = curve.sweeps.iter().map(|sweep| sweep.id());
    let head = ["model", "hardware"].into_iter().chain(settings).chain(FIGURES.iter().map(|figure| figure.0));
    let head: Vec<&str> = head.chain(["best", "changes", "refused"]).collect();
    let line = |(at, row): (usize, &Row)| {
        let point = row.result.as_ref().ok();
        let changes: Vec<String> = row.changes.iter().map(|mark| mark.words()).collect();
        let named = [curve.model.as_deref().unwrap_or_default().to_owned(), curve.hardware.clone()];
        let cells = named
            .into_iter()
            .chain(row.settings.iter().map(ToString::to_string))
            .chain(FIGURES.iter().map(|figure| point.and_then(figure.1).unwrap_or_default()))
            .chain([
                if point.is_some() { curve.front.contains(&at).to_string() } else { String::new() },
                changes.join("; "),
                row.result.as_ref().err().map(ToString::to_string).unwrap_or_default(),
            ]);
        cells.map(|text| cell(csv::unlike_formula(&text))).collect::<Vec<_>>().join(separator) + "\r\n"
    };
    let head = if headed { head.join(separator) + "\r\n" } else { String::new() };
    once(head).chain(curve.rows.iter().enumerate().map(line)).collect()
}
