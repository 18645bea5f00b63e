//! Alternating updates (AltUp): several hidden states, of which a block works on one.

use super::{linear, whole};
use crate::engine::model::{AltUp, AltUpStep, Layer, Linear, Norm, NormKind, Op, Role, Rows};

/// How a block works on several hidden states: all are predicted before it from one another, and corrected behind it
/// by what it has made of one. A low-rank path runs beside its mixer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alternation {
    pub streams: u64,
    /// Elements between the two products of the low-rank path.
    pub rank: u64,
    /// Whether the stream that takes in the layer's input is scaled for that.
    pub scaled: bool,
}

impl Alternation {
    /// What comes first in a block.
    pub(super) fn predict(self, hidden: u64) -> Vec<Layer> {
        // The same norm once more behind the block.
        let norm = Norm { vectors: 2, ..whole(NormKind::Rms, hidden) };
        let mut layers = vec![Layer::new(Role::AltUpNorm, Op::Norm(norm))];
        layers.extend(self.step(hidden, self.streams * self.streams, AltUpStep::Predict));
        layers
    }

    /// What the mixer's input runs through beside it.
    pub(super) fn beside(self, hidden: u64) -> [Layer; 5] {
        // To what goes in, and with it to what comes out.
        let add = Layer::new(Role::LaurelAdd, Op::Residual { width: hidden });
        [
            linear(Role::LaurelDownProj, hidden, self.rank, false),
            linear(Role::LaurelUpProj, self.rank, hidden, false),
            Layer::new(Role::LaurelNorm, Op::Norm(whole(NormKind::Rms, hidden))),
            add,
            add,
        ]
    }

    /// What comes behind the feed-forward layer.
    pub(super) fn correct(self, hidden: u64) -> [Layer; 3] {
        self.step(hidden, self.streams, AltUpStep::Correct { scaled: self.scaled })
    }

    /// A step and its coefficients, which one router gives for both.
    fn step(self, hidden: u64, coefficients: u64, step: AltUpStep) -> [Layer; 3] {
        let count = self.streams;
        let (role, tied) = match step {
            AltUpStep::Correct { .. } => (Role::AltUpCorrect, true),
            AltUpStep::Predict | AltUpStep::Mean => (Role::AltUpPredict, false),
        };
        let router = Linear { inputs: hidden, outputs: count, bias: false, rows: Rows::Tokens, tied };
        [
            Layer::new(Role::AltUpRouter, Op::Linear(router)),
            linear(Role::AltUpCoefs, count, coefficients, false),
            Layer::new(role, Op::AltUp(AltUp { width: hidden, count, step })),
        ]
    }
}

/// So many hidden states made of one.
pub(super) fn several(streams: u64, hidden: u64) -> [Layer; 2] {
    [linear(Role::AltUpProj, hidden, (streams - 1) * hidden, false), alike(streams, hidden)]
}

/// One hidden state made of so many.
pub(super) fn mean(streams: u64, hidden: u64) -> [Layer; 3] {
    let rows = Rows::Grouped(streams - 1);
    let product = Linear { inputs: hidden, outputs: hidden, bias: false, rows, tied: false };
    let mean = AltUp { width: hidden, count: streams, step: AltUpStep::Mean };
    [
        Layer::new(Role::AltUpOutProj, Op::Linear(product)),
        alike(streams, hidden),
        Layer::new(Role::AltUpMean, Op::AltUp(mean)),
    ]
}

/// All but the first are brought to its length.
fn alike(streams: u64, hidden: u64) -> Layer {
    let norm = Norm { vectors: streams - 1, sets: 0, ..whole(NormKind::Rms, hidden) };
    Layer::new(Role::AltUpScale, Op::Norm(norm))
}
