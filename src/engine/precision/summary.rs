//! What a report says about a model's quantisation.

use crate::engine::accounting::Accounting;
use crate::engine::cost::{self, Context, Cost};
use crate::engine::error::Error;
use crate::engine::hardware::Compute;
use crate::engine::model::{Model, Op, Stage};
use crate::engine::number::Count;
use crate::engine::workload::Load;
use serde::Serialize;

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
    pub format: String,
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

/// Sums up a model's formats; none for a model of one type that its config does not say to be quantised.
///
/// # Errors
/// [`Error::Overflow`].
pub fn summary(model: &Model) -> Result<Option<Quantization>, Error> {
    let Some(origin) = &model.quantization else { return Ok(None) };
    let context =
        Context { accounting: &Accounting::EXACT, precision: &model.precision, load: Load::one_token() };
    let mut formats: Vec<Usage> = Vec::new();
    let mut unquantized: Vec<&'static str> = Vec::new();
    let (mut stored, mut all) = (Some(0u128), Some(0u128));
    for group in model.groups.iter().filter(|group| group.stage != Stage::Prediction) {
        for layer in &group.layers {
            let cost: Cost<Count> = cost::cost(layer, &context);
            let times = |count: Count| count.get()?.checked_mul(group.repeat.into());
            let parameters = times(cost.parameters).unwrap_or(u128::MAX);
            stored = times(cost.stored_bytes).and_then(|bytes| bytes.checked_add(stored?));
            all = times(cost.parameters).and_then(|count| count.checked_add(all?));
            let matrix = matches!(layer.op, Op::Linear(_) | Op::LatentUp(_) | Op::Lookup(_));
            let name = layer.name();
            match layer.quantized {
                None if matrix && !unquantized.contains(&name) => unquantized.push(name),
                None => {}
                Some(quantized) => {
                    let format = quantized.format.name();
                    let same =
                        |usage: &&mut Usage| usage.format == format && usage.compute == quantized.compute;
                    match formats.iter_mut().find(same) {
                        Some(usage) => {
                            usage.parameters = usage.parameters.saturating_add(parameters);
                            if !usage.layers.contains(&name) {
                                usage.layers.push(name);
                            }
                        }
                        None => formats.push(Usage {
                            format,
                            bits_per_weight: quantized.format.bits_per_weight(),
                            compute: quantized.compute,
                            layers: vec![name],
                            parameters,
                        }),
                    }
                }
            }
        }
    }
    let (Some(stored), Some(all)) = (stored, all) else {
        return Err(Error::Overflow { what: "the bits of a weight".to_owned() });
    };
    Ok(Some(Quantization {
        method: origin.method.clone(),
        source: origin.source.clone(),
        formats,
        unquantized,
        bits_per_weight: if all == 0 { 0.0 } else { stored as f64 * 8.0 / all as f64 },
    }))
}
