//! What each action does to the state.

use super::{Action, Fetch, Kept, State, ToCopy, Toast};
use crate::engine::catalog::{self, Entry};
use crate::engine::families::asking_for_llama;
use crate::engine::serving::sweep::{self, Measure};
use crate::hub::{Fetched, HubBase, HubError, ModelRef, Pasted, classify};
use crate::share::MAX_VERSUS;
use crate::ui::setup::Setup;
use crate::ui::subject::{Refused, Subject, Trouble};
use std::rc::Rc;

impl State {
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
            Action::SetServing(field, text) => {
                self.serving_form.set(field, text);
                if let Ok(serving) = self.serving_form.read(&self.serving) {
                    self.serving = serving;
                }
            }
            Action::Reach(ceiling) => {
                self.serving.ceiling = ceiling;
                self.serving_form.reach(&ceiling);
            }
            Action::Fuse(fused) => self.serving.fused = fused,
            Action::Vary(text) => self.vary(text),
            Action::Measure(measure) => self.measure = measure,
            Action::SetAccounting(accounting) => {
                // Taking the other side of a comparison swaps the sides.
                if self.compare == Some(accounting) {
                    self.compare = Some(self.accounting).filter(|before| *before != accounting);
                }
                self.accounting = accounting;
            }
            Action::Keep(what, word) => self.keep(what, word),
            Action::Compare(other) => self.compare = other.filter(|other| *other != self.accounting),
            Action::Beside(variation) => {
                let next = Setup::of(self).and_then(|now| variation.on(&now));
                self.beside.extend(next.filter(|_| self.beside.len() < MAX_VERSUS));
            }
            Action::Swap(place) => self.swap(place),
            Action::Drop(place) => {
                if place < self.beside.len() {
                    self.beside.remove(place);
                }
            }
            Action::DropAll => self.beside.clear(),
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

    fn vary(&mut self, text: String) {
        if let Ok(sweeps) = sweep::read(&text) {
            // Of two things at once the question is what one costs in the other.
            if (self.sweeps.len() < 2) == (sweeps.len() > 1) {
                self.measure = if sweeps.len() > 1 { Measure::Tradeoff } else { Measure::default() };
            }
            self.sweeps = Rc::new(sweeps);
        }
        self.sweep_text = text;
    }

    /// Reads the box: a config and a built-in model are analysed at once, anything else waits for a fetch.
    pub(super) fn read_text(&mut self) {
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
    pub(super) fn choose(&mut self, entry: &'static Entry) {
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
        let plain = model.base.is_none() && model.revision.is_none();
        let built_in = || catalog::find(&model.repo).filter(|_| plain).and_then(Subject::built_in);
        self.known(model, None).or_else(built_in)
    }

    /// What the Hub has sent for the model: at a commit, or last of all.
    pub(super) fn known(&self, model: &ModelRef, commit: Option<&str>) -> Option<Subject> {
        let hub = self.asked_hub(model);
        let (.., config) = self.fetched.iter().rev().find(|(of, asked, config)| {
            *of == hub && asked == model && (commit.is_none() || config.commit.as_deref() == commit)
        })?;
        Subject::fetched(model, hub, config).ok()
    }

    pub(super) fn start_fetch(&mut self, commit: Option<String>) {
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
        let hub = self.asked_hub(&model);
        match Subject::fetched(&model, hub.clone(), &config) {
            Ok(subject) => {
                let fetched = (hub, model, Rc::new(config));
                self.fetched.retain(|known| *known != fetched);
                self.fetched.push(fetched);
                self.fill_in();
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

    fn keep(&mut self, what: Kept, word: String) {
        let mut formats = self.formats.clone();
        let place = match what {
            Kept::Weights => &mut formats.weights,
            Kept::Activations => &mut formats.activations,
            Kept::Cache => &mut formats.kv_cache,
        };
        *place = Some(word).filter(|word| !word.is_empty());
        if formats.read().is_ok() {
            self.formats = formats;
            if let Some(subject) = self.subject.clone() {
                self.show((*subject).clone());
            }
        }
    }

    pub(super) fn show(&mut self, subject: Subject) {
        let subject = subject.kept_in(&self.formats);
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
}
