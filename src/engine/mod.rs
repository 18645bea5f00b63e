//! The analysis engine: values in, values out.
//!
//! ```text
//! text ──► Config ──► Model ──► Cost per layer ──► Report
//!  (json)   (keys)   (shapes)    (× Workload)      (totals)
//! ```
//!
//! Shapes live in [`Model`], tokens in [`Workload`], what is counted in [`Accounting`]; the three meet
//! in [`cost`] and nowhere else. Whatever can fail because of the user's input fails before a `Model`
//! exists; after that only an integer overflow can.

pub mod accounting;
mod analysis;
pub mod blocks;
pub mod catalog;
pub mod compare;
pub mod config;
pub mod cost;
pub mod custom;
pub mod dtype;
pub mod error;
pub mod explain;
pub mod families;
pub mod hardware;
pub mod lenient;
pub mod lineup;
pub mod model;
pub mod number;
pub mod order;
pub mod precision;
mod presets;
pub mod quantity;
pub mod report;
pub mod roofline;
pub mod serving;
pub mod workload;

pub use accounting::Accounting;
pub use analysis::analyze;
pub use error::{Error, Position};
pub use hardware::Hardware;
pub use model::Model;
pub use quantity::{Bytes, Flops, Intensity, Seconds};
pub use report::Report;
pub use workload::{Query, Workload};
