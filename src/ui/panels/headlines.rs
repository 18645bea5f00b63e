//! The answer in one sentence and nine figures.

use super::structure::structure;
use crate::engine::Report;
use crate::ui::components::figure;
use crate::ui::subject::Subject;
use crate::ui::words::{figures, lead, verdicts, workload};
use yew::prelude::*;

pub fn headlines(subject: &Subject, report: &Report) -> Html {
    let title = subject.title();
    let (org, name) = match title.split_once('/') {
        Some((org, name)) => (format!("{org}/"), name.to_owned()),
        None => (String::new(), title),
    };
    html! {
        <section class="headlines" aria-labelledby="answer-title">
            <h2 id="answer-title" class="answer-title">
                if !org.is_empty() { <span class="org">{ org }</span> }
                { name }
            </h2>
            <p class="subtitle">
                { format!("{} blocks · {} · {}", subject.model.num_blocks(), subject.model.model_type, workload(&report.workload)) }
            </p>
            { structure(&subject.model, report) }
            if let Some(family) = report.model.read_as {
                <p class="caution">
                    { format!("Read as {family} because you asked for it. Every figure may be wrong.") }
                </p>
            }
            <p class="lead">{ lead(report) }</p>
            <dl class="figures figures-large">
                for headline in verdicts(report) {
                    { figure(&headline) }
                }
            </dl>
            <dl class="figures figures-small">
                for headline in figures(report) {
                    { figure(&headline) }
                }
            </dl>
        </section>
    }
}
