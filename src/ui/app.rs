//! The page as a whole.

use super::hooks::{
    opened, use_address, use_drop_file, use_fetch, use_keys, use_report, use_settled, use_theme,
};
use super::link;
use super::panels::{
    ANSWER, AccountingPanel, CopyByHand, DevicePanel, ModelPanel, ToastLine, WorkloadPanel, answer,
    answer_bar, copy_link, drop_overlay, footer, header, warnings,
};
use super::state::{Action, State};
use super::words::lead;
use std::rc::Rc;
use yew::prelude::*;

/// Replaces the body by the page.
pub fn start() {
    std::panic::set_hook(Box::new(super::panic::hook));
    yew::Renderer::<App>::new().render();
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let next = self.after(action);
        if next == *self { self } else { Rc::new(next) }
    }
}

#[component]
fn App() -> Html {
    let handle = use_reducer(opened);
    let state = &*handle;
    let dispatch: Callback<Action> = handle.dispatcher().into();
    let (theme, on_theme, dark) = use_theme();
    let dragging = use_drop_file(dispatch.clone());
    use_keys(dispatch.clone());
    use_fetch(state, dispatch.clone());
    let scenario = link::scenario(state);
    use_address(scenario.clone(), dispatch.clone());
    let (report, trouble) = use_report(state);
    let said = use_settled(report.as_ref().map(|report| lead(report)).unwrap_or_default().into(), 900);

    html! {
        <>
            { header(theme, &on_theme, copy_link(scenario, &dispatch)) }
            { warnings(&state.warnings, &dispatch) }
            <div class="page">
                <aside class="inputs" aria-label="Model, workload and device">
                    <ModelPanel
                        text={Rc::clone(&state.text)}
                        trouble={state.trouble.clone()}
                        fetch={state.fetch.clone()}
                        subject={state.subject.clone()}
                        token={state.token.clone()}
                        base={state.base.clone()}
                        dispatch={dispatch.clone()}
                    />
                    <WorkloadPanel
                        form={state.load_form.clone()}
                        report={report.clone()}
                        formats={state.formats.clone()}
                        dispatch={dispatch.clone()}
                    />
                    <DevicePanel
                        form={state.device_form.clone()}
                        hardware={Rc::clone(&state.hardware)}
                        dispatch={dispatch.clone()}
                    />
                    <AccountingPanel
                        accounting={state.accounting}
                        subject={state.subject.clone()}
                        workload={Rc::clone(&state.workload)}
                        dispatch={dispatch.clone()}
                    />
                    if let Some(report) = &report { { answer_bar(report) } }
                </aside>
                <main id={ANSWER} tabindex="-1" aria-label="Answer">
                    { answer(state, report.as_ref(), trouble.as_ref(), dark, &dispatch) }
                </main>
            </div>
            { footer() }
            <p class="visually-hidden" role="status">{ said }</p>
            <ToastLine toast={state.toast.clone()} dispatch={dispatch.clone()} />
            if let Some(to_copy) = &state.to_copy {
                <CopyByHand to_copy={Rc::clone(to_copy)} dispatch={dispatch.clone()} />
            }
            if dragging { { drop_overlay() } }
        </>
    }
}
