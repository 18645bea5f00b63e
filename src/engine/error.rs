//! What can be wrong with the input, where, and what to do about it.

use std::fmt;
use thiserror::Error as ThisError;

/// A place in the config's text, both counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why an input was refused. Displayed, it names the place, the value and the cure.
#[derive(Clone, Debug, PartialEq, ThisError)]
pub enum Error {
    /// The text is not JSON.
    #[error("not valid JSON at {position}: {reason}")]
    Json { position: Position, reason: String },
    /// The text is JSON, but no object.
    #[error("a config.json is a JSON object, `{{ … }}`; this is {found}")]
    NotAnObject { found: &'static str },
    /// A key is missing, or its value makes no sense.
    #[error("{}{key}: {reason}", place(*position))]
    Key { key: String, reason: String, position: Option<Position> },
    /// No family builds this `model_type`.
    #[error("{}{} It knows: {}", place(*position), unknown(model_type, *nearest, *llama_like), known.join(", "))]
    UnknownFamily {
        model_type: String,
        nearest: Option<&'static str>,
        known: Vec<&'static str>,
        /// Whether the config has all the keys of a plain llama-like decoder.
        llama_like: bool,
        position: Option<Position>,
    },
    /// The batch makes no sense.
    #[error("workload: {reason}")]
    Workload { reason: String },
    /// A custom device makes no sense.
    #[error("device: {reason}")]
    Hardware { reason: String },
    /// Degrees of parallelism, ceilings or a generation that make no sense for the model.
    #[error("deployment: {reason}")]
    Deployment { reason: String },
    /// What is to be varied, or how, makes no sense.
    #[error("sweep: {reason}")]
    Sweep { reason: String },
    /// No format goes by this word.
    #[error("{what}: \"{word}\" is not a format this tool knows; use auto, or one of {}", known.join(", "))]
    Precision { what: &'static str, word: String, known: Vec<String> },
    /// A figure outgrew 128 bits.
    #[error(
        "{what} overflows 128-bit integers, so no exact figure can be given: use fewer tokens, a smaller batch or smaller dimensions"
    )]
    Overflow { what: String },
}

/// Why a family that nobody knows is refused, without the list of those that are known.
pub fn unknown(model_type: &str, nearest: Option<&str>, llama_like: bool) -> String {
    let mut said = format!(
        "model_type: \"{model_type}\" is not a family this tool knows, and a model it does not know is refused, not guessed."
    );
    if let Some(name) = nearest {
        said += &format!(" Did you mean \"{name}\"?");
    }
    if llama_like {
        said += " It has the keys of a plain llama-like decoder and can be read as one, if you ask for that.";
    }
    said
}

fn place(position: Option<Position>) -> String {
    position.map(|p| format!("{p}, ")).unwrap_or_default()
}

impl Error {
    /// Where in the config's text the trouble is, when it is in the text.
    pub fn position(&self) -> Option<Position> {
        match self {
            Error::Json { position, .. } => Some(*position),
            Error::Key { position, .. } | Error::UnknownFamily { position, .. } => *position,
            Error::NotAnObject { .. }
            | Error::Workload { .. }
            | Error::Hardware { .. }
            | Error::Deployment { .. }
            | Error::Sweep { .. }
            | Error::Precision { .. }
            | Error::Overflow { .. } => None,
        }
    }

    /// The config key the trouble is with, dotted when nested.
    pub fn key(&self) -> Option<&str> {
        match self {
            Error::Key { key, .. } => Some(key),
            Error::UnknownFamily { .. } => Some("model_type"),
            Error::Json { .. }
            | Error::NotAnObject { .. }
            | Error::Workload { .. }
            | Error::Hardware { .. }
            | Error::Deployment { .. }
            | Error::Sweep { .. }
            | Error::Precision { .. }
            | Error::Overflow { .. } => None,
        }
    }
}
