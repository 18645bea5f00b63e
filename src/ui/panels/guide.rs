//! For who is new here: how the picture is read, states worth a look, and the words of the trade.

use crate::engine::Report;
use crate::ui::browser::{remember, remembered};
use crate::ui::components::{fold, further_terms};
use crate::ui::dom::{El, On, button, el, list};
use crate::ui::examples::{EXAMPLES, Example};
use crate::ui::glossary::{TERMS, Term};
use crate::ui::part::{Hooks, State, View};
use crate::ui::words::guide::{lines, standing};
use std::rc::Rc;
use web_sys::Event;
use yew::Html;

const KEY: &str = "guide";
const FOLDED: &str = "folded";

#[derive(PartialEq)]
pub struct Guide {
    pub report: Rc<Report>,
}

impl View for Guide {
    const NAME: &'static str = "guide";

    fn view(&self, hooks: &mut Hooks) -> Html {
        // Open at the first visit, and then as it was left.
        let open = hooks.state(|| remembered(KEY).as_deref() != Some(FOLDED));
        let mut said = Vec::new();
        let reading = lines(&self.report).map(|lines| {
            let lines = list(lines.iter().map(|line| el("li").child(further_terms(line, &mut said))));
            let standing = standing(&self.report).map(|text| el("p").child(further_terms(&text, &mut said)));
            let words = el("div.guide-words").child(el("ul").child(lines)).child(standing).child(turns(
                button("Got it"),
                &open,
                false,
            ));
            let summary = el("summary").child("How to read the roofline");
            el("details.fold")
                .flag("open", open.get())
                .child(turns(summary, &open, !open.get()))
                .child(el("div.guide-reading").child(sketch()).child(words))
        });
        let mut said = Vec::new();
        let mut example = |example: &Example| {
            let link = el("a").attr("href", format!("#{}", example.fragment)).child(example.name);
            el("li").child(link).child(el("p").child(further_terms(example.look, &mut said)))
        };
        let examples = fold(hooks.state(|| false), "Worked examples", || {
            el("ul.examples").each(EXAMPLES.iter().map(&mut example))
        });
        let meaning =
            |term: &Term| el("div").child(el("dt").child(term.words[0])).child(el("dd").child(term.meaning));
        let glossary =
            fold(hooks.state(|| false), "Glossary", || el("dl.glossary").each(TERMS.iter().map(meaning)));
        el("section.guide").attr("aria-label", "Guide").child(reading).child(examples).child(glossary).into()
    }
}

/// Opens or folds the guide on a click, in the browser's memory too.
fn turns(element: El, open: &State<bool>, to: bool) -> El {
    let open = open.clone();
    element.on(On::onclick, move |event: Event| {
        event.prevent_default();
        remember(KEY, if to { "open" } else { FOLDED });
        open.set(to);
    })
}

/// The roofline without its figures.
fn sketch() -> El {
    let line = |points| el("polyline.sketch-roof").attr("points", points);
    let label = |x: &'static str, y: &'static str, anchor: &'static str, words: &'static str| {
        el("text").attr("x", x).attr("y", y).attr("text-anchor", anchor).child(words)
    };
    el("svg.sketch")
        .attr("viewBox", "0 0 220 110")
        .attr("aria-hidden", "true")
        .child(el("polyline.sketch-ridge").attr("points", "124,24 124,106"))
        .child(line("4,104 124,24 216,24"))
        .child(label("74", "50", "end", "bandwidth"))
        .child(label("176", "17", "middle", "compute"))
        .child(label("124", "17", "middle", "ridge"))
        .child(label("118", "102", "end", "memory-bound"))
        .child(label("130", "102", "start", "compute-bound"))
}
