//! A row of buttons of which one is pressed, or none.

use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct SegmentedProps {
    pub label: AttrValue,
    pub options: Vec<AttrValue>,
    pub pressed: Option<usize>,
    pub on_press: Callback<usize>,
}

#[component]
pub fn Segmented(props: &SegmentedProps) -> Html {
    html! {
        <div class="segmented" role="group" aria-label={props.label.clone()}>
            for (i, option) in props.options.iter().enumerate() {
                <button
                    type="button"
                    aria-pressed={if props.pressed == Some(i) { "true" } else { "false" }}
                    onclick={props.on_press.reform(move |_| i)}
                >
                    { option }
                </button>
            }
        </div>
    }
}
