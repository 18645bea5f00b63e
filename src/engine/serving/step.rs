//! One step of a workload on a deployment: what each layer takes, and what they take together.

use super::Deployment;
use super::link::Transfer;
use super::shard::Deal;
use crate::engine::accounting::Accounting;
use crate::engine::cost::{self, Context, Cost};
use crate::engine::error::Error;
use crate::engine::hardware::Compute;
use crate::engine::model::{Layer, Op};
use crate::engine::number::{Count, Number};
use crate::engine::quantity::{Bytes, Flops, Seconds};
use crate::engine::roofline::wanted;
use crate::engine::workload::{Load, Workload};
use serde::Serialize;
use std::ops::{Add, Mul};
use std::sync::Arc;

/// A time as bounds have it: everything that can overlap does, or nothing does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Range {
    /// In a layer the longer of computing and moving, over all layers the longer of those and of sending.
    pub ideal: Seconds,
    /// Computing, moving and sending one after the other.
    pub no_overlap: Seconds,
}

impl Add for Range {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Range {
            ideal: Seconds(self.ideal.0 + other.ideal.0),
            no_overlap: Seconds(self.no_overlap.0 + other.no_overlap.0),
        }
    }
}

/// What a layer, or a whole step, is limited by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    Memory,
    Compute,
    Interconnect,
}

impl Limit {
    pub fn words(self) -> &'static str {
        match self {
            Limit::Memory => "memory-bound",
            Limit::Compute => "compute-bound",
            Limit::Interconnect => "interconnect-bound",
        }
    }
}

/// One layer of one block, as one device runs it for the batch of one copy and one stage.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Share {
    pub name: &'static str,
    /// What sets the blocks apart.
    pub group: Arc<str>,
    /// Blocks that have the layer, over all stages.
    pub blocks: u64,
    pub flops: Flops,
    /// Bytes that move between the device and its memory.
    pub bytes: Bytes,
    pub compute: Compute,
    pub seconds: Range,
    /// The part of the ideal times of all layers and blocks.
    pub share: f64,
    pub limit: Limit,
    /// What devices exchange once it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Transfer>,
}

/// Sums over the layers of a stage, in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spent {
    /// The longer of computing and moving, layer by layer.
    bound: f64,
    compute: f64,
    memory: f64,
    link: f64,
    /// The part of `bound` in which moving is the longer.
    memory_bound: f64,
}

impl Add for Spent {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Spent {
            bound: self.bound + other.bound,
            compute: self.compute + other.compute,
            memory: self.memory + other.memory,
            link: self.link + other.link,
            memory_bound: self.memory_bound + other.memory_bound,
        }
    }
}

impl Mul<u64> for Spent {
    type Output = Self;
    fn mul(self, times: u64) -> Self {
        let times = times as f64;
        Spent {
            bound: self.bound * times,
            compute: self.compute * times,
            memory: self.memory * times,
            link: self.link * times,
            memory_bound: self.memory_bound * times,
        }
    }
}

impl Spent {
    pub(super) fn sending(time: Seconds) -> Self {
        Spent { link: time.0, ..Spent::default() }
    }

    pub(super) fn range(self) -> Range {
        Range {
            ideal: Seconds(self.bound.max(self.link)),
            no_overlap: Seconds(self.compute + self.memory + self.link),
        }
    }

    fn limit(self) -> Limit {
        if self.link > self.bound {
            Limit::Interconnect
        } else if self.memory_bound * 2.0 >= self.bound {
            Limit::Memory
        } else {
            Limit::Compute
        }
    }
}

/// A layer's work on one device, and its time.
#[derive(Clone, Debug)]
pub(super) struct Timed {
    pub flops: u128,
    pub bytes: u128,
    pub compute: Compute,
    pub transfer: Option<Transfer>,
    pub spent: Spent,
}

/// What a layer of a dealt model takes for a load.
pub(super) fn timed(deal: &Deal<'_>, layer: &Layer, load: Load<'_>) -> Result<Timed, Error> {
    let deployment = deal.deployment;
    let precision = &deal.model.precision;
    let context = Context { accounting: &Accounting::EXACT, precision, load };
    let cost: Cost<Count> = cost::cost(layer, &context);
    let moved = if deployment.serving.fused && elementwise(&layer.op) {
        cost.weight_bytes
    } else {
        cost.weight_bytes + cost.input_bytes + cost.output_bytes
    };
    let overflow = |what: &str| Error::Overflow { what: format!("{what} of {}", layer.name()) };
    let flops = cost.flops.get().ok_or_else(|| overflow("the compute"))?;
    let bytes = moved.get().ok_or_else(|| overflow("the traffic"))?;
    let pace = Pace::of(deal, layer);
    let transfer = deal.transfer(layer, &load)?;
    let sending = transfer.map_or(Seconds(0.0), |transfer| transfer.seconds);
    let spent = pace.spend(flops, bytes) + Spent::sending(sending);
    Ok(Timed { flops, bytes, compute: pace.compute, transfer, spent })
}

/// How fast a device can be at a layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    compute: Compute,
    flops_per_second: f64,
    bytes_per_second: f64,
}

impl Pace {
    pub fn of(deal: &Deal<'_>, layer: &Layer) -> Self {
        let Deployment { hardware, serving } = deal.deployment;
        let (compute, flops_per_second) =
            serving.ceiling.peak(hardware, wanted(layer, &deal.model.precision));
        Pace { compute, flops_per_second, bytes_per_second: serving.ceiling.memory(hardware) }
    }

    pub fn spend(&self, flops: u128, bytes: u128) -> Spent {
        let compute = float(flops) / self.flops_per_second;
        let memory = float(bytes) / self.bytes_per_second;
        let bound = compute.max(memory);
        let memory_bound = if memory >= compute { bound } else { 0.0 };
        Spent { bound, compute, memory, link: 0.0, memory_bound }
    }
}

/// The nearest float, sooner where 64 bits will do.
fn float(value: u128) -> f64 {
    u64::try_from(value).map_or(value as f64, |small| small as f64)
}

/// Whether a layer works on each element by itself, or along one vector, and can run inside its neighbour.
fn elementwise(op: &Op) -> bool {
    match op {
        Op::Norm(_)
        | Op::Rope(_)
        | Op::Activation(_)
        | Op::Gate { .. }
        | Op::Combine(_)
        | Op::Collapse(_)
        | Op::Expand(_)
        | Op::AltUp(_)
        | Op::Residual { .. } => true,
        Op::Linear(_)
        | Op::Attention(_)
        | Op::LatentUp(_)
        | Op::LatentAttention(_)
        | Op::Index(_)
        | Op::Compress(_)
        | Op::Conv(_)
        | Op::DeltaRule(_)
        | Op::StateSpace(_)
        | Op::Lookup(_) => false,
    }
}

/// Stages that run one after the other for each part of the batch, several parts at a time.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub stages: Vec<Spent>,
    /// Parts of the batch in flight.
    pub parts: u64,
}

impl Line {
    /// From the first layer of the first part to the last layer of the last: every stage once, and the
    /// slowest once more for each further part.
    pub fn latency(&self) -> Range {
        self.range(|sum, slowest, parts| sum + (parts - 1.0) * slowest)
    }

    /// Between two steps of one part, when all parts follow each other without a gap: the way through all
    /// stages, or the slowest stage's work on all parts.
    pub fn period(&self) -> Range {
        self.range(|sum, slowest, parts| sum.max(parts * slowest))
    }

    fn range(&self, total: impl Fn(f64, f64, f64) -> f64) -> Range {
        let of = |time: fn(Range) -> f64| {
            let times = || self.stages.iter().map(|stage| time(stage.range()));
            Seconds(total(times().sum(), times().fold(0.0, f64::max), self.parts as f64))
        };
        Range { ideal: of(|range| range.ideal.0), no_overlap: of(|range| range.no_overlap.0) }
    }
}

/// Parts of the batch that a pipeline has in flight, and the largest of them.
pub(super) fn parts(deal: &Deal<'_>, workload: &Workload) -> (u64, Workload) {
    let parallel = deal.deployment.serving.parallel;
    let part = workload.dealt(parallel.data * parallel.pipeline);
    let copy = workload.dealt(parallel.data).batch_size();
    (copy.div_ceil(part.batch_size()), part)
}

/// A workload as one step.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub layers: Vec<Share>,
    pub line: Line,
    /// Of the busiest device, over all parts of the batch.
    pub flops: Flops,
    pub bytes: Bytes,
    pub link_bytes: Bytes,
}

impl Step {
    pub fn of(deal: &Deal<'_>, workload: &Workload) -> Result<Self, Error> {
        let (parts, part) = parts(deal, workload);
        let load = part.load();
        let mut layers = Vec::new();
        // For every group: time, FLOPs, bytes and bytes sent, of one block.
        let mut groups = Vec::new();
        for (group, label) in deal.groups.iter().zip(&deal.labels) {
            let (mut spent, mut work) = (Spent::default(), [Count::ZERO; 3]);
            for layer in &group.layers {
                let one = timed(deal, layer, load)?;
                spent = spent + one.spent;
                let sent = one.transfer.map_or(0, |transfer| transfer.bytes.0);
                for (sum, count) in work.iter_mut().zip([one.flops, one.bytes, sent]) {
                    *sum = *sum + Count::int(count);
                }
                layers.push(Share {
                    name: layer.name(),
                    group: Arc::clone(label),
                    blocks: group.repeat,
                    flops: Flops(one.flops),
                    bytes: Bytes(one.bytes),
                    compute: one.compute,
                    seconds: one.spent.range(),
                    share: one.spent.bound,
                    limit: one.spent.limit(),
                    transfer: one.transfer,
                });
            }
            groups.push((spent, work));
        }
        let whole: f64 = layers.iter().map(|share| share.share * share.blocks as f64).sum();
        for share in &mut layers {
            share.share = if whole > 0.0 { share.share * share.blocks as f64 / whole } else { 0.0 };
        }
        let handover = deal.handover(&load)?;
        let last = deal.stages.len() - 1;
        let mut stages = Vec::new();
        let mut busiest = (-1.0, [Count::ZERO; 3]);
        for (at, stage) in deal.stages.iter().enumerate() {
            let (mut spent, mut work) = (Spent::default(), [Count::ZERO; 3]);
            for &(group, repeat) in stage {
                spent = spent + groups[group].0 * repeat;
                for (sum, count) in work.iter_mut().zip(groups[group].1) {
                    *sum = *sum + count * Count::int(repeat.into());
                }
            }
            if let (true, Some(handover)) = (at < last, handover) {
                spent = spent + Spent::sending(handover.seconds);
                work[2] = work[2] + Count::int(handover.bytes.0);
            }
            if spent.bound > busiest.0 {
                busiest = (spent.bound, work.map(|sum| sum * Count::int(parts.into())));
            }
            stages.push(spent);
        }
        let exact = |count: Count, what: &str| {
            count.get().ok_or_else(|| Error::Overflow { what: format!("the {what} of a device") })
        };
        let [flops, bytes, sent] = busiest.1;
        Ok(Step {
            layers,
            line: Line { stages, parts },
            flops: Flops(exact(flops, "compute")?),
            bytes: Bytes(exact(bytes, "traffic")?),
            link_bytes: Bytes(exact(sent, "bytes sent")?),
        })
    }

    pub fn limit(&self) -> Limit {
        self.line.stages.iter().fold(Spent::default(), |sum, stage| sum + *stage).limit()
    }
}
