//! The cost of quiet hours: where a number is, whether it is time there, and when it will be.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use si_channel_core::address::Address;
use si_channel_core::hours::{HoursProfile, Verdict, decide, located};
use si_channel_core::place::{Whereabouts, issued};
use si_channel_core::policy::Policy;

fn hours(criterion: &mut Criterion) {
    let policy = Policy::default();
    let noon: Timestamp = "2026-11-20T17:00:00Z".parse().expect("a time");
    let night: Timestamp = "2026-11-21T04:00:00Z".parse().expect("a time");
    let mut group = criterion.benchmark_group("hours");
    // One zone, two zones and a state, all 42 zones of a toll-free number.
    for (name, number) in
        [("one_zone", "+12125550100"), ("two_zones", "+16055550100"), ("toll_free", "+18005550100")]
    {
        let address: Address = number.parse().expect("a number");
        group.bench_function(format!("place/{name}"), |bencher| bencher.iter(|| issued(black_box(&address))));
        let people = [located(&address, &Whereabouts::default(), &policy)];
        for (time, now) in [("by_day", noon), ("by_night", night)] {
            let rules = &policy.rules;
            let verdict = decide(now, &people, HoursProfile::ByPlace, rules);
            assert!(name == "toll_free" || (verdict == Verdict::Open) == (time == "by_day"));
            group.bench_function(format!("decide/{name}/{time}"), |bencher| {
                bencher.iter(|| decide(black_box(now), &people, HoursProfile::ByPlace, rules));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, hours);
criterion_main!(benches);
