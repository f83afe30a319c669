//! What a check found, and the table at the end.

use std::sync::Mutex;
use std::time::Duration;

/// What failed, by name, to be said once more at the end, where long output is read first.
static FAILURES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Remembers what failed for the last lines.
pub(crate) fn remember_failure(what: &str) {
    FAILURES.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(what.to_owned());
}

/// Says what failed, now and in the last lines.
pub(crate) fn failed(what: &str) {
    println!("FAILED {what}");
    remember_failure(what);
}

/// Says how one case went.
pub(crate) fn case(holds: bool, what: &str) -> Tally {
    if holds {
        println!("ok     {what}");
    } else {
        failed(what);
    }
    Tally::one(holds)
}

/// Counts of one part; what did not pass failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// One case.
    pub(crate) fn one(holds: bool) -> Self {
        Self { passed: u64::from(holds), failed: u64::from(!holds) }
    }

    /// Nothing failed. A part that checked nothing is not clean.
    pub(crate) fn is_clean(self) -> bool {
        self.failed == 0 && self.passed > 0
    }

    /// The same, with a failure where a program said that it failed but counted none.
    pub(crate) fn or_failed(self, succeeded: bool) -> Self {
        let silent = self.failed == 0 && (!succeeded || self.passed == 0);
        Self { failed: self.failed + u64::from(silent), ..self }
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) tally: Tally,
    pub(crate) took: Duration,
}

/// Prints the table, the names of failed tests, and as the last line the sum; returns the sum.
pub(crate) fn print(rows: &[Row]) -> Tally {
    let mut sum = Tally::default();
    println!("\n{:<22} {:>8} {:>8} {:>9}", "part", "passed", "failed", "seconds");
    for row in rows {
        println!(
            "{:<22} {:>8} {:>8} {:>9.1}",
            row.name,
            row.tally.passed,
            row.tally.failed,
            row.took.as_secs_f64()
        );
        sum += row.tally;
    }
    for name in FAILURES.lock().unwrap_or_else(std::sync::PoisonError::into_inner).drain(..) {
        println!("FAILED {name}");
    }
    println!("\n{sum}");
    sum
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn a_program_that_fails_without_counting_is_one_failure() {
        let nothing = Tally::default();
        assert_eq!(nothing.or_failed(false).failed, 1);
        assert_eq!(nothing.or_failed(true).failed, 1, "a part that checked nothing did not pass");
        assert_eq!(Tally { passed: 3, failed: 0 }.or_failed(false).failed, 1);
        assert_eq!(Tally { passed: 3, failed: 2 }.or_failed(false).failed, 2);
        assert_eq!(Tally { passed: 3, failed: 0 }.or_failed(true).failed, 0);
    }
}
