//! Work for the next animation frame.

use crate::ui::browser::window;
use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;

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
}

/// Waits until what is on the page now has been painted, and the next frame begins.
pub async fn painted() {
    for _ in 0..2 {
        let frame = Promise::new(&mut |done, _| {
            window().map(|window| window.request_animation_frame(&done));
        });
        drop(JsFuture::from(frame).await);
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        if let (Some(window), Some(id)) = (window(), self.id) {
            drop(window.cancel_animation_frame(id));
        }
    }
}
