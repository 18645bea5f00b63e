//! Medians of repeated timings.
//!
//! Written here rather than taken from a library: divan and criterion print reports of their own, and what is
//! wanted is one figure beside those of the browser. A median of some dozen samples says as much as their
//! statistics about whether a target is met.

use std::time::{Duration, Instant};

/// A sample lasts at least this long, so that the clock's grain does not show.
const SAMPLE: Duration = Duration::from_millis(4);
/// How long all samples of one piece of work may take.
const PATIENCE: Duration = Duration::from_millis(1500);
const FEWEST: usize = 5;
const MOST: usize = 101;

/// Seconds for one round, sample by sample.
pub fn time(mut work: impl FnMut()) -> Vec<f64> {
    let mut rounds = 1u32;
    loop {
        let took = once(&mut work, rounds);
        if took >= SAMPLE || rounds > u32::MAX / 2 {
            break;
        }
        rounds *= 2;
    }
    let started = Instant::now();
    let mut samples = Vec::new();
    while samples.len() < FEWEST || (samples.len() < MOST && started.elapsed() < PATIENCE) {
        samples.push(once(&mut work, rounds).as_secs_f64() / f64::from(rounds));
    }
    samples
}

fn once(work: &mut impl FnMut(), rounds: u32) -> Duration {
    let started = Instant::now();
    for _ in 0..rounds {
        work();
    }
    started.elapsed()
}

/// The value that so large a part of the samples does not exceed; not a number where there are none.
pub fn quantile(samples: &[f64], part: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1) as f64;
    sorted.get((part * last).round() as usize).copied().unwrap_or(f64::NAN)
}

pub fn median(samples: &[f64]) -> f64 {
    quantile(samples, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_samples() {
        let samples = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!([0.0, 0.5, 0.95, 1.0].map(|part| quantile(&samples, part)), [1.0, 3.0, 5.0, 5.0]);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn one_round_is_timed_however_short() {
        let samples = time(|| std::thread::sleep(Duration::from_micros(500)));
        assert!(samples.len() >= FEWEST);
        let middle = median(&samples);
        assert!((0.0005..0.05).contains(&middle), "{middle} s");
    }
}
