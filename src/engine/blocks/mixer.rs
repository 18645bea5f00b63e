//! What mixes tokens in a block: attention of one kind or another.

use super::compressed::CompressedAttention;
use super::recurrent::{DeltaNet, Mamba, ShortConv};
use super::{linear, whole};
use crate::engine::model::{Attention, Index, Latent, Layer, Norm, NormKind, Op, Role, Rope, Source, Span};
use crate::engine::quantity::grouped;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mixer {
    SelfAttention(SelfAttention),
    Latent(LatentAttention),
    Compressed(CompressedAttention),
    Delta(DeltaNet),
    Mamba(Mamba),
    /// Attention and state space side by side, their outputs added.
    Both(SelfAttention, Mamba),
    Convolution(ShortConv),
    /// A block that is a feed-forward layer alone.
    None,
}

/// Self-attention with queries, keys and values projected from the hidden state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelfAttention {
    pub q_heads: u64,
    pub kv_heads: u64,
    /// Elements of a query or key head.
    pub head_dim: u64,
    /// Elements of a value head.
    pub v_dim: u64,
    pub qkv_bias: bool,
    pub out_bias: bool,
    pub span: Span,
    /// Rotated elements of a head; 0 without rotary embedding.
    pub rotary: u64,
    pub qk_norm: QkNorm,
    /// FLOPs on every score besides the softmax.
    pub score_flops: u64,
    pub sinks: bool,
    pub gate: OutputGate,
    pub source: Source,
    /// Whether each head of values is normed, without a weight.
    pub v_norm: bool,
    /// Whether the output of all heads is normed before its projection.
    pub out_norm: bool,
    /// What chooses the blocks of tokens that are attended to.
    pub index: Option<Index>,
}

/// A gate on the output of attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputGate {
    None,
    /// As wide as the output, and projected together with the queries.
    WithQueries,
    /// As wide as the output, projected for itself.
    Wide,
    /// As wide as the output, projected for itself, with a bias for each head.
    WideBiased,
    /// One element for each head, projected for itself.
    PerHead,
}

/// Norms of queries and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QkNorm {
    None,
    /// Each head on its own, all with the same weight.
    Head(NormKind),
    /// Each head on its own, each with its own weight.
    EachHead(NormKind),
    /// Each head on its own, without a weight.
    Weightless(NormKind),
    /// All heads together.
    Whole(NormKind),
}

/// Multi-head latent attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatentAttention {
    pub latent: Latent,
    /// Elements of the latent that queries come from; none where they are projected at once.
    pub q_rank: Option<u64>,
    pub bias: bool,
    /// Whether the part of queries and keys that is for positions is rotated.
    pub rotated: bool,
    pub gate: OutputGate,
    /// Whether the rotated part of the keys is normed for itself.
    pub key_norm: bool,
    /// What chooses the tokens that are attended to; none where all are, or a layer before has chosen.
    pub index: Option<Index>,
}

impl SelfAttention {
    /// Full attention over rotated heads, and nothing special.
    pub fn plain(q_heads: u64, kv_heads: u64, head_dim: u64) -> Self {
        SelfAttention {
            q_heads,
            kv_heads,
            head_dim,
            v_dim: head_dim,
            qkv_bias: false,
            out_bias: false,
            span: Span::Full,
            rotary: head_dim,
            qk_norm: QkNorm::None,
            score_flops: 0,
            sinks: false,
            gate: OutputGate::None,
            source: Source::Own,
            v_norm: false,
            out_norm: false,
            index: None,
        }
    }

    /// With a bias in all four projections, or in none.
    pub fn biased(self, bias: bool) -> Self {
        SelfAttention { qkv_bias: bias, out_bias: bias, ..self }
    }

    pub(super) fn layers(self, hidden: u64) -> Vec<Layer> {
        let SelfAttention { q_heads, kv_heads, head_dim, v_dim, .. } = self;
        let width = v_dim * q_heads;
        let gates = self.gate.gates(q_heads, width);
        let together = self.gate == OutputGate::WithQueries;
        let own_heads = if self.source == Source::Shared { 0 } else { kv_heads };
        let own_values = if self.source == Source::OwnKeys { 0 } else { v_dim };
        let projected =
            head_dim * q_heads + (head_dim + own_values) * own_heads + if together { gates } else { 0 };
        let mut layers = vec![linear(Role::AttnQkvProj, hidden, projected, self.qkv_bias)];
        if gates > 0 && !together {
            layers.push(linear(Role::AttnGateProj, hidden, gates, false));
        }
        let norms = self.qk_norm.layers(q_heads, kv_heads, head_dim);
        layers.extend(norms.into_iter().filter(|norm| own_heads > 0 || norm.role == Role::AttnQNorm));
        if self.v_norm && own_heads > 0 {
            let norm = Norm { kind: NormKind::Rms, width: v_dim, vectors: own_heads, sets: 0 };
            layers.push(Layer::new(Role::AttnVNorm, Op::Norm(norm)));
        }
        if self.rotary > 0 {
            let rope = Rope { heads: q_heads + own_heads, dims: self.rotary, head_dim };
            layers.push(Layer::new(Role::AttnRope, Op::Rope(rope)));
        }
        if let Some(index) = self.index {
            layers.extend(chooses_blocks(index, hidden, self.rotary));
        }
        layers.push(Layer::new(
            Role::AttnSdpa,
            Op::Attention(Attention {
                q_heads,
                kv_heads,
                qk_dim: head_dim,
                v_dim,
                span: self.span,
                score_flops: self.score_flops,
                sinks: self.sinks,
                source: self.source,
            }),
        ));
        if gates > 0 {
            let biases = if self.gate == OutputGate::WideBiased { q_heads } else { 0 };
            layers.push(Layer::new(Role::AttnGate, Op::Gate { width, gates, sigmoid: true, biases }));
        }
        if self.out_norm {
            layers.push(Layer::new(Role::AttnOutNorm, Op::Norm(whole(NormKind::Rms, width))));
        }
        layers.push(linear(Role::AttnOutProj, width, hidden, self.out_bias));
        layers
    }
}

impl OutputGate {
    /// How many gates are on the output of all heads, `width` elements together.
    fn gates(self, heads: u64, width: u64) -> u64 {
        match self {
            OutputGate::None => 0,
            OutputGate::WithQueries | OutputGate::Wide | OutputGate::WideBiased => width,
            OutputGate::PerHead => heads,
        }
    }
}

impl QkNorm {
    fn layers(self, q_heads: u64, kv_heads: u64, head_dim: u64) -> Vec<Layer> {
        let per_head = |heads, kind, sets| Norm { kind, width: head_dim, vectors: heads, sets };
        let (q, k) = match self {
            QkNorm::None => return Vec::new(),
            QkNorm::Head(kind) => (per_head(q_heads, kind, 1), per_head(kv_heads, kind, 1)),
            QkNorm::EachHead(kind) => (per_head(q_heads, kind, q_heads), per_head(kv_heads, kind, kv_heads)),
            QkNorm::Weightless(kind) => (per_head(q_heads, kind, 0), per_head(kv_heads, kind, 0)),
            QkNorm::Whole(kind) => (whole(kind, head_dim * q_heads), whole(kind, head_dim * kv_heads)),
        };
        vec![Layer::new(Role::AttnQNorm, Op::Norm(q)), Layer::new(Role::AttnKNorm, Op::Norm(k))]
    }
}

impl LatentAttention {
    fn layers(self, hidden: u64) -> Vec<Layer> {
        let Latent { heads, rank, nope_dim, rope_dim, v_dim, .. } = self.latent;
        let queries = heads * (nope_dim + rope_dim);
        let norm = |role, width| Layer::new(role, Op::Norm(whole(NormKind::Rms, width)));
        let mut layers = match self.q_rank {
            Some(q_rank) => vec![
                linear(Role::AttnQDownProj, hidden, q_rank, self.bias),
                norm(Role::AttnQDownNorm, q_rank),
                linear(Role::AttnQUpProj, q_rank, queries, false),
            ],
            None => vec![linear(Role::AttnQProj, hidden, queries, false)],
        };
        layers.extend([
            linear(Role::AttnKvDownProj, hidden, rank + rope_dim, self.bias),
            norm(Role::AttnKvDownNorm, rank),
            Layer::new(Role::AttnKvUpProj, Op::LatentUp(self.latent)),
        ]);
        if self.key_norm {
            layers.push(norm(Role::AttnKNorm, rope_dim));
        }
        if self.rotated {
            let rope = Rope { heads: heads + 1, dims: rope_dim, head_dim: rope_dim };
            layers.push(Layer::new(Role::AttnRope, Op::Rope(rope)));
        }
        if let Some(index) = self.index {
            let keys = [
                linear(Role::IndexKProj, hidden, index.dim, false),
                Layer::new(Role::IndexKNorm, Op::Norm(whole(NormKind::Layer, index.dim))),
            ];
            layers.extend(chooses(index, hidden, self.q_rank.unwrap_or(hidden), rope_dim, keys, 1));
        }
        let width = heads * v_dim;
        layers.push(Layer::new(Role::AttnSdpa, Op::LatentAttention(self.latent)));
        let gates = self.gate.gates(heads, width);
        if gates > 0 {
            layers.extend([
                linear(Role::AttnGateProj, hidden, gates, false),
                Layer::new(Role::AttnGate, Op::Gate { width, gates, sigmoid: true, biases: 0 }),
            ]);
        }
        layers.push(linear(Role::AttnOutProj, width, hidden, self.bias));
        layers
    }
}

/// The layers of an index over queries that come from `queries` elements, and of its keys, so many of which are
/// rotated with the queries.
pub(super) fn chooses(
    index: Index,
    hidden: u64,
    queries: u64,
    rope_dim: u64,
    [keys, made]: [Layer; 2],
    rotated: u64,
) -> [Layer; 6] {
    let Index { heads, dim, .. } = index;
    let rope = Rope { heads: heads + rotated, dims: rope_dim, head_dim: dim };
    [
        linear(Role::IndexQProj, queries, heads * dim, false),
        keys,
        made,
        Layer::new(Role::IndexRope, Op::Rope(rope)),
        linear(Role::IndexWeightsProj, hidden, heads, false),
        Layer::new(Role::IndexScore, Op::Index(index)),
    ]
}

/// The layers of an index by blocks, as far rotated as the heads it chooses for.
fn chooses_blocks(index: Index, hidden: u64, rotary: u64) -> [Layer; 6] {
    let Index { heads, dim, .. } = index;
    let queries = Norm { vectors: heads, ..whole(NormKind::Rms, dim) };
    let rope = Rope { heads: heads + 1, dims: rotary.min(dim), head_dim: dim };
    [
        linear(Role::IndexQProj, hidden, heads * dim, false),
        linear(Role::IndexKProj, hidden, dim, false),
        Layer::new(Role::IndexQNorm, Op::Norm(queries)),
        Layer::new(Role::IndexKNorm, Op::Norm(whole(NormKind::Rms, dim))),
        Layer::new(Role::IndexRope, Op::Rope(rope)),
        Layer::new(Role::IndexScore, Op::Index(index)),
    ]
}

impl Mixer {
    pub fn layers(&self, hidden: u64) -> Vec<Layer> {
        match self {
            Mixer::SelfAttention(attention) => attention.layers(hidden),
            Mixer::Latent(latent) => latent.layers(hidden),
            Mixer::Compressed(attention) => attention.layers(hidden),
            Mixer::Delta(delta) => delta.layers(hidden),
            Mixer::Mamba(mamba) => mamba.layers(hidden, Role::SsmOutProj),
            Mixer::Both(attention, mamba) => {
                let mut layers = attention.layers(hidden);
                layers.extend(mamba.layers(hidden, Role::SsmSideProj));
                layers.push(Layer::new(Role::SsmAdd, Op::Residual { width: hidden }));
                layers
            }
            Mixer::Convolution(conv) => conv.layers(hidden),
            Mixer::None => Vec::new(),
        }
    }

    /// Whether queries and keys are rotated by their position.
    pub fn rotates(&self) -> bool {
        match self {
            Mixer::SelfAttention(attention) | Mixer::Both(attention, _) => attention.rotary > 0,
            Mixer::Latent(latent) => latent.rotated,
            Mixer::Compressed(_) => true,
            Mixer::Delta(_) | Mixer::Mamba(_) | Mixer::Convolution(_) | Mixer::None => false,
        }
    }

    /// What a reader sees of it, in a model whose other blocks rotate or do not; nothing where there is none.
    pub fn label(&self, others_rotate: bool) -> String {
        match self {
            Mixer::None => String::new(),
            Mixer::Compressed(attention) => attention.span().label(),
            Mixer::SelfAttention(attention) => {
                let kind = match attention.span {
                    Span::Full if others_rotate && !self.rotates() => {
                        "full attention, no position".to_owned()
                    }
                    span => span.label(),
                };
                match attention.source {
                    Source::Shared => format!("{kind}, shared cache"),
                    Source::Own | Source::OwnKeys | Source::Same => kind,
                }
            }
            Mixer::Latent(LatentAttention { latent, index, .. }) => match latent.span {
                Span::Chosen(count) => {
                    let shared = if index.is_none() { ", shared index" } else { "" };
                    format!("sparse latent attention {}{shared}", grouped(count.into()))
                }
                Span::Sliding(window) => format!("sliding latent attention {}", grouped(window.into())),
                _ => "latent attention".to_owned(),
            },
            Mixer::Delta(_) => "linear attention".to_owned(),
            Mixer::Mamba(_) => "state space".to_owned(),
            Mixer::Both(..) => "attention beside state space".to_owned(),
            Mixer::Convolution(conv) => format!("convolution over {}", conv.kernel),
        }
    }
}

impl Span {
    /// Attention that looks back so far, as a reader sees it.
    fn label(self) -> String {
        let of = |kind: &str, count: u64| format!("{kind} attention {}", grouped(count.into()));
        match self {
            Span::Full => "full attention".to_owned(),
            Span::Sliding(window) => of("sliding", window),
            Span::Chunked(chunk) => of("chunked", chunk),
            Span::Chosen(count) => of("sparse", count),
            Span::Blocks { size, most } => {
                format!("{} blocks of {}", of("sparse", most), grouped(size.into()))
            }
            Span::Compressed { rate, most: None, .. } => format!("{} to 1", of("compressed", rate)),
            Span::Compressed { rate, most: Some(most), .. } => {
                format!("{} of {} to 1", of("sparse", most), grouped(rate.into()))
            }
        }
    }
}
