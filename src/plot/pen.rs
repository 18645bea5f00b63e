//! Lines, shapes and texts in CSS pixels on a drawing area in [`UNITS`].

use super::logical::{Logical, UNITS};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{PathElement, Polygon, Rectangle};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontFamily, FontTransform, RGBAColor, RGBColor, TextStyle};

/// What draws on an area.
pub struct Pen<'a, DB: DrawingBackend>(pub &'a DrawingArea<Logical<DB>, Shift>);

pub type Result<T, DB> = std::result::Result<T, DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

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

impl<DB: DrawingBackend> Pen<'_, DB> {
    /// Width and height in CSS pixels.
    pub fn size(&self) -> (f64, f64) {
        let (width, height) = self.0.dim_in_pixel();
        (f64::from(width) / f64::from(UNITS), f64::from(height) / f64::from(UNITS))
    }

    /// The area's upper left corner on the whole drawing, in CSS pixels.
    pub fn corner(&self) -> (f64, f64) {
        let (x, y) = self.0.get_base_pixel();
        (f64::from(x) / f64::from(UNITS), f64::from(y) / f64::from(UNITS))
    }

    #[inline(never)]
    pub fn line(&self, points: &[(f64, f64)], width: f64, color: RGBColor) -> Result<(), DB> {
        let style = color.stroke_width(units(width).max(1) as u32);
        self.0.draw(&PathElement::new(corners(points), style))
    }

    /// Dashes of four pixels along a line between two points.
    pub fn dashes(&self, from: (f64, f64), to: (f64, f64), width: f64, color: RGBColor) -> Result<(), DB> {
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
            self.line(&[along(start), along(start + DASH)], width, color)?;
        }
        Ok(())
    }

    #[inline(never)]
    pub fn polygon(&self, points: &[(f64, f64)], color: RGBAColor) -> Result<(), DB> {
        self.0.draw(&Polygon::new(corners(points), color))
    }

    #[inline(never)]
    pub fn outline(&self, points: &[(f64, f64)], width: f64, color: RGBColor) -> Result<(), DB> {
        // Beginning twice closes the corner as well as the line.
        let closed: Vec<_> = points.iter().chain(points.iter().take(2)).copied().collect();
        self.line(&closed, width, color)
    }

    #[inline(never)]
    pub fn rectangle(&self, from: (f64, f64), to: (f64, f64), color: RGBAColor) -> Result<(), DB> {
        self.0.draw(&Rectangle::new([corner(from), corner(to)], color.filled()))
    }

    #[inline(never)]
    pub fn text(&self, text: &str, at: At, size: f64, color: RGBColor) -> Result<(), DB> {
        let transform = if at.upwards { FontTransform::Rotate270 } else { FontTransform::None };
        let style = TextStyle::from((FontFamily::Name(FONTS), size * f64::from(UNITS)))
            .transform(transform)
            .color(&color)
            .pos(Pos::new(at.side, VPos::Center));
        self.0.draw_text(text, &style, corner((at.x, at.y)))
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
