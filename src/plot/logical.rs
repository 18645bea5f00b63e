//! A drawing backend in front of another one, so that a chart has the same layout on a canvas of any pixel
//! ratio, in an SVG and in a test.
//!
//! Plotters' coordinates are whole numbers. Here one is an eighth of a CSS pixel: marks keep their shape
//! and slanted lines their slope. Text is sized and measured here too, so nothing asks the page's DOM.

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontFamily,
    FontStyle, FontTransform, text_anchor,
};

/// Backend units in a CSS pixel.
pub const UNITS: u32 = 8;

/// A backend of `width × height` CSS pixels, [`UNITS`] units each.
pub struct Logical<DB> {
    inner: DB,
    size: (u32, u32),
    text: f64,
}

impl<DB: DrawingBackend> Logical<DB> {
    /// Draws on `inner` as if it were `width × height` CSS pixels large.
    ///
    /// A canvas of `width · ratio` by `height · ratio` device pixels must have its context scaled by
    /// [`context_scale`]; an SVG must have a view box of [`UNITS`] times its size.
    pub fn new(inner: DB, width: u32, height: u32) -> Self {
        Logical { inner, size: (width, height), text: 1.0 }
    }

    /// Multiplies the text size handed to a backend that shrinks it.
    #[must_use]
    pub fn with_text_factor(self, text: f64) -> Self {
        Logical { text, ..self }
    }

    /// Width and height in CSS pixels.
    pub fn css_size(&self) -> (u32, u32) {
        self.size
    }
}

/// What a canvas context at this device pixel ratio must be scaled by, both ways.
pub fn context_scale(device_pixel_ratio: f64) -> f64 {
    device_pixel_ratio / f64::from(UNITS)
}

/// The width of a text in CSS pixels, near enough for any sans-serif: never too small for Latin letters.
pub fn text_width(text: &str, size: f64) -> f64 {
    text.chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | '\'' | '|' | ' ' | '(' | ')' | '/' | '-' => 0.38,
            'm' | 'w' | 'M' | 'W' | '%' => 0.95,
            c if c.is_ascii_uppercase() => 0.72,
            c if c < '\u{2000}' => 0.6,
            _ => 1.0,
        })
        .sum::<f64>()
        * size
}

impl<DB: DrawingBackend> DrawingBackend for Logical<DB> {
    type ErrorType = DB::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        (self.size.0 * UNITS, self.size.1 * UNITS)
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.inner.ensure_prepared()
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.inner.present()
    }

    fn draw_pixel(
        &mut self,
        point: BackendCoord,
        color: BackendColor,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.inner.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.inner.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.inner.draw_rect(upper_left, bottom_right, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.inner.draw_path(path, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.inner.draw_circle(center, radius, style, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.inner.fill_polygon(vert, style)
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        pos: BackendCoord,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.inner.draw_text(text, &Resized { style, factor: self.text }, pos)
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Self::ErrorType>> {
        Ok((text_width(text, style.size()).ceil() as u32, (style.size() * 1.2).ceil() as u32))
    }
}

/// A text style with another size.
struct Resized<'a, S> {
    style: &'a S,
    factor: f64,
}

impl<S: BackendTextStyle> BackendTextStyle for Resized<'_, S> {
    type FontError = S::FontError;

    fn color(&self) -> BackendColor {
        self.style.color()
    }

    fn size(&self) -> f64 {
        self.style.size() * self.factor
    }

    fn transform(&self) -> FontTransform {
        self.style.transform()
    }

    fn style(&self) -> FontStyle {
        self.style.style()
    }

    fn anchor(&self) -> text_anchor::Pos {
        self.style.anchor()
    }

    fn family(&self) -> FontFamily<'_> {
        self.style.family()
    }

    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), Self::FontError> {
        self.style.layout_box(text)
    }

    fn draw<E, DrawFunc: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        text: &str,
        pos: BackendCoord,
        draw: DrawFunc,
    ) -> Result<Result<(), E>, Self::FontError> {
        self.style.draw(text, pos, draw)
    }
}
