//! A toast goes by itself.

use crate::ui::dom::Dispatch;
use crate::ui::part::Hooks;
use crate::ui::state::{Action, Toast};
use gloo_timers::callback::Timeout;

const STAYS_MS: u32 = 6_000;

pub fn use_toast_timer(hooks: &mut Hooks, toast: Option<&Toast>, dispatch: &Dispatch) {
    let (ticket, dispatch) = (toast.map(|toast| toast.ticket), dispatch.clone());
    hooks.effect(ticket, move || {
        ticket.map(|ticket| Timeout::new(STAYS_MS, move || dispatch.emit(Action::Hush(ticket))))
    });
}
