//! Several scenarios in one roofline chart.
//!
//! Each has its tone and its letter: in its marks, at its roof and in the legend, so that the picture can be
//! read without colour. What a layer is, the page says where it is pointed at.

use super::draw;
use super::frame::Frame;
use super::labels::{self, Box};
use super::logical::text_width;
use super::mark::Mark;
use super::pen::{At, Pen};
use super::shape::Shape;
use super::svg::fitting;
use super::theme::Theme;
use super::view::{Point, Roof, RooflineChart};
use crate::engine::lineup::letter;
use crate::engine::order::sorted;
use crate::engine::quantity;
use plotters::style::Color;

/// The smallest radius that a letter can be read in.
const LEAST: f64 = 6.0;

/// A roof that some of the scenarios share.
struct Shared<'a> {
    chart: &'a RooflineChart,
    roof: &'a Roof,
    /// The first scenario under it, and the letters of all.
    first: usize,
    letters: String,
}

/// Draws roofs, marks and legend over axes that are there already.
pub fn draw(pen: &mut Pen, frame: &Frame, theme: &Theme) -> Vec<Mark> {
    let roofs = roofs(frame.chart);
    let marks = marks(pen.size, frame);
    if let [_] = roofs[..] {
        draw::ridge(pen, frame, theme);
    }
    // Where roofs are one line, the page's own is in front.
    for shared in roofs.iter().rev() {
        draw_roof(pen, frame, shared, theme);
    }
    if !frame.tiny {
        let places: Vec<Mark> = marks.iter().map(|(mark, _)| *mark).collect();
        if let [_] = roofs[..] {
            name_roofs(pen, frame, &roofs, &places, Vec::new(), theme);
            labels::bandwidth(pen, frame, &places, theme);
        } else {
            let letters = letter_roofs(pen, frame, &roofs, theme);
            name_roofs(pen, frame, &roofs, &places, letters, theme);
        }
    }
    for (mark, point) in &marks {
        draw_mark(pen, mark, point, theme);
    }
    for (mark, _) in marks.iter().filter(|(mark, _)| mark.row.is_none()) {
        let at = At::right(mark.x - mark.radius * 0.5, mark.y - mark.radius * 0.75);
        tag(pen, &letter(mark.scenario).to_string(), at, frame.text, theme);
    }
    if frame.roomy {
        legend(pen, frame, theme);
    }
    marks.into_iter().map(|(mark, _)| mark).collect()
}

fn roofs(chart: &RooflineChart) -> Vec<Shared<'_>> {
    let mut found: Vec<Shared> = Vec::new();
    for chart in chart.scenarios() {
        let Some(roof) = chart.roofs.iter().find(|roof| roof.used) else { continue };
        let name = letter(chart.place);
        let same =
            |other: &&mut Shared| other.chart.bandwidth == chart.bandwidth && other.roof.peak == roof.peak;
        match found.iter_mut().find(same) {
            Some(shared) => shared.letters.extend([' ', name]),
            None => found.push(Shared { chart, roof, first: chart.place, letters: name.to_string() }),
        }
    }
    found
}

/// All marks, from back to front; of equals the page's own scenario is in front.
fn marks<'a>(size: (f64, f64), frame: &Frame<'a>) -> Vec<(Mark, &'a Point)> {
    let mut all = Vec::new();
    for chart in frame.chart.scenarios() {
        let scenario = chart.place;
        let large = |mark: Mark| if mark.row.is_some() { mark.radius.max(LEAST) } else { mark.radius };
        let marks = Frame::new(size, chart).marks();
        all.extend(
            marks.into_iter().map(|(mark, point)| (Mark { scenario, radius: large(mark), ..mark }, point)),
        );
    }
    sorted(&all, |(a, _), (b, _)| {
        let totals = b.row.is_none().cmp(&a.row.is_none());
        totals.then(b.radius.total_cmp(&a.radius)).then(b.scenario.cmp(&a.scenario))
    })
}

fn draw_roof(pen: &mut Pen, frame: &Frame, shared: &Shared, theme: &Theme) {
    let tone = theme.tone(shared.first);
    pen.line(&shared.chart.roof_line(shared.roof).map(|corner| frame.at(corner)), 2.0, tone);
    let (x, y) = frame.at(shared.chart.ridge);
    let ring = Shape::Circle.corners(x, y, 3.5);
    pen.polygon(&ring, theme.background.to_rgba());
    pen.outline(&ring, 1.75, tone)
}

/// The room that a text takes which ends at `end`.
fn room(frame: &Frame, text: &str, end: f64, line: f64) -> Box {
    Box::new(end, line, (text_width(text, frame.text), frame.text * 1.1))
}

/// Each roof's letters at its ridge point, those of the furthest on the side where no slope is.
fn letter_roofs(pen: &mut Pen, frame: &Frame, roofs: &[Shared], theme: &Theme) -> Vec<Box> {
    let furthest = roofs.iter().map(|shared| shared.chart.ridge.0).fold(0.0, f64::max);
    let mut letter = |shared: &Shared| {
        let (x, y) = frame.at(shared.chart.ridge);
        let (end, line) = if shared.chart.ridge.0 < furthest {
            (x - 4.0, y - frame.text * 0.7)
        } else {
            (x + 8.0 + text_width(&shared.letters, frame.text), y + frame.text)
        };
        tag(pen, &shared.letters, At::right(end, line), frame.text, theme);
        room(frame, &shared.letters, end, line)
    };
    roofs.iter().map(&mut letter).collect()
}

/// At each roof's end what is computed in and how fast; roofs of one height have one name. A name is nearer to its
/// roof than to any other and, if it can be, clear of marks and of what is `written` there.
fn name_roofs(
    pen: &mut Pen,
    frame: &Frame,
    roofs: &[Shared],
    marks: &[Mark],
    mut written: Vec<Box>,
    theme: &Theme,
) {
    let end = frame.right - 4.0;
    let mut named: Vec<f64> = Vec::new();
    for shared in roofs {
        let y = frame.y(shared.chart.ridge.1);
        if named.iter().any(|other| (other - y).abs() <= frame.text * 1.2) {
            continue;
        }
        named.push(y);
        // Beside the letters a narrow picture has no room for the types.
        let (full, short) = (shared.roof.label(), quantity::rate(shared.roof.peak));
        let labels = if frame.roomy { vec![full, short] } else { vec![short] };
        let lines = [-0.75, -1.9, 2.3, 3.6].map(|lines| y + frame.text * lines);
        let near = |line: f64| {
            let mut others = roofs.iter().map(|other| frame.y(other.roof.peak)).filter(|other| *other != y);
            others.all(|other| (other - line).abs() > (y - line).abs())
        };
        let mut places = labels.iter().flat_map(|label| lines.map(|line| (label, line)));
        let free = places.find(|(label, line)| {
            let room = room(frame, label, end, *line);
            near(*line) && room.is_free(marks) && !written.iter().any(|other| room.overlaps(other))
        });
        let (label, line) = free.unwrap_or((&labels[labels.len() - 1], lines[0]));
        tag(pen, label, At::right(end, line), frame.text, theme);
        written.push(room(frame, label, end, line));
    }
}

fn draw_mark(pen: &mut Pen, mark: &Mark, point: &Point, theme: &Theme) {
    let tone = theme.tone(mark.scenario);
    if point.row.is_none() {
        let star = Shape::of(None).corners(mark.x, mark.y, mark.radius);
        pen.outline(&star, 3.0, theme.background);
        pen.polygon(&star, theme.wash(tone).to_rgba());
        return pen.outline(&star, 2.0, tone);
    }
    badge(pen, (mark.x, mark.y), mark.radius, mark.scenario, theme)
}

/// A circle in the tone of a scenario with its letter in it.
fn badge(pen: &mut Pen, (x, y): (f64, f64), radius: f64, scenario: usize, theme: &Theme) {
    let tone = theme.tone(scenario);
    let circle = Shape::Circle.corners(x, y, radius);
    pen.outline(&circle, 3.0, theme.background);
    pen.polygon(&circle, theme.wash(tone).to_rgba());
    pen.outline(&circle, 1.5, tone);
    let size = (radius * 1.25).clamp(8.5, 12.0);
    pen.text(&letter(scenario).to_string(), At::center(x, y), size, theme.ink)
}

/// A text that ends at a place, over what is behind it.
fn tag(pen: &mut Pen, text: &str, at: At, size: f64, theme: &Theme) {
    let (width, half) = (text_width(text, size), size * 0.55);
    pen.rectangle((at.x - width, at.y - half), (at.x + 2.0, at.y + half), theme.background.mix(0.75));
    pen.text(text, at, size, theme.ink)
}

/// What the letters stand for, above the slope, where no mark can be.
fn legend(pen: &mut Pen, frame: &Frame, theme: &Theme) {
    for (line, chart) in frame.chart.scenarios().enumerate() {
        let (x, y) = (frame.left + 16.0, frame.top + 14.0 + 18.0 * line as f64);
        let title = fitting(&chart.title, (frame.right - frame.left) * 0.5, frame.text);
        let end = x + 14.0 + text_width(&title, frame.text);
        pen.rectangle((x + 8.0, y - 8.0), (end, y + 8.0), theme.background.mix(0.75));
        badge(pen, (x, y), 7.5, chart.place, theme);
        pen.text(&title, At::left(x + 14.0, y), frame.text, theme.ink);
    }
}
