//! A value once it has stopped changing.

use crate::ui::part::Hooks;
use gloo_timers::callback::Timeout;

/// The text as it was when it last stood still for `ms`.
pub fn use_settled(hooks: &mut Hooks, text: String, ms: u32) -> String {
    let settled = hooks.state(String::new);
    let said = settled.get();
    hooks.effect(text.clone(), move || Timeout::new(ms, move || settled.set(text)));
    said
}
