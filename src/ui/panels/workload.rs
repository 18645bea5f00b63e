//! What is asked of the model.

use crate::engine::Report;
use crate::engine::model::Precision;
use crate::engine::precision::{Overrides, Words};
use crate::ui::components::{Field, field, segmented};
use crate::ui::forms::{LoadErrors, LoadField, Mode, Phase, WorkloadForm};
use crate::ui::state::{Action, Kept};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct WorkloadPanelProps {
    pub form: WorkloadForm,
    pub report: Option<Rc<Report>>,
    pub formats: Words,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn WorkloadPanel(props: &WorkloadPanelProps) -> Html {
    let WorkloadPanelProps { form, report, formats, dispatch } = props;
    let errors = form.read().err().unwrap_or_default();
    let pressed = match (form.mode, form.phase()) {
        (Mode::List, _) => Some(2),
        (Mode::Uniform, Some(Phase::Decode)) => Some(0),
        (Mode::Uniform, Some(Phase::Prefill)) => Some(1),
        (Mode::Uniform, None) => None,
    };
    let on_press = dispatch.reform(|i| match i {
        0 => Action::Start(Phase::Decode),
        1 => Action::Start(Phase::Prefill),
        _ => Action::Describe(Mode::List),
    });
    html! {
        <section class="panel" aria-labelledby="workload-title">
            <h2 id="workload-title">{ "Workload" }</h2>
            { segmented("Kind of step", &["Decode", "Prefill", "Ragged"], pressed, &on_press) }
            { fields(form, errors, dispatch) }
            if let Some(report) = report {
                { precision(report, formats, dispatch) }
            }
        </section>
    }
}

fn fields(form: &WorkloadForm, errors: LoadErrors, dispatch: &Callback<Action>) -> Html {
    let list = form.mode == Mode::List;
    let line = |id: &'static str, of: LoadField, label, error: Option<String>, hint, placeholder| {
        let wide = list && of != LoadField::Batch;
        let on_input = dispatch.reform(move |text| Action::SetLoad(of, text));
        let value = form.text(of);
        field(Field { id, label, hint, placeholder, wide, value, error, ..Field::default() }, &on_input)
    };
    html! {
        <>
            if list {
                { line("cached-tokens", LoadField::Cached, "Cached tokens, one number per query", errors.cached, "", "1048576 1024") }
                { line("input-tokens", LoadField::Input, "Input tokens, one number per query", errors.input, "", "1 1") }
                { line("batch-size", LoadField::Batch, "Batch size", errors.batch, "Empty: the list once. A multiple repeats it.", "") }
            } else {
                { line("cached-tokens", LoadField::Cached, "Cached tokens", errors.cached, "", "1024") }
                { line("input-tokens", LoadField::Input, "Input tokens", errors.input, "", "1") }
                { line("batch-size", LoadField::Batch, "Batch size", errors.batch, "", "1") }
            }
            if let Some(wrong) = errors.all {
                <p class="note note-wrong" role="alert">{ wrong }</p>
            } else {
                <p class="note">{ "1k is 1,024 tokens, 128k is 131,072, 1M is 1,048,576." }</p>
            }
        </>
    }
}

/// What the model is kept in, to be chosen otherwise, and what the device computes in.
fn precision(report: &Report, formats: &Words, dispatch: &Callback<Action>) -> Html {
    let Precision { weights, activations, kv_cache } = report.model.precision;
    let quantization = report.model.quantization.as_ref();
    let line = |kept, label: &'static str, id: &'static str, chosen: &Option<String>, now: String, words| {
        kept_in(kept, (label, id), chosen.as_deref(), &now, words, dispatch)
    };
    html! {
        <>
        { line(Kept::Weights, "Weights", "kept-weights", &formats.weights, report.model.weight_format(), Overrides::weight_words()) }
        { line(Kept::Activations, "Activations", "kept-activations", &formats.activations, activations.name().to_owned(), Overrides::activation_words()) }
        { line(Kept::Cache, "KV cache", "kept-cache", &formats.kv_cache, kv_cache.name(), Overrides::cache_words()) }
        if let Some(found) = quantization.filter(|found| !found.formats.is_empty()) {
            <p class="note">
                { format!("{}, {:.2} bits a weight", found.method, found.bits_per_weight) }
                if !found.source.is_empty() {
                    { ", from " }<code>{ &found.source }</code>
                }
                if !found.unquantized.is_empty() {
                    { format!(". {} in {}", found.unquantized.join(", "), weights.name()) }
                }
                { "." }
            </p>
        }
        <dl class="pairs">
            if let Some(roofline) = &report.roofline {
                <dt>{ "Computed in" }</dt>
                <dd>
                    { roofline.compute.name() }
                    if let Some(wanted) = roofline.instead_of {
                        <span class="why">{ format!("the device has no {}", wanted.name()) }</span>
                    }
                </dd>
            }
        </dl>
        </>
    }
}

/// A choice of a format: the one in use comes first and is the config's unless another is chosen.
fn kept_in(
    kept: Kept,
    (label, id): (&'static str, &'static str),
    chosen: Option<&str>,
    now: &str,
    words: Vec<String>,
    dispatch: &Callback<Action>,
) -> Html {
    let onchange = dispatch.reform(move |event: Event| {
        let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        Action::Keep(kept, select.map(|select| select.value()).unwrap_or_default())
    });
    let own = if chosen.is_none() { now } else { "as the config says" };
    html! {
        <div class="field">
            <label for={id}>{ label }</label>
            <select {id} {onchange}>
                <option value="" selected={chosen.is_none()}>{ own }</option>
                for word in words {
                    <option value={word.clone()} selected={chosen == Some(word.as_str())}>{ word }</option>
                }
            </select>
        </div>
    }
}
