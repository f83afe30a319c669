//! The cost of finding out whether a text is a keyword, and of the whole decision with what it means.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use si_channel_core::keyword::{KeywordSet, recognise};
use si_channel_core::meaning::{Phrases, read};

/// Texts of 160 characters, or shorter where their name says so.
fn texts() -> [(&'static str, String); 6] {
    let filled = |text: &str| text.chars().cycle().take(160).collect::<String>();
    [
        ("english", filled("what does it cost to stop by at noon tomorrow? ")),
        ("french", filled("où est l'arrêt du bus, s'il vous plaît ? ")),
        ("russian", filled("где здесь остановка автобуса, скажите пожалуйста? ")),
        ("japanese", filled("停止線はどこですか教えてください。")),
        ("stop_in_spaces", format!("{:^160}", "s t o p")),
        ("short_stop", "Arrêt !".to_owned()),
    ]
}

fn keywords(criterion: &mut Criterion) {
    let (words, phrases) = (KeywordSet::default(), Phrases::default());
    let mut group = criterion.benchmark_group("keyword");
    group.throughput(Throughput::Elements(1));
    for (name, text) in texts() {
        group.bench_function(name, |bencher| bencher.iter(|| recognise(black_box(&text), &words)));
    }
    group.finish();
    let mut group = criterion.benchmark_group("decision");
    group.throughput(Throughput::Elements(1));
    for (name, text) in texts() {
        let both = || (recognise(black_box(&text), &words), read(black_box(&text), &phrases));
        group.bench_function(name, |bencher| bencher.iter(both));
    }
    group.finish();
}

criterion_group!(benches, keywords);
criterion_main!(benches);
