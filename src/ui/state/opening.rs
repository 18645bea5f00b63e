//! What puts a whole scenario in place of the one on show: a link, or one that was kept beside it.

use super::{Fetch, State};
use crate::engine::Error;
use crate::engine::catalog;
use crate::engine::lineup::letter;
use crate::engine::serving::sweep;
use crate::hub::{ModelRef, Pasted, classify};
use crate::share::{Case, ModelSource, Scenario, Warning};
use crate::ui::forms::{DeviceForm, ServingForm, WorkloadForm};
use crate::ui::link;
use crate::ui::setup::{Held, Setup};
use crate::ui::subject::{Subject, sentence};
use std::rc::Rc;

impl State {
    pub(super) fn swap(&mut self, place: usize) {
        let (Some(now), Some(next)) = (Setup::of(self), self.beside.get_mut(place)) else { return };
        let next = std::mem::replace(next, now);
        self.load_form = WorkloadForm::of(&next.workload);
        self.workload = next.workload;
        self.device_form = DeviceForm::of(&next.hardware);
        self.hardware = next.hardware;
        self.serving_form = ServingForm::of(&next.serving);
        self.serving = next.serving;
        self.accounting = next.accounting;
        self.compare = self.compare.filter(|other| *other != self.accounting);
        self.formats = next.formats;
        match next.model {
            Held::Here(subject) => {
                self.text = link::box_text(&subject).into();
                (self.fetch, self.trouble) = (Fetch::Idle, None);
                self.show((*subject).clone());
            }
            Held::Away { model, commit } => {
                self.text = model.to_string().into();
                self.subject = None;
                self.start_fetch(commit);
            }
        }
    }

    /// A scenario of a link, with its model where neither asking nor waiting is needed.
    fn setup(&self, case: Case) -> Result<Option<Setup>, Error> {
        let Case { model, workload, hardware, accounting, formats, serving } = case;
        let here = |subject: Subject| Held::Here(Rc::new(subject.kept_in(&formats)));
        let model = match model {
            ModelSource::BuiltIn(id) => catalog::find(id).and_then(Subject::built_in).map(here),
            ModelSource::Pasted { config } => Some(here(Subject::pasted(&config, "")?)),
            ModelSource::Hub { repo, revision, commit } => {
                let model = ModelRef { repo, revision, base: None };
                let known = self.known(&model, commit.as_deref()).map(here);
                Some(known.unwrap_or(Held::Away { model, commit }))
            }
        };
        let hardware = hardware.hardware().unwrap_or_default();
        let (workload, hardware) = (Rc::new(workload), Rc::new(hardware));
        Ok(model.map(|model| Setup { model, workload, hardware, accounting, formats, serving }))
    }

    /// Gives scenarios their models that the Hub has sent by now.
    pub(super) fn fill_in(&mut self) {
        let arrived = |setup: &Setup| {
            let Held::Away { model, commit } = &setup.model else { return None };
            let subject = self.known(model, commit.as_deref())?.kept_in(&setup.formats);
            Some(Held::Here(Rc::new(subject)))
        };
        let models: Vec<Option<Held>> = self.beside.iter().map(arrived).collect();
        for (setup, model) in self.beside.iter_mut().zip(models) {
            setup.model = model.unwrap_or_else(|| setup.model.clone());
        }
    }

    pub(super) fn open(&mut self, scenario: Scenario, warnings: &[Warning]) {
        let hardware = scenario.hardware.hardware().unwrap_or_default();
        self.warnings = warnings.iter().map(ToString::to_string).collect();
        self.load_form = WorkloadForm::of(&scenario.workload);
        self.workload = Rc::new(scenario.workload);
        self.hardware = Rc::new(hardware);
        self.device_form = DeviceForm::of(&self.hardware);
        self.serving_form = ServingForm::of(&scenario.serving);
        self.serving = scenario.serving;
        self.sweep_text = sweep::write(&scenario.sweeps, " ");
        self.sweeps = Rc::new(scenario.sweeps);
        self.measure = scenario.measure;
        self.accounting = scenario.accounting;
        self.compare = scenario.compare.filter(|other| *other != scenario.accounting);
        self.formats = scenario.formats;
        self.embed = scenario.embed;
        self.unknown = scenario.unknown;
        self.wanted = scenario.selection;
        let mut beside = Vec::new();
        for (place, case) in scenario.versus.into_iter().enumerate() {
            match self.setup(case) {
                Ok(setup) => beside.extend(setup),
                Err(error) => self.warnings.push(format!(
                    "Scenario {} of the link was left out: {}",
                    letter(place + 1),
                    sentence(&error.to_string())
                )),
            }
        }
        self.beside = beside;
        (self.pinned, self.figure) = (None, None);
        let before = self.subject.take();
        self.text = link::text_of(&scenario.model).into();
        match scenario.model {
            ModelSource::BuiltIn(id) => match catalog::find(id) {
                Some(entry) => self.choose(entry),
                None => self.read_text(),
            },
            // Never the built-in model of that name: the link means what the Hub has.
            ModelSource::Hub { commit, .. } => match classify(&self.text) {
                Pasted::Reference(model) => match self.known(&model, commit.as_deref()) {
                    Some(subject) => {
                        (self.fetch, self.trouble) = (Fetch::Idle, None);
                        self.show(subject);
                    }
                    None => self.start_fetch(commit),
                },
                _ => self.read_text(),
            },
            ModelSource::Pasted { .. } => self.read_text(),
        }
        // The same model keeps its place, so that nothing is drawn anew.
        if before == self.subject {
            self.subject = before;
        }
    }
}
