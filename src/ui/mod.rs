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

#[cfg(feature = "page")]
mod app;
#[cfg(feature = "page")]
mod browser;
#[cfg(feature = "page")]
mod components;
#[cfg(feature = "page")]
mod dom;
#[cfg(feature = "page")]
mod files;
#[cfg(feature = "page")]
mod hooks;
#[cfg(feature = "page")]
mod panels;
#[cfg(feature = "page")]
mod part;

#[cfg(feature = "page")]
pub use app::start;

#[cfg(all(feature = "page", not(target_arch = "wasm32")))]
pub use app::first_view;
