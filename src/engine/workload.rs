//! What is asked of the model: a batch of queries, each with tokens already cached and tokens to process.
//!
//! Prefill and decode are the same thing with other numbers: a prefill has no cached tokens and many
//! input tokens, a decode step has many cached tokens and one input token.

use super::error::Error;
use super::model::Span;
use super::number::{Count, Number};
use serde::ser::{SerializeSeq, SerializeStruct};
use serde::{Deserialize, Serialize, Serializer};
use std::sync::Arc;

/// The most tokens one query may cache or bring: 2^40, a million times the longest context known.
pub const MAX_TOKENS: u64 = 1 << 40;
/// The most queries in a batch.
pub const MAX_BATCH: u64 = 1 << 22;

/// One sequence of the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// Tokens whose keys and values are in the cache already.
    pub cached_tokens: u64,
    /// Tokens that this step processes; at least one.
    pub input_tokens: u64,
}

impl Query {
    /// Keys each new token can see at most: cached and new ones.
    pub fn context(self) -> u64 {
        self.cached_tokens + self.input_tokens
    }
}

/// A batch: a list of queries, the whole list repeated.
///
/// Serialised as `{"queries": […], "batch_size": n}` with every query spelled out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Shared with whatever keeps the workload: a batch may have millions.
    queries: Arc<Vec<Query>>,
    repeat: u64,
}

impl Workload {
    /// Pairs up the two lists and repeats them up to `batch_size`.
    ///
    /// # Errors
    /// When the lists are empty or of different length, a query brings no token or too many, or
    /// `batch_size` is not a multiple of the lists' length.
    pub fn new(cached: &[u64], input: &[u64], batch_size: Option<u64>) -> Result<Self, Error> {
        let refuse = |reason: String| Err(Error::Workload { reason });
        if cached.len() != input.len() {
            return refuse(format!(
                "{} for the cached tokens and {} for the input tokens: give one of each per query",
                values(cached.len()),
                values(input.len())
            ));
        }
        if cached.is_empty() {
            return refuse("a batch needs at least one query".to_owned());
        }
        if cached.len() as u64 > MAX_BATCH {
            return refuse(format!("more than {MAX_BATCH} queries: use fewer"));
        }
        let mut queries = Vec::with_capacity(cached.len());
        for (i, (&cached_tokens, &input_tokens)) in cached.iter().zip(input).enumerate() {
            if input_tokens == 0 {
                return refuse(format!(
                    "query {} has no input token: every query processes at least 1",
                    i + 1
                ));
            }
            if cached_tokens > MAX_TOKENS || input_tokens > MAX_TOKENS {
                return refuse(format!("query {} has more than {MAX_TOKENS} tokens: use fewer", i + 1));
            }
            queries.push(Query { cached_tokens, input_tokens });
        }
        let length = queries.len() as u64;
        let batch = batch_size.unwrap_or(length);
        if batch == 0 || !batch.is_multiple_of(length) {
            return refuse(format!(
                "a batch size of {batch} is not a multiple of the number of queries given, {length}: use {length}, {}, …",
                2 * length
            ));
        }
        if batch > MAX_BATCH {
            return refuse(format!("a batch size of {batch} is above {MAX_BATCH}: use a smaller one"));
        }
        Ok(Workload { queries: Arc::new(queries), repeat: batch / length })
    }

    /// `batch_size` identical queries.
    ///
    /// # Errors
    /// As [`Workload::new`].
    pub fn uniform(cached: u64, input: u64, batch_size: u64) -> Result<Self, Error> {
        Self::new(&[cached], &[input], Some(batch_size))
    }

    /// The queries as given, before they are repeated.
    pub fn pattern(&self) -> &[Query] {
        &self.queries
    }

    /// Queries in the batch.
    pub fn batch_size(&self) -> u64 {
        self.queries.len() as u64 * self.repeat
    }

    /// The sums that costs are made of.
    pub fn load(&self) -> Load<'_> {
        Load::of(&self.queries, self.repeat)
    }

    /// The queries of the first of so many hands when the batch is dealt in turn; no hand holds more.
    /// `hands` is above zero.
    pub fn dealt(&self, hands: u64) -> Workload {
        if self.repeat.is_multiple_of(hands) {
            return Workload { queries: self.queries.clone(), repeat: self.repeat / hands };
        }
        if let [_] = self.queries[..] {
            return Workload { queries: self.queries.clone(), repeat: self.repeat.div_ceil(hands) };
        }
        let all = (0..self.repeat).flat_map(|_| self.queries.iter()).copied();
        let step = usize::try_from(hands).unwrap_or(usize::MAX);
        Workload { queries: Arc::new(all.step_by(step).collect()), repeat: 1 }
    }

    /// The same queries, the list of them so many times; above zero, and at most [`MAX_BATCH`] queries.
    pub fn repeated(&self, times: u64) -> Workload {
        Workload { queries: self.queries.clone(), repeat: times }
    }

    /// The batch after every query's tokens were processed and `steps` more, with one new token each: the
    /// decode step in which the next token but `steps` is computed.
    pub fn decoding(&self, steps: u64) -> Workload {
        let grown = |q: &Query| Query { cached_tokens: q.context() + steps, input_tokens: 1 };
        Workload { queries: Arc::new(self.queries.iter().map(grown).collect()), repeat: self.repeat }
    }

    /// The first decode step behind another from which on the context that a layer sees grows otherwise: a
    /// query's window is full, or its chunk begins anew. None where it grows evenly for ever.
    pub fn turn(&self, span: Span, step: u64) -> Option<u64> {
        let of = |query: &Query| {
            let context = query.context();
            let turn = match span {
                Span::Full => None,
                Span::Sliding(size) | Span::Chosen(size) => (size - 1).checked_sub(context),
                Span::Compressed { window, rate, most } => {
                    // Of two turns the first that is still to come.
                    let chosen = most.and_then(|most| (most.checked_mul(rate)? - 1).checked_sub(context));
                    let turns = [(window - 1).checked_sub(context), chosen];
                    turns.into_iter().flatten().filter(|&turn| turn > step).min()
                }
                Span::Chunked(chunk) | Span::Blocks { size: chunk, .. } => {
                    (context + step + 1).checked_next_multiple_of(chunk).map(|next| next - context)
                }
            };
            turn.filter(|&turn| turn > step)
        };
        self.queries.iter().filter_map(of).min()
    }
}

impl Default for Workload {
    /// One decode step of one query after 1,024 cached tokens.
    fn default() -> Self {
        Workload { queries: Arc::new(vec![Query { cached_tokens: 1024, input_tokens: 1 }]), repeat: 1 }
    }
}

impl Serialize for Workload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Repeated<'a>(&'a Workload);
        impl Serialize for Repeated<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut list = serializer.serialize_seq(Some(self.0.batch_size() as usize))?;
                for _ in 0..self.0.repeat {
                    for query in self.0.queries.iter() {
                        list.serialize_element(query)?;
                    }
                }
                list.end()
            }
        }
        let mut out = serializer.serialize_struct("Workload", 2)?;
        out.serialize_field("queries", &Repeated(self))?;
        out.serialize_field("batch_size", &self.batch_size())?;
        out.end()
    }
}

/// Which query–key pairs a score is computed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairs {
    /// Every new token with the whole context, masked or not.
    All,
    /// Only what the mask lets through: causal, inside the window or chunk.
    Causal,
    /// Every new token with the keys that an eager sliding cache still holds.
    Eager,
}

/// A workload reduced to the sums that enter the formulas. `None` marks an overflow.
#[derive(Clone, Copy, Debug)]
pub struct Load<'a> {
    queries: &'a [Query],
    repeat: u64,
    /// Queries in the batch.
    pub batch: u64,
    /// Σ n, new tokens over the batch.
    pub new_tokens: Option<u128>,
    /// Σ T, context tokens over the batch.
    pub context_tokens: Option<u128>,
}

impl<'a> Load<'a> {
    fn of(queries: &'a [Query], repeat: u64) -> Self {
        let (mut new, mut context) = (Count::ZERO, Count::ZERO);
        for query in queries {
            new = new + Count::int(query.input_tokens.into());
            context = context + Count::int(query.context().into());
        }
        let times = Count::int(repeat.into());
        Load {
            queries,
            repeat,
            batch: queries.len() as u64 * repeat,
            new_tokens: (new * times).get(),
            context_tokens: (context * times).get(),
        }
    }

    /// Of one token without any before it.
    pub fn one_token() -> Self {
        Self::of(&[Query { cached_tokens: 0, input_tokens: 1 }], 1)
    }

    fn sum(&self, f: impl Fn(Query) -> Count) -> Option<u128> {
        let once = self.queries.iter().fold(Count::ZERO, |total, &q| total + f(q));
        (once * Count::int(self.repeat.into())).get()
    }

    /// Σ of query–key pairs over the batch.
    pub fn pairs(&self, rule: Pairs, span: Span) -> Option<u128> {
        self.sum(|q| pairs(q, rule, span))
    }

    /// Σ of pairs of a query and an entry for every whole `rate` tokens over the batch.
    pub fn entry_pairs(&self, rule: Pairs, rate: u64) -> Option<u128> {
        self.sum(|q| entry_pairs(q, rule, rate, None))
    }

    /// Σ of entries, one for every whole `rate` tokens of a context.
    pub fn entries(&self, rate: u64) -> Option<u128> {
        self.sum(|q| Count::int((q.context() / rate).into()))
    }

    /// Σ of the entries that the step completes.
    pub fn new_entries(&self, rate: u64) -> Option<u128> {
        self.sum(|q| Count::int((q.context() / rate - q.cached_tokens / rate).into()))
    }

    /// Σ of cached and new tokens whose keys and values the step touches at all.
    pub fn visible_context(&self, span: Span) -> Option<u128> {
        self.sum(|q| {
            let (c, n) = (q.cached_tokens, q.input_tokens);
            let visible = match span {
                Span::Full => c + n,
                Span::Sliding(window) => c.min(window - 1) + n,
                Span::Chunked(chunk) => c % chunk + n,
                // No two new tokens choose the same, as long as there are others.
                Span::Chosen(count) => n.saturating_mul(count).min(c + n),
                Span::Blocks { .. } => {
                    let chosen = pairs(q, Pairs::Causal, span).get().unwrap_or(u128::MAX);
                    u64::try_from(chosen).unwrap_or(u64::MAX).min(c + n)
                }
                Span::Compressed { window, rate, most } => {
                    let chosen = most.map_or(u64::MAX, |most| n.saturating_mul(most));
                    c.min(window - 1) + n + chosen.min((c + n) / rate)
                }
            };
            Count::int(visible.into())
        })
    }

    /// Σ of tokens whose keys and values must be kept for the next step.
    pub fn kept_context(&self, span: Span) -> Option<u128> {
        self.sum(|q| {
            let kept = match span {
                Span::Full | Span::Chosen(_) | Span::Blocks { .. } => q.context(),
                Span::Sliding(size) | Span::Chunked(size) => q.context().min(size),
                Span::Compressed { window, rate, .. } => q.context().min(window) + q.context() / rate,
            };
            Count::int(kept.into())
        })
    }
}

/// Query–key pairs of one query.
fn pairs(q: Query, rule: Pairs, span: Span) -> Count {
    let (c, n, all) = (q.cached_tokens, q.input_tokens, q.context());
    match (rule, span) {
        (_, Span::Compressed { window, rate, most }) => {
            pairs(q, rule, Span::Sliding(window)) + entry_pairs(q, rule, rate, most)
        }
        // What is not chosen is masked.
        (Pairs::All, _) | (Pairs::Eager, Span::Full | Span::Chosen(_) | Span::Blocks { .. }) => {
            product(n, all)
        }
        (Pairs::Eager, Span::Sliding(window)) => product(n, c.min(window - 1) + n),
        (Pairs::Eager, Span::Chunked(chunk)) => product(n, all.min(c.min(chunk - 1) + n)),
        (Pairs::Causal, Span::Full) => Count::int(triangle(all) - triangle(c)),
        (Pairs::Causal, Span::Sliding(size) | Span::Chosen(size)) => {
            // Position p sees min(p, size) keys, p = 1 … t.
            let upto = |t: u64| triangle(t.min(size)) + u128::from(t.saturating_sub(size)) * u128::from(size);
            Count::int(upto(all) - upto(c))
        }
        (Pairs::Causal, Span::Chunked(chunk)) => {
            // Whole chunks, then the started one.
            let upto = |t: u64| chunks(t, chunk);
            Count::int(upto(all) - upto(c))
        }
        (Pairs::Causal, Span::Blocks { size, most }) => {
            // All until there are more blocks than may be seen, then one block less and what there is of its own.
            let upto = |t: u64| {
                let all = t.min(size.saturating_mul(most));
                let rest = t - all;
                triangle(all)
                    + u128::from(rest) * u128::from(size) * u128::from(most - 1)
                    + chunks(rest, size)
            };
            Count::int(upto(all) - upto(c))
        }
    }
}

/// Pairs of as many tokens with those of their own chunk.
fn chunks(tokens: u64, chunk: u64) -> u128 {
    u128::from(tokens / chunk) * triangle(chunk) + triangle(tokens % chunk)
}

/// Pairs of one query with entries for `rate` tokens each.
fn entry_pairs(q: Query, rule: Pairs, rate: u64, most: Option<u64>) -> Count {
    let (c, n, all) = (q.cached_tokens, q.input_tokens, q.context());
    if rule != Pairs::Causal {
        return product(n, all / rate);
    }
    // Position p sees min(⌊p / rate⌋, most) entries, p = 1 … t: none, then each number below k for `rate`
    // positions, and k up to t.
    let upto = |t: u64| {
        let most = most.unwrap_or(u64::MAX);
        let capped = t.saturating_sub(most.saturating_mul(rate));
        let t = t - capped;
        let k = u128::from(t / rate);
        u128::from(rate) * triangle((t / rate).saturating_sub(1))
            + k * u128::from(t % rate + 1)
            + u128::from(capped) * u128::from(most)
    };
    Count::int(upto(all) - upto(c))
}

fn product(a: u64, b: u64) -> Count {
    Count::int(a.into()) * Count::int(b.into())
}

/// 1 + 2 + … + n. Contexts are below 2^42, so this stays below 2^84.
fn triangle(n: u64) -> u128 {
    u128::from(n) * (u128::from(n) + 1) / 2
}

fn values(count: usize) -> String {
    if count == 1 { "1 value".to_owned() } else { format!("{count} values") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_pair_up_and_repeat() {
        let w = Workload::new(&[1_048_576, 1024], &[1, 1], Some(4)).unwrap();
        assert_eq!(w.batch_size(), 4);
        assert_eq!(w.pattern().len(), 2);
        let load = w.load();
        // 2 · (1 + 1) new, 2 · (1,048,577 + 1,025) context
        assert_eq!(load.new_tokens, Some(4));
        assert_eq!(load.context_tokens, Some(2_099_204));
        let json = serde_json::to_value(&w).unwrap();
        assert_eq!(json["queries"].as_array().unwrap().len(), 4);
        assert_eq!(json["queries"][3]["cached_tokens"], 1024);
        assert_eq!(json["batch_size"], 4);
    }

    #[test]
    fn bad_workloads_say_what_to_do() {
        for (cached, input, batch, needle) in [
            (&[1u64][..], &[1u64, 2][..], None, "1 value for the cached tokens and 2 values"),
            (&[], &[], None, "at least one query"),
            (&[5], &[0], None, "query 1 has no input token"),
            (&[1, 2], &[1, 1], Some(3), "not a multiple of the number of queries given, 2: use 2, 4"),
            (&[1], &[1], Some(0), "not a multiple"),
            (&[1], &[1], Some(MAX_BATCH + 1), "use a smaller one"),
            (&[MAX_TOKENS + 1], &[1], None, "use fewer"),
        ] {
            let said = Workload::new(cached, input, batch).unwrap_err().to_string();
            assert!(said.contains(needle), "{said}");
        }
    }

    /// Walks every position, the slow and obvious way.
    fn by_hand(c: u64, n: u64, span: Span) -> u128 {
        (c..c + n)
            .map(|position| match span {
                Span::Full => position + 1,
                Span::Sliding(size) | Span::Chosen(size) => (position + 1).min(size),
                Span::Chunked(chunk) => position % chunk + 1,
                Span::Blocks { size, most } => (position / size).min(most - 1) * size + position % size + 1,
                Span::Compressed { window, rate, most } => {
                    (position + 1).min(window) + ((position + 1) / rate).min(most.unwrap_or(u64::MAX))
                }
            })
            .map(u128::from)
            .sum()
    }

    #[test]
    fn causal_pairs_equal_a_walk_over_positions() {
        for c in [0, 1, 3, 7, 20] {
            for n in [1, 2, 5, 16] {
                let w = Workload::uniform(c, n, 1).unwrap();
                for span in [
                    Span::Full,
                    Span::Sliding(1),
                    Span::Sliding(6),
                    Span::Sliding(64),
                    Span::Chunked(1),
                    Span::Chunked(8),
                    Span::Chosen(6),
                    Span::Blocks { size: 4, most: 3 },
                    Span::Blocks { size: 1, most: 1 },
                    Span::Compressed { window: 5, rate: 3, most: None },
                    Span::Compressed { window: 5, rate: 4, most: Some(2) },
                    Span::Compressed { window: 1, rate: 1, most: Some(7) },
                ] {
                    assert_eq!(
                        w.load().pairs(Pairs::Causal, span),
                        Some(by_hand(c, n, span)),
                        "{c} {n} {span:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn decode_steps_sum_to_one_causal_prefill() {
        let prefill = Workload::uniform(0, 37, 1).unwrap();
        for span in [Span::Full, Span::Sliding(9), Span::Chunked(8), Span::Chosen(9)] {
            let steps: u128 = (0..37)
                .map(|c| Workload::uniform(c, 1, 1).unwrap().load().pairs(Pairs::Causal, span).unwrap())
                .sum();
            assert_eq!(prefill.load().pairs(Pairs::Causal, span), Some(steps));
        }
    }

    #[test]
    fn between_turns_the_visible_context_grows_evenly() {
        let w = Workload::new(&[2, 9, 100], &[1, 3, 1], None).unwrap();
        for span in [
            Span::Full,
            Span::Sliding(1),
            Span::Sliding(16),
            Span::Chunked(1),
            Span::Chunked(8),
            Span::Chosen(1),
            Span::Chosen(16),
            Span::Blocks { size: 4, most: 3 },
        ] {
            let seen = |step| w.decoding(step).load().visible_context(span).unwrap().cast_signed();
            let turns: Vec<u64> = std::iter::successors(w.turn(span, 0), |&at| w.turn(span, at))
                .take_while(|&at| at < 40)
                .collect();
            let bends: Vec<u64> =
                (1..39).filter(|&s| seen(s + 1) - seen(s) != seen(s) - seen(s - 1)).collect();
            // A step at which a chunk begins anew stands between two bends, the drop and the next rise.
            assert!(
                bends.iter().all(|s| turns.contains(s) || turns.contains(&(s + 1))),
                "{span:?}: {bends:?} {turns:?}"
            );
            assert_eq!(turns.is_empty(), bends.is_empty() && !matches!(span, Span::Chunked(1)), "{span:?}");
        }
        assert_eq!([0, 3, 12].map(|at| w.turn(Span::Sliding(16), at)), [Some(3), Some(12), None]);
        // Contexts of 3, 12 and 101, of which multiples of 8 come 5, 4 and 3 steps later.
        assert_eq!([0, 3, 4, 5].map(|at| w.turn(Span::Chunked(8), at)), [3, 4, 5, 11].map(Some));
    }

    #[test]
    fn what_is_chosen_is_read_once_and_all_is_kept() {
        let w = Workload::new(&[20, 3, 90], &[2, 1, 40], None).unwrap();
        // Two tokens choose six each of 22; one has four in all; forty times six are more than 130.
        assert_eq!(w.load().visible_context(Span::Chosen(6)), Some(12 + 4 + 130));
        assert_eq!(w.load().kept_context(Span::Chosen(6)), w.load().context_tokens);
        // An eager mask hides what it has computed.
        assert_eq!(w.load().pairs(Pairs::Eager, Span::Chosen(6)), w.load().pairs(Pairs::All, Span::Full));
    }

    #[test]
    fn a_window_past_the_context_is_full_attention() {
        let w = Workload::new(&[5, 100], &[3, 1], None).unwrap();
        for rule in [Pairs::All, Pairs::Causal, Pairs::Eager] {
            assert_eq!(w.load().pairs(rule, Span::Sliding(1000)), w.load().pairs(rule, Span::Full));
        }
        assert_eq!(w.load().visible_context(Span::Sliding(1000)), w.load().context_tokens);
        assert_eq!(w.load().kept_context(Span::Chunked(1000)), w.load().context_tokens);
    }
}
