//! The address bar: it always holds the state, and going back or forward brings a state.

use crate::share::{ModelSource, Scenario};
use crate::ui::browser::window;
use crate::ui::dom::Dispatch;
use crate::ui::part::Hooks;
use crate::ui::state::{Action, State};
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// Browsers refuse more than some hundred changes in half a minute.
const SETTLE_MS: u32 = 250;

/// The state that the page is opened with.
pub fn opened() -> State {
    let first = State::first_view();
    match fragment() {
        text if text.is_empty() => first,
        text => first.after(open(&text)),
    }
}

/// Keeps the address and the state together.
pub fn use_address(hooks: &mut Hooks, scenario: Option<Scenario>, dispatch: &Dispatch) {
    // The model that the address names: another one makes a new entry of the history.
    let named = hooks.keep(|| RefCell::new(scenario.as_ref().map(|scenario| scenario.model.clone())));
    {
        let named = Rc::clone(&named);
        hooks.effect(scenario.clone(), move || {
            scenario.map(|scenario| Timeout::new(SETTLE_MS, move || write(&scenario, &named)))
        });
    }
    let dispatch = dispatch.clone();
    hooks.effect((), move || {
        window().map(|window| {
            let seen = Rc::new(RefCell::new(fragment()));
            // An edited address tells both ways; once is enough.
            ["popstate", "hashchange"].map(|kind| {
                let (seen, named, dispatch) = (Rc::clone(&seen), Rc::clone(&named), dispatch.clone());
                EventListener::new(&window, kind, move |_| {
                    let text = fragment();
                    if kind == "hashchange" && *seen.borrow() == text {
                        return;
                    }
                    let action = open(&text);
                    if let Action::Open(scenario, _) = &action {
                        named.replace(Some(scenario.model.clone()));
                    }
                    seen.replace(text);
                    dispatch.emit(action);
                })
            })
        })
    });
}

fn write(scenario: &Scenario, named: &RefCell<Option<ModelSource>>) {
    // What does not fit into a link stays out of the address; copying the link says why.
    let (Ok(text), Some(window)) = (scenario.to_fragment(), window()) else { return };
    let before = named.replace(Some(scenario.model.clone()));
    let is_first_view = *scenario == Scenario::default() && fragment().is_empty();
    if is_first_view || text == fragment() {
        return;
    }
    let Ok(history) = window.history() else { return };
    let address = format!("#{text}");
    let both_pasted =
        matches!((&before, &scenario.model), (Some(ModelSource::Pasted { .. }), ModelSource::Pasted { .. }));
    let same_model = before.is_none() || before.as_ref() == Some(&scenario.model) || both_pasted;
    drop(if same_model {
        history.replace_state_with_url(&JsValue::NULL, "", Some(&address))
    } else {
        history.push_state_with_url(&JsValue::NULL, "", Some(&address))
    });
}

fn open(text: &str) -> Action {
    let (scenario, warnings) = match text {
        "" => (Scenario::default(), Vec::new()),
        text => Scenario::from_fragment(text),
    };
    Action::Open(Box::new(scenario), warnings)
}

/// What follows the # in the address.
fn fragment() -> String {
    let hash = window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    hash.strip_prefix('#').unwrap_or(&hash).to_owned()
}
