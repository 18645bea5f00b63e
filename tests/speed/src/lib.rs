//! How fast it is: `cargo xtask bench`.
//!
//! What is timed is written once, in [`work`], and run natively and in the browser's wasm alike.

pub mod work;

#[cfg(not(target_arch = "wasm32"))]
pub mod clock;
#[cfg(not(target_arch = "wasm32"))]
pub mod engine;
#[cfg(not(target_arch = "wasm32"))]
pub mod page;
#[cfg(not(target_arch = "wasm32"))]
pub mod process;
#[cfg(not(target_arch = "wasm32"))]
pub mod table;

#[cfg(target_arch = "wasm32")]
mod wasm {
    use super::work;
    use wasm_bindgen::prelude::wasm_bindgen;

    /// Work that is ready to be timed.
    #[wasm_bindgen]
    pub struct Ready(Box<dyn FnMut()>);

    #[wasm_bindgen]
    impl Ready {
        /// The work of this name.
        pub fn of(name: &str) -> Option<Ready> {
            work::ready(name).map(Ready)
        }

        /// Does it so many times.
        pub fn run(&mut self, rounds: u32) {
            for _ in 0..rounds {
                (self.0)();
            }
        }
    }
}
