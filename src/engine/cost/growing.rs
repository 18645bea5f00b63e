//! What layers cost while the context grows: a third number that the formulas compute with.

use super::symbols::{CONTEXT, NEW, PAIRS, VISIBLE};
use super::{Context, Cost, attention, latent};
use crate::engine::model::{Layer, Op};
use crate::engine::number::{Number, Ratio, Symbol};
use std::ops::{Add, Mul, Sub};

/// A figure of a decode step as a line: what it is now, and what each token adds that the layer sees more.
///
/// A query's one new token is scored against just what it sees, so pairs and tokens grow alike. `None` where
/// the figure is no line, as where the bytes of one token do not fill groups or bytes, or where it overflows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growing(pub Option<Line>);

/// `base + slope · tokens`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub base: u128,
    pub slope: u128,
}

/// What a layer costs as the context grows from a decode step on; none where it does not depend on it.
pub fn growing(layer: &Layer, context: &Context<'_>) -> Option<Cost<Growing>> {
    let format = layer.quantized.map(|quantized| quantized.format);
    match &layer.op {
        Op::Attention(shape) => Some(attention::attention(shape, context)),
        Op::LatentUp(latent) => Some(latent::up(latent, format, context)),
        Op::LatentAttention(latent) => Some(latent::attention(latent, context)),
        Op::Norm(_)
        | Op::Linear(_)
        | Op::Rope(_)
        | Op::Conv(_)
        | Op::DeltaRule(_)
        | Op::Activation(_)
        | Op::Gate { .. }
        | Op::Combine(_)
        | Op::Residual { .. }
        | Op::Lookup(_) => None,
    }
}

impl Line {
    /// The figure when the layer sees so many tokens more; none on overflow.
    pub fn after(&self, tokens: u128) -> Option<u128> {
        self.base.checked_add(self.slope.checked_mul(tokens)?)
    }
}

impl Growing {
    fn flat(base: u128) -> Self {
        Growing(Some(Line { base, slope: 0 }))
    }

    fn with(self, other: Self, op: impl Fn(Line, Line) -> Option<Line>) -> Self {
        Growing(self.0.zip(other.0).and_then(|(a, b)| op(a, b)))
    }
}

impl Add for Growing {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.with(other, |a, b| {
            Some(Line { base: a.base.checked_add(b.base)?, slope: a.slope.checked_add(b.slope)? })
        })
    }
}

impl Sub for Growing {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.with(other, |a, b| {
            Some(Line { base: a.base.checked_sub(b.base)?, slope: a.slope.checked_sub(b.slope)? })
        })
    }
}

impl Mul for Growing {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        self.with(other, |a, b| {
            // The product of two that grow is no line.
            let (line, factor) = match (a.slope, b.slope) {
                (_, 0) => (a, b.base),
                (0, _) => (b, a.base),
                _ => return None,
            };
            Some(Line { base: line.base.checked_mul(factor)?, slope: line.slope.checked_mul(factor)? })
        })
    }
}

impl Number for Growing {
    fn int(value: u128) -> Self {
        Growing::flat(value)
    }
    fn named(_: Symbol, value: u64) -> Self {
        Growing::flat(value.into())
    }
    fn named_sum(symbol: Symbol, value: Option<u128>) -> Self {
        let slope = match symbol {
            CONTEXT | VISIBLE | PAIRS => 1,
            NEW => 0,
            // What is kept grows otherwise, where a layer has windows.
            _ => return Growing(None),
        };
        Growing(value.map(|base| Line { base, slope }))
    }
    fn scaled(self, _: Symbol, _: Ratio) -> Self {
        // Rounding would bend the line; no formula that grows has fractions.
        Growing(None)
    }
    fn div_ceil(self, divisor: u128) -> Self {
        let whole = self.0.filter(|line| divisor > 0 && line.slope.is_multiple_of(divisor));
        Growing(whole.map(|line| Line { base: line.base.div_ceil(divisor), slope: line.slope / divisor }))
    }
    fn groups_of(self, _: Symbol, size: u64) -> Self {
        self.div_ceil(size.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(base: u128, slope: u128) -> Growing {
        Growing(Some(Line { base, slope }))
    }

    #[test]
    fn a_line_stays_one_or_is_none() {
        let seen = Growing::named_sum(CONTEXT, Some(10));
        // 2·(10 + t) + 3 = 23 + 2·t
        assert_eq!(Growing::int(2) * seen + Growing::int(3), line(23, 2));
        assert_eq!(seen * seen, Growing(None));
        // ⌈(80 + 8·t) / 8⌉ is a line, ⌈(10 + t) / 8⌉ is not.
        assert_eq!((seen * Growing::int(8)).div_ceil(8), line(10, 1));
        assert_eq!((seen * Growing::int(8) + Growing::int(3)).div_ceil(8), line(11, 1));
        assert_eq!(seen.div_ceil(8), Growing(None));
        assert_eq!(Line { base: 23, slope: 2 }.after(5), Some(33));
        assert_eq!(Line { base: 1, slope: u128::MAX }.after(2), None);
    }
}
