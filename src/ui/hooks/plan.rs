//! What the deployment comes to, done anew only when what it depends on has changed.

use crate::engine::Error;
use crate::engine::serving::{Deployment, Plan, plan};
use crate::ui::part::Hooks;
use crate::ui::state::State;
use std::rc::Rc;

/// The plan of what the state holds, or why there is none.
pub fn use_plan(hooks: &mut Hooks, state: &State) -> Option<Rc<Result<Plan, Error>>> {
    let depends =
        (state.subject.clone(), Rc::clone(&state.workload), Rc::clone(&state.hardware), state.serving);
    hooks.memo(depends, |(subject, workload, hardware, serving)| {
        let deployment = Deployment { hardware: (**hardware).clone(), serving: *serving };
        let subject = subject.as_ref()?;
        Some(Rc::new(plan(&subject.model, workload, &deployment)))
    })
}
