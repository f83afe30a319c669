//! Bugs planted on purpose are seen.

use simulator::planted::Planted;
use simulator::{Run, run};

/// So many seeds each may take.
const SEEDS: u64 = 400;

#[test]
fn every_planted_bug_is_found() {
    let missed: Vec<&str> = Planted::ALL
        .iter()
        .filter(|bug| {
            let broken = |seed| run(Run { seed, planted: Some(**bug), trace: false }).broken.is_some();
            !(0..SEEDS).any(broken)
        })
        .map(|bug| bug.name())
        .collect();
    assert_eq!(missed, Vec::<&str>::new());
}
