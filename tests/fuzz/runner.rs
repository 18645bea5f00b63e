//! How many inputs are tried.

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseError, TestRunner};
use std::fmt::Debug;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The variable that names the time, in seconds, for which every test goes on with new inputs.
const SECONDS: &str = "ROOFLINE_FUZZ_SECONDS";
/// Inputs between two looks at the clock.
const ROUND: u32 = 2_000;

/// Tries `check` on `cases` inputs, or on as many as the time allows. An input that fails is made as small
/// as it can be while it still fails, and printed.
pub fn run<S: Strategy>(
    what: &str,
    cases: u32,
    inputs: &S,
    check: impl Fn(S::Value) -> Result<(), TestCaseError>,
) where
    S::Value: Debug,
{
    let Some(time) = time() else {
        return round(cases, 0x00f1_0b5e, inputs, &check);
    };
    let started = Instant::now();
    let mut seed = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_nanos() as u64);
    let mut tried = 0u64;
    while started.elapsed() < time {
        round(ROUND, seed, inputs, &check);
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        tried += u64::from(ROUND);
    }
    println!("{what}: {tried} inputs in {} s", started.elapsed().as_secs());
}

fn time() -> Option<Duration> {
    let seconds = std::env::var(SECONDS).ok()?;
    let seconds =
        seconds.parse().unwrap_or_else(|_| panic!("{SECONDS} must be a whole number, not {seconds:?}"));
    Some(Duration::from_secs(seconds))
}

#[track_caller]
fn round<S: Strategy>(
    cases: u32,
    seed: u64,
    inputs: &S,
    check: &impl Fn(S::Value) -> Result<(), TestCaseError>,
) where
    S::Value: Debug,
{
    let config = ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if let Err(failure) = TestRunner::new(config).run(inputs, check) {
        panic!("{failure}");
    }
}
