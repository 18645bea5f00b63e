//! The roofline: picture, overlay, legend.

use super::takeaway::{embed, stem, take_picture};
use crate::engine::quantity::{Intensity, percent, rate};
use crate::engine::{Hardware, Report};
use crate::plot::{DARK, LIGHT, LegendEntry, Mark, Picture, RooflineChart, Theme, hex, hit, legend};
use crate::share::Embed;
use crate::ui::components::{Canvas, Tip};
use crate::ui::dom::{Dispatch, El, On, el};
use crate::ui::link::Shown;
use crate::ui::part::{Hooks, View, part};
use crate::ui::state::{Action, RowId};
use std::rc::Rc;
use web_sys::MouseEvent;
use yew::Html;

/// How far from a mark's edge the pointer may be.
const REACH: f64 = 24.0;

#[derive(PartialEq)]
pub struct Chart {
    pub shown: Rc<Shown>,
    pub report: Rc<Report>,
    pub hardware: Rc<Hardware>,
    /// The slope of what is sent between devices.
    pub link: Option<f64>,
    pub dark: bool,
    pub hovered: Option<RowId>,
    pub pinned: Option<RowId>,
    pub dispatch: Dispatch,
}

impl View for Chart {
    const NAME: &'static str = "chart";

    fn view(&self, hooks: &mut Hooks) -> Html {
        let Chart { report, hardware, dark, dispatch, .. } = self;
        let theme = if *dark { DARK } else { LIGHT };
        let chart =
            hooks.memo((Rc::clone(report), Rc::clone(hardware), self.link), |(report, hardware, link)| {
                RooflineChart::new(report, hardware, None).map(|chart| Rc::new(chart.linked(*link)))
            });
        let drawn = hooks.state(Rc::<Vec<Mark>>::default);
        // The total has no row, so what the pointer is near is known here too.
        let near_total = hooks.state(|| false);
        let title = el("h2").attr("id", "chart-title").child("Roofline");
        let section = el(if *dark { "section.chart dark-picture" } else { "section.chart" })
            .attr("aria-labelledby", "chart-title");
        let Some(chart) = chart.filter(|chart| !chart.points.is_empty()) else {
            let why = "This way of counting has no bytes, so no layer has a place on the roofline. \
                       Choose “document” or “exact” to see it.";
            return section.class("chart").child(title).child(el("p.empty").child(why)).into();
        };

        let marks = drawn.get();
        let mark_of = |id: Option<RowId>| {
            let row = report.layers.iter().position(|row| Some(RowId::of(row)) == id)?;
            marks.iter().find(|mark| mark.row == Some(row)).copied()
        };
        let (hovered, pinned) = (mark_of(self.hovered), mark_of(self.pinned));
        let total = marks.iter().find(|mark| mark.row.is_none()).copied().filter(|_| near_total.get());
        let lit = hovered.or(total);

        let at = {
            let (marks, report) = (Rc::clone(&marks), Rc::clone(report));
            Rc::new(move |event: &MouseEvent| {
                let mark = hit(&marks, event.offset_x().into(), event.offset_y().into(), REACH);
                let row = mark.and_then(|mark| report.layers.get(mark.row?)).map(RowId::of);
                (row, mark.is_some_and(|mark| mark.row.is_none()))
            })
        };
        let on_move = {
            let (at, dispatch, near_total) = (Rc::clone(&at), dispatch.clone(), near_total.clone());
            let hovered = self.hovered;
            move |event: MouseEvent| {
                let (row, is_total) = at(&event);
                near_total.set(is_total);
                if row != hovered {
                    dispatch.emit(Action::Hover(row));
                }
            }
        };
        let on_leave = {
            let dispatch = dispatch.clone();
            move |_: MouseEvent| {
                near_total.set(false);
                dispatch.emit(Action::Hover(None));
            }
        };
        let on_click = {
            let dispatch = dispatch.clone();
            move |event: MouseEvent| {
                if let (Some(row), _) = at(&event) {
                    dispatch.emit(Action::Pin(row));
                }
            }
        };
        let rings = [(pinned, "circle.ring ring-pinned"), (lit, "circle.ring")];
        let rings = rings.into_iter().filter_map(|(mark, what)| Some(ring(mark?, what)));
        let picture = Picture::Roofline(Rc::clone(&chart));
        let name = format!("{}-roofline", stem(report));
        let tools = el("div.tools").child(take_picture(&picture, name, *dark, dispatch)).child(embed(
            Embed::Chart,
            &self.shown,
            false,
            dispatch,
        ));
        let plot = el("div.plot")
            .on(On::onpointermove, on_move)
            .on(On::onpointerleave, on_leave)
            .on(On::onclick, on_click)
            .child(part(Canvas { picture, theme, drawn }))
            .child(el("svg.overlay").attr("aria-hidden", "true").each(rings))
            .child(lit.or(pinned).and_then(|mark| tip(&chart, mark)).map(part));
        section
            .child(el("div.section-head").child(title).child(tools))
            .child(plot)
            .child(legend_list(&chart, &theme))
            .into()
    }
}

fn ring(mark: Mark, what: &'static str) -> El {
    el(what)
        .attr("cx", mark.x.to_string())
        .attr("cy", mark.y.to_string())
        .attr("r", (mark.radius + 4.0).to_string())
}

fn tip(chart: &RooflineChart, mark: Mark) -> Option<Tip> {
    let point = chart.points.iter().find(|point| point.row == mark.row)?;
    let mut lines = vec![Intensity(point.intensity).human(), format!("≤ {}", rate(point.attainable))];
    if point.row.is_some() {
        lines.push(format!("{} of the time", percent(point.share)));
    }
    Some(Tip { x: mark.x, y: mark.y, gap: mark.radius + 10.0, title: point.name.to_owned(), lines })
}

/// What shapes and lines mean. Shape and words carry it; colour only helps.
fn legend_list(chart: &RooflineChart, theme: &Theme) -> El {
    let shown = |entry: &LegendEntry| chart.points.iter().any(|point| point.kind == entry.kind);
    let line = |entry: LegendEntry| {
        let shape = el("polygon")
            .attr("points", corners(&entry))
            .attr("fill", hex(entry.fill))
            .attr("stroke", hex(entry.outline));
        let mark =
            el("svg.legend-mark").attr("viewBox", "0 0 16 16").attr("aria-hidden", "true").child(shape);
        el("li").child(mark).child(entry.label)
    };
    el("ul.legend")
        .attr("aria-label", "Legend")
        .each(legend(theme).filter(shown).map(line))
        .child(el("li.legend-note").child("A larger mark takes a larger share of the time."))
}

fn corners(entry: &LegendEntry) -> String {
    let corners = entry.shape.corners(8.0, 8.0, 5.5);
    corners.into_iter().map(|(x, y)| format!("{x:.2},{y:.2}")).collect::<Vec<_>>().join(" ")
}
