//! The points of a sweep, a few milliseconds of them at a time.

use crate::engine::serving::sweep::{Case, Curve, Row, Setting, Sweep, rows};
use crate::engine::serving::{Deployment, Serving};
use crate::engine::{Hardware, Workload};
use crate::ui::browser::now;
use crate::ui::part::{Hooks, State};
use crate::ui::subject::Subject;
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;

/// How long a page may be busy without a dropped frame.
const SLICE_MS: f64 = 8.0;
/// How long nothing new is drawn: drawing takes longer than a slice.
const STILL_MS: f64 = 250.0;

/// How far a sweep has come.
#[derive(Clone, Default, PartialEq)]
pub struct Sweeping {
    /// Of the points so far; none where nothing is varied.
    pub curve: Option<Rc<Curve>>,
    /// Points that are still to come.
    pub left: usize,
}

/// What is varied, and from where.
#[derive(Clone, PartialEq)]
pub struct Varied {
    pub subject: Rc<Subject>,
    pub workload: Rc<Workload>,
    pub hardware: Rc<Hardware>,
    pub serving: Serving,
    pub sweeps: Rc<Vec<Sweep>>,
}

/// The curve as far as it is known, and what stops it.
pub fn use_curve(hooks: &mut Hooks, varied: Varied) -> (Sweeping, impl Fn() + use<>) {
    let shown = hooks.state(Sweeping::default);
    let next = hooks.keep(|| RefCell::new(None));
    {
        let (shown, next) = (shown.clone(), Rc::clone(&next));
        hooks.effect(varied.clone(), move || {
            // What another sweep still had to do is forgotten with its timer.
            next.take();
            let todo = rows(&varied.sweeps).unwrap_or_default();
            if varied.sweeps.is_empty() || todo.is_empty() {
                return shown.set(Sweeping::default());
            }
            go_on(Work { varied, todo, done: Vec::new(), drawn: 0.0 }, &shown, next);
        });
    }
    let known = shown.get();
    let stop = move || {
        next.take();
        shown.set(Sweeping { left: 0, ..shown.get() });
    };
    (known, stop)
}

struct Work {
    varied: Varied,
    /// All settings, those of `done` first.
    todo: Vec<Vec<Setting>>,
    done: Vec<Row>,
    /// When it was drawn last.
    drawn: f64,
}

/// Does as much as fits into a slice, shows it, and comes back for the rest after the browser had its turn.
fn go_on(mut work: Work, shown: &State<Sweeping>, next: Rc<RefCell<Option<Timeout>>>) {
    let started = now();
    let Varied { subject, workload, hardware, serving, sweeps } = &work.varied;
    let deployment = Deployment { hardware: (**hardware).clone(), serving: *serving };
    let case = Case::new(&subject.model, workload, &deployment);
    while let Some(settings) = work.todo.get(work.done.len()) {
        let row = Row::of(&case, settings.clone(), &work.done);
        work.done.push(row);
        if now() - started > SLICE_MS {
            break;
        }
    }
    let left = work.todo.len() - work.done.len();
    if left == 0 || now() - work.drawn > STILL_MS {
        let curve = Curve::new(&case, sweeps, work.done.clone());
        shown.set(Sweeping { curve: Some(Rc::new(curve)), left });
        work.drawn = now();
    }
    if left > 0 {
        let (shown, again) = (shown.clone(), Rc::clone(&next));
        next.replace(Some(Timeout::new(0, move || go_on(work, &shown, again))));
    }
}
