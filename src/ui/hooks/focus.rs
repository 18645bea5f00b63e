//! The way back: what closes hands the focus to what had it before.

use crate::ui::browser::document;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};
use yew::prelude::*;

/// Remembers what had the focus before the component came. When the component goes and the focus
/// with it, that gets it back.
#[hook]
pub fn use_focus_return(node: &NodeRef) {
    let before = use_mut_ref(focused);
    use_effect_with(node.clone(), move |node| {
        let node = node.clone();
        move || {
            // Gone already where the component was a part of what closes, else about to go.
            let leaves =
                |element: HtmlElement| node.cast::<Node>().is_some_and(|node| node.contains(Some(&element)));
            let before = before.borrow().clone().filter(|before| before.is_connected());
            if let Some(before) = before.filter(|_| focused().is_none_or(leaves)) {
                drop(before.focus());
            }
        }
    });
}

/// The body has the focus when nothing else has.
fn focused() -> Option<HtmlElement> {
    let element = document()?.active_element()?.dyn_into::<HtmlElement>().ok()?;
    Some(element).filter(|element| element.tag_name() != "BODY")
}
