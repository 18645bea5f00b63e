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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Accounting, Model, Workload, analyze};

    #[test]
    fn two_roofs_meet_at_the_ridge() {
        assert_eq!(ridge(100.0, 10.0), Intensity(10.0));
        // 10 B/s times 4 FLOP/B, then the peak.
        for (intensity, most) in [(4.0, 40.0), (10.0, 100.0), (25.0, 100.0)] {
            assert_eq!(attainable(100.0, 10.0, Intensity(intensity)), most);
        }
        // 100 FLOPs take a second; 5 bytes half of one, 10 as long, 20 two.
        for (bytes, seconds, what) in
            [(5, 1.0, Bound::Compute), (10, 1.0, Bound::Memory), (20, 2.0, Bound::Memory)]
        {
            assert_eq!(bound(100.0, 10.0, Flops(100), Bytes(bytes)), (Seconds(seconds), what));
        }
    }

    #[test]
    fn a_type_is_multiplied_in_its_own_kind() {
        use DType as D;
        for (dtype, compute) in [
            (D::Float64, Compute::Fp32),
            (D::Float32, Compute::Fp32),
            (D::Float16, Compute::Fp16),
            (D::BFloat16, Compute::Bf16),
            (D::Float8E4M3Fn, Compute::Fp8),
            (D::Float8E5M2, Compute::Fp8),
            (D::Int8, Compute::Int8),
            (D::UInt8, Compute::Int8),
            (D::Float4E2M1FnX2, Compute::Fp4),
        ] {
            assert_eq!(of(dtype), compute, "{dtype:?}");
        }
    }

    /// A block of 4 features on a device of 1,000 FLOP/s in fp16, 200 in fp32 and 10 B/s.
    fn placed(model: &Model, tokens: u64) -> (Report, Assessment) {
        let hardware = Hardware {
            id: "mine".into(),
            peaks: vec![(Compute::Fp16, 1000.0), (Compute::Fp32, 200.0)].into(),
            memory_bytes: 4096,
            bandwidth: 10.0,
            ..Hardware::default()
        };
        let workload = Workload::uniform(0, tokens, 1).unwrap();
        let report = analyze(model, &workload, &Accounting::DOCUMENT, Some(&hardware)).unwrap();
        let assessment = report.roofline.clone().unwrap();
        (report, assessment)
    }

    fn model(layers: u64) -> Model {
        let text = format!(
            r#"{{"model_type": "llama", "hidden_size": 4, "intermediate_size": 6, "num_attention_heads": 2,
            "vocab_size": 8, "num_hidden_layers": {layers}}}"#
        );
        Model::from_json(&text).unwrap()
    }

    #[test]
    fn layers_take_the_longer_of_two_times_and_share_the_whole() {
        let (report, placed) = placed(&model(3), 1);
        let mut whole = 0.0;
        for (row, layer) in report.layers.iter().zip(&placed.layers) {
            // One token: far left of the ridge at 100 FLOP/B.
            let seconds = row.bytes().float() / 10.0;
            assert_eq!((layer.seconds, layer.bound), (Seconds(seconds), Bound::Memory), "{}", row.name);
            assert_eq!(layer.attainable_flops_per_second, Some(10.0 * row.intensity.unwrap().0));
            whole += 3.0 * seconds;
        }
        assert!((placed.seconds.0 / whole - 1.0).abs() < 1e-12);
        assert_eq!((placed.bound, placed.fits, placed.ridge), (Bound::Memory, true, Intensity(100.0)));
        let shares: f64 = placed.layers.iter().map(|layer| layer.share).sum();
        assert!((shares - 1.0).abs() < 1e-12);
        // A token in that time; two in theirs.
        assert_eq!(placed.tokens_per_second, Some(1.0 / placed.seconds.0));
        let (_, two) = self::placed(&model(3), 2);
        assert_eq!(two.tokens_per_second, Some(2.0 / two.seconds.0));
        // 3 blocks of 152 weights and 2·2 norms fit in 4 KiB, 30 do not.
        let (_, large) = self::placed(&model(30), 1);
        assert_eq!((large.fits, large.tokens_per_second), (false, None));
    }

    #[test]
    fn most_of_the_time_says_what_bounds_the_whole() {
        // With so many tokens attention does hundreds of FLOPs for a byte and takes most of the time.
        let (report, placed) = placed(&model(1), 4000);
        let bounds = |bound| placed.layers.iter().filter(move |layer| layer.bound == bound);
        assert!(bounds(Bound::Memory).count() > bounds(Bound::Compute).count());
        assert_eq!(placed.bound, Bound::Compute);
        assert_eq!(placed.compute, Compute::Fp16);
        assert_eq!(report.model.precision.activations, DType::Float16);
    }

    #[test]
    fn the_picture_is_of_the_roof_that_most_flops_ask_for() {
        let (mut report, _) = placed(&model(2), 1);
        let rows = &mut report.layers;
        rows.truncate(3);
        for (row, (compute, flops, blocks)) in
            rows.iter_mut().zip([(Compute::Fp32, 10, 4), (Compute::Fp16, 25, 1), (Compute::Fp16, 14, 1)])
        {
            (row.compute, row.flops, row.blocks) = (compute, Flops(flops), blocks);
        }
        // 4·10 against 25 + 14, and then against 25 + 15.
        assert_eq!(most_wanted(rows), Compute::Fp32);
        rows[2].flops = Flops(16);
        assert_eq!(most_wanted(rows), Compute::Fp16);
        rows[2].flops = Flops(15);
        assert_eq!(most_wanted(rows), Compute::Fp32, "the first of equals");
    }

    #[test]
    fn weights_meet_activations_in_the_wider_of_both() {
        let model = model(1);
        let layer = |name: &str| {
            let mut layers = model.groups.iter().flat_map(|group| &group.layers);
            *layers.find(|layer| layer.name() == name).unwrap()
        };
        let wanted = |name, weights, activations| {
            wanted(&layer(name), &Precision { weights, activations, ..model.precision })
        };
        use DType as D;
        for (weights, activations, compute) in [
            (D::Float32, D::Float16, Compute::Fp32),
            (D::Float16, D::Float32, Compute::Fp32),
            (D::Float16, D::BFloat16, Compute::Bf16),
            (D::Float16, D::Float8E4M3Fn, Compute::Fp16),
        ] {
            assert_eq!(
                wanted("Attn - QKV_Proj", weights, activations),
                compute,
                "{weights:?} {activations:?}"
            );
        }
        // What has no weights to multiply with goes by the activations.
        assert_eq!(wanted("Attn - SDPA", D::Float32, D::Float16), Compute::Fp16);
    }
}
