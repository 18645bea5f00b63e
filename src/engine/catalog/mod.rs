//! The models that come with the tool: reduced configs with published figures, by Hub id.

mod models;
#[cfg(test)]
mod tests;

use super::error::Error;
use super::model::Model;
pub use models::MODELS;

/// A built-in model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id on the Hub.
    pub id: &'static str,
    /// The keys of its config.json that an analysis reads.
    pub config: &'static str,
}

impl Entry {
    /// Builds the model under its Hub id.
    ///
    /// # Errors
    /// As [`Model::from_json`]; a test holds that none of the built-in ones has any.
    pub fn model(&self) -> Result<Model, Error> {
        let mut model = Model::from_json(self.config)?;
        model.name = Some(self.id.into());
        Ok(model)
    }
}

/// The model the page opens with.
pub const DEFAULT_ID: &str = "meta-llama/Llama-2-7b-hf";

/// Finds a built-in model by its Hub id; upper and lower case are the same.
pub fn find(id: &str) -> Option<&'static Entry> {
    MODELS.iter().find(|entry| entry.id.eq_ignore_ascii_case(id))
}
