//! What weights, activations and the KV cache are kept in, beside the model's own type.
//!
//! A family builds its model without a thought of quantisation. A [`Scheme`], read from wherever the
//! config hides it, is then put onto the model's layers, module by module; the user's [`Overrides`] come
//! last.

mod apply;
mod compressed;
mod format;
pub mod known;
mod methods;
mod modules;
mod node;
mod overrides;
mod pattern;
mod read;
mod scheme;
mod summary;

pub use apply::apply;
pub use format::{Element, Format, Names, Over, Quantized, Scale};
pub use overrides::{Overrides, Words};
pub use read::{SIDECAR, beside, described, scheme};
pub use scheme::Scheme;
pub use summary::{Origin, Quantization, Tally, Usage};
