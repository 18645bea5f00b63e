//! Names on the roofs and the slope, clear of the marks and of each other.

use super::frame::Frame;
use super::logical::text_width;
use super::mark::Mark;
use super::pen::{At, Pen};
use super::theme::Theme;
use super::view::Roof;
use crate::engine::quantity;
use plotters::style::Color;

/// Each roof's types and peak above its right end: moved apart where roofs are close, to the left where
/// marks are in the way, and left out where there is no room.
pub fn roofs(pen: &mut Pen, frame: &Frame, marks: &[Mark], theme: &Theme) {
    let text = frame.text;
    let roofs: Vec<&Roof> = frame.chart.roofs.iter().rev().collect();
    let wanted: Vec<f64> = roofs.iter().map(|roof| frame.y(roof.peak) - text * 0.75).collect();
    let used = roofs.iter().position(|roof| roof.used).unwrap_or(0);
    let places = spread(&wanted, used, text * 1.15, text * 0.6);
    for (roof, y) in roofs.into_iter().zip(places) {
        let Some(y) = y else { continue };
        let end = frame.right - 4.0;
        let knee = frame.x(frame.chart.roof_line(roof)[1].0);
        let place = |label: &str| {
            let width = text_width(label, text);
            let along = (0..).map(|step| end - 12.0 * f64::from(step)).take_while(|x| x - width > knee);
            // In front of the ridge point nothing can be, for it is beyond the slope.
            let before = roof.used.then_some(knee - 10.0).filter(|x| x - width > frame.left);
            let boxes = std::iter::once(end).chain(along).chain(before);
            boxes.map(|x| Box::new(x, y, (width, text * 1.1))).find(|room| room.is_free(marks))
        };
        let (full, short) = (roof.label(), roof.names());
        let full = Some(full).filter(|_| roof.used || frame.roomy);
        let found = full.and_then(|label| place(&label).map(|room| (room, label)));
        let (room, label) = found.unwrap_or_else(|| {
            let crowded = Box::new(end, y, (text_width(&short, text), text * 1.1));
            (place(&short).unwrap_or(crowded), short)
        });
        room.clear(pen, theme);
        let color = if roof.used { theme.ink } else { theme.muted };
        pen.text(&label, At::right(room.right, y), text, color);
    }
}

/// What the slope stands for, on its upper side where no mark is.
pub fn bandwidth(pen: &mut Pen, frame: &Frame, marks: &[Mark], theme: &Theme) {
    let chart = frame.chart;
    let start = chart.x.low.max(chart.y.low / chart.bandwidth);
    let slope = [start, chart.ridge.0].map(|intensity| frame.at((intensity, chart.bandwidth * intensity)));
    let label = format!("memory · {}", quantity::bandwidth(chart.bandwidth));
    let size = (text_width(&label, frame.text), frame.text * 1.1);
    for part in [0.6, 0.5, 0.7, 0.4, 0.8, 0.3] {
        let (x, y) = between(slope, part);
        let (x, y) = (x - 8.0, y - frame.text * 0.5);
        if x - size.0 > frame.left && Box::new(x, y, size).is_free(marks) {
            return pen.text(&label, At::right(x, y), frame.text, theme.ink);
        }
    }
}

/// What the interconnect's slope stands for, on its lower side where no mark is.
pub fn link(pen: &mut Pen, frame: &Frame, marks: &[Mark], theme: &Theme) {
    let Some(line) = frame.chart.link_line() else { return };
    let slope = line.map(|end| frame.at(end));
    let label = "interconnect";
    let size = (text_width(label, frame.text), frame.text * 1.1);
    for part in [0.25, 0.4, 0.15, 0.55, 0.7] {
        let (x, y) = between(slope, part);
        let (right, y) = (x + 10.0 + size.0, y + frame.text * 0.6);
        if right < frame.right && y < frame.bottom - size.1 && Box::new(right, y, size).is_free(marks) {
            return pen.text(label, At::right(right, y), frame.text, theme.accent);
        }
    }
}

/// The point that has `part` of a line before it.
fn between([from, to]: [(f64, f64); 2], part: f64) -> (f64, f64) {
    (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
}

/// The room a text takes.
pub struct Box {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Box {
    /// Of a text of `size` that ends at `right`.
    pub fn new(right: f64, middle: f64, size: (f64, f64)) -> Self {
        Box { left: right - size.0, right, top: middle - size.1 / 2.0, bottom: middle + size.1 / 2.0 }
    }

    pub fn is_free(&self, marks: &[Mark]) -> bool {
        marks.iter().all(|mark| {
            let reach = mark.radius * 1.1;
            mark.x + reach < self.left
                || mark.x - reach > self.right
                || mark.y + reach < self.top
                || mark.y - reach > self.bottom
        })
    }

    pub fn overlaps(&self, other: &Box) -> bool {
        let apart = self.right < other.left
            || other.right < self.left
            || self.bottom < other.top
            || other.bottom < self.top;
        !apart
    }

    /// Fades what is behind.
    fn clear(&self, pen: &mut Pen, theme: &Theme) {
        pen.rectangle((self.left, self.top), (self.right + 2.0, self.bottom), theme.background.mix(0.75))
    }
}

/// Moves ascending places that are closer than `gap` away from the one at `fixed`. There is no place for
/// what would come above `top` or as much as a gap away from where it wants to be.
fn spread(wanted: &[f64], fixed: usize, gap: f64, top: f64) -> Vec<Option<f64>> {
    let mut places = wanted.to_vec();
    for i in (0..fixed.min(places.len())).rev() {
        if let Some(below) = places.get(i + 1) {
            places[i] = places[i].min(below - gap);
        }
    }
    for i in fixed + 1..places.len() {
        places[i] = places[i].max(places[i - 1] + gap);
    }
    let near = |(place, wanted): (f64, &f64)| (place >= top && (place - wanted).abs() < gap).then_some(place);
    places.into_iter().zip(wanted).map(near).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_places_move_away_from_the_fixed_one() {
        for (wanted, fixed, places) in [
            (&[][..], 0, &[][..]),
            (&[10.0, 50.0], 0, &[Some(10.0), Some(50.0)]),
            (&[10.0, 12.0, 14.0], 1, &[Some(2.0), Some(12.0), Some(22.0)]),
            (&[20.0, 23.0, 40.0], 0, &[Some(20.0), Some(30.0), Some(40.0)]),
            // 9 would have to go up to 0, above the top
            (&[9.0, 10.0], 1, &[None, Some(10.0)]),
            // 22 would have to go down to 40
            (&[20.0, 21.0, 22.0], 0, &[Some(20.0), Some(30.0), None]),
        ] {
            assert_eq!(spread(wanted, fixed, 10.0, 2.0), places);
        }
    }
}
