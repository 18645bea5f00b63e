//! What surrounds the blocks of a language model.

use super::{alternation, collapsed, linear, whole};
use crate::engine::config::{HfConfig, Keys};
use crate::engine::model::{
    Back, Group, Layer, Linear, Lookup, Model, Norm, NormKind, Note, NoteKind, Op, Precision, Role, Rows,
    Stage, Streams,
};
use std::sync::Arc;

/// Embedding before the blocks; final norm and LM head behind them.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    pub hidden: u64,
    pub vocab: u64,
    /// Outputs of the LM head.
    pub outputs: u64,
    /// The LM head is the embedding table.
    pub tied: bool,
    /// The final norm, where there is one.
    pub norm: Option<Norm>,
    pub positions: Option<Positions>,
    /// The norm right behind the embedding.
    pub embedding_norm: Option<Norm>,
    /// The width of the embedding, where it is projected to and from the hidden size.
    pub embedding_width: Option<u64>,
    pub head_bias: bool,
    pub inputs: Option<LayerInputs>,
    /// How many hidden states leave the blocks, where they are several; the head takes their sum.
    pub streams: Option<u64>,
    /// How many hidden states are made of the embedding and averaged behind the blocks, where they are several.
    pub alternating: Option<u64>,
}

/// What each layer takes in besides the hidden state: a row of a table of its own, and a part of the embedding
/// that is projected and normed for it.
#[derive(Clone, Copy, Debug)]
pub struct LayerInputs {
    pub rows: u64,
    pub width: u64,
    pub layers: u64,
}

/// Learned positions.
#[derive(Clone, Copy, Debug)]
pub struct Positions {
    pub rows: u64,
}

impl Ends {
    /// A plain embedding, a final norm, a head without bias.
    pub fn plain(hidden: u64, vocab: u64, norm: NormKind, tied: bool) -> Self {
        Ends {
            hidden,
            vocab,
            outputs: vocab,
            tied,
            norm: Some(whole(norm, hidden)),
            positions: None,
            embedding_norm: None,
            embedding_width: None,
            head_bias: false,
            inputs: None,
            streams: None,
            alternating: None,
        }
    }

    fn before(&self) -> Vec<Layer> {
        let width = self.embedding_width.unwrap_or(self.hidden);
        let lookup = |role, rows, width, added| Layer::new(role, Op::Lookup(Lookup { rows, width, added }));
        let mut layers = vec![lookup(Role::Embedding, self.vocab, width, false)];
        if width != self.hidden {
            layers.push(linear(Role::EmbeddingProj, width, self.hidden, false));
        }
        if let Some(Positions { rows }) = self.positions {
            layers.push(lookup(Role::PositionEmbedding, rows, self.hidden, true));
        }
        if let Some(norm) = self.embedding_norm {
            layers.push(Layer::new(Role::EmbeddingNorm, Op::Norm(norm)));
        }
        if let Some(LayerInputs { rows, width, layers: count }) = self.inputs {
            let norm = Norm { vectors: count, ..whole(NormKind::Rms, width) };
            layers.extend([
                lookup(Role::InputEmbedding, rows, count * width, false),
                linear(Role::InputProj, self.hidden, count * width, false),
                Layer::new(Role::InputNorm, Op::Norm(norm)),
                Layer::new(Role::InputSum, Op::Residual { width: count * width }),
            ]);
        }
        if let Some(count) = self.alternating {
            layers.extend(alternation::several(count, self.hidden));
        }
        layers
    }

    fn behind(&self) -> Vec<Layer> {
        let width = self.embedding_width.unwrap_or(self.hidden);
        let streams = |count| collapsed(Streams { count, width: self.hidden, back: Back::No });
        let mut layers: Vec<Layer> = self.streams.map(streams).into_iter().flatten().collect();
        if let Some(count) = self.alternating {
            layers.extend(alternation::mean(count, self.hidden));
        }
        if let Some(norm) = self.norm {
            layers.push(Layer::new(Role::FinalNorm, Op::Norm(norm)));
        }
        if width != self.hidden {
            layers.push(linear(Role::HeadProj, self.hidden, width, false));
        }
        let head = Linear {
            inputs: width,
            outputs: self.outputs,
            bias: self.head_bias,
            rows: Rows::Logits,
            tied: self.tied,
        };
        layers.push(Layer::new(Role::LmHead, Op::Linear(head)));
        layers
    }

    /// The model of these ends and blocks, with what was read of the config so far.
    pub fn around(self, keys: Keys<'_>, model_type: &str, precision: Precision, blocks: Vec<Group>) -> Model {
        let end = |stage, label: &str, layers| Group {
            stage,
            label: label.into(),
            repeat: 1,
            members: Vec::new(),
            layers,
        };
        let mut groups = vec![end(Stage::Embedding, "embedding", self.before())];
        groups.extend(blocks);
        groups.push(end(Stage::Head, "head", self.behind()));
        Model {
            name: None,
            model_type: model_type.into(),
            read_as: None,
            hidden_size: self.hidden,
            vocab_size: self.outputs,
            tied_head: self.tied,
            precision,
            quantization: None,
            groups,
            reads: Arc::default(),
            ignored: Arc::default(),
            notes: Vec::new(),
        }
        .with_log(keys.config())
    }
}

impl Model {
    /// With the name, and a note for every assumption that the config's log holds by now.
    pub fn with_log(mut self, config: &HfConfig) -> Self {
        // A local path says more about its owner than about the model, and reads go into links.
        let keys = config.keys();
        let named = keys.peek("_name_or_path").is_some_and(looks_like_an_id);
        self.name =
            if named { keys.opt_word(&["_name_or_path"]).ok().flatten().map(Into::into) } else { None };
        let reads = config.reads();
        let assumed = reads.iter().filter_map(|read| {
            let why = read.assumed.as_deref()?;
            Some(Note::new(NoteKind::Assumed, format!("{} = {}: {why}", read.key, read.value)))
        });
        let mut notes: Vec<Note> = assumed.collect();
        notes.append(&mut self.notes);
        self.notes = notes;
        self
    }
}

/// Whether a name reads `org/name` or `name`, as the Hub has it.
fn looks_like_an_id(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    parts.len() <= 2
        && parts.iter().all(|part| {
            !part.is_empty() && part.len() <= 96 && !part.starts_with('.') && part.chars().all(plain)
        })
}

#[cfg(test)]
mod tests {
    use crate::engine::Model;

    #[test]
    fn a_name_is_kept_and_a_path_is_not() {
        for (name, kept) in [
            ("Qwen/Qwen3-8B", true),
            ("gpt2", true),
            ("/home/jo/secret/run-7", false),
            ("../checkpoints/x", false),
            ("C:\\\\models\\\\x", false),
            ("a/b/c", false),
            ("~/x", false),
            ("", false),
        ] {
            let model = Model::from_json(&format!(r#"{{"model_type": "llama", "_name_or_path": "{name}"}}"#))
                .unwrap();
            assert_eq!(model.name.is_some(), kept, "{name}");
            assert_eq!(model.reduced().get("_name_or_path").is_some(), kept, "{name}");
        }
    }
}
