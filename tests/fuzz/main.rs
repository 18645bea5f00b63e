//! Nothing that anyone pastes, types, links to or serves makes the engine panic.
//!
//! Inputs are real ones with random damage, so that most get past the first check. `cargo test` runs a few
//! thousand of each, always the same; `cargo xtask fuzz MINUTES` goes on with others for as long as it is told,
//! optimised and with every overflow checked.

mod config;
mod damage;
mod hub;
mod link;
mod link_text;
mod runner;
mod workload;
