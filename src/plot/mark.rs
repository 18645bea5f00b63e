//! Where the marks of a drawn chart are.

use crate::engine::order::sorted;

/// A mark on the chart, in CSS pixels from the upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Its place among the scenarios of the picture.
    pub scenario: usize,
    /// Index into the report's layers; none for the total.
    pub row: Option<usize>,
    pub x: f64,
    pub y: f64,
    pub radius: f64,
}

impl Mark {
    fn distance(&self, x: f64, y: f64) -> f64 {
        (self.x - x).hypot(self.y - y)
    }
}

/// The mark at a place: the smallest that covers it, so that each of a pile can be reached, else the
/// nearest whose edge is at most `within` away.
pub fn hit(marks: &[Mark], x: f64, y: f64, within: f64) -> Option<&Mark> {
    let covering = marks.iter().filter(|mark| mark.distance(x, y) <= mark.radius);
    covering.min_by(|a, b| a.radius.total_cmp(&b.radius)).or_else(|| {
        marks
            .iter()
            .map(|mark| (mark, mark.distance(x, y) - mark.radius))
            .filter(|(_, gap)| *gap <= within)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(mark, _)| mark)
    })
}

/// Every mark that covers a place, the smallest first.
pub fn under(marks: &[Mark], x: f64, y: f64) -> Vec<&Mark> {
    let covering: Vec<_> = marks.iter().filter(|mark| mark.distance(x, y) <= mark.radius).collect();
    sorted(&covering, |a, b| a.radius.total_cmp(&b.radius))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_of_a_pile_wins_then_the_nearest() {
        let mark = |row, x, radius| Mark { scenario: 0, row: Some(row), x, y: 10.0, radius };
        let marks = [mark(0, 10.0, 12.0), mark(1, 10.0, 4.0), mark(2, 60.0, 5.0)];
        for (x, y, row) in [
            (10.0, 10.0, Some(1)),
            // 6 from the centre: outside of the small one, inside of the large one
            (16.0, 10.0, Some(0)),
            // edges 23, 31 and 10 away
            (45.0, 10.0, Some(2)),
            (35.0, 90.0, None),
            (f64::NAN, 10.0, None),
        ] {
            assert_eq!(hit(&marks, x, y, 24.0).and_then(|m| m.row), row, "{x} {y}");
        }
        assert_eq!(under(&marks, 10.0, 10.0).len(), 2);
        assert_eq!(hit(&[], 0.0, 0.0, 24.0), None);
    }
}
