//! The way to a model's config on the Hub: what a person types becomes a request, what the server
//! answers becomes the config's text or a message that says what to do next.
//!
//! All of it but the request itself is pure and the same on every target.

mod base;
mod error;
#[cfg(feature = "page")]
mod fetch;
mod outcome;
mod pasted;
mod reference;
mod rules;
#[cfg(test)]
mod tests;
mod token;
mod url;
#[cfg(feature = "page")]
mod watch;

pub use base::{BaseError, HubBase};
pub use error::{Advice, Case, HubError, NotConfig};
#[cfg(feature = "page")]
pub use fetch::{Progress, fetch_config, fetch_optional_sidecar};
pub use outcome::{Answer, BODY_LIMIT, Fetched, interpret};
pub use pasted::{Pasted, classify};
pub use reference::ModelRef;
pub use rules::RefError;
pub use token::{Token, TokenError};
pub use url::{config_page_url, config_url, model_page_url, search_url, sidecar_url};
