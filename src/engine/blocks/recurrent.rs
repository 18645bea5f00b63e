//! Mixers that keep a state of fixed size in place of a growing cache.

use super::linear;
use crate::engine::model::{Conv, DeltaRule, Layer, Norm, NormKind, Op, Role, StateSpace};

/// Linear attention by the gated delta rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeltaNet {
    pub rule: DeltaRule,
    pub kernel: u64,
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
}

/// A convolution over a few tokens between two projections, gated before and behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortConv {
    pub kernel: u64,
    pub bias: bool,
}

impl DeltaNet {
    pub(super) fn layers(self, hidden: u64) -> Vec<Layer> {
        let DeltaRule { key_heads, value_heads, key_dim, value_dim } = self.rule;
        let (keys, values) = (key_heads * key_dim, value_heads * value_dim);
        let conv = Conv { channels: 2 * keys + values, kernel: self.kernel, bias: false, act: true };
        let norm = Norm { kind: NormKind::Rms, width: value_dim, vectors: value_heads, sets: 1 };
        vec![
            linear(Role::LinearInProj, hidden, 2 * keys + 2 * values, false),
            linear(Role::LinearGateProj, hidden, 2 * value_heads, false),
            Layer::new(Role::LinearConv, Op::Conv(conv)),
            Layer::new(Role::LinearDeltaRule, Op::DeltaRule(self.rule)),
            Layer::new(Role::LinearNorm, Op::Norm(norm)),
            Layer::new(Role::AttnGate, Op::Gate { width: values, gates: values, sigmoid: true }),
            linear(Role::AttnOutProj, values, hidden, false),
        ]
    }
}

impl Mamba {
    pub(super) fn layers(self, hidden: u64, out: Role) -> Vec<Layer> {
        let space = self.space;
        let width = space.width();
        let conv =
            Conv { channels: width + space.shared(), kernel: self.kernel, bias: self.conv_bias, act: true };
        let projected = 2 * width + space.shared() + space.heads;
        let mut layers = vec![
            linear(Role::SsmInProj, hidden, projected, self.in_bias),
            Layer::new(Role::SsmConv, Op::Conv(conv)),
            Layer::new(Role::SsmScan, Op::StateSpace(space)),
            Layer::new(Role::SsmGate, Op::Gate { width, gates: width, sigmoid: true }),
        ];
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
        let gate = Op::Gate { width: hidden, gates: hidden, sigmoid: false };
        vec![
            linear(Role::ConvInProj, hidden, 3 * hidden, self.bias),
            Layer::new(Role::ConvInGate, gate),
            Layer::new(Role::ConvKernel, Op::Conv(conv)),
            Layer::new(Role::ConvOutGate, gate),
            linear(Role::ConvOutProj, hidden, hidden, self.bias),
        ]
    }
}
