//! Attention to the last tokens and to entries that each stand for many: DeepSeek-V4's.

use super::mixer::chooses;
use super::{linear, whole};
use crate::engine::model::{
    Attention, Compress, Index, Layer, Linear, Norm, NormKind, Op, Role, Rope, Rows, Source, Span,
};

/// Attention whose keys are one head and its values at once. Queries come from a latent, and outputs, turned back
/// by their position, go through one for each group of heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompressedAttention {
    pub heads: u64,
    pub head_dim: u64,
    pub rotary: u64,
    pub q_rank: u64,
    /// Groups of heads, and the elements of the latent of each.
    pub groups: u64,
    pub out_rank: u64,
    /// The last tokens, which are seen one by one.
    pub window: u64,
    /// What is seen of the others; none where they are not.
    pub entries: Option<Entries>,
}

/// Entries that stand for `rate` tokens each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entries {
    pub rate: u64,
    /// What chooses how many of them, where not all are seen. They are then made of two windows of tokens.
    pub chosen: Option<(Index, u64)>,
}

impl CompressedAttention {
    pub fn span(self) -> Span {
        let window = self.window;
        self.entries.map_or(Span::Sliding(window), |Entries { rate, chosen }| Span::Compressed {
            window,
            rate,
            most: chosen.map(|chosen| chosen.1),
        })
    }

    pub(super) fn layers(self, hidden: u64) -> Vec<Layer> {
        let CompressedAttention { heads, head_dim, rotary, q_rank, groups, out_rank, .. } = self;
        let norm = |role, width| Layer::new(role, Op::Norm(whole(NormKind::Rms, width)));
        let rope = |role, heads| Layer::new(role, Op::Rope(Rope { heads, dims: rotary, head_dim }));
        let queries = Norm { kind: NormKind::Rms, width: head_dim, vectors: heads, sets: 0 };
        let mut layers = vec![
            linear(Role::AttnQDownProj, hidden, q_rank, false),
            norm(Role::AttnQDownNorm, q_rank),
            linear(Role::AttnQUpProj, q_rank, heads * head_dim, false),
            Layer::new(Role::AttnQNorm, Op::Norm(queries)),
            linear(Role::AttnKvProj, hidden, head_dim, false),
            norm(Role::AttnKNorm, head_dim),
            rope(Role::AttnRope, heads + 1),
        ];
        if let Some(Entries { rate, chosen }) = self.entries {
            let windows = 1 + u64::from(chosen.is_some());
            // Tokens bring a vector and a gate for each window that they are in.
            let made = |[project, pool]: [Role; 2], dim| {
                let pooled = Compress { dim, rate, windows, rotary };
                [linear(project, hidden, 2 * windows * dim, false), Layer::new(pool, Op::Compress(pooled))]
            };
            layers.extend(made([Role::CompressProj, Role::CompressPool], head_dim));
            if let Some((index, _)) = chosen {
                let keys = made([Role::IndexCompressProj, Role::IndexPool], index.dim);
                layers.extend(chooses(index, hidden, q_rank, rotary, keys, 0));
            }
        }
        layers.push(Layer::new(
            Role::AttnSdpa,
            Op::Attention(Attention {
                q_heads: heads,
                kv_heads: 1,
                qk_dim: head_dim,
                v_dim: head_dim,
                span: self.span(),
                score_flops: 0,
                sinks: true,
                source: Source::Same,
            }),
        ));
        layers.push(rope(Role::AttnOutRope, heads));
        layers.push(Layer::new(
            Role::AttnOutGroupProj,
            Op::Linear(Linear {
                inputs: heads * head_dim / groups,
                outputs: out_rank,
                bias: false,
                rows: Rows::Grouped(groups),
                tied: false,
            }),
        ));
        layers.push(linear(Role::AttnOutProj, groups * out_rank, hidden, false));
        layers
    }
}
