//! Drawing a roofline chart.

use super::axis::tick_label;
use super::logical::{Logical, text_width};
use super::mark::Mark;
use super::pen::{At, Pen, Result};
use super::shape::Shape;
use super::theme::Theme;
use super::view::{Point, Roof, RooflineChart};
use crate::engine::quantity::{self, Intensity};
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;
use plotters::style::Color;

/// Draws a roofline chart over the whole area and returns where its marks are, in drawing order: of two
/// that overlap the later one is in front.
///
/// Operational intensity runs to the right, attainable FLOP/s upwards, both logarithmic. The slope is what
/// memory allows, a flat roof what a compute type allows; a layer's mark stands on the roof in use at the
/// layer's intensity, its area is its share of the time.
///
/// # Errors
/// Those of the backend.
pub fn roofline<DB: DrawingBackend>(
    root: &DrawingArea<Logical<DB>, Shift>,
    chart: &RooflineChart,
    theme: &Theme,
) -> Result<Vec<Mark>, DB> {
    let pen = Pen(root);
    root.fill(&theme.background)?;
    let frame = Frame::new(pen.size(), chart);
    axes(&pen, &frame, theme)?;
    ridge(&pen, &frame, theme)?;
    roofs(&pen, &frame, theme)?;
    let marks = frame.marks();
    for (mark, point) in &marks {
        draw_mark(&pen, mark, point, theme)?;
    }
    if let Some((mark, point)) =
        marks.iter().find(|(mark, _)| mark.row.is_some() && mark.row == chart.selected)
    {
        select(&pen, &frame, mark, point, theme)?;
    }
    let (x, y) = pen.corner();
    Ok(marks.into_iter().map(|(mark, _)| Mark { x: mark.x + x, y: mark.y + y, ..mark }).collect())
}

/// The plot's rectangle and how much fits into it.
struct Frame<'a> {
    chart: &'a RooflineChart,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    /// Text size.
    text: f64,
    /// Axis titles and the words around the ridge point fit.
    roomy: bool,
    /// Nothing but ticks fits.
    tiny: bool,
}

impl<'a> Frame<'a> {
    fn new((width, height): (f64, f64), chart: &'a RooflineChart) -> Self {
        let tiny = width < 260.0 || height < 170.0;
        let roomy = width >= 560.0 && height >= 320.0;
        let text = if roomy { 12.0 } else { 10.5 };
        let (left, right, top, bottom) = match (tiny, roomy) {
            (true, _) => (38.0, 10.0, 8.0, 20.0),
            (_, false) => (62.0, 14.0, 10.0, 42.0),
            (_, true) => (74.0, 18.0, 12.0, 50.0),
        };
        Frame {
            chart,
            left,
            right: (width - right).max(left + 1.0),
            top,
            bottom: (height - bottom).max(top + 1.0),
            text,
            roomy,
            tiny,
        }
    }

    fn x(&self, intensity: f64) -> f64 {
        self.left + (self.right - self.left) * self.chart.x.place(intensity)
    }

    fn y(&self, rate: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * self.chart.y.place(rate)
    }

    fn at(&self, (intensity, rate): (f64, f64)) -> (f64, f64) {
        (self.x(intensity), self.y(rate))
    }

    /// The marks from back to front: large ones first, the total last.
    fn marks(&self) -> Vec<(Mark, &'a Point)> {
        let largest = ((self.right - self.left).min(self.bottom - self.top) * 0.045).clamp(5.0, 15.0);
        let smallest = (largest * 0.3).max(3.0);
        let most = self.chart.points.iter().filter(|p| p.row.is_some()).map(|p| p.share).fold(0.0, f64::max);
        let radius = |point: &Point| match point.row {
            None => (largest * 0.75).max(5.5),
            Some(_) if most > 0.0 => (largest * (point.share / most).sqrt()).max(smallest),
            Some(_) => smallest,
        };
        let mut marks: Vec<_> = self
            .chart
            .points
            .iter()
            .map(|point| {
                let (x, y) = self.at((point.intensity, point.attainable));
                (Mark { row: point.row, x, y, radius: radius(point) }, point)
            })
            .collect();
        marks.sort_by(|(a, _), (b, _)| {
            a.row.is_none().cmp(&b.row.is_none()).then(b.radius.total_cmp(&a.radius))
        });
        marks
    }
}

fn axes<DB: DrawingBackend>(pen: &Pen<DB>, frame: &Frame, theme: &Theme) -> Result<(), DB> {
    let Frame { left, right, top, bottom, text, .. } = *frame;
    for tick in frame.chart.x.ticks(((right - left) / (text * 4.0)) as usize) {
        let x = frame.x(tick);
        pen.line(&[(x, top), (x, bottom)], 1.0, theme.grid)?;
        pen.text(&tick_label(tick), At::center(x, bottom + text), text, theme.muted)?;
    }
    for tick in frame.chart.y.ticks(((bottom - top) / (text * 2.5)) as usize) {
        let y = frame.y(tick);
        pen.line(&[(left, y), (right, y)], 1.0, theme.grid)?;
        pen.text(&tick_label(tick), At::right(left - 6.0, y), text, theme.muted)?;
    }
    if !frame.tiny {
        let (across, down) = ((left + right) / 2.0, (top + bottom) / 2.0);
        let below = At::center(across, bottom + text * 2.9);
        pen.text("Operational intensity (FLOP/B)", below, text, theme.ink)?;
        pen.text("Attainable (FLOP/s)", At::center(text, down).upwards(), text, theme.ink)?;
    }
    Ok(())
}

/// The ridge point's line to the axis and what it parts.
fn ridge<DB: DrawingBackend>(pen: &Pen<DB>, frame: &Frame, theme: &Theme) -> Result<(), DB> {
    let (x, y) = frame.at(frame.chart.ridge);
    pen.dashes((x, y), (x, frame.bottom), 1.0, theme.muted)?;
    if frame.tiny {
        return Ok(());
    }
    let text = frame.text;
    let words = format!("ridge point {}", Intensity(frame.chart.ridge.0).human());
    let line = frame.bottom - text;
    let fits = x + 6.0 + text_width(&words, text) <= frame.right;
    let at = if fits { At::left(x + 6.0, line) } else { At::right(x - 6.0, line) };
    pen.text(&words, at, text, theme.muted)?;
    if frame.roomy {
        let line = line - text * 1.6;
        pen.text("← memory-bound", At::right(x - 6.0, line), text, theme.muted)?;
        pen.text("compute-bound →", At::left(x + 6.0, line), text, theme.muted)?;
    }
    Ok(())
}

fn roofs<DB: DrawingBackend>(pen: &Pen<DB>, frame: &Frame, theme: &Theme) -> Result<(), DB> {
    let chart = frame.chart;
    for roof in chart.roofs.iter().filter(|roof| !roof.used) {
        let [_, knee, end] = chart.roof_line(roof).map(|corner| frame.at(corner));
        let begin = frame.at(chart.ridge);
        if knee.0 > begin.0 {
            pen.dashes(begin, knee, 1.0, theme.muted)?;
        }
        pen.dashes(knee, end, 1.0, theme.muted)?;
    }
    for roof in chart.roofs.iter().filter(|roof| roof.used) {
        pen.line(&chart.roof_line(roof).map(|corner| frame.at(corner)), 2.25, theme.ink)?;
        let (x, y) = frame.at(chart.ridge);
        let ring = Shape::Circle.corners(x, y, 3.5);
        pen.polygon(&ring, theme.background.to_rgba())?;
        pen.outline(&ring, 1.75, theme.ink)?;
    }
    if !frame.tiny {
        roof_labels(pen, frame, theme)?;
        bandwidth_label(pen, frame, theme)?;
    }
    Ok(())
}

/// Each roof's types and peak above its right end, moved apart where roofs are close.
fn roof_labels<DB: DrawingBackend>(pen: &Pen<DB>, frame: &Frame, theme: &Theme) -> Result<(), DB> {
    let text = frame.text;
    let roofs: Vec<&Roof> = frame.chart.roofs.iter().rev().collect();
    let wanted: Vec<f64> = roofs.iter().map(|roof| frame.y(roof.peak) - text * 0.75).collect();
    let places = spread(&wanted, text * 1.2, frame.top + text * 0.6);
    for (roof, y) in roofs.into_iter().zip(places) {
        let label = if roof.used || frame.roomy { roof.label() } else { roof.names() };
        let width = text_width(&label, text);
        let x = frame.right - 4.0;
        let (from, to) = ((x - width, y - text * 0.55), (x + 2.0, y + text * 0.55));
        pen.rectangle(from, to, theme.background.mix(0.75))?;
        pen.text(&label, At::right(x, y), text, if roof.used { theme.ink } else { theme.muted })?;
    }
    Ok(())
}

/// What the slope stands for, on its upper side and clear of the marks.
fn bandwidth_label<DB: DrawingBackend>(pen: &Pen<DB>, frame: &Frame, theme: &Theme) -> Result<(), DB> {
    let chart = frame.chart;
    let ridge = chart.ridge.0;
    let below = chart.points.iter().map(|p| p.intensity).filter(|i| *i < ridge);
    let from = below.fold(chart.roof_line(&chart.roofs[0])[0].0, f64::max);
    let middle = (from * ridge).sqrt();
    let (x, y) = frame.at((middle, chart.bandwidth * middle));
    let label = format!("memory · {}", quantity::bandwidth(chart.bandwidth));
    if x - 8.0 - text_width(&label, frame.text) > frame.left {
        pen.text(&label, At::right(x - 8.0, y - frame.text * 0.6), frame.text, theme.ink)?;
    }
    Ok(())
}

fn draw_mark<DB: DrawingBackend>(pen: &Pen<DB>, mark: &Mark, point: &Point, theme: &Theme) -> Result<(), DB> {
    let shape = Shape::of(point.kind);
    let (fill, edge) = (theme.fill(point.kind), theme.outline(point.kind));
    let corners = shape.corners(mark.x, mark.y, mark.radius);
    // A rim of the background parts a mark from those behind it.
    pen.outline(&corners, 4.0, theme.background)?;
    pen.polygon(&corners, fill.mix(0.85))?;
    pen.outline(&corners, 1.25, edge)
}

fn select<DB: DrawingBackend>(
    pen: &Pen<DB>,
    frame: &Frame,
    mark: &Mark,
    point: &Point,
    theme: &Theme,
) -> Result<(), DB> {
    let reach = mark.radius + 5.0;
    pen.outline(&Shape::Circle.corners(mark.x, mark.y, reach), 2.25, theme.accent)?;
    if frame.tiny {
        return Ok(());
    }
    let width = text_width(point.name, frame.text);
    let x = mark.x + reach + 5.0;
    let (x, y) = if x + width <= frame.right {
        (x, mark.y + frame.text * 0.8)
    } else {
        (mark.x - reach - 5.0 - width, mark.y + frame.text * 0.8)
    };
    let half = frame.text * 0.7;
    pen.rectangle((x - 3.0, y - half), (x + width, y + half), theme.background.mix(0.85))?;
    pen.text(point.name, At::left(x, y), frame.text, theme.accent)
}

/// Moves places that are closer than `gap` apart from each other as little as may be, none above `top`.
/// `wanted` ascends.
fn spread(wanted: &[f64], gap: f64, top: f64) -> Vec<f64> {
    // Runs of places at equal gaps: where a run begins, how many it holds.
    let mut runs: Vec<(f64, usize)> = Vec::new();
    for &place in wanted {
        runs.push((place.max(top), 1));
        while let [.., (a, n), (b, m)] = runs[..] {
            if a + gap * n as f64 <= b {
                break;
            }
            let (n, m) = (n as f64, m as f64);
            // The mean of where each of the two runs would have the joint one begin.
            let begin = ((a * n + (b - gap * n) * m) / (n + m)).max(top);
            runs.truncate(runs.len() - 2);
            runs.push((begin, (n + m) as usize));
        }
    }
    runs.into_iter().flat_map(|(begin, n)| (0..n).map(move |i| begin + gap * i as f64)).collect()
}
