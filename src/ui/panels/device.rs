//! What it runs on.

use crate::engine::hardware::{CUSTOM_ID, PRESETS};
use crate::engine::quantity::{bandwidth, rate};
use crate::engine::roofline::ridge;
use crate::engine::{Bytes, Hardware};
use crate::ui::components::{Field, field};
use crate::ui::forms::{DeviceField, DeviceForm, devices_by_vendor};
use crate::ui::state::Action;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct DevicePanelProps {
    pub form: DeviceForm,
    pub hardware: Rc<Hardware>,
    pub dispatch: Callback<Action>,
}

#[component]
pub fn DevicePanel(props: &DevicePanelProps) -> Html {
    let DevicePanelProps { form, hardware, dispatch } = props;
    let onchange = dispatch.reform(|event: Event| {
        let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        Action::ChooseDevice(select.map(|select| select.value()).unwrap_or_default())
    });
    html! {
        <section class="panel" aria-labelledby="device-title">
            <h2 id="device-title">{ "Device" }</h2>
            <label class="visually-hidden" for="device">{ "Device" }</label>
            <select id="device" {onchange}>
                for (vendor, devices) in devices_by_vendor() {
                    <optgroup label={vendor}>
                        for (id, name) in devices {
                            <option value={id} selected={form.id == id}>{ name }</option>
                        }
                    </optgroup>
                }
                <optgroup label="Yours">
                    <option value={CUSTOM_ID} selected={form.is_custom()}>{ "Custom device…" }</option>
                </optgroup>
            </select>
            if form.is_custom() {
                { own(form, dispatch) }
            }
            { figures(hardware) }
        </section>
    }
}

fn own(form: &DeviceForm, dispatch: &Callback<Action>) -> Html {
    let errors = form.read().err().unwrap_or_default();
    let line = |id: &'static str, of: DeviceField, label, unit, error: Option<String>| {
        let keyboard = if of == DeviceField::Name { "" } else { "decimal" };
        let on_input = dispatch.reform(move |text| Action::SetDevice(of, text));
        field(Field { id, label, unit, keyboard, value: form.text(of), error, ..Field::default() }, &on_input)
    };
    html! {
        <>
            { line("device-name", DeviceField::Name, "Name", "", None) }
            { line("device-peak", DeviceField::Peak, "Peak", "TFLOP/s", errors.peak) }
            { line("device-bandwidth", DeviceField::Bandwidth, "Bandwidth", "GB/s", errors.bandwidth) }
            { line("device-memory", DeviceField::Memory, "Memory", "GiB", errors.memory) }
            if let Some(wrong) = errors.all {
                <p class="note note-wrong" role="alert">{ wrong }</p>
            }
        </>
    }
}

fn figures(hardware: &Hardware) -> Html {
    let unconfirmed = PRESETS
        .iter()
        .find(|preset| preset.id == hardware.id)
        .is_some_and(|preset| preset.unconfirmed.contains(&"*"));
    html! {
        <>
            <dl class="pairs">
                <dt>{ "Bandwidth" }</dt>
                <dd>{ bandwidth(hardware.bandwidth) }</dd>
                <dt>{ "Memory" }</dt>
                <dd>{ Bytes(hardware.memory_bytes.into()).human() }</dd>
            </dl>
            <details class="fold">
                <summary>{ "Peaks, ridge points and source" }</summary>
                { peaks(hardware) }
                <p class="note source">
                    { "Source: " }{ hardware.source.to_string() }
                    if unconfirmed {
                        { ". Not confirmed by a second source." }
                    }
                </p>
            </details>
        </>
    }
}

fn peaks(hardware: &Hardware) -> Html {
    html! {
        <table class="peaks">
            <caption class="visually-hidden">{ "Peak rate and ridge point by data type" }</caption>
            <thead>
                <tr>
                    <th scope="col">{ "Type" }</th>
                    <th scope="col">{ "Peak, dense" }</th>
                    <th scope="col">{ "Ridge point" }</th>
                </tr>
            </thead>
            <tbody>
                for &(compute, peak) in hardware.peaks.iter() {
                    <tr>
                        <th scope="row">{ compute.name() }</th>
                        <td>{ rate(peak) }</td>
                        <td>{ ridge(peak, hardware.bandwidth).human() }</td>
                    </tr>
                }
            </tbody>
        </table>
    }
}
