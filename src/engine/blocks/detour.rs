//! A transformer that several blocks of another kind run through first.

use super::{Mlp, SelfAttention, linear, whole};
use crate::engine::model::{Layer, NormKind, Op, Role, Rows};

/// Attention over the hidden state and the embedding side by side, a feed-forward layer, and a projection of each
/// block's own, whose output is added; no residuals between. The other weights may be those of a block before, but for
/// adapters, which are each block's own too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detour {
    pub attention: SelfAttention,
    pub mlp: Mlp,
    /// Elements between the two products of an adapter.
    pub rank: u64,
    /// Whether queries, keys and values have adapters too.
    pub adapts_attention: bool,
    pub shared: bool,
}

impl Detour {
    pub(super) fn layers(self, hidden: u64) -> Vec<Layer> {
        let joined = 2 * hidden;
        let own = |layer: Layer| Layer { shared: self.shared, ..layer };
        let norm = |role, width| own(Layer::new(role, Op::Norm(whole(NormKind::Rms, width))));
        let mut layers = vec![norm(Role::AttnNorm, joined)];
        for layer in self.attention.layers(joined) {
            match layer.role {
                // Back to the hidden size.
                Role::AttnOutProj => {
                    let SelfAttention { q_heads, v_dim, out_bias, .. } = self.attention;
                    layers.push(own(linear(Role::AttnOutProj, q_heads * v_dim, hidden, out_bias)));
                }
                _ => layers.push(own(layer)),
            }
            if layer.role == Role::AttnQkvProj && self.adapts_attention {
                layers.extend(self.adapters(joined, 3, joined));
            }
        }
        layers.push(norm(Role::FfnNorm, hidden));
        let mlp =
            self.mlp.layers(hidden, [Role::FfnGateUpProj, Role::FfnAct, Role::FfnDownProj], Rows::Tokens);
        for layer in mlp {
            layers.push(own(layer));
            if layer.role == Role::FfnGateUpProj {
                layers.extend(self.adapters(hidden, 1, 2 * self.mlp.intermediate));
            }
        }
        layers.push(linear(Role::DetourProj, hidden, hidden, false));
        layers.push(Layer::new(Role::DetourAdd, Op::Residual { width: hidden }));
        layers
    }

    /// So many adapters of one input, each with as many outputs.
    fn adapters(self, inputs: u64, count: u64, outputs: u64) -> Vec<Layer> {
        let mut layers = vec![linear(Role::AdapterDownProj, inputs, count * self.rank, false)];
        layers.extend((0..count).map(|_| linear(Role::AdapterUpProj, self.rank, outputs, false)));
        layers.push(Layer::new(Role::AdapterAdd, Op::Residual { width: count * outputs }));
        layers
    }
}
