//! Feed-forward layers, dense and mixed of experts.

use super::{linear, whole};
use crate::engine::model::{
    Activation, Combine, Experts, Function, Layer, Linear, NormKind, Op, Role, Rows, Spread,
};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ffn {
    Dense(Mlp),
    Moe(Moe),
    /// Both at once on the block's input, each with norms of its own.
    Both(Mlp, Moe),
    /// Both at once on the same, the experts' output added behind the next block.
    Beside(Mlp, Moe),
    /// A block that is a mixer alone.
    None,
}

/// Up, activation, down; with a gate beside the up projection or without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mlp {
    pub intermediate: u64,
    pub function: Function,
    pub gated: bool,
    pub bias: bool,
    /// Whether what is activated is normed before the down projection.
    pub normed: bool,
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
    /// The narrower state that the routed experts work on, where they do.
    pub latent: Option<MoeLatent>,
    /// Experts that a token may be sent to besides, and which hand it back as it is.
    pub idle: u64,
}

/// A narrower state between two projections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoeLatent {
    pub width: u64,
    pub bias: bool,
}

impl Mlp {
    /// Gate and up projection fused, activation, down projection.
    pub fn gated(intermediate: u64, function: Function, bias: bool) -> Self {
        Mlp { intermediate, function, gated: true, bias, normed: false }
    }

    pub fn plain(intermediate: u64, function: Function, bias: bool) -> Self {
        Mlp { intermediate, function, gated: false, bias, normed: false }
    }

    /// So many of them that every token takes, as one that is as much wider; none where there are none.
    pub fn side_by_side(self, count: u64) -> Option<Self> {
        (count > 0).then_some(Mlp { intermediate: count * self.intermediate, ..self })
    }

    pub(super) fn layers(self, hidden: u64, [up, act, down]: [Role; 3], rows: Rows) -> Vec<Layer> {
        let widened = if self.gated { 2 * self.intermediate } else { self.intermediate };
        let product = |role, inputs, outputs| {
            Layer::new(role, Op::Linear(Linear { inputs, outputs, bias: self.bias, rows, tied: false }))
        };
        let activation =
            Activation { function: self.function, width: self.intermediate, gated: self.gated, rows };
        let mut layers = vec![product(up, hidden, widened), Layer::new(act, Op::Activation(activation))];
        if self.normed {
            layers.push(Layer::new(Role::FfnActNorm, Op::Norm(whole(NormKind::Rms, self.intermediate))));
        }
        layers.push(product(down, self.intermediate, hidden));
        layers
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
            Ffn::Both(mlp, moe) => {
                let norm = |role| Layer::new(role, Op::Norm(whole(NormKind::Rms, hidden)));
                let mut layers = Ffn::Dense(*mlp).layers(hidden);
                layers.extend([norm(Role::FfnMidNorm), norm(Role::MoeRouterNorm)]);
                let mixture = layers.len();
                layers.extend(moe.layers(hidden));
                // The router has a norm of its own; the experts' stands behind it.
                layers.insert(mixture + 1, norm(Role::MoeNorm));
                let sum = Layer::new(Role::MoeSum, Op::Residual { width: hidden });
                layers.extend([norm(Role::MoePostNorm), sum]);
                layers
            }
            Ffn::Beside(mlp, moe) => {
                let mut layers = moe.layers(hidden);
                layers.extend(Ffn::Dense(*mlp).layers(hidden));
                layers.push(Layer::new(Role::MoeSum, Op::Residual { width: hidden }));
                layers
            }
            Ffn::None => Vec::new(),
        }
    }

    /// What a reader sees of it; nothing where there is none.
    pub fn label(&self) -> String {
        match self {
            Ffn::None => String::new(),
            Ffn::Dense(_) => "dense".to_owned(),
            Ffn::Both(_, moe) | Ffn::Beside(_, moe) => format!("dense and {}", Ffn::Moe(*moe).label()),
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
        Moe { experts, expert, router_bias: false, shared: None, shared_gate: false, latent: None, idle: 0 }
    }

    fn layers(&self, hidden: u64) -> Vec<Layer> {
        let Experts { total, per_token } = self.experts;
        let all = total + self.idle;
        // Tokens are taken to be sent to all alike, of which only some do work.
        let routed = match self.idle {
            0 => Rows::Routed(self.experts),
            _ => Rows::Spread(Spread { experts: Experts { total: all, per_token }, held: total, sources: 1 }),
        };
        let mut layers = vec![linear(Role::MoeRouter, hidden, all, self.router_bias)];
        let width = self.latent.map_or(hidden, |latent| latent.width);
        if let Some(latent) = self.latent {
            layers.push(linear(Role::MoeLatentDownProj, hidden, width, latent.bias));
        }
        let up = if self.expert.gated { Role::MoeGateUpProj } else { Role::MoeUpProj };
        layers.extend(self.expert.layers(width, [up, Role::MoeAct, Role::MoeDownProj], routed));
        if let Some(shared) = self.shared {
            let up = if shared.gated { Role::MoeSharedGateUpProj } else { Role::MoeSharedUpProj };
            let roles = [up, Role::MoeSharedAct, Role::MoeSharedDownProj];
            layers.extend(shared.layers(hidden, roles, Rows::Tokens));
        }
        if self.shared_gate {
            layers.push(linear(Role::MoeSharedGate, hidden, 1, false));
        }
        let together = self.shared.is_some() && self.latent.is_none();
        let combine = Combine { width, per_token, shared: together };
        layers.push(Layer::new(Role::MoeCombine, Op::Combine(combine)));
        if let Some(latent) = self.latent {
            layers.push(linear(Role::MoeLatentUpProj, width, hidden, latent.bias));
            if self.shared.is_some() {
                layers.push(Layer::new(Role::MoeSharedAdd, Op::Residual { width: hidden }));
            }
        }
        layers
    }
}
