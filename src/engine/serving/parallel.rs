//! Degrees of parallelism, and whether a model can be divided so.

use crate::engine::error::Error;
use crate::engine::model::{Group, Linear, Model, Op, Role, Rows, Stage};
use serde::{Deserialize, Serialize};

/// The most devices a deployment may have.
pub(super) const MAX_DEVICES: u64 = 1 << 16;

/// Into how many parts a model and its batch are divided; each degree is at least 1.
///
/// `tensor · pipeline · data` is the number of devices. Experts are spread over `expert` of the
/// `tensor · data` devices of a pipeline stage; what is left of those splits each expert's matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parallel {
    /// Devices that share every layer's heads and matrices.
    pub tensor: u64,
    /// Stages that the blocks are divided into.
    pub pipeline: u64,
    /// Devices, or groups of them, that the experts of a layer are spread over.
    pub expert: u64,
    /// Copies that the batch is dealt among.
    pub data: u64,
}

impl Default for Parallel {
    fn default() -> Self {
        Parallel { tensor: 1, pipeline: 1, expert: 1, data: 1 }
    }
}

impl Parallel {
    /// One tensor-parallel group.
    pub fn tensor(degree: u64) -> Self {
        Parallel { tensor: degree, ..Parallel::default() }
    }

    pub fn devices(&self) -> u64 {
        self.tensor * self.pipeline * self.data
    }

    /// Parts that each expert's matrices are split into.
    pub fn expert_tensor(&self) -> u64 {
        gcd(self.tensor * self.data / self.expert, self.tensor)
    }

    /// Copies of the batch whose tokens are routed among the same experts.
    pub fn sources(&self) -> u64 {
        gcd(self.data, self.expert)
    }

    /// Whether the degrees make sense for any model.
    pub(super) fn check(&self) -> Result<(), Error> {
        let Parallel { tensor, pipeline, expert, data } = *self;
        let refuse = |reason: String| Err(Error::Deployment { reason });
        if [tensor, pipeline, expert, data].iter().any(|degree| !(1..=MAX_DEVICES).contains(degree))
            || self.devices() > MAX_DEVICES
        {
            return refuse(format!("every degree must be at least 1, and the devices at most {MAX_DEVICES}"));
        }
        if !(tensor * data).is_multiple_of(expert) {
            return refuse(format!(
                "experts cannot be spread over {expert} of {} devices: use {}",
                tensor * data,
                degrees(tensor * data, |d| (tensor * data).is_multiple_of(d))
            ));
        }
        Ok(())
    }

    /// Whether a model can be divided so; the degrees have been checked.
    ///
    /// # Errors
    /// [`Error::Deployment`], with the degrees that would do.
    pub(super) fn divides(&self, model: &Model) -> Result<(), Error> {
        let Parallel { pipeline, expert, .. } = *self;
        let refuse = |reason: String| Err(Error::Deployment { reason });
        let blocks = model.num_blocks();
        if pipeline > blocks {
            return refuse(format!("{blocks} blocks cannot make {pipeline} stages: use at most {blocks}"));
        }
        for group in model.groups.iter().filter(|group| group.stage == Stage::Block) {
            if pipeline > 1 && group.layers.iter().any(|layer| layer.shared) {
                let reason = "blocks that share weights cannot be on several stages: use 1".to_owned();
                return refuse(reason);
            }
            self.check_block(group)?;
        }
        if expert > 1 && !model.has_experts() {
            return refuse("the model has no experts to spread: leave the expert degree at 1".to_owned());
        }
        Ok(())
    }

    /// Among how many devices the features of an activation are shared.
    pub(super) fn parts(&self, role: Role) -> u64 {
        match role {
            Role::MoeAct => self.expert_tensor(),
            // As narrow as a head: every device has them all.
            Role::InputAct => 1,
            _ => self.tensor,
        }
    }

    fn check_block(&self, group: &Group) -> Result<(), Error> {
        let divides = |degree: u64, what: &str, count: u64| {
            if count.is_multiple_of(degree) {
                return Ok(());
            }
            let good = degrees(count, |d| count.is_multiple_of(d));
            Err(Error::Deployment {
                reason: format!("{count} {what} cannot be shared by {degree}: use {good}"),
            })
        };
        let t = self.tensor;
        // What there is less of than heads may also be on several devices.
        let repeats = |what: &str, few: u64, heads: u64| {
            let even = |degree: u64| degree.max(few).is_multiple_of(degree.min(few));
            if even(t) {
                return Ok(());
            }
            let good = degrees(heads, even);
            let reason = format!("{few} {what} can be neither shared nor repeated evenly on {t}: use {good}");
            Err(Error::Deployment { reason })
        };
        for layer in &group.layers {
            match layer.op {
                Op::Attention(shape) => {
                    divides(t, "query heads", shape.q_heads)?;
                    repeats("key/value heads", shape.kv_heads, shape.q_heads)?;
                }
                Op::StateSpace(space) => {
                    divides(t, "heads of the state space", space.heads)?;
                    repeats("groups of the state space", space.groups, space.heads)?;
                }
                Op::Conv(conv) if layer.role == Role::ConvKernel => {
                    divides(t, "channels of the convolution", conv.channels)?;
                }
                Op::LatentAttention(shape) => divides(t, "heads", shape.heads)?,
                Op::DeltaRule(rule) => {
                    divides(t, "key heads", rule.key_heads)?;
                    divides(t, "value heads", rule.value_heads)?;
                }
                // As wide as its heads, which are checked.
                Op::Activation(_) if layer.role == Role::LinearAct => {}
                Op::Activation(activation) => {
                    divides(
                        self.parts(layer.role),
                        "features between the feed-forward products",
                        activation.width,
                    )?;
                }
                Op::Linear(Linear { rows: Rows::Routed(experts), .. }) => {
                    divides(self.expert, "experts", experts.total)?;
                }
                Op::Linear(Linear { rows: Rows::Grouped(groups), .. }) => {
                    divides(t, "groups of heads", groups)?;
                }
                Op::Linear(Linear { rows: Rows::Spread(spread), .. }) => {
                    divides(self.expert, "experts", spread.held)?;
                }
                Op::Linear(_)
                | Op::Norm(_)
                | Op::Rope(_)
                | Op::LatentUp(_)
                | Op::Index(_)
                | Op::Compress(_)
                | Op::Collapse(_)
                | Op::Expand(_)
                | Op::AltUp(_)
                | Op::Conv(_)
                | Op::Gate { .. }
                | Op::Combine(_)
                | Op::Residual { .. }
                | Op::Lookup(_) => {}
            }
        }
        Ok(())
    }
}

/// The degrees up to a limit that will do, as a list in words; the powers of two where there are many.
fn degrees(limit: u64, good: impl Fn(u64) -> bool) -> String {
    let all: Vec<u64> = (1..=limit.min(1 << 10)).filter(|&degree| good(degree)).collect();
    let powers: Vec<u64> = all.iter().copied().filter(|degree| degree.is_power_of_two()).collect();
    let shown = if all.len() > 8 && powers.len() > 2 { powers } else { all };
    shown.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

/// The greatest common divisor.
pub(super) fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
