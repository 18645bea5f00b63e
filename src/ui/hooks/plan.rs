//! What the deployment comes to, done anew only when what it depends on has changed, and only when it is asked for.

use crate::engine::Error;
use crate::engine::serving::{Deployment, Plan, plan};
use crate::ui::part::Hooks;
use crate::ui::state::State;
use std::cell::LazyCell;
use std::ops::Deref;
use std::rc::Rc;

/// A plan, or why there is none.
#[derive(Clone)]
pub struct Planned(Rc<LazyCell<Outcome, Box<dyn FnOnce() -> Outcome>>>);

type Outcome = Result<Plan, Error>;

impl Deref for Planned {
    type Target = Outcome;

    fn deref(&self) -> &Outcome {
        &self.0
    }
}

impl PartialEq for Planned {
    /// Whether it is the same one, asked for or not.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// The plan of what the state holds.
pub fn use_plan(hooks: &mut Hooks, state: &State) -> Option<Planned> {
    let depends =
        (state.subject.clone(), Rc::clone(&state.workload), Rc::clone(&state.hardware), state.serving);
    hooks.memo(depends, |(subject, workload, hardware, serving)| {
        let (subject, workload) = (subject.clone()?, Rc::clone(workload));
        let deployment = Deployment { hardware: (**hardware).clone(), serving: *serving };
        let work = move || plan(&subject.model, &workload, &deployment);
        Some(Planned(Rc::new(LazyCell::new(Box::new(work)))))
    })
}
