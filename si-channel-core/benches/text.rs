//! The cost of one of the channel's own texts, by language and way.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use si_channel_core::language::Language;
use si_channel_core::policy::Policy;
use si_channel_core::text::{Args, Medium, TextId, render};

fn rendering(criterion: &mut Criterion) {
    let policy = Policy::default();
    let none = Args::default();
    let closing = Args::default().received(12).sent(24).minutes(10);
    let mut group = criterion.benchmark_group("text");
    group.throughput(Throughput::Elements(1));
    for (name, id, args, tag, medium) in [
        ("opt_out_english", TextId::OptOutConfirmation, &none, "en", Medium::Sms),
        ("welcome_english", TextId::Welcome, &none, "en", Medium::Sms),
        ("welcome_spanish_folded", TextId::Welcome, &none, "es", Medium::Sms),
        ("warning_polish_plural", TextId::InactivityWarning, &closing, "pl", Medium::Sms),
        ("welcome_arabic_isolated", TextId::Welcome, &none, "ar", Medium::Unicode),
        ("welcome_fallback", TextId::Welcome, &none, "sv-SE", Medium::Sms),
    ] {
        let language: Language = tag.parse().unwrap_or_else(|_| Language::english());
        group.bench_function(name, |bencher| {
            bencher.iter(|| render(id, black_box(args), &policy, &language, medium));
        });
    }
    group.finish();
}

criterion_group!(benches, rendering);
criterion_main!(benches);
