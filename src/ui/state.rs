//! What the page knows, what can happen to it, and what it knows then. No web types: a table of
//! (state, action) tests it.

use super::forms::{DeviceField, DeviceForm, LoadField, Mode, Phase, WorkloadForm};
use super::link;
use super::subject::{Refused, Subject, Trouble};
use super::table::{Column, Sort};
use crate::engine::catalog::{self, Entry};
use crate::engine::explain::Figure;
use crate::engine::families::asking_for_llama;
use crate::engine::report::Row;
use crate::engine::{Accounting, Hardware, Workload};
use crate::hub::{BaseError, Fetched, HubBase, HubError, ModelRef, Pasted, classify};
use crate::share::{ModelSource, Scenario, Warning};
use std::rc::Rc;

/// Everything the page is drawn from.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The model box, as typed.
    pub text: Rc<str>,
    /// Why the text of the box is no model.
    pub trouble: Option<Trouble>,
    pub fetch: Fetch,
    /// Fetched configs by the reference that was asked for, so that going back asks nobody.
    pub fetched: Vec<(ModelRef, Rc<Fetched>)>,
    pub token: String,
    pub base: String,
    pub load_form: WorkloadForm,
    pub device_form: DeviceForm,
    /// What the answer is about: always the last that made sense.
    pub subject: Option<Rc<Subject>>,
    pub workload: Rc<Workload>,
    pub hardware: Rc<Hardware>,
    pub accounting: Accounting,
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
    SetAccounting(Accounting),
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
            subject: None,
            workload: Rc::default(),
            hardware: Rc::default(),
            accounting: Accounting::default(),
            hovered: None,
            pinned: None,
            figure: None,
            sort: Sort::default(),
            warnings: Vec::new(),
            wanted: None,
            unknown: Vec::new(),
            toast: None,
            to_copy: None,
            ticket: 0,
        };
        state.read_text();
        state
    }

    /// The state after an action.
    #[must_use]
    pub fn after(&self, action: Action) -> Self {
        let mut next = self.clone();
        next.apply(action);
        next
    }

    fn apply(&mut self, action: Action) {
        match action {
            Action::Type(text) => {
                self.text = text.into();
                self.read_text();
            }
            Action::Choose(entry) => {
                self.choose(entry);
            }
            Action::OpenFile { name, text } => {
                self.text = text.into();
                self.fetch = Fetch::Idle;
                self.read_config(&name);
            }
            Action::ReadAsLlama => self.read_as_llama(),
            Action::Fetch => self.start_fetch(None),
            Action::Progress { ticket, received: so_far } => {
                if let Fetch::Running { ticket: awaited, received, .. } = &mut self.fetch
                    && *awaited == ticket
                {
                    *received = so_far;
                }
            }
            Action::Fetched { ticket, result } => self.end_fetch(ticket, result),
            Action::CancelFetch => self.fetch = Fetch::Idle,
            Action::SetToken(token) => self.token = token,
            Action::SetBase(base) => self.base = base,
            Action::SetLoad(field, text) => {
                self.load_form.set(field, text);
                self.read_load();
            }
            Action::Start(phase) => {
                self.load_form.start(phase);
                self.read_load();
            }
            Action::Describe(mode) => {
                self.load_form.switch(mode);
                self.read_load();
            }
            Action::ChooseDevice(id) => {
                self.device_form.choose(&id, &self.hardware);
                self.read_device();
            }
            Action::SetDevice(field, text) => {
                self.device_form.set(field, text);
                self.read_device();
            }
            Action::SetAccounting(accounting) => self.accounting = accounting,
            Action::Hover(row) => self.hovered = row,
            Action::Pin(row) => {
                self.pinned = (self.pinned != Some(row)).then_some(row);
                self.figure = None;
            }
            Action::Explain(row, figure) => {
                let open = self.pinned == Some(row) && self.figure == Some(figure);
                self.pinned = (!open).then_some(row);
                self.figure = (!open).then_some(figure);
            }
            Action::SortBy(column) => self.sort = self.sort.after_click(column),
            Action::Escape => self.close_topmost(),
            Action::Say(text) => {
                self.ticket += 1;
                self.toast = Some(Toast { ticket: self.ticket, text });
            }
            Action::Hush(ticket) => {
                if self.toast.as_ref().is_some_and(|toast| toast.ticket == ticket) {
                    self.toast = None;
                }
            }
            Action::OfferCopy(what, text) => self.to_copy = Some(Rc::new(ToCopy { what, text })),
            Action::CloseCopy => self.to_copy = None,
            Action::DismissWarnings => self.warnings.clear(),
            Action::Open(scenario, warnings) => self.open(*scenario, &warnings),
        }
    }

    /// The Hub that is asked unless an address in the box names another.
    pub fn hub(&self) -> Result<HubBase, BaseError> {
        HubBase::parse(&self.base)
    }

    /// Whether the answer is not of what the fields say, but of what they said last that made sense.
    pub fn is_stale(&self) -> bool {
        self.trouble.is_some() || self.load_form.read().is_err() || self.device_form.read().is_err()
    }

    /// Reads the box: a config and a built-in model are analysed at once, anything else waits for a fetch.
    fn read_text(&mut self) {
        self.fetch = Fetch::Idle;
        self.trouble = None;
        match classify(&self.text) {
            Pasted::Empty => {}
            Pasted::Json => self.read_config(""),
            Pasted::Reference(model) => {
                if let Some(subject) = self.at_hand(&model) {
                    self.show(subject);
                }
            }
            Pasted::Unclear(why) if why.is_unfinished() => {}
            Pasted::Unclear(why) => self.trouble = Some(Trouble::Name(why)),
        }
    }

    /// The built-in model itself, even if the Hub's version of it has been fetched.
    fn choose(&mut self, entry: &'static Entry) {
        self.text = entry.id.into();
        self.fetch = Fetch::Idle;
        self.trouble = None;
        if let Some(subject) = Subject::built_in(entry) {
            self.show(subject);
        }
    }

    fn read_config(&mut self, file: &str) {
        match Subject::pasted(&self.text, file) {
            Ok(subject) => {
                self.trouble = None;
                self.show(subject);
            }
            Err(error) => self.trouble = Some(Trouble::Config { of: None, error }),
        }
    }

    /// The request goes into the text, where it can be seen, edited and linked to.
    fn read_as_llama(&mut self) {
        let (text, name) = match self.trouble.take() {
            Some(Trouble::Config { of: Some(of), .. }) => {
                (of.text, of.repo.rsplit('/').next().unwrap_or_default().to_owned())
            }
            _ => (Rc::clone(&self.text), String::new()),
        };
        self.text = asking_for_llama(&text).into();
        self.read_config(&name);
    }

    /// The model, where neither asking nor waiting is needed.
    fn at_hand(&self, model: &ModelRef) -> Option<Subject> {
        if let Some((_, config)) = self.fetched.iter().find(|(asked, _)| asked == model) {
            let hub = self.asked_hub(model);
            return Subject::fetched(model, hub, config).ok();
        }
        let plain = model.base.is_none() && model.revision.is_none();
        catalog::find(&model.repo).filter(|_| plain).and_then(Subject::built_in)
    }

    fn start_fetch(&mut self, commit: Option<String>) {
        match classify(&self.text) {
            Pasted::Reference(model) => {
                self.ticket += 1;
                self.trouble = None;
                self.fetch = Fetch::Running { ticket: self.ticket, model, commit, received: 0 };
            }
            Pasted::Unclear(why) => self.trouble = Some(Trouble::Name(why)),
            // There is nothing to fetch; the box says what it holds.
            Pasted::Empty | Pasted::Json => {}
        }
    }

    fn end_fetch(&mut self, awaited: u32, result: Result<Fetched, HubError>) {
        let Fetch::Running { ticket, model, .. } = &self.fetch else { return };
        if *ticket != awaited {
            return;
        }
        let model = model.clone();
        self.fetch = match result {
            Ok(config) => {
                self.take(model, config);
                Fetch::Idle
            }
            Err(HubError::Cancelled) => Fetch::Idle,
            Err(error) => {
                if error.drops_token() {
                    self.token.clear();
                }
                Fetch::Failed(error)
            }
        };
    }

    fn take(&mut self, model: ModelRef, config: Fetched) {
        match Subject::fetched(&model, self.asked_hub(&model), &config) {
            Ok(subject) => {
                self.fetched.push((model, Rc::new(config)));
                self.trouble = None;
                self.show(subject);
            }
            Err(error) => {
                let of = Refused { repo: model.repo, text: config.text.into() };
                self.trouble = Some(Trouble::Config { of: Some(of), error });
            }
        }
    }

    fn asked_hub(&self, model: &ModelRef) -> HubBase {
        model.base.clone().or_else(|| self.hub().ok()).unwrap_or_default()
    }

    fn show(&mut self, subject: Subject) {
        if self.subject.as_deref() != Some(&subject) {
            (self.hovered, self.pinned, self.figure) = (None, None, None);
            self.subject = Some(Rc::new(subject));
        }
        if let (Some(name), Some(subject)) = (self.wanted.take(), &self.subject) {
            self.pinned = subject.row_named(&name);
        }
    }

    fn read_load(&mut self) {
        if let Ok(workload) = self.load_form.read() {
            self.workload = Rc::new(workload);
        }
    }

    fn read_device(&mut self) {
        if let Ok(hardware) = self.device_form.read() {
            self.hardware = Rc::new(hardware);
        }
    }

    fn close_topmost(&mut self) {
        self.toast = None;
        if self.to_copy.take().is_none() {
            (self.hovered, self.pinned, self.figure) = (None, None, None);
        }
    }

    fn open(&mut self, scenario: Scenario, warnings: &[Warning]) {
        let hardware = scenario.hardware.hardware();
        self.warnings = warnings.iter().map(ToString::to_string).collect();
        self.load_form = WorkloadForm::of(&scenario.workload);
        self.workload = Rc::new(scenario.workload);
        self.hardware = Rc::new(hardware.ok().flatten().unwrap_or_default());
        self.device_form = DeviceForm::of(&self.hardware);
        self.accounting = scenario.accounting;
        self.unknown = scenario.unknown;
        self.wanted = scenario.selection;
        (self.pinned, self.figure) = (None, None);
        let before = self.subject.take();
        self.text = link::text_of(&scenario.model).into();
        match scenario.model {
            ModelSource::BuiltIn(id) => match catalog::find(id) {
                Some(entry) => self.choose(entry),
                None => self.read_text(),
            },
            ModelSource::Hub { commit, .. } => {
                self.read_text();
                if self.subject.is_none() {
                    self.start_fetch(commit);
                }
            }
            ModelSource::Pasted { .. } => self.read_text(),
        }
        // The same model keeps its place, so that nothing is drawn anew.
        if before == self.subject {
            self.subject = before;
        }
    }
}

#[cfg(test)]
mod tests;
