//! The roofline: picture, overlay, legend.

use crate::engine::quantity::{Intensity, percent, rate};
use crate::engine::{Hardware, Report};
use crate::plot::{DARK, LIGHT, LegendEntry, Mark, RooflineChart, Theme, hex, hit, legend};
use crate::ui::components::{Canvas, Tip};
use crate::ui::state::{Action, RowId};
use std::rc::Rc;
use yew::prelude::*;

/// How far from a mark's edge the pointer may be.
const REACH: f64 = 24.0;

#[derive(PartialEq, Properties)]
pub struct ChartProps {
    pub report: Rc<Report>,
    pub hardware: Rc<Hardware>,
    pub dark: bool,
    pub hovered: Option<RowId>,
    pub pinned: Option<RowId>,
    pub dispatch: Callback<Action>,
    /// Buttons that save the picture.
    #[prop_or_default]
    pub children: Html,
}

#[component]
pub fn Chart(props: &ChartProps) -> Html {
    let ChartProps { report, hardware, dark, dispatch, .. } = props;
    let theme = if *dark { DARK } else { LIGHT };
    let chart = use_memo((Rc::clone(report), Rc::clone(hardware)), |(report, hardware)| {
        RooflineChart::new(report, hardware, None).map(Rc::new)
    });
    let marks = use_state(Rc::<Vec<Mark>>::default);
    // The total has no row, so what the pointer is near is known here too.
    let near_total = use_state(|| false);
    let Some(chart) = (*chart).clone().filter(|chart| !chart.points.is_empty()) else {
        return html! {
            <section class="chart" aria-labelledby="chart-title">
                <h2 id="chart-title">{ "Roofline" }</h2>
                <p class="empty">{ "This way of counting has no bytes, so no layer has a place on the roofline. Choose “document” or “exact” to see it." }</p>
            </section>
        };
    };

    let at = {
        let marks = Rc::clone(&marks);
        move |event: &MouseEvent| {
            hit(&marks, event.offset_x().into(), event.offset_y().into(), REACH).copied()
        }
    };
    let id_of = {
        let report = Rc::clone(report);
        move |mark: Mark| mark.row.and_then(|row| report.layers.get(row)).map(RowId::of)
    };
    let onpointermove = {
        let (at, id_of, dispatch, near_total) =
            (at.clone(), id_of.clone(), dispatch.clone(), near_total.setter());
        let hovered = props.hovered;
        Callback::from(move |event: PointerEvent| {
            let mark = at(&event);
            let row = mark.and_then(&id_of);
            near_total.set(mark.is_some_and(|mark| mark.row.is_none()));
            if row != hovered {
                dispatch.emit(Action::Hover(row));
            }
        })
    };
    let onpointerleave = {
        let (dispatch, near_total) = (dispatch.clone(), near_total.setter());
        Callback::from(move |_: PointerEvent| {
            near_total.set(false);
            dispatch.emit(Action::Hover(None));
        })
    };
    let onclick = {
        let dispatch = dispatch.clone();
        Callback::from(move |event: MouseEvent| {
            if let Some(row) = at(&event).and_then(&id_of) {
                dispatch.emit(Action::Pin(row));
            }
        })
    };
    let on_drawn = {
        let marks = marks.setter();
        Callback::from(move |drawn| marks.set(drawn))
    };
    let mark_of = |id: Option<RowId>| {
        let row = report.layers.iter().position(|row| Some(RowId::of(row)) == id)?;
        marks.iter().find(|mark| mark.row == Some(row)).copied()
    };
    let (hovered, pinned) = (mark_of(props.hovered), mark_of(props.pinned));
    let total = marks.iter().find(|mark| mark.row.is_none()).copied().filter(|_| *near_total);
    let told = hovered.or(total).or(pinned);

    html! {
        <section class={if *dark { "chart dark-picture" } else { "chart" }} aria-labelledby="chart-title">
            <div class="section-head">
                <h2 id="chart-title">{ "Roofline" }</h2>
                <div class="tools">{ props.children.clone() }</div>
            </div>
            <div class="plot" {onpointermove} {onpointerleave} {onclick}>
                <Canvas chart={Rc::clone(&chart)} {theme} {on_drawn} />
                <svg class="overlay" aria-hidden="true">
                    for (mark, class) in [(pinned, "ring ring-pinned"), (hovered.or(total), "ring")].into_iter().filter_map(|(mark, class)| Some((mark?, class))) {
                        <circle {class} cx={mark.x.to_string()} cy={mark.y.to_string()} r={(mark.radius + 4.0).to_string()} />
                    }
                </svg>
                if let Some(mark) = told {
                    <Tip x={mark.x} y={mark.y} gap={mark.radius + 10.0}>{ tip(&chart, mark) }</Tip>
                }
            </div>
            { legend_list(&chart, &theme) }
        </section>
    }
}

fn tip(chart: &RooflineChart, mark: Mark) -> Html {
    let Some(point) = chart.points.iter().find(|point| point.row == mark.row) else { return html! {} };
    let of_time =
        if point.row.is_some() { format!("{} of the time", percent(point.share)) } else { String::new() };
    html! {
        <>
            <strong>{ point.name }</strong>
            <span>{ Intensity(point.intensity).human() }</span>
            <span>{ format!("≤ {}", rate(point.attainable)) }</span>
            if !of_time.is_empty() { <span>{ of_time }</span> }
        </>
    }
}

/// What shapes and lines mean. Shape and words carry it; colour only helps.
fn legend_list(chart: &RooflineChart, theme: &Theme) -> Html {
    let shown = |entry: &LegendEntry| chart.points.iter().any(|point| point.kind == entry.kind);
    html! {
        <ul class="legend" aria-label="Legend">
            for entry in legend(theme).filter(shown) {
                <li>
                    <svg class="legend-mark" viewBox="0 0 16 16" aria-hidden="true">
                        <polygon points={corners(&entry)} fill={hex(entry.fill)} stroke={hex(entry.outline)} />
                    </svg>
                    { entry.label }
                </li>
            }
            <li class="legend-note">{ "A larger mark takes a larger share of the time." }</li>
        </ul>
    }
}

fn corners(entry: &LegendEntry) -> String {
    let corners = entry.shape.corners(8.0, 8.0, 5.5);
    corners.into_iter().map(|(x, y)| format!("{x:.2},{y:.2}")).collect::<Vec<_>>().join(" ")
}
