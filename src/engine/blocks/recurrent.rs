//! Mixers that keep a state of fixed size in place of a growing cache.

use super::{linear, whole};
use crate::engine::model::{
    Activation, Conv, Decay, DeltaRule, Function, Layer, Norm, NormKind, Op, Role, Rows, StateSpace,
};

/// Linear attention, behind a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeltaNet {
    pub rule: DeltaRule,
    /// None: SiLU alone stands in the convolution's place.
    pub kernel: Option<u64>,
    /// Elements of the vector that decays are made of, and of another that gates are; none where they are
    /// projected at once.
    pub gate_rank: Option<u64>,
}

/// A state space between two projections, behind a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mamba {
    pub space: StateSpace,
    pub kernel: u64,
    pub conv_bias: bool,
    pub in_bias: bool,
    pub out_bias: bool,
    /// Whether each group's output is normalised, with a weight of its own.
    pub normed: bool,
    /// How steps, writes and reads are made, where they are not projected together with the input.
    pub steps: Option<Steps>,
}

/// The first Mamba's way: one projection of what was convolved, and for the steps another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// Elements that the steps are made of.
    pub rank: u64,
    /// What normalises the three parts between: so many sets of weights, where anything does.
    pub norm_sets: Option<u64>,
}

/// A convolution over a few tokens between two projections, gated before and behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortConv {
    pub kernel: u64,
    pub bias: bool,
}

impl DeltaNet {
    pub(super) fn layers(self, hidden: u64) -> Vec<Layer> {
        let DeltaRule { key_heads, value_heads, key_dim, value_dim, decay } = self.rule;
        let (keys, values) = (key_heads * key_dim, value_heads * value_dim);
        let channels = 2 * keys + values;
        let from = self.gate_rank.unwrap_or(hidden);
        let qkv = linear(Role::AttnQkvProj, hidden, channels, false);
        let gate = linear(Role::AttnGateProj, from, values, false);
        let mut layers = match decay {
            Decay::Head => vec![
                linear(Role::LinearInProj, hidden, channels + values, false),
                linear(Role::LinearGateProj, hidden, 2 * value_heads, false),
            ],
            Decay::Channel => vec![
                qkv,
                linear(Role::LinearBetaProj, hidden, value_heads, false),
                linear(Role::LinearDecayProj, from, value_heads * key_dim, false),
                gate,
            ],
            Decay::Fixed => vec![qkv, gate],
        };
        if let Some(rank) = self.gate_rank {
            layers.insert(1, linear(Role::LinearDownProj, hidden, 2 * rank, false));
        }
        layers.push(match self.kernel {
            Some(kernel) => {
                Layer::new(Role::LinearConv, Op::Conv(Conv { channels, kernel, bias: false, act: true }))
            }
            None => {
                let (function, rows) = (Function::Silu, Rows::Tokens);
                let activation = Activation { function, width: channels, gated: false, rows };
                Layer::new(Role::LinearAct, Op::Activation(activation))
            }
        });
        let norm = match decay {
            Decay::Fixed => Layer::new(Role::AttnOutNorm, Op::Norm(whole(NormKind::Rms, values))),
            _ => {
                let norm = Norm { kind: NormKind::Rms, width: value_dim, vectors: value_heads, sets: 1 };
                Layer::new(Role::LinearNorm, Op::Norm(norm))
            }
        };
        layers.extend([
            Layer::new(Role::LinearDeltaRule, Op::DeltaRule(self.rule)),
            norm,
            Layer::new(Role::AttnGate, Op::Gate { width: values, gates: values, sigmoid: true, biases: 0 }),
            linear(Role::AttnOutProj, values, hidden, false),
        ]);
        layers
    }
}

impl Mamba {
    pub(super) fn layers(self, hidden: u64, out: Role) -> Vec<Layer> {
        let space = self.space;
        let width = space.width();
        let (shared, heads) = if self.steps.is_some() { (0, 0) } else { (space.shared(), space.heads) };
        let conv = Conv { channels: width + shared, kernel: self.kernel, bias: self.conv_bias, act: true };
        let mut layers = vec![
            linear(Role::SsmInProj, hidden, 2 * width + shared + heads, self.in_bias),
            Layer::new(Role::SsmConv, Op::Conv(conv)),
        ];
        if let Some(Steps { rank, norm_sets }) = self.steps {
            layers.push(linear(Role::SsmStepsProj, width, rank + space.shared(), false));
            if let Some(sets) = norm_sets {
                let norm = |width, vectors| {
                    let norm = Norm { kind: NormKind::Rms, width, vectors, sets: vectors * sets };
                    Layer::new(Role::SsmStepsNorm, Op::Norm(norm))
                };
                layers.extend([norm(rank, 1), norm(space.state, 2)]);
            }
            layers.push(linear(Role::SsmStepProj, rank, width, true));
        }
        layers.extend([
            Layer::new(Role::SsmScan, Op::StateSpace(space)),
            Layer::new(Role::SsmGate, Op::Gate { width, gates: width, sigmoid: true, biases: 0 }),
        ]);
        if self.normed {
            let groups = space.groups;
            let norm = Norm { kind: NormKind::Rms, width: width / groups, vectors: groups, sets: groups };
            layers.push(Layer::new(Role::SsmNorm, Op::Norm(norm)));
        }
        layers.push(linear(out, width, hidden, self.out_bias));
        layers
    }
}

impl ShortConv {
    pub(super) fn layers(self, hidden: u64) -> Vec<Layer> {
        let conv = Conv { channels: hidden, kernel: self.kernel, bias: self.bias, act: false };
        let gate = Op::Gate { width: hidden, gates: hidden, sigmoid: false, biases: 0 };
        vec![
            linear(Role::ConvInProj, hidden, 3 * hidden, self.bias),
            Layer::new(Role::ConvInGate, gate),
            Layer::new(Role::ConvKernel, Op::Conv(conv)),
            Layer::new(Role::ConvOutGate, gate),
            linear(Role::ConvOutProj, hidden, hidden, self.bias),
        ]
    }
}
