//! Charts as files of their own.

use super::logical::{Logical, UNITS, text_width};
use super::pen::{At, Pen};
use super::picture::Picture;
use super::theme::{LIGHT, Theme, hex};
use super::view::RooflineChart;
use crate::engine::hardware::Hardware;
use crate::engine::report::Report;
use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::style::RGBColor;
use std::rc::Rc;

/// Plotters' SVG writes text smaller than it is asked to.
const TEXT_FACTOR: f64 = 1.24;
/// Pixels above the chart for its title.
const HEADING: u32 = 34;
const LEAST: u32 = 40;
const MOST: u32 = 10_000;

/// The roofline of a report as an SVG document of `size` CSS pixels, title and description included.
///
/// A report that was not placed on a device gives a document that says so.
pub fn roofline_svg(report: &Report, hardware: &Hardware, theme: &Theme, size: (u32, u32)) -> String {
    match RooflineChart::new(report, hardware, None) {
        Some(chart) => document(Some(&Picture::Roofline(Rc::new(chart))), "", theme, size),
        None => document(None, &super::conclusion(report), theme, size),
    }
}

/// A chart as an SVG document of `size` CSS pixels, title and description included.
pub fn picture_svg(picture: &Picture, theme: &Theme, size: (u32, u32)) -> String {
    document(Some(picture), "", theme, size)
}

/// The document; `said` describes it where there is no picture.
fn document(picture: Option<&Picture>, said: &str, theme: &Theme, size: (u32, u32)) -> String {
    let (width, height) = (size.0.clamp(LEAST, MOST), size.1.clamp(LEAST, MOST));
    let body = drawn((width, height), |root| {
        // Writing to a string cannot fail, so there is no failure to report.
        let _ = root.fill(&theme.background);
        match picture {
            Some(picture) if height > 4 * HEADING => {
                let (heading, rest) = root.split_vertically(HEADING * UNITS);
                let size = (f64::from(width) / 30.0).clamp(11.0, 14.0);
                let title = fitting(&picture.title(), f64::from(width) - 24.0, size);
                write(&heading, &title, At::left(12.0, 20.0), size, theme.ink);
                let _ = picture.draw(&rest, theme);
            }
            Some(picture) => drop(picture.draw(root, theme)),
            None => {
                let middle = At::center(f64::from(width) / 2.0, f64::from(height) / 2.0);
                write(root, "No device, no roofline", middle, 12.0, theme.muted);
            }
        }
    });
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"title description\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"description\">{}</desc>{body}",
        width * UNITS,
        height * UNITS,
        escaped(&picture.map_or_else(|| "Roofline".to_owned(), Picture::name)),
        escaped(picture.map_or(said, |picture| picture.conclusion()))
    )
}

/// A chart of `size` CSS pixels as an element of a page, which names it and whose stylesheet colours it: in place
/// of the [`Theme`]'s colours stand the variables that `app.css` has for them. It fills whatever it is put into.
pub fn inline_svg(picture: &Picture, class: &str, (width, height): (u32, u32)) -> String {
    let mut body = drawn((width, height), |root| drop(picture.draw(root, &LIGHT)));
    for (color, variable) in [
        (LIGHT.background, "paper"),
        (LIGHT.ink, "ink"),
        (LIGHT.muted, "muted"),
        (LIGHT.grid, "line"),
        (LIGHT.accent, "accent"),
    ] {
        body = body.replace(&hex(color).to_uppercase(), &format!("var(--{variable})"));
    }
    let (across, down) = (width * UNITS, height * UNITS);
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {across} {down}\" preserveAspectRatio=\"none\" \
         aria-hidden=\"true\">{body}"
    )
}

type Area<'a> = DrawingArea<Logical<SVGBackend<'a>>, Shift>;

/// What is drawn on an area of `size` CSS pixels, and the end of the element that it is in.
fn drawn((width, height): (u32, u32), draw: impl FnOnce(&Area)) -> String {
    let mut text = String::new();
    {
        let backend = SVGBackend::with_string(&mut text, (width * UNITS, height * UNITS));
        let root = Logical::new(backend, width, height).with_text_factor(TEXT_FACTOR).into_drawing_area();
        draw(&root);
        let _ = root.present();
    }
    // What plotters opens the document with says nothing about its real size and its meaning.
    text.split_once('>').map_or(String::new(), |parts| parts.1.to_owned())
}

/// A text that is no part of a picture.
fn write(area: &Area, text: &str, at: At, size: f64, color: RGBColor) {
    let mut pen = Pen::new((0.0, 0.0));
    pen.text(text, at, size, color);
    let _ = pen.put(area);
}

/// As much of a text as fits into a width.
pub fn fitting(text: &str, width: f64, size: f64) -> String {
    let mut text = text.to_owned();
    let mut cut = false;
    while text_width(&text, size) + if cut { size } else { 0.0 } > width && text.pop().is_some() {
        cut = true;
    }
    if cut { text + "…" } else { text }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
