//! What is drawn only once it is asked for.

use crate::ui::dom::{El, Node, On, el};
use crate::ui::part::State;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

/// A summary, and behind it a body that is not drawn before it is seen: what is folded costs no time at the
/// start and none at a key press.
pub fn fold<N: Node>(open: State<bool>, summary: &'static str, body: impl FnOnce() -> N) -> El {
    let body = open.get().then(body);
    el("details.fold")
        .on(On::ontoggle, move |event: Event| {
            let details = event.target().map(JsCast::unchecked_into::<Element>);
            open.set(details.is_some_and(|details| details.has_attribute("open")));
        })
        .child(el("summary").child(summary))
        .child(body.map(Node::node))
}
