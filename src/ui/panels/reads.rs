//! What was read from the config, what was assumed, what had no effect.

use crate::ui::subject::Subject;
use std::rc::Rc;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct ReadsProps {
    pub subject: Rc<Subject>,
}

#[component]
pub fn Reads(props: &ReadsProps) -> Html {
    let model = &props.subject.model;
    let (assumed, given): (Vec<_>, Vec<_>) = model.reads.iter().partition(|read| read.assumed.is_some());
    html! {
        <details class="fold">
            <summary>
                { "What was read from the config" }
                <span class="count">
                    { format!("{} read, {} assumed, {} ignored", given.len(), assumed.len(), model.ignored.len()) }
                </span>
            </summary>
            <dl class="pairs">
                for read in given {
                    <dt><code>{ &read.key }</code></dt>
                    <dd class="number">{ shortened(read.value.to_string()) }</dd>
                }
            </dl>
            if !assumed.is_empty() {
                <h3>{ "Assumed" }</h3>
                <dl class="pairs">
                    for read in assumed {
                        <dt><code>{ &read.key }</code></dt>
                        <dd>
                            <span class="number">{ shortened(read.value.to_string()) }</span>
                            <span class="why">{ read.assumed.clone().unwrap_or_default() }</span>
                        </dd>
                    }
                </dl>
            }
            if !model.ignored.is_empty() {
                <h3>{ "Without effect" }</h3>
                <p class="keys">
                    for key in &model.ignored {
                        <code>{ key }</code>{ " " }
                    }
                </p>
            }
        </details>
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
