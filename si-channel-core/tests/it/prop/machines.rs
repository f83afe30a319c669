//! What holds for every history.

use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::sample::Index;
use si_channel_core::event::{ConsentMethod, Event, Evidence, Exemption};
use si_channel_core::input::Input;
use si_channel_core::outbound::OutboundState;

use crate::support::{ANN, BOB, CAT, Cognition, Fault, Hook, Pairs, Sim, Twilio, at, plain};

pub(super) const PEOPLE: [&str; 3] = [ANN, BOB, CAT];

#[derive(Debug, Clone)]
pub(super) enum Act {
    /// A person writes.
    Text(usize, &'static str),
    /// A person joins another's session.
    Join(usize, usize),
    /// The API writes to a person, now or later.
    Send(usize, Option<i64>),
    /// The API writes to a person's session.
    SendToSession(usize),
    /// The API invites a person into another's session, or takes them out.
    Invite(usize, usize),
    Remove(usize),
    /// The API closes a person's session.
    Close(usize),
    /// Consent is recorded elsewhere.
    Consent(usize, bool),
    /// Twilio closes a person's conversation, or somebody is taken out of it there.
    TwilioCloses(usize),
    TwilioRemoves(usize),
    /// The pre-action hook behaves like this from now on.
    Hook(Hook),
    /// The next post goes wrong.
    Fault(Fault),
    /// Minutes pass.
    Pass(i64),
    /// Effects, webhooks or answers wait from now on, or no longer.
    Pause(bool),
    Deaf(bool),
    Later(bool),
    /// The oldest question is answered.
    Answer,
    /// Two waiting webhooks change places; one comes twice.
    Swap(Index),
    Twice(Index),
}

pub(super) fn act() -> impl Strategy<Value = Act> {
    let person = 0..PEOPLE.len();
    let words = prop::sample::select(vec![
        "hello",
        "hello",
        "question?",
        "STOP",
        "stop!",
        "START",
        "yes",
        "help",
        "leave",
        "close",
        "invite",
        "name Zoë",
        "join AAAAAAAAAA",
    ]);
    let fault = prop_oneof![
        any::<bool>().prop_map(|taken| Fault::Unclear { taken }),
        any::<bool>().prop_map(|taken| Fault::Death { taken }),
        Just(Fault::Refused { code: 21610 }),
        Just(Fault::Refused { code: 30007 }),
        Just(Fault::Busy),
    ];
    prop_oneof![
        12 => (person.clone(), words).prop_map(|(who, what)| Act::Text(who, what)),
        4 => (person.clone(), person.clone()).prop_map(|(who, whose)| Act::Join(who, whose)),
        3 => (person.clone(), prop::option::of(1_i64..300)).prop_map(|(to, at)| Act::Send(to, at)),
        2 => person.clone().prop_map(Act::SendToSession),
        1 => (person.clone(), person.clone()).prop_map(|(who, whose)| Act::Invite(who, whose)),
        1 => person.clone().prop_map(Act::Remove),
        1 => person.clone().prop_map(Act::Close),
        1 => (person.clone(), any::<bool>()).prop_map(|(whose, granted)| Act::Consent(whose, granted)),
        1 => person.clone().prop_map(Act::TwilioCloses),
        1 => person.prop_map(Act::TwilioRemoves),
        2 => prop::sample::select(Hook::ALL.to_vec()).prop_map(Act::Hook),
        3 => fault.prop_map(Act::Fault),
        2 => (1_i64..50).prop_map(Act::Pass),
        3 => any::<bool>().prop_map(Act::Pause),
        2 => any::<bool>().prop_map(Act::Deaf),
        1 => any::<bool>().prop_map(Act::Later),
        2 => Just(Act::Answer),
        2 => any::<Index>().prop_map(Act::Swap),
        1 => any::<Index>().prop_map(Act::Twice),
    ]
}

fn play(sim: &mut Sim, act: &Act) {
    match act {
        Act::Text(who, what) => sim.text(PEOPLE[*who], what),
        Act::Join(who, whose) => {
            if sim.open(PEOPLE[*whose]).is_some() {
                let session_id = sim.session(PEOPLE[*whose]).id;
                let _ = sim.input(&Input::IssueCode { session_id: session_id.clone() });
                if let Some(code) = sim.store.sessions[&session_id].join_code.clone() {
                    sim.text(PEOPLE[*who], &format!("join {} Name{who}", code.code));
                }
            }
        }
        Act::Send(to, minutes) => {
            let mut send = plain("news");
            send.not_before = minutes.map(|minutes| sim.now + SignedDuration::from_mins(minutes));
            let _ = sim.send_with(PEOPLE[*to], send);
        }
        Act::SendToSession(whose) => {
            if let Some(session) = sim.open(PEOPLE[*whose]) {
                let send = plain("to all of you");
                let _ =
                    sim.input(&Input::SendToSession { session_id: session.id, send, correlation_id: None });
            }
        }
        Act::Invite(who, whose) => {
            if let Some(session) = sim.open(PEOPLE[*whose]) {
                let address = at(PEOPLE[*who]);
                let _ = sim.input(&Input::InvitePerson { session_id: session.id, address, name: None });
            }
        }
        Act::Remove(who) => {
            if let Some(session) = sim.open(PEOPLE[*who]) {
                let address = at(PEOPLE[*who]);
                let _ = sim.input(&Input::RemovePerson { session_id: session.id, address });
            }
        }
        Act::Close(whose) => {
            if let Some(session) = sim.open(PEOPLE[*whose]) {
                let _ = sim.input(&Input::CloseSession { session_id: session.id });
            }
        }
        Act::Consent(whose, granted) => {
            let address = at(PEOPLE[*whose]);
            let evidence = Evidence::default();
            let _ = sim.input(&Input::told(address, *granted, evidence));
        }
        Act::TwilioCloses(whose) => {
            if let Some(sid) = sim.open(PEOPLE[*whose]).and_then(|session| session.conversation_sid) {
                sim.twilio.close(sid.as_str());
                sim.settle();
            }
        }
        Act::TwilioRemoves(who) => {
            if let Some(sid) = sim.open(PEOPLE[*who]).and_then(|session| session.conversation_sid) {
                let now = sim.now;
                sim.twilio.remove(sid.as_str(), &at(PEOPLE[*who]), now);
                sim.settle();
            }
        }
        Act::Hook(hook) => sim.hook = *hook,
        Act::Fault(fault) => sim.faults.push_back(*fault),
        Act::Pass(minutes) => sim.minutes(*minutes),
        Act::Pause(paused) => {
            sim.paused = *paused;
            sim.settle();
        }
        Act::Deaf(deaf) => {
            sim.deaf = *deaf;
            sim.settle();
        }
        Act::Later(later) => sim.cognition = if *later { Cognition::Later } else { Cognition::Echo },
        Act::Answer => {
            if !sim.asked.is_empty() {
                let _ = sim.answer("at last");
            }
        }
        Act::Swap(index) => {
            let waiting = sim.twilio.webhooks.len();
            if waiting > 1 {
                let place = index.index(waiting - 1);
                sim.twilio.webhooks.swap(place, place + 1);
            }
        }
        Act::Twice(index) => {
            let waiting = sim.twilio.webhooks.len();
            if waiting > 0 {
                let again = sim.twilio.webhooks[index.index(waiting)].clone();
                sim.twilio.webhooks.push_back(again);
            }
        }
    }
}

/// A world of this history, with double opt-in or single.
pub(super) fn played(acts: &[Act], double: bool) -> Sim {
    let mut sim = if double { Sim::double_opt_in() } else { Sim::new() };
    sim.hasty = true;
    for act in acts {
        play(&mut sim, act);
    }
    sim
}

/// Everything that was held up goes on, and a week passes.
fn calm_down(sim: &mut Sim) {
    sim.paused = false;
    sim.deaf = false;
    sim.faults.clear();
    sim.settle();
    sim.pass(SignedDuration::from_hours(24 * 7));
    sim.audit();
}

/// `PROPTEST_CASES` asks for more.
pub(super) fn config() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 120;
    }
    config
}

proptest! {
    #![proptest_config(config())]

    /// The simulation itself asserts the rest: keys are unique (one open session for a pair of person and sender, one
    /// session for a conversation), streams have no gap, state is the fold of events, and no post reaches anybody who
    /// may not be written to.
    #[test]
    fn every_message_ends_and_every_opt_out_is_confirmed_at_most_once(
        acts in prop::collection::vec(act(), 1..40),
        double in any::<bool>(),
    ) {
        let mut sim = played(&acts, double);
        calm_down(&mut sim);
        for message in sim.store.outbound.values() {
            prop_assert!(!message.state.is_pending(), "{message:?}");
        }
        prop_assert!(sim.store.effects.is_empty(), "{:?}", sim.store.effects);
        for session in sim.store.sessions.values() {
            prop_assert!(!session.is_open(), "a week of silence closes everything: {session:?}");
        }
        for person in PEOPLE {
            let opt_outs = sim
                .events(&format!("consent/{person}"))
                .filter(|e| matches!(e, Event::ConsentRevoked { method: ConsentMethod::Keyword, .. }))
                .count();
            let heard = sim.heard(person);
            let confirmed = heard.iter().filter(|text| text.contains("You have opted out")).count();
            prop_assert!(confirmed <= opt_outs, "{confirmed} confirmations of {opt_outs} opt-outs");
        }
        let confirmations = sim
            .store
            .outbound
            .values()
            .filter(|m| m.queued.exemption == Some(Exemption::OptOutConfirmation))
            .filter(|m| m.state != OutboundState::Cancelled);
        for message in confirmations {
            prop_assert!(message.attempts <= sim.policy.retry.attempts);
        }
    }

    #[test]
    fn a_history_means_the_same_in_any_order_and_however_often_it_is_told(
        texts in prop::collection::vec("[a-z]{1,8} [a-z]{1,8}", 1..5),
        order in prop::collection::vec(any::<Index>(), 0..20),
        receipts in prop::collection::vec(prop::sample::select(vec!["sent", "delivered", "read"]), 0..4),
    ) {
        let straight = told(&texts, &receipts, &[]);
        let shuffled = told(&texts, &receipts, &order);
        prop_assert_eq!(straight, shuffled);
    }

    #[test]
    fn receipts_of_a_group_mean_the_same_in_any_order(
        statuses in prop::collection::vec(
            (0..3_usize, prop::sample::select(vec!["sent", "delivered", "read", "failed", "undelivered"])),
            0..10,
        ),
        order in prop::collection::vec(any::<Index>(), 0..20),
    ) {
        prop_assert_eq!(receipts_of_a_group(&statuses, &[]), receipts_of_a_group(&statuses, &order));
    }
}

/// Moves the items named by `order` to the end, a copy each, so that they are told late and again.
pub(super) fn disturb(webhooks: &[Pairs], order: &[Index]) -> Vec<Pairs> {
    let mut told = webhooks.to_vec();
    for index in order {
        let place = index.index(told.len());
        let item = told.remove(place);
        told.insert(0, item.clone());
        told.push(item);
    }
    told
}

fn told(texts: &[String], receipts: &[&str], order: &[Index]) -> serde_json::Value {
    let mut sim = Sim::new();
    sim.hasty = true;
    sim.cognition = Cognition::Later;
    sim.deaf = true;
    for text in texts {
        sim.text(ANN, text);
    }
    let webhooks: Vec<Pairs> = sim.twilio.webhooks.drain(..).collect();
    let last = sim.now;
    for pairs in disturb(&webhooks, order) {
        sim.deliver(&pairs);
    }
    // What is decided later must not depend on how long the first part took.
    sim.now = last + SignedDuration::from_secs(10);
    sim.settle();
    let session = sim.session(ANN);
    let conversation = session.conversation_sid.unwrap().to_string();
    let participant = session.members[0].person.participant_sid.as_ref().unwrap().to_string();
    let welcome = sim.outbound("Welcome").message_sid.clone().unwrap();
    let mut rest: Vec<Pairs> = sim.twilio.webhooks.drain(..).collect();
    let receipt = |status: &&str| Twilio::receipt(&conversation, &welcome, &participant, status, 0);
    rest.extend(receipts.iter().map(receipt));
    for pairs in disturb(&rest, order) {
        sim.deliver(&pairs);
    }
    sim.deaf = false;
    sim.settle();
    sim.audit();
    let session = sim.session(ANN);
    let mut asked: Vec<_> = session.turns.iter().map(|turn| turn.message_sid.clone()).collect();
    asked.sort();
    let mut recent: Vec<_> = session.recent.iter().cloned().collect();
    recent.sort();
    let outbound = sim.outbound("Welcome");
    serde_json::json!([
        (session.state, session.received, session.sent, recent, asked),
        session.members.iter().map(|m| (&m.person, m.presence, m.last_wrote)).collect::<Vec<_>>(),
        sim.transcript(&session.id).iter().filter(|text| !text.starts_with("si:")).collect::<Vec<_>>(),
        (outbound.state, outbound.receipts.get(&participant).map(|receipt| receipt.status)),
        sim.store.ledgers[&at(ANN)].state(),
    ])
}

fn receipts_of_a_group(statuses: &[(usize, &str)], order: &[Index]) -> serde_json::Value {
    let mut sim = Sim::group(&PEOPLE);
    sim.hasty = true;
    let session = sim.session(ANN);
    let conversation = session.conversation_sid.clone().unwrap().to_string();
    let participants: Vec<String> = session
        .members
        .iter()
        .map(|member| member.person.participant_sid.clone().unwrap().to_string())
        .collect();
    let session_id = session.id.clone();
    let send = plain("to all of you");
    sim.input(&Input::SendToSession { session_id, send, correlation_id: None }).unwrap();
    let ours = sim.outbound("to all of you").message_sid.clone().unwrap();
    sim.deaf = true;
    sim.text(BOB, "from one to all");
    let theirs = sim.last_from(&conversation, BOB);
    let mut webhooks: Vec<Pairs> = sim.twilio.webhooks.drain(..).collect();
    for (who, status) in statuses {
        webhooks.push(Twilio::receipt(&conversation, &ours, &participants[*who], status, 0));
        webhooks.push(Twilio::receipt(&conversation, &theirs, &participants[*who], status, 0));
    }
    for pairs in disturb(&webhooks, order) {
        sim.deliver(&pairs);
    }
    sim.deaf = false;
    sim.settle();
    sim.audit();
    let entry = sim.entries(&session.id).into_iter().find(|entry| entry.id == theirs).unwrap();
    let message = sim.outbound("to all of you");
    let furthest: Vec<_> = message.receipts.iter().map(|(who, r)| (who.clone(), r.status)).collect();
    serde_json::json!([entry.status, message.state, furthest])
}
