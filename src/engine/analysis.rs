//! How the answer comes about: every layer is counted once, for its row and for all sums that it is in.

use super::accounting::{Accounting, Head, Storage};
use super::cost::{self, Context, Cost};
use super::error::Error;
use super::hardware::Hardware;
use super::model::{Group, Layer, Linear, Model, Note, NoteKind, Op, Role, Rows, Stage};
use super::number::{Count, Number};
use super::precision::{Names, Tally};
use super::quantity::{Bytes, Flops, Intensity};
use super::report::{ExpertsRead, Item, Kindred, Parameters, Report, Row, SCHEMA, Summary, Total};
use super::roofline;
use super::workload::{Load, Workload};
use std::sync::Arc;

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
    let mut tally = model.quantization.as_ref().map(Tally::new);
    let mut names = Names::default();
    let mut layers = Vec::with_capacity(model.groups.iter().map(|group| group.layers.len()).sum());
    let mut structure = Vec::with_capacity(model.groups.len());
    for (g, (group, label)) in model.groups.iter().zip(model.labels()).enumerate() {
        let (mut parameters, mut active) = (Count::ZERO, Count::ZERO);
        for (l, layer) in group.layers.iter().enumerate() {
            let cost: Cost<Count> = cost::cost(layer, &context);
            let format = layer.quantized.map(|quantized| names.of(quantized.format));
            sums.add(layer, group, &cost, accounting);
            if let Some(tally) = tally.as_mut().filter(|_| group.stage != Stage::Prediction) {
                tally.add(layer, group.repeat, &cost, format.as_ref());
            }
            parameters = parameters + cost.parameters;
            active = active + cost.active_parameters;
            if counts(accounting, layer, group.stage) {
                layers.push(row(layer, group, &label, format, (g, l), &cost, &context)?);
            }
        }
        if matches!(group.stage, Stage::Block | Stage::Prediction) {
            structure.push(kindred(group, label, parameters, active)?);
        }
    }
    let total = sums.total()?;
    let storage = sums.storage()?;
    let storage_total_bytes = exact(
        storage.iter().fold(Count::ZERO, |sum, item| sum + Count::int(item.bytes.0)),
        "the storage in total",
    )
    .map(Bytes)?;
    let kv_cache_bytes_per_token = kv_cache_bytes_per_token(model)?;
    let reserved = Count::int(kv_cache_bytes_per_token.0) * Count::from(context.load.context_tokens);
    let mut report = Report {
        schema: SCHEMA,
        model: Summary {
            name: shown_name(model),
            model_type: Arc::clone(&model.model_type),
            read_as: model.read_as,
            num_blocks: model.num_blocks(),
            precision: model.precision,
            quantization: tally.map(Tally::sum).transpose()?,
            parameters: sums.parameters(model)?,
            structure,
            kv_cache_bytes_per_token,
            config: Arc::clone(&model.reads),
            ignored: Arc::clone(&model.ignored),
        },
        workload: workload.clone(),
        accounting: accounting.id(),
        layers,
        total,
        storage,
        storage_total_bytes,
        kv_cache_reserved_bytes: Bytes(exact(reserved, "the KV cache at full context")?),
        roofline: None,
        notes: notes(model, accounting),
    };
    report.roofline = hardware.map(|hardware| roofline::assess(&report, context.load.new_tokens, hardware));
    Ok(report)
}

/// The name, marked where the family is not the model's own.
fn shown_name(model: &Model) -> Option<Arc<str>> {
    let name = model.name.as_ref()?;
    let read_as = |family| format!("{name} (read as {family})").into();
    Some(model.read_as.map_or_else(|| Arc::clone(name), read_as))
}

/// Whether the accounting shows a layer and sums it up.
pub(super) fn counts(accounting: &Accounting, layer: &Layer, stage: Stage) -> bool {
    match (stage, layer.role) {
        (Stage::Block, _) => true,
        (Stage::Head, Role::LmHead) => accounting.head != Head::None,
        (Stage::Embedding | Stage::Head, _) => accounting.ends,
        (Stage::Prediction, _) => false,
    }
}

fn row(
    layer: &Layer,
    group: &Group,
    label: &Arc<str>,
    weights: Option<Arc<str>>,
    at: (usize, usize),
    cost: &Cost<Count>,
    context: &Context<'_>,
) -> Result<Row, Error> {
    let name = layer.name();
    // The words only where they are needed: of a report they would take half the time.
    let of = |count: Count, what: &str| {
        count.get().ok_or_else(|| Error::Overflow { what: format!("{what} of {name}") })
    };
    let flops = Flops(of(cost.flops, "the compute")?);
    let bytes = Bytes(of(cost.weight_bytes + cost.input_bytes + cost.output_bytes, "the traffic")?);
    Ok(Row {
        name,
        kind: layer.kind(group.stage),
        group: Arc::clone(label),
        blocks: group.repeat,
        flops,
        weight_bytes: Bytes(of(cost.weight_bytes, "the weight bytes")?),
        input_bytes: Bytes(of(cost.input_bytes, "the input bytes")?),
        output_bytes: Bytes(of(cost.output_bytes, "the output bytes")?),
        intensity: Intensity::of(flops, bytes),
        parameters: of(cost.parameters, "the parameters")?,
        stage: group.stage,
        weights,
        compute: roofline::wanted(layer, context.precision),
        experts: experts_read(layer, context),
        form: match layer.op {
            Op::LatentUp(latent) | Op::LatentAttention(latent) => Some(cost::form(&latent, context)),
            _ => None,
        },
        at,
    })
}

fn experts_read(layer: &Layer, context: &Context<'_>) -> Option<ExpertsRead> {
    let Op::Linear(Linear { rows, .. }) = layer.op else { return None };
    let (experts, total, lowest, expected) = match rows {
        Rows::Routed(experts) => {
            (experts, experts.total, experts.per_token, cost::expected_experts(experts, context))
        }
        // All may be sent to where none does work.
        Rows::Spread(spread) => (spread.experts, spread.held, 0, cost::expected_held(&spread, context)),
        _ => return None,
    };
    let draws = context.load.new_tokens.and_then(|n| n.checked_mul(experts.per_token.into()));
    Some(ExpertsRead {
        total,
        per_token: experts.per_token,
        expected,
        lowest,
        highest: draws.map_or(total, |n| n.min(total.into()) as u64),
    })
}

/// A kind of blocks and what one of them holds.
fn kindred(group: &Group, label: Arc<str>, parameters: Count, active: Count) -> Result<Kindred, Error> {
    Ok(Kindred {
        label,
        repeat: group.repeat,
        blocks: group.places(),
        parameters: exact(parameters, "the parameters of a block")?,
        active: exact(active, "the active parameters of a block")?,
        stage: group.stage,
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
        flops: Count::ZERO,
        weight: Count::ZERO,
        input: Count::ZERO,
        output: Count::ZERO,
        stored: Count::ZERO,
        unread: Count::ZERO,
        embedding_stored: Count::ZERO,
        cache: Count::ZERO,
        parameters: Count::ZERO,
        active: Count::ZERO,
        embedding: Count::ZERO,
        head: Count::ZERO,
        prediction: Count::ZERO,
    };

    fn add(&mut self, layer: &Layer, group: &Group, cost: &Cost<Count>, accounting: &Accounting) {
        let times = Count::int(group.repeat.into());
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
            let product = Count::int(head.inputs.into()) * Count::int(head.outputs.into());
            let bias = if head.bias { Count::int(head.outputs.into()) } else { Count::ZERO };
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
        let routed = matches!(layer.op, Op::Linear(linear) if linear.rows.of_experts());
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
        if self.unread != Count::ZERO {
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
    let context =
        Context { accounting: &Accounting::DOCUMENT, precision: &model.precision, load: Load::one_token() };
    let mut sum = Count::ZERO;
    for group in model.groups.iter().filter(|group| group.stage == Stage::Block) {
        let block = group.layers.iter().fold(Count::ZERO, |sum, layer| sum + cost::kept(layer, &context));
        sum = sum + block * Count::int(group.repeat.into());
    }
    exact(sum, "the KV cache of a token").map(Bytes)
}

/// The model's notes, and what the chosen accounting leaves out or does its own way on it.
fn notes(model: &Model, accounting: &Accounting) -> Vec<Note> {
    // No accounting has more than two to add.
    let mut notes = Vec::with_capacity(model.notes.len() + 2);
    notes.extend_from_slice(&model.notes);
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
    count.get().ok_or_else(|| Error::Overflow { what: what.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::catalog;
    use crate::engine::cost::Form;

    fn report(config: &str, cached: u64, new: u64, accounting: Accounting) -> Report {
        let model = Model::from_json(config).unwrap();
        analyze(&model, &Workload::uniform(cached, new, 1).unwrap(), &accounting, None).unwrap()
    }

    #[test]
    fn experts_read_have_a_range_and_an_expectation() {
        let mixtral = r#"{"model_type": "mixtral", "num_local_experts": 8, "num_experts_per_tok": 2}"#;
        for (tokens, expected, highest) in [
            // 8·(1 − 0.75) and 8·(1 − 0.75²) = 8·0.4375
            (1, 2.0, 2),
            (2, 3.5, 4),
            // 8·(1 − 0.75¹⁰⁰⁰) is 8 to many digits
            (1000, 8.0, 8),
        ] {
            let report = report(mixtral, 0, tokens, Accounting::EXACT);
            let row = report.layers.iter().find(|row| row.name == "Moe - Experts Down_Proj").unwrap();
            let read = row.experts.unwrap();
            assert!((read.expected - expected).abs() < 1e-9, "{tokens}: {}", read.expected);
            assert_eq!((read.lowest, read.highest, read.total), (2, highest, 8));
            // One expert's 14336·4096 weights of two bytes, times the expected number.
            assert_eq!(row.weight_bytes.0, (expected * 117_440_512.0) as u128);
        }
    }

    #[test]
    fn of_experts_that_do_no_work_none_is_read() {
        // Of 6 that tokens are sent to, 4 hold weights; a token that takes 2 may meet none of them.
        let idle = r#"{"model_type": "longcat_flash", "num_layers": 1, "n_routed_experts": 4, "zero_expert_num": 2,
            "moe_topk": 2}"#;
        let report = report(idle, 0, 1, Accounting::EXACT);
        let row = report.layers.iter().find(|row| row.name == "Moe - Experts Down_Proj").unwrap();
        let read = row.experts.unwrap();
        assert_eq!((read.lowest, read.highest, read.total, read.per_token), (0, 2, 4, 2));
        // 4·(1 − 4/6)
        assert!((read.expected - 4.0 / 3.0).abs() < 1e-9, "{}", read.expected);
    }

    /// 3 blocks of 4 experts, of which a token takes 2.
    const SMALL: &str = r#"{"model_type": "mixtral", "hidden_size": 8, "num_attention_heads": 2,
        "num_key_value_heads": 1, "intermediate_size": 6, "num_local_experts": 4, "num_experts_per_tok": 2,
        "vocab_size": 10, "num_hidden_layers": 3}"#;

    #[test]
    fn the_document_tells_experts_that_are_read_from_the_others() {
        let items = |accounting| {
            let report = report(SMALL, 5, 1, accounting);
            let sum: u128 = report.storage.iter().map(|item| item.bytes.0).sum();
            assert_eq!(sum, report.storage_total_bytes.0);
            report.storage.iter().map(|item| (item.name, item.bytes.0)).collect::<Vec<_>>()
        };
        // Two norms 2·8, queries, keys and values 8·(8 + 4 + 4), output 8·8, router 8·4, an expert 3·8·6; two bytes each.
        let (dense, expert) = (16 + 128 + 64 + 32, 144);
        assert_eq!(
            items(Accounting::DOCUMENT),
            [
                // The document reads an epsilon with each norm.
                ("Weights", 3 * (dense + 2 + 2 * expert) * 2),
                // Six tokens, a key and a value of 4.
                ("KV-cache", 3 * 6 * 2 * 4 * 2),
                ("Embedding Table", 10 * 8 * 2),
                ("Other Experts", 3 * 2 * expert * 2),
            ]
        );
        // What is stored in any case: the final norm and the head, too.
        assert_eq!(items(Accounting::EXACT)[0].1, (3 * (dense + 4 * expert) + 8 + 80) * 2);
        assert_eq!(items(Accounting::EXACT).len(), 3);
        let kind = &report(SMALL, 5, 1, Accounting::EXACT).model.structure[0];
        assert_eq!((kind.parameters, kind.active), (dense + 4 * expert, dense + 2 * expert));
    }

    #[test]
    fn the_total_intensity_is_of_all_that_moves() {
        for accounting in [Accounting::DOCUMENT, Accounting::EXACT] {
            let total = report(SMALL, 5, 2, accounting).total;
            assert_eq!(total.intensity, Intensity::of(total.flops, total.bytes()));
        }
        assert_eq!(report(SMALL, 5, 2, Accounting::TORCH).total.intensity, None);
    }

    #[test]
    fn the_head_and_the_embedding_are_told_apart() {
        let phi = r#"{"model_type": "phi", "hidden_size": 8, "num_attention_heads": 2, "vocab_size": 10}"#;
        let parameters = report(phi, 0, 1, Accounting::EXACT).model.parameters;
        assert_eq!((parameters.lm_head, parameters.embedding), (10 * 8 + 10, 10 * 8));
    }

    #[test]
    fn a_name_says_what_the_model_was_read_as() {
        let name = |text: &str| {
            let mut model = Model::from_json(text).unwrap();
            model.name = Some("who/what".into());
            let report = analyze(&model, &Workload::default(), &Accounting::EXACT, None).unwrap();
            report.model.name.unwrap()
        };
        assert_eq!(&*name(SMALL), "who/what");
        let unknown = SMALL.replace("mixtral", "brandnew");
        let asked = crate::engine::families::asking_for_llama(&unknown);
        assert_eq!(&*name(&asked), "who/what (read as llama)");
    }

    #[test]
    fn an_accounting_says_what_it_leaves_out() {
        let said = |accounting, words| {
            report(SMALL, 0, 1, accounting).notes.iter().any(|note| note.text.contains(words))
        };
        let accountings = [Accounting::DOCUMENT, Accounting::EXACT, Accounting::TORCH];
        assert_eq!(accountings.map(|a| said(a, "document counts all")), [true, false, false]);
        assert_eq!(accountings.map(|a| said(a, "counts no bytes")), [false, false, true]);
    }

    #[test]
    fn latent_attention_is_absorbed_in_decode_and_expanded_in_prefill() {
        let v3 = r#"{"model_type": "deepseek_v3"}"#;
        let form = |cached, new, accounting| {
            let report = report(v3, cached, new, accounting);
            report.layers.iter().find(|row| row.name == "Attn - SDPA").unwrap().form
        };
        assert_eq!(form(4096, 1, Accounting::EXACT), Some(Form::Absorbed));
        assert_eq!(form(0, 4096, Accounting::EXACT), Some(Form::Expanded));
        assert_eq!(form(4096, 1, Accounting::TORCH), Some(Form::Written));
        // 61 layers keep a latent of 512 and 64 rotated elements, two bytes each.
        let report = report(v3, 4096, 1, Accounting::EXACT);
        assert_eq!(report.model.kv_cache_bytes_per_token.0, 61 * 576 * 2);
        assert_eq!(report.kv_cache_reserved_bytes.0, 61 * 576 * 2 * 4097);
    }

    #[test]
    fn sparse_attention_reads_what_is_picked_and_keeps_everything() {
        let v32 = r#"{"model_type": "deepseek_v32", "num_attention_heads": 2, "index_topk": 100}"#;
        let rows = |cached, new, accounting| {
            let report = report(v32, cached, new, accounting);
            ["Index - Score", "Attn - SDPA"].map(|name| {
                let row = report.layers.iter().find(|row| row.name == name).unwrap();
                (row.flops.0, row.input_bytes.0)
            })
        };
        // Two heads of queries on latents: 512 + 64 elements, values of 512, and five FLOPs a score.
        let attended = |pairs: u128| 2 * pairs * 2 * (576 + 512) + 5 * pairs * 2;
        // 64 heads of 128 elements: a dot product, ReLU, and the weighted sum of the heads.
        let indexed = |pairs: u128| pairs * 64 * (2 * 128 + 1) + pairs * 2 * 64;
        // One token picks 100 of 1,000; its keys and latents are two bytes an element.
        let [index, sdpa] = rows(999, 1, Accounting::EXACT);
        assert_eq!(index, (indexed(1000), 2 * (64 * 128 + 64) + 2 * 128 * 1000));
        assert_eq!(sdpa, (attended(100), 2 * 2 * 576 + 2 * 576 * 100));
        // Three tokens pick at most 300 different ones.
        let [_, sdpa] = rows(997, 3, Accounting::EXACT);
        assert_eq!(sdpa, (attended(300), 3 * 2 * 2 * 576 + 2 * 576 * 300));
        // Eager code scores all pairs and masks what is not picked.
        let [index, sdpa] = rows(999, 1, Accounting::TORCH);
        assert_eq!((index.0, sdpa.0), (1000 * 2 * 64 * (128 + 1), 2 * 1000 * 2 * (192 + 128)));
        // Latents, rotated elements and the indexer's key, two bytes each, for every token.
        let report = report(v32, 999, 1, Accounting::EXACT);
        assert_eq!(report.model.kv_cache_bytes_per_token.0, 61 * (576 + 128) * 2);
        assert_eq!(report.kv_cache_reserved_bytes.0, 61 * (576 + 128) * 2 * 1000);
    }

    #[test]
    fn sliding_layers_keep_their_window_only() {
        let gemma = r#"{"model_type": "gemma3_text", "num_hidden_layers": 6, "sliding_window": 512}"#;
        let report = report(gemma, 9_999, 1, Accounting::EXACT);
        // 4 key/value heads of 256, keys and values, two bytes: 4096 bytes a token and layer.
        // Five layers keep 512 tokens, one keeps 10,000.
        assert_eq!(report.storage[1].bytes.0, 4096 * (5 * 512 + 10_000));
        assert_eq!(report.kv_cache_reserved_bytes.0, 4096 * 6 * 10_000);
        let structure: Vec<_> = report
            .model
            .structure
            .iter()
            .map(|kind| (&*kind.label, kind.repeat, kind.blocks.as_str()))
            .collect();
        assert_eq!(
            structure,
            [("sliding attention 512 · dense", 5, "0–4"), ("full attention · dense", 1, "5")]
        );
    }

    #[test]
    fn the_parts_of_a_model_add_up_to_its_parameters() {
        for entry in catalog::MODELS {
            let report =
                analyze(&entry.model().unwrap(), &Workload::default(), &Accounting::EXACT, None).unwrap();
            let blocks: u128 = report
                .model
                .structure
                .iter()
                .filter(|kind| kind.stage == Stage::Block)
                .map(|kind| kind.parameters * u128::from(kind.repeat))
                .sum();
            let ends: u128 =
                report.layers.iter().filter(|row| row.stage != Stage::Block).map(|row| row.parameters).sum();
            assert_eq!(blocks + ends, report.model.parameters.total, "{}", entry.id);
        }
    }
}
