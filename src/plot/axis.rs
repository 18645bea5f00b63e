//! Logarithmic axes: range, ticks, their labels.

use crate::engine::quantity::grouped;

/// A logarithmic axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    pub low: f64,
    pub high: f64,
}

impl Axis {
    /// The range rounded outwards to 1, 2 or 5 times a power of ten.
    pub fn around(low: f64, high: f64) -> Self {
        let steps = |value: f64| {
            let value = if value.is_finite() { value.clamp(1e-30, 1e30) } else { 1.0 };
            let decade = value.log10().floor() as i32;
            (decade - 1..=decade + 1)
                .flat_map(|d| [1.0, 2.0, 5.0].map(|step| step * 10f64.powi(d)))
                .map(move |step| (step, step / value))
        };
        // A billionth of slack keeps a value that is a step itself where it is.
        let below = steps(low).filter(|(_, ratio)| *ratio <= 1.0 + 1e-9).map(|(step, _)| step).next_back();
        let above = steps(high).find(|(_, ratio)| *ratio >= 1.0 - 1e-9).map(|(step, _)| step);
        Axis { low: below.unwrap_or(1.0), high: above.unwrap_or(10.0) }
    }

    /// The place of a value between 0 (low) and 1 (high); what lies outside is moved to the nearer end.
    pub fn place(&self, value: f64) -> f64 {
        let place = (value.ln() - self.low.ln()) / (self.high.ln() - self.low.ln());
        if place.is_nan() { 0.0 } else { place.clamp(0.0, 1.0) }
    }

    /// Round numbers in the range, at most `most` of them: 1, 2 and 5 times each power of ten on a
    /// short axis with room for them, else powers of ten, thinned out evenly.
    pub fn ticks(&self, most: usize) -> Vec<f64> {
        let first = (self.low.log10() - 1e-9).ceil() as i32;
        let last = (self.high.log10() + 1e-9).floor() as i32;
        let within = |tick: &f64| *tick >= self.low * (1.0 - 1e-9) && *tick <= self.high * (1.0 + 1e-9);
        let steps = (first - 1..=last).flat_map(|d| [1.0, 2.0, 5.0].map(|step| step * 10f64.powi(d)));
        let fine: Vec<f64> = steps.filter(within).collect();
        if fine.len() <= most && self.high / self.low < 1000.0 {
            return fine;
        }
        let decades = (last - first + 1).max(1) as usize;
        let step = decades.div_ceil(most.max(1));
        // Thinned ticks are multiples of the step, so that they stay put while the range moves.
        let picked = |exponent: &i32| exponent.rem_euclid(step as i32) == 0;
        (first..=last).filter(picked).map(|exponent| 10f64.powi(exponent)).collect()
    }
}

/// One, two or five times a power of ten with an SI prefix: `100 G`, `0.02`, `5 k`; far below one as `1e-6`.
pub fn tick_label(value: f64) -> String {
    const PREFIXES: [&str; 11] = ["", " k", " M", " G", " T", " P", " E", " Z", " Y", " R", " Q"];
    let exponent = (value.log10() + 1e-9).floor() as i32;
    let digit = (value / 10f64.powi(exponent)).round();
    match exponent {
        -3..=-1 => format!("{value:.0$}", exponent.unsigned_abs() as usize),
        0..=32 => {
            let number = digit as u128 * 10u128.pow(exponent.rem_euclid(3) as u32);
            format!("{}{}", grouped(number), PREFIXES[exponent.div_euclid(3) as usize])
        }
        _ => format!("{value:e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_round_outwards() {
        for (low, high, rounded) in [
            (1.0, 10.0, (1.0, 10.0)),
            (0.13, 1180.0, (0.1, 2000.0)),
            (4.9, 5.1, (2.0, 10.0)),
            (1e-7, 1e7, (1e-7, 1e7)),
            (0.0, f64::NAN, (1e-30, 1.0)),
        ] {
            let axis = Axis::around(low, high);
            assert!((axis.low / rounded.0 - 1.0).abs() < 1e-9, "{axis:?}");
            assert!((axis.high / rounded.1 - 1.0).abs() < 1e-9, "{axis:?}");
        }
    }

    #[test]
    fn ticks_are_round_numbers_within() {
        for (low, high, most, ticks) in [
            (0.1, 1000.0, 9, &[0.1, 1.0, 10.0, 100.0, 1000.0][..]),
            (0.2, 500.0, 9, &[1.0, 10.0, 100.0]),
            (0.1, 1000.0, 3, &[1.0, 100.0]),
            (2.0, 5.0, 4, &[2.0, 5.0]),
            (0.5, 10.0, 5, &[0.5, 1.0, 2.0, 5.0, 10.0]),
        ] {
            let found = Axis { low, high }.ticks(most);
            assert_eq!(found.len(), ticks.len(), "{found:?}");
            assert!(found.iter().zip(ticks).all(|(a, b)| (a / b - 1.0).abs() < 1e-9), "{found:?}");
        }
    }

    #[test]
    fn labels_carry_prefixes() {
        for (value, label) in [
            (1e-6, "1e-6"),
            (0.001, "0.001"),
            (0.1, "0.1"),
            (0.02, "0.02"),
            (5.0, "5"),
            (2e5, "200 k"),
            (1.0, "1"),
            (100.0, "100"),
            (1e3, "1 k"),
            (1e11, "100 G"),
            (1e15, "1 P"),
            (1e24, "1 Y"),
        ] {
            assert_eq!(tick_label(value), label);
        }
    }

    #[test]
    fn places_stay_within() {
        let axis = Axis { low: 1.0, high: 100.0 };
        for (value, place) in [(1.0, 0.0), (10.0, 0.5), (100.0, 1.0), (1e9, 1.0), (0.0, 0.0), (f64::NAN, 0.0)]
        {
            assert!((axis.place(value) - place).abs() < 1e-12);
        }
    }
}
