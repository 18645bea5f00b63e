//! What the page knows, what can happen to it, and what it knows then. No web types: a table of
//! (state, action) tests it.

use super::forms::{
    DeviceField, DeviceForm, LoadField, Mode, Phase, ServingField, ServingForm, WorkloadForm,
};
use super::setup::{Setup, Variation};
use super::subject::{Subject, Trouble};
use super::table::{Column, Sort};
use crate::engine::catalog::{self, Entry};
use crate::engine::explain::Figure;
use crate::engine::precision::Words;
use crate::engine::report::Row;
use crate::engine::serving::sweep::{Measure, Sweep};
use crate::engine::serving::{Ceiling, Serving};
use crate::engine::{Accounting, Hardware, Workload};
use crate::hub::{BaseError, Fetched, HubBase, HubError, ModelRef};
use crate::share::{Embed, Scenario, Warning};
use std::rc::Rc;

mod opening;
mod reduce;
#[cfg(test)]
mod tests;

/// Everything the page is drawn from.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The model box, as typed.
    pub text: Rc<str>,
    /// Why the text of the box is no model.
    pub trouble: Option<Trouble>,
    pub fetch: Fetch,
    /// Fetched configs by the Hub and the reference that was asked for, so that going back asks
    /// nobody. The newest comes last.
    pub fetched: Vec<(HubBase, ModelRef, Rc<Fetched>)>,
    pub token: String,
    pub base: String,
    pub load_form: WorkloadForm,
    pub device_form: DeviceForm,
    pub serving_form: ServingForm,
    /// What the answer is about: always the last that made sense.
    pub subject: Option<Rc<Subject>>,
    pub workload: Rc<Workload>,
    pub hardware: Rc<Hardware>,
    /// How the model is served: always the last that made sense.
    pub serving: Serving,
    /// What is varied, as typed.
    pub sweep_text: String,
    /// What is varied: always the last that made sense.
    pub sweeps: Rc<Vec<Sweep>>,
    pub measure: Measure,
    pub accounting: Accounting,
    /// The accounting that the layers' figures are set against; never the one in force.
    pub compare: Option<Accounting>,
    /// Formats in place of the config's.
    pub formats: Words,
    /// Scenarios to compare with the one on show, at most [`MAX_VERSUS`](crate::share::MAX_VERSUS).
    pub beside: Vec<Setup>,
    pub hovered: Option<RowId>,
    /// The row whose details are open.
    pub pinned: Option<RowId>,
    /// The figure of the pinned row that was asked about.
    pub figure: Option<Figure>,
    pub sort: Sort,
    /// What an opened link could not tell.
    pub warnings: Vec<String>,
    /// The layer that a link points out, until its model is there.
    pub wanted: Option<String>,
    /// What alone is shown, in a frame of another page.
    pub embed: Option<Embed>,
    /// Keys of the link that mean nothing here; kept for whoever knows them.
    pub unknown: Vec<(String, String)>,
    pub toast: Option<Toast>,
    /// What the clipboard refused.
    pub to_copy: Option<Rc<ToCopy>>,
    /// Counts fetches and toasts, so that a late answer is told from the awaited one.
    pub ticket: u32,
}

/// A row of the report by its group and layer in the model: it stays the same under every accounting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowId(pub usize, pub usize);

impl RowId {
    pub fn of(row: &Row) -> Self {
        RowId(row.at.0, row.at.1)
    }
}

/// The request for a config, if there is one.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Fetch {
    #[default]
    Idle,
    Running {
        ticket: u32,
        model: ModelRef,
        /// What to ask for in place of the model's own revision: the commit that a link names.
        commit: Option<String>,
        /// Bytes so far.
        received: usize,
    },
    Failed(HubError),
}

/// A sentence that goes away by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    pub ticket: u32,
    pub text: String,
}

/// Text to be copied by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToCopy {
    pub what: &'static str,
    pub text: String,
}

/// What a format can be chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Weights,
    Activations,
    Cache,
}

/// Everything that can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Type(String),
    Choose(&'static Entry),
    OpenFile {
        name: String,
        text: String,
    },
    /// Reads a config of an unknown family as a plain llama-like one.
    ReadAsLlama,
    Fetch,
    Progress {
        ticket: u32,
        received: usize,
    },
    Fetched {
        ticket: u32,
        result: Result<Fetched, HubError>,
    },
    CancelFetch,
    SetToken(String),
    SetBase(String),
    SetLoad(LoadField, String),
    Start(Phase),
    Describe(Mode),
    ChooseDevice(String),
    SetDevice(DeviceField, String),
    SetServing(ServingField, String),
    Reach(Ceiling),
    Fuse(bool),
    /// Varies what the text says; an empty one nothing.
    Vary(String),
    Measure(Measure),
    SetAccounting(Accounting),
    Compare(Option<Accounting>),
    /// Keeps something in the format of that word; an empty one leaves the config's.
    Keep(Kept, String),
    /// One more scenario to compare with.
    Beside(Variation),
    /// Shows a scenario that is kept; the one on show takes its place.
    Swap(usize),
    Drop(usize),
    DropAll,
    Hover(Option<RowId>),
    /// Opens the row's details, or closes them when they are open.
    Pin(RowId),
    Explain(RowId, Figure),
    SortBy(Column),
    Escape,
    Say(String),
    Hush(u32),
    OfferCopy(&'static str, String),
    CloseCopy,
    DismissWarnings,
    /// An opened link, or a step back or forward.
    Open(Box<Scenario>, Vec<Warning>),
}

impl State {
    /// The page without a link.
    pub fn first_view() -> Self {
        let mut state = State {
            text: catalog::DEFAULT_ID.into(),
            trouble: None,
            fetch: Fetch::Idle,
            fetched: Vec::new(),
            token: String::new(),
            base: HubBase::default().to_string(),
            load_form: WorkloadForm::default(),
            device_form: DeviceForm::default(),
            serving_form: ServingForm::default(),
            subject: None,
            workload: Rc::default(),
            hardware: Rc::default(),
            serving: Serving::default(),
            sweep_text: String::new(),
            sweeps: Rc::default(),
            measure: Measure::default(),
            accounting: Accounting::default(),
            compare: None,
            formats: Words::default(),
            beside: Vec::new(),
            hovered: None,
            pinned: None,
            figure: None,
            sort: Sort::default(),
            warnings: Vec::new(),
            wanted: None,
            embed: None,
            unknown: Vec::new(),
            toast: None,
            to_copy: None,
            ticket: 0,
        };
        state.read_text();
        state
    }

    /// The Hub that is asked unless an address in the box names another.
    pub fn hub(&self) -> Result<HubBase, BaseError> {
        HubBase::parse(&self.base)
    }

    /// Whether the answer is not of what the fields say, but of what they said last that made sense.
    pub fn is_stale(&self) -> bool {
        self.trouble.is_some() || self.load_form.read().is_err() || self.device_form.read().is_err()
    }
}
