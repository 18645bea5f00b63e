//! A file dropped anywhere on the page.

use crate::ui::browser::document;
use crate::ui::dom::Dispatch;
use crate::ui::files::read_file;
use crate::ui::part::Hooks;
use gloo_events::{EventListener, EventListenerOptions};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{DataTransfer, DragEvent, Event};

/// Whether a file hovers over the page.
pub fn use_drop_file(hooks: &mut Hooks, dispatch: &Dispatch) -> bool {
    let hovering = hooks.state(|| false);
    let hovers = hovering.get();
    let dispatch = dispatch.clone();
    hooks.effect((), move || {
        document().map(|document| {
            // Entering a child leaves its parent, so the depth tells when the file has left the page.
            let depth = Rc::new(Cell::new(0_i32));
            let on = |kind: &'static str, f: Box<dyn Fn(&DragEvent)>| {
                let options = EventListenerOptions::enable_prevent_default();
                EventListener::new_with_options(&document, kind, options, move |event: &Event| {
                    if let Some(event) = event.dyn_ref::<DragEvent>()
                        && event.data_transfer().is_some_and(|data| has_file(&data))
                    {
                        event.prevent_default();
                        f(event);
                    }
                })
            };
            let change = |by: Option<i32>| {
                let (depth, hovering) = (Rc::clone(&depth), hovering.clone());
                move || {
                    depth.set(by.map_or(0, |by| (depth.get() + by).max(0)));
                    hovering.set(depth.get() > 0);
                }
            };
            let (enter, leave, end) = (change(Some(1)), change(Some(-1)), change(None));
            [
                on("dragenter", Box::new(move |_| enter())),
                on("dragleave", Box::new(move |_| leave())),
                on("dragover", Box::new(|_| {})),
                on(
                    "drop",
                    Box::new(move |event| {
                        end();
                        let files = event.data_transfer().and_then(|data| data.files());
                        if let Some(file) = files.and_then(|files| files.get(0)) {
                            read_file(file, dispatch.clone());
                        }
                    }),
                ),
            ]
        })
    });
    hovers
}

fn has_file(data: &DataTransfer) -> bool {
    data.types().iter().any(|kind| kind.as_string().is_some_and(|kind| kind == "Files"))
}
