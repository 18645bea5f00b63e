//! The layers, their costs, and the sums.

use super::compare::{compare_with, compared};
use super::details::Details;
use crate::engine::explain::Figure;
use crate::engine::quantity::{grouped, percent, plain};
use crate::engine::report::{Row, Total};
use crate::engine::roofline::Placement;
use crate::engine::{Accounting, Bytes, Flops, Intensity, Report, Workload};
use crate::ui::components::bar;
use crate::ui::state::{Action, RowId};
use crate::ui::subject::Subject;
use crate::ui::table::{Column, Sort};
use std::rc::Rc;
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct TableProps {
    pub report: Rc<Report>,
    pub subject: Rc<Subject>,
    pub workload: Rc<Workload>,
    pub accounting: Accounting,
    /// The accounting that the figures are set against.
    pub compare: Option<Accounting>,
    pub sort: Sort,
    pub hovered: Option<RowId>,
    pub pinned: Option<RowId>,
    pub figure: Option<Figure>,
    pub dispatch: Callback<Action>,
    /// Buttons that take the table away.
    #[prop_or_default]
    pub children: Html,
}

#[component]
pub fn Table(props: &TableProps) -> Html {
    let TableProps { report, sort, dispatch, .. } = props;
    let onpointerleave = dispatch.reform(|_: PointerEvent| Action::Hover(None));
    html! {
        <section class="layers" aria-labelledby="layers-title">
            <div class="section-head">
                <h2 id="layers-title">{ "Layers" }</h2>
                <p class="aside">{ "Figures of one block. A row opens its formulas." }</p>
                <div class="tools">{ compare_with(props) }{ props.children.clone() }</div>
            </div>
            <div class="scroll" role="region" aria-label="Table of the layers" tabindex="0">
                if let Some(other) = props.compare {
                    { compared(props, &other) }
                } else {
                <table class="layers-table" {onpointerleave}>
                    <caption class="visually-hidden">
                        { "Cost of each layer for one block, with the number of blocks and the share of the time of all of them" }
                    </caption>
                    <thead>
                        <tr>
                            for column in Column::ALL {
                                { header(column, *sort, dispatch) }
                            }
                            <th scope="col" class="bound">{ "Bound" }</th>
                        </tr>
                    </thead>
                    <tbody>
                        { rows(props) }
                    </tbody>
                    <tfoot>{ totals(&report.total) }</tfoot>
                </table>
                }
            </div>
        </section>
    }
}

fn header(column: Column, sort: Sort, dispatch: &Callback<Action>) -> Html {
    let aria = sort.aria(column);
    let arrow = match aria {
        Some("ascending") => "↑",
        Some(_) => "↓",
        None => "",
    };
    html! {
        <th scope="col" aria-sort={aria} class={class_of(column)}>
            <button type="button" title={column.meaning()} onclick={dispatch.reform(move |_| Action::SortBy(column))}>
                { column.label() }<span class="arrow" aria-hidden="true">{ arrow }</span>
            </button>
        </th>
    }
}

fn class_of(column: Column) -> &'static str {
    match column {
        Column::Layer => "layer",
        Column::Share => "share",
        Column::Blocks
        | Column::Flops
        | Column::WeightBytes
        | Column::InputBytes
        | Column::OutputBytes
        | Column::Intensity => "",
    }
}

/// In execution order each kind of blocks has its heading; in another order each row names its kind.
fn rows(props: &TableProps) -> Html {
    let layers = &props.report.layers;
    let several = layers.iter().any(|row| row.at.0 != layers.first().map_or(0, |first| first.at.0));
    let in_order = props.sort == Sort::default();
    let mut group = None;
    let mut rows = Vec::new();
    for i in props.sort.order(&props.report) {
        let Some(layer) = layers.get(i) else { continue };
        if several && in_order && group != Some(layer.at.0) {
            group = Some(layer.at.0);
            rows.push(html! {
                <tr class="group" key={format!("group-{}", layer.at.0)}>
                    <th scope="rowgroup" colspan="9"><span>{ group_heading(props, layer) }</span></th>
                </tr>
            });
        }
        rows.push(row(props, i, several && !in_order));
    }
    Html::from_iter(rows)
}

/// `sliding attention 4,096 · dense, blocks 0–2, 5`
fn group_heading(props: &TableProps, row: &Row) -> String {
    let places = props.subject.model.groups.get(row.at.0).map(|group| group.places()).unwrap_or_default();
    match places.as_str() {
        "" => row.group.clone(),
        places => format!("{}, blocks {places}", row.group),
    }
}

fn row(props: &TableProps, i: usize, named: bool) -> Html {
    let Some(row) = props.report.layers.get(i) else { return html! {} };
    let placement = props.report.roofline.as_ref().and_then(|roofline| roofline.layers.get(i)).copied();
    let id = RowId::of(row);
    let pinned = props.pinned == Some(id);
    html! {
        <>
            <Line
                key={format!("{}-{}", id.0, id.1)}
                row={row.clone()}
                {named}
                {placement}
                lit={props.hovered == Some(id)}
                {pinned}
                dispatch={props.dispatch.clone()}
            />
            if pinned {
                { details(props, row, placement) }
            }
        </>
    }
}

/// The formulas below an open row, which both tables are wide enough for.
pub fn details(props: &TableProps, row: &Row, placement: Option<Placement>) -> Html {
    html! {
        <tr class="details-row" key={format!("details-{}-{}", row.at.0, row.at.1)}>
            <td colspan="9">
                <Details
                    subject={Rc::clone(&props.subject)}
                    workload={Rc::clone(&props.workload)}
                    accounting={props.accounting}
                    row={row.clone()}
                    {placement}
                    figure={props.figure}
                    dispatch={props.dispatch.clone()}
                />
            </td>
        </tr>
    }
}

#[derive(PartialEq, Properties)]
struct LineProps {
    row: Row,
    /// Whether it says which blocks it is of.
    named: bool,
    placement: Option<Placement>,
    lit: bool,
    pinned: bool,
    dispatch: Callback<Action>,
}

/// One layer. A component, so that lighting one row up redraws one row.
#[component]
fn Line(props: &LineProps) -> Html {
    let LineProps { row, named, placement, lit, pinned, dispatch } = props;
    let id = RowId::of(row);
    let over = dispatch.reform(move |_: PointerEvent| Action::Hover(Some(id)));
    let focus = dispatch.reform(move |_: FocusEvent| Action::Hover(Some(id)));
    let open = dispatch.reform(move |_: MouseEvent| Action::Pin(id));
    // No stop of the Tab key: the layer's own button opens the same formulas.
    let figure = |figure: Figure, human: String, exact: String| {
        let explain = dispatch.reform(move |event: MouseEvent| {
            event.stop_propagation();
            Action::Explain(id, figure)
        });
        html! {
            <td>
                <button type="button" class="figure-button" tabindex="-1" title={exact} onclick={explain}>
                    { human }
                </button>
            </td>
        }
    };
    let bytes = |bytes: Bytes| (bytes.human(), exact_bytes(bytes));
    let (weights, input, output) = (bytes(row.weight_bytes), bytes(row.input_bytes), bytes(row.output_bytes));
    html! {
        <tr
            class={classes!(lit.then_some("lit"), pinned.then_some("pinned"))}
            onpointerenter={over}
            onfocusin={focus}
            onclick={open.clone()}
        >
            <th scope="row" class="layer">
                <button
                    type="button"
                    class="layer-button"
                    aria-expanded={if *pinned { "true" } else { "false" }}
                    onclick={dispatch.reform(move |event: MouseEvent| { event.stop_propagation(); Action::Pin(id) })}
                >
                    { row.name }
                </button>
                if *named { <span class="of-group">{ &row.group }</span> }
            </th>
            <td>{ grouped(row.blocks.into()) }</td>
            { figure(Figure::Flops, row.flops.human(), exact_flops(row.flops)) }
            { figure(Figure::WeightBytes, weights.0, weights.1) }
            { figure(Figure::InputBytes, input.0, input.1) }
            { figure(Figure::OutputBytes, output.0, output.1) }
            <td title={row.intensity.map(exact_intensity)}>{ intensity(row.intensity) }</td>
            <td class="share">
                if let Some(placement) = placement {
                    <span class="share-box">
                        { bar(placement.share) }
                        { percent(placement.share) }
                    </span>
                }
            </td>
            <td class="bound">{ placement.map(|placement| placement.bound.words()).unwrap_or_default() }</td>
        </tr>
    }
}

fn totals(total: &Total) -> Html {
    html! {
        <tr>
            <th scope="row" class="layer">{ "All blocks" }</th>
            <td></td>
            <td title={exact_flops(total.flops)}>{ total.flops.human() }</td>
            <td title={exact_bytes(total.weight_bytes)}>{ total.weight_bytes.human() }</td>
            <td title={exact_bytes(total.input_bytes)}>{ total.input_bytes.human() }</td>
            <td title={exact_bytes(total.output_bytes)}>{ total.output_bytes.human() }</td>
            <td title={total.intensity.map(exact_intensity)}>{ intensity(total.intensity) }</td>
            <td class="share"></td>
            <td class="bound"></td>
        </tr>
    }
}

fn intensity(intensity: Option<Intensity>) -> String {
    intensity.map_or_else(|| "–".to_owned(), |i| plain(i.0))
}

pub fn exact_flops(flops: Flops) -> String {
    format!("{} FLOP", grouped(flops.0))
}

pub fn exact_bytes(bytes: Bytes) -> String {
    format!("{} B", grouped(bytes.0))
}

fn exact_intensity(intensity: Intensity) -> String {
    format!("{} FLOP/B", intensity.0)
}
