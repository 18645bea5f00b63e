//! The family-free description of a model: which layers there are, and of what shape.

mod layer;
mod op;

pub use layer::{Kind, Layer, Role};
pub use op::{
    Activation, AltUp, AltUpStep, Attention, Back, Combine, Compress, Conv, Decay, DeltaRule, Experts,
    Function, Index, Latent, Linear, Lookup, Norm, NormKind, Op, Rope, Rows, Source, Span, Spread,
    StateSpace, Streams,
};

use super::config::Read;
use super::dtype::DType;
use super::error::Error;
use super::order::order;
use super::precision::{self, Format, Names, Origin};
use super::{config, config::HfConfig, families};
use serde::Serialize;
use std::fmt::Write;
use std::sync::Arc;

/// A decoder, as far as its costs go.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// A name to show, when one is known.
    pub name: Option<Arc<str>>,
    /// The `model_type` whose family built it.
    pub model_type: Arc<str>,
    /// The family that an unknown one was read as, because the user asked for it.
    pub read_as: Option<&'static str>,
    pub hidden_size: u64,
    /// Logits of a token, which may be fewer than there are embeddings.
    pub vocab_size: u64,
    /// Whether the LM head is the embedding table.
    pub tied_head: bool,
    pub precision: Precision,
    /// Where the formats of its layers come from; none for a model of one type.
    pub quantization: Option<Origin>,
    /// Everything the model runs, in execution order.
    pub groups: Vec<Group>,
    /// What the family read from the config, and what it assumed.
    pub reads: Arc<Vec<Read>>,
    /// Config keys that have no effect.
    pub ignored: Arc<Vec<String>>,
    /// What a reader of the figures should know.
    pub notes: Vec<Note>,
}

/// Element types by use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Precision {
    pub weights: DType,
    pub activations: DType,
    pub kv_cache: Format,
}

impl Precision {
    /// One type for everything.
    pub fn uniform(dtype: DType) -> Self {
        Precision { weights: dtype, activations: dtype, kv_cache: Format::plain(dtype) }
    }
}

/// Identical blocks, or what stands before or after them.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub stage: Stage,
    /// What sets these blocks apart: `sliding attention 4,096 · dense`.
    pub label: Arc<str>,
    /// How often the layers repeat.
    pub repeat: u64,
    /// Which of the model's blocks they are, ascending from 0; empty before and after the blocks.
    pub members: Vec<u64>,
    pub layers: Vec<Layer>,
}

/// From so many places on, those that follow a rule are named by the first two and the last.
const MANY: usize = 8;

impl Group {
    /// The blocks in words: `0–2, 5`; where they are many and recur, `0, 2, … 34`.
    pub fn places(&self) -> String {
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        for &member in &self.members {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == member => *last = member,
                _ => ranges.push((member, member)),
            }
        }
        let mut words = String::new();
        let mut say = |between: &str, (first, last): (u64, u64)| {
            // Writing to a string cannot fail.
            let _ = match first == last {
                true => write!(words, "{between}{first}"),
                false => write!(words, "{between}{first}–{last}"),
            };
        };
        match ranges[..] {
            [first, second, .., last] if ranges.len() >= MANY && recur(&ranges) => {
                say("", first);
                say(", ", second);
                say(", … ", last);
            }
            _ => {
                for (i, &range) in ranges.iter().enumerate() {
                    say(if i == 0 { "" } else { ", " }, range);
                }
            }
        }
        words
    }
}

/// Whether each range is as long as the first, and as far from the one before it as the second. The last may
/// be cut short by the end of the model.
fn recur(ranges: &[(u64, u64)]) -> bool {
    let step = ranges[1].0 - ranges[0].0;
    let moved = |by: u64| (ranges[0].0 + by, ranges[0].1 + by);
    let last = ranges.len() as u64 - 1;
    (0..).zip(ranges).all(|(i, &(first, end))| {
        let whole = moved(i * step);
        first == whole.0 && (end == whole.1 || (i == last && end < whole.1))
    })
}

/// Where in the model a group stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Embedding,
    Block,
    Head,
    /// Layers that predict further tokens; counted apart.
    Prediction,
}

/// Something a reader of the figures should know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    pub kind: NoteKind,
    pub text: Arc<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// A key was missing or null and took the family's default.
    Assumed,
    /// The accounting leaves something out or does it in its own way.
    Accounting,
    /// A fact of this model that is easily overlooked.
    Model,
    /// The formats of weights or of the KV cache, where they are not understood or not the config's.
    Precision,
    /// What was done to the text so that it could be read.
    Text,
}

impl Note {
    pub fn new(kind: NoteKind, text: impl Into<Arc<str>>) -> Self {
        Note { kind, text: text.into() }
    }
}

impl Model {
    /// Reads a config.json and builds the model it describes.
    ///
    /// # Errors
    /// Everything that is wrong with the text, with its place in it.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        Self::from_files(text, None)
    }

    /// The same with the text of the `hf_quant_config.json` that lay beside the config, if one did.
    ///
    /// # Errors
    /// As [`Model::from_json`]. What is wrong with the second text is a note.
    pub fn from_files(config: &str, hf_quant_config: Option<&str>) -> Result<Self, Error> {
        let mut config = HfConfig::parse(config)?;
        let beside = hf_quant_config.map(HfConfig::parse);
        if let Some(Ok(beside)) = &beside {
            config.attach(precision::SIDECAR, beside.root().clone().into());
        }
        let mut model = families::build(&config).map_err(|e| config.locate(*e))?;
        if let Some(scheme) = precision::scheme(&config) {
            precision::apply(&mut model, &scheme);
        }
        if let Some(Err(error)) = beside {
            let text = format!("hf_quant_config.json was left out: {error}");
            model.notes.push(Note::new(NoteKind::Precision, text));
        }
        model.notes.extend(config.mending().iter().map(|text| Note::new(NoteKind::Text, *text)));
        model.ignored = Arc::new(config.ignored());
        model.reads = Arc::new(config.into_reads());
        Ok(model)
    }

    /// The config reduced to the keys that were read, enough to build the same model again.
    pub fn reduced(&self) -> serde_json::Value {
        config::reduced(&self.reads)
    }

    /// What sets each group apart, with its formats where nothing else does.
    pub fn labels(&self) -> Vec<Arc<str>> {
        let mut labels: Vec<Arc<str>> = self.groups.iter().map(|group| Arc::clone(&group.label)).collect();
        let compare = |a: usize, b: usize| {
            let (a, b) = (&self.groups[a], &self.groups[b]);
            (a.stage as u8).cmp(&(b.stage as u8)).then_with(|| a.label.cmp(&b.label))
        };
        // Side by side, those that are alike are found in one pass.
        let places = order(self.groups.len(), &compare);
        let mut names = Names::default();
        for alike in places.chunk_by(|&a, &b| compare(a, b).is_eq()).filter(|alike| alike.len() > 1) {
            for &at in alike {
                labels[at] = self.label_with_formats(&self.groups[at], &mut names).into();
            }
        }
        labels
    }

    fn label_with_formats(&self, own: &Group, names: &mut Names) -> String {
        let matrices = own.layers.iter().filter(|l| matches!(l.op, Op::Linear(_) | Op::LatentUp(_)));
        let mut formats: Vec<Arc<str>> = Vec::new();
        for layer in matrices {
            let own = || Format::plain(self.precision.weights);
            let name = names.of(layer.quantized.map_or_else(own, |quantized| quantized.format));
            if !formats.contains(&name) {
                formats.push(name);
            }
        }
        format!("{} · {}", own.label, formats.join(" + "))
    }

    /// Whether any block routes its tokens to experts.
    pub fn has_experts(&self) -> bool {
        let blocks = self.groups.iter().filter(|group| group.stage == Stage::Block);
        blocks.flat_map(|group| &group.layers).any(|layer| layer.role == Role::MoeRouter)
    }

    /// Elements that a block hands the next for every token: all streams, where there are several.
    pub fn carried(&self) -> u64 {
        let layers = self.groups.iter().flat_map(|group| &group.layers);
        let streams = layers.filter_map(|layer| match layer.op {
            Op::Expand(streams) => Some(streams.count),
            _ => None,
        });
        streams.max().unwrap_or(1) * self.hidden_size
    }

    /// The number of transformer blocks.
    pub fn num_blocks(&self) -> u64 {
        self.groups.iter().filter(|g| g.stage == Stage::Block).map(|g| g.repeat).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_recur_are_named_in_short() {
        let every =
            |step: usize, long: u64, until: u64| (0..until).step_by(step).flat_map(move |at| at..at + long);
        for (members, places) in [
            (vec![], ""),
            ((0..80).collect(), "0–79"),
            (vec![0, 1, 2, 5], "0–2, 5"),
            // Seven are still named one by one.
            (every(2, 1, 14).collect(), "0, 2, 4, 6, 8, 10, 12"),
            (every(2, 1, 16).collect(), "0, 2, … 14"),
            (every(6, 5, 60).collect(), "0–4, 6–10, … 54–58"),
            (every(6, 5, 60).chain([60, 61]).collect(), "0–4, 6–10, … 60–61"),
            // One that breaks the rule is not passed over.
            (every(2, 1, 16).chain([17]).collect(), "0, 2, 4, 6, 8, 10, 12, 14, 17"),
        ] {
            let group =
                Group { stage: Stage::Block, label: Arc::default(), repeat: 1, members, layers: Vec::new() };
            assert_eq!(group.places(), places);
        }
    }
}
