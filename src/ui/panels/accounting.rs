//! What is counted, and how much it comes to under each way of counting.

use crate::engine::{Accounting, Model, Workload, analyze};
use crate::ui::state::Action;
use crate::ui::subject::Subject;
use std::rc::Rc;
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
    let meaning = Accounting::NAMED.iter().find(|row| row.1 == props.accounting).map(|row| row.2);
    let total = |accounting: &Accounting| {
        props.subject.as_ref().and_then(|subject| compute(&subject.model, &props.workload, accounting))
    };
    html! {
        <section class="panel" aria-labelledby="accounting-title">
            <h2 id="accounting-title">{ "Counting" }</h2>
            <div class="radios" role="radiogroup" aria-labelledby="accounting-title">
                for (name, accounting, _) in Accounting::NAMED {
                    <label>
                        <input
                            type="radio"
                            name="accounting"
                            value={name}
                            checked={accounting == props.accounting}
                            onchange={props.dispatch.reform(move |_| Action::SetAccounting(accounting))}
                        />
                        <span>{ name }</span>
                        <span class="number">{ total(&accounting).unwrap_or_default() }</span>
                    </label>
                }
            </div>
            <p class="note">{ meaning.unwrap_or_default() }</p>
        </section>
    }
}

fn compute(model: &Model, workload: &Workload, accounting: &Accounting) -> Option<String> {
    analyze(model, workload, accounting, None).ok().map(|report| report.total.flops.human())
}
