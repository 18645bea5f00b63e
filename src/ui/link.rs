//! The page's state as what a link holds.

use super::setup::{Held, Setup};
use super::state::State;
use super::subject::{Source, Subject};
use crate::engine::Hardware;
use crate::engine::hardware::{CUSTOM_ID, PRESETS};
use crate::hub::ModelRef;
use crate::share::{Case, DeviceChoice, Embed, LinkError, ModelSource, Scenario};

/// What is on show, for whoever takes it away.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub scenario: Scenario,
    /// The same in a few words: `Llama-2-7b-hf · H100 80GB SXM5 · decode at 1,024`.
    pub words: String,
}

/// What is on show; none before there is a model.
pub fn shown(state: &State) -> Option<Shown> {
    Some(Shown { scenario: scenario(state)?, words: Setup::of(state)?.words() })
}

/// A fragment that shows this part alone, or the whole page; with the scenarios beside it or without.
///
/// # Errors
/// When it would be too long.
pub fn fragment(shown: &Shown, embed: Option<Embed>, beside: bool) -> Result<String, LinkError> {
    let mut scenario = shown.scenario.clone();
    scenario.embed = embed;
    if !beside {
        scenario.versus.clear();
    }
    scenario.to_fragment()
}

/// HTML that shows this part in another page; `page` is the page's address without what follows the #.
///
/// # Errors
/// When its link would be too long.
pub fn frame(shown: &Shown, embed: Embed, beside: bool, page: &str) -> Result<String, LinkError> {
    let escaped = |text: &str| {
        let text = text.replace('&', "&amp;").replace('"', "&quot;");
        text.replace('<', "&lt;").replace('>', "&gt;")
    };
    let source = format!("{page}#{}", fragment(shown, Some(embed), beside)?);
    let what = match embed {
        Embed::Chart => "Roofline",
        Embed::Table => "Layers",
    };
    let title = format!("{what}: {}", shown.words);
    Ok(format!(
        "<iframe src=\"{}\" title=\"{}\" width=\"100%\" height=\"480\" loading=\"lazy\" frameborder=\"0\"></iframe>",
        escaped(&source),
        escaped(&title)
    ))
}

/// What decides the figures on show; none before there are any.
pub fn scenario(state: &State) -> Option<Scenario> {
    let subject = state.subject.as_ref()?;
    Some(Scenario {
        model: model(subject),
        workload: (*state.workload).clone(),
        hardware: device(&state.hardware),
        accounting: state.accounting,
        compare: state.compare,
        formats: state.formats.clone(),
        serving: state.serving,
        sweeps: state.sweeps.to_vec(),
        measure: state.measure,
        versus: state.beside.iter().map(case).collect(),
        embed: state.embed,
        selection: state.pinned.and_then(|row| subject.name_of(row)).map(str::to_owned),
        unknown: state.unknown.clone(),
    })
}

fn case(setup: &Setup) -> Case {
    Case {
        model: match &setup.model {
            Held::Here(subject) => model(subject),
            Held::Away { model, commit } => ModelSource::Hub {
                repo: model.repo.clone(),
                revision: model.revision.clone(),
                commit: commit.clone(),
            },
        },
        workload: (*setup.workload).clone(),
        hardware: device(&setup.hardware),
        accounting: setup.accounting,
        formats: setup.formats.clone(),
        serving: setup.serving,
    }
}

/// What the model box holds for a model that is shown again.
pub fn box_text(subject: &Subject) -> String {
    match &subject.source {
        Source::Hub { asked, .. } => asked.to_string(),
        Source::BuiltIn(_) | Source::Pasted => text_of(&model(subject)),
    }
}

/// What the model box holds for the model of a link.
pub fn text_of(model: &ModelSource) -> String {
    match model {
        ModelSource::BuiltIn(id) => (*id).to_owned(),
        ModelSource::Hub { repo, revision, .. } => {
            let model = ModelRef { repo: repo.clone(), revision: revision.clone(), base: None };
            model.to_string()
        }
        ModelSource::Pasted { config } => indented(config),
    }
}

fn model(subject: &Subject) -> ModelSource {
    match &subject.source {
        Source::BuiltIn(entry) => ModelSource::BuiltIn(entry.id),
        Source::Hub { asked, hub, commit } if hub.is_default() => ModelSource::Hub {
            repo: asked.repo.clone(),
            revision: asked.revision.clone(),
            commit: commit.clone(),
        },
        // Whoever opens the link need not know that Hub, nor ask it.
        Source::Hub { .. } | Source::Pasted => {
            ModelSource::Pasted { config: subject.model.reduced().to_string() }
        }
    }
}

fn device(hardware: &Hardware) -> DeviceChoice {
    if hardware.id != CUSTOM_ID
        && let Some(preset) = PRESETS.iter().find(|preset| preset.id == hardware.id)
    {
        return DeviceChoice::BuiltIn(preset.id);
    }
    DeviceChoice::Custom(Box::new(hardware.clone()))
}

/// A reduced config comes on one line; people read it on several.
fn indented(config: &str) -> String {
    let value = serde_json::from_str::<serde_json::Value>(config);
    value.and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or_else(|_| config.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::serving::Ceiling;
    use crate::engine::serving::sweep::Measure;
    use crate::engine::{Accounting, Workload, catalog};
    use crate::ui::forms::{DeviceField, DeviceForm, Phase, ServingField};
    use crate::ui::setup::Variation;
    use crate::ui::state::{Action, Kept, RowId};

    fn after(actions: impl IntoIterator<Item = Action>) -> State {
        actions.into_iter().fold(State::first_view(), |state, action| state.after(action))
    }

    #[test]
    fn a_link_opens_what_it_was_made_of() {
        let custom = [
            Action::ChooseDevice(CUSTOM_ID.to_owned()),
            Action::SetDevice(DeviceField::Peak, "123.5".to_owned()),
            Action::SetDevice(DeviceField::Fp8, "247".to_owned()),
            Action::SetDevice(DeviceField::Link, "50".to_owned()),
        ];
        let pasted = catalog::find("meta-llama/Llama-3.1-8B").unwrap().config.to_owned();
        for actions in [
            vec![],
            vec![Action::Choose(catalog::find("meta-llama/Llama-3.1-70B").unwrap())],
            vec![Action::Type(pasted), Action::SetAccounting(Accounting::EXACT)],
            vec![Action::ChooseDevice("l4-24gb".to_owned()), Action::Pin(RowId(1, 2))],
            vec![Action::Compare(Some(Accounting::TORCH)), Action::Pin(RowId(1, 2))],
            vec![
                Action::SetServing(ServingField::Tensor, "4".to_owned()),
                Action::SetServing(ServingField::Output, "64".to_owned()),
                Action::Reach(Ceiling::ACHIEVABLE),
                Action::Fuse(false),
            ],
            vec![Action::Keep(Kept::Weights, "q4_0".to_owned()), Action::Keep(Kept::Cache, "fp8".to_owned())],
            vec![Action::Vary("batch=1..64 devices=1..4".to_owned()), Action::Measure(Measure::Rate)],
            vec![
                Action::Beside(Variation::Nothing),
                Action::ChooseDevice("l4-24gb".to_owned()),
                Action::Keep(Kept::Weights, "q4_0".to_owned()),
                Action::Beside(Variation::Phase(Phase::Prefill)),
                Action::Beside(Variation::Model(&catalog::MODELS[3])),
            ],
            custom.into_iter().chain([Action::Beside(Variation::Weights("fp8"))]).collect(),
        ] {
            let state = after(actions);
            let fragment = scenario(&state).unwrap().to_fragment().unwrap();
            let (read, warnings) = Scenario::from_fragment(&fragment);
            assert_eq!(warnings, []);
            let opened = State::first_view().after(Action::Open(Box::new(read), warnings));
            assert_eq!(scenario(&opened), scenario(&state), "{fragment}");
            assert_eq!(opened.pinned, state.pinned);
            assert_eq!(opened.beside, state.beside);
        }
    }

    #[test]
    fn a_frame_shows_its_part_of_the_same_state() {
        let state = after([
            Action::ChooseDevice(CUSTOM_ID.to_owned()),
            Action::SetDevice(DeviceField::Name, "\"<Abacus>\" & sons".to_owned()),
            Action::Beside(Variation::Nothing),
            Action::Keep(Kept::Weights, "fp8".to_owned()),
        ]);
        let shown = shown(&state).unwrap();
        for (beside, others) in [(true, 1), (false, 0)] {
            let code = frame(&shown, Embed::Table, beside, "https://a.example/?x&y").unwrap();
            assert!(
                code.contains("title=\"Layers: Llama-2-7b-hf · &quot;&lt;Abacus&gt;&quot; &amp; sons · "),
                "{code}"
            );
            let source = code.split('"').nth(1).unwrap().replace("&amp;", "&");
            let (page, link) = source.split_once('#').unwrap();
            assert_eq!(page, "https://a.example/?x&y");
            let (mut read, warnings) = Scenario::from_fragment(link);
            assert_eq!(
                (read.embed.take(), read.versus.len(), warnings),
                (Some(Embed::Table), others, vec![])
            );
            read.versus = shown.scenario.versus.clone();
            assert_eq!(read, shown.scenario);
        }
        let whole = state.after(Action::Open(Box::new(Scenario::from_fragment("v=1&embed=chart").0), vec![]));
        assert_eq!(whole.embed, Some(Embed::Chart));
        assert_eq!(scenario(&whole).unwrap().to_fragment().unwrap(), "v=1&embed=chart");
    }

    #[test]
    fn a_device_survives_its_form() {
        let state = after([Action::ChooseDevice(CUSTOM_ID.to_owned())]);
        assert_eq!(DeviceForm::of(&state.hardware).read().unwrap(), *state.hardware);
        assert_eq!(*state.workload, Workload::default());
    }
}
