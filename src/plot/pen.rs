//! What a chart is made of: lines, shapes and texts in CSS pixels, noted down and then put on an area in [`UNITS`].
//!
//! Charts are laid out once for every backend there is. Only [`Pen::put`] knows that there are several, and only
//! it can fail.

use super::logical::{Logical, UNITS};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{PathElement, Polygon, Rectangle};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontFamily, FontTransform, RGBAColor, RGBColor, TextStyle};

pub type Result<T, DB> = std::result::Result<T, DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Notes down what is to be drawn on a picture of a size.
pub struct Pen {
    /// Width and height in CSS pixels.
    pub size: (f64, f64),
    strokes: Vec<Stroke>,
}

/// One thing to draw; what comes later is in front.
enum Stroke {
    Line(Vec<(i32, i32)>, u32, RGBColor),
    Polygon(Vec<(i32, i32)>, RGBAColor),
    Rectangle([(i32, i32); 2], RGBAColor),
    Text(String, At, f64, RGBColor),
}

/// Fonts that are there without asking for any.
const FONTS: &str = "system-ui, sans-serif";

/// Where a text stands.
#[derive(Clone, Copy)]
pub struct At {
    pub x: f64,
    /// The middle of the line.
    pub y: f64,
    pub side: HPos,
    /// Whether it reads upwards.
    pub upwards: bool,
}

impl At {
    pub fn left(x: f64, y: f64) -> Self {
        At { x, y, side: HPos::Left, upwards: false }
    }

    pub fn right(x: f64, y: f64) -> Self {
        At { side: HPos::Right, ..At::left(x, y) }
    }

    pub fn center(x: f64, y: f64) -> Self {
        At { side: HPos::Center, ..At::left(x, y) }
    }

    pub fn upwards(self) -> Self {
        At { upwards: true, ..self }
    }
}

impl Pen {
    pub fn new(size: (f64, f64)) -> Self {
        Pen { size, strokes: Vec::new() }
    }

    pub fn line(&mut self, points: &[(f64, f64)], width: f64, color: RGBColor) {
        self.strokes.push(Stroke::Line(corners(points), units(width).max(1) as u32, color));
    }

    /// Dashes of four pixels along a line between two points.
    pub fn dashes(&mut self, from: (f64, f64), to: (f64, f64), width: f64, color: RGBColor) {
        const PERIOD: f64 = 7.0;
        const DASH: f64 = 4.0;
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let along = |at: f64| {
            let part = (at / length).min(1.0);
            (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
        };
        // A line is at most as long as the drawing, so this ends soon.
        for i in 0..(length / PERIOD).ceil() as u32 {
            let start = f64::from(i) * PERIOD;
            self.line(&[along(start), along(start + DASH)], width, color);
        }
    }

    pub fn polygon(&mut self, points: &[(f64, f64)], color: RGBAColor) {
        self.strokes.push(Stroke::Polygon(corners(points), color));
    }

    pub fn outline(&mut self, points: &[(f64, f64)], width: f64, color: RGBColor) {
        // Beginning twice closes the corner as well as the line.
        let closed: Vec<_> = points.iter().chain(points.iter().take(2)).copied().collect();
        self.line(&closed, width, color);
    }

    pub fn rectangle(&mut self, from: (f64, f64), to: (f64, f64), color: RGBAColor) {
        self.strokes.push(Stroke::Rectangle([corner(from), corner(to)], color));
    }

    pub fn text(&mut self, text: &str, at: At, size: f64, color: RGBColor) {
        self.strokes.push(Stroke::Text(text.to_owned(), at, size, color));
    }

    /// Draws what was noted down.
    ///
    /// # Errors
    /// Those of the backend.
    pub fn put<DB: DrawingBackend>(self, area: &DrawingArea<Logical<DB>, Shift>) -> Result<(), DB> {
        for stroke in self.strokes {
            match stroke {
                Stroke::Line(points, width, color) => {
                    area.draw(&PathElement::new(points, color.stroke_width(width)))?;
                }
                Stroke::Polygon(points, color) => area.draw(&Polygon::new(points, color))?,
                Stroke::Rectangle(corners, color) => area.draw(&Rectangle::new(corners, color.filled()))?,
                Stroke::Text(text, at, size, color) => {
                    let transform = if at.upwards { FontTransform::Rotate270 } else { FontTransform::None };
                    let style = TextStyle::from((FontFamily::Name(FONTS), size * f64::from(UNITS)))
                        .transform(transform)
                        .color(&color)
                        .pos(Pos::new(at.side, VPos::Center));
                    area.draw_text(&text, &style, corner((at.x, at.y)))?;
                }
            }
        }
        Ok(())
    }
}

fn corners(points: &[(f64, f64)]) -> Vec<(i32, i32)> {
    points.iter().copied().map(corner).collect()
}

fn corner((x, y): (f64, f64)) -> (i32, i32) {
    (units(x), units(y))
}

fn units(length: f64) -> i32 {
    (length * f64::from(UNITS)).round() as i32
}
