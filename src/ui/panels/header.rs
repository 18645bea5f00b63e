//! What stands above and below the page.

use crate::ui::browser::focus;
use crate::ui::components::segmented;
use crate::ui::dom::{El, On, el, list};
use crate::ui::hooks::Theme;
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

/// `wrong` is the way to report a number; none before there is one.
pub fn footer(wrong: Option<Html>) -> El {
    el("footer.foot")
        .child(el("p").child("Nothing leaves your browser but the request for the file you name."))
        .child(el("p").child(
            "FLOP, FLOP/s and bandwidth in powers of 1,000 (GFLOP, TB/s); memory in powers of 1,024 (KiB, GiB). \
             Three significant digits; point at a figure for the exact one.",
        ))
        .child(wrong.map(|report| {
            let what = ", with the model, the accounting and a link to this page filled in.";
            el("p.wrong-number").child(report).child(what)
        }))
        .child(el("p").child(concat!("Version ", env!("CARGO_PKG_VERSION"))))
}
