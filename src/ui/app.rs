//! The page as a whole.

use super::browser;
use super::dom::{Dispatch, Node, el, list};
use super::hooks::{
    Frame, opened, use_address, use_drop_file, use_fetch, use_keys, use_plan, use_report, use_settled,
    use_theme, use_toast_timer,
};
use super::link;
use super::panels::{
    ANSWER, AccountingPanel, CopyByHand, DevicePanel, Footer, ModelPanel, WorkloadPanel, WrongNumber, answer,
    answer_bar, copy_link, drop_overlay, embedded, header, toast_line, warnings,
};
#[cfg(not(target_arch = "wasm32"))]
use super::part::html;
use super::part::{Hooks, View, below, part, root};
use super::state::{Action, RowId};
use super::words::lead;
use std::rc::Rc;
use yew::Html;

/// Replaces the body by the page.
pub fn start() {
    // In the page that xtask builds a panic has no words: see static/boot.js.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    root(App);
}

/// The page as it opens at its plain address, as HTML: what there is to see before the rest has arrived.
///
/// # Errors
/// When there is no runtime to be had.
#[cfg(not(target_arch = "wasm32"))]
pub fn first_view() -> std::io::Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(tokio::task::LocalSet::new().block_on(&runtime, html(App)))
}

#[derive(PartialEq)]
struct App;

impl View for App {
    const NAME: &'static str = "app";

    fn view(&self, hooks: &mut Hooks) -> Html {
        let kept = hooks.state(|| Rc::new(opened()));
        let state = &*kept.get();
        let dispatch: &Dispatch = &hooks.keep(|| {
            Dispatch::from(move |action: Action| {
                let next = kept.get().after(action);
                kept.set(Rc::new(next));
            })
        });
        hooks.effect((), || Frame::painted(2, Rc::new(browser::opened)));
        let (theme, on_theme, dark) = use_theme(hooks);
        let dragging = use_drop_file(hooks, dispatch);
        use_keys(hooks, dispatch);
        use_fetch(hooks, state, dispatch);
        let shown = link::shown(state).map(Rc::new);
        let scenario = shown.as_ref().map(|shown| shown.scenario.clone());
        use_address(hooks, scenario.clone(), dispatch);
        use_toast_timer(hooks, state.toast.as_ref(), dispatch);
        let (report, trouble) = use_report(hooks, state);
        let plan = use_plan(hooks, state);
        let said = use_settled(hooks, report.as_ref().map(|report| lead(report)).unwrap_or_default(), 900);

        if let Some(embed) = state.embed {
            let (shown, report, plan) = (shown.as_ref(), report.as_ref(), plan.as_ref());
            return list([
                warnings(&state.warnings, dispatch).node(),
                embedded(embed, state, shown, report, plan, dark, dispatch).node(),
            ]);
        }
        let inputs = el("aside.inputs")
            .attr("aria-label", "Model, workload and device")
            .child(report.as_deref().map(|report| answer_bar(report, trouble.is_some() || state.is_stale())))
            .child(part(ModelPanel {
                text: Rc::clone(&state.text),
                trouble: state.trouble.clone(),
                fetch: state.fetch.clone(),
                subject: state.subject.clone(),
                token: state.token.clone(),
                base: state.base.clone(),
                dispatch: dispatch.clone(),
            }))
            .child(part(WorkloadPanel {
                form: state.load_form.clone(),
                report: report.clone(),
                formats: state.formats.clone(),
                dispatch: dispatch.clone(),
            }))
            .child(part(DevicePanel {
                form: state.device_form.clone(),
                hardware: Rc::clone(&state.hardware),
                dispatch: dispatch.clone(),
            }))
            .child(part(AccountingPanel {
                accounting: state.accounting,
                subject: state.subject.clone(),
                workload: Rc::clone(&state.workload),
                dispatch: dispatch.clone(),
            }));
        let answer = el("main").attr("id", ANSWER).attr("tabindex", "-1").attr("aria-label", "Answer").child(
            answer(state, shown.as_ref(), report.as_ref(), plan.as_ref(), trouble.as_ref(), dark, dispatch),
        );
        let wrong = || {
            let (subject, report) = (state.subject.clone()?, report.clone()?);
            let row = report.layers.iter().find(|row| Some(RowId::of(row)) == state.pinned).cloned();
            let (shown, dispatch) = (shown.clone()?, dispatch.clone());
            let words = "Report a wrong number";
            Some(WrongNumber { words, shown, subject, report, row, figure: state.figure, dispatch })
        };
        let by_hand = state
            .to_copy
            .as_ref()
            .map(|to_copy| part(CopyByHand { to_copy: Rc::clone(to_copy), dispatch: dispatch.clone() }));
        list([
            header(theme, &on_theme, copy_link(scenario, dispatch)),
            warnings(&state.warnings, dispatch).node(),
            el("div.page").child(inputs).child(answer).node(),
            below(Footer { wrong: wrong() }),
            el("p.visually-hidden").attr("role", "status").child(said).node(),
            toast_line(state.toast.as_ref()).node(),
            by_hand.node(),
            dragging.then(drop_overlay).node(),
        ])
    }
}
