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

/// What the page knows of its address.
struct Known {
    /// What followed the # when it was last read or written.
    text: String,
    /// The model it names: another one makes a new entry of the history.
    model: Option<ModelSource>,
    /// The state that waits to be written.
    waiting: Option<Timeout>,
}

/// Keeps the address and the state together.
pub fn use_address(hooks: &mut Hooks, scenario: Option<Scenario>, dispatch: &Dispatch) {
    let known = hooks.keep(|| {
        let model = scenario.as_ref().map(|scenario| scenario.model.clone());
        RefCell::new(Known { text: fragment(), model, waiting: None })
    });
    {
        let known = Rc::clone(&known);
        hooks.effect(scenario.clone(), move || {
            let later = Rc::clone(&known);
            let wait = |scenario| Timeout::new(SETTLE_MS, move || write(&scenario, &mut later.borrow_mut()));
            known.borrow_mut().waiting = scenario.map(wait);
        });
    }
    let dispatch = dispatch.clone();
    hooks.effect((), move || {
        window().map(|window| {
            // An edited address tells both ways; once is enough.
            ["popstate", "hashchange"].map(|kind| {
                let (known, dispatch) = (Rc::clone(&known), dispatch.clone());
                EventListener::new(&window, kind, move |_| {
                    let text = fragment();
                    let mut known = known.borrow_mut();
                    if kind == "hashchange" && known.text == text {
                        return;
                    }
                    let action = open(&text);
                    if let Action::Open(scenario, _) = &action {
                        known.model = Some(scenario.model.clone());
                    }
                    known.text = text;
                    known.waiting = None;
                    drop(known);
                    dispatch.emit(action);
                })
            })
        })
    });
}

fn write(scenario: &Scenario, known: &mut Known) {
    // What does not fit into a link stays out of the address; copying the link says why.
    let (Ok(text), Some(window)) = (scenario.to_fragment(), window()) else { return };
    let now = fragment();
    // Someone has gone back or forward since; the event that says so is on its way.
    if now != known.text {
        return;
    }
    let before = known.model.replace(scenario.model.clone());
    let is_first_view = *scenario == Scenario::default() && now.is_empty();
    if is_first_view || text == now {
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
    // As the browser spells it.
    known.text = fragment();
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
