//! What was read from the config, what was assumed, what had no effect.

use crate::engine::Model;
use crate::engine::config::Read;
use crate::ui::subject::sentence;
use yew::prelude::*;

pub fn reads(model: &Model) -> Html {
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
                for (why, reads) in by_reason(&assumed) {
                    <p class="reason">{ sentence(why) }</p>
                    <dl class="pairs">
                        for read in reads {
                            <dt><code>{ &read.key }</code></dt>
                            <dd class="number">{ shortened(read.value.to_string()) }</dd>
                        }
                    </dl>
                }
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

/// Assumptions with one reason together, in the order in which the reasons first appear.
fn by_reason<'a>(assumed: &[&'a Read]) -> Vec<(&'a str, Vec<&'a Read>)> {
    let mut groups: Vec<(&str, Vec<&Read>)> = Vec::new();
    for &read in assumed {
        let why = read.assumed.as_deref().unwrap_or_default();
        match groups.iter_mut().find(|group| group.0 == why) {
            Some(group) => group.1.push(read),
            None => groups.push((why, vec![read])),
        }
    }
    groups
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
