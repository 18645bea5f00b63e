//! So: everything about the model on show.

use super::chart::Chart;
use super::headlines::Headlines;
use super::notes::Notes;
use super::storage::Storage;
use super::table::Table;
use super::takeaway::{TakePicture, TakeTable};
use crate::engine::catalog::{DEFAULT_ID, find};
use crate::engine::{Error, Report};
use crate::ui::state::{Action, Fetch, State};
use crate::ui::subject::sentence;
use std::rc::Rc;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct AnswerProps {
    pub state: Rc<State>,
    pub report: Option<Rc<Report>>,
    pub trouble: Option<Error>,
    pub dark: bool,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn Answer(props: &AnswerProps) -> Html {
    let AnswerProps { state, report, trouble, dark, dispatch } = props;
    let (Some(subject), Some(report)) = (&state.subject, report) else {
        return nothing_yet(state, trouble.as_ref(), dispatch);
    };
    let stale = trouble.is_some() || state.is_stale();
    html! {
        <div class={classes!("answer", stale.then_some("stale"))}>
            <div class="stale-line" role="status">
                if let Some(error) = trouble {
                    <p>{ format!("Showing the last good answer. {}", sentence(&error.to_string())) }</p>
                } else if stale {
                    <p>{ "Showing the last good answer until the input in red makes sense." }</p>
                }
            </div>
            <Headlines subject={Rc::clone(subject)} report={Rc::clone(report)} />
            <Chart
                report={Rc::clone(report)}
                hardware={Rc::clone(&state.hardware)}
                {dark}
                hovered={state.hovered}
                pinned={state.pinned}
                dispatch={dispatch.clone()}
            >
                <TakePicture
                    report={Rc::clone(report)}
                    hardware={Rc::clone(&state.hardware)}
                    {dark}
                    dispatch={dispatch.clone()}
                />
            </Chart>
            <Table
                report={Rc::clone(report)}
                subject={Rc::clone(subject)}
                workload={Rc::clone(&state.workload)}
                accounting={state.accounting}
                sort={state.sort}
                hovered={state.hovered}
                pinned={state.pinned}
                figure={state.figure}
                dispatch={dispatch.clone()}
            >
                <TakeTable report={Rc::clone(report)} dispatch={dispatch.clone()} />
            </Table>
            <div class="closing">
                <Storage report={Rc::clone(report)} />
                <Notes report={Rc::clone(report)} />
            </div>
        </div>
    }
}

/// Before a first model could be read: a link to one that has to be fetched, or to a broken one.
fn nothing_yet(state: &State, trouble: Option<&Error>, dispatch: &Callback<Action>) -> Html {
    let start = dispatch.reform(|_| match find(DEFAULT_ID) {
        Some(entry) => Action::Choose(entry),
        None => Action::Escape,
    });
    let text = match (&state.fetch, trouble) {
        (Fetch::Running { model, .. }, _) => format!("Fetching {}…", model.repo),
        (_, Some(error)) => sentence(&error.to_string()),
        (Fetch::Failed(_), None) => {
            "The model of this link could not be fetched. The reason stands below the model box.".to_owned()
        }
        (Fetch::Idle, None) => "No model to analyse yet.".to_owned(),
    };
    let waiting = matches!(state.fetch, Fetch::Running { .. });
    html! {
        <div class="answer nothing-yet" role="status">
            <p class="lead">{ text }</p>
            if !waiting {
                <button type="button" onclick={start}>{ "Start with Llama-2-7B" }</button>
            }
        </div>
    }
}
