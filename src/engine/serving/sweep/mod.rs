//! What if: a deployment with one or more of its figures varied.
//!
//! A [`Sweep`] says what is varied and over which values, [`rows`] lists them, and [`Row::of`] answers for one
//! of them, so that a caller can go through them at its own pace. [`Curve::of`] goes through all at once.

mod case;
mod curve;
mod front;
mod marks;
mod measure;
mod point;
#[cfg(test)]
mod tests;

pub use case::Case;
pub use curve::{Curve, Row};
pub use front::front;
pub use marks::{Change, Mark, between};
pub use measure::Measure;
pub use point::{Held, Point};

use super::parallel::MAX_DEVICES;
use crate::engine::error::Error;
use crate::engine::precision::Overrides;
use crate::engine::workload::{MAX_BATCH, MAX_TOKENS};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;

/// The most settings that sweeps may have together.
pub const MAX_POINTS: usize = 4096;

/// A number that can be varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Queries of the batch; the list of queries is repeated as often.
    Batch,
    /// Tokens that every query has in the cache before the step.
    Context,
    /// Tokens that every query brings.
    Input,
    /// Devices that share every layer, the tensor-parallel degree; the other degrees stay.
    Devices,
}

/// What is varied, and over which values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sweep {
    /// Both ends included.
    Numbers { what: Quantity, from: u64, to: u64, spacing: Spacing },
    /// The formats of the weights, by the words that choose them; `auto` leaves the config's.
    Weights(Vec<String>),
}

/// Which numbers between two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// All powers of two.
    Doubling,
    /// About so many with the same factor between neighbours; fewer where whole numbers coincide.
    Points(u64),
    /// One every so many.
    Every(u64),
}

/// One value of what is varied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    Number(Quantity, u64),
    Weights(String),
}

impl Quantity {
    pub const ALL: [Quantity; 4] = [Quantity::Batch, Quantity::Context, Quantity::Input, Quantity::Devices];

    /// The name it is chosen by, and its column's.
    pub fn id(self) -> &'static str {
        match self {
            Quantity::Batch => "batch",
            Quantity::Context => "context",
            Quantity::Input => "input",
            Quantity::Devices => "devices",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Quantity::Batch => "Batch size",
            Quantity::Context => "Cached tokens",
            Quantity::Input => "Input tokens",
            Quantity::Devices => "Tensor-parallel devices",
        }
    }

    /// The least and the most it can be.
    fn limits(self) -> (u64, u64) {
        match self {
            Quantity::Batch => (1, MAX_BATCH),
            Quantity::Context => (0, MAX_TOKENS),
            Quantity::Input => (1, MAX_TOKENS),
            Quantity::Devices => (1, MAX_DEVICES),
        }
    }
}

impl Sweep {
    /// What [`Sweep::Weights`] is chosen by.
    const WEIGHTS: &'static str = "weights";

    /// Reads `batch=1..512`, `context=0..131072x64`, `input=128..4096+128` or `weights=fp8,q4_k_m`.
    ///
    /// # Errors
    /// [`Error::Sweep`] or, for a format that is not known, [`Error::Precision`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let known = "batch, context, input, devices or weights";
        let (name, values) = text.split_once('=').ok_or_else(|| {
            refusal(format!("{text:?} has no `=`: write {known}, and the values, as in batch=1..512"))
        })?;
        let name = name.trim();
        let sweep = if name == Self::WEIGHTS {
            Sweep::Weights(values.split(',').map(|word| word.trim().to_owned()).collect())
        } else {
            let what = Quantity::ALL.into_iter().find(|quantity| quantity.id() == name);
            let what = what.ok_or_else(|| refusal(format!("{name:?} cannot be swept: use {known}")))?;
            let (from, to, spacing) = range(values).ok_or_else(|| {
                refusal(format!(
                    "{values:?} is no range of numbers: write 1..512 for powers of two, 1..512x64 for 64 points with the same factor between them, 1..512+8 for every eighth"
                ))
            })?;
            Sweep::Numbers { what, from, to, spacing }
        };
        sweep.settings()?;
        Ok(sweep)
    }

    /// The name of what is varied.
    pub fn id(&self) -> &'static str {
        match self {
            Sweep::Numbers { what, .. } => what.id(),
            Sweep::Weights(_) => Self::WEIGHTS,
        }
    }

    /// What is varied, in words.
    pub fn words(&self) -> &'static str {
        match self {
            Sweep::Numbers { what, .. } => what.words(),
            Sweep::Weights(_) => "Format of the weights",
        }
    }

    /// Every value, in order, each once.
    ///
    /// # Errors
    /// [`Error::Sweep`] where the ends make no sense or there are more than [`MAX_POINTS`] values,
    /// [`Error::Precision`] where a format is not known.
    pub fn settings(&self) -> Result<Vec<Setting>, Error> {
        let refuse = |reason: String| Err(refusal(reason));
        match self {
            Sweep::Numbers { what, from, to, spacing } => {
                let (least, most) = what.limits();
                let id = what.id();
                if from > to {
                    return refuse(format!("{id} goes from {from} to {to}: write the smaller one first"));
                }
                if *from < least || *to > most {
                    return refuse(format!("{id} can be {least} to {most}, not {from} to {to}"));
                }
                let numbers = spacing.numbers(*from, *to)?;
                Ok(numbers.into_iter().map(|number| Setting::Number(*what, number)).collect())
            }
            Sweep::Weights(words) => {
                if words.len() > MAX_POINTS {
                    return refuse(format!("more than {MAX_POINTS} formats: use fewer"));
                }
                words
                    .iter()
                    .map(|word| {
                        if word.is_empty() {
                            let reason = "a format is missing: write them as in weights=fp8,q4_k_m";
                            return Err(refusal(reason.to_owned()));
                        }
                        Overrides::parse(Some(word), None, None).map(|_| Setting::Weights(word.clone()))
                    })
                    .collect()
            }
        }
    }
}

/// As [`Sweep::parse`] reads it.
impl fmt::Display for Sweep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sweep::Numbers { what, from, to, spacing } => {
                write!(f, "{}={from}..{to}", what.id())?;
                match spacing {
                    Spacing::Doubling => Ok(()),
                    Spacing::Points(points) => write!(f, "x{points}"),
                    Spacing::Every(step) => write!(f, "+{step}"),
                }
            }
            Sweep::Weights(words) => write!(f, "{}={}", Self::WEIGHTS, words.join(",")),
        }
    }
}

/// `8`, `1..512`, `1..512x64`, `1..512+8`.
fn range(text: &str) -> Option<(u64, u64, Spacing)> {
    let number = |text: &str| text.trim().replace('_', "").parse::<u64>().ok();
    let Some((from, rest)) = text.split_once("..") else {
        let one = number(text)?;
        return Some((one, one, Spacing::Doubling));
    };
    let (to, spacing) = if let Some((to, points)) = rest.split_once('x') {
        (to, Spacing::Points(number(points)?))
    } else if let Some((to, step)) = rest.split_once('+') {
        (to, Spacing::Every(number(step)?))
    } else {
        (rest, Spacing::Doubling)
    };
    Some((number(from)?, number(to)?, spacing))
}

impl Spacing {
    fn numbers(self, from: u64, to: u64) -> Result<Vec<u64>, Error> {
        let too_many = || Err(refusal(format!("more than {MAX_POINTS} points: use fewer")));
        let most = MAX_POINTS as u64;
        let mut numbers = match self {
            Spacing::Doubling => {
                (0..u64::BITS).map(|power| 1 << power).filter(|number| (from..=to).contains(number)).collect()
            }
            Spacing::Points(0 | 1) | Spacing::Every(0) => {
                return Err(refusal("a range needs at least 2 points, at least 1 apart".to_owned()));
            }
            Spacing::Points(points) if points > most => return too_many(),
            Spacing::Points(points) => {
                // Zero has no factor; it stands before the others.
                let (low, gaps) = (from.max(1) as f64, (points - 1) as f64);
                let factor = (to.max(1) as f64 / low).ln();
                let number = |at: u64| (low * (factor * at as f64 / gaps).exp()).round() as u64;
                (0..points).map(|at| number(at).clamp(from, to)).collect()
            }
            Spacing::Every(step) if (to - from) / step + 2 > most => return too_many(),
            Spacing::Every(step) => (0..=(to - from) / step).map(|at| from + at * step).collect::<Vec<_>>(),
        };
        numbers.extend([from, to]);
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }
}

impl Setting {
    /// The name of what is set.
    pub fn id(&self) -> &'static str {
        match self {
            Setting::Number(what, _) => what.id(),
            Setting::Weights(_) => Sweep::WEIGHTS,
        }
    }
}

/// The value alone.
impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Setting::Number(_, number) => write!(f, "{number}"),
            Setting::Weights(word) => f.write_str(word),
        }
    }
}

/// Reads sweeps between spaces or slashes, as [`write()`] joins them. A text without any is none.
///
/// # Errors
/// As [`Sweep::parse`] and [`rows`].
pub fn read(text: &str) -> Result<Vec<Sweep>, Error> {
    let words = text.split(|c: char| c.is_whitespace() || c == '/').filter(|word| !word.is_empty());
    let sweeps = words.map(Sweep::parse).collect::<Result<Vec<_>, _>>()?;
    rows(&sweeps)?;
    Ok(sweeps)
}

/// Some sweeps as [`read`] reads them.
pub fn write(sweeps: &[Sweep], separator: &str) -> String {
    sweeps.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
}

/// Every combination of the values of some sweeps: those of the first change fastest.
///
/// # Errors
/// As [`Sweep::settings`], and where two vary the same or all together have more than [`MAX_POINTS`].
pub fn rows(sweeps: &[Sweep]) -> Result<Vec<Vec<Setting>>, Error> {
    let mut rows = vec![Vec::new()];
    for (at, sweep) in sweeps.iter().enumerate() {
        if sweeps[..at].iter().any(|other| other.id() == sweep.id()) {
            return Err(refusal(format!("{} is swept twice: give it one range", sweep.id())));
        }
        let settings = sweep.settings()?;
        if rows.len() * settings.len() > MAX_POINTS {
            return Err(refusal(format!(
                "the sweeps have more than {MAX_POINTS} points together: use fewer"
            )));
        }
        let longer = |setting: &Setting| {
            let setting = setting.clone();
            rows.iter()
                .map(move |row: &Vec<Setting>| [row.as_slice(), std::slice::from_ref(&setting)].concat())
        };
        rows = settings.iter().flat_map(longer).collect();
    }
    Ok(rows)
}

fn refusal(reason: String) -> Error {
    Error::Sweep { reason }
}

/// Settings as a map from what is set to its value.
fn as_map<S: Serializer>(settings: &[Setting], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(settings.len()))?;
    for setting in settings {
        match setting {
            Setting::Number(what, number) => map.serialize_entry(what.id(), number)?,
            Setting::Weights(word) => map.serialize_entry(Sweep::WEIGHTS, word)?,
        }
    }
    map.end()
}

/// As it is written.
impl Serialize for Sweep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
