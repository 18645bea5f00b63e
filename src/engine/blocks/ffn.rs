//! Feed-forward layers, dense and mixed of experts.

use super::linear;
use crate::engine::model::{Activation, Combine, Experts, Function, Layer, Linear, Op, Role, Rows};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ffn {
    Dense(Mlp),
    Moe(Moe),
}

/// Up, activation, down; with a gate beside the up projection or without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mlp {
    pub intermediate: u64,
    pub function: Function,
    pub gated: bool,
    pub bias: bool,
}

/// A router sends every token to a few of many experts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moe {
    pub experts: Experts,
    pub expert: Mlp,
    pub router_bias: bool,
    /// An expert that every token takes.
    pub shared: Option<Mlp>,
    /// Whether a gate scales the shared expert's output.
    pub shared_gate: bool,
}

impl Mlp {
    /// Gate and up projection fused, activation, down projection.
    pub fn gated(intermediate: u64, function: Function, bias: bool) -> Self {
        Mlp { intermediate, function, gated: true, bias }
    }

    pub fn plain(intermediate: u64, function: Function, bias: bool) -> Self {
        Mlp { intermediate, function, gated: false, bias }
    }

    /// So many of them that every token takes, as one that is as much wider; none where there are none.
    pub fn side_by_side(self, count: u64) -> Option<Self> {
        (count > 0).then_some(Mlp { intermediate: count * self.intermediate, ..self })
    }

    fn layers(self, hidden: u64, [up, act, down]: [Role; 3], rows: Rows) -> Vec<Layer> {
        let widened = if self.gated { 2 * self.intermediate } else { self.intermediate };
        let product = |role, inputs, outputs| {
            Layer::new(role, Op::Linear(Linear { inputs, outputs, bias: self.bias, rows, shared: false }))
        };
        let activation =
            Activation { function: self.function, width: self.intermediate, gated: self.gated, rows };
        vec![
            product(up, hidden, widened),
            Layer::new(act, Op::Activation(activation)),
            product(down, self.intermediate, hidden),
        ]
    }
}

impl Ffn {
    pub fn layers(&self, hidden: u64) -> Vec<Layer> {
        match self {
            Ffn::Dense(mlp) => {
                let up = if mlp.gated { Role::FfnGateUpProj } else { Role::FfnUpProj };
                mlp.layers(hidden, [up, Role::FfnAct, Role::FfnDownProj], Rows::Tokens)
            }
            Ffn::Moe(moe) => moe.layers(hidden),
        }
    }

    pub fn label(&self) -> String {
        match self {
            Ffn::Dense(_) => "dense".to_owned(),
            Ffn::Moe(moe) => {
                let shared = if moe.shared.is_some() { " + shared" } else { "" };
                format!("{} of {} experts{shared}", moe.experts.per_token, moe.experts.total)
            }
        }
    }
}

impl Moe {
    /// Routed experts alone, chosen without a bias.
    pub fn plain(experts: Experts, expert: Mlp) -> Self {
        Moe { experts, expert, router_bias: false, shared: None, shared_gate: false }
    }

    fn layers(&self, hidden: u64) -> Vec<Layer> {
        let routed = Rows::Routed(self.experts);
        let mut layers = vec![linear(Role::MoeRouter, hidden, self.experts.total, self.router_bias)];
        let roles = [Role::MoeGateUpProj, Role::MoeAct, Role::MoeDownProj];
        layers.extend(self.expert.layers(hidden, roles, routed));
        if let Some(shared) = self.shared {
            let roles = [Role::MoeSharedGateUpProj, Role::MoeSharedAct, Role::MoeSharedDownProj];
            layers.extend(shared.layers(hidden, roles, Rows::Tokens));
        }
        if self.shared_gate {
            layers.push(linear(Role::MoeSharedGate, hidden, 1, false));
        }
        let combine =
            Combine { width: hidden, per_token: self.experts.per_token, shared: self.shared.is_some() };
        layers.push(Layer::new(Role::MoeCombine, Op::Combine(combine)));
        layers
    }
}
