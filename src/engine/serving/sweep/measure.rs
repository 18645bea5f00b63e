//! What a curve is drawn of.

use super::Point;
use crate::engine::serving::Range;

/// A figure of a point, in the unit it is drawn in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Measure {
    #[default]
    Time,
    First,
    Rate,
    Intensity,
    Memory,
    /// Throughput of a device against the time per output token.
    Tradeoff,
}

impl Measure {
    pub const ALL: [Measure; 6] = [
        Measure::Time,
        Measure::First,
        Measure::Rate,
        Measure::Intensity,
        Measure::Memory,
        Measure::Tradeoff,
    ];

    /// The word that chooses it.
    pub fn id(self) -> &'static str {
        match self {
            Measure::Time => "time",
            Measure::First => "first",
            Measure::Rate => "rate",
            Measure::Intensity => "intensity",
            Measure::Memory => "memory",
            Measure::Tradeoff => "tradeoff",
        }
    }

    /// The measure that a word chooses.
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.id() == id)
    }

    pub fn words(self) -> &'static str {
        match self {
            Measure::Time => "Time per token",
            Measure::First => "First token",
            Measure::Rate => "Throughput",
            Measure::Intensity => "Intensity",
            Measure::Memory => "Memory",
            Measure::Tradeoff => "Trade-off",
        }
    }

    /// What stands beside its axis.
    pub fn axis(self) -> &'static str {
        match self {
            Measure::Time => "Time per output token (ms)",
            Measure::First => "Time to first token (ms)",
            Measure::Rate => "New tokens per second, at most",
            Measure::Intensity => "Intensity of the step (FLOP/B)",
            Measure::Memory => "Needed on a device (GiB)",
            Measure::Tradeoff => "New tokens per second and device, at most",
        }
    }

    /// The figure at its best, and without overlap where that is another; none where it does not fit, or
    /// where there is no such figure.
    pub fn of(self, point: &Point) -> Option<(f64, Option<f64>)> {
        let ms = |range: Range| (range.ideal.0 * 1e3, Some(range.no_overlap.0 * 1e3));
        match self {
            Measure::Time => point.generation?.time_per_output_token.map(ms),
            Measure::First => point.generation.map(|all| ms(all.time_to_first_token)),
            Measure::Rate => {
                point.generation?.tokens_per_second.map(|rates| (rates.ideal, Some(rates.no_overlap)))
            }
            Measure::Intensity => point.intensity.map(|intensity| (intensity.0, None)),
            Measure::Memory => Some((point.memory.needed.0 as f64 / 1_073_741_824.0, None)),
            Measure::Tradeoff => {
                point.generation?.tokens_per_second_per_device.map(|rates| (rates.ideal, None))
            }
        }
    }
}
