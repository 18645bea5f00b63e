//! What is counted, and how much it comes to under each way of counting.

use crate::engine::accounting::Choice;
use crate::engine::{Accounting, Model, Workload, analyze};
use crate::ui::components::{Options, fold, select};
use crate::ui::dom::{Dispatch, El, On, el, list};
use crate::ui::part::{Hooks, View};
use crate::ui::state::Action;
use crate::ui::subject::Subject;
use std::rc::Rc;
use yew::Html;

#[derive(PartialEq)]
pub struct AccountingPanel {
    pub accounting: Accounting,
    pub subject: Option<Rc<Subject>>,
    pub workload: Rc<Workload>,
    pub dispatch: Dispatch,
}

impl View for AccountingPanel {
    const NAME: &'static str = "accounting";

    fn view(&self, hooks: &mut Hooks) -> Html {
        let AccountingPanel { accounting, dispatch, .. } = self;
        let named = Accounting::NAMED.iter().find(|row| row.1 == *accounting);
        let radio = |name: &'static str, other: Accounting| {
            let input = el("input")
                .attr("type", "radio")
                .attr("name", "accounting")
                .holds(name)
                .checked(other == *accounting)
                .send(On::onchange, dispatch, Action::SetAccounting(other));
            el("label")
                .child(input)
                .child(el("span").child(name))
                .child(el("span.number").child(self.total(&other)))
        };
        let radios = el("div.radios")
            .attr("role", "radiogroup")
            .attr("aria-labelledby", "accounting-title")
            .each(Accounting::NAMED.iter().map(|row| radio(row.0, row.1)))
            .child(named.is_none().then(|| radio("custom", *accounting)));
        let single = fold(hooks.state(|| false), "Single choices", || {
            list(Choice::ALL.iter().map(|&choice| decide(choice, *accounting, dispatch)))
        });
        el("section.panel")
            .attr("aria-labelledby", "accounting-title")
            .child(el("h2").attr("id", "accounting-title").child("Counting"))
            .child(radios)
            .child(
                el("p.note")
                    .child(named.map_or_else(|| accounting.id().into_owned(), |row| row.2.to_owned())),
            )
            .child(single)
            .into()
    }
}

impl AccountingPanel {
    fn total(&self, accounting: &Accounting) -> String {
        let compute = |model: &Model| analyze(model, &self.workload, accounting, None).ok();
        let report = self.subject.as_ref().and_then(|subject| compute(&subject.model));
        report.map(|report| report.total.flops.human()).unwrap_or_default()
    }
}

/// One choice of the accounting, and what its option means.
fn decide(choice: Choice, accounting: Accounting, dispatch: &Dispatch) -> El {
    let (id, note) = (format!("choice-{}", choice.id()), format!("choice-{}-note", choice.id()));
    let chosen = accounting.option(choice);
    let mut options = Options::default();
    for option in choice.options() {
        options.add(option.id, option.id, option.id == chosen);
    }
    let select = select(options, dispatch, move |option| {
        Action::SetAccounting(accounting.with(choice, &option).unwrap_or(accounting))
    });
    let meaning = choice.options().iter().find(|option| option.id == chosen).map(|option| option.words);
    el("div.field")
        .child(el("label").attr("for", id.clone()).child(choice.words()))
        .child(select.attr("id", id).attr("aria-describedby", note.clone()))
        .child(el("p.note").attr("id", note).child(meaning))
}
