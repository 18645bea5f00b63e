//! The same layer as other accountings count it, and why they differ.

use crate::engine::compare::{Difference, compare};
use crate::engine::quantity::{grouped, plain};
use crate::engine::report::Row;
use crate::engine::{Accounting, Workload};
use crate::ui::dom::{El, Node, el};
use crate::ui::subject::{Subject, sentence};

/// A line for each other named accounting.
pub fn otherwise(subject: &Subject, workload: &Workload, accounting: &Accounting, row: &Row) -> El {
    let others = Accounting::NAMED.iter().filter(|(_, other, _)| other != accounting);
    el("dl.otherwise").each(others.map(|(name, other, _)| {
        let difference = difference(subject, workload, accounting, other, row)?;
        Some(line(name, &difference, other.traffic))
    }))
}

fn difference(
    subject: &Subject,
    workload: &Workload,
    accounting: &Accounting,
    other: &Accounting,
    row: &Row,
) -> Option<Difference> {
    let compared = compare(&subject.model, workload, accounting, other).ok()?;
    compared.rows.into_iter().find(|found| found.name == row.name && found.group == row.group)
}

fn line(name: &str, difference: &Difference, moved: bool) -> El {
    let [_, flops] = difference.flops;
    let [_, bytes] = difference.bytes;
    let figure = |exact: String, text: String| el("span").attr("title", exact).child(text);
    let compute = figure(
        format!("{} FLOP", grouped(flops.0)),
        format!("{}{}", flops.human(), times(difference.flops_ratio)),
    );
    let traffic = if moved {
        figure(
            format!("{} B", grouped(bytes.0)),
            format!("{} moved{}", bytes.human(), times(difference.bytes_ratio)),
        )
        .node()
    } else {
        "no bytes counted".node()
    };
    let none = difference.causes.is_empty().then(|| el("span.why").child("No difference."));
    let causes = difference.causes.iter().map(|cause| el("span.why").child(sentence(cause)));
    let figures = el("dd").child(compute).child(", ").child(traffic).child(none).each(causes);
    el("div").child(el("dt").child(format!("By {name}"))).child(figures)
}

fn times(ratio: Option<f64>) -> String {
    match ratio {
        Some(ratio) if ratio != 1.0 => format!(" ({} ×)", plain(ratio)),
        Some(_) | None => String::new(),
    }
}
