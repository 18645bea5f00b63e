//! A model as one device of a deployment holds it: the same layers with fewer heads, features and experts.

use super::Deployment;
use super::link::{Collective, Links, Transfer};
use super::parallel::Parallel;
use crate::engine::error::Error;
use crate::engine::model::{
    Group, Layer, Linear, Lookup, Model, Norm, Op, Role, Rope, Rows, Source, Spread, Stage, StateSpace,
};
use crate::engine::workload::Load;
use std::sync::Arc;

/// A model dealt out among devices.
#[derive(Debug)]
pub struct Deal<'a> {
    pub model: &'a Model,
    pub deployment: &'a Deployment,
    pub links: Links,
    /// The model's groups with the layers that one device runs; prediction layers are left out.
    pub groups: Vec<Group>,
    /// What sets each of them apart.
    pub labels: Vec<Arc<str>>,
    /// For every stage of the pipeline the groups it runs, by index, and how often each.
    pub stages: Vec<Vec<(usize, u64)>>,
}

impl<'a> Deal<'a> {
    /// Deals a model out; the degrees have been checked against it.
    pub fn new(model: &'a Model, deployment: &'a Deployment) -> Self {
        let parallel = deployment.serving.parallel;
        let labelled = model.groups.iter().zip(model.labels());
        let kept = labelled.filter(|(group, _)| group.stage != Stage::Prediction);
        let (groups, labels): (Vec<_>, Vec<_>) =
            kept.map(|(group, label)| (shard(group, &parallel), label)).unzip();
        let stages = stages(&groups, parallel.pipeline, model.num_blocks());
        Deal { model, deployment, links: Links::of(deployment), groups, labels, stages }
    }

    /// What devices exchange once a layer is done, for the batch of one copy and one stage.
    ///
    /// The heads' and features' parts of a sum meet in an all-reduce behind each projection back to the
    /// hidden size. Where experts are spread over copies of the batch, tokens travel to them and back
    /// instead, each device sending its share of the copy's tokens.
    pub fn transfer(&self, layer: &Layer, load: &Load<'_>) -> Result<Option<Transfer>, Error> {
        let Parallel { tensor, .. } = self.deployment.serving.parallel;
        let (sources, split) =
            (self.deployment.serving.parallel.sources(), self.deployment.serving.parallel.expert_tensor());
        let hidden = u128::from(self.model.hidden_size);
        let spread = match layer.op {
            Op::Linear(Linear { rows: Rows::Spread(spread), .. }) => Some(spread),
            _ => None,
        };
        let tokens = load.new_tokens;
        let routed = |spread: Spread| {
            let copies = u128::from(spread.experts.per_token) * u128::from(split);
            let all = tokens.and_then(|n| n.checked_mul(copies)?.checked_mul(hidden));
            (Collective::AllToAll, tensor * sources, all.map(|all| all.div_ceil(tensor.into())))
        };
        let of_hidden = || tokens.and_then(|n| n.checked_mul(hidden));
        // Every device needs all of what the whole width makes.
        if let (Role::SsmStepsProj, Op::Linear(linear)) = (layer.role, layer.op) {
            let sum = tokens.and_then(|n| n.checked_mul(linear.outputs.into()));
            return self.exchange(Collective::AllReduce, tensor, sum, layer.name());
        }
        let (collective, devices, elements) = match (layer.role, spread) {
            (Role::MoeGateUpProj | Role::MoeUpProj | Role::MoeDownProj, Some(spread)) if sources > 1 => {
                routed(spread)
            }
            (Role::MoeCombine, _) if sources > 1 => (Collective::AllGather, tensor, of_hidden()),
            (Role::MoeSharedDownProj, _) if sources == 1 => return Ok(None),
            (
                Role::Embedding
                | Role::AttnOutProj
                | Role::SsmOutProj
                | Role::ConvOutProj
                | Role::FfnDownProj
                | Role::MoeSharedDownProj
                | Role::MoeCombine,
                _,
            ) => (Collective::AllReduce, tensor, of_hidden()),
            (Role::LmHead, _) => {
                let logits = u128::from(load.batch).checked_mul(self.model.vocab_size.into());
                (Collective::AllGather, tensor, logits)
            }
            _ => return Ok(None),
        };
        self.exchange(collective, devices, elements, layer.name())
    }

    /// What a stage sends the next.
    pub fn handover(&self, load: &Load<'_>) -> Result<Option<Transfer>, Error> {
        let Parallel { tensor, pipeline, data, .. } = self.deployment.serving.parallel;
        if pipeline < 2 {
            return Ok(None);
        }
        let elements = load.new_tokens.and_then(|n| n.checked_mul(self.model.carried().into()));
        // Each device of a stage hands over its share.
        let own = elements.map(|all| all.div_ceil(tensor.into()));
        self.exchange(Collective::Send, tensor * pipeline * data, own, "a pipeline stage")
    }

    fn exchange(
        &self,
        collective: Collective,
        devices: u64,
        elements: Option<u128>,
        of: &str,
    ) -> Result<Option<Transfer>, Error> {
        if devices < 2 {
            return Ok(None);
        }
        let bits = u128::from(self.model.precision.activations.bits());
        elements
            .and_then(|elements| Some(elements.checked_mul(bits)?.div_ceil(8)))
            .and_then(|payload| self.links.transfer(collective, devices, payload))
            .map(Some)
            .ok_or_else(|| Error::Overflow { what: format!("the bytes sent behind {of}") })
    }
}

/// The blocks in as many runs as there are stages, no run longer than another by more than one block;
/// what stands before them goes with the first, what comes after with the last.
fn stages(groups: &[Group], pipeline: u64, blocks: u64) -> Vec<Vec<(usize, u64)>> {
    (0..pipeline)
        .map(|stage| {
            let run = blocks * stage / pipeline..blocks * (stage + 1) / pipeline;
            groups
                .iter()
                .enumerate()
                .filter_map(|(at, group)| {
                    let repeat = match group.stage {
                        Stage::Embedding if stage == 0 => group.repeat,
                        Stage::Head if stage == pipeline - 1 => group.repeat,
                        Stage::Block => {
                            group.members.iter().filter(|block| run.contains(block)).count() as u64
                        }
                        Stage::Embedding | Stage::Head | Stage::Prediction => 0,
                    };
                    (repeat > 0).then_some((at, repeat))
                })
                .collect()
        })
        .collect()
}

/// Query and key/value heads with their widths, as one device has them and as the model does.
#[derive(Clone, Copy, Debug, Default)]
struct Heads {
    kv_features: u64,
    kv_features_held: u64,
    kv_heads: u64,
    kv_heads_held: u64,
    latent: bool,
    /// What the groups of a state space share, which has less of them than heads.
    shared: u64,
    shared_held: u64,
}

impl Heads {
    fn of(group: &Group, tensor: u64) -> Self {
        let mut heads = Heads::default();
        for layer in &group.layers {
            match layer.op {
                Op::Attention(shape) => {
                    // Of keys and values that are another layer's, none are projected, normed or rotated.
                    let (kv_heads, width) = match shape.source {
                        Source::Own => (shape.kv_heads, shape.qk_dim + shape.v_dim),
                        Source::OwnKeys | Source::Same => (shape.kv_heads, shape.qk_dim),
                        Source::Shared => (0, 0),
                    };
                    let held = kv_heads.div_ceil(tensor);
                    heads = Heads {
                        kv_features: kv_heads * width,
                        kv_features_held: held * width,
                        kv_heads,
                        kv_heads_held: held,
                        ..heads
                    };
                }
                Op::LatentAttention(_) => heads.latent = true,
                // Where rates are each element's own, what heads share is projected apart.
                Op::StateSpace(space) if !space.own_rates => {
                    heads.shared = space.shared();
                    heads.shared_held = held_space(space, tensor).shared();
                }
                _ => {}
            }
        }
        heads
    }
}

/// Groups that are fewer than the devices are repeated.
fn held_space(space: StateSpace, t: u64) -> StateSpace {
    StateSpace { heads: space.heads / t, groups: space.groups.div_ceil(t), ..space }
}

fn shard(group: &Group, parallel: &Parallel) -> Group {
    let heads = Heads::of(group, parallel.tensor);
    let layers = group.layers.iter().map(|layer| held(layer, heads, parallel)).collect();
    Group { layers, ..group.clone() }
}

/// A layer as one device holds it. Degrees that divide are checked before; what need not divide, the
/// vocabulary, is padded.
fn held(layer: &Layer, heads: Heads, parallel: &Parallel) -> Layer {
    let t = parallel.tensor;
    let op = match layer.op {
        Op::Norm(norm) => Op::Norm(norm_held(layer.role, norm, heads, t)),
        Op::Linear(linear) => Op::Linear(linear_held(layer.role, linear, heads, parallel)),
        Op::Rope(rope) if layer.role == Role::IndexRope => Op::Rope(rope),
        Op::Rope(rope) if layer.role == Role::AttnOutRope => Op::Rope(Rope { heads: rope.heads / t, ..rope }),
        Op::Rope(mut rope) => {
            // A latent's keys have one rotated head, which every device computes.
            let (kv, kv_held) = if heads.latent { (1, 1) } else { (heads.kv_heads, heads.kv_heads_held) };
            rope.heads = (rope.heads - kv) / t + kv_held;
            Op::Rope(rope)
        }
        Op::Attention(mut shape) => {
            shape.q_heads /= t;
            shape.kv_heads = shape.kv_heads.div_ceil(t);
            Op::Attention(shape)
        }
        Op::LatentUp(mut latent) => {
            latent.heads /= t;
            Op::LatentUp(latent)
        }
        Op::LatentAttention(mut latent) => {
            latent.heads /= t;
            Op::LatentAttention(latent)
        }
        Op::Conv(mut conv) => {
            conv.channels = (conv.channels - heads.shared) / t + heads.shared_held;
            Op::Conv(conv)
        }
        Op::StateSpace(space) => Op::StateSpace(held_space(space, t)),
        Op::DeltaRule(mut rule) => {
            rule.key_heads /= t;
            rule.value_heads /= t;
            Op::DeltaRule(rule)
        }
        Op::Activation(mut activation) => {
            activation.width /= parallel.parts(layer.role);
            activation.rows = spread(activation.rows, parallel);
            Op::Activation(activation)
        }
        Op::Gate { width, gates, sigmoid, biases } => {
            Op::Gate { width: width / t, gates: gates / t, sigmoid, biases: biases / t }
        }
        Op::Lookup(lookup) if layer.role == Role::Embedding => {
            Op::Lookup(Lookup { rows: lookup.rows.div_ceil(t), ..lookup })
        }
        Op::Residual { width } if layer.role == Role::AdapterAdd => Op::Residual { width: width / t },
        // Every device chooses by itself, as every head of it attends to the same tokens.
        op @ (Op::Index(_)
        | Op::Compress(_)
        | Op::Collapse(_)
        | Op::Expand(_)
        | Op::AltUp(_)
        | Op::Combine(_)
        | Op::Residual { .. }
        | Op::Lookup(_)) => op,
    };
    Layer { op, ..*layer }
}

fn norm_held(role: Role, mut norm: Norm, heads: Heads, t: u64) -> Norm {
    // A norm a head goes with its heads, one over all heads with its features.
    let own = |count: u64, total: u64, held: u64| {
        if count == total && count > 1 { held } else { count.div_ceil(t) }
    };
    match role {
        Role::SsmNorm => {
            // Of a group that is on several devices each normalises its part.
            norm.width = norm.width * norm.vectors.min(t) / t;
            (norm.vectors, norm.sets) = (norm.vectors.div_ceil(t), norm.sets.div_ceil(t));
        }
        Role::AttnQNorm | Role::LinearNorm => {
            if norm.vectors > 1 {
                norm.vectors = norm.vectors.div_ceil(t);
                norm.sets = if norm.sets > 1 { norm.sets.div_ceil(t) } else { norm.sets };
            } else if !heads.latent {
                norm.width = norm.width.div_ceil(t);
            }
        }
        Role::AttnOutNorm | Role::FfnActNorm => norm.width = norm.width.div_ceil(t),
        Role::AttnKNorm | Role::AttnVNorm => {
            if norm.vectors > 1 {
                norm.vectors = own(norm.vectors, heads.kv_heads, heads.kv_heads_held);
                norm.sets = if norm.sets > 1 {
                    own(norm.sets, heads.kv_heads, heads.kv_heads_held)
                } else {
                    norm.sets
                };
            } else if heads.kv_heads > 1 {
                norm.width = norm.width / heads.kv_heads * heads.kv_heads_held;
            }
        }
        _ => {}
    }
    norm
}

fn linear_held(role: Role, mut linear: Linear, heads: Heads, parallel: &Parallel) -> Linear {
    let t = parallel.tensor;
    match role {
        Role::AttnQkvProj => {
            linear.outputs = (linear.outputs - heads.kv_features) / t + heads.kv_features_held;
        }
        Role::SsmInProj => {
            linear.outputs = (linear.outputs - heads.shared) / t + heads.shared_held;
        }
        Role::AttnQUpProj
        | Role::AttnQProj
        | Role::ConvInProj
        | Role::AttnGateProj
        | Role::LinearInProj
        | Role::SsmStepProj
        | Role::AdapterUpProj
        | Role::LinearGateProj
        | Role::LinearBetaProj
        | Role::LinearDecayProj
        | Role::FfnGateUpProj
        | Role::FfnUpProj
        | Role::MoeSharedGateUpProj
        | Role::MoeSharedUpProj => linear.outputs /= t,
        Role::AttnOutProj
        | Role::SsmOutProj
        | Role::SsmSideProj
        | Role::SsmStepsProj
        | Role::ConvOutProj
        | Role::FfnDownProj
        | Role::MoeSharedDownProj => linear.inputs /= t,
        Role::LmHead => {
            linear.outputs = linear.outputs.div_ceil(t);
            // On a stage of its own the head cannot be the embedding's table.
            linear.tied &= parallel.pipeline == 1;
        }
        Role::MoeGateUpProj | Role::MoeUpProj => linear.outputs /= parallel.expert_tensor(),
        Role::MoeDownProj => linear.inputs /= parallel.expert_tensor(),
        _ => {}
    }
    linear.rows = spread(linear.rows, parallel);
    if role == Role::AttnOutGroupProj
        && let Rows::Grouped(groups) = &mut linear.rows
    {
        *groups /= t;
    }
    linear
}

/// Routed rows where experts are spread, others as they are.
fn spread(rows: Rows, parallel: &Parallel) -> Rows {
    let (experts, all) = match rows {
        Rows::Routed(experts) if parallel.expert > 1 => (experts, experts.total),
        Rows::Spread(Spread { experts, held, .. }) if parallel.expert > 1 => (experts, held),
        rows => return rows,
    };
    Rows::Spread(Spread { experts, held: all / parallel.expert, sources: parallel.sources() })
}
