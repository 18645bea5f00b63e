//! The analysis, done anew only when what it depends on has changed.

use crate::engine::{Error, Report, analyze};
use crate::ui::part::Hooks;
use crate::ui::state::State;
use std::cell::RefCell;
use std::rc::Rc;

/// The report of what the state holds; where a figure overflows, the last report and why.
pub fn use_report(hooks: &mut Hooks, state: &State) -> (Option<Rc<Report>>, Option<Error>) {
    let last = hooks.keep(|| RefCell::new(None::<Rc<Report>>));
    let depends =
        (state.subject.clone(), Rc::clone(&state.workload), Rc::clone(&state.hardware), state.accounting);
    let result = hooks.memo(depends, |(subject, workload, hardware, accounting)| {
        let subject = subject.as_ref()?;
        Some(analyze(&subject.model, workload, accounting, Some(hardware)).map(Rc::new))
    });
    match result {
        Some(Ok(report)) => {
            last.replace(Some(Rc::clone(&report)));
            (Some(report), None)
        }
        Some(Err(error)) => (last.borrow().clone(), Some(error)),
        None => (None, None),
    }
}
