//! A row of buttons of which one is pressed, or none.

use crate::ui::dom::{El, On, button, el};
use web_sys::Event;
use yew::Callback;

/// A group of buttons with a name.
pub fn segmented(
    label: &'static str,
    options: &[&'static str],
    pressed: Option<usize>,
    on_press: &Callback<usize>,
) -> El {
    let button = |(i, option): (usize, &&'static str)| {
        let on_press = on_press.clone();
        button(*option)
            .truth("aria-pressed", pressed == Some(i))
            .on(On::onclick, move |_: Event| on_press.emit(i))
    };
    let options = options.iter().enumerate().map(button);
    el("div.segmented").attr("role", "group").attr("aria-label", label).each(options)
}
