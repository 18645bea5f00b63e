//! The same layer as other accountings count it, and why they differ.

use crate::engine::compare::{Difference, compare};
use crate::engine::quantity::{grouped, plain};
use crate::engine::report::Row;
use crate::engine::{Accounting, Workload};
use crate::ui::subject::{Subject, sentence};
use yew::prelude::*;

/// A line for each other named accounting.
pub fn otherwise(subject: &Subject, workload: &Workload, accounting: &Accounting, row: &Row) -> Html {
    let others = Accounting::NAMED.into_iter().filter(|(_, other, _)| other != accounting);
    html! {
        <dl class="otherwise">
            for (name, other, _) in others {
                if let Some(difference) = difference(subject, workload, accounting, &other, row) {
                    { line(name, &difference, other.traffic) }
                }
            }
        </dl>
    }
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

fn line(name: &str, difference: &Difference, moved: bool) -> Html {
    let [_, flops] = difference.flops;
    let [_, bytes] = difference.bytes;
    html! {
        <div>
            <dt>{ format!("By {name}") }</dt>
            <dd>
                <span title={format!("{} FLOP", grouped(flops.0))}>
                    { format!("{}{}", flops.human(), times(difference.flops_ratio)) }
                </span>
                { ", " }
                if moved {
                    <span title={format!("{} B", grouped(bytes.0))}>
                        { format!("{} moved{}", bytes.human(), times(difference.bytes_ratio)) }
                    </span>
                } else {
                    { "no bytes counted" }
                }
                if difference.causes.is_empty() {
                    <span class="why">{ "No difference." }</span>
                }
                for cause in &difference.causes {
                    <span class="why">{ sentence(cause) }</span>
                }
            </dd>
        </div>
    }
}

fn times(ratio: Option<f64>) -> String {
    match ratio {
        Some(ratio) if ratio != 1.0 => format!(" ({} ×)", plain(ratio)),
        Some(_) | None => String::new(),
    }
}
