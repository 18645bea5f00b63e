//! A word of the trade that says what it means: when pointed at, focused or tapped, and to a screen reader always.

use crate::ui::browser::document;
use crate::ui::dom::{El, Node, On, button, el, list};
use crate::ui::glossary::{Term, split};
use crate::ui::part::{Hooks, View, keyed};
use gloo_events::{EventListener, EventListenerOptions};
use std::sync::atomic::{AtomicU32, Ordering};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent};
use yew::Html;

/// A text in which each term explains itself once.
pub fn terms(text: &str) -> Html {
    further_terms(text, &mut Vec::new())
}

/// The same of one text among others, with what those explain already.
pub fn further_terms(text: &str, said: &mut Vec<&'static Term>) -> Html {
    list(split(text, said).into_iter().enumerate().map(|(i, (shown, term))| match term {
        Some(term) => keyed(i, Word { shown: shown.to_owned(), meaning: term.meaning }),
        None => shown.to_owned().node(),
    }))
}

#[derive(PartialEq)]
struct Word {
    shown: String,
    meaning: &'static str,
}

impl View for Word {
    const NAME: &'static str = "term";

    fn view(&self, hooks: &mut Hooks) -> Html {
        static WORDS: AtomicU32 = AtomicU32::new(0);
        let id = hooks.keep(|| format!("term-{}", WORDS.fetch_add(1, Ordering::Relaxed)));
        let open = hooks.state(|| false);
        let tip = hooks.node();
        let (now, close, found) = (open.get(), open.clone(), tip.clone());
        hooks.effect(now, move || {
            let tip = found.cast::<HtmlElement>().filter(|_| now)?;
            place(&tip);
            Some(on_escape(move || close.set(false)))
        });
        let set = |element: El, kind: On, to: bool| {
            let open = open.clone();
            element.on(kind, move |_: Event| open.set(to))
        };
        let word = button(self.shown.clone()).class("term").attr("aria-describedby", (*id).clone());
        // A finger leaves before it clicks.
        let word = set(set(set(word, On::onfocus, true), On::onblur, false), On::onclick, true);
        let said = el("span.term-tip")
            .bind(&tip)
            .attr("id", (*id).clone())
            .attr("role", "tooltip")
            .flag("hidden", !now)
            .child(self.meaning);
        let around = set(set(el("span.term-box"), On::onpointerenter, true), On::onpointerleave, false);
        around.child(word).child(said).into()
    }
}

/// Escape closes what was opened last: before the rest of the page hears of it.
fn on_escape(close: impl Fn() + 'static) -> Option<EventListener> {
    let options = EventListenerOptions { passive: false, ..EventListenerOptions::run_in_capture_phase() };
    let document = document()?;
    let listener = EventListener::new_with_options(&document, "keydown", options, move |event| {
        if event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Escape") {
            event.prevent_default();
            close();
        }
    });
    Some(listener)
}

/// Moves it so far to the left that it stays on the page.
fn place(tip: &HtmlElement) {
    let root = document().and_then(|document| document.document_element());
    let width = root.map_or(0.0, |root| f64::from(root.client_width()));
    let style = tip.style();
    drop(style.remove_property("left"));
    let at = tip.get_bounding_client_rect();
    let left = (width - 8.0 - at.right()).min(0.0).max(8.0 - at.left());
    drop(style.set_property("left", &format!("{left:.1}px")));
}
