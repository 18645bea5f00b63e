//! What the user wants weights, activations and the KV cache to be, whatever the config says.

use super::apply::merge;
use super::format::{Element, Format, Quantized};
use super::known;
use super::modules;
use super::summary::Origin;
use crate::engine::dtype::DType;
use crate::engine::error::Error;
use crate::engine::model::{Model, Note, NoteKind, Role};

/// Formats in place of the config's; none leaves the config's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    pub weights: Option<Format>,
    pub activations: Option<DType>,
    pub kv_cache: Option<Format>,
}

/// The words that choose formats, as a form or a link carries them; none leaves the config's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub weights: Option<String>,
    pub activations: Option<String>,
    pub kv_cache: Option<String>,
}

impl Words {
    /// What the words choose.
    ///
    /// # Errors
    /// As [`Overrides::parse`].
    pub fn read(&self) -> Result<Overrides, Error> {
        Overrides::parse(self.weights.as_deref(), self.activations.as_deref(), self.kv_cache.as_deref())
    }
}

/// The types that activations can be computed in, by the words that choose them.
const ACTIVATIONS: &[(&str, DType)] = &[
    ("bfloat16", DType::BFloat16),
    ("float16", DType::Float16),
    ("float32", DType::Float32),
    ("fp8", DType::Float8E4M3Fn),
    ("int8", DType::Int8),
    ("fp4", DType::Float4E2M1FnX2),
];

/// The formats that KV caches are kept in, by the words that choose them; vLLM's `--kv-cache-dtype` and
/// llama.cpp's `--cache-type-k`.
const CACHES: &[&str] =
    &["bfloat16", "float16", "float32", "fp8", "fp8_e5m2", "int8", "nvfp4", "q8_0", "q4_0"];

impl Overrides {
    /// Reads the words for weights, activations and KV cache; none and `auto` leave the config's.
    ///
    /// # Errors
    /// [`Error::Precision`] with the words that are known.
    pub fn parse(
        weights: Option<&str>,
        activations: Option<&str>,
        kv_cache: Option<&str>,
    ) -> Result<Self, Error> {
        let chosen = |word: Option<&str>| {
            word.map(str::trim).filter(|w| !w.is_empty() && *w != "auto").map(str::to_owned)
        };
        Ok(Overrides {
            weights: chosen(weights).map(|word| read_weights(&word)).transpose()?,
            activations: chosen(activations).map(|word| read_activations(&word)).transpose()?,
            kv_cache: chosen(kv_cache).map(|word| read_cache(&word)).transpose()?,
        })
    }

    /// The words that weights can be chosen by, the common ones first.
    pub fn weight_words() -> Vec<String> {
        known::words()
    }

    /// The words that activations can be chosen by.
    pub fn activation_words() -> Vec<String> {
        ACTIVATIONS.iter().map(|row| row.0.to_owned()).collect()
    }

    /// The words that the KV cache can be chosen by.
    pub fn cache_words() -> Vec<String> {
        CACHES.iter().map(|word| (*word).to_owned()).collect()
    }

    /// Whether the config's formats all stay.
    pub fn is_empty(&self) -> bool {
        *self == Overrides::default()
    }
}

fn read_weights(word: &str) -> Result<Format, Error> {
    known::format(word).ok_or_else(|| unknown("weights", word, Overrides::weight_words()))
}

fn read_activations(word: &str) -> Result<DType, Error> {
    let lower = word.to_ascii_lowercase();
    let listed = ACTIVATIONS.iter().find(|row| row.0 == lower).map(|row| row.1);
    let usable = |dtype: &DType| ACTIVATIONS.iter().any(|row| row.1 == *dtype);
    listed
        .or_else(|| DType::parse(&lower).filter(usable))
        .ok_or_else(|| unknown("activations", word, Overrides::activation_words()))
}

fn read_cache(word: &str) -> Result<Format, Error> {
    let lower = word.to_ascii_lowercase();
    // Scales of a cache are one a tensor or a head.
    let typed = match lower.as_str() {
        "fp8" | "fp8_e4m3" => Some(DType::Float8E4M3Fn),
        "fp8_e5m2" => Some(DType::Float8E5M2),
        other => DType::parse(other),
    };
    let packed = || known::format(&lower).filter(|_| CACHES.contains(&lower.as_str()));
    typed
        .map(Format::plain)
        .or_else(packed)
        .ok_or_else(|| unknown("kv cache", word, Overrides::cache_words()))
}

fn unknown(what: &'static str, word: &str, known: Vec<String>) -> Error {
    Error::Precision { what, word: word.chars().take(60).collect(), known }
}

impl Model {
    /// The model with other formats than its config's.
    ///
    /// A type of 16 bits or more is for all weights. A narrower format is for the matrices of the blocks
    /// but routers; one of llama.cpp's is for the embedding and the head as well. Products then run in
    /// the type of the activations.
    pub fn with(&self, overrides: &Overrides) -> Model {
        let mut model = self.clone();
        if let Some(dtype) = overrides.activations {
            model.precision.activations = dtype;
            // Whatever the method made of the activations is overruled.
            for layer in model.groups.iter_mut().flat_map(|group| &mut group.layers) {
                layer.quantized = layer.quantized.map(|quantized| Quantized { compute: None, ..quantized });
            }
        }
        if let Some(format) = overrides.weights {
            model.weigh(format);
        }
        if let Some(format) = overrides.kv_cache {
            model.precision.kv_cache = format;
        }
        model
    }

    fn weigh(&mut self, format: Format) {
        self.notes.retain(|note| note.kind != NoteKind::Precision);
        let whole = match format.element {
            Element::Type(dtype) if dtype.bits() >= 16 => Some(dtype),
            Element::Type(_) | Element::Int(_) | Element::Fp8 | Element::Fp6 | Element::Named(..) => None,
        };
        let chosen = whole.is_none().then_some(Quantized { format, compute: None });
        for layer in self.groups.iter_mut().flat_map(|group| &mut group.layers) {
            let covered = match layer.role {
                Role::Embedding | Role::InputEmbedding | Role::LmHead => known::is_gguf(&format),
                role => !modules::delicate(role) && !modules::modules(role, false).is_empty(),
            };
            layer.quantized = chosen.filter(|_| covered);
        }
        self.groups = merge(std::mem::take(&mut self.groups));
        let instead = match &self.quantization {
            Some(origin) => format!(", not as {} has it", origin.source),
            None => String::new(),
        };
        match whole {
            Some(dtype) => {
                self.precision.weights = dtype;
                self.quantization = None;
            }
            None => {
                let method = "as chosen".to_owned();
                self.quantization = Some(Origin { method, source: "your choice".to_owned() });
            }
        }
        let text = format!("weights are counted as {}, as you chose{instead}", format.name());
        self.notes.push(Note::new(NoteKind::Precision, text));
    }
}
