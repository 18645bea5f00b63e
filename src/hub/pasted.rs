//! What kind of text landed in the model box.

use super::reference::ModelRef;
use super::rules::{RefError, is_blank};

/// What the text in the model box is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pasted {
    Empty,
    /// It means to be JSON. Whether it is a good config is the parser's business.
    Json,
    Reference(ModelRef),
    /// Neither; `RefError::is_unfinished` tells half-typed from wrong.
    Unclear(RefError),
}

/// Tells a pasted config from the name of a model. A name never holds a brace or a quoted key, so
/// any text that does is meant as JSON.
pub fn classify(text: &str) -> Pasted {
    let trimmed = text.trim_matches(is_blank);
    if trimmed.is_empty() {
        Pasted::Empty
    } else if trimmed.starts_with(['[', '{'])
        || trimmed.contains('{')
        || trimmed.contains("\":")
        || trimmed.contains("\" :")
    {
        Pasted::Json
    } else {
        match ModelRef::parse(trimmed) {
            Ok(model) => Pasted::Reference(model),
            Err(why) => Pasted::Unclear(why),
        }
    }
}
