//! Where the parameters are.

use super::structure::words;
use crate::engine::Report;
use crate::engine::model::Stage;
use crate::engine::quantity::grouped;
use crate::ui::dom::{El, el, list};
use crate::ui::words::parameter_count;
use yew::Html;

pub fn parameters(report: &Report) -> El {
    let all = report.model.parameters;
    let head = if all.lm_head_tied { "the embedding table itself" } else { "a table of its own" };
    let kinds = report.model.structure.iter().filter(|kind| kind.stage == Stage::Block).map(|kind| {
        let note = format!("{} in each", parameter_count(kind.parameters));
        line(words(kind), kind.parameters.saturating_mul(kind.repeat.into()), &note)
    });
    let prediction =
        (all.prediction > 0).then(|| line("Prediction layers", all.prediction, "in no other figure"));
    let lines = el("dl.pairs")
        .child(line("In all", all.total, ""))
        .child(line("Active per token", all.active, ""))
        .child(line("Embedding", all.embedding, ""))
        .each(kinds)
        .child(line("LM head", all.lm_head, head))
        .child(prediction);
    el("details.fold parameters").child(el("summary").child("Where the parameters are")).child(lines)
}

fn line(name: impl Into<String>, count: u128, note: &str) -> Html {
    let note = (!note.is_empty()).then(|| el("span.why").child(note.to_owned()));
    list([
        el("dt").child(name.into()),
        el("dd").attr("title", grouped(count)).child(parameter_count(count)).child(note),
    ])
}
