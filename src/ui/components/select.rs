//! A choice from a list.

use crate::ui::dom::{Dispatch, El, Node, On, Value, el};
use crate::ui::state::Action;

/// What there is to choose from.
#[derive(Default)]
pub struct Options(Vec<El>);

impl Options {
    pub fn add(&mut self, value: impl Value, words: impl Node, chosen: bool) {
        self.0.push(el("option").attr("value", value).flag("selected", chosen).child(words));
    }

    /// The options of another list as a group with a name.
    pub fn group(&mut self, label: impl Value, options: Options) {
        self.0.push(el("optgroup").attr("label", label).each(options.0));
    }
}

/// The list, and what follows from a choice.
pub fn select(options: Options, dispatch: &Dispatch, action: impl Fn(String) -> Action + 'static) -> El {
    el("select").send_text(On::onchange, dispatch, action).each(options.0)
}
