//! What a roofline chart shows, before anything is drawn: ranges, roofs, points.

use super::axis::Axis;
use crate::engine::hardware::{Compute, Hardware};
use crate::engine::lineup::letter;
use crate::engine::model::Kind;
use crate::engine::order::sorted;
use crate::engine::quantity::{self, Intensity};
use crate::engine::report::Report;
use crate::engine::roofline::{attainable, ridge};

/// A roofline chart as data.
#[derive(Clone, Debug, PartialEq)]
pub struct RooflineChart {
    /// `meta-llama/Llama-2-7b-hf on H100 80GB SXM5`
    pub title: String,
    /// The picture in one sentence.
    pub conclusion: String,
    /// FLOP/B.
    pub x: Axis,
    /// FLOP/s.
    pub y: Axis,
    /// Bytes per second.
    pub bandwidth: f64,
    /// What sending allows, as bytes of memory traffic per second; none where nothing is sent.
    pub link: Option<f64>,
    /// From the lowest to the highest; types with one peak share a roof.
    pub roofs: Vec<Roof>,
    /// Where the roof in use begins: FLOP/B and FLOP/s.
    pub ridge: (f64, f64),
    /// By intensity, ascending; the total is among them.
    pub points: Vec<Point>,
    /// Rows of the report that have no place on a logarithmic axis: no FLOPs, or no traffic.
    pub omitted: Vec<usize>,
    /// The row to point out.
    pub selected: Option<usize>,
    /// Which of the scenarios of a picture it is: 0 is A, 1 is B.
    pub place: usize,
    /// Further scenarios in the same picture, under the same axes. Their titles say what they are.
    pub beside: Vec<RooflineChart>,
}

/// The peak of one or several compute types.
#[derive(Clone, Debug, PartialEq)]
pub struct Roof {
    pub types: Vec<Compute>,
    /// FLOP/s.
    pub peak: f64,
    /// Whether the model's products run under it.
    pub used: bool,
}

/// A layer or the total.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Index into the report's layers; none for the total.
    pub row: Option<usize>,
    pub name: &'static str,
    pub kind: Option<Kind>,
    /// FLOP/B, above zero.
    pub intensity: f64,
    /// FLOP/s. For a layer, the roof at its intensity. For the total, all FLOPs over the summed time of
    /// the layers, which is on the roof only if one limit binds them all.
    pub attainable: f64,
    /// Of the time, from 0 to 1.
    pub share: f64,
}

impl RooflineChart {
    /// Builds the chart of a report that was placed on `hardware`; none if it was not.
    pub fn new(report: &Report, hardware: &Hardware, selected: Option<usize>) -> Option<Self> {
        let placed = report.roofline.as_ref()?;
        let (peak, bandwidth) = (placed.peak_flops_per_second, placed.bandwidth_bytes_per_second);
        let roofs = roofs(hardware, placed.compute);
        let mut omitted = Vec::new();
        let mut points = Vec::new();
        for (i, (row, place)) in report.layers.iter().zip(&placed.layers).enumerate() {
            match visible(row.intensity) {
                Some(intensity) => points.push(Point {
                    row: Some(i),
                    name: row.name,
                    kind: Some(row.kind),
                    intensity,
                    attainable: place.attainable_flops_per_second.unwrap_or_default(),
                    share: place.share,
                }),
                None => omitted.push(i),
            }
        }
        if let Some(intensity) = visible(report.total.intensity) {
            let rate = report.total.flops.0 as f64 / placed.seconds.0;
            let roof = attainable(peak, bandwidth, Intensity(intensity));
            let attainable = if rate > 0.0 && rate < roof { rate } else { roof };
            points.push(Point { row: None, name: "Total", kind: None, intensity, attainable, share: 1.0 });
        }
        let points = sorted(&points, |a, b| a.intensity.total_cmp(&b.intensity));
        let (x, y) = axes(&roofs, &points, bandwidth, placed.ridge.0);
        let model = report.model.name.as_deref().unwrap_or(&report.model.model_type);
        Some(RooflineChart {
            title: format!("{model} on {}", placed.hardware_name),
            conclusion: super::conclusion(report),
            x,
            y,
            bandwidth,
            link: None,
            roofs,
            ridge: (placed.ridge.0, peak),
            points,
            omitted,
            selected,
            place: 0,
            beside: Vec::new(),
        })
    }

    /// The same picture with further scenarios in it, this one as A. A scenario that cannot be drawn keeps
    /// its letter.
    #[must_use]
    pub fn with(mut self, beside: Vec<Option<RooflineChart>>) -> Self {
        let lettered = beside.into_iter().enumerate();
        let mut beside: Vec<RooflineChart> =
            lettered.filter_map(|(i, chart)| Some(RooflineChart { place: i + 1, ..chart? })).collect();
        let low =
            |axis: fn(&Self) -> Axis, own| beside.iter().map(|chart| axis(chart).low).fold(own, f64::min);
        let high =
            |axis: fn(&Self) -> Axis, own| beside.iter().map(|chart| axis(chart).high).fold(own, f64::max);
        let around =
            |axis: fn(&Self) -> Axis, own: Axis| Axis { low: low(axis, own.low), high: high(axis, own.high) };
        (self.x, self.y) = (around(|chart| chart.x, self.x), around(|chart| chart.y, self.y));
        for chart in &mut beside {
            (chart.x, chart.y) = (self.x, self.y);
        }
        self.beside = beside;
        let say = |chart: &Self| format!("{}: {}", letter(chart.place), chart.conclusion);
        self.conclusion = self.scenarios().map(say).collect::<Vec<_>>().join(". ");
        self
    }

    /// This scenario and those beside it.
    pub fn scenarios(&self) -> impl Iterator<Item = &RooflineChart> {
        std::iter::once(self).chain(&self.beside)
    }

    /// With a roof for what is sent: see [`crate::engine::serving::Plan::link_slope`].
    #[must_use]
    pub fn linked(mut self, slope: Option<f64>) -> Self {
        self.link = slope;
        if let Some(slope) = slope {
            let total = self.points.iter().find(|point| point.row.is_none());
            let allowed = total.map(|total| quantity::rate(total.intensity * slope));
            self.conclusion
                .extend(allowed.map(|rate| format!("; sending between devices allows {rate} of each")));
            self.y =
                Axis { low: self.y.low.min(Axis::around(slope * self.x.low, self.y.high).low), ..self.y };
        }
        self
    }

    /// The ends of the interconnect's slope, clipped to the axes and to the roof in use.
    pub fn link_line(&self) -> Option<[(f64, f64); 2]> {
        let slope = self.link?;
        let start = self.x.low.max(self.y.low / slope);
        let end = self.x.high.min(self.ridge.1 / slope);
        (start < end).then(|| [start, end].map(|intensity| (intensity, slope * intensity)))
    }

    /// The corners of a roof in data coordinates, clipped to the axes: up the slope, then flat.
    pub fn roof_line(&self, roof: &Roof) -> [(f64, f64); 3] {
        let start = self.x.low.max(self.y.low / self.bandwidth);
        [
            (start, self.bandwidth * start),
            (ridge(roof.peak, self.bandwidth).0, roof.peak),
            (self.x.high, roof.peak),
        ]
    }
}

impl Roof {
    /// `fp16, bf16`
    pub fn names(&self) -> String {
        self.types.iter().map(|compute| compute.name()).collect::<Vec<_>>().join(", ")
    }

    /// `fp16, bf16 · 989 TFLOP/s`
    pub fn label(&self) -> String {
        format!("{} · {}", self.names(), quantity::rate(self.peak))
    }
}

/// An intensity that a logarithmic axis can show.
fn visible(intensity: Option<Intensity>) -> Option<f64> {
    intensity.map(|i| i.0).filter(|i| i.is_finite() && *i > 0.0)
}

/// The device's peaks from low to high, types of one peak together, the one in use named first.
fn roofs(hardware: &Hardware, used: Compute) -> Vec<Roof> {
    let by_peak =
        |a: &(Compute, f64), b: &(Compute, f64)| a.1.total_cmp(&b.1).then((b.0 == used).cmp(&(a.0 == used)));
    let peaks = sorted(&hardware.peaks, by_peak);
    let mut roofs: Vec<Roof> = Vec::new();
    for (compute, peak) in peaks {
        match roofs.last_mut() {
            Some(roof) if roof.peak == peak => roof.types.push(compute),
            _ => roofs.push(Roof { types: vec![compute], peak, used: compute == used }),
        }
    }
    roofs
}

/// Ranges around every point, the slope that leads up to them and the start of every roof.
fn axes(roofs: &[Roof], points: &[Point], bandwidth: f64, ridge: f64) -> (Axis, Axis) {
    let highest = roofs.iter().map(|roof| roof.peak).fold(ridge * bandwidth, f64::max);
    let lowest = points.iter().map(|p| p.intensity).fold(ridge / 100.0, f64::min);
    let furthest = points.iter().map(|p| p.intensity).fold(highest / bandwidth, f64::max);
    // Room at the right end for the names of the roofs.
    let x = Axis::around(lowest / 1.5, furthest * 6.0);
    let bottom = points.iter().map(|p| p.attainable).fold(bandwidth * lowest, f64::min);
    let y = Axis::around(bottom / 2.5, highest * 1.8);
    (x, y)
}
