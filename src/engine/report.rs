//! The answer: rows, totals, storage and notes. Plain data, the same for the page, the command line, the
//! JavaScript object and every download.

use super::accounting::{Accounting, Head, Storage};
use super::config::Read;
use super::cost::{self, Context, Cost};
use super::error::Error;
use super::hardware::Hardware;
use super::model::{Group, Kind, Layer, Model, Note, NoteKind, Op, Precision, Role, Rows, Stage};
use super::number::Count;
use super::quantity::{Bytes, Flops, Intensity};
use super::roofline::{self, Assessment};
use super::workload::Workload;
use serde::Serialize;

/// The version of the report's JSON. Keys may be added under one version, none is removed.
pub const SCHEMA: u32 = 1;

/// What a model costs for a workload under an accounting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub schema: u32,
    pub model: Summary,
    pub workload: Workload,
    /// The accounting's name, with single choices behind it where it is none of the named ones.
    pub accounting: String,
    /// In execution order; figures are per block.
    pub layers: Vec<Row>,
    /// Over all layers and blocks.
    pub total: Total,
    pub storage: Vec<Item>,
    pub storage_total_bytes: Bytes,
    /// Where the layers stand on a device's roofline, when one was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roofline: Option<Assessment>,
    pub notes: Vec<Note>,
}

/// The model in a few words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    pub name: Option<String>,
    pub model_type: String,
    pub num_blocks: u64,
    pub precision: Precision,
    pub parameters: Parameters,
    /// Bytes of keys and values that one token adds over all layers, attending fully.
    pub kv_cache_bytes_per_token: Bytes,
    /// Keys of the config that were read or assumed.
    pub config: Vec<Read>,
    /// Keys of the config without any effect.
    pub ignored: Vec<String>,
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
    pub group: String,
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
    /// Index into [`Model::groups`] and into the group's layers.
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

/// Counts a workload on a model, and places it on a device's roofline if one is given.
///
/// # Errors
/// [`Error::Overflow`], naming the figure that outgrew 128 bits.
pub fn analyze(
    model: &Model,
    workload: &Workload,
    accounting: &Accounting,
    hardware: Option<&Hardware>,
) -> Result<Report, Error> {
    let context = Context { accounting, precision: &model.precision, load: workload.load() };
    let mut sums = Sums::NOTHING;
    let mut layers = Vec::new();
    for (g, group) in model.groups.iter().enumerate() {
        for (l, layer) in group.layers.iter().enumerate() {
            let cost: Cost<Count> = cost::cost(&layer.op, &context);
            sums.add(layer, group, &cost, accounting);
            if counts(accounting, layer, group.stage) {
                layers.push(row(layer, group, (g, l), &cost)?);
            }
        }
    }
    let total = sums.total()?;
    let storage = sums.storage()?;
    let storage_total_bytes =
        exact(storage.iter().fold(ZERO, |sum, item| sum + Count(Some(item.bytes.0))), "the storage in total")
            .map(Bytes)?;
    let mut report = Report {
        schema: SCHEMA,
        model: Summary {
            name: model.name.clone(),
            model_type: model.model_type.clone(),
            num_blocks: model.num_blocks(),
            precision: model.precision,
            parameters: sums.parameters(model)?,
            kv_cache_bytes_per_token: kv_cache_bytes_per_token(model)?,
            config: model.reads.clone(),
            ignored: model.ignored.clone(),
        },
        workload: workload.clone(),
        accounting: accounting.id(),
        layers,
        total,
        storage,
        storage_total_bytes,
        roofline: None,
        notes: model.notes.iter().cloned().chain(accounting_notes(model, accounting)).collect(),
    };
    report.roofline = hardware.map(|hardware| roofline::assess(&report, hardware));
    Ok(report)
}

const ZERO: Count = Count(Some(0));

/// Whether the accounting shows a layer and sums it up.
pub(super) fn counts(accounting: &Accounting, layer: &Layer, stage: Stage) -> bool {
    match (stage, layer.role) {
        (Stage::Block, _) => true,
        (Stage::Head, Role::LmHead) => accounting.head != Head::None,
        (Stage::Embedding | Stage::Head, _) => accounting.ends,
        (Stage::Prediction, _) => false,
    }
}

fn row(layer: &Layer, group: &Group, at: (usize, usize), cost: &Cost<Count>) -> Result<Row, Error> {
    let name = layer.name();
    let of = |count: Count, what: &str| exact(count, &format!("{what} of {name}"));
    let flops = Flops(of(cost.flops, "the compute")?);
    let bytes = Bytes(of(cost.weight_bytes + cost.input_bytes + cost.output_bytes, "the traffic")?);
    Ok(Row {
        name,
        kind: layer.kind(group.stage),
        group: group.label.clone(),
        blocks: group.repeat,
        flops,
        weight_bytes: Bytes(of(cost.weight_bytes, "the weight bytes")?),
        input_bytes: Bytes(of(cost.input_bytes, "the input bytes")?),
        output_bytes: Bytes(of(cost.output_bytes, "the output bytes")?),
        intensity: Intensity::of(flops, bytes),
        parameters: of(cost.parameters, "the parameters")?,
        stage: group.stage,
        at,
    })
}

/// Running sums over layers and blocks.
#[derive(Clone, Copy, Debug)]
struct Sums {
    flops: Count,
    weight: Count,
    input: Count,
    output: Count,
    stored: Count,
    unread: Count,
    embedding_stored: Count,
    cache: Count,
    parameters: Count,
    active: Count,
    embedding: Count,
    head: Count,
    prediction: Count,
}

impl Sums {
    const NOTHING: Sums = Sums {
        flops: ZERO,
        weight: ZERO,
        input: ZERO,
        output: ZERO,
        stored: ZERO,
        unread: ZERO,
        embedding_stored: ZERO,
        cache: ZERO,
        parameters: ZERO,
        active: ZERO,
        embedding: ZERO,
        head: ZERO,
        prediction: ZERO,
    };

    fn add(&mut self, layer: &Layer, group: &Group, cost: &Cost<Count>, accounting: &Accounting) {
        let times = Count(Some(group.repeat.into()));
        if group.stage == Stage::Prediction {
            self.prediction = self.prediction + cost.parameters * times;
            return;
        }
        self.parameters = self.parameters + cost.parameters * times;
        self.active = self.active + cost.active_parameters * times;
        self.cache = self.cache + cost.cache_bytes * times;
        if layer.role == Role::LmHead
            && let Op::Linear(head) = layer.op
        {
            let product = Count(Some(head.inputs.into())) * Count(Some(head.outputs.into()));
            let bias = if head.bias { Count(Some(head.outputs.into())) } else { ZERO };
            self.head = product + bias;
        }
        let counted = counts(accounting, layer, group.stage);
        if layer.role == Role::Embedding {
            self.embedding = self.embedding + cost.parameters;
            self.embedding_stored = self.embedding_stored + cost.stored_bytes;
        } else if counted {
            self.stored = self.stored + *cost::stored(cost, accounting) * times;
        }
        if counted {
            self.flops = self.flops + cost.flops * times;
            self.weight = self.weight + cost.weight_bytes * times;
            self.input = self.input + cost.input_bytes * times;
            self.output = self.output + cost.output_bytes * times;
        }
        let routed = matches!(layer.op, Op::Linear(linear) if matches!(linear.rows, Rows::Routed(_)));
        if routed && accounting.storage == Storage::WeightTraffic {
            self.unread = self.unread + (cost.stored_bytes - cost.weight_bytes) * times;
        }
    }

    fn total(&self) -> Result<Total, Error> {
        let flops = Flops(exact(self.flops, "the total compute")?);
        let bytes = Bytes(exact(self.weight + self.input + self.output, "the total traffic")?);
        Ok(Total {
            flops,
            weight_bytes: Bytes(exact(self.weight, "the total weight bytes")?),
            input_bytes: Bytes(exact(self.input, "the total input bytes")?),
            output_bytes: Bytes(exact(self.output, "the total output bytes")?),
            intensity: Intensity::of(flops, bytes),
        })
    }

    /// Weights, cache and embedding; experts that no token reads, where weights are counted as read.
    fn storage(&self) -> Result<Vec<Item>, Error> {
        let item = |name, count, what| Ok(Item { name, bytes: Bytes(exact(count, what)?) });
        let mut items = vec![
            item("Weights", self.stored, "the stored weights")?,
            item("KV-cache", self.cache, "the KV cache")?,
            item("Embedding Table", self.embedding_stored, "the embedding table")?,
        ];
        if self.unread != ZERO {
            items.push(item("Other Experts", self.unread, "the experts that are not read")?);
        }
        Ok(items)
    }

    fn parameters(&self, model: &Model) -> Result<Parameters, Error> {
        Ok(Parameters {
            total: exact(self.parameters, "the parameters")?,
            active: exact(self.active, "the active parameters")?,
            embedding: exact(self.embedding, "the embedding's parameters")?,
            lm_head: exact(self.head, "the LM head's parameters")?,
            lm_head_tied: model.tied_head,
            prediction: exact(self.prediction, "the prediction layers' parameters")?,
        })
    }
}

/// What one token adds to the cache over all layers when each attends fully.
fn kv_cache_bytes_per_token(model: &Model) -> Result<Bytes, Error> {
    let one = Workload::uniform(0, 1, 1)?;
    let context =
        Context { accounting: &Accounting::DOCUMENT, precision: &model.precision, load: one.load() };
    let mut sum = ZERO;
    for group in model.groups.iter().filter(|group| group.stage == Stage::Block) {
        let growing = |op: &Op| matches!(op, Op::Attention(_) | Op::LatentAttention(_));
        for layer in group.layers.iter().filter(|layer| growing(&layer.op)) {
            let cost: Cost<Count> = cost::cost(&layer.op, &context);
            sum = sum + cost.cache_bytes * Count(Some(group.repeat.into()));
        }
    }
    exact(sum, "the KV cache of a token").map(Bytes)
}

/// What the chosen accounting leaves out or does its own way on this model.
fn accounting_notes(model: &Model, accounting: &Accounting) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut say = |text: &str| notes.push(Note::new(NoteKind::Accounting, text));
    if *accounting == Accounting::DOCUMENT {
        let biased = model
            .groups
            .iter()
            .flat_map(|group| &group.layers)
            .any(|layer| matches!(layer.op, Op::Linear(linear) if linear.bias));
        if biased {
            say("document leaves biases out of compute and weight bytes; the parameters include them");
        }
        say(
            "document counts all query–key pairs, causal or not, and leaves out the embedding lookup, the final norm and the LM head",
        );
    }
    if !accounting.traffic {
        say("this accounting counts no bytes, so it has no operational intensity and no roofline");
    }
    notes
}

fn exact(count: Count, what: &str) -> Result<u128, Error> {
    count.0.ok_or_else(|| Error::Overflow { what: what.to_owned() })
}
