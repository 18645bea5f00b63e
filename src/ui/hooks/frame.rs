//! Work for the next animation frame.

use crate::ui::browser::window;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
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

    /// A callback once so many frames, at least one, have been painted from now on.
    pub fn painted(frames: u32, work: Rc<dyn Fn()>) -> Self {
        let next = Rc::new(RefCell::new(None));
        Frame::request(move || {
            let (work, next) = (Rc::clone(&work), Rc::clone(&next));
            // The frame goes on until all that waits for it had its turn; what comes after it is another task.
            Timeout::new(0, move || {
                if frames > 1 {
                    next.replace(Some(Frame::painted(frames - 1, work)));
                } else {
                    work();
                }
            })
            .forget();
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
