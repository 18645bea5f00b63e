//! So: everything about the model on show.

use super::chart::Chart;
use super::guide::Guide;
use super::header::ANSWER;
use super::headlines::Headlines;
use super::notes::notes;
use super::scenarios::Scenarios;
use super::serving::ServingPanel;
use super::storage::storage;
use super::sweep::SweepPanel;
use super::table::Table;
use crate::engine::catalog::{DEFAULT_ID, find};
use crate::engine::{Error, Report};
use crate::share::Embed;
use crate::ui::browser::focus;
use crate::ui::dom::{Dispatch, El, On, button, el};
use crate::ui::hooks::Planned;
use crate::ui::link::{Shown, fragment};
use crate::ui::part::{Hooks, View, below, distant, part};
use crate::ui::setup::Setup;
use crate::ui::state::{Action, Fetch, State};
use crate::ui::subject::sentence;
use crate::ui::words::verdicts;
use std::rc::Rc;
use web_sys::Event;
use yew::Html;

pub fn answer(
    state: &State,
    shown: Option<&Rc<Shown>>,
    report: Option<&Rc<Report>>,
    plan: Option<&Planned>,
    trouble: Option<&Error>,
    dark: bool,
    dispatch: &Dispatch,
) -> El {
    let (Some(subject), Some(shown), Some(report)) = (&state.subject, shown, report) else {
        return nothing_yet(state, trouble, dispatch);
    };
    let stale = trouble.is_some() || state.is_stale();
    let why_stale = match trouble {
        Some(error) => Some(format!("Showing the last good answer. {}", sentence(&error.to_string()))),
        None if stale => Some("Showing the last good answer until the input in red makes sense.".to_owned()),
        None => None,
    };
    el(if stale { "div.answer stale" } else { "div.answer" })
        .child(el("div.stale-line").attr("role", "status").child(why_stale.map(|why| el("p").child(why))))
        .child(distant(Headlines { subject: Rc::clone(subject), report: Rc::clone(report) }))
        .child(shown_scenarios(state, shown, report, plan, dark, dispatch).map(distant))
        .child(distant(shown_chart(state, shown, report, plan, dark, dispatch)))
        .child(below(Guide { report: Rc::clone(report) }))
        .child(shown_table(state, shown, report, dispatch).map(below))
        .child(below(Closing { report: Rc::clone(report) }))
        .child(plan.map(|plan| {
            below(ServingPanel {
                form: state.serving_form.clone(),
                serving: state.serving,
                subject: Rc::clone(subject),
                plan: plan.clone(),
                dispatch: dispatch.clone(),
            })
        }))
        .child(below(SweepPanel {
            text: state.sweep_text.clone(),
            sweeps: Rc::clone(&state.sweeps),
            measure: state.measure,
            subject: Rc::clone(subject),
            workload: Rc::clone(&state.workload),
            hardware: Rc::clone(&state.hardware),
            serving: state.serving,
            ridge: report.roofline.as_ref().map(|roofline| roofline.ridge.0),
            dark,
            dispatch: dispatch.clone(),
        }))
}

fn shown_scenarios(
    state: &State,
    shown: &Rc<Shown>,
    report: &Rc<Report>,
    plan: Option<&Planned>,
    dark: bool,
    dispatch: &Dispatch,
) -> Option<Scenarios> {
    Some(Scenarios {
        shown: Rc::clone(shown),
        now: Setup::of(state)?,
        report: Rc::clone(report),
        plan: plan.cloned(),
        beside: state.beside.clone(),
        dark,
        dispatch: dispatch.clone(),
    })
}

fn shown_chart(
    state: &State,
    shown: &Rc<Shown>,
    report: &Rc<Report>,
    plan: Option<&Planned>,
    dark: bool,
    dispatch: &Dispatch,
) -> Chart {
    Chart {
        shown: Rc::clone(shown),
        report: Rc::clone(report),
        hardware: Rc::clone(&state.hardware),
        // One device sends nothing, so its plan is none of the chart's business.
        link: plan
            .filter(|_| state.serving.parallel.devices() > 1)
            .and_then(|plan| plan.as_ref().ok()?.link_slope()),
        dark,
        hovered: state.hovered,
        pinned: state.pinned,
        dispatch: dispatch.clone(),
    }
}

fn shown_table(state: &State, shown: &Rc<Shown>, report: &Rc<Report>, dispatch: &Dispatch) -> Option<Table> {
    Some(Table {
        shown: Rc::clone(shown),
        report: Rc::clone(report),
        subject: state.subject.clone()?,
        workload: Rc::clone(&state.workload),
        accounting: state.accounting,
        compare: state.compare,
        sort: state.sort,
        hovered: state.hovered,
        pinned: state.pinned,
        figure: state.figure,
        dispatch: dispatch.clone(),
    })
}

/// What must fit, and what is worth knowing.
#[derive(PartialEq)]
struct Closing {
    report: Rc<Report>,
}

impl View for Closing {
    const NAME: &'static str = "closing";

    fn view(&self, _: &mut Hooks) -> Html {
        el("div.closing").child(storage(&self.report)).child(notes(&self.report)).into()
    }
}

/// The chart or the table alone, for a frame in another page: what it is of, and a way to the whole page. With
/// scenarios beside it, it is theirs.
pub fn embedded(
    embed: Embed,
    state: &State,
    shown: Option<&Rc<Shown>>,
    report: Option<&Rc<Report>>,
    plan: Option<&Planned>,
    dark: bool,
    dispatch: &Dispatch,
) -> El {
    let frame = el(match embed {
        Embed::Chart => "main.embed",
        Embed::Table => "main.embed embed-table",
    });
    let (Some(shown), Some(report)) = (shown, report) else {
        let why = match &state.fetch {
            Fetch::Running { model, .. } => format!("Fetching {}…", model.repo),
            _ => "The model of this link could not be read.".to_owned(),
        };
        return frame.child(el("h1").attr("role", "status").child(why));
    };
    let whole = fragment(shown, None, true).ok().map(|link| {
        el("a")
            .attr("href", format!("#{link}"))
            .attr("target", "_blank")
            .attr("rel", "noopener")
            .child("Open in the analyzer")
    });
    let part = match embed {
        _ if !state.beside.is_empty() => {
            shown_scenarios(state, shown, report, plan, dark, dispatch).map(part)
        }
        Embed::Chart => Some(part(shown_chart(state, shown, report, plan, dark, dispatch))),
        Embed::Table => shown_table(state, shown, report, dispatch).map(part),
    };
    frame.child(el("div.embed-head").child(el("h1").child(shown.words.clone())).child(whole)).child(part)
}

/// The answer in a line that stays in view beside the inputs, where the answer stands below them.
pub fn answer_bar(report: &Report, stale: bool) -> Option<El> {
    // Time, speed, intensity and memory; the intensity says least to those in a hurry.
    let [time, speed, _, memory] = &verdicts(report)[..] else { return None };
    let mut said = time.value.clone();
    if !memory.alarming {
        said += &format!(" · {} tokens/s", speed.value);
    }
    said += &format!(" · {}", memory.value);
    let bar = button(said)
        .class(if stale { "answer-bar stale" } else { "answer-bar" })
        .on(On::onclick, |_: Event| focus(ANSWER))
        .child(el("span.visually-hidden").child(". To the answer"));
    Some(bar)
}

/// Before a first model could be read: a link to one that has to be fetched, or to a broken one.
fn nothing_yet(state: &State, trouble: Option<&Error>, dispatch: &Dispatch) -> El {
    let text = match (&state.fetch, trouble) {
        (Fetch::Running { model, .. }, _) => format!("Fetching {}…", model.repo),
        (_, Some(error)) => sentence(&error.to_string()),
        (Fetch::Failed(_), None) => {
            "The model of this link could not be fetched. The reason stands below the model box.".to_owned()
        }
        (Fetch::Idle, None) => "No model to analyse yet. Name one, or drop its config.json here.".to_owned(),
    };
    let waiting = matches!(state.fetch, Fetch::Running { .. });
    let start = find(DEFAULT_ID)
        .filter(|_| !waiting)
        .map(|entry| button("Start with Llama-2-7B").send(On::onclick, dispatch, Action::Choose(entry)));
    el("div.answer nothing-yet").attr("role", "status").child(el("p.lead").child(text)).child(start)
}
