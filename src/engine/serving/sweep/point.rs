//! What a plan comes to, without its layers: one point of a curve.

use super::Case;
use crate::engine::error::Error;
use crate::engine::quantity::{Bytes, Flops, Intensity};
use crate::engine::serving::generation::generate;
use crate::engine::serving::memory::Room;
use crate::engine::serving::shard::Deal;
use crate::engine::serving::step::Step;
use crate::engine::serving::{Generation, Limit, Range};
use serde::Serialize;

/// The figures of a plan that a curve is drawn of; each is the one that [`super::super::plan`] has.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Devices altogether.
    pub devices: u64,
    pub fits: bool,
    pub limit: Limit,
    /// The workload as one step, from its first layer to its last.
    pub step: Range,
    /// Times and rates; none where it does not fit.
    pub generation: Option<Generation>,
    /// FLOPs of the step on the busiest device.
    pub flops: Flops,
    /// Bytes that move between the busiest device and its memory in the step.
    pub bytes: Bytes,
    /// Bytes that the busiest device sends in the step.
    pub link_bytes: Bytes,
    /// FLOPs over bytes of the busiest device; none where nothing moves.
    pub intensity: Option<Intensity>,
    pub memory: Held,
}

/// What the fullest device holds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Held {
    pub weights: Bytes,
    pub kv_cache: Bytes,
    pub activations: Bytes,
    /// The three together.
    pub needed: Bytes,
    /// What there is besides what is kept free.
    pub room: Bytes,
}

impl Case<'_> {
    /// What the case comes to.
    ///
    /// # Errors
    /// As [`super::super::plan`].
    pub fn point(&self) -> Result<Point, Error> {
        let (model, workload, deployment) = (&*self.model, &*self.workload, &*self.deployment);
        deployment.serving.check()?;
        deployment.serving.parallel.divides(model)?;
        let deal = Deal::new(model, deployment);
        let step = Step::of(&deal, workload)?;
        let room = Room::of(&deal)?;
        let need = room.need(workload)?;
        let fits = room.holds(&need);
        let generation = if fits { Some(generate(&deal, workload, &step)?) } else { None };
        Ok(Point {
            devices: deployment.serving.parallel.devices(),
            fits,
            limit: step.limit(),
            step: step.line.latency(),
            generation,
            flops: step.flops,
            bytes: step.bytes,
            link_bytes: step.link_bytes,
            intensity: Intensity::of(step.flops, step.bytes),
            memory: Held {
                weights: Bytes(need.weights),
                kv_cache: Bytes(need.cache),
                activations: Bytes(need.activations),
                needed: Bytes(need.total()),
                room: Bytes(room.capacity.saturating_sub(room.reserve)),
            },
        })
    }
}
