//! Where things are on a roofline chart of a given size.

use super::area::Area;
use super::mark::Mark;
use super::view::{Point, RooflineChart};
use crate::engine::order::sorted;
use std::ops::Deref;

/// A chart in the rectangle it is drawn in.
pub struct Frame<'a> {
    pub chart: &'a RooflineChart,
    pub area: Area,
}

impl Deref for Frame<'_> {
    type Target = Area;

    fn deref(&self) -> &Area {
        &self.area
    }
}

impl<'a> Frame<'a> {
    pub fn new(size: (f64, f64), chart: &'a RooflineChart) -> Self {
        Frame { chart, area: Area::new(size) }
    }

    pub fn x(&self, intensity: f64) -> f64 {
        self.area.x(&self.chart.x, intensity)
    }

    pub fn y(&self, rate: f64) -> f64 {
        self.area.y(&self.chart.y, rate)
    }

    pub fn at(&self, (intensity, rate): (f64, f64)) -> (f64, f64) {
        (self.x(intensity), self.y(rate))
    }

    /// The marks from back to front: the total first, its tips show around what lies on it; then from
    /// large to small.
    pub fn marks(&self) -> Vec<(Mark, &'a Point)> {
        let largest = ((self.right - self.left).min(self.bottom - self.top) * 0.04).clamp(5.0, 13.0);
        let smallest = (largest * 0.3).max(3.0);
        let at: Vec<_> = self
            .chart
            .points
            .iter()
            .map(|point| (self.at((point.intensity, point.attainable)), point))
            .collect();
        // Layers of one kind in one place are one mark, as large as their shares together.
        let share = |place: (f64, f64), point: &Point| -> f64 {
            let one = |other: &Point| other.row.is_some() && other.kind == point.kind;
            at.iter()
                .filter(|(p, other)| one(other) && together(*p, place))
                .map(|(_, other)| other.share)
                .sum()
        };
        let layers = at.iter().filter(|(_, point)| point.row.is_some());
        let most = layers.map(|(place, point)| share(*place, point)).fold(0.0, f64::max);
        let radius = |place, point: &Point| match point.row {
            None => largest * 1.45,
            Some(_) if most > 0.0 => (largest * (share(place, point) / most).sqrt()).max(smallest),
            Some(_) => smallest,
        };
        let marks: Vec<_> = at
            .iter()
            .map(|&((x, y), point)| {
                (Mark { scenario: 0, row: point.row, x, y, radius: radius((x, y), point) }, point)
            })
            .collect();
        let mut marks = sorted(&marks, |(a, _), (b, _)| {
            b.row.is_none().cmp(&a.row.is_none()).then(b.radius.total_cmp(&a.radius))
        });
        part(&mut marks);
        marks
    }
}

/// How much of a mark must show around one in front of it.
const EDGE: f64 = 2.25;

/// Whether two places are one to the eye.
fn together((ax, ay): (f64, f64), (bx, by): (f64, f64)) -> bool {
    (ax - bx).hypot(ay - by) < EDGE
}

/// Makes marks of several kinds in one place grow, from front to back, until an edge of each can be seen.
fn part(marks: &mut [(Mark, &Point)]) {
    for back in (0..marks.len()).rev() {
        let (behind, front) = marks.split_at_mut(back + 1);
        let (mark, point) = &mut behind[back];
        let here = front.iter().filter(|(other, _)| together((other.x, other.y), (mark.x, mark.y)));
        let of_kind = |(_, other): &&(Mark, &Point)| other.kind == point.kind;
        let (alike, others): (Vec<_>, Vec<_>) = here.partition(of_kind);
        let largest = others.iter().map(|(other, _)| other.radius + EDGE).fold(mark.radius, f64::max);
        mark.radius = alike.iter().map(|(other, _)| other.radius).fold(largest, f64::max);
    }
}
