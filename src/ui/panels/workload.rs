//! What is asked of the model.

use crate::engine::Report;
use crate::engine::hardware::Compute;
use crate::engine::model::Precision;
use crate::engine::precision::{Overrides, Words};
use crate::ui::components::{Field, Options, field, segmented, select};
use crate::ui::dom::{Dispatch, Node, el, list};
use crate::ui::forms::{LoadErrors, LoadField, Mode, Phase, WorkloadForm};
use crate::ui::part::{Hooks, View, keyed};
use crate::ui::state::{Action, Kept};
use std::rc::Rc;
use yew::Html;

#[derive(PartialEq)]
pub struct WorkloadPanel {
    pub form: WorkloadForm,
    pub report: Option<Rc<Report>>,
    pub formats: Words,
    pub dispatch: Dispatch,
}

impl View for WorkloadPanel {
    const NAME: &'static str = "workload";

    fn view(&self, _: &mut Hooks) -> Html {
        let WorkloadPanel { form, report, formats, dispatch } = self;
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
        el("section.panel")
            .attr("aria-labelledby", "workload-title")
            .child(el("h2").attr("id", "workload-title").child("Workload"))
            .child(segmented("Kind of step", &["Decode", "Prefill", "Ragged"], pressed, &on_press))
            .child(fields(form, errors, dispatch))
            .child(report.as_ref().map(|report| precision(report, formats, dispatch)))
            .into()
    }
}

fn fields(form: &WorkloadForm, errors: LoadErrors, dispatch: &Dispatch) -> Html {
    let list_of = form.mode == Mode::List;
    let line =
        |of: LoadField, id, [uniform, ragged]: [&'static str; 2], examples: [&'static str; 2], error| {
            let (label, placeholder) = if list_of { (ragged, examples[1]) } else { (uniform, examples[0]) };
            let batch = of == LoadField::Batch;
            let hint = if list_of && batch { "Empty: the list once. A multiple repeats it." } else { "" };
            let look = Field {
                id,
                label,
                hint,
                placeholder,
                wide: list_of && !batch,
                value: form.text(of),
                error,
                ..Field::default()
            };
            field(look, dispatch, move |text| Action::SetLoad(of, text))
        };
    let cached = ["Cached tokens", "Cached tokens, one number per query"];
    let input = ["Input tokens", "Input tokens, one number per query"];
    let note = match errors.all {
        Some(wrong) => el("p.note note-wrong").attr("role", "alert").child(wrong),
        None => el("p.note").child("1k is 1,024 tokens, 128k is 131,072, 1M is 1,048,576."),
    };
    list([
        line(LoadField::Cached, "cached-tokens", cached, ["1024", "1048576 1024"], errors.cached),
        line(LoadField::Input, "input-tokens", input, ["1", "1 1"], errors.input),
        line(LoadField::Batch, "batch-size", ["Batch size"; 2], ["1", ""], errors.batch),
        note,
    ])
}

/// What the model is kept in, to be chosen otherwise, and what the device computes in.
fn precision(report: &Report, formats: &Words, dispatch: &Dispatch) -> Html {
    let Precision { weights, activations, kv_cache } = report.model.precision;
    let line = |kept, chosen: &Option<String>, own: &str| {
        let (chosen, own) = (chosen.clone(), own.to_owned());
        keyed(kept as usize, KeptIn { kept, chosen, own, dispatch: dispatch.clone() })
    };
    let found = report.model.quantization.as_ref().filter(|found| !found.formats.is_empty());
    let found = found.map(|found| {
        let from = (!found.source.is_empty())
            .then(|| list([", from ".node(), el("code").child(found.source.to_string()).node()]));
        let rest = match found.unquantized.as_slice() {
            [] => ".".to_owned(),
            plain => format!(". {} in {}.", plain.join(", "), weights.name()),
        };
        let method = format!("{}, {:.2} bits a weight", found.method, found.bits_per_weight);
        el("p.note").child(method).child(from).child(rest)
    });
    let computed = report.roofline.as_ref().map(|roofline| {
        let why = |wanted: Compute| el("span.why").child(format!("the device has no {}", wanted.name()));
        list([
            el("dt").child("Computed in"),
            el("dd").child(roofline.compute.name()).child(roofline.instead_of.map(why)),
        ])
    });
    list([
        line(Kept::Weights, &formats.weights, &report.model.weight_format()),
        line(Kept::Activations, &formats.activations, activations.name()),
        line(Kept::Cache, &formats.kv_cache, &kv_cache.name()),
        found.node(),
        el("dl.pairs").child(computed).node(),
    ])
}

/// A choice of a format: the one in use comes first and is the config's unless another is chosen.
#[derive(PartialEq)]
struct KeptIn {
    kept: Kept,
    chosen: Option<String>,
    /// What it is without a choice.
    own: String,
    dispatch: Dispatch,
}

impl View for KeptIn {
    const NAME: &'static str = "kept in";

    fn view(&self, _: &mut Hooks) -> Html {
        let KeptIn { kept, chosen, own, dispatch } = self;
        let kept = *kept;
        let (label, id, words) = match kept {
            Kept::Weights => ("Weights", "kept-weights", Overrides::weight_words()),
            Kept::Activations => ("Activations", "kept-activations", Overrides::activation_words()),
            Kept::Cache => ("KV cache", "kept-cache", Overrides::cache_words()),
        };
        let own = if chosen.is_none() { own.clone() } else { "as the config says".to_owned() };
        let mut options = Options::default();
        options.add("", own, chosen.is_none());
        for word in words {
            options.add(word.clone(), word.clone(), chosen.as_ref() == Some(&word));
        }
        let select = select(options, dispatch, move |word| Action::Keep(kept, word)).attr("id", id);
        el("div.field").child(el("label").attr("for", id).child(label)).child(select).into()
    }
}
