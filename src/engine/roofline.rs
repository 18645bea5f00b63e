//! Where layers stand under a device's roofs.

use super::dtype::DType;
use super::hardware::{Compute, Hardware};
use super::model::{Layer, Op, Precision};
use super::quantity::{Bytes, Flops, Intensity, Seconds};
use super::report::{Report, Row};
use serde::Serialize;
use std::borrow::Cow;

/// A report placed on a device.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assessment {
    /// The device's id, `custom` for one that the user described.
    pub hardware: Cow<'static, str>,
    pub hardware_name: Cow<'static, str>,
    /// What the device computes most FLOPs in; the roof that the picture is about.
    pub compute: Compute,
    /// What those FLOPs would have asked for, where the device lacks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<Compute>,
    /// FLOP/s of `compute`, dense.
    pub peak_flops_per_second: f64,
    /// Bytes per second of the device's memory.
    pub bandwidth_bytes_per_second: f64,
    /// The intensity above which the device computes longer than it loads.
    pub ridge: Intensity,
    /// One for each layer of the report.
    pub layers: Vec<Placement>,
    /// The lower bound over all layers and blocks.
    pub seconds: Seconds,
    pub bound: Bound,
    /// New tokens of the whole batch per second at that bound; none where it does not fit.
    pub tokens_per_second: Option<f64>,
    pub memory_bytes: Bytes,
    /// Whether the report's storage fits the device's memory.
    pub fits: bool,
}

/// One layer under the roofs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Placement {
    /// What the device computes the layer in.
    pub compute: Compute,
    /// The lower bound for the layer in one block.
    pub seconds: Seconds,
    /// The part of the total bound that all blocks of this layer take.
    pub share: f64,
    pub bound: Bound,
    /// The rate that the roofs allow at the layer's intensity, in FLOP/s; none without traffic.
    pub attainable_flops_per_second: Option<f64>,
}

/// What keeps a layer from being faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    Memory,
    Compute,
}

impl Placement {
    /// What bounds the layer, in words; none where nothing that moves is counted.
    pub fn words(&self) -> Option<&'static str> {
        self.attainable_flops_per_second.map(|_| self.bound.words())
    }
}

impl Bound {
    pub fn words(self) -> &'static str {
        match self {
            Bound::Memory => "memory-bound",
            Bound::Compute => "compute-bound",
        }
    }
}

/// FLOP per byte at which the two roofs meet.
pub fn ridge(peak: f64, bandwidth: f64) -> Intensity {
    Intensity(peak / bandwidth)
}

/// The rate the roofs allow at an intensity.
pub fn attainable(peak: f64, bandwidth: f64, intensity: Intensity) -> f64 {
    peak.min(bandwidth * intensity.0)
}

/// The lower bound of so much work, and what sets it: the longer of computing and moving.
pub fn bound(peak: f64, bandwidth: f64, flops: Flops, bytes: Bytes) -> (Seconds, Bound) {
    let computing = flops.float() / peak;
    let moving = bytes.float() / bandwidth;
    if computing > moving { (Seconds(computing), Bound::Compute) } else { (Seconds(moving), Bound::Memory) }
}

/// What a layer asks a device to compute in.
///
/// Activations that are quantised along with the weights meet them in that type. Otherwise narrower weights
/// are widened to the activations first, and activations narrower than the weights to the weights.
pub fn wanted(layer: &Layer, precision: &Precision) -> Compute {
    let Precision { weights, activations, .. } = *precision;
    if let Some(compute) = layer.quantized.and_then(|quantized| quantized.compute) {
        return compute;
    }
    let bits = match layer.op {
        Op::Linear(_) | Op::LatentUp(_) => {
            layer.quantized.map_or(weights.bits().into(), |quantized| quantized.format.element.bits())
        }
        _ => 0,
    };
    of(if bits > activations.bits().into() { weights } else { activations })
}

/// What a device multiplies a type in.
fn of(dtype: DType) -> Compute {
    use DType as D;
    match dtype {
        D::Float64 | D::Float32 => Compute::Fp32,
        D::Float16 => Compute::Fp16,
        D::Float8E4M3Fn | D::Float8E4M3Fnuz | D::Float8E5M2 | D::Float8E5M2Fnuz => Compute::Fp8,
        D::Int8 | D::UInt8 | D::QInt8 | D::QUInt8 => Compute::Int8,
        D::Float4E2M1FnX2 => Compute::Fp4,
        _ => Compute::Bf16,
    }
}

/// The type that most FLOPs ask for.
fn most_wanted(rows: &[Row]) -> Compute {
    let mut sums: Vec<(Compute, f64)> = Vec::new();
    for row in rows {
        let flops = row.flops.float() * row.blocks as f64;
        match sums.iter_mut().find(|(compute, _)| *compute == row.compute) {
            Some((_, sum)) => *sum += flops,
            None => sums.push((row.compute, flops)),
        }
    }
    // Of equals the one that comes first.
    let most = sums.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1));
    most.map_or(Compute::Bf16, |(compute, _)| *compute)
}

/// Places the layers of a report on so many new tokens under a device's roofs.
pub fn assess(report: &Report, new_tokens: Option<u128>, hardware: &Hardware) -> Assessment {
    let asked = most_wanted(&report.layers);
    let (compute, peak) = hardware.peak_for(asked);
    let bandwidth = hardware.bandwidth;
    let (mut all, mut moving) = (0.0, 0.0);
    let mut layers = Vec::with_capacity(report.layers.len());
    for row in &report.layers {
        let (compute, peak) = hardware.peak_for(row.compute);
        let (seconds, bound) = bound(peak, bandwidth, row.flops, row.bytes());
        let time = row.blocks as f64 * seconds.0;
        all += time;
        if bound == Bound::Memory {
            moving += time;
        }
        let attainable = row.intensity.map(|intensity| attainable(peak, bandwidth, intensity));
        // Its share, once the whole is known.
        layers.push(Placement {
            compute,
            seconds,
            share: time,
            bound,
            attainable_flops_per_second: attainable,
        });
    }
    for layer in &mut layers {
        layer.share = if all > 0.0 { layer.share / all } else { 0.0 };
    }
    let fits = report.storage_total_bytes.0 <= u128::from(hardware.memory_bytes);
    let new_tokens = new_tokens.unwrap_or(0) as f64;
    Assessment {
        hardware: hardware.id.clone(),
        hardware_name: hardware.name.clone(),
        compute,
        instead_of: (compute != asked).then_some(asked),
        peak_flops_per_second: peak,
        bandwidth_bytes_per_second: bandwidth,
        ridge: ridge(peak, bandwidth),
        layers,
        seconds: Seconds(all),
        bound: if moving * 2.0 >= all { Bound::Memory } else { Bound::Compute },
        tokens_per_second: (fits && all > 0.0).then(|| new_tokens / all),
        memory_bytes: Bytes(hardware.memory_bytes.into()),
        fits,
    }
}
