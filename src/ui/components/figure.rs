//! One headline: a name, a figure, and what to read it against.

use crate::ui::words::Headline;
use yew::prelude::*;

pub fn figure(headline: &Headline) -> Html {
    let Headline { label, value, exact, note, alarming } = headline;
    // The unit is quieter than the number.
    let (number, unit) = match value.rsplit_once(' ') {
        Some((number, unit)) if number.ends_with(|c: char| c.is_ascii_digit()) => (number, unit),
        _ => (value.as_str(), ""),
    };
    html! {
        <div class={classes!("figure", alarming.then_some("figure-alarming"))}>
            <dt>{ *label }</dt>
            <dd title={exact.clone()}>
                <span class="number">{ number }</span>
                if !unit.is_empty() {
                    <span class="unit">{ "\u{202f}" }{ unit }</span>
                }
                <span class="figure-note">{ note }</span>
            </dd>
        </div>
    }
}
