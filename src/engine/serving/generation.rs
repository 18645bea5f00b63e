//! From the prompt to the last token: time to first token, time per output token, tokens per second.

use super::shard::Deal;
use super::step::{Line, Range, Spent, Step, parts, timed};
use crate::engine::error::Error;
use crate::engine::model::{Layer, Op};
use crate::engine::quantity::Seconds;
use crate::engine::workload::Workload;
use serde::Serialize;

/// The most tokens to generate; every step is computed.
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
    let mut decode = Range::default();
    let mut last = None;
    if output_tokens > 1 {
        let decoder = Decoder::new(deal, workload)?;
        for done in 0..output_tokens - 1 {
            let one = decoder.step(done)?;
            decode = decode + one;
            last = Some(one);
        }
    }
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

/// Decode steps that differ in nothing but the context: what does not depend on it is timed once.
struct Decoder<'a> {
    deal: &'a Deal<'a>,
    /// Parts of the batch in flight, and the largest of them.
    parts: u64,
    part: Workload,
    /// For every stage what all steps share, and the layers to time anew with how often they run.
    stages: Vec<(Spent, Vec<(&'a Layer, u64)>)>,
}

impl<'a> Decoder<'a> {
    fn new(deal: &'a Deal<'a>, workload: &Workload) -> Result<Self, Error> {
        let (parts, part) = parts(deal, workload);
        let first = part.decoding(0);
        let load = first.load();
        let last = deal.stages.len() - 1;
        let handover = deal.handover(&load)?;
        let mut stages = Vec::new();
        for (at, stage) in deal.stages.iter().enumerate() {
            let mut fixed = Spent::default();
            let mut growing = Vec::new();
            for &(group, repeat) in stage {
                for layer in &deal.groups[group].layers {
                    if grows(&layer.op) {
                        growing.push((layer, repeat));
                    } else {
                        fixed = fixed + timed(deal, layer, load)?.spent * repeat;
                    }
                }
            }
            if let (true, Some(handover)) = (at < last, handover) {
                fixed = fixed + Spent::sending(handover.seconds);
            }
            stages.push((fixed, growing));
        }
        Ok(Decoder { deal, parts, part, stages })
    }

    /// The step after `done` decode steps.
    fn step(&self, done: u64) -> Result<Range, Error> {
        let grown = self.part.decoding(done);
        let load = grown.load();
        let mut line = Line { stages: Vec::with_capacity(self.stages.len()), parts: self.parts };
        for (fixed, growing) in &self.stages {
            let mut spent = *fixed;
            for &(layer, repeat) in growing {
                spent = spent + timed(self.deal, layer, load)?.spent * repeat;
            }
            line.stages.push(spent);
        }
        Ok(line.period())
    }
}

/// Whether a layer's cost depends on how many tokens are cached.
fn grows(op: &Op) -> bool {
    match op {
        Op::Attention(_) | Op::LatentUp(_) | Op::LatentAttention(_) => true,
        Op::Norm(_)
        | Op::Linear(_)
        | Op::Rope(_)
        | Op::Conv(_)
        | Op::DeltaRule(_)
        | Op::Activation(_)
        | Op::Gate { .. }
        | Op::Combine(_)
        | Op::Residual { .. }
        | Op::Lookup(_) => false,
    }
}
