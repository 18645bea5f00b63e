//! A scenario as the fragment of a link, and back.
//!
//! ```text
//! #v=1&m=meta-llama/Llama-2-7b-hf&cached=1024&in=1&batch=8&hw=h100-80gb-sxm&acc=exact&sel=Attn%20-%20SDPA
//! ```
//!
//! | key      | value                                                                            |
//! |----------|----------------------------------------------------------------------------------|
//! | `v`      | version of the format, 1                                                         |
//! | `m`      | a built-in model's id, or a Hub model as `org/name` or `org/name@revision`       |
//! | `commit` | the commit that the Hub model's config came from, which proves the figures       |
//! | `c`      | in place of `m`: a reduced config.json, base64url without padding                |
//! | `cached` | cached tokens of each query: `1024`, `1048576,1024`, `1024x64` for 64 times 1024 |
//! | `in`     | input tokens of each query, likewise                                             |
//! | `batch`  | queries in the batch, where the lists are repeated                               |
//! | `hw`     | a device's id, `none`, or `custom:FLOP/s,B/s,bytes,name`, see [`custom`]           |
//! | `acc`    | the accounting's name, and single choices: `exact,pairs=all,softmax=off`         |
//! | `cmp`    | a second accounting to set the figures against, likewise                           |
//! | `w`      | the weights' format in place of the config's: `q4_k_m`                           |
//! | `act`    | the activations' type, likewise                                                  |
//! | `kv`     | the KV cache's format, likewise                                                  |
//! | `tp`     | tensor-parallel devices; likewise `pp` stages, `ep` experts, `dp` copies         |
//! | `out`    | tokens to generate for every query                                               |
//! | `reach`  | `achievable`, or the parts of compute and bandwidth that are reached: `0.7,0.85` |
//! | `fuse`   | `off` where element-wise layers move their inputs and outputs                    |
//! | `free`   | the part of the memory that is kept free                                         |
//! | `net`    | bytes per second to other nodes, seconds of a step inside a node and across nodes |
//! | `sweep`  | what is varied: `batch=1..512/devices=1..8`                                      |
//! | `show`   | which figure of it is drawn: `time`, `first`, `rate`, `intensity`, `memory`, `tradeoff` |
//! | `sel`    | the name of the selected layer                                                   |
//! | `embed`  | `chart` or `table`: that alone, for a frame in another page                      |
//! | `vs`     | a scenario to compare with, as often as there are any: see below                 |
//!
//! The value of `vs` is a fragment of its own, `vs=hw=h200-141gb-sxm%26w=fp8`. It holds the keys from `m` to
//! `free` whose values differ from the link's own; a key that is absent means the same as in the link.
//!
//! What has its default value is left out. A fragment never reaches a server; whoever opens the link may
//! have written it, so everything in it is checked and bounded, and what cannot be read becomes a
//! [`Warning`] and the default.
//!
//! [`custom`]: crate::engine::custom

mod lists;
mod read;
mod values;
mod write;

use crate::engine::catalog;
use crate::engine::hardware::{self, Hardware};
use crate::engine::precision::Words;
use crate::engine::serving::Serving;
use crate::engine::serving::sweep::{Measure, Sweep};
use crate::engine::{Accounting, Workload};
use thiserror::Error as ThisError;

/// The version of the format.
pub const VERSION: u32 = 1;
/// The longest link that is made. Chat programs and spreadsheets cut off longer ones.
pub const MAX_LINK: usize = 8_000;
/// The most scenarios that a link sets against its own. More would be told apart by nobody.
pub const MAX_VERSUS: usize = 8;

/// Everything that decides the figures on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    pub model: ModelSource,
    pub workload: Workload,
    pub hardware: DeviceChoice,
    pub accounting: Accounting,
    /// The accounting that every layer's figures are set against.
    pub compare: Option<Accounting>,
    /// Formats in place of the config's.
    pub formats: Words,
    /// How the model is served.
    pub serving: Serving,
    /// What is varied, and which figure of it is drawn.
    pub sweeps: Vec<Sweep>,
    pub measure: Measure,
    /// The name of the row that is pointed out.
    pub selection: Option<String>,
    /// What alone is shown.
    pub embed: Option<Embed>,
    /// Scenarios to compare with, at most [`MAX_VERSUS`].
    pub versus: Vec<Case>,
    /// Keys of the link that mean nothing here, and their values. They are kept for the program, or the
    /// later version of this one, that knows them.
    pub unknown: Vec<(String, String)>,
}

/// A part of the page that a frame in another page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Embed {
    Chart,
    Table,
}

impl Embed {
    pub const ALL: [Embed; 2] = [Embed::Chart, Embed::Table];

    /// Its value in a link.
    pub fn id(self) -> &'static str {
        match self {
            Embed::Chart => "chart",
            Embed::Table => "table",
        }
    }
}

/// What decides the figures of one scenario among several.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub model: ModelSource,
    pub workload: Workload,
    pub hardware: DeviceChoice,
    pub accounting: Accounting,
    pub formats: Words,
    pub serving: Serving,
}

/// Where the model comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelSource {
    /// The id of an entry of the catalog.
    BuiltIn(&'static str),
    /// A model on the Hub, not fetched yet.
    Hub {
        /// `org/name`, or `name` alone.
        repo: String,
        /// A branch, tag or commit; none is `main`.
        revision: Option<String>,
        /// The full commit that the revision stood for when the link was made.
        commit: Option<String>,
    },
    /// The text of a config.json, reduced to the keys that matter.
    Pasted { config: String },
}

/// The device to compare with.
#[derive(Clone, Debug, PartialEq)]
pub enum DeviceChoice {
    None,
    /// The id of a preset.
    BuiltIn(&'static str),
    /// A device in the user's own figures.
    Custom(Box<Hardware>),
}

/// Why a scenario does not fit into a link.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum LinkError {
    #[error(
        "this link would have {length} characters, and many programs cut off links above {MAX_LINK}: download the results instead"
    )]
    TooLong { length: usize },
    #[error("a link spells out at most {most} different queries: use a batch of fewer", most = lists::MAX_QUERIES)]
    Queries,
}

/// What could not be read from a link. The default stands in for it.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum Warning {
    #[error("The link was made by another version of this page (v={found}); the default scenario is shown.")]
    Version { found: String },
    #[error("The link is longer than any that this page makes; the default scenario is shown.")]
    TooLong,
    #[error("The link says nothing that this page understands; the default scenario is shown.")]
    Foreign,
    #[error("A part of the link, “{text}”, is not of the form key=value and was left out.")]
    Stray { text: String },
    #[error("The link names “{key}” more than once; the first value counts.")]
    Repeated { key: String },
    #[error("The link's value for “{key}” was left out: {reason}.")]
    Value { key: &'static str, reason: String },
    #[error("Of scenario {letter} in the link something was left out: {reason}")]
    Versus { letter: char, reason: String },
    #[error("The link compares more than {MAX_VERSUS} scenarios with its own; the others were left out.")]
    TooMany,
}

impl Default for Scenario {
    /// What the page opens with.
    fn default() -> Self {
        Scenario {
            model: ModelSource::BuiltIn(catalog::DEFAULT_ID),
            workload: Workload::default(),
            hardware: DeviceChoice::BuiltIn(hardware::DEFAULT_ID),
            accounting: Accounting::default(),
            compare: None,
            formats: Words::default(),
            serving: Serving::default(),
            sweeps: Vec::new(),
            measure: Measure::default(),
            selection: None,
            embed: None,
            versus: Vec::new(),
            unknown: Vec::new(),
        }
    }
}

impl Default for Case {
    fn default() -> Self {
        Scenario::default().case()
    }
}

impl Scenario {
    /// The fragment that [`Scenario::from_fragment`] reads back as this scenario, without the `#`.
    ///
    /// # Errors
    /// When it would be too long or the batch is too varied.
    pub fn to_fragment(&self) -> Result<String, LinkError> {
        write::fragment(self)
    }

    /// Reads a fragment, with or without its `#`. Never fails: what cannot be read is a warning and keeps
    /// its default.
    pub fn from_fragment(text: &str) -> (Self, Vec<Warning>) {
        read::scenario(text)
    }

    /// The part of it that another scenario would have in its place.
    pub fn case(&self) -> Case {
        Case {
            model: self.model.clone(),
            workload: self.workload.clone(),
            hardware: self.hardware.clone(),
            accounting: self.accounting,
            formats: self.formats.clone(),
            serving: self.serving,
        }
    }

    /// What a link to this scenario tells whoever gets it, as a sentence to show before it is copied.
    pub fn contents(&self) -> String {
        let model = match &self.model {
            ModelSource::BuiltIn(_) => "the model's name".to_owned(),
            ModelSource::Hub { commit: None, .. } => "the model's name on the Hub".to_owned(),
            ModelSource::Hub { commit: Some(_), .. } => {
                "the model's name on the Hub and its commit".to_owned()
            }
            ModelSource::Pasted { config } => {
                format!(
                    "the pasted config ({} characters, reduced to the keys that matter)",
                    config.chars().count()
                )
            }
        };
        let device = match &self.hardware {
            DeviceChoice::None => "",
            DeviceChoice::BuiltIn(_) => ", the device's name",
            DeviceChoice::Custom(_) => ", the name and the figures of your device",
        };
        let versus = match &self.versus[..] {
            [] => String::new(),
            cases => {
                let pasted = |case: &&Case| {
                    matches!(case.model, ModelSource::Pasted { .. }) && case.model != self.model
                };
                let configs = match cases.iter().filter(pasted).count() {
                    0 => "",
                    _ => ", pasted configs among it",
                };
                format!(" It also holds what differs in {} to compare with{configs}.", counted(cases.len()))
            }
        };
        format!("The link contains {model}{device} and the workload.{versus}")
    }
}

fn counted(scenarios: usize) -> String {
    format!("{scenarios} scenario{}", if scenarios == 1 { "" } else { "s" })
}

impl DeviceChoice {
    /// The device, if one is chosen.
    pub fn hardware(&self) -> Option<Hardware> {
        match self {
            DeviceChoice::None => None,
            DeviceChoice::BuiltIn(id) => Hardware::find(id),
            DeviceChoice::Custom(hardware) => Some((**hardware).clone()),
        }
    }
}

#[cfg(test)]
mod tests;
