//! Runs without a planted bug: nothing is broken, and a seed is the same run each time.

use simulator::{Run, run};

fn plain(seed: u64) -> Run {
    Run { seed, planted: None, trace: false }
}

#[test]
fn no_seed_breaks_a_promise() {
    for seed in 0..16 {
        let report = run(plain(seed));
        assert_eq!(report.broken, None, "cargo xtask simulate --seed {seed} --trace");
        assert!(report.steps > 5, "seed {seed} did nothing");
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in 1_004..1_008 {
        let (first, second) = (run(plain(seed)), run(plain(seed)));
        assert_eq!(first.hash, second.hash, "seed {seed}");
        assert_eq!(first.steps, second.steps, "seed {seed}");
    }
}

#[test]
fn another_seed_is_another_run() {
    assert_ne!(run(plain(1)).hash, run(plain(2)).hash);
}
