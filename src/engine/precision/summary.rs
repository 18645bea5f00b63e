//! What a report says about a model's quantisation.

use crate::engine::cost::Cost;
use crate::engine::error::Error;
use crate::engine::hardware::Compute;
use crate::engine::model::{Layer, Op};
use crate::engine::number::{Count, Number};
use serde::Serialize;
use std::sync::Arc;

/// Where a model's formats come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The method, as a reader knows it: "GPTQ".
    pub method: String,
    /// The key of the config that says so.
    pub source: String,
}

/// A model's quantisation in a few words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quantization {
    /// "GPTQ"; empty where the config names a method that is not known.
    pub method: String,
    /// The key that was read: `quantization_config.quant_method`.
    pub source: String,
    pub formats: Vec<Usage>,
    /// Layers with matrices of the model's own type.
    pub unquantized: Vec<&'static str>,
    /// Stored bits over parameters, prediction layers aside.
    pub bits_per_weight: f64,
}

/// A format and what is kept in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Usage {
    pub format: Arc<str>,
    /// Bits of a weight with its part of the scales, in large matrices.
    pub bits_per_weight: f64,
    /// What the products are computed in where the activations are quantised too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute: Option<Compute>,
    /// Layers with such weights.
    pub layers: Vec<&'static str>,
    /// Parameters of those layers, over all blocks.
    pub parameters: u128,
}

/// Sums up the formats of a model's layers.
#[derive(Debug)]
pub struct Tally<'a> {
    origin: &'a Origin,
    formats: Vec<Usage>,
    unquantized: Vec<&'static str>,
    stored: Count,
    parameters: Count,
}

impl<'a> Tally<'a> {
    pub fn new(origin: &'a Origin) -> Self {
        let (formats, unquantized) = (Vec::new(), Vec::new());
        Tally { origin, formats, unquantized, stored: Count::ZERO, parameters: Count::ZERO }
    }

    /// Adds a layer of so many blocks and the name of its format, if it has one of its own.
    pub fn add(&mut self, layer: &Layer, repeat: u64, cost: &Cost<Count>, format: Option<&Arc<str>>) {
        let times = Count::int(repeat.into());
        self.stored = self.stored + cost.stored_bytes * times;
        self.parameters = self.parameters + cost.parameters * times;
        let matrix = matches!(layer.op, Op::Linear(_) | Op::LatentUp(_) | Op::Lookup(_));
        let name = layer.name();
        let Some((quantized, format)) = layer.quantized.zip(format) else {
            if matrix && !self.unquantized.contains(&name) {
                self.unquantized.push(name);
            }
            return;
        };
        let parameters = (cost.parameters * times).get().unwrap_or(u128::MAX);
        let same = |usage: &&mut Usage| usage.format == *format && usage.compute == quantized.compute;
        match self.formats.iter_mut().find(same) {
            Some(usage) => {
                usage.parameters = usage.parameters.saturating_add(parameters);
                if !usage.layers.contains(&name) {
                    usage.layers.push(name);
                }
            }
            None => self.formats.push(Usage {
                format: Arc::clone(format),
                bits_per_weight: quantized.format.bits_per_weight(),
                compute: quantized.compute,
                layers: vec![name],
                parameters,
            }),
        }
    }

    /// # Errors
    /// [`Error::Overflow`].
    pub fn sum(self) -> Result<Quantization, Error> {
        let (Some(stored), Some(parameters)) = (self.stored.get(), self.parameters.get()) else {
            return Err(Error::Overflow { what: "the bits of a weight".to_owned() });
        };
        Ok(Quantization {
            method: self.origin.method.clone(),
            source: self.origin.source.clone(),
            formats: self.formats,
            unquantized: self.unquantized,
            bits_per_weight: if parameters == 0 { 0.0 } else { stored as f64 * 8.0 / parameters as f64 },
        })
    }
}
