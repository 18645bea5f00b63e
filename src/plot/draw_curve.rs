//! Drawing the chart of a sweep.

use super::area::Area;
use super::axis::tick_label;
use super::curve::{CurveChart, Dot, Line};
use super::logical::text_width;
use super::mark::Mark;
use super::pen::{At, Pen};
use super::theme::Theme;
use plotters::style::Color;

/// Draws the chart of a sweep and returns where its dots are; a mark's `row` is that of the curve.
///
/// The line is the bound, the dashes beside it what it is without overlap; a hollow dot does not fit. Each
/// further line has a shape of its own.
pub fn curve(pen: &mut Pen, chart: &CurveChart, theme: &Theme) -> Vec<Mark> {
    let area = Area::new(pen.size);
    if chart.names.is_empty() {
        for tick in chart.x.ticks(area.ticks_across()) {
            area.across(pen, area.x(&chart.x, tick), &tick_label(tick), theme);
        }
    } else {
        for (at, name) in chart.names.iter().enumerate() {
            area.across(pen, area.x(&chart.x, (at + 1) as f64), name, theme);
        }
    }
    area.upwards(pen, &chart.y, (chart.across, chart.upwards), theme);
    if let Some(level) = &chart.level {
        let y = area.y(&chart.y, level.y);
        pen.dashes((area.left, y), (area.right, y), 1.0, theme.muted);
        if !area.tiny {
            pen.text(level.words, At::right(area.right, y - area.text * 0.8), area.text, theme.muted);
        }
    }
    walls(pen, &area, chart, theme);
    let at = |x: f64, y: f64| (area.x(&chart.x, x), area.y(&chart.y, y));
    if let [_, _, ..] = chart.front[..] {
        let corners: Vec<_> = chart.front.iter().map(|&(x, y)| at(x, y)).collect();
        pen.line(&corners, 2.5, theme.accent);
    }
    let mut marks = Vec::new();
    for (number, line) in chart.lines.iter().enumerate() {
        draw_line(pen, &area, chart, (number, line), theme, &mut marks);
    }
    marks
}

/// Upright lines with their words beside them, each a line of text lower than the one before.
fn walls(pen: &mut Pen, area: &Area, chart: &CurveChart, theme: &Theme) {
    for (number, wall) in chart.walls.iter().enumerate() {
        let x = area.x(&chart.x, wall.x);
        pen.dashes((x, area.top), (x, area.bottom), 1.25, theme.accent);
        if area.tiny {
            continue;
        }
        let y = area.top + area.text * (0.8 + 1.5 * number as f64);
        let width = text_width(&wall.words, area.text);
        let fits = x + 6.0 + width <= area.right;
        let (from, words) =
            if fits { (x + 6.0, At::left(x + 6.0, y)) } else { (x - 6.0 - width, At::right(x - 6.0, y)) };
        let half = area.text * 0.7;
        pen.rectangle((from - 2.0, y - half), (from + width + 2.0, y + half), theme.background.mix(0.85));
        pen.text(&wall.words, words, area.text, theme.accent);
    }
}

fn draw_line(
    pen: &mut Pen,
    area: &Area,
    chart: &CurveChart,
    (number, line): (usize, &Line),
    theme: &Theme,
    marks: &mut Vec<Mark>,
) {
    /// More dots than this run into each other.
    const MOST: usize = 48;
    let at = |x: f64, y: f64| (area.x(&chart.x, x), area.y(&chart.y, y));
    let (color, shape) = theme.series(number);
    let corners: Vec<_> = line.dots.iter().map(|dot| at(dot.x, dot.y)).collect();
    if chart.names.is_empty() && chart.front.is_empty() {
        pen.line(&corners, 2.0, color);
        let worse: Vec<_> = line.dots.iter().filter_map(|dot| Some(at(dot.x, dot.worse?))).collect();
        if chart.lines.len() == 1 {
            for pair in worse.windows(2) {
                pen.dashes(pair[0], pair[1], 1.0, theme.muted);
            }
        }
    } else if !chart.front.is_empty() {
        pen.line(&corners, 1.0, color);
    }
    let radius = if line.dots.len() > MOST { 1.5 } else { 4.5 };
    for (&(x, y), dot) in corners.iter().zip(&line.dots) {
        let Dot { row, fits, .. } = *dot;
        if line.dots.len() <= MOST {
            let edge = shape.corners(x, y, radius);
            pen.polygon(&edge, if fits { color.to_rgba() } else { theme.background.to_rgba() });
            pen.outline(&edge, 1.5, color);
        }
        marks.push(Mark { scenario: 0, row: Some(row), x, y, radius });
    }
    let last = corners.last().filter(|_| !line.name.is_empty() && !area.tiny);
    if let Some(&(x, y)) = last {
        let width = text_width(&line.name, area.text);
        let beside = x + 10.0 + width <= area.right;
        let words = if beside { At::left(x + 10.0, y) } else { At::right(x - 10.0, y - area.text) };
        pen.text(&line.name, words, area.text, theme.ink);
    }
}
