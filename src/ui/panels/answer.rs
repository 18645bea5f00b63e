//! So: everything about the model on show.

use super::chart::Chart;
use super::header::ANSWER;
use super::headlines::headlines;
use super::notes::notes;
use super::storage::storage;
use super::table::Table;
use super::takeaway::{take_picture, take_table};
use crate::engine::catalog::{DEFAULT_ID, find};
use crate::engine::{Error, Report};
use crate::ui::browser::focus;
use crate::ui::state::{Action, Fetch, State};
use crate::ui::subject::sentence;
use crate::ui::words::verdicts;
use std::rc::Rc;
use yew::prelude::*;

pub fn answer(
    state: &State,
    report: Option<&Rc<Report>>,
    trouble: Option<&Error>,
    dark: bool,
    dispatch: &Callback<Action>,
) -> Html {
    let (Some(subject), Some(report)) = (&state.subject, report) else {
        return nothing_yet(state, trouble, dispatch);
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
            { headlines(subject, report) }
            <Chart
                report={Rc::clone(report)}
                hardware={Rc::clone(&state.hardware)}
                {dark}
                hovered={state.hovered}
                pinned={state.pinned}
                dispatch={dispatch.clone()}
            >
                { take_picture(report, &state.hardware, dark, dispatch) }
            </Chart>
            <Table
                report={Rc::clone(report)}
                subject={Rc::clone(subject)}
                workload={Rc::clone(&state.workload)}
                accounting={state.accounting}
                compare={state.compare}
                sort={state.sort}
                hovered={state.hovered}
                pinned={state.pinned}
                figure={state.figure}
                dispatch={dispatch.clone()}
            >
                { take_table(report, dispatch) }
            </Table>
            <div class="closing">
                { storage(report) }
                { notes(report) }
            </div>
        </div>
    }
}

/// The answer in a line that stays in view beside the inputs, where the answer stands below them.
pub fn answer_bar(report: &Report) -> Html {
    // Time, speed, intensity and memory; the intensity says least to those in a hurry.
    let said = match verdicts(report).as_slice() {
        [time, speed, _, memory] => [
            time.value.clone(),
            if memory.alarming { String::new() } else { format!("{} tokens/s", speed.value) },
            memory.value.clone(),
        ],
        _ => return html! {},
    };
    let said = said.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    html! {
        <button type="button" class="answer-bar" onclick={|_| focus(ANSWER)}>
            { said }<span class="visually-hidden">{ ". To the answer" }</span>
        </button>
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
