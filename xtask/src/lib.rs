//! The project's chores: `cargo xtask serve | build | size | test | firefox | bench | lighthouse | package | shots`.
//!
//! ```text
//! cli ──► tools   trunk, wasm-bindgen, wasm-opt at pinned versions; the library's sources  (standard)
//!     ──► page    the optimised dist/, rebuilt only when an input changed
//!             then short names inside, its first view, its service worker and headers  (names, first_view, offline)
//!     ──► size    what a visitor downloads, against the budget; what it is made of  (parts)
//!     ──► serve   dist/ on the loopback address  (http, files)
//!     ──► bench   how fast it is, against the targets  (wasm, tests/speed)
//!     ──► lighthouse  the page's points, against the floors
//!     ──► package the engine for JavaScript, in target/npm/  (wasm)
//!     ──► suite   every check, in order          (system, supply, tally)
//!     ──► firefox some scenarios in another browser
//! ```
//!
//! It is a library too: the browser tests serve the page with the same [`files`] that `serve` uses.

pub mod bench;
pub mod cli;
pub mod files;
pub mod firefox;
pub mod first_view;
pub mod http;
pub mod lighthouse;
pub mod names;
pub mod offline;
pub mod package;
pub mod page;
pub mod parts;
pub mod process;
pub mod serve;
pub mod size;
pub mod standard;
pub mod suite;
pub mod supply;
pub mod system;
pub mod tally;
pub mod tools;
pub mod wasm;
