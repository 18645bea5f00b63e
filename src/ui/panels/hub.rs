//! Which Hub is asked and with which token, and what to do when it refuses.

use crate::hub::{HubBase, HubError};
use crate::ui::components::{Field, field};
use crate::ui::dom::{Dispatch, El, Node, On, el, list};
use crate::ui::state::Action;
use web_sys::Event;

pub fn hub_settings(token: &str, base: &str, dispatch: &Dispatch) -> El {
    let wrong = HubBase::parse(base).err().map(|error| error.to_string());
    let token = Field {
        id: "hub-token",
        label: "Access token, for gated models",
        value: token,
        placeholder: "hf_…",
        hint: "Kept in memory until the page closes, sent to this Hub only, never part of a link.",
        secret: true,
        wide: true,
        ..Field::default()
    };
    let base = Field {
        id: "hub-base",
        label: "Address of the Hub",
        value: base,
        hint: "A mirror or a company's own Hub works if it lets other sites ask.",
        error: wrong,
        keyboard: "url",
        wide: true,
        ..Field::default()
    };
    // Enter fetches with what was just typed.
    let submit = {
        let dispatch = dispatch.clone();
        move |event: Event| {
            event.prevent_default();
            dispatch.emit(Action::Fetch);
        }
    };
    let form = el("form.fold-form")
        .attr("autocomplete", "off")
        .on(On::onsubmit, submit)
        .child(field(token, dispatch, Action::SetToken))
        .child(field(base, dispatch, Action::SetBase));
    el("details.fold").child(el("summary").child("Hub settings")).child(form)
}

/// A refusal: what happened, what to do next, what the server said.
pub fn refusal(error: &HubError) -> El {
    let details = error.details();
    let steps = error.advice().into_iter().map(|step| {
        let link = step.link.map(|(label, address)| {
            let link =
                el("a").attr("href", address).attr("target", "_blank").attr("rel", "noopener noreferrer");
            list([" ".node(), link.child(label).node()])
        });
        el("li").child(step.text).child(link)
    });
    let said = (!details.is_empty()).then(|| {
        let lines =
            details.into_iter().map(|(label, text)| list([el("dt").child(label), el("dd").child(text)]));
        el("details.fold")
            .child(el("summary").child("What the server said"))
            .child(el("dl.pairs").each(lines))
    });
    el("div.refusal")
        .attr("role", "alert")
        .child(el("p.refusal-title").child(error.to_string()))
        .child(el("ol").each(steps))
        .child(said)
}
