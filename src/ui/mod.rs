//! The page. [`state`] is all it knows and says what an action does to it; the rest draws it.

pub mod examples;
pub mod fields;
pub mod forms;
pub mod glossary;
pub mod link;
pub mod setup;
pub mod state;
pub mod subject;
pub mod table;
pub mod words;
pub mod wrong_number;

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod components;
#[cfg(target_arch = "wasm32")]
mod dom;
#[cfg(target_arch = "wasm32")]
mod files;
#[cfg(target_arch = "wasm32")]
mod hooks;
#[cfg(target_arch = "wasm32")]
mod panels;
#[cfg(target_arch = "wasm32")]
mod part;

#[cfg(target_arch = "wasm32")]
pub use app::start;
