//! What a reader of the figures should know.

use crate::engine::Report;
use crate::engine::model::{Note, NoteKind};
use crate::ui::subject::sentence;
use yew::prelude::*;

pub fn notes(report: &Report) -> Html {
    // Assumptions are many and alike; what is particular comes first.
    let (assumed, particular): (Vec<_>, Vec<_>) =
        report.notes.iter().partition(|note| note.kind == NoteKind::Assumed);
    if assumed.is_empty() && particular.is_empty() {
        return html! {};
    }
    html! {
        <section class="notes" aria-labelledby="notes-title">
            <h2 id="notes-title">{ "Worth knowing" }</h2>
            if !particular.is_empty() { { list(&particular) } }
            if !assumed.is_empty() {
                <details class="fold">
                    <summary>
                        { match assumed.len() {
                            1 => "1 value was assumed".to_owned(),
                            many => format!("{many} values were assumed"),
                        } }
                    </summary>
                    { list(&assumed) }
                </details>
            }
        </section>
    }
}

fn list(notes: &[&Note]) -> Html {
    html! {
        <ul>
            for note in notes.iter() {
                <li>{ sentence(&note.text) }</li>
            }
        </ul>
    }
}
