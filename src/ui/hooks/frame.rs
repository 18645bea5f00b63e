//! Work for the next animation frame.

use crate::ui::browser::window;
use gloo_timers::callback::Timeout;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// A callback before the next repaint; dropped, it is cancelled.
pub struct Frame {
    id: Option<i32>,
    _work: Closure<dyn FnMut()>,
}

impl Frame {
    pub fn request(work: impl FnMut() + 'static) -> Self {
        let work = Closure::new(work);
        let id =
            window().and_then(|window| window.request_animation_frame(work.as_ref().unchecked_ref()).ok());
        Frame { id, _work: work }
    }

    /// A callback once what is on the page now has been painted.
    pub fn painted(work: impl Fn() + 'static) -> Self {
        let work = Rc::new(work);
        Frame::request(move || {
            let work = Rc::clone(&work);
            // The frame goes on until all that waits for it had its turn; what comes after it is another task.
            Timeout::new(0, move || work()).forget();
        })
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        if let (Some(window), Some(id)) = (window(), self.id) {
            drop(window.cancel_animation_frame(id));
        }
    }
}
