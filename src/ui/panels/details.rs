//! The formulas behind a row, from the expressions that computed it.

use super::otherwise::otherwise;
use crate::engine::explain::{Explanation, Figure, Operand, explain};
use crate::engine::quantity::{grouped, plain, rate};
use crate::engine::report::Row;
use crate::engine::roofline::Placement;
use crate::engine::{Accounting, Workload};
use crate::ui::hooks::use_focus_return;
use crate::ui::state::Action;
use crate::ui::subject::Subject;
use std::rc::Rc;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct DetailsProps {
    pub subject: Rc<Subject>,
    pub workload: Rc<Workload>,
    pub accounting: Accounting,
    pub row: Row,
    pub placement: Option<Placement>,
    /// The figure that was asked about.
    pub figure: Option<Figure>,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn Details(props: &DetailsProps) -> Html {
    let DetailsProps { subject, workload, accounting, row, placement, figure, dispatch } = props;
    let explanations = explain(&subject.model, workload, accounting, row);
    let id = crate::ui::state::RowId::of(row);
    let node = use_node_ref();
    use_focus_return(&node);
    html! {
        <div ref={node} class="details" role="group" aria-label={format!("Formulas of {}", row.name)}>
            <div class="details-head">
                <p>
                    <strong>{ row.name }</strong>
                    { format!(" as {} counts it, in one block", accounting.name()) }
                    if let Some(placement) = placement { { timing(placement) } }
                </p>
                <button type="button" onclick={dispatch.reform(move |_| Action::Pin(id))}>{ "Close" }</button>
            </div>
            <dl class="formulas">
                for explanation in &explanations {
                    { formula(explanation, *figure == Some(explanation.figure)) }
                }
            </dl>
            { operands(&explanations) }
            { experts(row) }
            { otherwise(subject, workload, accounting, row) }
        </div>
    }
}

fn timing(placement: &Placement) -> String {
    let most = placement.attainable_flops_per_second.map(|most| format!(" at {} at most", rate(most)));
    format!(": ≥ {}{}", placement.seconds.human(), most.unwrap_or_default())
}

fn formula(explanation: &Explanation, asked: bool) -> Html {
    let value = explanation.value.map_or_else(|| "overflow".to_owned(), grouped);
    let constant = explanation.names == explanation.numbers;
    html! {
        <div class={classes!("formula", asked.then_some("asked"))}>
            <dt>{ explanation.figure.label() }</dt>
            <dd>
                <code>{ &explanation.names }</code>
                if !constant {
                    <code class="numbers">{ "= " }{ &explanation.numbers }</code>
                }
                if explanation.numbers != value {
                    <code class="value">{ "= " }{ value }</code>
                }
            </dd>
        </div>
    }
}

/// Every name of the formulas once.
fn operands(explanations: &[Explanation]) -> Html {
    let mut all: Vec<&Operand> = Vec::new();
    for operand in explanations.iter().flat_map(|explanation| &explanation.operands) {
        if !all.iter().any(|known| known.symbol == operand.symbol) {
            all.push(operand);
        }
    }
    html! {
        <dl class="operands">
            for operand in all {
                <div>
                    <dt><code>{ operand.symbol }</code></dt>
                    <dd>
                        { operand.meaning }
                        <span class="number">{ &operand.value }</span>
                    </dd>
                </div>
            }
        </dl>
    }
}

/// Which of a mixture's experts the batch reads.
fn experts(row: &Row) -> Html {
    let Some(read) = row.experts else { return html! {} };
    html! {
        <p class="note">
            { format!("Each token takes {} of {} experts. ", read.per_token, read.total) }
            { format!("The batch reads {} different ones when tokens draw evenly; ", plain(read.expected)) }
            { format!("at least {}, at most {}.", read.lowest, read.highest) }
        </p>
    }
}
