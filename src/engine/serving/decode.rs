//! The decode steps of a generation, each with its own context, summed without a walk over all of them.
//!
//! Only attention depends on the context. Between two turns, where a window fills, a chunk begins anew or
//! latent attention changes its form, its FLOPs and bytes are lines over the steps, in whole numbers, and are
//! read off their formulas. Where an entry stands for many tokens they are staircases instead, and lines from each
//! step to the one a whole period later. A layer's bound is the longer of two lines, a stage's their sum or its links', a
//! step's the longest way through the stages: all of them are convex. A convex curve that meets its chord
//! between the ends is its chord, so that the sum is known; where it does not, each half is asked the same.

use super::parallel::gcd;
use super::shard::Deal;
use super::step::{Line, Pace, Range, Spent, parts, timed};
use crate::engine::accounting::Accounting;
use crate::engine::cost::{self, Context, Cost, Form};
use crate::engine::error::Error;
use crate::engine::model::{Attention, Compress, Index, Latent, Layer, Op, Span};
use crate::engine::number::{self, Formula};
use crate::engine::quantity::Seconds;
use crate::engine::workload::{Load, Workload};

/// How far from its chord a curve may be in the middle, as a part of it: what rounding may do. Elsewhere a
/// convex curve is at most twice as far.
const ROUNDING: f64 = 1e-13;

/// Steps that are cheaper added than halved.
const FEW: u64 = 8;

/// Decode steps that differ in nothing but the context: what does not depend on it is timed once.
pub(super) struct Decoder<'a> {
    deal: &'a Deal<'a>,
    /// Parts of the batch in flight, and the largest of them.
    parts: u64,
    part: Workload,
    /// From how many steps to how many the figures are lines.
    period: u64,
    /// For every stage what all steps share, and the layers that depend on the context with how often they run.
    stages: Vec<(Spent, Vec<(&'a Layer, u64)>)>,
}

impl<'a> Decoder<'a> {
    /// The steps that follow a workload.
    pub fn new(deal: &'a Deal<'a>, workload: &Workload) -> Result<Self, Error> {
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
        let growing = stages.iter().flat_map(|(_, growing): &(_, Vec<(&Layer, u64)>)| growing);
        let period = growing.fold(1u64, |period, (layer, _)| {
            let rate = rate(&layer.op);
            period.saturating_mul(rate / gcd(period, rate))
        });
        Ok(Decoder { deal, parts, part, period, stages })
    }

    /// The sum of so many steps, at least one, and the last of them.
    pub fn steps(&self, steps: u64) -> Result<(Range, Range), Error> {
        let last = self.step(steps - 1)?;
        let (mut sum, mut from) = (Range::default(), 0);
        while from < steps {
            let to = self.turn(from, steps).unwrap_or(steps);
            sum = sum
                + match (to - from > FEW.saturating_mul(self.period))
                    .then(|| self.stretches(from, to))
                    .flatten()
                {
                    Some(stretches) => stretches
                        .iter()
                        .try_fold(Range::default(), |sum, stretch| Ok(sum + stretch.sum()?))?,
                    None => (from..to).try_fold(Range::default(), |sum, at| Ok(sum + self.step(at)?))?,
                };
            from = to;
        }
        Ok((sum, last))
    }

    /// The step after `done` decode steps, by itself.
    pub fn step(&self, done: u64) -> Result<Range, Error> {
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

    fn layers(&self) -> impl Iterator<Item = &'a Layer> {
        self.stages.iter().flat_map(|(_, growing)| growing.iter().map(|&(layer, _)| layer))
    }

    /// The first step behind another, below `steps`, from which on some layer's figures follow other lines.
    fn turn(&self, from: u64, steps: u64) -> Option<u64> {
        let within = |span| self.part.turn(span, from).filter(|&turn| turn < steps);
        let of = |layer: &Layer| match &layer.op {
            Op::Attention(shape) => within(shape.span),
            Op::LatentUp(latent) | Op::LatentAttention(latent) => {
                // The form is asked for as long as it changes by lines.
                let turn = within(latent.span);
                self.other_form(latent, from, turn.unwrap_or(steps)).or(turn)
            }
            _ => None,
        };
        self.layers().filter_map(of).min()
    }

    /// The step from which on the other form of latent attention takes fewer FLOPs. Both are lines, so they
    /// meet once at most.
    fn other_form(&self, latent: &Latent, from: u64, steps: u64) -> Option<u64> {
        let form = |step| cost::form(latent, &context(self.deal, self.part.decoding(step).load()));
        let first: Form = form(from);
        let (mut same, mut other) = (from, steps - 1);
        if form(other) == first {
            return None;
        }
        while other - same > 1 {
            let middle = same + (other - same) / 2;
            if form(middle) == first {
                same = middle;
            } else {
                other = middle;
            }
        }
        Some(other)
    }

    /// The steps from a turn to before the next, at least two periods, as lines, one for each step of a period;
    /// none where a figure is no line.
    fn stretches(&self, from: u64, to: u64) -> Option<Vec<Stretch>> {
        (from..from + self.period).map(|from| self.stretch(from, to)).collect()
    }

    fn stretch(&self, from: u64, to: u64) -> Option<Stretch> {
        let (now, next) = (self.part.decoding(from), self.part.decoding(from + self.period));
        let more =
            |seen: &dyn Fn(Load<'_>) -> Option<u128>| seen(next.load())?.checked_sub(seen(now.load())?);
        let mut stages = Vec::new();
        for (fixed, growing) in &self.stages {
            let mut lines = Vec::new();
            for &(layer, repeat) in growing {
                let cost: Cost<Formula> = cost::cost(layer, &context(self.deal, now.load()));
                let bytes = cost.weight_bytes + cost.input_bytes + cost.output_bytes;
                let span = match &layer.op {
                    Op::Attention(shape) => shape.span,
                    Op::LatentUp(latent) | Op::LatentAttention(latent) => latent.span,
                    _ => Span::Full,
                };
                let tokens = match &layer.op {
                    Op::Index(index) => more(&|load| load.entries(index.rate)),
                    _ => more(&|load| load.visible_context(span)),
                };
                lines.push(Layered {
                    flops: cost.flops.line(cost::gained)?,
                    bytes: bytes.line(cost::gained)?,
                    tokens: tokens?,
                    pace: Pace::of(self.deal, layer),
                    repeat,
                });
            }
            stages.push((*fixed, lines));
        }
        Some(Stretch { stages, steps: (to - from).div_ceil(self.period), parts: self.parts })
    }
}

/// Whether a layer's cost depends on how many tokens are cached.
fn grows(op: &Op) -> bool {
    match op {
        Op::Attention(_) | Op::LatentUp(_) | Op::LatentAttention(_) | Op::Index(_) | Op::Compress(_) => true,
        Op::Norm(_)
        | Op::Linear(_)
        | Op::Rope(_)
        | Op::Conv(_)
        | Op::DeltaRule(_)
        | Op::StateSpace(_)
        | Op::Activation(_)
        | Op::Gate { .. }
        | Op::Combine(_)
        | Op::Collapse(_)
        | Op::Expand(_)
        | Op::AltUp(_)
        | Op::Residual { .. }
        | Op::Lookup(_) => false,
    }
}

/// How many tokens an entry stands for that a layer makes or sees.
fn rate(op: &Op) -> u64 {
    match op {
        Op::Compress(Compress { rate, .. })
        | Op::Index(Index { rate, .. })
        | Op::Attention(Attention { span: Span::Compressed { rate, .. }, .. }) => *rate,
        _ => 1,
    }
}

fn context<'a>(deal: &'a Deal<'_>, load: Load<'a>) -> Context<'a> {
    Context { accounting: &Accounting::EXACT, precision: &deal.model.precision, load }
}

/// Steps, each a period behind the one before, whose figures are lines.
struct Stretch {
    stages: Vec<(Spent, Vec<Layered>)>,
    steps: u64,
    parts: u64,
}

/// A layer's figures over the steps of a stretch.
struct Layered {
    flops: number::Line,
    bytes: number::Line,
    /// Tokens or entries that every step sees more than the one before.
    tokens: u128,
    pace: Pace,
    repeat: u64,
}

impl Stretch {
    fn sum(&self) -> Result<Range, Error> {
        let last = self.at(self.steps - 1)?;
        Ok(self.sum_before(0, self.at(0)?, self.steps - 1, last)? + last)
    }

    /// The sum from one step to before another.
    fn sum_before(&self, from: u64, first: Range, to: u64, last: Range) -> Result<Range, Error> {
        let steps = to - from;
        if steps <= FEW {
            return (from..to).try_fold(Range::default(), |sum, at| Ok(sum + self.at(at)?));
        }
        let half = steps / 2;
        let middle = self.at(from + half)?;
        let on_chord = |time: fn(&Range) -> f64| {
            let (a, b, between) = (time(&first), time(&last), time(&middle));
            let chord = a + (b - a) * (half as f64 / steps as f64);
            (chord - between).abs() <= ROUNDING * between
        };
        if on_chord(|range| range.ideal.0) && on_chord(|range| range.no_overlap.0) {
            let sum = |time: fn(&Range) -> f64| {
                let (a, b) = (time(&first), time(&last));
                Seconds(steps as f64 * a + (steps - 1) as f64 / 2.0 * (b - a))
            };
            return Ok(Range {
                ideal: sum(|range| range.ideal.0),
                no_overlap: sum(|range| range.no_overlap.0),
            });
        }
        Ok(self.sum_before(from, first, from + half, middle)?
            + self.sum_before(from + half, middle, to, last)?)
    }

    /// One step, the same in every bit as [`Decoder::step`] has it.
    fn at(&self, step: u64) -> Result<Range, Error> {
        let mut line = Line { stages: Vec::with_capacity(self.stages.len()), parts: self.parts };
        for (fixed, layers) in &self.stages {
            let mut spent = *fixed;
            for layer in layers {
                let one = layer.tokens.checked_mul(step.into()).and_then(|tokens| {
                    Some(layer.pace.spend(layer.flops.after(tokens)?, layer.bytes.after(tokens)?))
                });
                let one =
                    one.ok_or_else(|| Error::Overflow { what: "the work of a decode step".to_owned() })?;
                spent = spent + one * layer.repeat;
            }
            line.stages.push(spent);
        }
        Ok(line.period())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Deployment, Parallel, Serving};
    use super::*;
    use crate::engine::precision::Overrides;
    use crate::engine::{Hardware, Model, catalog};

    /// Steps of a generation after a workload on one deployment, as they are summed and one by one.
    fn both(model: &Model, parallel: Parallel, workload: &Workload, steps: u64) -> [Range; 2] {
        both_on(Hardware::default(), model, parallel, workload, steps)
    }

    fn both_on(
        hardware: Hardware,
        model: &Model,
        parallel: Parallel,
        workload: &Workload,
        steps: u64,
    ) -> [Range; 2] {
        let serving = Serving { parallel, ..Serving::default() };
        let deployment = Deployment { hardware, serving };
        let deal = Deal::new(model, &deployment);
        let decoder = Decoder::new(&deal, workload).unwrap();
        let (sum, last) = decoder.steps(steps).unwrap();
        assert_eq!(last, decoder.step(steps - 1).unwrap());
        let one_by_one = (0..steps).fold(Range::default(), |sum, step| sum + decoder.step(step).unwrap());
        [sum, one_by_one]
    }

    fn alike([sum, one_by_one]: [Range; 2]) -> bool {
        let near = |a: Seconds, b: Seconds| (a.0 - b.0).abs() <= 1e-12 * b.0;
        near(sum.ideal, one_by_one.ideal) && near(sum.no_overlap, one_by_one.no_overlap)
    }

    #[test]
    fn a_sum_of_lines_is_the_sum_of_the_steps() {
        let ragged = Workload::new(&[0, 500, 100_000], &[7, 1, 300], Some(6)).unwrap();
        let crowd = Workload::uniform(0, 12, 3000).unwrap();
        let one = Parallel::default();
        let staged = Parallel { tensor: 2, pipeline: 4, ..one };
        for (id, cache, parallel) in [
            ("meta-llama/Llama-3.1-8B", None, one),
            // Scales of 32 elements, which a token's keys fill.
            ("meta-llama/Llama-3.1-8B", Some("q8_0"), staged),
            ("deepseek-ai/DeepSeek-V3", None, one),
            ("deepseek-ai/DeepSeek-V3", Some("q4_0"), staged),
            ("deepseek-ai/DeepSeek-V3.2", None, one),
            ("deepseek-ai/DeepSeek-V3.2", Some("q4_0"), staged),
            ("nvidia/NVIDIA-Nemotron-Nano-9B-v2", None, staged),
            ("openai/gpt-oss-20b", None, one),
            ("meta-llama/Llama-4-Scout-17B-16E-Instruct", None, Parallel { tensor: 8, ..one }),
            ("google/gemma-2-9b-it", None, staged),
        ] {
            let overrides = Overrides::parse(None, None, cache).unwrap();
            let model = catalog::find(id).unwrap().model().unwrap().with(&overrides);
            for workload in [&ragged, &crowd] {
                for steps in [1, 2, 9, 1700] {
                    let sums = both(&model, parallel, workload, steps);
                    assert!(alike(sums), "{id}, {cache:?}, {steps} steps: {sums:?}");
                }
            }
        }
    }

    #[test]
    fn what_bounds_a_layer_may_change_on_the_way() {
        // A head of 64 over T tokens: 2·2·64·T FLOPs of products and 5·T of softmax, 2·2·64 B of keys and values a
        // token and 2·2·64 B of the query and what comes out. At 1 FLOP/B they take as long as each other where
        // 261·T = 256·T + 256, between T = 51 and 52; before, the memory bounds it, then the computing.
        let config = r#"{"model_type": "llama", "hidden_size": 64, "num_attention_heads": 1, "num_hidden_layers": 1,
            "intermediate_size": 64, "vocab_size": 64}"#;
        let model = Model::from_json(config).unwrap();
        let device = Hardware::custom("Even", 1e12, 1e12, 1e9).unwrap();
        for prompt in [1, 40, 60] {
            let workload = Workload::uniform(0, prompt, 1).unwrap();
            let sums = both_on(device.clone(), &model, Parallel::default(), &workload, 300);
            assert!(alike(sums), "{prompt}: {sums:?}");
        }
    }

    #[test]
    fn entries_for_many_tokens_make_stairs() {
        // Windows of 6, entries of 3 and of 4 tokens, at most 30 of the former: a period is 12 steps.
        let config = r#"{"model_type": "deepseek_v4", "sliding_window": 6, "num_hidden_layers": 4, "index_topk": 30,
            "compress_rate_csa": 3, "compress_rate_hca": 4}"#;
        let model = Model::from_json(config).unwrap();
        let deployment = Deployment { hardware: Hardware::default(), serving: Serving::default() };
        let deal = Deal::new(&model, &deployment);
        let prompt = Workload::new(&[0, 1], &[2, 50], None).unwrap();
        let decoder = Decoder::new(&deal, &prompt).unwrap();
        assert_eq!(decoder.period, 12);
        // The windows fill with token 6 of the first query, all entries are seen from token 90 of each on; the
        // first step has token 3 of one and token 52 of the other.
        let turns = [0, 3, 38].map(|from| decoder.turn(from, 1000));
        assert_eq!(turns, [Some(3), Some(38), Some(87)]);
        for parallel in [Parallel::default(), Parallel { tensor: 2, pipeline: 2, ..Parallel::default() }] {
            for steps in [1, 40, 500] {
                assert!(alike(both(&model, parallel, &prompt, steps)), "{steps}");
            }
        }
        // Blocks of 7, the last of them from one token on anew.
        let config = r#"{"model_type": "minimax_m3_vl_text", "num_hidden_layers": 1, "index_block_size": 7,
            "layer_types": ["minimax_m3_sparse"], "index_topk_blocks": 3}"#;
        let model = Model::from_json(config).unwrap();
        assert!(alike(both(&model, Parallel::default(), &prompt, 500)));
    }

    #[test]
    fn latent_attention_may_change_its_form_on_the_way() {
        // With one unrotated element and one value a head, a rank of 64 and T tokens, expanding takes
        // T·2·64·(1 + 1) FLOPs a head and 2·T·(1 + 1) for the products, absorbing 2·64·(1 + 1) and 2·T·(64 + 64),
        // rotated parts and softmax alike: 260·T < 256 + 256·T up to 63 tokens.
        let config = r#"{"model_type": "deepseek_v3", "num_hidden_layers": 2, "kv_lora_rank": 64,
            "qk_nope_head_dim": 1, "v_head_dim": 1}"#;
        let model = Model::from_json(config).unwrap();
        let deployment = Deployment { hardware: Hardware::default(), serving: Serving::default() };
        let deal = Deal::new(&model, &deployment);
        // The first decode step has 41 tokens, so step 22 has 63 and step 23 has 64.
        let prompt = Workload::uniform(0, 40, 3).unwrap();
        let decoder = Decoder::new(&deal, &prompt).unwrap();
        assert_eq!(decoder.turn(0, 23), None);
        assert_eq!((decoder.turn(0, 100), decoder.turn(23, 100)), (Some(23), None));
        assert!(alike(both(&model, Parallel::default(), &prompt, 100)));
    }
}
