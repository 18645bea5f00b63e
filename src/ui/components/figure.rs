//! One headline: a name, a figure, and what to read it against.

use super::terms;
use crate::ui::dom::{El, el, list};
use crate::ui::words::Headline;

pub fn figure(headline: Headline) -> El {
    let Headline { label, value, exact, note, alarming } = headline;
    // The unit is quieter than the number.
    let (number, unit) = match value.rsplit_once(' ') {
        Some((number, unit)) if number.ends_with(|c: char| c.is_ascii_digit()) => (number, unit),
        _ => (value.as_str(), ""),
    };
    let unit =
        (!unit.is_empty()).then(|| el("span.unit").child(list(["\u{202f}".to_owned(), unit.to_owned()])));
    let value = el("dd")
        .attr("title", exact)
        .child(el("span.number").child(number.to_owned()))
        .child(unit)
        .child(el("span.figure-note").child(note));
    el(if alarming { "div.figure figure-alarming" } else { "div.figure" })
        .child(el("dt").child(terms(label)))
        .child(value)
}
