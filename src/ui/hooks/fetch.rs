//! The request that the state asks for.

use crate::hub::{HubBase, ModelRef, Progress, Token, fetch_config};
use crate::ui::state::{Action, Fetch, State};
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;
use yew::prelude::*;

/// Starts the request when the state says it is running; aborts it when the state says otherwise.
#[hook]
pub fn use_fetch(state: &State, dispatch: Callback<Action>) {
    let wanted = match &state.fetch {
        Fetch::Running { ticket, model, commit, .. } => {
            let revision = commit.clone().or_else(|| model.revision.clone());
            Some((*ticket, ModelRef { revision, ..model.clone() }))
        }
        Fetch::Idle | Fetch::Failed(_) => None,
    };
    let base = state.hub().unwrap_or_default();
    let token = state.token.clone();
    use_effect_with(wanted, move |wanted| {
        let abort = wanted.clone().and_then(|(ticket, model)| {
            let abort = AbortController::new().ok()?;
            spawn_local(run(ticket, base, model, token, abort.signal(), dispatch));
            Some(abort)
        });
        move || {
            if let Some(abort) = abort {
                abort.abort();
            }
        }
    });
}

async fn run(
    ticket: u32,
    base: HubBase,
    model: ModelRef,
    token: String,
    abort: web_sys::AbortSignal,
    dispatch: Callback<Action>,
) {
    // The token is bound to the Hub in the settings; one that an address names never sees it.
    let token = Token::parse(&token, &base).ok();
    let asked = model.base.clone().unwrap_or(base);
    let token = token.filter(|token| token.origin() == asked.origin());
    let progress = |progress| {
        if let Progress::Receiving { bytes, .. } = progress {
            dispatch.emit(Action::Progress { ticket, received: bytes });
        }
    };
    let result = fetch_config(&asked, &model, token.as_ref(), &abort, progress).await;
    dispatch.emit(Action::Fetched { ticket, result });
}
