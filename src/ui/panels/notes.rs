//! What a reader of the figures should know.

use crate::engine::Report;
use crate::engine::model::NoteKind;
use std::rc::Rc;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct NotesProps {
    pub report: Rc<Report>,
}

#[component]
pub fn Notes(props: &NotesProps) -> Html {
    if props.report.notes.is_empty() {
        return html! {};
    }
    html! {
        <section class="notes" aria-labelledby="notes-title">
            <h2 id="notes-title">{ "Worth knowing" }</h2>
            <ul>
                for note in &props.report.notes {
                    <li><span class="kind">{ kind(note.kind) }</span>{ &note.text }</li>
                }
            </ul>
        </section>
    }
}

fn kind(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Assumed => "Assumed",
        NoteKind::Accounting => "Counting",
        NoteKind::Model => "Model",
    }
}
