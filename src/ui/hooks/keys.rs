//! Keys that work anywhere on the page: `/` goes to the model box, Escape closes what is open.

use crate::ui::browser::{document, focus};
use crate::ui::dom::Dispatch;
use crate::ui::part::Hooks;
use crate::ui::state::Action;
use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// The id of the model box.
pub const MODEL_BOX: &str = "model-text";

pub fn use_keys(hooks: &mut Hooks, dispatch: &Dispatch) {
    let dispatch = dispatch.clone();
    hooks.effect((), move || {
        document().map(|document| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&document, "keydown", options, move |event| {
                let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
                if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() {
                    return;
                }
                match event.key().as_str() {
                    "Escape" => dispatch.emit(Action::Escape),
                    "/" if !is_typing(event) => {
                        event.prevent_default();
                        focus(MODEL_BOX);
                    }
                    _ => {}
                }
            })
        })
    });
}

fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| ["INPUT", "TEXTAREA", "SELECT"].contains(&element.tag_name().as_str()))
}
