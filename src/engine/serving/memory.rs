//! What a device must hold, what fits, and what to change where nothing does.

use super::parallel::Parallel;
use super::shard::Deal;
use super::step::parts;
use super::{Deployment, Serving};
use crate::engine::accounting::Accounting;
use crate::engine::cost::{self, Context, Cost};
use crate::engine::error::Error;
use crate::engine::model::{Model, Op};
use crate::engine::number::Count;
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
        let weights = weights(deal)?;
        let own = Held { deal, weights: &weights };
        let (kv_cache, activations, stage) = own.fullest(workload)?;
        let capacity = u128::from(deal.deployment.hardware.memory_bytes);
        let reserve = reserve(deal.deployment);
        let total = weights[stage] + kv_cache + activations + reserve;
        Ok(Memory {
            weights: Bytes(weights[stage]),
            kv_cache: Bytes(kv_cache),
            activations: Bytes(activations),
            reserve: Bytes(reserve),
            total: Bytes(total),
            capacity: Bytes(capacity),
            fits: total <= capacity,
            largest_batch: own.largest_batch(workload),
            longest_context: own.longest_context(workload),
        })
    }
}

/// Bytes that are kept free.
fn reserve(deployment: &Deployment) -> u128 {
    (deployment.hardware.memory_bytes as f64 * deployment.serving.reserve).ceil() as u128
}

struct Held<'a> {
    deal: &'a Deal<'a>,
    /// Bytes of weights of every stage.
    weights: &'a [u128],
}

impl Held<'_> {
    /// KV cache, activations and index of the fullest stage.
    fn fullest(&self, workload: &Workload) -> Result<(u128, u128, usize), Error> {
        let activations = activations(self.deal, workload)?;
        let copy = workload.dealt(self.deal.deployment.serving.parallel.data);
        // The last token's keys and values are never needed.
        let end = match self.deal.deployment.serving.output_tokens {
            0 | 1 => copy,
            more => copy.decoding(more - 2),
        };
        let caches = cache(self.deal, &end)?;
        let fullest = (0..caches.len()).max_by_key(|&stage| self.weights[stage] + caches[stage]).unwrap_or(0);
        Ok((caches[fullest], activations, fullest))
    }

    fn fits(&self, workload: &Workload) -> bool {
        let capacity = u128::from(self.deal.deployment.hardware.memory_bytes);
        self.fullest(workload).is_ok_and(|(cache, activations, stage)| {
            self.weights[stage] + cache + activations + reserve(self.deal.deployment) <= capacity
        })
    }

    fn largest_batch(&self, workload: &Workload) -> Option<u64> {
        let length = workload.pattern().len() as u64;
        let most = most(MAX_BATCH / length, |times| self.fits(&workload.repeated(times)))?;
        Some(most * length)
    }

    fn longest_context(&self, workload: &Workload) -> Option<u64> {
        let batch = workload.batch_size();
        let capacity = u128::from(self.deal.deployment.hardware.memory_bytes);
        let free = capacity
            .checked_sub(reserve(self.deal.deployment))?
            .checked_sub(activations(self.deal, workload).ok()?)?;
        let fits = |tokens: u64| {
            let held = Workload::uniform(tokens - 1, 1, batch)
                .and_then(|full| cache(self.deal, &full.dealt(self.deal.deployment.serving.parallel.data)));
            held.is_ok_and(|caches| caches.iter().zip(self.weights).all(|(cache, own)| cache + own <= free))
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
            costs.fold(Count(Some(0)), |sum, one| sum + one)
        })
        .collect();
    deal.stages
        .iter()
        .map(|stage| {
            stage
                .iter()
                .fold(Count(Some(0)), |sum, &(group, repeat)| {
                    sum + groups[group] * Count(Some(repeat.into()))
                })
                .0
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
        Some(tokens.checked_mul(deal.model.hidden_size.into())?.checked_mul(bits)?.div_ceil(8))
    });
    let widest = deal
        .groups
        .iter()
        .flat_map(|group| &group.layers)
        .filter(|layer| !matches!(layer.op, Op::Attention(_) | Op::LatentAttention(_) | Op::DeltaRule(_)))
        .map(|layer| {
            let cost: Cost<Count> = cost::cost(layer, &context);
            (cost.input_bytes + cost.output_bytes).0
        })
        .try_fold(0, |most, bytes| Some(bytes?.max(most)));
    hidden
        .zip(widest)
        .and_then(|(hidden, widest)| hidden.checked_add(widest))
        .ok_or_else(|| Error::Overflow { what: "the activations of a device".to_owned() })
}

/// What would make it fit, each change by itself: more devices, narrower weights, fewer queries, less
/// context.
pub(super) fn cures(model: &Model, workload: &Workload, deployment: &Deployment) -> Result<Vec<Cure>, Error> {
    let fits = |model: &Model, deployment: &Deployment| {
        deployment.serving.parallel.divides(model).is_ok()
            && Memory::of(&Deal::new(model, deployment), workload).is_ok_and(|memory| memory.fits)
    };
    let mut cures = Vec::new();
    let degrees =
        (1..=9).map(|power| 1 << power).filter(|degree| *degree > deployment.serving.parallel.tensor);
    let wider = degrees
        .map(|tensor| {
            let parallel = Parallel { tensor, ..deployment.serving.parallel };
            Deployment { serving: Serving { parallel, ..deployment.serving }, ..deployment.clone() }
        })
        .find(|deployment| fits(model, deployment));
    cures.extend(wider.map(|wider| Cure::Tensor(wider.serving.parallel.tensor)));
    for format in NARROWER {
        let Ok(overrides) = Overrides::parse(Some(format), None, None) else { continue };
        if fits(&model.with(&overrides), deployment) {
            cures.push(Cure::Weights(format));
            break;
        }
    }
    let memory = Memory::of(&Deal::new(model, deployment), workload)?;
    cures.extend(memory.largest_batch.map(Cure::Batch));
    // A context of a handful of tokens cures nothing.
    cures.extend(memory.longest_context.filter(|&tokens| tokens >= 16).map(Cure::Context));
    Ok(cures)
}
