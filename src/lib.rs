//! Transformer Roofline Analyzer: what every layer of a transformer costs, from its config.json.
//!
//! The modules in the order that data takes: the [`engine`] turns text into a report; everything else shows
//! it, shares it or fetches its input.

#![forbid(unsafe_code)]

#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
pub mod engine;
pub mod export;
pub mod hub;
#[cfg(target_arch = "wasm32")]
pub mod js;
pub mod plot;
pub mod share;
pub mod ui;
