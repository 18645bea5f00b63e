//! What is counted, and how much it comes to under each way of counting.

use crate::engine::accounting::Choice;
use crate::engine::{Accounting, Model, Workload, analyze};
use crate::ui::state::Action;
use crate::ui::subject::Subject;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct AccountingPanelProps {
    pub accounting: Accounting,
    pub subject: Option<Rc<Subject>>,
    pub workload: Rc<Workload>,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn AccountingPanel(props: &AccountingPanelProps) -> Html {
    let AccountingPanelProps { accounting, subject, workload, dispatch } = props;
    let named = Accounting::NAMED.iter().find(|row| row.1 == *accounting);
    let total = |accounting: &Accounting| {
        subject.as_ref().and_then(|subject| compute(&subject.model, workload, accounting)).unwrap_or_default()
    };
    html! {
        <section class="panel" aria-labelledby="accounting-title">
            <h2 id="accounting-title">{ "Counting" }</h2>
            <div class="radios" role="radiogroup" aria-labelledby="accounting-title">
                for (name, other, _) in Accounting::NAMED {
                    <label>
                        <input
                            type="radio"
                            name="accounting"
                            value={name}
                            checked={other == *accounting}
                            onchange={dispatch.reform(move |_| Action::SetAccounting(other))}
                        />
                        <span>{ name }</span>
                        <span class="number">{ total(&other) }</span>
                    </label>
                }
                if named.is_none() {
                    <label>
                        <input type="radio" name="accounting" value="custom" checked=true />
                        <span>{ "custom" }</span>
                        <span class="number">{ total(accounting) }</span>
                    </label>
                }
            </div>
            <p class="note">{ named.map_or_else(|| accounting.id(), |row| row.2.to_owned()) }</p>
            <details class="fold">
                <summary>{ "Single choices" }</summary>
                for choice in Choice::ALL {
                    { decide(choice, *accounting, dispatch) }
                }
            </details>
        </section>
    }
}

/// One choice of the accounting, and what its option means.
fn decide(choice: Choice, accounting: Accounting, dispatch: &Callback<Action>) -> Html {
    let id = format!("choice-{}", choice.id());
    let chosen = accounting.option(choice);
    let onchange = dispatch.reform(move |event: Event| {
        let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        let option = select.map(|select| select.value()).unwrap_or_default();
        Action::SetAccounting(accounting.with(choice, &option).unwrap_or(accounting))
    });
    let meaning = choice.options().iter().find(|option| option.id == chosen).map(|option| option.words);
    html! {
        <div class="field">
            <label for={id.clone()}>{ choice.words() }</label>
            <select {id} aria-describedby={format!("choice-{}-note", choice.id())} {onchange}>
                for option in choice.options() {
                    <option value={option.id} selected={option.id == chosen}>{ option.id }</option>
                }
            </select>
            <p id={format!("choice-{}-note", choice.id())} class="note">{ meaning.unwrap_or_default() }</p>
        </div>
    }
}

fn compute(model: &Model, workload: &Workload, accounting: &Accounting) -> Option<String> {
    analyze(model, workload, accounting, None).ok().map(|report| report.total.flops.human())
}
