//! The analysis, done anew only when what it depends on has changed.

use crate::engine::{Error, Report, analyze};
use crate::ui::state::State;
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// The report of what the state holds; where a figure overflows, the last report and why.
#[hook]
pub fn use_report(state: &State) -> (Option<Rc<Report>>, Option<Error>) {
    let last = use_memo((), |()| RefCell::new(None::<Rc<Report>>));
    let depends =
        (state.subject.clone(), Rc::clone(&state.workload), Rc::clone(&state.hardware), state.accounting);
    let result = use_memo(depends, |(subject, workload, hardware, accounting)| {
        let subject = subject.as_ref()?;
        Some(analyze(&subject.model, workload, accounting, Some(hardware)).map(Rc::new))
    });
    match &*result {
        Some(Ok(report)) => {
            *last.borrow_mut() = Some(Rc::clone(report));
            (Some(Rc::clone(report)), None)
        }
        Some(Err(error)) => (last.borrow().clone(), Some(error.clone())),
        None => (None, None),
    }
}
