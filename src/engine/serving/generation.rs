//! From the prompt to the last token: time to first token, time per output token, tokens per second.

use super::decode::Decoder;
use super::shard::Deal;
use super::step::{Range, Step};
use crate::engine::error::Error;
use crate::engine::quantity::Seconds;
use crate::engine::workload::Workload;
use serde::Serialize;

/// The most tokens to generate.
pub const MAX_OUTPUT_TOKENS: u64 = 1 << 17;

/// A prompt and the tokens that follow it, each step with the context it really has.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Generation {
    pub output_tokens: u64,
    /// The workload itself, which yields every query's first token.
    pub time_to_first_token: Range,
    /// The mean over the tokens after the first; none where there are none.
    pub time_per_output_token: Option<Range>,
    /// The last token's, where the context is longest.
    pub last_token: Option<Range>,
    /// From the first layer of the prompt to the last token.
    pub total: Range,
    /// New tokens of the workload over the time to first token, all queries together.
    pub prefill_tokens_per_second: Rates,
    /// Output tokens of all queries while they decode; none where there is one.
    pub tokens_per_second: Option<Rates>,
    /// Of one query.
    pub tokens_per_second_per_query: Option<Rates>,
    pub tokens_per_second_per_device: Option<Rates>,
}

/// Tokens per second under the two bounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rates {
    pub ideal: f64,
    pub no_overlap: f64,
}

impl Rates {
    fn of(tokens: f64, time: Range) -> Self {
        Rates { ideal: tokens / time.ideal.0, no_overlap: tokens / time.no_overlap.0 }
    }
}

pub(super) fn generate(deal: &Deal<'_>, workload: &Workload, step: &Step) -> Result<Generation, Error> {
    let output_tokens = deal.deployment.serving.output_tokens;
    let first = step.line.latency();
    let (decode, last) = match output_tokens {
        0 | 1 => (Range::default(), None),
        more => {
            let (sum, last) = Decoder::new(deal, workload)?.steps(more - 1)?;
            (sum, Some(last))
        }
    };
    let mean = (output_tokens > 1).then(|| {
        let steps = (output_tokens - 1) as f64;
        Range { ideal: Seconds(decode.ideal.0 / steps), no_overlap: Seconds(decode.no_overlap.0 / steps) }
    });
    let batch = workload.batch_size() as f64;
    let devices = deal.deployment.serving.parallel.devices() as f64;
    let new_tokens = workload.load().new_tokens.unwrap_or(0) as f64;
    Ok(Generation {
        output_tokens,
        time_to_first_token: first,
        time_per_output_token: mean,
        last_token: last,
        total: first + decode,
        prefill_tokens_per_second: Rates::of(new_tokens, first),
        tokens_per_second: mean.map(|time| Rates::of(batch, time)),
        tokens_per_second_per_query: mean.map(|time| Rates::of(1.0, time)),
        tokens_per_second_per_device: mean.map(|time| Rates::of(batch / devices, time)),
    })
}
