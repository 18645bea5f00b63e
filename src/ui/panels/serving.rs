//! How fast it can be served, on how many devices, and whether it fits.

use super::storage::{CACHE, MORE, REST, WEIGHTS, shares};
use super::takeaway::{copy_text, plain, save_text};
use crate::engine::model::Model;
use crate::engine::quantity::percent;
use crate::engine::serving::{Ceiling, Plan, Serving, Share};
use crate::export::{self, Format};
use crate::ui::components::{Field, field, figure, fold, segmented, terms};
use crate::ui::dom::{Dispatch, El, Node, el, list};
use crate::ui::forms::{ServingErrors, ServingField, ServingForm};
use crate::ui::hooks::Planned;
use crate::ui::part::{Hooks, State, View};
use crate::ui::state::Action;
use crate::ui::subject::{Subject, complaint};
use crate::ui::words::serving::{held, outlook};
use std::cell::RefCell;
use std::rc::Rc;
use yew::Html;

#[derive(PartialEq)]
pub struct ServingPanel {
    pub form: ServingForm,
    pub serving: Serving,
    pub subject: Rc<Subject>,
    pub plan: Planned,
    pub dispatch: Dispatch,
}

impl View for ServingPanel {
    const NAME: &'static str = "serving";

    fn view(&self, hooks: &mut Hooks) -> Html {
        let ServingPanel { form, serving, subject, plan, dispatch } = self;
        let last = hooks.keep(RefCell::<Option<Planned>>::default);
        let open = hooks.state(|| false);
        let answer = match &**plan {
            Ok(known) => {
                last.replace(Some(plan.clone()));
                list([answer(known, open), take(plan, subject, dispatch)])
            }
            // The last answer stays, and is seen to be of something else.
            Err(error) => {
                let before =
                    last.borrow().as_ref().and_then(|plan| plan.as_ref().ok().map(|plan| answer(plan, open)));
                let before = before.map(|before| el("div.serving-answer stale").child(before));
                list([wrong_with(complaint(error)).node(), before.node()])
            }
        };
        let intro = "The workload is the prompt and yields the first token; each further one is a decode step with \
                     the context it then has. All times are bounds, none is a measurement.";
        el("section.serving")
            .attr("aria-labelledby", "serving-title")
            .child(el("h2").attr("id", "serving-title").child("Serving"))
            .child(el("p.note").child(terms(intro)))
            .child(controls(form, serving, &subject.model, dispatch))
            .child(answer)
            .into()
    }
}

fn controls(form: &ServingForm, serving: &Serving, model: &Model, dispatch: &Dispatch) -> El {
    let ServingErrors { fields: mut wrong, all } =
        form.read(serving).err().map(|errors| *errors).unwrap_or_default();
    let mut one = |what: ServingField| {
        let (id, label, unit) = match what {
            ServingField::Output => ("output-tokens", "Tokens to generate", ""),
            ServingField::Tensor => ("tensor-parallel", "Tensor parallel", ""),
            ServingField::Pipeline => ("pipeline-parallel", "Pipeline stages", ""),
            ServingField::Expert => ("expert-parallel", "Expert parallel", ""),
            ServingField::Data => ("data-parallel", "Data parallel", ""),
            ServingField::Compute => ("reached-compute", "Compute reached", "%"),
            ServingField::Bandwidth => ("reached-bandwidth", "Bandwidth reached", "%"),
            ServingField::Reserve => ("reserve", "Memory kept free", "%"),
            ServingField::Port => ("network-bandwidth", "To other nodes", "GB/s"),
            ServingField::Latency => ("link-latency", "Latency in a node", "µs"),
            ServingField::FarLatency => ("network-latency", "Latency across", "µs"),
        };
        let error = wrong[what as usize].take();
        let placeholder = if what == ServingField::Compute { "measured" } else { "" };
        let (value, keyboard) = (form.text(what), "decimal");
        let look = Field { id, label, value, unit, error, placeholder, keyboard, ..Field::default() };
        field(look, dispatch, move |text| Action::SetServing(what, text))
    };
    let asked =
        ServingField::DEGREES.into_iter().filter(|what| *what != ServingField::Expert || model.has_experts());
    let fields = el("div.serving-fields").each(asked.map(&mut one));
    let assumed = el("details.fold")
        .child(el("summary").child("Ceilings, reserve and network"))
        .child(el("div.serving-fields").each(ServingField::ASSUMED.map(&mut one)));
    let named = Ceiling::NAMED.iter().position(|row| row.1 == serving.ceiling);
    let reach = dispatch.reform(|i: usize| Action::Reach(Ceiling::NAMED[i.min(1)].1));
    let fuse = dispatch.reform(|i: usize| Action::Fuse(i == 0));
    let choices = el("div.serving-choices")
        .child(segmented("What is reached", &Ceiling::NAMED.map(|row| row.2), named, &reach))
        .child(segmented(
            "Element-wise layers",
            &["Fused", "Unfused"],
            Some(usize::from(!serving.fused)),
            &fuse,
        ));
    el("div.serving-controls").child(fields).child(choices).child(assumed).child(all.map(wrong_with))
}

fn wrong_with(complaint: String) -> El {
    el("p.note note-wrong").attr("role", "alert").child(complaint)
}

fn answer(plan: &Plan, open: State<bool>) -> Html {
    let cures = (!plan.cures.is_empty()).then(|| {
        let words = plan.cures.iter().map(|cure| el("li").child(cure.words()));
        el("div.caution")
            .child(el("p").child("It does not fit. Any of these would:"))
            .child(el("ul").each(words))
    });
    let assumptions = plan.assumptions.iter().map(|said| el("li").child(said.clone()));
    list([
        el("dl.figures figures-large serving-outlook").each(outlook(plan).into_iter().map(figure)).node(),
        cures.node(),
        memory(plan).node(),
        fold(open, "What one device runs and sends", || layers(plan)).node(),
        el("details.fold")
            .child(el("summary").child("What this takes for granted"))
            .child(el("ul").each(assumptions))
            .node(),
    ])
}

/// Buttons that take the plan away.
fn take(plan: &Planned, subject: &Subject, dispatch: &Dispatch) -> Html {
    let written = |write: fn(&Plan) -> String| {
        let plan = plan.clone();
        move || plan.as_ref().map(write).unwrap_or_default()
    };
    let copy = copy_text(
        "Copy Markdown",
        "Markdown table",
        "Plan copied as Markdown.",
        dispatch,
        written(export::plan_markdown),
    );
    let name = plain(subject.model.name.as_deref().unwrap_or(&subject.model.model_type));
    let name = format!("{name}-plan.json");
    let save = save_text("JSON", name, Format::Json.media_type(), dispatch, written(export::json));
    el("div.tools")
        .child(copy.attr("aria-label", "Copy Markdown of the plan"))
        .child(save.attr("aria-label", "Download the plan as JSON"))
        .into()
}

fn memory(plan: &Plan) -> El {
    let memory = &plan.memory;
    let said = format!("{} of {}", memory.total.human(), memory.capacity.human());
    let tints = [&WEIGHTS, &CACHE, &MORE, &REST];
    let parts = held(memory).into_iter().zip(tints).map(|((name, bytes), tint)| (name, bytes, tint));
    let (bar, lines) = shares(parts, memory.total, Some(memory.capacity), format!("{said} on each device"));
    let list = el("dl.pairs stack-list")
        .each(lines)
        .child(el("dt.sum").child("On each device"))
        .child(el("dd.sum").child(said));
    el("div.serving-memory").child(bar).child(list)
}

fn layers(plan: &Plan) -> El {
    let heads = ["Layer", "Blocks", "Compute", "Traffic", "Time", "Share", "Bound", "Sends"];
    let heads = heads.map(|head| {
        let words = match head {
            "Layer" => "th.layer",
            "Bound" | "Sends" => "th.bound",
            _ => "th",
        };
        el(words).attr("scope", "col").child(head)
    });
    let row = |share: &Share| {
        let sent = share.transfer.map(|sent| format!("{} {}", sent.collective.words(), sent.bytes.human()));
        el("tr")
            .child(
                el("th.layer")
                    .attr("scope", "row")
                    .attr("title", str::to_owned(&share.group))
                    .child(share.name),
            )
            .child(el("td").child(share.blocks.to_string()))
            .child(el("td").child(share.flops.human()))
            .child(el("td").child(share.bytes.human()))
            .child(el("td").child(share.seconds.ideal.human()))
            .child(el("td").child(percent(share.share)))
            .child(el("td.bound").child(share.limit.words()))
            .child(el("td.bound").child(sent))
    };
    let table = el("table.layers-table serving-table")
        .child(el("caption.visually-hidden").child("Each layer of one block as one device runs it"))
        .child(el("thead").child(el("tr").each(heads)))
        .child(el("tbody").each(plan.layers.iter().map(row)));
    el("div.scroll")
        .attr("role", "region")
        .attr("tabindex", "0")
        .attr("aria-label", "What one device runs and sends")
        .child(table)
}
