//! The layers under two accountings, side by side, and why they differ.

use super::table::{TableProps, details, exact_bytes, exact_flops};
use crate::engine::Accounting;
use crate::engine::compare::{Difference, compare};
use crate::engine::quantity::{grouped, plain};
use crate::engine::report::Row;
use crate::ui::state::{Action, RowId};
use crate::ui::subject::sentence;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// Chooses what the figures are set against: nothing, or another accounting than the one in force.
pub fn compare_with(props: &TableProps) -> Html {
    let onchange = props.dispatch.reform(|event: Event| {
        let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        Action::Compare(select.and_then(|select| Accounting::parse(&select.value())))
    });
    let named = Accounting::NAMED.map(|row| row.1);
    let own = props.compare.filter(|other| !named.contains(other));
    html! {
        <label class="compare-with">
            { "Compare with" }
            <select {onchange}>
                <option value="" selected={props.compare.is_none()}>{ "nothing" }</option>
                for other in named.into_iter().filter(|other| *other != props.accounting).chain(own) {
                    <option value={other.id()} selected={props.compare == Some(other)}>{ other.name() }</option>
                }
            </select>
        </label>
    }
}

/// The table of the differences, in execution order.
pub fn compared(props: &TableProps, other: &Accounting) -> Html {
    let (model, sides) = (&props.subject.model, [props.accounting.name(), other.name()]);
    let compared = match compare(model, &props.workload, &props.accounting, other) {
        Ok(compared) => compared,
        Err(error) => return html! { <p class="note note-wrong">{ sentence(&error.to_string()) }</p> },
    };
    let several = compared.rows.iter().any(|row| row.blocks > 0 && row.group != compared.rows[0].group);
    let mut rows = Vec::new();
    for (i, row) in compared.rows.iter().enumerate() {
        if several && (i == 0 || compared.rows[i - 1].group != row.group) {
            let group = model.groups.iter().find(|group| group.label == row.group);
            let places = group.map(|group| group.places()).filter(|places| !places.is_empty());
            rows.push(html! {
                <tr class="group">
                    <th scope="rowgroup" colspan="9">
                        <span>{ &row.group }{ places.map(|places| format!(", blocks {places}")) }</span>
                    </th>
                </tr>
            });
        }
        rows.push(line(props, row, why(&compared.rows[..i], row)));
    }
    html! {
        <table class="layers-table compare-table">
            <caption class="visually-hidden">
                { format!("Compute and bytes of each layer for one block, as {} and as {} count them", sides[0], sides[1]) }
            </caption>
            <thead>
                <tr>
                    <th scope="col" class="layer">{ "Layer" }</th>
                    <th scope="col">{ "Blocks" }</th>
                    for what in ["Compute", "Bytes"] {
                        for side in sides {
                            <th scope="col">{ what }<span class="of-group">{ side }</span></th>
                        }
                        <th scope="col" title="The second figure over the first">{ "Ratio" }</th>
                    }
                    <th scope="col" class="why">{ "Why" }</th>
                </tr>
            </thead>
            <tbody>{ Html::from_iter(rows) }</tbody>
            <tfoot>
                <tr>
                    <th scope="row" class="layer">{ "All blocks" }</th>
                    <td></td>
                    { figures(&compared.total) }
                    <td class="why"></td>
                </tr>
            </tfoot>
        </table>
    }
}

fn line(props: &TableProps, difference: &Difference, why: Html) -> Html {
    let layers = &props.report.layers;
    // A layer that only the other accounting counts has no formulas to open.
    let at = layers.iter().position(|row| row.name == difference.name && row.group == difference.group);
    let found = at.and_then(|at| layers.get(at));
    let id = found.map(RowId::of);
    let pinned = id.is_some() && props.pinned == id;
    let class = match (pinned, id.is_some() && props.hovered == id) {
        (true, _) => "pinned",
        (false, true) => "lit",
        (false, false) => "",
    };
    let hover = props.dispatch.reform(move |_: PointerEvent| Action::Hover(id));
    let placement = |at: usize| props.report.roofline.as_ref()?.layers.get(at).copied();
    html! {
        <>
            <tr {class} onpointerenter={hover}>
                <th scope="row" class="layer">
                    if let Some(row) = found { { opener(props, row, pinned) } } else { { difference.name } }
                </th>
                <td>{ grouped(difference.blocks.into()) }</td>
                { figures(difference) }
                <td class="why">{ why }</td>
            </tr>
            if let (true, Some(row)) = (pinned, found) {
                { details(props, row, at.and_then(placement)) }
            }
        </>
    }
}

fn opener(props: &TableProps, row: &Row, pinned: bool) -> Html {
    let id = RowId::of(row);
    html! {
        <button
            type="button"
            class="layer-button"
            aria-expanded={if pinned { "true" } else { "false" }}
            onclick={props.dispatch.reform(move |_| Action::Pin(id))}
        >
            { row.name }
        </button>
    }
}

fn figures(difference: &Difference) -> Html {
    let ratio = |ratio: Option<f64>| match ratio {
        Some(1.0) => html! { <td class="same">{ "=" }</td> },
        Some(ratio) => html! { <td title={ratio.to_string()}>{ plain(ratio) }{ " ×" }</td> },
        None => html! { <td>{ "–" }</td> },
    };
    html! {
        <>
            for flops in difference.flops { <td title={exact_flops(flops)}>{ flops.human() }</td> }
            { ratio(difference.flops_ratio) }
            for bytes in difference.bytes { <td title={exact_bytes(bytes)}>{ bytes.human() }</td> }
            { ratio(difference.bytes_ratio) }
        </>
    }
}

/// The first cause in a sentence; one that a row above has said already by the name of that row.
fn why(above: &[Difference], row: &Difference) -> Html {
    let Some(cause) = row.causes.first() else { return html! {} };
    let more = match row.causes.len() {
        1 => String::new(),
        more => format!(" And {} more.", more - 1),
    };
    let all = row.causes.iter().map(|cause| sentence(cause)).collect::<Vec<_>>().join(" ");
    match above.iter().find(|other| other.causes.first() == Some(cause)) {
        Some(other) => html! { <span title={all}>{ format!("As for {}.{more}", other.name) }</span> },
        None => html! { <span title={all}>{ sentence(cause) }{ more }</span> },
    }
}
