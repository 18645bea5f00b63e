//! What a reader of the figures should know.

use crate::engine::Report;
use crate::engine::model::{Note, NoteKind};
use crate::ui::dom::{El, el};
use crate::ui::subject::sentence;

pub fn notes(report: &Report) -> Option<El> {
    // Assumptions are many and alike; what is particular comes first.
    let (assumed, particular): (Vec<_>, Vec<_>) =
        report.notes.iter().partition(|note| note.kind == NoteKind::Assumed);
    let folded = (!assumed.is_empty()).then(|| {
        let summary = match assumed.len() {
            1 => "1 value was assumed".to_owned(),
            many => format!("{many} values were assumed"),
        };
        el("details.fold").child(el("summary").child(summary)).child(lines(&assumed))
    });
    let notes = el("section.notes")
        .attr("aria-labelledby", "notes-title")
        .child(el("h2").attr("id", "notes-title").child("Worth knowing"))
        .child((!particular.is_empty()).then(|| lines(&particular)))
        .child(folded);
    (!report.notes.is_empty()).then_some(notes)
}

fn lines(notes: &[&Note]) -> El {
    el("ul").each(notes.iter().map(|note| el("li").child(sentence(&note.text))))
}
