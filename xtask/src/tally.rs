//! How many tests ran, read from what libtest prints.

use std::fmt;
use std::ops::AddAssign;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub ignored: u64,
}

impl Tally {
    /// The sum over every `test result: …` line of a run.
    pub fn of(output: &str) -> Self {
        let mut sum = Self::default();
        for line in output.lines() {
            if let Some(counts) = line.trim().strip_prefix("test result: ") {
                sum += Self::of_result(counts);
            }
        }
        sum
    }

    /// `ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`
    fn of_result(counts: &str) -> Self {
        let mut tally = Self::default();
        let (_, counts) = counts.split_once(". ").unwrap_or(("", counts));
        for count in counts.split(';') {
            let mut words = count.split_whitespace();
            let (Some(number), Some(what)) = (words.next(), words.next()) else {
                continue;
            };
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match what {
                "passed" => tally.passed = number,
                "failed" => tally.failed = number,
                "ignored" => tally.ignored = number,
                _ => {}
            }
        }
        tally
    }

    pub fn ran(&self) -> u64 {
        self.passed + self.failed
    }
}

/// What came of a step: its tests, and what it had to leave out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub tally: Tally,
    /// What, and why.
    pub left_out: Vec<String>,
}

impl Outcome {
    /// Counts a test as skipped and keeps the reason for the summary.
    pub fn leave_out(&mut self, what: String) {
        self.tally.ignored += 1;
        self.left_out.push(what);
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(f, ", {} skipped", self.ignored)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "
running 3 tests
test a ... ok
test b ... FAILED
test c ... ignored, slow
test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s

   Doc-tests roofline
running 2 tests
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.20s
";

    #[test]
    fn results_of_all_binaries_are_added() {
        assert_eq!(Tally::of(RUN), Tally { passed: 3, failed: 1, ignored: 1 });
        assert_eq!(Tally::of("error: could not compile"), Tally::default());
    }

    #[test]
    fn a_test_that_prints_the_words_is_not_counted() {
        assert_eq!(Tally::of("it said test result: ok. 9 passed"), Tally::default());
    }

    #[test]
    fn the_closing_line_has_one_form() {
        let clean = Tally { passed: 12, failed: 0, ignored: 0 };
        assert_eq!(clean.to_string(), "12 passed, 0 failed");
        assert_eq!(Tally::of(RUN).to_string(), "3 passed, 1 failed, 1 skipped");
    }
}
