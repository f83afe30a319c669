//! What members of a group write to the channel alone.

use proptest::prelude::*;
use si_channel_core::event::ConsentState;

use crate::support::{ANN, BOB, CAT, Hook, Sim, at};

const PEOPLE: [&str; 3] = [ANN, BOB, CAT];
const ASIDES: [&str; 11] = [
    "STOP",
    "s t o p",
    "ＳＴＯＰ",
    "START",
    "help",
    "info",
    "leave",
    "close",
    "invite",
    "name Zoë",
    "Please stop texting me!",
];

#[derive(Debug, Clone)]
enum Act {
    Aside(usize, &'static str),
    Text(usize, &'static str),
    /// By the newest code of another's session.
    Join(usize, usize),
    /// Effects, or webhooks, wait from now on, or no longer.
    Pause(bool),
    Deaf(bool),
    /// The hook is asked once, or twice.
    Twice(bool),
}

fn act() -> impl Strategy<Value = Act> {
    let person = 0..PEOPLE.len();
    prop_oneof![
        6 => (person.clone(), prop::sample::select(ASIDES.to_vec())).prop_map(|(who, what)| Act::Aside(who, what)),
        3 => (person.clone(), prop::sample::select(vec!["hello", "yes", "stop it, Bob", "don't stop", "I am home. Stop texting me."]))
            .prop_map(|(who, what)| Act::Text(who, what)),
        2 => (person.clone(), person).prop_map(|(who, whose)| Act::Join(who, whose)),
        2 => any::<bool>().prop_map(Act::Pause),
        1 => any::<bool>().prop_map(Act::Deaf),
        1 => any::<bool>().prop_map(Act::Twice),
    ]
}

fn play(sim: &mut Sim, act: &Act) {
    match act {
        Act::Aside(who, what) | Act::Text(who, what) => sim.text(PEOPLE[*who], what),
        Act::Join(who, whose) => {
            if sim.open(PEOPLE[*whose]).is_some_and(|session| session.conversation_sid.is_some()) {
                let session_id = sim.session(PEOPLE[*whose]).id;
                let _ =
                    sim.input(&si_channel_core::input::Input::IssueCode { session_id: session_id.clone() });
                if let Some(code) = sim.store.sessions[&session_id].join_code.clone() {
                    sim.text(PEOPLE[*who], &format!("join {}", code.code));
                }
            }
        }
        Act::Pause(paused) => {
            sim.paused = *paused;
            sim.settle();
        }
        Act::Deaf(deaf) => {
            sim.deaf = *deaf;
            sim.settle();
        }
        Act::Twice(twice) => sim.hook = if *twice { Hook::Twice } else { Hook::Works },
    }
}

/// People who have opted out and are in no conversation with anybody else; with how much their phones have got.
fn gone(sim: &Sim) -> Vec<(&'static str, usize)> {
    let among_others = |person: &str| {
        let address = at(person);
        let in_it = |people: &[(String, _, _)]| people.iter().any(|(_, one, _)| *one == address);
        sim.twilio.conversations.iter().any(|c| c.open && c.people.len() > 1 && in_it(&c.people))
    };
    let revoked = |person: &str| {
        sim.store.ledgers.get(&at(person)).is_some_and(|ledger| ledger.state() == ConsentState::Revoked)
    };
    let gone = PEOPLE.into_iter().filter(|person| revoked(person) && !among_others(person));
    gone.map(|person| (person, sim.twilio.phone(&at(person)).len())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_reads_anothers_keyword_and_nothing_reaches_who_is_out(
        acts in prop::collection::vec(act(), 1..16),
    ) {
        let mut sim = Sim::group(&PEOPLE);
        sim.hasty = true;
        for act in &acts {
            let before = gone(&sim);
            play(&mut sim, act);
            for (person, got) in before {
                let own = matches!(act, Act::Aside(who, _) | Act::Text(who, _) if PEOPLE[*who] == person);
                let screen = sim.twilio.phone(&at(person));
                let answers = |text: &String| text.contains("opted out") || text.contains("For help");
                prop_assert!(own || screen[got..].iter().all(answers), "{person} got {:?}", &screen[got..]);
            }
        }
        sim.paused = false;
        sim.deaf = false;
        sim.settle();
        for person in PEOPLE {
            for text in sim.twilio.phone(&at(person)) {
                let said = text.strip_prefix("You said: ").is_none();
                let aside = said && ASIDES.iter().any(|aside| text == *aside || text.ends_with(&format!(": {aside}")));
                prop_assert!(!aside && !text.contains(": join "), "{person} read {text:?}");
            }
        }
        // Told late, a keyword written before somebody was on their way in counts as if it came after: better one too
        // many in a count than one taken twice.
        let late = acts.iter().any(|act| matches!(act, Act::Deaf(true)));
        prop_assert!(late || sim.count("message.overheard") == 0);
    }
}
