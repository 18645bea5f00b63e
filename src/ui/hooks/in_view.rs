//! Whether an element is where the reader looks.

use crate::ui::part::Hooks;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry};
use yew::NodeRef;

/// Whether any of the element was in view in the last frame; so at first, until that is known.
pub fn use_in_view(hooks: &mut Hooks, node: &NodeRef) -> Rc<Cell<bool>> {
    let in_view = hooks.keep(|| Cell::new(true));
    let (node, told) = (node.clone(), Rc::clone(&in_view));
    hooks.effect((), move || Watch::new(&node.cast::<Element>()?, told));
    in_view
}

struct Watch {
    observer: IntersectionObserver,
    _told: Closure<dyn FnMut(js_sys::Array)>,
}

impl Watch {
    fn new(element: &Element, in_view: Rc<Cell<bool>>) -> Option<Self> {
        let told = Closure::new(move |crossings: js_sys::Array| {
            // The latest comes last.
            let entry: IntersectionObserverEntry = crossings.pop().unchecked_into();
            in_view.set(entry.is_intersecting());
        });
        let observer = IntersectionObserver::new(told.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Watch { observer, _told: told })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
