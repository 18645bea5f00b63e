//! What is asked of the model.

use crate::engine::Report;
use crate::engine::model::Precision;
use crate::ui::components::{Field, field, segmented};
use crate::ui::forms::{LoadErrors, LoadField, Mode, Phase, WorkloadForm};
use crate::ui::state::Action;
use std::rc::Rc;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct WorkloadPanelProps {
    pub form: WorkloadForm,
    pub report: Option<Rc<Report>>,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn WorkloadPanel(props: &WorkloadPanelProps) -> Html {
    let WorkloadPanelProps { form, report, dispatch } = props;
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
                { precision(report) }
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

/// Which types the model has, and which the device computes in.
fn precision(report: &Report) -> Html {
    let Precision { weights, activations, kv_cache } = report.model.precision;
    html! {
        <dl class="pairs">
            <dt>{ "Weights" }</dt><dd>{ weights.name() }</dd>
            <dt>{ "Activations" }</dt><dd>{ activations.name() }</dd>
            <dt>{ "KV cache" }</dt><dd>{ kv_cache.name() }</dd>
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
    }
}
