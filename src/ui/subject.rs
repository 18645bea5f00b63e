//! The model on show, and where it came from.

use super::state::RowId;
use crate::engine::catalog::Entry;
use crate::engine::error::unknown;
use crate::engine::precision::Words;
use crate::engine::{Error, Model};
use crate::hub::{Fetched, HubBase, ModelRef, RefError};
use std::rc::Rc;

/// A model that was read without an error.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    pub source: Source,
    /// As its config describes it.
    described: Rc<Model>,
    /// In the formats that were chosen.
    pub model: Model,
}

/// Where a model came from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    BuiltIn(&'static Entry),
    /// As it was asked for, of whom, and the commit that came, where the Hub named one.
    Hub {
        asked: ModelRef,
        hub: HubBase,
        commit: Option<String>,
    },
    Pasted,
}

/// Why the text in the model box is no model.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// No name of a model either.
    Name(RefError),
    /// A config that cannot be read: the one in the box, or a fetched one.
    Config { of: Option<Refused>, error: Error },
}

/// A fetched config that cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub repo: String,
    pub text: Rc<str>,
}

impl Subject {
    /// None only if a built-in config were broken, which a test of the catalogue rules out.
    pub fn built_in(entry: &'static Entry) -> Option<Self> {
        let model = entry.model().ok()?;
        Some(Subject::new(Source::BuiltIn(entry), model))
    }

    pub fn fetched(asked: &ModelRef, hub: HubBase, config: &Fetched) -> Result<Self, Error> {
        let mut model = Model::from_json(&config.text)?;
        model.name = Some(asked.repo.as_str().into());
        let source = Source::Hub { asked: asked.clone(), hub, commit: config.commit.clone() };
        Ok(Subject::new(source, model))
    }

    /// `file` is the name of the file the text came from, empty for a paste.
    pub fn pasted(text: &str, file: &str) -> Result<Self, Error> {
        let mut model = Model::from_json(text)?;
        let stem = file.strip_suffix(".json").unwrap_or(file);
        if !stem.is_empty() && stem != "config" {
            model.name = Some(stem.into());
        }
        Ok(Subject::new(Source::Pasted, model))
    }

    fn new(source: Source, model: Model) -> Self {
        Subject { source, described: Rc::new(model.clone()), model }
    }

    /// The same model in the formats of these words.
    pub fn kept_in(self, formats: &Words) -> Self {
        // Words that choose nothing never get here.
        let model = self.described.with(&formats.read().unwrap_or_default());
        Subject { model, ..self }
    }

    /// Whether it is the same config from the same place, in whatever formats.
    pub fn same_config(&self, other: &Subject) -> bool {
        self.source == other.source && self.described == other.described
    }

    /// The first layer of that name.
    pub fn row_named(&self, name: &str) -> Option<RowId> {
        let groups = self.model.groups.iter().enumerate();
        let mut layers = groups.flat_map(|(g, group)| group.layers.iter().enumerate().map(move |l| (g, l)));
        layers.find(|(_, (_, layer))| layer.name() == name).map(|(g, (l, _))| RowId(g, l))
    }

    /// The name of a layer.
    pub fn name_of(&self, row: RowId) -> Option<&'static str> {
        Some(self.model.groups.get(row.0)?.layers.get(row.1)?.name())
    }

    /// What to call it in a heading.
    pub fn title(&self) -> String {
        let pasted = || format!("Pasted {} config", self.model.model_type);
        self.model.name.as_deref().map_or_else(pasted, str::to_owned)
    }

    /// Where it came from, in a few words.
    pub fn origin(&self) -> String {
        match &self.source {
            Source::BuiltIn(_) => "built in".to_owned(),
            Source::Hub { hub, commit, .. } => match commit.as_deref() {
                Some(commit) => format!("from {} at {}", hub.host(), commit.get(..12).unwrap_or(commit)),
                None => format!("from {}", hub.host()),
            },
            Source::Pasted => "pasted".to_owned(),
        }
    }
}

impl Trouble {
    /// The whole sentence, without the place and the key that [`Trouble::place`] gives.
    pub fn message(&self) -> String {
        match self {
            Trouble::Name(why) => why.to_string(),
            // The families that are known are listed apart.
            Trouble::Config { of, error: Error::UnknownFamily { model_type, nearest, llama_like, .. } } => {
                let said = unknown(model_type, *nearest, *llama_like);
                let whose = of.as_ref().map(|of| format!("The config.json of {}: ", of.repo));
                whose.unwrap_or_default() + &said
            }
            Trouble::Config { of: None, error } => match error {
                Error::Json { reason, .. } => format!("This is not valid JSON: {reason}."),
                Error::Key { reason, .. } => sentence(reason),
                other => {
                    let text = other.to_string();
                    let place = other.position().map(|position| format!("{position}, ")).unwrap_or_default();
                    sentence(text.strip_prefix(&place).unwrap_or(&text))
                }
            },
            Trouble::Config { of: Some(of), error } => format!("The config.json of {}: {error}.", of.repo),
        }
    }

    /// The families that are known, where it is of none of them.
    pub fn known(&self) -> Option<&[&'static str]> {
        match self {
            Trouble::Config { error: Error::UnknownFamily { known, .. }, .. } => Some(known),
            _ => None,
        }
    }

    /// Whether the config may be read as a plain llama-like decoder, if the user wants that.
    pub fn is_llama_like(&self) -> bool {
        matches!(self, Trouble::Config { error: Error::UnknownFamily { llama_like: true, .. }, .. })
    }

    /// Where in the box's text it is: `Line 3, column 18`, and the key.
    pub fn place(&self) -> Option<(String, Option<&str>)> {
        let Trouble::Config { of: None, error } = self else { return None };
        Some((sentence(&error.position()?.to_string()).trim_end_matches('.').to_owned(), error.key()))
    }
}

/// What is wrong, as a sentence that stands beside the fields it is wrong with.
pub fn complaint(error: &Error) -> String {
    match error {
        Error::Workload { reason }
        | Error::Hardware { reason }
        | Error::Deployment { reason }
        | Error::Sweep { reason } => sentence(reason),
        other => sentence(&other.to_string()),
    }
}

/// With a capital and a full stop. A key of the config at the beginning stays as it is spelled.
pub fn sentence(text: &str) -> String {
    let first_word = text.split(' ').next().unwrap_or_default();
    let key = first_word.contains('_') || first_word.ends_with(':');
    let mut letters = text.chars();
    let first = letters.next().map(|c| if key { c } else { c.to_ascii_uppercase() });
    format!("{}{}.", first.map(String::from).unwrap_or_default(), letters.as_str().trim_end_matches('.'))
}
