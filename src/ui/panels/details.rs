//! The formulas behind a row, from the expressions that computed it.

use super::otherwise::otherwise;
use super::wrong_number::WrongNumber;
use crate::engine::explain::{Explanation, Figure, Operand, explain};
use crate::engine::quantity::{grouped, plain, rate};
use crate::engine::report::Row;
use crate::engine::roofline::Placement;
use crate::engine::{Accounting, Report, Workload};
use crate::ui::dom::{Dispatch, El, On, button, el};
use crate::ui::hooks::use_focus_return;
use crate::ui::link::Shown;
use crate::ui::part::{Hooks, View, part};
use crate::ui::state::{Action, RowId};
use crate::ui::subject::Subject;
use std::rc::Rc;
use yew::Html;

#[derive(PartialEq)]
pub struct Details {
    pub shown: Rc<Shown>,
    pub report: Rc<Report>,
    pub subject: Rc<Subject>,
    pub workload: Rc<Workload>,
    pub accounting: Accounting,
    pub row: Row,
    pub placement: Option<Placement>,
    /// The figure that was asked about.
    pub figure: Option<Figure>,
    pub dispatch: Dispatch,
}

impl View for Details {
    const NAME: &'static str = "details";

    fn view(&self, hooks: &mut Hooks) -> Html {
        let Details { subject, workload, accounting, row, placement, figure, dispatch, .. } = self;
        let explanations = explain(&subject.model, workload, accounting, row);
        let node = hooks.node();
        use_focus_return(hooks, &node);
        let timing = placement.as_ref().map(timing).unwrap_or_default();
        let head = el("p")
            .child(el("strong").child(row.name))
            .child(format!(" as {} counts it, in one block{timing}", accounting.name()));
        let close = button("Close").send(On::onclick, dispatch, Action::Pin(RowId::of(row)));
        let formulas =
            explanations.iter().map(|explanation| formula(explanation, *figure == Some(explanation.figure)));
        el("div.details")
            .bind(&node)
            .attr("role", "group")
            .attr("aria-label", format!("Formulas of {}", row.name))
            .child(el("div.details-head").child(head).child(close))
            .child(el("dl.formulas").each(formulas))
            .child(operands(&explanations))
            .child(experts(row))
            .child(otherwise(subject, workload, accounting, row))
            .child(el("p.note wrong-number").child("Does a figure look wrong? ").child(part(WrongNumber {
                words: "Report it",
                shown: Rc::clone(&self.shown),
                subject: Rc::clone(subject),
                report: Rc::clone(&self.report),
                row: Some(row.clone()),
                figure: *figure,
                dispatch: dispatch.clone(),
            })))
            .into()
    }
}

fn timing(placement: &Placement) -> String {
    let most = placement.attainable_flops_per_second.map(|most| format!(" at {} at most", rate(most)));
    format!(": ≥ {}{}", placement.seconds.human(), most.unwrap_or_default())
}

fn formula(explanation: &Explanation, asked: bool) -> El {
    let Explanation { names, numbers, .. } = explanation;
    let value = explanation.value.map_or_else(|| "overflow".to_owned(), grouped);
    let equals = |what, text: &str| el(what).child(format!("= {text}"));
    let formula = el("dd")
        .child(el("code").child(names.clone()))
        .child((names != numbers).then(|| equals("code.numbers", numbers)))
        .child((*numbers != value).then(|| equals("code.value", &value)));
    el(if asked { "div.formula asked" } else { "div.formula" })
        .child(el("dt").child(explanation.figure.label()))
        .child(formula)
}

/// Every name of the formulas once.
fn operands(explanations: &[Explanation]) -> El {
    let mut all: Vec<&Operand> = Vec::new();
    for operand in explanations.iter().flat_map(|explanation| &explanation.operands) {
        if !all.iter().any(|known| known.symbol == operand.symbol) {
            all.push(operand);
        }
    }
    let line = |operand: &Operand| {
        let meaning =
            el("dd").child(operand.meaning).child(el("span.number").child(operand.value.to_string()));
        el("div").child(el("dt").child(el("code").child(operand.symbol))).child(meaning)
    };
    el("dl.operands").each(all.into_iter().map(line))
}

/// Which of a mixture's experts the batch reads.
fn experts(row: &Row) -> Option<El> {
    let read = row.experts?;
    Some(el("p.note").child(format!(
        "Each token takes {} of {} experts. The batch reads {} different ones when tokens draw evenly; \
         at least {}, at most {}.",
        read.per_token,
        read.total,
        plain(read.expected),
        read.lowest,
        read.highest
    )))
}
