//! A chart on a canvas: the only part that knows which backend draws it.

use crate::plot::{Logical, Mark, Picture, Theme, context_scale, inline_svg};
use crate::ui::browser::document;
use crate::ui::dom::{el, list};
use crate::ui::hooks::{Frame, use_pixel_ratio, use_size};
use crate::ui::part::{Hooks, State, View};
use plotters::drawing::IntoDrawingArea;
use plotters_canvas::CanvasBackend;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};
use yew::Html;

/// Fills the element around it and is drawn anew when that changes its size, on another screen, in
/// another theme, and for another chart.
#[derive(PartialEq)]
pub struct Canvas {
    pub picture: Picture,
    pub theme: Theme,
    /// Where the marks are, after each drawing.
    pub drawn: State<Rc<Vec<Mark>>>,
}

impl View for Canvas {
    const NAME: &'static str = "canvas";

    fn view(&self, hooks: &mut Hooks) -> Html {
        if cfg!(not(target_arch = "wasm32")) {
            return stills(&self.picture);
        }
        let canvas = hooks.node();
        let size = use_size(hooks, &canvas);
        let ratio = use_pixel_ratio(hooks);
        let what = (self.picture.clone(), self.theme, size, ratio);
        let (picture, theme) = (self.picture.clone(), self.theme);
        let (found, drawn) = (canvas.clone(), self.drawn.clone());
        // The first picture belongs into the frame that its size is first known in.
        let first = drawn.get().is_empty();
        hooks.effect(what, move || {
            let work = move || {
                if let Some(canvas) = found.cast::<HtmlCanvasElement>() {
                    drawn.set(Rc::new(draw(&canvas, &picture, &theme, size, ratio)));
                }
            };
            if first {
                work();
                return None;
            }
            Some(Frame::request(work))
        });
        let drawing = el("canvas.canvas")
            .bind(&canvas)
            .attr("role", "img")
            .attr("aria-label", self.picture.conclusion().to_owned());
        let refused = "This browser does not let the page draw. The figures are all in the tables, and the picture \
                       is in its SVG.";
        list([drawing, el("p.note undrawn").child(refused)])
    }
}

/// The chart for the first view, where nothing draws yet: in a few sizes, of which the stylesheet shows one.
fn stills(picture: &Picture) -> Html {
    const SIZES: [(&str, (u32, u32)); 3] = [
        ("still still-wide", (990, 480)),
        ("still still-middle", (640, 450)),
        ("still still-narrow", (343, 336)),
    ];
    list(SIZES.map(|(class, size)| Html::from_html_unchecked(inline_svg(picture, class, size).into())))
}

/// A picture of the chart as a `data:` address, twice as fine as it is large.
pub fn png(picture: &Picture, theme: &Theme, size: (u32, u32)) -> Option<String> {
    let canvas = document()?.create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
    draw(&canvas, picture, theme, size, 2.0);
    canvas.to_data_url_with_type("image/png").ok()
}

/// Draws on a canvas of `size` CSS pixels; nothing where the browser gives no context.
fn draw(
    canvas: &HtmlCanvasElement,
    picture: &Picture,
    theme: &Theme,
    (width, height): (u32, u32),
    ratio: f64,
) -> Vec<Mark> {
    // Too small to be read, and not laid out yet.
    if width < 40 || height < 40 {
        return Vec::new();
    }
    let pixels = |length: u32| (f64::from(length) * ratio).round() as u32;
    // Setting a size, even the one it has, gives the canvas other memory.
    if (canvas.width(), canvas.height()) != (pixels(width), pixels(height)) {
        canvas.set_width(pixels(width));
        canvas.set_height(pixels(height));
    }
    let context = canvas.get_context("2d").ok().flatten();
    let context = context.and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok());
    let backend = CanvasBackend::with_canvas_object(canvas.clone());
    let (Some(context), Some(backend)) = (context, backend) else {
        // The sentence after it takes its place.
        drop(canvas.set_attribute("hidden", ""));
        return Vec::new();
    };
    let scale = context_scale(ratio);
    drop(context.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0));
    let root = Logical::new(backend, width, height).into_drawing_area();
    picture.draw(&root, theme).unwrap_or_default()
}
