//! Charts of a report: one draw function, whatever it is drawn on.
//!
//! [`RooflineChart`] says what is to be seen, [`CurveChart`] the same for a sweep, and a [`Picture`] is either:
//! it draws itself on any plotters backend behind [`Logical`] and returns where the marks are, so that a page
//! can find the one under the pointer.
//! The legend is not drawn; [`legend`] says what belongs in it.

mod area;
mod axis;
mod curve;
mod draw;
mod draw_curve;
mod frame;
mod labels;
mod logical;
mod mark;
mod pen;
mod picture;
mod shape;
mod shared;
mod svg;
mod theme;
mod view;

pub use axis::{Axis, tick_label};
pub use curve::{CurveChart, Level, Line, Wall};
pub use logical::{Logical, UNITS, context_scale};
pub use mark::{Mark, hit, under};
pub use picture::Picture;
pub use shape::Shape;
pub use svg::{inline_svg, picture_svg, roofline_svg};
pub use theme::{DARK, LIGHT, LegendEntry, Theme, hex, legend};
pub use view::{Point, Roof, RooflineChart};

use crate::engine::report::Report;
use crate::engine::roofline::Bound;
use crate::engine::workload::Workload;

/// The chart in one sentence, for those who do not see it: `decode, batch 1: 11 of 11 layers are
/// memory-bound; the total runs at 0.998 FLOP/B, ridge point 295 FLOP/B`.
pub fn conclusion(report: &Report) -> String {
    let step = format!("{}, batch {}", step(&report.workload), report.workload.batch_size());
    let Some(roofline) = &report.roofline else {
        return format!("{step}: no device to compare with");
    };
    let Some(total) = report.total.intensity else {
        return format!("{step}: no traffic is counted, so no operational intensity is known");
    };
    let layers = roofline.layers.len();
    let bound = roofline.layers.iter().filter(|layer| layer.bound == Bound::Memory).count();
    let verb = if layers == 1 { "layer is" } else { "layers are" };
    format!(
        "{step}: {bound} of {layers} {verb} {}; the total runs at {}, ridge point {}",
        Bound::Memory.words(),
        total.human(),
        roofline.ridge.human()
    )
}

/// What the batch does, by its queries.
fn step(workload: &Workload) -> &'static str {
    let queries = workload.pattern();
    if queries.iter().all(|query| query.input_tokens == 1 && query.cached_tokens > 0) {
        "decode"
    } else if queries.iter().all(|query| query.cached_tokens == 0) {
        "prefill"
    } else {
        "mixed step"
    }
}

#[cfg(test)]
mod tests;
