//! What only a browser can show. How to add one: the `browser` crate's documentation.

mod harness;
mod stand_in;
mod start;
