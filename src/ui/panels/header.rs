//! What stands above and below the page.

use crate::ui::browser::focus;
use crate::ui::components::Segmented;
use crate::ui::hooks::Theme;
use yew::prelude::*;

/// The id of the answer, which the skip link leads to.
pub const ANSWER: &str = "answer";

#[derive(PartialEq, Properties)]
pub struct HeaderProps {
    pub theme: Theme,
    pub on_theme: Callback<Theme>,
    /// Buttons beside the switch.
    #[prop_or_default]
    pub children: Html,
}

#[component]
pub fn Header(props: &HeaderProps) -> Html {
    // A plain link would overwrite the state that the address holds.
    let skip = Callback::from(|event: MouseEvent| {
        event.prevent_default();
        focus(ANSWER);
    });
    html! {
        <>
            <a class="skip" href="#answer" onclick={skip}>{ "Skip to the answer" }</a>
            <header class="masthead">
                <div class="brand">
                    <h1>{ "Transformer Roofline Analyzer" }</h1>
                    <p>{ "What every layer costs, from a config.json" }</p>
                </div>
                <div class="tools">
                    { props.children.clone() }
                    <Segmented
                        label="Colours"
                        options={Theme::ALL.map(|theme| AttrValue::Static(theme.label())).to_vec()}
                        pressed={Theme::ALL.iter().position(|theme| *theme == props.theme)}
                        on_press={props.on_theme.reform(|i: usize| Theme::ALL[i])}
                    />
                </div>
            </header>
        </>
    }
}

#[component]
pub fn Footer() -> Html {
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
