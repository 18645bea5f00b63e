//! What stands above and below the page.

use super::wrong_number::WrongNumber;
use crate::ui::browser::focus;
use crate::ui::components::segmented;
use crate::ui::dom::{El, On, el, list};
use crate::ui::hooks::Theme;
use crate::ui::part::{Hooks, View, part};
use web_sys::Event;
use yew::{Callback, Html};

/// The id of the answer, which the skip link leads to.
pub const ANSWER: &str = "answer";

/// `tools` are buttons beside the switch.
pub fn header(theme: Theme, on_theme: &Callback<usize>, tools: El) -> Html {
    // A plain link would overwrite the state that the address holds.
    let skip = |event: Event| {
        event.prevent_default();
        focus(ANSWER);
    };
    let pressed = Theme::ALL.iter().position(|other| *other == theme);
    let brand = el("div.brand")
        .child(el("h1").child("Transformer Roofline Analyzer"))
        .child(el("p").child("What every layer costs, from a config.json"));
    let tools = el("div.tools").child(tools).child(segmented(
        "Colours",
        &Theme::ALL.map(Theme::label),
        pressed,
        on_theme,
    ));
    list([
        el("a.skip").attr("href", "#answer").on(On::onclick, skip).child("Skip to the answer"),
        el("header.masthead").child(brand).child(tools),
    ])
}

#[derive(PartialEq)]
pub struct Footer {
    /// The way to report a number; none before there is one.
    pub wrong: Option<WrongNumber>,
}

impl View for Footer {
    const NAME: &'static str = "footer";

    fn view(&self, _: &mut Hooks) -> Html {
        let wrong = self.wrong.clone().map(|wrong| {
            let what = ", with the model, the accounting and a link to this page filled in.";
            el("p.wrong-number").child(part(wrong)).child(what)
        });
        el("footer.foot")
            .child(el("p").child("Nothing leaves your browser but the request for the file you name."))
            .child(el("p").child(
                "FLOP, FLOP/s and bandwidth in powers of 1,000 (GFLOP, TB/s); memory in powers of 1,024 (KiB, GiB). \
                 Three significant digits; point at a figure for the exact one.",
            ))
            .child(wrong)
            .child(el("p").child(concat!("Version ", env!("CARGO_PKG_VERSION"))))
            .into()
    }
}
