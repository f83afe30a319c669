//! Every act on a ledger in every state it can be in.

use jiff::SignedDuration;

use super::*;
use crate::event::Exemption;
use crate::id::Seed;
use crate::policy::Policy;

const ANN: &str = "+15551110001";
const ANN_WHATSAPP: &str = "whatsapp:+15551110001";
const SID: &str = "IM00000000000000000000000000000001";

fn policy(opt_in: OptIn) -> Policy {
    Policy { opt_in, ..Policy::default() }
}

fn context(policy: &Policy) -> Context<'_> {
    Context::new(Timestamp::from_second(1_000).unwrap(), policy, Seed([0; 16]))
}

/// A ledger that an act changes under the default policy.
struct Book(ConsentLedger);

impl Book {
    fn of(address: &str) -> Self {
        Self(ConsentLedger::new(address.parse().unwrap()))
    }

    fn in_state(address: &str, state: ConsentState) -> Self {
        let mut book = Self::of(address);
        book.0.standing.state = state;
        book
    }

    /// Decides, and folds what was decided.
    fn act(&mut self, act: &Act<'_>) -> Result<Vec<Event>, Rejection> {
        self.act_under(&policy(OptIn::Single), act)
    }

    fn act_under(&mut self, policy: &Policy, act: &Act<'_>) -> Result<Vec<Event>, Rejection> {
        let events = decide(&self.0, act, &context(policy))?;
        for event in &events {
            apply(&mut self.0, event, policy.join.window);
        }
        Ok(events)
    }

    /// The only event of an act.
    fn one(&mut self, act: &Act<'_>) -> Event {
        let mut events = self.act(act).unwrap();
        assert_eq!(events.len(), 1, "{act:?}: {events:?}");
        events.remove(0)
    }

    fn standing(&self) -> (ConsentState, Option<ConsentMethod>) {
        (self.0.standing.state, self.0.standing.method)
    }
}

fn english() -> Language {
    Language::english()
}

fn said(keyword: Option<Keyword>, language: &Language) -> Act<'_> {
    Act::Wrote {
        keyword,
        language,
        rule: None,
        purpose: None,
        breadth: (Breadth::All, None),
        message_sid: SID,
        at: Timestamp::from_second(900).unwrap(),
    }
}

fn told(granted: bool, scope: Scope, method: ConsentMethod) -> Act<'static> {
    let evidence = Evidence { how: Some("form".to_owned()), ..Evidence::default() };
    Act::Told { granted, scope, breadth: Breadth::Channel, method, evidence }
}

fn about(purpose: &str) -> Scope {
    Scope::purpose(Purpose::of(purpose).unwrap())
}

fn rule() -> RuleRef {
    RuleRef { rule: "revocation/test".to_owned(), version: "1".to_owned() }
}

fn revoked(event: &Event) -> (&Scope, Breadth, Option<&str>, ConsentMethod, &Evidence) {
    let Event::ConsentRevoked { scope, breadth, rule, method, evidence, .. } = event else {
        panic!("not a withdrawal: {event:?}");
    };
    (scope, *breadth, rule.as_deref(), *method, evidence)
}

#[test]
fn what_a_text_does_depends_on_where_consent_stands() {
    use ConsentState::{Granted, Pending, Revoked, Unknown};
    use Keyword::{Help, Start, Stop, Yes};
    for (keyword, before, sms, whatsapp) in [
        (None, Unknown, Granted, Granted),
        (None, Pending, Pending, Pending),
        (None, Granted, Granted, Granted),
        (None, Revoked, Revoked, Revoked),
        (Some(Stop), Unknown, Revoked, Revoked),
        (Some(Stop), Pending, Revoked, Revoked),
        (Some(Stop), Granted, Revoked, Revoked),
        (Some(Stop), Revoked, Revoked, Revoked),
        (Some(Start), Unknown, Granted, Granted),
        (Some(Start), Pending, Granted, Granted),
        (Some(Start), Granted, Granted, Granted),
        (Some(Start), Revoked, Granted, Granted),
        (Some(Yes), Unknown, Granted, Granted),
        (Some(Yes), Pending, Granted, Granted),
        (Some(Yes), Granted, Granted, Granted),
        // Twilio lifts its block on YES for SMS alone.
        (Some(Yes), Revoked, Granted, Revoked),
        (Some(Help), Unknown, Unknown, Unknown),
        (Some(Help), Pending, Pending, Pending),
        (Some(Help), Granted, Granted, Granted),
        (Some(Help), Revoked, Revoked, Revoked),
    ] {
        for (address, after) in [(ANN, sms), (ANN_WHATSAPP, whatsapp)] {
            let mut book = Book::in_state(address, before);
            let events = book.act(&said(keyword, &english())).unwrap();
            assert_eq!(book.0.state(), after, "{keyword:?} by {address}, before {before:?}");
            assert_eq!(events.len(), usize::from(before != after), "{keyword:?} by {address}: {events:?}");
            assert_eq!(book.0.sequence, events.len() as u64);
        }
    }
}

#[test]
fn a_text_proves_what_it_did() {
    let mut book = Book::of(ANN);
    let Event::ConsentGranted { method, evidence, before, at, .. } = book.one(&said(None, &english())) else {
        panic!("it is granted");
    };
    assert_eq!((method, before), (ConsentMethod::InboundMessage, ConsentState::Unknown));
    assert_eq!((evidence.message_sid.as_deref(), evidence.keyword), (Some(SID), None));
    assert_eq!(at, Timestamp::from_second(900).unwrap(), "when it was written, not when it was read");

    let event = book.one(&said(Some(Keyword::Stop), &english()));
    let (scope, breadth, _, method, evidence) = revoked(&event);
    assert_eq!((scope, breadth), (&Scope::EVERYTHING, Breadth::All));
    assert_eq!((method, evidence.keyword.as_deref()), (ConsentMethod::Keyword, Some("stop")));
    assert_eq!((evidence.message_sid.as_deref(), &evidence.rule), (Some(SID), &None));

    let mut book = Book::of(ANN);
    let words = english();
    let phrase = Act::Wrote {
        keyword: Some(Keyword::Stop),
        language: &words,
        rule: Some("opt_out_phrases/en".to_owned()),
        purpose: None,
        breadth: (Breadth::Channel, Some(rule())),
        message_sid: SID,
        at: Timestamp::UNIX_EPOCH,
    };
    let event = book.one(&phrase);
    let (_, breadth, by, method, evidence) = revoked(&event);
    assert_eq!((breadth, by), (Breadth::Channel, Some("revocation/test (1)")));
    assert_eq!(method, ConsentMethod::Phrase);
    assert_eq!((evidence.rule.as_deref(), &evidence.keyword), (Some("opt_out_phrases/en"), &None));
}

#[test]
fn a_double_opt_in_asks_first_and_keeps_what_was_shown_as_the_proof() {
    let asking = policy(OptIn::Double);
    let german: Language = "de".parse().unwrap();
    let mut book = Book::of(ANN);
    let asked = book.act_under(&asking, &said(None, &german)).unwrap();
    let [Event::ConsentRequested { shown: Some(shown), at, .. }] = asked.as_slice() else {
        panic!("{asked:?}");
    };
    assert_eq!(*at, Timestamp::from_second(1_000).unwrap());
    assert_eq!((shown.language.as_str(), shown.version.len()), ("de", 12));
    assert_eq!((book.0.state(), book.0.standing.since), (ConsentState::Pending, Some(*at)));
    assert_eq!(book.0.asked.as_ref(), Some(shown));

    let Event::ConsentGranted { evidence, method, before, .. } =
        book.one(&said(Some(Keyword::Yes), &english()))
    else {
        panic!("YES answers the question");
    };
    assert_eq!((method, before), (ConsentMethod::Keyword, ConsentState::Pending));
    assert_eq!(evidence.keyword.as_deref(), Some("yes"));
    assert_eq!(evidence.text_shown.as_ref(), Some(&shown.wording));
    assert_eq!(evidence.version.as_ref(), Some(&shown.version));
    assert_eq!(evidence.language.as_deref(), Some("de"));
    assert_eq!(book.0.asked, None, "a question is answered once");
}

#[test]
fn stop_is_for_the_purpose_it_answers_where_the_rule_says_so_and_said_again_for_the_rest() {
    let words = english();
    let stop = |purpose: Option<&str>| Act::Wrote {
        keyword: Some(Keyword::Stop),
        language: &words,
        rule: None,
        purpose: purpose.and_then(Purpose::of),
        breadth: (Breadth::Purpose, Some(rule())),
        message_sid: SID,
        at: Timestamp::UNIX_EPOCH,
    };
    let mut book = Book::in_state(ANN, ConsentState::Granted);
    let event = book.one(&stop(Some("offers")));
    let (scope, breadth, by, ..) = revoked(&event);
    assert_eq!((scope, breadth), (&about("offers"), Breadth::Purpose));
    assert_eq!(by, Some("revocation/test (1)"));
    assert!(book.0.is_revoked(&about("offers")) && !book.0.is_revoked(&about("news")));
    assert_eq!(book.0.state(), ConsentState::Granted);
    // What was withdrawn in part comes back with START.
    assert_eq!(book.0.clone().standing_of(&about("offers")).state, ConsentState::Revoked);
    let mut again = Book(book.0.clone());
    assert!(matches!(again.one(&said(Some(Keyword::Start), &words)), Event::ConsentGranted { .. }));
    assert!(!again.0.is_revoked(&about("offers")) && again.0.scopes.is_empty());

    let event = book.one(&stop(Some("offers")));
    let (scope, breadth, by, ..) = revoked(&event);
    assert_eq!((scope, breadth, by), (&Scope::EVERYTHING, Breadth::All, Some("revocation/test (1)")));
    assert_eq!((book.0.state(), book.0.scopes.len()), (ConsentState::Revoked, 0));

    // What answers nothing is for everything.
    let mut book = Book::in_state(ANN, ConsentState::Granted);
    assert_eq!(revoked(&book.one(&stop(None))).0, &Scope::EVERYTHING);
    // Another breadth does not look at the purpose.
    let mut book = Book::in_state(ANN, ConsentState::Granted);
    let event = book.one(&Act::Wrote {
        keyword: Some(Keyword::Stop),
        language: &words,
        rule: None,
        purpose: Purpose::of("offers"),
        breadth: (Breadth::Channel, None),
        message_sid: SID,
        at: Timestamp::UNIX_EPOCH,
    });
    let (scope, breadth, ..) = revoked(&event);
    assert_eq!((scope, breadth), (&Scope::EVERYTHING, Breadth::Channel));
}

#[test]
fn what_a_person_withdrew_nobody_else_gives_again() {
    let everything = || told(true, Scope::EVERYTHING, ConsentMethod::Api);
    // Withdrawn by the person.
    let mut book = Book::of(ANN);
    book.one(&said(Some(Keyword::Stop), &english()));
    assert_eq!(book.act(&everything()), Err(Rejection::OptedOut));
    assert_eq!(book.act(&told(true, about("news"), ConsentMethod::Api)), Err(Rejection::OptedOut));
    // Withdrawn by the API.
    let mut book = Book::of(ANN);
    book.one(&told(false, Scope::EVERYTHING, ConsentMethod::Api));
    assert_eq!(book.standing(), (ConsentState::Revoked, Some(ConsentMethod::Api)));
    let Event::ConsentGranted { before, evidence, .. } = book.one(&everything()) else { panic!() };
    assert_eq!((before, evidence.how.as_deref()), (ConsentState::Revoked, Some("form")));
    // A part that the person withdrew is theirs too; what is given is not taken for withdrawn.
    let mut book = Book::in_state(ANN, ConsentState::Granted);
    book.one(&told(false, about("offers"), ConsentMethod::Spoken));
    assert_eq!(book.act(&told(true, about("offers"), ConsentMethod::Api)), Err(Rejection::OptedOut));
    assert!(book.act(&told(true, about("news"), ConsentMethod::Api)).is_ok());
    assert!(book.act(&told(true, about("news"), ConsentMethod::Keyed)).is_ok(), "given twice");
}

#[test]
fn a_withdrawal_that_is_in_force_already_changes_nothing() {
    let blocked = |breadth| Act::Blocked { message_sid: Some("SM1".to_owned()), breadth };
    let elsewhere = Act::WithdrawnElsewhere {
        evidence: Evidence { message_sid: Some(SID.to_owned()), ..Evidence::default() },
        at: Timestamp::from_second(7).unwrap(),
    };
    let acts = [
        (told(false, Scope::EVERYTHING, ConsentMethod::Spoken), ConsentMethod::Spoken, Breadth::Channel),
        (blocked((Breadth::Purpose, None)), ConsentMethod::CarrierBlock, Breadth::Channel),
        (blocked((Breadth::All, Some(rule()))), ConsentMethod::CarrierBlock, Breadth::All),
        (elsewhere, ConsentMethod::OtherChannel, Breadth::Channel),
        (Act::Erased, ConsentMethod::Erasure, Breadth::Channel),
    ];
    for (act, method, breadth) in &acts {
        for state in [ConsentState::Unknown, ConsentState::Pending, ConsentState::Granted] {
            let mut book = Book::in_state(ANN, state);
            let event = book.one(act);
            let (scope, reach, ..) = revoked(&event);
            assert_eq!((scope, reach), (&Scope::EVERYTHING, *breadth), "{act:?}");
            assert_eq!(book.standing(), (ConsentState::Revoked, Some(*method)), "{act:?}");
            for (again, ..) in &acts {
                assert_eq!(book.act(again), Err(Rejection::AlreadySo), "{again:?} after {act:?}");
            }
        }
    }
    let (act, ..) = &acts[1];
    let event = Book::of(ANN).one(act);
    assert_eq!(revoked(&event).4.message_sid.as_deref(), Some("SM1"));
    let event = Book::of(ANN).one(&acts[3].0);
    assert_eq!(revoked(&event).4.message_sid.as_deref(), Some(SID));
    let Event::ConsentRevoked { at, .. } = event else { panic!() };
    assert_eq!(at, Timestamp::from_second(7).unwrap());
}

#[test]
fn an_erasure_takes_the_place_of_what_another_system_could_take_back() {
    let mut book = Book::of(ANN);
    book.one(&told(false, Scope::EVERYTHING, ConsentMethod::Api));
    book.one(&Act::Erased);
    assert_eq!(book.standing(), (ConsentState::Revoked, Some(ConsentMethod::Erasure)));
    let grant = told(true, Scope::EVERYTHING, ConsentMethod::Api);
    assert_eq!(book.act(&grant), Err(Rejection::OptedOut));
    let token = "person_07070707070707070707070707070707";
    assert_eq!(Book::of(token).act(&grant), Err(Rejection::OptedOut), "nobody speaks for a token");
}

#[test]
fn a_ledger_tells_32_parts_apart_and_what_is_beyond_is_withdrawn_with_everything() {
    let mut book = Book::in_state(ANN, ConsentState::Granted);
    for part in 0..32 {
        book.one(&told(true, about(&format!("part {part}")), ConsentMethod::Api));
    }
    let Err(Rejection::Refused(why)) = book.act(&told(true, about("more"), ConsentMethod::Api)) else {
        panic!("the 33rd part is refused");
    };
    assert!(why.contains("32 scopes"), "{why}");
    assert!(book.act(&told(true, about("part 7"), ConsentMethod::Api)).is_ok(), "a known one is not new");
    assert!(book.act(&told(true, Scope::EVERYTHING, ConsentMethod::Api)).is_ok());
    assert_eq!(book.0.scopes.len(), 32);

    let words = english();
    let stop = Act::Wrote {
        keyword: Some(Keyword::Stop),
        language: &words,
        rule: None,
        purpose: Purpose::of("more"),
        breadth: (Breadth::Purpose, None),
        message_sid: SID,
        at: Timestamp::UNIX_EPOCH,
    };
    assert_eq!(revoked(&Book(book.0.clone()).one(&stop)).0, &Scope::EVERYTHING);
    let event = book.one(&told(false, about("more"), ConsentMethod::Api));
    let (scope, breadth, ..) = revoked(&event);
    assert_eq!((scope, breadth), (&Scope::EVERYTHING, Breadth::Channel));
    // One below, the part itself is withdrawn.
    let mut book = Book::in_state(ANN, ConsentState::Granted);
    for part in 0..31 {
        book.one(&told(true, about(&format!("part {part}")), ConsentMethod::Api));
    }
    let event = book.one(&told(false, about("more"), ConsentMethod::Api));
    let (scope, breadth, ..) = revoked(&event);
    assert_eq!((scope, breadth), (&about("more"), Breadth::Purpose));
    assert_eq!(book.0.scopes.len(), 32);
}

#[test]
fn who_gives_everything_again_takes_back_their_own_withdrawals_and_not_those_of_systems() {
    let withdrawn = |method| {
        let mut book = Book::in_state(ANN, ConsentState::Granted);
        book.one(&told(false, about("offers"), method));
        book
    };
    let mut book = withdrawn(ConsentMethod::Api);
    book.one(&said(Some(Keyword::Start), &english()));
    assert!(book.0.is_revoked(&about("offers")), "the system's withdrawal stands");
    let mut book = withdrawn(ConsentMethod::Keyed);
    book.one(&told(true, Scope::EVERYTHING, ConsentMethod::Api));
    assert!(book.0.is_revoked(&about("offers")), "the person's withdrawal stands");
    let mut book = withdrawn(ConsentMethod::Keyed);
    book.one(&told(true, about("news"), ConsentMethod::Keyed));
    assert!(book.0.is_revoked(&about("offers")), "another part");
    let mut book = withdrawn(ConsentMethod::Keyed);
    book.one(&said(Some(Keyword::Start), &english()));
    assert!(!book.0.is_revoked(&about("offers")));
}

#[test]
fn a_message_goes_where_nothing_it_falls_under_is_withdrawn() {
    use ConsentState::{Granted, Pending, Revoked, Unknown};
    let matter =
        |purpose: &str, explicit| Matter { sender: "+15550001111", purpose: Purpose::of(purpose), explicit };
    let confirmation = Some(Exemption::OptOutConfirmation);
    let (help, question) = (Some(Exemption::HelpReply), Some(Exemption::ConsentRequest));
    for (state, exemption, expected) in [
        (Granted, None, Ok(())),
        (Granted, question, Ok(())),
        (Revoked, None, Err("opted_out")),
        (Revoked, confirmation, Ok(())),
        (Revoked, help, Ok(())),
        (Revoked, question, Err("opted_out")),
        (Unknown, None, Err("no_consent")),
        (Unknown, confirmation, Err("no_consent")),
        (Unknown, help, Ok(())),
        (Pending, question, Ok(())),
        (Pending, None, Err("no_consent")),
    ] {
        let book = Book::in_state(ANN, state);
        assert_eq!(book.0.allows(&matter("news", false), exemption), expected, "{state:?}, {exemption:?}");
    }
    // Who only wrote to us has not agreed to offers.
    let mut book = Book::of(ANN);
    book.one(&said(None, &english()));
    assert_eq!(book.0.allows(&matter("offers", true), None), Err("no_consent"));
    assert_eq!(book.0.allows(&matter("offers", false), None), Ok(()));
    book.one(&told(true, about("offers"), ConsentMethod::Api));
    assert_eq!(book.0.allows(&matter("offers", true), None), Ok(()));
    assert_eq!(book.0.allows(&matter("news", true), None), Err("no_consent"));
    book.one(&told(false, about("offers"), ConsentMethod::Api));
    assert_eq!(book.0.allows(&matter("offers", false), None), Err("opted_out"));
    // A part may be agreed to where nothing else is.
    let mut book = Book::of(ANN);
    book.one(&told(true, about("offers"), ConsentMethod::Api));
    assert_eq!(book.0.allows(&matter("offers", true), None), Ok(()));
    assert_eq!(book.0.allows(&matter("news", false), None), Err("no_consent"));
}

#[test]
fn wrong_codes_are_counted_within_their_window() {
    let mut policy = Policy::default();
    (policy.join.failures, policy.join.window) = (3, SignedDuration::from_secs(60));
    let mut book = Book::of(ANN);
    let failed = |at| Event::JoinAttemptFailed {
        address: ANN.parse().unwrap(),
        at: Timestamp::from_second(at).unwrap(),
    };
    let may = |book: &Book, now| {
        let context = Context::new(Timestamp::from_second(now).unwrap(), &policy, Seed([0; 16]));
        book.0.may_try_code(&context)
    };
    assert!(may(&book, 0));
    for (at, count, allowed) in [(100, 1, true), (110, 2, true), (159, 3, false)] {
        apply(&mut book.0, &failed(at), policy.join.window);
        assert_eq!((book.0.wrong_codes.count, may(&book, 159)), (count, allowed), "at {at}");
    }
    assert!(may(&book, 160), "the window began with the first");
    apply(&mut book.0, &failed(160), policy.join.window);
    assert_eq!(book.0.wrong_codes, WrongCodes { count: 1, since: Timestamp::from_second(160).ok() });
    let events = book.act(&Act::WrongCode).unwrap();
    assert!(matches!(events.as_slice(), [Event::JoinAttemptFailed { .. }]));
    assert_eq!(book.0.sequence, 5);
    assert_eq!(book.0.stream(), "consent/+15551110001");
}

#[test]
fn where_somebody_is_told_to_be_is_kept() {
    let mut book = Book::of(ANN);
    let place: Place = "DE".parse().unwrap();
    let event =
        book.one(&Act::Located { evidence: place::Evidence::Account, place: Some(place), time_zone: None });
    assert!(matches!(event, Event::PersonLocated { place: Some(told), .. } if told == place));
    assert_ne!(book.0.whereabouts, place::Whereabouts::default());
}

#[test]
fn a_stop_that_is_heard_of_after_the_start_that_followed_it_does_not_take_that_back() {
    let english = english();
    let wrote = |word: Keyword, second: i64| Act::Wrote {
        keyword: Some(word),
        language: &english,
        rule: None,
        purpose: None,
        breadth: (Breadth::All, None),
        message_sid: SID,
        at: Timestamp::from_second(second).unwrap(),
    };
    for (method, state) in [
        (ConsentMethod::Keyword, ConsentState::Granted),
        // That they wrote is no START.
        (ConsentMethod::InboundMessage, ConsentState::Revoked),
    ] {
        let mut book = Book::in_state(ANN_WHATSAPP, ConsentState::Granted);
        book.0.standing.method = Some(method);
        book.0.standing.since = Timestamp::from_second(900).ok();
        book.act(&wrote(Keyword::Stop, 800)).unwrap();
        assert_eq!(book.standing().0, state, "{method:?}");
        book.act(&wrote(Keyword::Stop, 900)).unwrap();
        assert_eq!(book.standing().0, ConsentState::Revoked);
    }
}
