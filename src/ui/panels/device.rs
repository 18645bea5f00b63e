//! What it runs on.

use crate::engine::hardware::{CUSTOM_ID, PRESETS};
use crate::engine::quantity::{bandwidth, rate};
use crate::engine::roofline::ridge;
use crate::engine::{Bytes, Hardware};
use crate::ui::components::{Field, Options, field, select};
use crate::ui::dom::{Dispatch, El, Node, el, list};
use crate::ui::forms::{DeviceErrors, DeviceField, DeviceForm, devices_by_vendor};
use crate::ui::part::{Hooks, View};
use crate::ui::state::Action;
use std::rc::Rc;
use yew::Html;

#[derive(PartialEq)]
pub struct DevicePanel {
    pub form: DeviceForm,
    pub hardware: Rc<Hardware>,
    pub dispatch: Dispatch,
}

impl View for DevicePanel {
    const NAME: &'static str = "device";

    fn view(&self, _: &mut Hooks) -> Html {
        let DevicePanel { form, hardware, dispatch } = self;
        let mut options = Options::default();
        for (vendor, devices) in devices_by_vendor() {
            let mut group = Options::default();
            for (id, name) in devices {
                group.add(id, name, form.id == id);
            }
            options.group(vendor, group);
        }
        let mut own = Options::default();
        own.add(CUSTOM_ID, "Custom device…", form.is_custom());
        options.group("Yours", own);
        el("section.panel")
            .attr("aria-labelledby", "device-title")
            .child(el("h2").attr("id", "device-title").child("Device"))
            .child(el("label.visually-hidden").attr("for", "device").child("Device"))
            .child(select(options, dispatch, Action::ChooseDevice).attr("id", "device"))
            .child(form.is_custom().then(|| custom(form, dispatch)))
            .child(figures(hardware))
            .child(sources(hardware))
            .into()
    }
}

fn custom(form: &DeviceForm, dispatch: &Dispatch) -> Html {
    let DeviceErrors { fields: mut wrong, all } = form.read().err().map(|errors| *errors).unwrap_or_default();
    let hidden = DeviceField::FURTHER.iter().any(|of| wrong[*of as usize].is_some());
    let mut line = |of: DeviceField| {
        let (id, label, unit) = match of {
            DeviceField::Name => ("device-name", "Name", ""),
            DeviceField::Peak => ("device-peak", "Peak", "TFLOP/s"),
            DeviceField::Bandwidth => ("device-bandwidth", "Bandwidth", "GB/s"),
            DeviceField::Memory => ("device-memory", "Memory", "GiB"),
            DeviceField::Fp8 => ("device-fp8", "Peak in fp8", "TFLOP/s"),
            DeviceField::Int8 => ("device-int8", "Peak in int8", "TFLOP/s"),
            DeviceField::Fp4 => ("device-fp4", "Peak in fp4", "TFLOP/s"),
            DeviceField::Link => ("device-link", "Link, one way", "GB/s"),
            DeviceField::Node => ("device-node", "Devices in a node", ""),
        };
        let keyboard = if of == DeviceField::Name { "" } else { "decimal" };
        let placeholder = if DeviceField::FURTHER.contains(&of) { "none" } else { "" };
        let (value, error) = (form.text(of), wrong[of as usize].take());
        let look = Field { id, label, unit, keyboard, value, error, placeholder, ..Field::default() };
        field(look, dispatch, move |text| Action::SetDevice(of, text)).node()
    };
    let needed = list(DeviceField::NEEDED.map(&mut line));
    let further = el("details.fold")
        .flag("open", hidden)
        .child(el("summary").child("Other types and links"))
        .each(DeviceField::FURTHER.map(&mut line));
    let all = all.map(|wrong| el("p.note note-wrong").attr("role", "alert").child(wrong));
    list([needed, further.node(), all.node()])
}

fn figures(hardware: &Hardware) -> El {
    el("dl.pairs")
        .child(el("dt").child("Bandwidth"))
        .child(el("dd").child(bandwidth(hardware.bandwidth)))
        .child(el("dt").child("Memory"))
        .child(el("dd").child(Bytes(hardware.memory_bytes.into()).human()))
        .each(hardware.interconnect.into_iter().flat_map(|link| {
            let rate = bandwidth(link.bytes_per_second);
            [el("dt").child("Link, one way"), el("dd").attr("title", link.name).child(rate)]
        }))
}

fn sources(hardware: &Hardware) -> El {
    let preset = PRESETS.iter().find(|preset| preset.id == hardware.id);
    let unconfirmed = preset.is_some_and(|preset| preset.unconfirmed.contains(&"*"));
    let caveat = if unconfirmed { ". Not confirmed by a second source." } else { "" };
    el("details.fold")
        .child(el("summary").child("Peaks, ridge points and source"))
        .child(peaks(hardware))
        .child(el("p.note source").child(format!("Source: {}{caveat}", hardware.source)))
}

fn peaks(hardware: &Hardware) -> El {
    let head = ["Type", "Peak, dense", "Ridge point"];
    let head = head.into_iter().map(|title| el("th").attr("scope", "col").child(title));
    let rows = hardware.peaks.iter().map(|&(compute, peak)| {
        el("tr")
            .child(el("th").attr("scope", "row").child(compute.name()))
            .child(el("td").child(rate(peak)))
            .child(el("td").child(ridge(peak, hardware.bandwidth).human()))
    });
    el("table.peaks")
        .child(el("caption.visually-hidden").child("Peak rate and ridge point by data type"))
        .child(el("thead").child(el("tr").each(head)))
        .child(el("tbody").each(rows))
}
