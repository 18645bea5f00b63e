//! The two numbers a cost formula can compute with.
//!
//! Cost functions are written once, generic over [`Number`]. With [`Count`] they yield exact integers,
//! with [`Formula`] the same expression as something a person can read, so a number and its explanation
//! cannot drift apart.

mod line;

pub use line::Line;

use std::ops::{Add, Mul, Sub};
use std::rc::Rc;

/// A named operand of a formula: `d`, "hidden size".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// The letter it has in a formula.
    pub text: &'static str,
    /// What the letter stands for, with its unit where it has one.
    pub meaning: &'static str,
}

/// A fraction with a fixed point, in units of 2⁻³², so that every machine gets the same figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio(pub u64);

impl Ratio {
    /// The nearest fraction to a number from 0 to 2³²; outside of that the nearer end.
    pub fn new(value: f64) -> Self {
        Ratio((value * f64::from(Self::BITS).exp2()).round() as u64)
    }

    /// The fraction as a number.
    pub fn value(self) -> f64 {
        self.0 as f64 / f64::from(Self::BITS).exp2()
    }

    const BITS: u32 = 32;
}

/// What a cost formula computes with.
pub trait Number: Clone + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// A constant of the formula.
    fn int(value: u128) -> Self;
    /// An operand with a name.
    fn named(symbol: Symbol, value: u64) -> Self;
    /// An operand with a name, for sums that outgrow 64 bits. `None` is an overflow.
    fn named_sum(symbol: Symbol, value: Option<u128>) -> Self;
    /// The product with a named fraction, rounded down.
    fn scaled(self, symbol: Symbol, by: Ratio) -> Self;
    /// Division that rounds up. The divisor is a constant above zero.
    fn div_ceil(self, divisor: u128) -> Self;
    /// How many groups of a named size it fills, the last one perhaps not wholly. The size is above zero.
    fn groups_of(self, symbol: Symbol, size: u64) -> Self;
}

/// An exact integer, or an overflow once any step outgrew 128 bits or fell below zero.
///
/// The largest number there is stands for the overflow: sums stay there by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count(u128);

impl Count {
    pub const ZERO: Self = Count(0);
    const OVERFLOW: Self = Count(u128::MAX);

    /// The integer; none after an overflow.
    pub fn get(self) -> Option<u128> {
        (self != Self::OVERFLOW).then_some(self.0)
    }

    fn and_then(self, op: impl FnOnce(u128) -> Option<u128>) -> Self {
        self.get().and_then(op).into()
    }
}

impl From<Option<u128>> for Count {
    fn from(value: Option<u128>) -> Self {
        value.map_or(Self::OVERFLOW, Count)
    }
}

impl Add for Count {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Count(self.0.saturating_add(other.0))
    }
}

impl Sub for Count {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        // Less than any overflow is none, so an overflow is never taken away from a number.
        self.and_then(|n| n.checked_sub(other.0))
    }
}

impl Mul for Count {
    type Output = Self;
    // Once for the page: spelled out at every product it is 6 kB.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn mul(self, other: Self) -> Self {
        match (u64::try_from(self.0), u64::try_from(other.0)) {
            // Nearly always, and far quicker. Wasm has products of 64 bits alone: as many bits as both have
            // together are enough for theirs.
            (Ok(a), Ok(b)) if cfg!(target_arch = "wasm32") && a.leading_zeros() + b.leading_zeros() >= 64 => {
                Count((a * b).into())
            }
            // What 64 bits hold cannot outgrow 128.
            (Ok(a), Ok(b)) => Count(u128::from(a) * u128::from(b)),
            _ => self.and_then(|n| other.get().and_then(|other| n.checked_mul(other))),
        }
    }
}

impl Number for Count {
    fn int(value: u128) -> Self {
        Count(value)
    }
    fn named(_: Symbol, value: u64) -> Self {
        Count(value.into())
    }
    fn named_sum(_: Symbol, value: Option<u128>) -> Self {
        value.into()
    }
    fn scaled(self, _: Symbol, by: Ratio) -> Self {
        (self * Count(by.0.into())).and_then(|n| Some(n >> Ratio::BITS))
    }
    fn div_ceil(self, divisor: u128) -> Self {
        self.and_then(|n| (divisor > 0).then(|| n.div_ceil(divisor)))
    }
    fn groups_of(self, _: Symbol, size: u64) -> Self {
        self.div_ceil(size.into())
    }
}

/// An expression that can be shown with its names or with its numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula(Rc<Node>);

#[derive(Debug, PartialEq)]
enum Node {
    Int(u128),
    Named(Symbol, Option<u128>),
    Add(Formula, Formula),
    Sub(Formula, Formula),
    Mul(Formula, Formula),
    Scaled(Formula, Symbol, Ratio),
    DivCeil(Formula, Formula),
}

/// The value of an operand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// An integer; none on overflow.
    Whole(Option<u128>),
    Fraction(f64),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Whole(Some(n)) => f.write_str(&super::quantity::grouped(*n)),
            Value::Whole(None) => f.write_str("overflow"),
            Value::Fraction(x) => write!(f, "{x:.3}"),
        }
    }
}

/// How tightly a node binds; a weaker child gets brackets.
const SUM: u8 = 1;
const PRODUCT: u8 = 2;
const ATOM: u8 = 3;

impl Formula {
    fn new(node: Node) -> Self {
        Formula(Rc::new(node))
    }

    /// The formula with the names of its operands: `N · (4 · d + 2)`.
    pub fn names(&self) -> String {
        self.render(&|symbol, _| symbol.text.to_owned())
    }

    /// The formula with this model's numbers: `1 · (4 · 4,096 + 2)`.
    pub fn numbers(&self) -> String {
        self.render(&|_, value| value.to_string())
    }

    /// The result, computed from the expression itself.
    pub fn value(&self) -> Option<u128> {
        match &*self.0 {
            Node::Int(n) => Some(*n),
            Node::Named(_, n) => *n,
            Node::Add(a, b) => a.value()?.checked_add(b.value()?),
            Node::Sub(a, b) => a.value()?.checked_sub(b.value()?),
            Node::Mul(a, b) => a.value()?.checked_mul(b.value()?),
            Node::Scaled(a, symbol, by) => Count::from(a.value()).scaled(*symbol, *by).get(),
            Node::DivCeil(a, by) => Count::from(a.value()).div_ceil(by.value()?).get(),
        }
    }

    /// The operands in the order they appear, each once.
    pub fn operands(&self) -> Vec<(Symbol, Value)> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect(&self, found: &mut Vec<(Symbol, Value)>) {
        let add = |found: &mut Vec<(Symbol, Value)>, symbol: Symbol, value| {
            if !found.iter().any(|(known, _)| *known == symbol) {
                found.push((symbol, value));
            }
        };
        match &*self.0 {
            Node::Int(_) => {}
            Node::Named(symbol, value) => add(found, *symbol, Value::Whole(*value)),
            Node::Scaled(a, symbol, by) => {
                a.collect(found);
                add(found, *symbol, Value::Fraction(by.value()));
            }
            Node::Add(a, b) | Node::Sub(a, b) | Node::Mul(a, b) | Node::DivCeil(a, b) => {
                a.collect(found);
                b.collect(found);
            }
        }
    }

    fn binding(&self) -> u8 {
        match &*self.0 {
            Node::Int(_) | Node::Named(..) | Node::DivCeil(..) => ATOM,
            Node::Mul(..) | Node::Scaled(..) => PRODUCT,
            Node::Add(..) | Node::Sub(..) => SUM,
        }
    }

    fn render(&self, operand: &dyn Fn(Symbol, Value) -> String) -> String {
        let child = |node: &Formula, at_least: u8| {
            let text = node.render(operand);
            if node.binding() < at_least { format!("({text})") } else { text }
        };
        match &*self.0 {
            Node::Int(n) => super::quantity::grouped(*n),
            Node::Named(symbol, value) => operand(*symbol, Value::Whole(*value)),
            Node::Add(a, b) => format!("{} + {}", child(a, SUM), child(b, SUM)),
            Node::Sub(a, b) => format!("{} − {}", child(a, SUM), child(b, PRODUCT)),
            Node::Mul(a, b) => format!("{} · {}", child(a, PRODUCT), child(b, PRODUCT)),
            Node::Scaled(a, symbol, by) => {
                format!("{} · {}", child(a, PRODUCT), operand(*symbol, Value::Fraction(by.value())))
            }
            Node::DivCeil(a, by) => format!("⌈{} / {}⌉", child(a, PRODUCT), child(by, ATOM)),
        }
    }

    fn is(&self, value: u128) -> bool {
        matches!(&*self.0, Node::Int(n) if *n == value)
    }
}

impl Add for Formula {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        match (self.is(0), other.is(0)) {
            (true, _) => other,
            (_, true) => self,
            _ => Formula::new(Node::Add(self, other)),
        }
    }
}

impl Sub for Formula {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        if other.is(0) { self } else { Formula::new(Node::Sub(self, other)) }
    }
}

impl Mul for Formula {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        match (self.is(0) || other.is(0), self.is(1), other.is(1)) {
            (true, ..) => Formula::int(0),
            (_, true, _) => other,
            (_, _, true) => self,
            _ => Formula::new(Node::Mul(self, other)),
        }
    }
}

impl Number for Formula {
    fn int(value: u128) -> Self {
        Formula::new(Node::Int(value))
    }
    fn named(symbol: Symbol, value: u64) -> Self {
        Formula::new(Node::Named(symbol, Some(value.into())))
    }
    fn named_sum(symbol: Symbol, value: Option<u128>) -> Self {
        Formula::new(Node::Named(symbol, value))
    }
    fn scaled(self, symbol: Symbol, by: Ratio) -> Self {
        Formula::new(Node::Scaled(self, symbol, by))
    }
    fn div_ceil(self, divisor: u128) -> Self {
        if divisor == 1 { self } else { Formula::new(Node::DivCeil(self, Formula::int(divisor))) }
    }
    fn groups_of(self, symbol: Symbol, size: u64) -> Self {
        Formula::new(Node::DivCeil(self, Formula::named(symbol, size)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const D: Symbol = Symbol { text: "d", meaning: "hidden size" };
    const N: Symbol = Symbol { text: "N", meaning: "new tokens" };

    fn expression<T: Number>() -> T {
        T::named(N, 3) * (T::int(4) * T::named(D, 4096) + T::int(2)) - (T::named(D, 4096) - T::int(1))
    }

    #[test]
    fn one_expression_gives_the_number_and_its_words() {
        // 3 · (4 · 4096 + 2) − (4096 − 1) = 3 · 16386 − 4095 = 49158 − 4095
        assert_eq!(expression::<Count>(), Count::int(45_063));
        let formula = expression::<Formula>();
        assert_eq!(formula.value(), Some(45_063));
        assert_eq!(formula.names(), "N · (4 · d + 2) − (d − 1)");
        assert_eq!(formula.numbers(), "3 · (4 · 4,096 + 2) − (4,096 − 1)");
        assert_eq!(formula.operands(), [(N, Value::Whole(Some(3))), (D, Value::Whole(Some(4096)))]);
    }

    #[test]
    fn an_overflow_is_never_a_number() {
        let (zero, one, big) = (Count::ZERO, Count::int(1), Count::int(u128::MAX - 1));
        assert_eq!((big.get(), (big + one).get()), (Some(u128::MAX - 1), None));
        assert_eq!((one - Count::int(2)).get(), None);
        let over = big * Count::int(2);
        let named: Count = Number::named_sum(D, None);
        for next in [named, over, over + zero, over - zero, over * zero, zero * over, over - over, big - over]
        {
            assert_eq!(next.get(), None);
        }
        for next in [
            over.div_ceil(2),
            one.div_ceil(0),
            over.scaled(N, Ratio::new(0.5)),
            big.scaled(N, Ratio::new(2.0)),
        ] {
            assert_eq!(next.get(), None);
        }
        // At both sides of what is multiplied the quick way.
        let edge = u128::from(u64::MAX);
        assert_eq!(Count::int(edge) * Count::int(edge), Count::int(u128::MAX - 2 * edge));
        assert_eq!(Count::int(edge + 1) * Count::int(edge), Count::int((edge + 1) * edge));
        assert_eq!(Count::int(edge + 1) * Count::int(edge + 1), Count::OVERFLOW);
        assert_eq!(Formula::named_sum(D, None).value(), None);
    }

    #[test]
    fn fractions_are_the_same_everywhere() {
        let half = Ratio::new(2.5);
        assert_eq!(half.value(), 2.5);
        // ⌊7 · 2.5⌋
        assert_eq!(Count::int(7).scaled(N, half), Count::int(17));
        let formula = Formula::named(D, 7).scaled(N, half);
        assert_eq!((formula.value(), formula.numbers().as_str()), (Some(17), "7 · 2.500"));
    }

    #[test]
    fn neutral_operands_do_not_show() {
        let d = Formula::named(D, 8);
        assert_eq!((Formula::int(0) + d.clone() * Formula::int(1) - Formula::int(0)).names(), "d");
        assert_eq!((d.clone() * Formula::int(0)).names(), "0");
        assert_eq!((d * Formula::int(4)).div_ceil(8).names(), "⌈d · 4 / 8⌉");
    }
}
