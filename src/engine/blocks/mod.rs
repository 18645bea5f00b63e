//! What families are built from: a block's description, and the layers it stands for.
//!
//! A family fills in a [`Block`] for every layer of its model; equal blocks become one group. No figure is
//! computed here beyond the shapes of weights.

mod alternation;
mod compressed;
mod detour;
mod ends;
mod ffn;
mod mixer;
pub mod read;
mod recurrent;

pub use alternation::Alternation;
pub use compressed::{CompressedAttention, Entries};
pub use detour::Detour;
pub use ends::{Ends, LayerInputs, Positions};
pub use ffn::{Ffn, Mlp, Moe, MoeLatent};
pub use mixer::{LatentAttention, Mixer, OutputGate, QkNorm, SelfAttention};
pub use recurrent::{DeltaNet, Mamba, ShortConv, Steps};

use super::model::{
    Activation, Back, Function, Group, Layer, Linear, Norm, NormKind, Op, Role, Rows, Stage, Streams,
};

/// One transformer block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    pub hidden: u64,
    pub norm: BlockNorm,
    pub mixer: Mixer,
    pub ffn: Ffn,
    /// What is gated into the hidden state at the end.
    pub input: Option<LayerInput>,
    /// How many hidden states there are, where there are several, and how they are written back to.
    pub streams: Option<(u64, Back)>,
    /// The other way to work on several hidden states.
    pub alternation: Option<Alternation>,
    /// What the hidden state runs through first.
    pub detour: Option<Detour>,
}

/// An input of each layer's own, made before the first one: a gate from the hidden state, the product with it, and
/// a projection back, normed and added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerInput {
    pub width: u64,
    pub function: Function,
}

/// The norms of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockNorm {
    pub kind: NormKind,
    /// Whether the norms have weights at all.
    pub weights: bool,
    pub placement: Placement,
}

impl BlockNorm {
    pub fn new(kind: NormKind, placement: Placement) -> Self {
        BlockNorm { kind, weights: true, placement }
    }
}

/// Where a block's norms stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Before attention and before the feed-forward layer.
    Pre,
    /// After attention and after the feed-forward layer.
    Post,
    /// Before and after both.
    Sandwich,
    /// Before both, and after the feed-forward layer.
    PreAndFfnPost,
    /// Attention and feed-forward layer share one norm and run side by side.
    ParallelOne,
    /// They run side by side, each behind its own norm.
    ParallelTwo,
}

impl Block {
    /// With nothing but the hidden state to take in.
    pub fn new(hidden: u64, norm: BlockNorm, mixer: Mixer, ffn: Ffn) -> Self {
        Block { hidden, norm, mixer, ffn, input: None, streams: None, alternation: None, detour: None }
    }

    /// The layers in execution order.
    pub fn layers(&self) -> Vec<Layer> {
        let BlockNorm { kind, weights, placement } = self.norm;
        let norm =
            |role| Layer::new(role, Op::Norm(Norm { sets: weights.into(), ..whole(kind, self.hidden) }));
        let streams = self.streams.map(|(count, back)| Streams { count, width: self.hidden, back });
        let summed = || streams.map(collapsed).into_iter().flatten();
        let residual = |role| match streams {
            Some(streams) => Layer::new(Role::StreamsExpand, Op::Expand(streams)),
            None => Layer::new(role, Op::Residual { width: self.hidden }),
        };
        let (before, behind_mixer, behind_ffn) = match placement {
            Placement::Pre | Placement::ParallelOne | Placement::ParallelTwo => (true, false, false),
            Placement::PreAndFfnPost => (true, false, true),
            Placement::Post => (false, true, true),
            Placement::Sandwich => (true, true, true),
        };
        let mut layers = Vec::with_capacity(16);
        if let Some(detour) = self.detour {
            layers.extend(detour.layers(self.hidden));
        }
        if let Some(alternation) = self.alternation {
            layers.extend(alternation.predict(self.hidden));
        }
        if self.mixer != Mixer::None {
            layers.extend(summed());
            if before {
                layers.push(norm(Role::AttnNorm));
            }
            if let Some(alternation) = self.alternation {
                layers.extend(alternation.beside(self.hidden));
            }
            layers.extend(self.mixer.layers(self.hidden));
            if behind_mixer {
                layers.push(norm(Role::AttnPostNorm));
            }
            layers.push(residual(Role::AttnResidual));
        }
        if self.ffn == Ffn::None {
            return layers;
        }
        layers.extend(summed());
        if before && placement != Placement::ParallelOne {
            layers.push(norm(Role::FfnNorm));
        }
        layers.extend(self.ffn.layers(self.hidden));
        if behind_ffn {
            layers.push(norm(Role::FfnPostNorm));
        }
        layers.push(residual(Role::FfnResidual));
        if let Some(alternation) = self.alternation {
            layers.extend(alternation.correct(self.hidden));
        }
        if let Some(LayerInput { width, function }) = self.input {
            let activation = Activation { function, width, gated: true, rows: Rows::Tokens };
            layers.extend([
                linear(Role::InputGateProj, self.hidden, width, false),
                Layer::new(Role::InputAct, Op::Activation(activation)),
                linear(Role::InputOutProj, width, self.hidden, false),
                norm(Role::InputPostNorm),
            ]);
            // Of alternating streams all but the first take it in.
            let taking = self.alternation.map_or(1, |alternation| alternation.streams - 1);
            layers.push(Layer::new(Role::InputResidual, Op::Residual { width: taking * self.hidden }));
        }
        layers
    }

    /// What a reader sees of it: `sliding attention 4,096 · dense`.
    fn label(&self, others_rotate: bool) -> String {
        let detour = match self.detour {
            None => "",
            Some(Detour { shared: false, .. }) => "attention first",
            Some(Detour { shared: true, .. }) => "attention first, shared weights",
        };
        let parts = [self.mixer.label(others_rotate), self.ffn.label(), detour.to_owned()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

/// Groups equal blocks, in the order of their first appearance.
///
/// Takes the iterator by reference, so that there is one copy of this for all families.
pub fn group(blocks: &mut dyn Iterator<Item = Block>) -> Vec<Group> {
    let mut kinds: Vec<(Block, Vec<u64>)> = Vec::new();
    for (at, block) in (0..).zip(blocks) {
        match kinds.iter_mut().find(|(known, _)| *known == block) {
            Some((_, members)) => members.push(at),
            None => kinds.push((block, vec![at])),
        }
    }
    let rotates = kinds.iter().any(|(block, _)| block.mixer.rotates());
    kinds
        .into_iter()
        .map(|(block, members)| Group {
            stage: Stage::Block,
            label: block.label(rotates).into(),
            repeat: members.len() as u64,
            members,
            layers: block.layers(),
        })
        .collect()
}

/// A norm with one set of weights over one vector a token.
pub fn whole(kind: NormKind, width: u64) -> Norm {
    Norm { kind, width, vectors: 1, sets: 1 }
}

/// A product that runs for every new token.
pub fn linear(role: Role, inputs: u64, outputs: u64, bias: bool) -> Layer {
    Layer::new(role, Op::Linear(Linear { inputs, outputs, bias, rows: Rows::Tokens, tied: false }))
}

/// One hidden state of several streams: weights from all of them, and the sum by these.
fn collapsed(streams: Streams) -> [Layer; 3] {
    let all = streams.count * streams.width;
    [
        Layer::new(Role::StreamsNorm, Op::Norm(Norm { sets: 0, ..whole(NormKind::Rms, all) })),
        linear(Role::StreamsProj, all, streams.weights(), true),
        Layer::new(Role::StreamsCollapse, Op::Collapse(streams)),
    ]
}
