//! What lies over the page: a toast, a text to copy by hand, the target for a dragged file; and the
//! banner about the link.

use crate::ui::hooks::{use_focus_return, use_toast_timer};
use crate::ui::state::{Action, ToCopy, Toast};
use std::rc::Rc;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct ToastLineProps {
    pub toast: Option<Toast>,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn ToastLine(props: &ToastLineProps) -> Html {
    use_toast_timer(props.toast.clone(), props.dispatch.clone());
    html! {
        <div class="toast-place" role="status">
            if let Some(toast) = &props.toast {
                <p class="toast" key={toast.ticket}>{ &toast.text }</p>
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
pub struct CopyByHandProps {
    pub to_copy: Rc<ToCopy>,
    pub dispatch: Callback<Action>,
}

/// Where the clipboard is refused: the text, selected.
#[component]
pub fn CopyByHand(props: &CopyByHandProps) -> Html {
    let area = use_node_ref();
    let dialog = use_node_ref();
    use_focus_return(&dialog);
    {
        let area = area.clone();
        use_effect_with(Rc::clone(&props.to_copy), move |_| {
            if let Some(area) = area.cast::<HtmlTextAreaElement>() {
                drop(area.focus());
                area.select();
            }
        });
    }
    html! {
        <div ref={dialog} class="by-hand" role="dialog" aria-labelledby="by-hand-title">
            <p id="by-hand-title">
                { format!("The browser keeps its clipboard to itself. Copy the {} from here:", props.to_copy.what) }
            </p>
            <textarea ref={area} readonly=true rows="4" aria-labelledby="by-hand-title" value={props.to_copy.text.clone()} />
            <button type="button" onclick={props.dispatch.reform(|_| Action::CloseCopy)}>{ "Close" }</button>
        </div>
    }
}

/// Shown while a file is dragged over the page.
pub fn drop_overlay() -> Html {
    html! { <div class="drop-overlay" aria-hidden="true"><p>{ "Drop a config.json to analyse it" }</p></div> }
}

/// What an opened link could not tell.
pub fn warnings(warnings: &[String], dispatch: &Callback<Action>) -> Html {
    if warnings.is_empty() {
        return html! {};
    }
    html! {
        <div class="banner" role="alert">
            <div>
                <p>{ "Not everything in this link could be used:" }</p>
                <ul>
                    for warning in warnings {
                        <li>{ warning }</li>
                    }
                </ul>
            </div>
            <button type="button" onclick={dispatch.reform(|_| Action::DismissWarnings)}>{ "Dismiss" }</button>
        </div>
    }
}
