//! A row of buttons of which one is pressed, or none.

use yew::prelude::*;

/// A group of buttons with a name.
pub fn segmented(
    label: &'static str,
    options: &[&'static str],
    pressed: Option<usize>,
    on_press: &Callback<usize>,
) -> Html {
    html! {
        <div class="segmented" role="group" aria-label={label}>
            for (i, option) in options.iter().enumerate() {
                <button
                    type="button"
                    aria-pressed={if pressed == Some(i) { "true" } else { "false" }}
                    onclick={on_press.reform(move |_| i)}
                >
                    { *option }
                </button>
            }
        </div>
    }
}
