//! The roofline on a canvas: the only part that knows which backend draws it.

use crate::plot::{Logical, Mark, RooflineChart, Theme, context_scale, roofline};
use crate::ui::browser::document;
use crate::ui::hooks::{Frame, use_pixel_ratio, use_size};
use plotters::drawing::IntoDrawingArea;
use plotters_canvas::CanvasBackend;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};
use yew::prelude::*;

#[derive(PartialEq, Properties)]
pub struct CanvasProps {
    pub chart: Rc<RooflineChart>,
    pub theme: Theme,
    /// Where the marks are, after each drawing.
    pub on_drawn: Callback<Rc<Vec<Mark>>>,
}

/// Fills the element around it and is drawn anew when that changes its size, on another screen, in
/// another theme, and for another chart.
#[component]
pub fn Canvas(props: &CanvasProps) -> Html {
    let canvas = use_node_ref();
    let size = use_size(&canvas);
    let ratio = use_pixel_ratio();
    let what = (Rc::clone(&props.chart), props.theme, size, ratio);
    {
        let (canvas, on_drawn) = (canvas.clone(), props.on_drawn.clone());
        use_effect_with(what, move |(chart, theme, size, ratio)| {
            let (chart, theme, size, ratio) = (Rc::clone(chart), *theme, *size, *ratio);
            let frame = Frame::request(move || {
                if let Some(canvas) = canvas.cast::<HtmlCanvasElement>() {
                    on_drawn.emit(Rc::new(draw(&canvas, &chart, &theme, size, ratio)));
                }
            });
            move || drop(frame)
        });
    }
    html! { <canvas ref={canvas} class="canvas" role="img" aria-label={props.chart.conclusion.clone()} /> }
}

/// A picture of the chart as a `data:` address, twice as fine as it is large.
pub fn png(chart: &RooflineChart, theme: &Theme, size: (u32, u32)) -> Option<String> {
    let canvas = document()?.create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
    draw(&canvas, chart, theme, size, 2.0);
    canvas.to_data_url_with_type("image/png").ok()
}

/// Draws on a canvas of `size` CSS pixels; nothing where the browser gives no context.
fn draw(
    canvas: &HtmlCanvasElement,
    chart: &RooflineChart,
    theme: &Theme,
    (width, height): (u32, u32),
    ratio: f64,
) -> Vec<Mark> {
    // Too small to be read, and not laid out yet.
    if width < 40 || height < 40 {
        return Vec::new();
    }
    canvas.set_width((f64::from(width) * ratio).round() as u32);
    canvas.set_height((f64::from(height) * ratio).round() as u32);
    let context = canvas.get_context("2d").ok().flatten();
    let context = context.and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok());
    let backend = CanvasBackend::with_canvas_object(canvas.clone());
    let (Some(context), Some(backend)) = (context, backend) else { return Vec::new() };
    let scale = context_scale(ratio);
    drop(context.scale(scale, scale));
    let root = Logical::new(backend, width, height).into_drawing_area();
    roofline(&root, chart, theme).unwrap_or_default()
}
