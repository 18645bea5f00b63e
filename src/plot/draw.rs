//! Drawing a roofline chart.

use super::axis::tick_label;
use super::frame::Frame;
use super::labels;
use super::logical::text_width;
use super::mark::Mark;
use super::pen::{At, Pen};
use super::shape::Shape;
use super::shared;
use super::theme::Theme;
use super::view::{Point, RooflineChart};
use crate::engine::quantity::Intensity;
use plotters::style::Color;

/// Draws a roofline chart and returns where its marks are, in drawing order: of two that overlap the later one
/// is in front.
///
/// Operational intensity runs to the right, attainable FLOP/s upwards, both logarithmic. The slope is what
/// memory allows, a flat roof what a compute type allows; a layer's mark stands on the roof in use at the
/// layer's intensity, its area is its share of the time, and more only where it would be hidden by others.
/// Scenarios beside the chart's own share its axes.
pub fn roofline(pen: &mut Pen, chart: &RooflineChart, theme: &Theme) -> Vec<Mark> {
    let frame = Frame::new(pen.size, chart);
    axes(pen, &frame, theme);
    if !chart.beside.is_empty() {
        return shared::draw(pen, &frame, theme);
    }
    ridge(pen, &frame, theme);
    roofs(pen, &frame, theme);
    let marks = frame.marks();
    if !frame.tiny {
        let places: Vec<Mark> = marks.iter().map(|(mark, _)| *mark).collect();
        labels::roofs(pen, &frame, &places, theme);
        labels::bandwidth(pen, &frame, &places, theme);
        labels::link(pen, &frame, &places, theme);
    }
    for (mark, point) in &marks {
        draw_mark(pen, mark, point, theme);
    }
    if let Some((mark, point)) =
        marks.iter().find(|(mark, _)| mark.row.is_some() && mark.row == chart.selected)
    {
        select(pen, &frame, mark, point, theme);
    }
    marks.into_iter().map(|(mark, _)| mark).collect()
}

fn axes(pen: &mut Pen, frame: &Frame, theme: &Theme) {
    for tick in frame.chart.x.ticks(frame.ticks_across()) {
        frame.across(pen, frame.x(tick), &tick_label(tick), theme);
    }
    let titles = ("Operational intensity (FLOP/B)", "Attainable (FLOP/s)");
    frame.upwards(pen, &frame.chart.y, titles, theme)
}

/// The ridge point's line to the axis and what it parts.
pub fn ridge(pen: &mut Pen, frame: &Frame, theme: &Theme) {
    let (x, y) = frame.at(frame.chart.ridge);
    pen.dashes((x, y), (x, frame.bottom), 1.0, theme.muted);
    if frame.tiny {
        return;
    }
    let text = frame.text;
    let words = format!("ridge point {}", Intensity(frame.chart.ridge.0).human());
    let line = frame.bottom - text;
    let fits = x + 6.0 + text_width(&words, text) <= frame.right;
    let at = if fits { At::left(x + 6.0, line) } else { At::right(x - 6.0, line) };
    pen.text(&words, at, text, theme.muted);
    if frame.roomy {
        let line = line - text * 1.6;
        pen.text("← memory-bound", At::right(x - 6.0, line), text, theme.muted);
        pen.text("compute-bound →", At::left(x + 6.0, line), text, theme.muted);
    }
}

fn roofs(pen: &mut Pen, frame: &Frame, theme: &Theme) {
    let chart = frame.chart;
    for roof in chart.roofs.iter().filter(|roof| !roof.used) {
        let [_, knee, end] = chart.roof_line(roof).map(|corner| frame.at(corner));
        let begin = frame.at(chart.ridge);
        if knee.0 > begin.0 {
            pen.dashes(begin, knee, 1.0, theme.muted);
        }
        pen.dashes(knee, end, 1.0, theme.muted);
    }
    if let Some(line) = chart.link_line() {
        let [from, to] = line.map(|end| frame.at(end));
        pen.dashes(from, to, 1.75, theme.accent);
    }
    for roof in chart.roofs.iter().filter(|roof| roof.used) {
        pen.line(&chart.roof_line(roof).map(|corner| frame.at(corner)), 2.25, theme.ink);
        let (x, y) = frame.at(chart.ridge);
        let ring = Shape::Circle.corners(x, y, 3.5);
        pen.polygon(&ring, theme.background.to_rgba());
        pen.outline(&ring, 1.75, theme.ink);
    }
}

fn draw_mark(pen: &mut Pen, mark: &Mark, point: &Point, theme: &Theme) {
    let shape = Shape::of(point.kind);
    let (fill, edge) = (theme.fill(point.kind), theme.outline(point.kind));
    let corners = shape.corners(mark.x, mark.y, mark.radius);
    // A rim of the background parts a mark from those behind it.
    pen.outline(&corners, 3.0, theme.background);
    if point.row.is_none() {
        pen.polygon(&corners, theme.background.to_rgba());
        return pen.outline(&corners, 2.0, edge);
    }
    pen.polygon(&corners, fill.mix(0.9));
    pen.outline(&corners, 1.25, edge)
}

fn select(pen: &mut Pen, frame: &Frame, mark: &Mark, point: &Point, theme: &Theme) {
    let reach = mark.radius + 5.0;
    pen.outline(&Shape::Circle.corners(mark.x, mark.y, reach), 2.25, theme.accent);
    if frame.tiny {
        return;
    }
    let width = text_width(point.name, frame.text);
    let x = mark.x + reach + 5.0;
    let (x, y) = if x + width <= frame.right {
        (x, mark.y + frame.text * 0.8)
    } else {
        (mark.x - reach - 5.0 - width, mark.y + frame.text * 0.8)
    };
    let half = frame.text * 0.7;
    pen.rectangle((x - 3.0, y - half), (x + width, y + half), theme.background.mix(0.85));
    pen.text(point.name, At::left(x, y), frame.text, theme.accent)
}
