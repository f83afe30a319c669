//! The cost of a decision: a webhook from its parameters to what is to be committed.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use si_channel_core::context::Context;
use si_channel_core::engine::{Outcome, Stop, handle};
use si_channel_core::id::Seed;
use si_channel_core::input::Input;
use si_channel_core::normalize;
use si_channel_core::policy::Policy;
use si_channel_core::session::Session;
use si_channel_core::world::{Found, Want, World};
use twilio_conversations::sid::AccountSid;

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const CONVERSATION: &str = "CH00000000000000000000000000000001";
const SENDER: &str = "+15550001111";
const PERSON: &str = "+15551110001";

type Pairs = Vec<(String, String)>;

fn webhook(number: u32, body: &str) -> Pairs {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![
        pair("AccountSid", ACCOUNT),
        pair("EventType", "onMessageAdded"),
        pair("Source", "SMS"),
        pair("ConversationSid", CONVERSATION),
        pair("MessageSid", &format!("IM{number:032x}")),
        pair("ParticipantSid", "MB00000000000000000000000000000001"),
        pair("Index", &number.to_string()),
        pair("Author", PERSON),
        pair("Body", body),
        pair("Attributes", "{}"),
        pair("DateCreated", "2026-11-21T10:00:00.000Z"),
        pair("RetryCount", "0"),
    ]
}

struct Bench {
    policy: Policy,
    account: AccountSid,
    now: Timestamp,
}

impl Bench {
    fn new() -> Self {
        let mut policy = Policy::default();
        policy.senders.sms = SENDER.parse().ok();
        let account = ACCOUNT.parse().expect("a well-formed SID");
        Self { policy, account, now: Timestamp::UNIX_EPOCH }
    }

    fn input(&self, pairs: &Pairs) -> Input {
        let fact = normalize::conversations(pairs, &self.account, self.now).expect("a well-formed webhook");
        fact.input.expect("a message means something")
    }

    fn decide(&self, world: &World, input: &Input) -> Result<Outcome, Stop> {
        handle(world, input, &Context::new(self.now, &self.policy, Seed([7; 16])))
    }

    /// A world in which everything the input needs is loaded, from an earlier outcome if there is one.
    fn world(&self, input: &Input, earlier: Option<&Outcome>) -> World {
        let mut world = World::new(ACCOUNT);
        while let Err(Stop::Need(wants)) = self.decide(&world, input) {
            for want in wants {
                let found = earlier.and_then(|earlier| find(earlier, &want));
                world.insert(want, found);
            }
        }
        world
    }

    /// A session in which a person has written `texts` times, and what is loaded for the next text.
    fn going_on(&self, texts: u32, next: &Input) -> World {
        let mut outcome = Outcome::default();
        for number in 1..=texts {
            let input = self.input(&webhook(number, "an earlier text"));
            let world = self.world(&input, Some(&outcome));
            if let Ok(next) = self.decide(&world, &input) {
                outcome.ledgers.extend(next.ledgers);
                outcome.sessions.extend(next.sessions);
            }
        }
        // Answers were given: the questions are closed.
        outcome.sessions.values_mut().for_each(|session| Arc::make_mut(session).turns.clear());
        self.world(next, Some(&outcome))
    }
}

fn find(outcome: &Outcome, want: &Want) -> Option<Found> {
    let session = |session: &Arc<Session>| Found::Session(Arc::clone(session));
    match want {
        Want::Ledger(address) => outcome.ledgers.get(address).map(|l| Found::Ledger(Box::new(l.clone()))),
        Want::Session(id) => outcome.sessions.get(id).map(session),
        Want::Conversation(_) | Want::Binding(..) | Want::Newest(_) => {
            outcome.sessions.values().next().map(session)
        }
        _ => None,
    }
}

fn decisions(criterion: &mut Criterion) {
    let bench = Bench::new();
    let mut group = criterion.benchmark_group("decide");
    group.throughput(Throughput::Elements(1));
    let cases = [
        ("first_text", 0, "hello there, what does this cost?"),
        ("next_text", 5, "hello there, what does this cost?"),
        ("next_text_of_a_long_session", 200, "hello there, what does this cost?"),
        ("stop", 5, "STOP"),
    ];
    for (name, before, body) in cases {
        let pairs = webhook(before + 1, body);
        let world = bench.going_on(before, &bench.input(&pairs));
        assert!(bench.decide(&world, &bench.input(&pairs)).is_ok_and(|outcome| !outcome.events.is_empty()));
        group.bench_function(name, |bencher| {
            bencher.iter(|| bench.decide(&world, &bench.input(black_box(&pairs))));
        });
    }
    group.finish();

    let pairs = webhook(1, "hello there, what does this cost?");
    let mut group = criterion.benchmark_group("normalize");
    group.throughput(Throughput::Elements(1));
    group.bench_function("message_webhook", |bencher| bencher.iter(|| bench.input(black_box(&pairs))));
    group.finish();
}

criterion_group!(benches, decisions);
criterion_main!(benches);
