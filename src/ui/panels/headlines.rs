//! The answer in one sentence and nine figures.

use super::structure::structure;
use crate::engine::Report;
use crate::ui::components::figure;
use crate::ui::dom::{El, el};
use crate::ui::subject::Subject;
use crate::ui::words::{count, figures, lead, verdicts, workload};

pub fn headlines(subject: &Subject, report: &Report) -> El {
    let title = subject.title();
    let (org, name) = match title.split_once('/') {
        Some((org, name)) => (Some(format!("{org}/")), name.to_owned()),
        None => (None, title),
    };
    let (blocks, kind) = (subject.model.num_blocks(), &subject.model.model_type);
    let read_as = report.model.read_as.map(|family| {
        el("p.caution")
            .child(format!("Read as {family} because you asked for it. Every figure may be wrong."))
    });
    let title = el("h2.answer-title")
        .attr("id", "answer-title")
        .child(org.map(|org| el("span.org").child(org)))
        .child(name);
    let subtitle = format!("{} · {kind} · {}", count(blocks.into(), "block"), workload(&report.workload));
    el("section.headlines")
        .attr("aria-labelledby", "answer-title")
        .child(title)
        .child(el("p.subtitle").child(subtitle))
        .child(structure(&subject.model, report))
        .child(read_as)
        .child(el("p.lead").child(lead(report)))
        .child(el("dl.figures figures-large").each(verdicts(report).into_iter().map(figure)))
        .child(el("dl.figures figures-small").each(figures(report).into_iter().map(figure)))
}
