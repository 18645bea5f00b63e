//! A scenario as the page has it, the one on show or one kept beside it.

use super::forms::{Phase, WorkloadForm};
use super::state::State;
use super::subject::Subject;
use crate::engine::catalog::Entry;
use crate::engine::hardware::{Compute, PRESETS, Preset};
use crate::engine::precision::Words;
use crate::engine::serving::{Deployment, Plan, Serving, plan};
use crate::engine::{Accounting, Error, Hardware, Report, Workload, analyze};
use crate::hub::ModelRef;
use crate::share::MAX_VERSUS;
use std::rc::Rc;

/// What decides the figures of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    pub model: Held,
    pub workload: Rc<Workload>,
    pub hardware: Rc<Hardware>,
    pub accounting: Accounting,
    pub formats: Words,
    pub serving: Serving,
}

/// The model of a scenario, or where it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Held {
    Here(Rc<Subject>),
    /// On the Hub, which is asked only when the scenario is opened.
    Away {
        model: ModelRef,
        /// The commit that a link names.
        commit: Option<String>,
    },
}

/// What a further scenario has otherwise than the one on show.
#[derive(Clone, Debug, PartialEq)]
pub enum Variation {
    /// Nothing yet: the one on show is what will be changed.
    Nothing,
    Device(&'static Preset),
    /// The word of a format.
    Weights(&'static str),
    Phase(Phase),
    Model(&'static Entry),
}

impl Setup {
    /// The scenario on show; none before there is a model.
    pub fn of(state: &State) -> Option<Self> {
        Some(Setup {
            model: Held::Here(state.subject.clone()?),
            workload: Rc::clone(&state.workload),
            hardware: Rc::clone(&state.hardware),
            accounting: state.accounting,
            formats: state.formats.clone(),
            serving: state.serving,
        })
    }

    pub fn subject(&self) -> Option<&Rc<Subject>> {
        match &self.model {
            Held::Here(subject) => Some(subject),
            Held::Away { .. } => None,
        }
    }

    /// What the model costs; none where it is not here.
    pub fn report(&self) -> Option<Result<Report, Error>> {
        let model = &self.subject()?.model;
        Some(analyze(model, &self.workload, &self.accounting, Some(&self.hardware)))
    }

    /// What the deployment comes to; none where the model is not here.
    pub fn plan(&self) -> Option<Result<Plan, Error>> {
        let deployment = Deployment { hardware: (*self.hardware).clone(), serving: self.serving };
        Some(plan(&self.subject()?.model, &self.workload, &deployment))
    }
}

impl Variation {
    /// The scenario that differs so; none where it would not, or makes no sense.
    pub fn on(&self, setup: &Setup) -> Option<Setup> {
        let mut next = setup.clone();
        match self {
            Variation::Nothing => return Some(next),
            Variation::Device(preset) => next.hardware = Rc::new(Hardware::find(preset.id)?),
            Variation::Weights(word) => {
                next.formats.weights = Some((*word).to_owned());
                let kept = (**setup.subject()?).clone().kept_in(&next.formats);
                next.model = Held::Here(Rc::new(kept));
            }
            Variation::Phase(phase) => {
                let mut form = WorkloadForm::of(&setup.workload);
                form.start(*phase);
                next.workload = Rc::new(form.read().ok()?);
            }
            Variation::Model(entry) => {
                let subject = Subject::built_in(entry)?.kept_in(&setup.formats);
                next.model = Held::Here(Rc::new(subject));
            }
        }
        (next != *setup).then_some(next)
    }

    /// What is worth a click: the scenario as it is, and those that differ in one thing that is often asked
    /// about. None that is kept already.
    pub fn offers(setup: &Setup, kept: &[Setup]) -> Vec<Self> {
        if kept.len() >= MAX_VERSUS {
            return Vec::new();
        }
        let phase = match WorkloadForm::of(&setup.workload).phase() {
            Some(Phase::Prefill) => Some(Phase::Decode),
            Some(Phase::Decode) => Some(Phase::Prefill),
            // Of a batch of different queries there is no one context to hand over.
            None => None,
        };
        let offers = [
            Some(Variation::Nothing),
            next_larger(&setup.hardware).map(Variation::Device),
            Some(Variation::Weights("fp8")),
            Some(Variation::Weights("int4-g128")),
            phase.map(Variation::Phase),
        ];
        let fresh = |offer: &Variation| offer.on(setup).is_some_and(|next| !kept.contains(&next));
        offers.into_iter().flatten().filter(fresh).collect()
    }
}

/// The device with the next more memory that is in no way slower, from the same vendor if there is one.
fn next_larger(hardware: &Hardware) -> Option<&'static Preset> {
    let peak =
        |peaks: &[(Compute, f64)]| peaks.iter().find(|row| row.0 == Compute::Bf16).map_or(0.0, |row| row.1);
    let larger = |preset: &&Preset| {
        preset.memory_bytes > hardware.memory_bytes
            && preset.bandwidth >= hardware.bandwidth
            && peak(preset.peaks) >= peak(&hardware.peaks)
    };
    PRESETS.iter().filter(larger).min_by_key(|preset| (preset.vendor != hardware.vendor, preset.memory_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::catalog;

    fn setup() -> Setup {
        Setup::of(&State::first_view()).unwrap()
    }

    #[test]
    fn a_variation_changes_one_thing() {
        let first = setup();
        let l4 = PRESETS.iter().find(|preset| preset.id == "l4-24gb").unwrap();
        let other = catalog::find("meta-llama/Llama-3.1-8B").unwrap();
        let report = |setup: &Setup| setup.report().unwrap().unwrap();
        let before = report(&first);
        let next = |variation: Variation| variation.on(&first).unwrap();

        let device = next(Variation::Device(l4));
        assert_eq!((device.hardware.id.as_ref(), &device.model), ("l4-24gb", &first.model));
        assert_eq!(report(&device).total, before.total);
        // A byte an element in place of two, and a scale a matrix.
        let weights = report(&next(Variation::Weights("fp8"))).total.weight_bytes.0 as f64;
        assert!((before.total.weight_bytes.0 as f64 / weights - 2.0).abs() < 0.01);
        let prefill = next(Variation::Phase(Phase::Prefill));
        assert_eq!(*prefill.workload, Workload::uniform(0, 1024, 1).unwrap());
        assert_eq!(next(Variation::Model(other)).subject().unwrap().title(), other.id);
        assert_eq!(next(Variation::Nothing), first);
        // What it is already is no variation.
        let same = PRESETS.iter().find(|preset| preset.id == first.hardware.id).unwrap();
        for nothing in [Variation::Device(same), Variation::Phase(Phase::Decode)] {
            assert_eq!(nothing.on(&first), None);
        }
        // Another model comes in the formats that were chosen.
        let both = Variation::Model(other).on(&next(Variation::Weights("fp8"))).unwrap();
        assert_eq!(report(&both).model.weight_format(), "fp8");
    }

    #[test]
    fn what_is_kept_is_offered_no_more() {
        let first = setup();
        let all = Variation::offers(&first, &[]);
        let words: Vec<String> = all.iter().map(Variation::words).collect();
        assert_eq!(words, ["Keep this one", "On H200 141GB SXM", "fp8 weights", "4-bit weights", "Prefill"]);
        for offer in &all {
            let kept = [offer.on(&first).unwrap()];
            let left = Variation::offers(&first, &kept);
            assert!(!left.contains(offer) && left.len() == all.len() - 1, "{offer:?}");
        }
        assert_eq!(Variation::offers(&first, &vec![first.clone(); MAX_VERSUS]), []);
    }

    #[test]
    fn the_next_larger_device_is_no_slower() {
        for preset in PRESETS {
            let hardware = Hardware::find(preset.id).unwrap();
            let Some(next) = next_larger(&hardware) else { continue };
            assert!(next.memory_bytes > preset.memory_bytes && next.bandwidth >= preset.bandwidth);
        }
        let next = |id: &str| next_larger(&Hardware::find(id).unwrap()).map(|preset| preset.id);
        assert_eq!(next("h100"), Some("h200-141gb-sxm"));
        let largest = PRESETS.iter().max_by_key(|preset| preset.memory_bytes).unwrap();
        assert_eq!(next(largest.id), None);
    }
}
