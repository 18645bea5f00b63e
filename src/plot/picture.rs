//! Any of the charts, for what draws without asking which.

use super::curve::CurveChart;
use super::draw::roofline;
use super::draw_curve::curve;
use super::logical::{Logical, UNITS};
use super::mark::Mark;
use super::pen::{Pen, Result};
use super::theme::Theme;
use super::view::RooflineChart;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;
use std::rc::Rc;

#[derive(Clone, Debug, PartialEq)]
pub enum Picture {
    Roofline(Rc<RooflineChart>),
    Curve(Rc<CurveChart>),
}

impl Picture {
    /// What it shows: `meta-llama/Llama-2-7b-hf on H100 80GB SXM5`.
    pub fn title(&self) -> String {
        match self {
            // Of several scenarios the legend says which they are.
            Picture::Roofline(chart) if !chart.beside.is_empty() => {
                format!("{} scenarios", chart.beside.len() + 1)
            }
            Picture::Roofline(chart) => chart.title.clone(),
            Picture::Curve(chart) => chart.title.clone(),
        }
    }

    /// The same with what kind of chart it is.
    pub fn name(&self) -> String {
        match self {
            Picture::Roofline(_) => format!("Roofline of {}", self.title()),
            Picture::Curve(_) => self.title(),
        }
    }

    /// The picture in words, for those who do not see it.
    pub fn conclusion(&self) -> &str {
        match self {
            Picture::Roofline(chart) => &chart.conclusion,
            Picture::Curve(chart) => &chart.conclusion,
        }
    }

    /// Draws it over the whole area and returns where its marks are on the whole drawing, in CSS pixels.
    ///
    /// # Errors
    /// Those of the backend.
    pub fn draw<DB: DrawingBackend>(
        &self,
        root: &DrawingArea<Logical<DB>, Shift>,
        theme: &Theme,
    ) -> Result<Vec<Mark>, DB> {
        let pixels = |units: u32| f64::from(units) / f64::from(UNITS);
        let ((width, height), (left, top)) = (root.dim_in_pixel(), root.get_base_pixel());
        let mut pen = Pen::new((pixels(width), pixels(height)));
        let mut marks = match self {
            Picture::Roofline(chart) => roofline(&mut pen, chart, theme),
            Picture::Curve(chart) => curve(&mut pen, chart, theme),
        };
        for mark in &mut marks {
            mark.x += f64::from(left) / f64::from(UNITS);
            mark.y += f64::from(top) / f64::from(UNITS);
        }
        root.fill(&theme.background)?;
        pen.put(root)?;
        Ok(marks)
    }
}
