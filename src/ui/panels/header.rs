//! What stands above and below the page.

use crate::ui::browser::focus;
use crate::ui::components::segmented;
use crate::ui::hooks::Theme;
use yew::prelude::*;

/// The id of the answer, which the skip link leads to.
pub const ANSWER: &str = "answer";

/// `tools` are buttons beside the switch.
pub fn header(theme: Theme, on_theme: &Callback<Theme>, tools: Html) -> Html {
    // A plain link would overwrite the state that the address holds.
    let skip = Callback::from(|event: MouseEvent| {
        event.prevent_default();
        focus(ANSWER);
    });
    let pressed = Theme::ALL.iter().position(|other| *other == theme);
    let on_press = on_theme.reform(|i: usize| Theme::ALL[i]);
    html! {
        <>
            <a class="skip" href="#answer" onclick={skip}>{ "Skip to the answer" }</a>
            <header class="masthead">
                <div class="brand">
                    <h1>{ "Transformer Roofline Analyzer" }</h1>
                    <p>{ "What every layer costs, from a config.json" }</p>
                </div>
                <div class="tools">
                    { tools }
                    { segmented("Colours", &Theme::ALL.map(Theme::label), pressed, &on_press) }
                </div>
            </header>
        </>
    }
}

pub fn footer() -> Html {
    html! {
        <footer class="foot">
            <p>{ "Nothing leaves your browser but the request for the file you name." }</p>
            <p>
                { "FLOP, FLOP/s and bandwidth in powers of 1,000 (GFLOP, TB/s); memory in powers of 1,024 (KiB, GiB). " }
                { "Three significant digits; point at a figure for the exact one." }
            </p>
            <p>{ concat!("Version ", env!("CARGO_PKG_VERSION")) }</p>
        </footer>
    }
}
