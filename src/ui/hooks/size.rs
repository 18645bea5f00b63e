//! How large an element is, and how many device pixels a CSS pixel has.

use crate::ui::browser::window;
use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

/// Width and height in CSS pixels.
#[hook]
pub fn use_size(node: &NodeRef) -> (u32, u32) {
    let size = use_state(|| (0, 0));
    let setter = size.setter();
    use_effect_with(node.clone(), move |node| {
        let watch = node.cast::<Element>().and_then(|element| Watch::new(element, setter));
        move || drop(watch)
    });
    *size
}

/// Device pixels to a CSS pixel: changes with zoom, and when the window goes to another screen.
#[hook]
pub fn use_pixel_ratio() -> f64 {
    let ratio = use_state(pixel_ratio);
    let setter = ratio.setter();
    // The query asks about the ratio of now, so each change needs the next query.
    use_effect_with(*ratio, move |ratio| {
        let query =
            window().and_then(|w| w.match_media(&format!("(resolution: {ratio}dppx)")).ok().flatten());
        let listener =
            query.map(|query| EventListener::new(&query, "change", move |_| setter.set(pixel_ratio())));
        move || drop(listener)
    });
    *ratio
}

pub fn pixel_ratio() -> f64 {
    window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(0.5, 8.0)
}

struct Watch {
    observer: ResizeObserver,
    _told: Closure<dyn FnMut()>,
}

impl Watch {
    fn new(element: Element, size: UseStateSetter<(u32, u32)>) -> Option<Self> {
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
