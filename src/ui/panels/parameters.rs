//! Where the parameters are.

use super::structure::words;
use crate::engine::Report;
use crate::engine::model::Stage;
use crate::engine::quantity::grouped;
use crate::ui::words::parameter_count;
use yew::prelude::*;

pub fn parameters(report: &Report) -> Html {
    let all = report.model.parameters;
    let line = |name: String, count: u128, note: String| {
        html! {
            <>
                <dt>{ name }</dt>
                <dd title={grouped(count)}>
                    { parameter_count(count) }
                    if !note.is_empty() { <span class="why">{ note }</span> }
                </dd>
            </>
        }
    };
    let head = if all.lm_head_tied { "the embedding table itself" } else { "a table of its own" };
    html! {
        <details class="fold parameters">
            <summary>{ "Where the parameters are" }</summary>
            <dl class="pairs">
                { line("In all".to_owned(), all.total, String::new()) }
                { line("Active per token".to_owned(), all.active, String::new()) }
                { line("Embedding".to_owned(), all.embedding, String::new()) }
                for kind in report.model.structure.iter().filter(|kind| kind.stage == Stage::Block) {
                    { line(
                        words(kind),
                        kind.parameters.saturating_mul(kind.repeat.into()),
                        format!("{} in each", parameter_count(kind.parameters)),
                    ) }
                }
                { line("LM head".to_owned(), all.lm_head, head.to_owned()) }
                if all.prediction > 0 {
                    { line("Prediction layers".to_owned(), all.prediction, "in no other figure".to_owned()) }
                }
            </dl>
        </details>
    }
}
