//! From bytes to decisions: how fast a model can be on given devices, whether it fits, and what stops it.
//!
//! A [`Deployment`] says on what and how; [`plan`] answers. Whatever the accounting of the table, a plan
//! counts as `exact`: every parameter, the distinct experts, the LM head. All times are bounds, none is a
//! measurement, and a deployment that does not fit promises no rate.

mod ceiling;
mod decode;
mod generation;
mod link;
mod memory;
mod parallel;
mod shard;
mod step;
pub mod sweep;

pub use ceiling::{Ceiling, Reach};
pub use generation::{Generation, MAX_OUTPUT_TOKENS, Rates};
pub use link::{Collective, Network, Transfer};
pub use memory::{Cure, Memory};
pub use parallel::Parallel;
pub use step::{Limit, Range, Share};

use super::error::Error;
use super::hardware::Hardware;
use super::model::Model;
use super::quantity::{Bytes, Flops};
use super::workload::Workload;
use generation::generate;
use serde::Serialize;
use shard::Deal;
use std::sync::Arc;
use step::Step;

/// On what a model is to run, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    pub hardware: Hardware,
    pub serving: Serving,
}

/// How a model is to be served, whatever the device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Serving {
    pub parallel: Parallel,
    /// What of the vendor's figures is taken as reachable.
    pub ceiling: Ceiling,
    /// Whether element-wise layers run inside their neighbours, so that only their weights move.
    pub fused: bool,
    /// The part of a device's memory that is kept free, from 0 to 1.
    pub reserve: f64,
    /// Tokens to generate for every query, the one that the workload itself yields included.
    pub output_tokens: u64,
    pub network: Network,
}

impl Default for Serving {
    /// One device at its vendor's peak, fused, with a tenth of the memory kept free, for 256 tokens.
    fn default() -> Self {
        Serving {
            parallel: Parallel::default(),
            ceiling: Ceiling::PEAK,
            fused: true,
            reserve: 0.1,
            output_tokens: 256,
            network: Network::default(),
        }
    }
}

impl Serving {
    /// Whether the figures make sense for any model at all.
    ///
    /// # Errors
    /// [`Error::Deployment`], naming the figure.
    pub fn check(&self) -> Result<(), Error> {
        self.parallel.check()?;
        self.ceiling.check()?;
        self.network.check()?;
        let refuse = |reason: String| Err(Error::Deployment { reason });
        if !(0.0..1.0).contains(&self.reserve) {
            return refuse(
                "the memory kept free is a part of it: from 0 (none) to below 1 (100 %)".to_owned(),
            );
        }
        if self.output_tokens == 0 || self.output_tokens > MAX_OUTPUT_TOKENS {
            return refuse(format!("the tokens to generate must be 1 to {MAX_OUTPUT_TOKENS}"));
        }
        Ok(())
    }
}

/// What a deployment comes to. Figures of work are those of one device, the busiest where they differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// The model's name, where it has one.
    pub model: Option<Arc<str>>,
    /// The prompt's step.
    pub workload: Workload,
    pub hardware: String,
    pub hardware_name: String,
    /// Devices altogether.
    pub devices: u64,
    pub parallel: Parallel,
    pub ceiling: Ceiling,
    pub fused: bool,
    pub network: Network,
    /// Every layer of the model as one device runs it, in execution order.
    pub layers: Vec<Share>,
    /// FLOPs of the step on the busiest device.
    pub flops: Flops,
    /// Bytes that move between the busiest device and its memory in the step.
    pub bytes: Bytes,
    /// Bytes that the busiest device sends in the step.
    pub link_bytes: Bytes,
    /// The workload as one step, from its first layer to its last: the time to the first token.
    pub step: Range,
    /// What most of the step's bound is spent on.
    pub limit: Limit,
    pub memory: Memory,
    /// None where it does not fit.
    pub generation: Option<Generation>,
    /// What would make it fit; empty where it does.
    pub cures: Vec<Cure>,
    /// What the figures take for granted.
    pub assumptions: Vec<String>,
}

impl Plan {
    /// The slope of the interconnect's roof, in bytes of memory traffic per second of sending: times an
    /// intensity it is the FLOP/s that sending alone would allow a device at this plan's mix of layers. None
    /// where nothing is sent.
    pub fn link_slope(&self) -> Option<f64> {
        let blocks = |share: &Share| share.blocks as f64;
        let sending = |share: &Share| share.transfer.map_or(0.0, |sent| blocks(share) * sent.seconds.0);
        let seconds: f64 = self.layers.iter().map(sending).sum();
        let bytes: f64 = self.layers.iter().map(|share| blocks(share) * share.bytes.0 as f64).sum();
        (seconds > 0.0 && bytes > 0.0).then(|| bytes / seconds)
    }
}

/// Bounds how fast a workload runs on a deployment, and finds what fits.
///
/// # Errors
/// [`Error::Deployment`] where degrees do not divide the model or a figure makes no sense,
/// [`Error::Overflow`] where a figure outgrows 128 bits.
pub fn plan(model: &Model, workload: &Workload, deployment: &Deployment) -> Result<Plan, Error> {
    deployment.serving.check()?;
    deployment.serving.parallel.divides(model)?;
    let deal = Deal::new(model, deployment);
    let step = Step::of(&deal, workload)?;
    let memory = Memory::of(&deal, workload)?;
    let generation = if memory.fits { Some(generate(&deal, workload, &step)?) } else { None };
    let cures = if memory.fits { Vec::new() } else { memory::cures(model, workload, deployment, &memory) };
    Ok(Plan {
        model: model.name.clone(),
        workload: workload.clone(),
        hardware: deployment.hardware.id.to_string(),
        hardware_name: deployment.hardware.name.to_string(),
        devices: deployment.serving.parallel.devices(),
        parallel: deployment.serving.parallel,
        ceiling: deployment.serving.ceiling,
        fused: deployment.serving.fused,
        network: deployment.serving.network,
        flops: step.flops,
        bytes: step.bytes,
        link_bytes: step.link_bytes,
        step: step.line.latency(),
        limit: step.limit(),
        layers: step.layers,
        memory,
        generation,
        cures,
        assumptions: assumptions(&deal, workload),
    })
}

fn assumptions(deal: &Deal<'_>, workload: &Workload) -> Vec<String> {
    let deployment = deal.deployment;
    let mut said = vec![
        "Counted as `exact`: every parameter, distinct experts, the LM head for one token a query."
            .to_owned(),
        deployment.serving.ceiling.words(&deployment.hardware),
    ];
    said.push(if deployment.serving.fused {
        "Element-wise layers are fused: only their weights move.".to_owned()
    } else {
        "Element-wise layers are kernels of their own: their inputs and outputs move.".to_owned()
    });
    said.extend(link::assumptions(deal));
    let Parallel { data, pipeline, .. } = deployment.serving.parallel;
    let batch = workload.batch_size();
    if data * pipeline > 1 {
        let busiest = workload.dealt(data * pipeline).batch_size();
        said.push(format!(
            "The {batch} queries are dealt in turn: {busiest} to the busiest of {} batches in flight.",
            data * pipeline
        ));
    }
    if deployment.serving.parallel.expert > 1 {
        said.push("Tokens fall evenly on the experts, so every device does the same work.".to_owned());
    }
    said
}

#[cfg(test)]
mod tests;
