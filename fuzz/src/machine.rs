//! The engine, with phones, a small Twilio and virtual time.

use crate::support::{ANN, BOB, CAT, Cognition, Fault, Sim, at, plain};
use si_channel_core::event::{Evidence, MessageClass};
use si_channel_core::input::{Input, SendMessage};
use si_channel_core::policy::OptIn;
use si_channel_core::rules::RevocationProfile;

const PEOPLE: [&str; 4] = [ANN, BOB, CAT, "whatsapp:+15551110001"];
const WORDS: [&str; 12] = [
    "hello", "STOP", "start", "YES", "help", "leave", "close", "invite", "name Zoe", "arret", "stop all", "",
];

/// Bytes as choices.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.next().unwrap_or_default()) % limit
    }

    /// The next bytes as a text.
    fn text(&mut self) -> String {
        let length = self.below(64).min(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }
}

/// Whatever happens in whatever order: nothing panics, nobody is written to who may not be, streams have no gaps, state
/// is the fold of events, and once everything has come to rest no message is left undecided.
pub(crate) fn decide(data: &[u8]) {
    let mut choices = Choices(data);
    let mut sim = Sim::new();
    sim.hasty = true;
    let mode = choices.next().unwrap_or_default();
    if mode & 1 == 1 {
        sim.policy.opt_in = OptIn::Double;
    }
    sim.policy.revocation = RevocationProfile::ALL[usize::from(mode >> 1) % 3];
    for _ in 0..60 {
        let Some(choice) = choices.next() else { break };
        let who = PEOPLE[choices.below(PEOPLE.len())];
        step(&mut sim, &mut choices, choice % 14, who);
    }
    sim.paused = false;
    sim.deaf = false;
    sim.faults.clear();
    sim.settle();
    sim.pass(jiff::SignedDuration::from_hours(24 * 7));
    sim.audit();
    for message in sim.store.outbound.values() {
        assert!(!message.state.is_pending(), "{message:?}");
    }
}

fn step(sim: &mut Sim, choices: &mut Choices<'_>, choice: u8, who: &str) {
    match choice {
        0..=2 => sim.text(who, WORDS[choices.below(WORDS.len())]),
        3 => {
            let text = choices.text();
            sim.text(who, &text);
        }
        4 => join(sim, who, PEOPLE[choices.below(PEOPLE.len())]),
        5 | 6 => {
            let purpose = [None, Some("offers"), Some("delivery")][choices.below(3)];
            let send = SendMessage {
                purpose: purpose.map(str::to_owned),
                class: [MessageClass::Informational, MessageClass::Marketing][choices.below(2)],
                ..plain("news")
            };
            let _ = sim.send_with(who, send);
        }
        7 => {
            let granted = choices.below(2) == 1;
            let _ = sim.input(&Input::told(at(who), granted, Evidence::default()));
        }
        8 => {
            let faults = [
                Fault::Unclear { taken: true },
                Fault::Unclear { taken: false },
                Fault::Death { taken: true },
                Fault::Death { taken: false },
                Fault::Refused { code: 21610 },
                Fault::Refused { code: 30007 },
                Fault::Busy,
            ];
            sim.faults.push_back(faults[choices.below(faults.len())]);
        }
        9 => sim.minutes(i64::from(choices.next().unwrap_or_default()) + 1),
        10 => {
            sim.paused = choices.below(2) == 1;
            sim.settle();
        }
        11 => {
            sim.deaf = choices.below(2) == 1;
            sim.settle();
        }
        12 => sim.cognition = [Cognition::Echo, Cognition::Later][choices.below(2)],
        _ => {
            if let Some(session) = sim.open(who) {
                let _ = sim.input(&Input::CloseSession { session_id: session.id });
            }
        }
    }
}

fn join(sim: &mut Sim, who: &str, whose: &str) {
    let Some(session) = sim.open(whose) else { return };
    let _ = sim.input(&Input::IssueCode { session_id: session.id.clone() });
    if let Some(code) = sim.store.sessions[&session.id].join_code.clone() {
        sim.text(who, &format!("join {} Name", code.code));
    }
}
