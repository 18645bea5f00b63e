//! The request that the state asks for.

use crate::engine::config::HfConfig;
use crate::engine::precision;
use crate::hub::{HubBase, ModelRef, Progress, Token, fetch_config, fetch_optional_sidecar};
use crate::ui::dom::Dispatch;
use crate::ui::part::Hooks;
use crate::ui::state::{Action, Fetch, State};
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;

/// Starts the request when the state says it is running; aborts it when the state says otherwise.
pub fn use_fetch(hooks: &mut Hooks, state: &State, dispatch: &Dispatch) {
    let wanted = match &state.fetch {
        Fetch::Running { ticket, model, commit, .. } => {
            let revision = commit.clone().or_else(|| model.revision.clone());
            Some((*ticket, ModelRef { revision, ..model.clone() }))
        }
        Fetch::Idle | Fetch::Failed(_) => None,
    };
    let base = state.hub().unwrap_or_default();
    let (token, dispatch) = (state.token.clone(), dispatch.clone());
    hooks.effect(wanted.clone(), move || {
        let (ticket, model) = wanted?;
        let abort = AbortController::new().ok()?;
        spawn_local(run(ticket, base, model, token, abort.signal(), dispatch));
        Some(Abort(abort))
    });
}

/// A request that goes when this does.
struct Abort(AbortController);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn run(
    ticket: u32,
    base: HubBase,
    model: ModelRef,
    token: String,
    abort: web_sys::AbortSignal,
    dispatch: Dispatch,
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
    let mut result = fetch_config(&asked, &model, token.as_ref(), &abort, progress).await;
    if let Ok(config) = &mut result
        && may_have_a_sidecar(&model.repo, &config.text)
    {
        // Both files of one state; that there is no second one, or none to be had, is no failure.
        let revision = config.commit.clone().or(model.revision);
        let model = ModelRef { revision, ..model };
        let beside = fetch_optional_sidecar(&asked, &model, token.as_ref(), &abort).await;
        if let Ok(Some(beside)) = beside {
            config.text = precision::beside(&config.text, &beside.text);
        }
    }
    dispatch.emit(Action::Fetched { ticket, result });
}

/// Whether to ask for NVIDIA's second file: the config says nothing of quantisation, but the name does.
/// Every other model is spared a request that can only be answered with 404.
fn may_have_a_sidecar(repo: &str, config: &str) -> bool {
    const HINTS: [&str; 6] = ["nvidia/", "fp8", "fp4", "int4", "awq", "modelopt"];
    let name = repo.to_ascii_lowercase();
    let described = HfConfig::parse(config).is_ok_and(|config| precision::described(&config));
    !described && HINTS.iter().any(|hint| name.contains(hint))
}
