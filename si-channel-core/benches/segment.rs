//! Throughput of segment counting, cutting and splitting.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use si_channel_core::segment::split::{SplitPolicy, split};
use si_channel_core::segment::{count, parts, smart};

fn texts() -> [(&'static str, String); 5] {
    let plain = "The quick brown fox jumps over the lazy dog. ";
    [
        ("ascii_160", plain.repeat(4)[..160].to_owned()),
        ("ascii_1600", plain.repeat(36)[..1600].to_owned()),
        ("gsm_1600", "Øl og smørrebrød [5 €]. ".repeat(67)),
        ("cyrillic_1600", "Съешь ещё этих мягких булок. ".repeat(56)),
        ("emoji_1600", "Great 👍🏽 family 👨‍👩‍👧‍👦 trip 🇩🇪! ".repeat(43)),
    ]
}

fn segments(criterion: &mut Criterion) {
    let mut counting = criterion.benchmark_group("count");
    for (name, text) in texts() {
        counting.throughput(Throughput::Elements(text.chars().count() as u64));
        counting.bench_function(name, |bencher| bencher.iter(|| count(std::hint::black_box(&text))));
    }
    counting.finish();

    let mut cutting = criterion.benchmark_group("parts");
    for (name, text) in texts() {
        cutting.throughput(Throughput::Elements(text.chars().count() as u64));
        cutting.bench_function(name, |bencher| bencher.iter(|| parts(std::hint::black_box(&text))));
    }
    cutting.finish();

    let mut encoding = criterion.benchmark_group("smart_encode");
    for (name, text) in texts() {
        encoding.throughput(Throughput::Elements(text.chars().count() as u64));
        encoding.bench_function(name, |bencher| {
            bencher.iter(|| smart::encode(std::hint::black_box(&text)).len());
        });
    }
    encoding.finish();

    let mut splitting = criterion.benchmark_group("split");
    let long =
        "One sentence of a long answer. Another one, with a link https://example.com/x.\n\n".repeat(1280);
    splitting.throughput(Throughput::Bytes(long.len() as u64));
    for (name, policy) in [
        ("100kB_1600_units", SplitPolicy::default()),
        ("100kB_1_segment", SplitPolicy { max_segments: Some(1), ..SplitPolicy::default() }),
    ] {
        splitting
            .bench_function(name, |bencher| bencher.iter(|| split(std::hint::black_box(&long), &policy)));
    }
    splitting.finish();
}

criterion_group!(benches, segments);
criterion_main!(benches);
