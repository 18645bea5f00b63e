//! A toast goes by itself.

use crate::ui::state::{Action, Toast};
use gloo_timers::callback::Timeout;
use yew::prelude::*;

const STAYS_MS: u32 = 6_000;

#[hook]
pub fn use_toast_timer(toast: Option<Toast>, dispatch: Callback<Action>) {
    use_effect_with(toast.map(|toast| toast.ticket), move |ticket| {
        let timer = ticket.map(|ticket| Timeout::new(STAYS_MS, move || dispatch.emit(Action::Hush(ticket))));
        move || drop(timer)
    });
}
