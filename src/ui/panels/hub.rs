//! Which Hub is asked and with which token, and what to do when it refuses.

use crate::hub::{HubBase, HubError};
use crate::ui::components::Field;
use crate::ui::state::Action;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct HubSettingsProps {
    pub token: AttrValue,
    pub base: AttrValue,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn HubSettings(props: &HubSettingsProps) -> Html {
    let HubSettingsProps { token, base, dispatch } = props;
    let wrong = HubBase::parse(base).err().map(|error| AttrValue::from(error.to_string()));
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
            <Field
                id="hub-token"
                wide=true
                kind="password"
                label="Access token, for gated models"
                value={token.clone()}
                placeholder="hf_…"
                hint="Kept in memory until the page closes, sent to this Hub only, never part of a link."
                on_input={dispatch.reform(Action::SetToken)}
            />
            <Field
                id="hub-base"
                wide=true
                keyboard="url"
                label="Address of the Hub"
                value={base.clone()}
                error={wrong}
                hint="A mirror or a company's own Hub works if it lets other sites ask."
                on_input={dispatch.reform(Action::SetBase)}
            />
            </form>
        </details>
    }
}

#[derive(PartialEq, Properties)]
pub struct AdviceProps {
    pub error: HubError,
}

/// A refusal: what happened, what to do next, what the server said.
#[component]
pub fn Advice(props: &AdviceProps) -> Html {
    let error = &props.error;
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
