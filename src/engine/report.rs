//! The answer: rows, totals, storage and notes. Plain data, the same for the page, the command line, the
//! JavaScript object and every download.

use super::config::Read;
use super::cost::Form;
use super::hardware::Compute;
use super::model::{Kind, Note, Precision, Stage};
pub use super::precision::{Quantization, Usage};
use super::quantity::{Bytes, Flops, Intensity};
use super::roofline::Assessment;
use super::workload::Workload;
use serde::Serialize;
use std::borrow::Cow;
use std::sync::Arc;

/// The version of the report's JSON. Keys may be added under one version, none is removed.
pub const SCHEMA: u32 = 1;

/// What a model costs for a workload under an accounting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub schema: u32,
    pub model: Summary,
    pub workload: Workload,
    /// The accounting's name, with single choices behind it where it is none of the named ones.
    pub accounting: Cow<'static, str>,
    /// In execution order; figures are per block.
    pub layers: Vec<Row>,
    /// Over all layers and blocks.
    pub total: Total,
    pub storage: Vec<Item>,
    pub storage_total_bytes: Bytes,
    /// What the KV cache takes where every layer keeps the whole context, as a plain engine reserves it.
    pub kv_cache_reserved_bytes: Bytes,
    /// Where the layers stand on a device's roofline, when one was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roofline: Option<Assessment>,
    pub notes: Vec<Note>,
}

/// The model in a few words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    pub name: Option<Arc<str>>,
    pub model_type: Arc<str>,
    /// The family that an unknown one was read as, because the user asked for it; every figure may be wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_as: Option<&'static str>,
    pub num_blocks: u64,
    pub precision: Precision,
    /// How the weights are quantised, where the config or the user says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantization: Option<Quantization>,
    pub parameters: Parameters,
    /// The kinds of blocks, in the order of their first appearance.
    pub structure: Vec<Kindred>,
    /// Bytes of keys and values that one token adds over all layers, attending fully.
    pub kv_cache_bytes_per_token: Bytes,
    /// Keys of the config that were read or assumed.
    pub config: Arc<Vec<Read>>,
    /// Keys of the config without any effect.
    pub ignored: Arc<Vec<String>>,
}

/// Blocks that are alike.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Kindred {
    /// What sets them apart: `sliding attention 4,096 · dense`.
    pub label: Arc<str>,
    /// How many there are.
    pub repeat: u64,
    /// Which of the model's blocks they are, from 0: `0–2, 5`.
    pub blocks: String,
    /// Of one block.
    pub parameters: u128,
    /// Of one block, those that one token uses.
    pub active: u128,
    pub stage: Stage,
}

/// Experts' weights that a layer reads.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ExpertsRead {
    pub total: u64,
    pub per_token: u64,
    /// Distinct experts to expect when every token draws evenly.
    pub expected: f64,
    /// When all tokens draw the same experts.
    pub lowest: u64,
    /// When they overlap as little as they can.
    pub highest: u64,
}

/// Parameters, every one counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Parameters {
    pub total: u128,
    /// Those that one token uses.
    pub active: u128,
    pub embedding: u128,
    /// Of the LM head, whether or not it is the embedding table.
    pub lm_head: u128,
    pub lm_head_tied: bool,
    /// Of layers that predict further tokens; in no other figure.
    pub prediction: u128,
}

/// One layer of one block.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    pub name: &'static str,
    pub kind: Kind,
    /// Which blocks: what sets them apart, as `full attention · dense`.
    pub group: Arc<str>,
    /// How many blocks have this layer.
    pub blocks: u64,
    pub flops: Flops,
    pub weight_bytes: Bytes,
    pub input_bytes: Bytes,
    pub output_bytes: Bytes,
    /// FLOPs over all bytes; none where nothing moves.
    pub intensity: Option<Intensity>,
    pub parameters: u128,
    pub stage: Stage,
    /// The format of the weights, where that is not the model's type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<Arc<str>>,
    /// What the layer asks a device to compute in.
    pub compute: Compute,
    /// For layers of a mixture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experts: Option<ExpertsRead>,
    /// The form that latent attention takes, for the layers it makes a difference to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// Index into the [model](super::model::Model)'s groups and into the group's layers.
    #[serde(skip)]
    pub at: (usize, usize),
}

/// Sums over all layers and blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Total {
    pub flops: Flops,
    pub weight_bytes: Bytes,
    pub input_bytes: Bytes,
    pub output_bytes: Bytes,
    pub intensity: Option<Intensity>,
}

/// A part of what memory must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    pub name: &'static str,
    pub bytes: Bytes,
}

impl Summary {
    /// What most weights are kept in: the formats of a quantised model, the type of any other.
    pub fn weight_format(&self) -> String {
        let formats = self.quantization.iter().flat_map(|found| &found.formats);
        let names: Vec<&str> = formats.map(|usage| &*usage.format).collect();
        if names.is_empty() { self.precision.weights.name().to_owned() } else { names.join(" + ") }
    }
}

impl Row {
    /// Weight, input and output bytes together.
    pub fn bytes(&self) -> Bytes {
        Bytes(self.weight_bytes.0 + self.input_bytes.0 + self.output_bytes.0)
    }
}

impl Total {
    /// Weight, input and output bytes together.
    pub fn bytes(&self) -> Bytes {
        Bytes(self.weight_bytes.0 + self.input_bytes.0 + self.output_bytes.0)
    }
}
