//! How large an element is, and how many device pixels a CSS pixel has.

use crate::ui::browser::window;
use crate::ui::part::{Hooks, State};
use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::NodeRef;

/// Width and height in CSS pixels.
pub fn use_size(hooks: &mut Hooks, node: &NodeRef) -> (u32, u32) {
    let size = hooks.state(|| (0, 0));
    let now = size.get();
    let node = node.clone();
    hooks.effect((), move || node.cast::<Element>().and_then(|element| Watch::new(element, size)));
    now
}

/// Device pixels to a CSS pixel: changes with zoom, and when the window goes to another screen.
pub fn use_pixel_ratio(hooks: &mut Hooks) -> f64 {
    let ratio = hooks.state(pixel_ratio);
    let now = ratio.get();
    // The query asks about the ratio of now, so each change needs the next query.
    hooks.effect(now, move || {
        let query = window().and_then(|w| w.match_media(&format!("(resolution: {now}dppx)")).ok().flatten());
        query.map(|query| EventListener::new(&query, "change", move |_| ratio.set(pixel_ratio())))
    });
    now
}

pub fn pixel_ratio() -> f64 {
    window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(0.5, 8.0)
}

struct Watch {
    observer: ResizeObserver,
    _told: Closure<dyn FnMut()>,
}

impl Watch {
    fn new(element: Element, size: State<(u32, u32)>) -> Option<Self> {
        let measured = element.clone();
        let told = Closure::new(move || {
            size.set((measured.client_width().max(0) as u32, measured.client_height().max(0) as u32));
        });
        let observer = ResizeObserver::new(told.as_ref().unchecked_ref()).ok()?;
        observer.observe(&element);
        Some(Watch { observer, _told: told })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
