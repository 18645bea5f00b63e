//! A labelled text field; what is wrong with its text stands where its hint was.

use crate::ui::dom::{Dispatch, El, On, el};
use crate::ui::state::Action;

/// What a text field is like.
#[derive(Default)]
pub struct Field<'a> {
    pub id: &'static str,
    pub label: &'static str,
    pub value: &'a str,
    pub unit: &'static str,
    pub hint: &'static str,
    pub placeholder: &'static str,
    /// What is wrong with the text.
    pub error: Option<String>,
    /// Hides what is typed.
    pub secret: bool,
    /// The keyboard that a touch screen shows: `inputmode`.
    pub keyboard: &'static str,
    /// Fills the width under its label, for long text.
    pub wide: bool,
}

/// The field, and what follows from its text.
pub fn field(field: Field<'_>, dispatch: &Dispatch, action: impl Fn(String) -> Action + 'static) -> El {
    let Field { id, label, value, unit, hint, placeholder, error, secret, keyboard, wide } = field;
    let wrong = error.is_some();
    let said = error.unwrap_or_else(|| hint.to_owned());
    let (note, has_note) = (format!("{id}-note"), !said.is_empty());
    let input = el("input")
        .attr("id", id)
        .attr("type", if secret { "password" } else { "text" })
        .attr("inputmode", (!keyboard.is_empty()).then_some(keyboard))
        .holds(value.to_owned())
        .attr("placeholder", placeholder)
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("aria-invalid", wrong.then_some("true"))
        .attr("aria-describedby", has_note.then(|| note.clone()))
        .send_text(On::oninput, dispatch, action);
    let unit = (!unit.is_empty()).then(|| el("span.unit").child(unit));
    el(if wide { "div.field field-wide" } else { "div.field" })
        .child(el("label").attr("for", id).child(label))
        .child(el("span.field-box").child(input).child(unit))
        .child(
            has_note
                .then(|| el(if wrong { "p.note note-wrong" } else { "p.note" }).attr("id", note).child(said)),
        )
}
