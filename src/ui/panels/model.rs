//! What is analysed: one box for a Hub id, an address or a config, and the built-in models.

use super::hub::{hub_settings, refusal};
use super::reads::reads;
use crate::engine::catalog::{Entry, MODELS};
use crate::hub::{HubBase, ModelRef, Pasted, classify};
use crate::ui::components::{Choice, Combobox};
use crate::ui::files::read_file;
use crate::ui::hooks::MODEL_BOX;
use crate::ui::state::{Action, Fetch};
use crate::ui::subject::{Source, Subject, Trouble};
use crate::ui::words::parameter_count;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct ModelPanelProps {
    pub text: Rc<str>,
    pub trouble: Option<Trouble>,
    pub fetch: Fetch,
    pub subject: Option<Rc<Subject>>,
    pub token: AttrValue,
    pub base: AttrValue,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn ModelPanel(props: &ModelPanelProps) -> Html {
    let ModelPanelProps { text, trouble, fetch, subject, token, base, dispatch } = props;
    let holds = classify(text);
    let fetching = matches!(fetch, Fetch::Running { .. });
    let can_fetch = matches!(holds, Pasted::Reference(_)) && HubBase::parse(base).is_ok();
    let choices = use_memo((), |()| built_in());
    let chosen = subject.as_ref().and_then(|subject| match subject.source {
        Source::BuiltIn(entry) => MODELS.iter().position(|other| other.id == entry.id),
        Source::Hub { .. } | Source::Pasted => None,
    });

    let oninput = dispatch.reform(|event: InputEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
        Action::Type(target.map(|area| area.value()).unwrap_or_default())
    });
    let onkeydown = {
        let dispatch = dispatch.clone();
        let one_line = !matches!(holds, Pasted::Json);
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && one_line && !event.shift_key() && !event.is_composing() {
                event.prevent_default();
                dispatch.emit(Action::Fetch);
            }
        })
    };
    let onchange = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: Event| {
            let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            let Some(input) = input else { return };
            if let Some(file) = input.files().and_then(|files| files.get(0)) {
                read_file(file, dispatch.clone());
            }
            // The same file may be chosen again after an edit.
            input.set_value("");
        })
    };
    let file_input = use_node_ref();
    let upload = {
        let file_input = file_input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = file_input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let rows = text.lines().count().clamp(1, 14).to_string();

    html! {
        <section class="panel" aria-labelledby="model-title">
            <h2 id="model-title">{ "Model" }</h2>
            <label class="visually-hidden" for={MODEL_BOX}>
                { "Hugging Face id, address, or the text of a config.json" }
            </label>
            <textarea
                id={MODEL_BOX}
                class={classes!("model-text", matches!(holds, Pasted::Json).then_some("model-json"))}
                {rows}
                value={AttrValue::from(Rc::clone(text))}
                placeholder="org/name, an address, or paste a config.json"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-invalid={trouble.is_some().then_some("true")}
                aria-describedby="model-note"
                {oninput} {onkeydown}
            />
            <div id="model-note" class="model-note">{ note(props, &holds) }</div>
            <div class="buttons">
                if fetching {
                    <button type="button" onclick={dispatch.reform(|_| Action::CancelFetch)}>{ "Cancel" }</button>
                } else {
                    <button type="button" disabled={!can_fetch} onclick={dispatch.reform(|_| Action::Fetch)}>
                        { "Fetch from the Hub" }
                    </button>
                }
                <button type="button" onclick={upload}>{ "Open a file…" }</button>
                <input
                    ref={file_input}
                    class="file-input"
                    type="file"
                    accept=".json,application/json"
                    aria-label="config.json file"
                    tabindex="-1"
                    hidden=true
                    {onchange}
                />
            </div>
            if let Fetch::Failed(error) = fetch {
                { refusal(error) }
            }
            <Combobox
                id="built-in"
                label="Built in, works offline"
                placeholder={format!("Search {} models", MODELS.len())}
                choices={(*choices).clone()}
                {chosen}
                on_choose={dispatch.reform(|i: usize| Action::Choose(&MODELS[i]))}
            />
            if let Some(subject) = subject {
                { reads(&subject.model) }
            }
            { hub_settings(token, base, dispatch) }
        </section>
    }
}

/// The line below the box: what is wrong with the text, or what it stands for.
fn note(props: &ModelPanelProps, holds: &Pasted) -> Html {
    if let Fetch::Running { model, received, .. } = &props.fetch {
        let so_far = match received {
            0 => "asking…".to_owned(),
            bytes => format!("{} so far…", crate::engine::Bytes(*bytes as u128).human()),
        };
        return html! {
            <p class="note" role="status">
                <progress aria-label="Fetching" />
                { format!("{}: {so_far}", model.repo) }
            </p>
        };
    }
    if let Some(trouble) = &props.trouble {
        return wrong(trouble, &props.dispatch);
    }
    let text = match (holds, &props.fetch) {
        // The refusal says what to do.
        (_, Fetch::Failed(_)) | (Pasted::Unclear(_), _) => String::new(),
        (Pasted::Empty, _) => "Drop a file anywhere on the page, or press / to come back here.".to_owned(),
        (Pasted::Json, _) => props.subject.as_ref().map(|subject| read(subject)).unwrap_or_default(),
        (Pasted::Reference(model), _) => about(props.subject.as_deref(), model),
    };
    html! { <p class="note">{ text }</p> }
}

fn read(subject: &Subject) -> String {
    format!("{}, {} blocks. Analysed as you type.", subject.model.model_type, subject.model.num_blocks())
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
fn wrong(trouble: &Trouble, dispatch: &Callback<Action>) -> Html {
    html! {
        <>
        <p class="note note-wrong" role="alert">
            if let Some((place, key)) = trouble.place() {
                <strong class="place">
                    { place }
                    if let Some(key) = key {
                        { " · " }<code>{ key.to_owned() }</code>
                    }
                </strong>
            }
            { trouble.message() }
        </p>
        if trouble.is_llama_like() {
            <button type="button" onclick={dispatch.reform(|_| Action::ReadAsLlama)}>
                { "Read it as llama all the same" }
            </button>
        }
        </>
    }
}

fn built_in() -> Vec<Choice> {
    let size = |entry: &Entry| {
        let model = entry.model().ok()?;
        let report = crate::engine::analyze(&model, &Default::default(), &Default::default(), None).ok()?;
        Some(parameter_count(report.model.parameters.total))
    };
    MODELS
        .iter()
        .map(|entry| Choice {
            name: AttrValue::Static(entry.id),
            detail: size(entry).unwrap_or_default().into(),
        })
        .collect()
}
