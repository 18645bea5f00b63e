//! The answer in one sentence and nine figures.

use super::structure::structure;
use crate::engine::Report;
use crate::ui::components::figure;
use crate::ui::dom::el;
use crate::ui::part::{Hooks, View};
use crate::ui::subject::Subject;
use crate::ui::words::{count, figures, lead, verdicts, workload};
use std::rc::Rc;
use yew::Html;

#[derive(PartialEq)]
pub struct Headlines {
    pub subject: Rc<Subject>,
    pub report: Rc<Report>,
}

impl View for Headlines {
    const NAME: &'static str = "headlines";

    fn view(&self, _: &mut Hooks) -> Html {
        let Headlines { subject, report } = self;
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
            .into()
    }
}
