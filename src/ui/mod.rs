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

#[cfg(all(target_arch = "wasm32", feature = "page"))]
mod app;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
mod browser;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
mod components;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
mod dom;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
mod files;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
mod hooks;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
mod panels;
#[cfg(all(target_arch = "wasm32", feature = "page"))]
mod part;

#[cfg(all(target_arch = "wasm32", feature = "page"))]
pub use app::start;
