//! The way back: what closes hands the focus to what had it before.

use crate::ui::browser::document;
use crate::ui::part::Hooks;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};
use yew::NodeRef;

/// Remembers what had the focus before the part came. When the part goes and the focus with it, that gets
/// it back.
pub fn use_focus_return(hooks: &mut Hooks, node: &NodeRef) {
    let back = Return { node: node.clone(), before: hooks.keep(focused) };
    hooks.effect((), move || back);
}

struct Return {
    node: NodeRef,
    before: Rc<Option<HtmlElement>>,
}

impl Drop for Return {
    fn drop(&mut self) {
        // Gone already where the part was a part of what closes, else about to go.
        let leaves =
            |element: HtmlElement| self.node.cast::<Node>().is_some_and(|node| node.contains(Some(&element)));
        if let Some(before) = self.before.as_ref().as_ref().filter(|before| before.is_connected())
            && focused().is_none_or(leaves)
        {
            drop(before.focus());
        }
    }
}

/// The body has the focus when nothing else has.
fn focused() -> Option<HtmlElement> {
    let element = document()?.active_element()?.dyn_into::<HtmlElement>().ok()?;
    Some(element).filter(|element| element.tag_name() != "BODY")
}
