//! The way to report a number: a filled-in issue where the page knows its repository, else one to be pasted.

use super::takeaway::copy_text;
use crate::engine::Report;
use crate::engine::explain::Figure;
use crate::engine::report::Row;
use crate::ui::browser::{meta, page_address};
use crate::ui::dom::{Dispatch, El, el};
use crate::ui::link::Shown;
use crate::ui::part::{Hooks, View};
use crate::ui::subject::Subject;
use crate::ui::wrong_number::Case;
use std::rc::Rc;
use yew::Html;

#[derive(Clone, PartialEq)]
pub struct WrongNumber {
    pub words: &'static str,
    pub shown: Rc<Shown>,
    pub subject: Rc<Subject>,
    pub report: Rc<Report>,
    pub row: Option<Row>,
    pub figure: Option<Figure>,
    pub dispatch: Dispatch,
}

impl View for WrongNumber {
    const NAME: &'static str = "wrong number";

    fn view(&self, _: &mut Hooks) -> Html {
        let WrongNumber { words, shown, subject, report, row, figure, dispatch } = self;
        let case = Case { shown, subject, report, row: row.as_ref(), figure: *figure };
        let issue = case.issue(&page_address(), &meta("build"));
        match issue.address(&meta("repository")) {
            Some(address) => link(words, address),
            None => {
                let said = "Report copied. Send it to whoever gave you this page.";
                copy_text(words, "report", said, dispatch, move || issue.text()).class("as-link")
            }
        }
        .into()
    }
}

fn link(words: &'static str, address: String) -> El {
    el("a").attr("href", address).attr("target", "_blank").attr("rel", "noopener noreferrer").child(words)
}
