//! What a device must hold, what fits, and what to change where nothing does.

use super::parallel::Parallel;
use super::shard::Deal;
use super::step::parts;
use super::{Deployment, Serving};
use crate::engine::accounting::Accounting;
use crate::engine::cost::{self, Context, Cost};
use crate::engine::error::Error;
use crate::engine::model::{Model, Op};
use crate::engine::number::{Count, Number};
use crate::engine::precision::Overrides;
use crate::engine::quantity::{Bytes, grouped};
use crate::engine::workload::{MAX_BATCH, MAX_TOKENS, Workload};
use serde::Serialize;

/// The memory of one device, the fullest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Memory {
    pub weights: Bytes,
    /// Of all queries that the device serves, when the last token has been generated.
    pub kv_cache: Bytes,
    /// The hidden states of the step, and the operands of its widest layer, without chunking.
    pub activations: Bytes,
    /// What is kept free.
    pub reserve: Bytes,
    pub total: Bytes,
    pub capacity: Bytes,
    pub fits: bool,
    /// The most queries of this workload that fit together, all devices; none where not even the given
    /// ones, once each, do.
    pub largest_batch: Option<u64>,
    /// The most tokens that each query of the batch can keep, generated ones included.
    pub longest_context: Option<u64>,
}

/// What would make a deployment fit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cure {
    /// So many devices that share every layer.
    Tensor(u64),
    /// Weights in another format.
    Weights(&'static str),
    Batch(u64),
    Context(u64),
}

impl Cure {
    pub fn words(&self) -> String {
        match self {
            Cure::Tensor(degree) => format!("{degree} devices, tensor-parallel"),
            Cure::Weights(format) => format!("weights as {format}"),
            Cure::Batch(queries) => format!("a batch of {}", grouped(u128::from(*queries))),
            Cure::Context(tokens) => format!("a context of {} tokens a query", grouped(u128::from(*tokens))),
        }
    }
}

/// Formats that weights are commonly kept in, widest first.
const NARROWER: [&str; 2] = ["fp8", "q4_k_m"];

impl Memory {
    pub(super) fn of(deal: &Deal<'_>, workload: &Workload) -> Result<Self, Error> {
        let room = Room::of(deal)?;
        let need = room.need(workload)?;
        Ok(Memory {
            weights: Bytes(need.weights),
            kv_cache: Bytes(need.cache),
            activations: Bytes(need.activations),
            reserve: Bytes(room.reserve),
            total: Bytes(need.total() + room.reserve),
            capacity: Bytes(room.capacity),
            fits: room.holds(&need),
            largest_batch: room.largest_batch(workload),
            longest_context: room.longest_context(workload),
        })
    }
}

/// What the fullest device must hold, in bytes.
pub(super) struct Need {
    pub weights: u128,
    pub cache: u128,
    pub activations: u128,
}

impl Need {
    pub fn total(&self) -> u128 {
        self.weights + self.cache + self.activations
    }
}

/// The memory of a device, and what of it is taken whatever the workload.
pub(super) struct Room<'a> {
    deal: &'a Deal<'a>,
    pub capacity: u128,
    pub reserve: u128,
    /// Bytes of weights of every stage.
    weights: Vec<u128>,
}

impl<'a> Room<'a> {
    pub fn of(deal: &'a Deal<'a>) -> Result<Self, Error> {
        let capacity = deal.deployment.hardware.memory_bytes;
        let reserve = (capacity as f64 * deal.deployment.serving.reserve).ceil() as u128;
        Ok(Room { deal, capacity: capacity.into(), reserve, weights: weights(deal)? })
    }

    pub fn need(&self, workload: &Workload) -> Result<Need, Error> {
        let copy = workload.dealt(self.deal.deployment.serving.parallel.data);
        // The last token's keys and values are never needed.
        let end = match self.deal.deployment.serving.output_tokens {
            0 | 1 => copy,
            more => copy.decoding(more - 2),
        };
        let caches = cache(self.deal, &end)?;
        let fullest = self.weights.iter().zip(caches).max_by_key(|(weights, cache)| *weights + cache);
        let (weights, cache) = fullest.unwrap_or((&0, 0));
        Ok(Need { weights: *weights, cache, activations: activations(self.deal, workload)? })
    }

    pub fn holds(&self, need: &Need) -> bool {
        need.total() + self.reserve <= self.capacity
    }

    fn fits(&self, workload: &Workload) -> bool {
        self.need(workload).is_ok_and(|need| self.holds(&need))
    }

    fn largest_batch(&self, workload: &Workload) -> Option<u64> {
        let length = workload.pattern().len() as u64;
        let most = most(MAX_BATCH / length, |times| self.fits(&workload.repeated(times)))?;
        Some(most * length)
    }

    fn longest_context(&self, workload: &Workload) -> Option<u64> {
        let batch = workload.batch_size();
        let data = self.deal.deployment.serving.parallel.data;
        let activations = activations(self.deal, workload).ok()?;
        let free = self.capacity.checked_sub(self.reserve)?.checked_sub(activations)?;
        let fits = |tokens: u64| {
            let held =
                Workload::uniform(tokens - 1, 1, batch).and_then(|full| cache(self.deal, &full.dealt(data)));
            held.is_ok_and(|caches| caches.iter().zip(&self.weights).all(|(cache, own)| cache + own <= free))
        };
        most(MAX_TOKENS, fits)
    }
}

/// The largest number from 1 to `limit` that will do, where every smaller one does too.
fn most(limit: u64, good: impl Fn(u64) -> bool) -> Option<u64> {
    if !good(1) {
        return None;
    }
    let (mut yes, mut no) = (1, limit + 1);
    while no - yes > 1 {
        let middle = yes + (no - yes) / 2;
        if good(middle) {
            yes = middle;
        } else {
            no = middle;
        }
    }
    Some(yes)
}

/// Sums a figure over the layers of every stage.
fn by_stage(
    deal: &Deal<'_>,
    workload: &Workload,
    what: &str,
    figure: fn(&Cost<Count>) -> Count,
) -> Result<Vec<u128>, Error> {
    let context =
        Context { accounting: &Accounting::EXACT, precision: &deal.model.precision, load: workload.load() };
    let groups: Vec<Count> = deal
        .groups
        .iter()
        .map(|group| {
            let costs = group.layers.iter().map(|layer| figure(&cost::cost(layer, &context)));
            costs.fold(Count::ZERO, |sum, one| sum + one)
        })
        .collect();
    deal.stages
        .iter()
        .map(|stage| {
            stage
                .iter()
                .fold(Count::ZERO, |sum, &(group, repeat)| sum + groups[group] * Count::int(repeat.into()))
                .get()
                .ok_or_else(|| Error::Overflow { what: what.to_owned() })
        })
        .collect()
}

fn weights(deal: &Deal<'_>) -> Result<Vec<u128>, Error> {
    by_stage(deal, &Workload::default(), "the weights of a device", |cost| cost.stored_bytes)
}

fn cache(deal: &Deal<'_>, workload: &Workload) -> Result<Vec<u128>, Error> {
    by_stage(deal, workload, "the KV cache of a device", |cost| cost.cache_bytes)
}

/// The hidden states, and the inputs and outputs of the layer that has most. Those of attention are its
/// neighbours' and the cache's.
fn activations(deal: &Deal<'_>, workload: &Workload) -> Result<u128, Error> {
    let (_, part) = parts(deal, workload);
    let load = part.load();
    let context = Context { accounting: &Accounting::EXACT, precision: &deal.model.precision, load };
    let bits = u128::from(deal.model.precision.activations.bits());
    let hidden = load.new_tokens.and_then(|tokens| {
        Some(tokens.checked_mul(deal.model.carried().into())?.checked_mul(bits)?.div_ceil(8))
    });
    let widest = deal
        .groups
        .iter()
        .flat_map(|group| &group.layers)
        .filter(|layer| {
            !matches!(
                layer.op,
                Op::Attention(_)
                    | Op::LatentAttention(_)
                    | Op::Index(_)
                    | Op::DeltaRule(_)
                    | Op::StateSpace(_)
            )
        })
        .map(|layer| {
            let cost: Cost<Count> = cost::cost(layer, &context);
            (cost.input_bytes + cost.output_bytes).get()
        })
        .try_fold(0, |most, bytes| Some(bytes?.max(most)));
    hidden
        .zip(widest)
        .and_then(|(hidden, widest)| hidden.checked_add(widest))
        .ok_or_else(|| Error::Overflow { what: "the activations of a device".to_owned() })
}

/// What would make it fit, each change by itself: more devices, narrower weights, fewer queries, less
/// context.
pub(super) fn cures(
    model: &Model,
    workload: &Workload,
    deployment: &Deployment,
    memory: &Memory,
) -> Vec<Cure> {
    let fits = |model: &Model, deployment: &Deployment| {
        deployment.serving.parallel.divides(model).is_ok()
            && Room::of(&Deal::new(model, deployment)).is_ok_and(|room| room.fits(workload))
    };
    let at = |tensor| {
        let parallel = Parallel { tensor, ..deployment.serving.parallel };
        Deployment { serving: Serving { parallel, ..deployment.serving }, ..deployment.clone() }
    };
    let degrees =
        (1..=9).map(|power| 1 << power).filter(|degree| *degree > deployment.serving.parallel.tensor);
    let wider = degrees.into_iter().find(|&tensor| fits(model, &at(tensor)));
    let narrower = NARROWER.into_iter().find(|format| {
        let overrides = Overrides::parse(Some(format), None, None);
        overrides.is_ok_and(|overrides| fits(&model.with(&overrides), deployment))
    });
    // A context of a handful of tokens cures nothing.
    let context = memory.longest_context.filter(|&tokens| tokens >= 16);
    let cures = [
        wider.map(Cure::Tensor),
        narrower.map(Cure::Weights),
        memory.largest_batch.map(Cure::Batch),
        context.map(Cure::Context),
    ];
    cures.into_iter().flatten().collect()
}
