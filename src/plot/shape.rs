//! The outlines of marks.

use crate::engine::model::Kind;
use std::f64::consts::{FRAC_1_SQRT_2, PI, TAU};
use std::fmt::Write;

/// What a mark looks like without its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Circle,
    Square,
    TriangleUp,
    TriangleDown,
    Diamond,
    Plus,
    Hexagon,
    Star,
}

impl Shape {
    /// The shape of a kind of layer; the total's without one.
    pub fn of(kind: Option<Kind>) -> Self {
        match kind {
            Some(Kind::Norm) => Shape::TriangleUp,
            Some(Kind::Gemm) => Shape::Circle,
            Some(Kind::Rope) => Shape::TriangleDown,
            Some(Kind::Attention) => Shape::Square,
            Some(Kind::Activation) => Shape::Diamond,
            Some(Kind::Residual) => Shape::Plus,
            Some(Kind::Ends) => Shape::Hexagon,
            None => Shape::Star,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Shape::Circle => "circle",
            Shape::Square => "square",
            Shape::TriangleUp => "triangle",
            Shape::TriangleDown => "triangle pointing down",
            Shape::Diamond => "diamond",
            Shape::Plus => "plus",
            Shape::Hexagon => "hexagon",
            Shape::Star => "star",
        }
    }

    /// The corners around `(x, y)`, y growing downwards. Every shape but the star covers the area of a
    /// circle of `radius`; the star reaches that far.
    pub fn corners(self, x: f64, y: f64, radius: f64) -> Vec<(f64, f64)> {
        let regular = |turn: &Turn, first: (f64, f64)| {
            // A regular polygon of area π·r² has the circumradius r·√(2π / (n·sin(2π/n))).
            let reach = radius * (TAU / (f64::from(turn.parts) * turn.sin)).sqrt();
            ring(x, y, turn, first, move |_| reach)
        };
        match self {
            Shape::Circle => regular(&FORTY_EIGHTH, (1.0, 0.0)),
            Shape::Square => regular(&QUARTER, (FRAC_1_SQRT_2, FRAC_1_SQRT_2)),
            Shape::TriangleUp => regular(&THIRD, (0.0, -1.0)),
            Shape::TriangleDown => regular(&THIRD, (0.0, 1.0)),
            Shape::Diamond => regular(&QUARTER, (1.0, 0.0)),
            Shape::Hexagon => regular(&SIXTH, (1.0, 0.0)),
            Shape::Star => ring(x, y, &TENTH, (0.0, -1.0), |i| radius * if i % 2 == 0 { 1.0 } else { 0.45 }),
            Shape::Plus => {
                // Arms of half width a and length 3a: area 20·a² = π·r².
                let a = radius * (PI / 20.0).sqrt();
                let b = 3.0 * a;
                [
                    (a, -b),
                    (a, -a),
                    (b, -a),
                    (b, a),
                    (a, a),
                    (a, b),
                    (-a, b),
                    (-a, a),
                    (-b, a),
                    (-b, -a),
                    (-a, -a),
                    (-a, -b),
                ]
                .iter()
                .map(|(dx, dy)| (x + dx, y + dy))
                .collect()
            }
        }
    }

    /// The data of an SVG path in a box of `size` by `size`, for the legend.
    pub fn path(self, size: f64) -> String {
        let radius = if self == Shape::Star { size * 0.46 } else { size * 0.31 };
        let mut path = String::new();
        for (i, (x, y)) in self.corners(size / 2.0, size / 2.0, radius).into_iter().enumerate() {
            let _ = write!(path, "{}{x:.2} {y:.2}", if i == 0 { 'M' } else { 'L' });
        }
        path + "Z"
    }
}

/// The corners of a polygon, the first of them in the direction `first`.
fn ring(x: f64, y: f64, turn: &Turn, first: (f64, f64), reach: impl Fn(u32) -> f64) -> Vec<(f64, f64)> {
    let turned =
        |&(dx, dy): &(f64, f64)| Some((dx * turn.cos - dy * turn.sin, dx * turn.sin + dy * turn.cos));
    let directions = std::iter::successors(Some(first), turned);
    (0..turn.parts).zip(directions).map(|(i, (dx, dy))| (x + reach(i) * dx, y + reach(i) * dy)).collect()
}

/// A part of a full turn, with its cosine and sine: in wasm these functions would be code of the page's, six
/// kilobytes for five angles.
struct Turn {
    parts: u32,
    cos: f64,
    sin: f64,
}

const THIRD: Turn = Turn { parts: 3, cos: -0.5, sin: 0.866_025_403_784_438_6 };
const QUARTER: Turn = Turn { parts: 4, cos: 0.0, sin: 1.0 };
const SIXTH: Turn = Turn { parts: 6, cos: 0.5, sin: 0.866_025_403_784_438_6 };
const TENTH: Turn = Turn { parts: 10, cos: 0.809_016_994_374_947_5, sin: 0.587_785_252_292_473_1 };
const FORTY_EIGHTH: Turn = Turn { parts: 48, cos: 0.991_444_861_373_810_4, sin: 0.130_526_192_220_051_6 };

#[cfg(test)]
mod tests {
    use super::*;

    fn area(corners: &[(f64, f64)]) -> f64 {
        let next = corners.iter().cycle().skip(1);
        corners.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>().abs() / 2.0
    }

    #[test]
    fn turns_have_the_cosine_and_sine_of_their_angle() {
        for Turn { parts, cos, sin } in [THIRD, QUARTER, SIXTH, TENTH, FORTY_EIGHTH] {
            let angle = TAU / f64::from(parts);
            assert!((cos - angle.cos()).hypot(sin - angle.sin()) < 1e-15, "a turn in {parts} parts");
        }
    }

    #[test]
    fn shapes_of_a_radius_have_one_area() {
        for kind in Kind::ALL {
            let shape = Shape::of(Some(kind));
            // π·10²
            assert!((area(&shape.corners(50.0, 20.0, 10.0)) - 314.16).abs() < 0.01, "{}", shape.name());
        }
    }

    #[test]
    fn legend_shapes_stay_in_their_box() {
        for shape in Kind::ALL.map(|kind| Shape::of(Some(kind))).into_iter().chain([Shape::Star]) {
            let path = shape.path(16.0);
            let numbers = path.split(['M', 'L', 'Z', ' ']).filter(|n| !n.is_empty());
            for number in numbers {
                let number: f64 = number.parse().unwrap();
                assert!((0.0..=16.0).contains(&number), "{} {path}", shape.name());
            }
        }
    }
}
