//! What lies over the page: a toast, a text to copy by hand, the target for a dragged file; and the
//! banner about the link.

use crate::ui::dom::{Dispatch, El, On, button, el};
use crate::ui::hooks::use_focus_return;
use crate::ui::part::{Hooks, View};
use crate::ui::state::{Action, ToCopy, Toast};
use std::rc::Rc;
use web_sys::HtmlTextAreaElement;
use yew::Html;

pub fn toast_line(toast: Option<&Toast>) -> El {
    let toast = toast.map(|toast| el("p.toast").key(toast.ticket).child(toast.text.clone()));
    el("div.toast-place").attr("role", "status").child(toast)
}

/// Where the clipboard is refused: the text, selected.
#[derive(PartialEq)]
pub struct CopyByHand {
    pub to_copy: Rc<ToCopy>,
    pub dispatch: Dispatch,
}

impl View for CopyByHand {
    const NAME: &'static str = "copy by hand";

    fn view(&self, hooks: &mut Hooks) -> Html {
        let CopyByHand { to_copy, dispatch } = self;
        let (area, dialog) = (hooks.node(), hooks.node());
        use_focus_return(hooks, &dialog);
        let found = area.clone();
        hooks.effect(Rc::clone(to_copy), move || {
            if let Some(area) = found.cast::<HtmlTextAreaElement>() {
                drop(area.focus());
                area.select();
            }
        });
        let text = el("textarea")
            .bind(&area)
            .flag("readonly", true)
            .attr("rows", "4")
            .attr("aria-labelledby", "by-hand-title")
            .holds(to_copy.text.clone());
        let what = to_copy.what;
        el("div.by-hand")
            .bind(&dialog)
            .attr("role", "dialog")
            .attr("aria-labelledby", "by-hand-title")
            .child(
                el("p")
                    .attr("id", "by-hand-title")
                    .child(format!("The browser keeps its clipboard to itself. Copy the {what} from here:")),
            )
            .child(text)
            .child(button("Close").send(On::onclick, dispatch, Action::CloseCopy))
            .into()
    }
}

/// Shown while a file is dragged over the page.
pub fn drop_overlay() -> El {
    el("div.drop-overlay")
        .attr("aria-hidden", "true")
        .child(el("p").child("Drop a config.json to analyse it"))
}

/// What an opened link could not tell.
pub fn warnings(warnings: &[String], dispatch: &Dispatch) -> Option<El> {
    let lines = warnings.iter().map(|warning| el("li").child(warning.clone()));
    let said = el("div")
        .child(el("p").child("Not everything in this link could be used:"))
        .child(el("ul").each(lines));
    let banner = el("div.banner").attr("role", "alert").child(said).child(button("Dismiss").send(
        On::onclick,
        dispatch,
        Action::DismissWarnings,
    ));
    (!warnings.is_empty()).then_some(banner)
}
