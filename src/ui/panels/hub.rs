//! Which Hub is asked and with which token, and what to do when it refuses.

use crate::hub::{HubBase, HubError};
use crate::ui::components::{Field, field};
use crate::ui::state::Action;
use yew::prelude::*;

pub fn hub_settings(token: &str, base: &str, dispatch: &Callback<Action>) -> Html {
    let wrong = HubBase::parse(base).err().map(|error| error.to_string());
    // Enter fetches with what was just typed.
    let onsubmit = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            dispatch.emit(Action::Fetch);
        })
    };
    html! {
        <details class="fold">
            <summary>{ "Hub settings" }</summary>
            <form class="fold-form" autocomplete="off" {onsubmit}>
                { field(
                    Field {
                        id: "hub-token",
                        label: "Access token, for gated models",
                        value: token,
                        placeholder: "hf_…",
                        hint: "Kept in memory until the page closes, sent to this Hub only, never part of a link.",
                        secret: true,
                        wide: true,
                        ..Field::default()
                    },
                    &dispatch.reform(Action::SetToken),
                ) }
                { field(
                    Field {
                        id: "hub-base",
                        label: "Address of the Hub",
                        value: base,
                        hint: "A mirror or a company's own Hub works if it lets other sites ask.",
                        error: wrong,
                        keyboard: "url",
                        wide: true,
                        ..Field::default()
                    },
                    &dispatch.reform(Action::SetBase),
                ) }
            </form>
        </details>
    }
}

/// A refusal: what happened, what to do next, what the server said.
pub fn refusal(error: &HubError) -> Html {
    let details = error.details();
    html! {
        <div class="refusal" role="alert">
            <p class="refusal-title">{ error.to_string() }</p>
            <ol>
                for step in error.advice() {
                    <li>
                        { step.text }
                        if let Some((label, address)) = step.link {
                            { " " }
                            <a href={address} target="_blank" rel="noopener noreferrer">{ label }</a>
                        }
                    </li>
                }
            </ol>
            if !details.is_empty() {
                <details class="fold">
                    <summary>{ "What the server said" }</summary>
                    <dl class="pairs">
                        for (label, text) in details {
                            <dt>{ label }</dt><dd>{ text }</dd>
                        }
                    </dl>
                </details>
            }
        </div>
    }
}
