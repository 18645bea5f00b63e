//! How a figure grows, read off its formula.

use super::{Formula, Node, Symbol};

/// `base + slope · n`, in whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is now.
    pub base: u128,
    /// What it gains whenever the operands that grow gain one.
    pub slope: u128,
}

impl Line {
    /// What it is when the operands that grow have gained so much; none on overflow.
    pub fn after(&self, gained: u128) -> Option<u128> {
        self.base.checked_add(self.slope.checked_mul(gained)?)
    }

    fn add(self, other: Self) -> Option<Self> {
        Some(Line { base: self.base.checked_add(other.base)?, slope: self.slope.checked_add(other.slope)? })
    }

    fn sub(self, other: Self) -> Option<Self> {
        Some(Line { base: self.base.checked_sub(other.base)?, slope: self.slope.checked_sub(other.slope)? })
    }

    fn times(self, factor: u128) -> Option<Self> {
        Some(Line { base: self.base.checked_mul(factor)?, slope: self.slope.checked_mul(factor)? })
    }
}

impl Formula {
    /// The figure as a line, where some of its operands grow alike. `slope` says what an operand gains, and is
    /// none for one that grows otherwise.
    ///
    /// None where the figure is no line, as where a part is divided that does not gain whole multiples of the
    /// divisor, and where it overflows.
    pub fn line(&self, slope: fn(Symbol) -> Option<u128>) -> Option<Line> {
        let flat = |base: u128| Line { base, slope: 0 };
        match &*self.0 {
            Node::Int(n) => Some(flat(*n)),
            Node::Named(symbol, n) => Some(Line { base: (*n)?, slope: slope(*symbol)? }),
            Node::Add(a, b) => a.line(slope)?.add(b.line(slope)?),
            Node::Sub(a, b) => a.line(slope)?.sub(b.line(slope)?),
            Node::Mul(a, b) => match (a.line(slope)?, b.line(slope)?) {
                (line, Line { base: factor, slope: 0 }) | (Line { base: factor, slope: 0 }, line) => {
                    line.times(factor)
                }
                // The product of two that grow is no line.
                _ => None,
            },
            Node::Scaled(a, ..) => {
                // Rounding would bend it.
                let line = a.line(slope)?;
                if line.slope == 0 { self.value().map(flat) } else { None }
            }
            Node::DivCeil(a, by) => {
                let (line, by) = (a.line(slope)?, by.value().filter(|by| *by > 0)?);
                let whole = line.slope.is_multiple_of(by);
                whole.then(|| Line { base: line.base.div_ceil(by), slope: line.slope / by })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Number;
    use super::*;

    const TOKENS: Symbol = Symbol { text: "T", meaning: "tokens, which grow" };
    const KEPT: Symbol = Symbol { text: "K", meaning: "what grows otherwise" };

    fn slope(symbol: Symbol) -> Option<u128> {
        match symbol {
            TOKENS => Some(1),
            KEPT => None,
            _ => Some(0),
        }
    }

    #[test]
    fn a_line_stays_one_or_is_none() {
        let int = |n| Formula::int(n);
        let seen = || Formula::named_sum(TOKENS, Some(10));
        let line = |formula: Formula| formula.line(slope).map(|line| (line.base, line.slope));
        // 2·(10 + n) + 3 = 23 + 2·n
        assert_eq!(line(int(2) * seen() + int(3)), Some((23, 2)));
        assert_eq!(line(seen() * int(3) - seen()), Some((20, 2)));
        assert_eq!(line(seen() * seen()), None);
        // ⌈(83 + 8·n) / 8⌉ is a line, ⌈(10 + n) / 8⌉ is not.
        assert_eq!(line((seen() * int(8) + int(3)).div_ceil(8)), Some((11, 1)));
        assert_eq!(line(seen().div_ceil(8)), None);
        assert_eq!(line(Formula::named_sum(KEPT, Some(1))), None);
        assert_eq!(line(Formula::named_sum(TOKENS, None)), None);
        assert_eq!(Line { base: 23, slope: 2 }.after(5), Some(33));
        assert_eq!(Line { base: 1, slope: u128::MAX }.after(2), None);
    }
}
