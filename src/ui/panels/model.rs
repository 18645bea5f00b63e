//! What is analysed: one box for a Hub id, an address or a config, and the built-in models.

use super::hub::{hub_settings, refusal};
use super::reads::reads;
use crate::engine::catalog::{Entry, MODELS};
use crate::hub::{HubBase, ModelRef, Pasted, classify};
use crate::ui::components::{Choice, Choices, Combobox};
use crate::ui::dom::{Dispatch, El, Node, On, button, el, list};
use crate::ui::files::read_file;
use crate::ui::hooks::MODEL_BOX;
use crate::ui::part::{Hooks, View, part};
use crate::ui::state::{Action, Fetch};
use crate::ui::subject::{Source, Subject, Trouble};
use crate::ui::words::{count, parameter_count};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, KeyboardEvent};
use yew::{AttrValue, Html};

#[derive(PartialEq)]
pub struct ModelPanel {
    pub text: Rc<str>,
    pub trouble: Option<Trouble>,
    pub fetch: Fetch,
    pub subject: Option<Rc<Subject>>,
    pub token: String,
    pub base: String,
    pub dispatch: Dispatch,
}

impl View for ModelPanel {
    const NAME: &'static str = "model";

    fn view(&self, hooks: &mut Hooks) -> Html {
        let ModelPanel { text, trouble, fetch, subject, token, base, dispatch } = self;
        let holds = classify(text);
        let can_fetch = matches!(holds, Pasted::Reference(_)) && HubBase::parse(base).is_ok();
        let chosen = subject.as_ref().and_then(|subject| match subject.source {
            Source::BuiltIn(entry) => {
                MODELS.iter().position(|other| other.id == entry.id).map(|at| (at, entry.id))
            }
            Source::Hub { .. } | Source::Pasted => None,
        });
        let fetch_button =
            match fetch {
                Fetch::Running { .. } => button("Cancel").send(On::onclick, dispatch, Action::CancelFetch),
                Fetch::Idle | Fetch::Failed(_) => button("Fetch from the Hub")
                    .flag("disabled", !can_fetch)
                    .send(On::onclick, dispatch, Action::Fetch),
            };
        let refused = match fetch {
            Fetch::Failed(error) => Some(refusal(error)),
            Fetch::Idle | Fetch::Running { .. } => None,
        };
        let built_in = Combobox {
            id: "built-in",
            label: "Built in, works offline",
            placeholder: format!("Search {} models", MODELS.len()),
            choices: Choices(built_in),
            chosen,
            nothing: "No built-in model matches. Type its Hub id in the box above to fetch it.",
            on_choose: dispatch.reform(|i: usize| Action::Choose(&MODELS[i])),
        };
        let label = "Hugging Face id, address, or the text of a config.json";
        el("section.panel")
            .attr("aria-labelledby", "model-title")
            .child(el("h2").attr("id", "model-title").child("Model"))
            .child(el("label.visually-hidden").attr("for", MODEL_BOX).child(label))
            .child(model_box(text, &holds, trouble.is_some(), dispatch))
            .child(el("div.model-note").attr("id", "model-note").child(note(self, &holds)))
            .child(el("div.buttons").child(fetch_button).child(open_file(hooks, dispatch)))
            .child(refused)
            .child(part(built_in))
            .child(subject.as_ref().map(|subject| reads(&subject.model)))
            .child(hub_settings(token, base, dispatch))
            .into()
    }
}

fn model_box(text: &Rc<str>, holds: &Pasted, wrong: bool, dispatch: &Dispatch) -> El {
    let json = matches!(holds, Pasted::Json);
    let on_key = {
        let dispatch = dispatch.clone();
        move |event: KeyboardEvent| {
            if event.key() == "Enter" && !json && !event.shift_key() && !event.is_composing() {
                event.prevent_default();
                dispatch.emit(Action::Fetch);
            }
        }
    };
    el(if json { "textarea.model-text model-json" } else { "textarea.model-text" })
        .attr("id", MODEL_BOX)
        .number("rows", rows(text))
        .holds(AttrValue::from(Rc::clone(text)))
        .attr("placeholder", "org/name, an address, or paste a config.json")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("aria-invalid", wrong.then_some("true"))
        .attr("aria-describedby", "model-note")
        .send_text(On::oninput, dispatch, Action::Type)
        .on(On::onkeydown, on_key)
}

/// How many lines the box shows at least, where a browser does not fit it to its text: a line of it is broken
/// after about 40 letters.
fn rows(text: &str) -> u64 {
    text.lines().map(|line| 1 + line.len() / 40).sum::<usize>().clamp(1, 14) as u64
}

/// A button in place of the browser's own control, which stays hidden.
fn open_file(hooks: &mut Hooks, dispatch: &Dispatch) -> Html {
    let file_input = hooks.node();
    let press = {
        let file_input = file_input.clone();
        move |_: Event| {
            if let Some(input) = file_input.cast::<HtmlInputElement>() {
                input.click();
            }
        }
    };
    let dispatch = dispatch.clone();
    let chosen = move |event: Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input else { return };
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            read_file(file, dispatch.clone());
        }
        // The same file may be chosen again after an edit.
        input.set_value("");
    };
    let input = el("input.file-input")
        .bind(&file_input)
        .attr("type", "file")
        .attr("accept", ".json,application/json")
        .attr("aria-label", "config.json file")
        .attr("tabindex", "-1")
        .flag("hidden", true)
        .on(On::onchange, chosen);
    list([button("Open a file…").on(On::onclick, press), input])
}

/// The line below the box: what is wrong with the text, or what it stands for.
fn note(panel: &ModelPanel, holds: &Pasted) -> Html {
    if let Fetch::Running { model, received, .. } = &panel.fetch {
        let so_far = match received {
            0 => "asking…".to_owned(),
            bytes => format!("{} so far…", crate::engine::Bytes(*bytes as u128).human()),
        };
        return el("p.note")
            .attr("role", "status")
            .child(el("progress").attr("aria-label", "Fetching"))
            .child(format!("{}: {so_far}", model.repo))
            .into();
    }
    if let Some(trouble) = &panel.trouble {
        return wrong(trouble, &panel.dispatch);
    }
    let text = match (holds, &panel.fetch) {
        // The refusal says what to do.
        (_, Fetch::Failed(_)) | (Pasted::Unclear(_), _) => String::new(),
        (Pasted::Empty, _) => "Drop a file anywhere on the page, or press / to come back here.".to_owned(),
        (Pasted::Json, _) => panel.subject.as_ref().map(|subject| read(subject)).unwrap_or_default(),
        (Pasted::Reference(model), _) => about(panel.subject.as_deref(), model),
    };
    el("p.note").child(text).into()
}

fn read(subject: &Subject) -> String {
    format!(
        "{}, {}. Analysed as you type.",
        subject.model.model_type,
        count(subject.model.num_blocks().into(), "block")
    )
}

fn about(shown: Option<&Subject>, model: &ModelRef) -> String {
    let source = shown.map(|subject| (&subject.source, subject));
    match source {
        Some((Source::BuiltIn(entry), _)) if entry.id.eq_ignore_ascii_case(&model.repo) => {
            "Built in. Fetch takes what the Hub has today.".to_owned()
        }
        Some((Source::Hub { asked, .. }, subject)) if asked == model => format!("Read {}.", subject.origin()),
        _ => match &model.base {
            Some(base) => format!("Press Enter to fetch it from {}.", base.host()),
            None => "Press Enter to fetch it.".to_owned(),
        },
    }
}

/// What is wrong, the place in the text first.
fn wrong(trouble: &Trouble, dispatch: &Dispatch) -> Html {
    let place = trouble.place().map(|(place, key)| {
        let key = key.map(|key| list([" · ".node(), el("code").child(key.to_owned()).node()]));
        el("strong.place").child(place).child(key)
    });
    let llama = trouble
        .is_llama_like()
        .then(|| button("Read it as llama all the same").send(On::onclick, dispatch, Action::ReadAsLlama));
    let known = trouble.known().map(|known| {
        el("details.fold")
            .child(el("summary").child(format!("The {} families it knows", known.len())))
            .child(el("p.note").child(known.join(", ")))
    });
    let said = el("p.note note-wrong").attr("role", "alert").child(place).child(trouble.message());
    list([Some(said), llama, known])
}

/// Every built-in model with its size, for which each is read and counted.
fn built_in() -> Vec<Choice> {
    let size = |entry: &Entry| {
        let model = entry.model().ok()?;
        let report = crate::engine::analyze(&model, &Default::default(), &Default::default(), None).ok()?;
        Some(parameter_count(report.model.parameters.total))
    };
    let choice = |entry: &Entry| Choice { name: entry.id, detail: size(entry).unwrap_or_default().into() };
    MODELS.iter().map(choice).collect()
}
