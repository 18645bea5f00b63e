//! A value once it has stopped changing.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// The value as it was when it last stood still for `ms`.
#[hook]
pub fn use_settled(value: AttrValue, ms: u32) -> AttrValue {
    let settled = use_state(AttrValue::default);
    let setter = settled.setter();
    use_effect_with(value, move |value| {
        let value = value.clone();
        let timer = Timeout::new(ms, move || setter.set(value));
        move || drop(timer)
    });
    (*settled).clone()
}
