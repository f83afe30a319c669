//! What a signature costs, beside the bare HMAC-SHA1 of the same bytes: `cargo bench -p twilio-conversations`.
//!
//! The bare one takes the bytes as they were signed, already joined, and does what anybody would write: key, update,
//! finalize. Decoding and verifying starts from the body as it came and from the header. Their ratio is measured apart, in
//! turns, so that whatever else the machine does meanwhile slows both.

use std::hint::black_box;
use std::time::{Duration, Instant};

use base64::{Engine, prelude::BASE64_STANDARD};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use twilio_conversations::webhook::conversations::ConversationsWebhook;
use twilio_conversations::webhook::form::{self, Limits};
use twilio_conversations::webhook::signature::{AuthToken, SigningKey, Validator};

const URL: &str = "https://si.example.com/webhooks/conversations";
/// A query that Twilio's products and URL libraries write in three ways.
const URL_WITH_QUERY: &str = "https://si.example.com/webhooks/conversations?tenant=it's+me&line=1";
const TOKENS: [&str; 3] = [
    "0123456789abcdef0123456789abcdef",
    "fedcba9876543210fedcba9876543210",
    "00112233445566778899aabbccddeeff",
];

/// A message as the Conversations webhook reports it: 15 parameters.
fn params(text: &str) -> Vec<(String, String)> {
    [
        ("AccountSid", "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("Attributes", r#"{"campaign":"spring","steps":[1,2,3]}"#),
        ("Author", "+15551230001"),
        ("Body", text),
        ("ChatServiceSid", "ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("ClientIdentity", "+15551230001"),
        ("ConversationSid", "CHaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("DateCreated", "2026-03-24T20:37:57.123Z"),
        ("EventType", "onMessageAdded"),
        ("Index", "17"),
        ("MessageSid", "IMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("MessagingServiceSid", "MGaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("ParticipantSid", "MBaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("RetryCount", "0"),
        ("Source", "SMS"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn key(token: &str) -> SigningKey {
    SigningKey::new("key", AuthToken::new(token).expect("the token is not empty"))
}

/// The HMAC of the bytes as they were signed and nothing else: what all else is measured against.
fn bare(bytes: &[u8]) -> [u8; 20] {
    let mut mac = Hmac::<Sha1>::new_from_slice(TOKENS[0].as_bytes()).expect("any length is a key");
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

/// Neither in the order of signing nor against it.
fn shuffled(params: &[(String, String)]) -> Vec<(String, String)> {
    (0..params.len()).map(|index| params[index * 4 % params.len()].clone()).collect()
}

/// Prints how many times as long the second takes as the first: the medians of many rounds of both in turns.
fn ratio(what: &str, mut one: impl FnMut(), mut other: impl FnMut()) {
    const ROUNDS: usize = 1001;
    fn time(task: &mut impl FnMut()) -> Duration {
        let start = Instant::now();
        (0..200).for_each(|_| task());
        start.elapsed()
    }
    let mut times: Vec<_> = (0..ROUNDS).map(|_| [time(&mut one), time(&mut other)]).collect();
    let mut median = |which: usize| {
        times.sort_unstable_by_key(|pair| pair[which]);
        times[ROUNDS / 2][which].as_secs_f64() / 200.0 * 1e9
    };
    let (one, other) = (median(0), median(1));
    println!("figure: {what} | {other:.0} ns to {one:.0} ns | {:.2} times", other / one);
}

fn signatures(criterion: &mut Criterion) {
    let params = params("Is the flight to Lisbon on Friday still available? Two adults, one child, thanks.");
    let signer = key(TOKENS[0]);
    let signature = signer.sign_form(URL, &params).expect("the URL is absolute");

    // The names above are in the order of signing.
    let joined = params.iter().fold(URL.to_owned(), |text, (name, value)| text + name + value).into_bytes();
    let raw = BASE64_STANDARD.decode(&signature).expect("a signature is base64");
    assert!(bare(&joined)[..] == raw[..], "these are the bytes that were signed");

    let mut group = criterion.benchmark_group("signature");
    group.throughput(Throughput::Elements(1));
    group.bench_function("bare_hmac_sha1", |bencher| {
        bencher.iter(|| bare(black_box(&joined)));
    });
    group.bench_function("sign_form", |bencher| {
        bencher.iter(|| signer.sign_form(black_box(URL), black_box(&params)));
    });

    // The key that signed is the last, so that all are tried.
    let params = shuffled(&params);
    for count in 1..=TOKENS.len() {
        let validator = Validator::new(TOKENS[..count].iter().rev().map(|token| key(token)));
        assert!(validator.verify_form(URL, &params, &signature).is_ok());
        group.bench_function(format!("verify_form_{count}_keys"), |bencher| {
            bencher.iter(|| validator.verify_form(black_box(URL), black_box(&params), black_box(&signature)));
        });
    }
    let validator = Validator::new([key(TOKENS[0])]);
    let with_query = signer.sign_form(URL_WITH_QUERY, &params).expect("the URL is absolute");
    assert!(validator.verify_form(URL_WITH_QUERY, &params, &with_query).is_ok());
    group.bench_function("verify_form_query_in_3_ways", |bencher| {
        bencher.iter(|| {
            validator.verify_form(black_box(URL_WITH_QUERY), black_box(&params), black_box(&with_query))
        });
    });
    let forged = signer.sign_form(URL, &params[1..]).expect("the URL is absolute");
    assert!(validator.verify_form(URL, &params, &forged).is_err());
    group.bench_function("refuse_form", |bencher| {
        bencher.iter(|| validator.verify_form(black_box(URL), black_box(&params), black_box(&forged)));
    });

    let json = serde_json::to_vec(&params).expect("pairs are JSON");
    let request = signer.sign_json(URL, &json).expect("the URL is absolute");
    assert!(validator.verify_json(&request.url, &json, &request.signature).is_ok());
    group.bench_function("sign_json", |bencher| {
        bencher.iter(|| signer.sign_json(black_box(URL), black_box(&json)));
    });
    group.bench_function("verify_json", |bencher| {
        bencher.iter(|| validator.verify_json(black_box(&request.url), black_box(&json), &request.signature));
    });

    // What a receiver does with the bytes of a body, HTTP apart.
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&params).finish().into_bytes();
    group.bench_function("parse_form", |bencher| {
        bencher.iter(|| form::parse(black_box(&body), Limits::default()));
    });
    group.bench_function("typed_payload", |bencher| {
        bencher.iter(|| ConversationsWebhook::parse(black_box(&params)));
    });
    group.bench_function("parse_verify_typed", |bencher| {
        bencher.iter(|| {
            let pairs = form::parse(black_box(&body), Limits::default()).expect("within the limits");
            validator.verify_form(URL, &pairs, &signature).expect("signed");
            ConversationsWebhook::parse(&pairs).expect("a webhook")
        });
    });
    group.finish();

    ratio(
        "signature: decode and verify, to the bare HMAC-SHA1",
        || _ = black_box(bare(black_box(&joined))),
        || {
            let pairs = form::parse(black_box(&body), Limits::default()).expect("within the limits");
            validator.verify_form(black_box(URL), &pairs, black_box(&signature)).expect("signed");
        },
    );
    ratio(
        "signature: decode, to the bare HMAC-SHA1",
        || _ = black_box(bare(black_box(&joined))),
        || drop(black_box(form::parse(black_box(&body), Limits::default()))),
    );
}

criterion_group!(benches, signatures);
criterion_main!(benches);
