//! The consent ledger of one address: may it be written to, by whom and what for, and may it try another join code?
//!
//! Consent is granted, asked for or withdrawn, each with its proof. A withdrawal is in force the moment it is decided;
//! nothing but an act of the same address, or a documented new opt-in of what was withdrawn elsewhere, gives consent
//! again. An address is a person on one channel; a [`Scope`] is a part of that: a sender or its pool, a purpose. How far
//! an opt-out reaches is a [`Breadth`], which dated rules decide. Wrong join codes are counted here too, since both are
//! about an address whatever session it is in.

mod carrier;
mod ledger;
mod scope;

use std::fmt::Write;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::address::{Address, Channel};
use crate::context::Context;
use crate::event::{ConsentMethod, ConsentState, Event, Evidence};
use crate::keyword::Keyword;
use crate::language::Language;
use crate::place::{self, Place, Zone};
use crate::policy::OptIn;
use crate::rejection::Rejection;
use crate::rules::RuleRef;
use crate::text::{self, Args, Medium, TextId};

pub use self::carrier::answered_by_carrier;
use self::ledger::SCOPES;
pub use self::ledger::{ConsentLedger, Scoped, Shown, Standing, WrongCodes, apply};
pub use self::scope::{Breadth, Matter, Purpose, Scope, siblings};

/// What can happen to a ledger.
#[derive(Debug, Clone, PartialEq)]
pub enum Act<'a> {
    /// The person wrote something.
    Wrote {
        /// The keyword it is, if it is one.
        keyword: Option<Keyword>,
        /// The language that its author is spoken to in.
        language: &'a Language,
        /// The rule by which a text that is no keyword is a stop all the same, and its version.
        rule: Option<String>,
        /// What it answers: the purpose of the message before it.
        purpose: Option<Purpose>,
        /// How far an opt-out reaches, and by which rule.
        breadth: (Breadth, Option<RuleRef>),
        /// The message.
        message_sid: &'a str,
        /// When.
        at: Timestamp,
    },
    /// Told through the API, by another system, or by what a person said or pressed on a call.
    Told {
        /// Given or withdrawn.
        granted: bool,
        /// What of it.
        scope: Scope,
        /// How far a withdrawal reaches.
        breadth: Breadth,
        /// By what kind of act.
        method: ConsentMethod,
        /// The proof.
        evidence: Evidence,
    },
    /// Twilio refused to send, error 21610.
    Blocked {
        /// The message that was refused.
        message_sid: Option<String>,
        /// How far it reaches, and by which rule.
        breadth: (Breadth, Option<RuleRef>),
    },
    /// The person withdrew everything on another channel.
    WithdrawnElsewhere {
        /// The proof there.
        evidence: Evidence,
        /// When.
        at: Timestamp,
    },
    /// A join code did not work.
    WrongCode,
    /// It was told where the person is; neither place nor zone takes back what was told on this evidence.
    Located {
        /// On what it rests.
        evidence: place::Evidence,
        /// The country or state.
        place: Option<Place>,
        /// The time zone.
        time_zone: Option<Zone>,
    },
    /// The person is being erased.
    Erased,
}

/// What follows from an act.
pub fn decide(ledger: &ConsentLedger, act: &Act<'_>, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
    let address = ledger.address.clone();
    // Who was erased is known by a token alone, and nobody speaks for them.
    if address.is_erased() {
        return Err(Rejection::OptedOut);
    }
    match act {
        // What another system withdrew it could grant again; after an erasure only the person can.
        Act::Erased
            if ledger.state() != ConsentState::Revoked
                || ledger.standing.method == Some(ConsentMethod::Api) =>
        {
            let reach = Reach { breadth: Breadth::Channel, ..Reach::default() };
            Ok(vec![revoke(address, reach, ConsentMethod::Erasure, Evidence::default(), context.now)])
        }
        Act::Wrote { .. } => Ok(wrote(ledger, act, context)),
        Act::Told { granted: true, scope, method, evidence, .. } => {
            // What a person withdrew, only they give again; what was withdrawn through the API may be given through it.
            let theirs = |standing: &Standing| {
                standing.state == ConsentState::Revoked && standing.method != Some(ConsentMethod::Api)
            };
            if theirs(&ledger.standing) || theirs(ledger.standing_of(scope)) {
                return Err(Rejection::OptedOut);
            }
            let new = !scope.is_everything() && ledger.scopes.iter().all(|own| own.scope != *scope);
            if new && ledger.scopes.len() >= SCOPES {
                return Err(Rejection::Refused(format!(
                    "consent of this address is already told apart by {SCOPES} scopes; grant it for everything"
                )));
            }
            Ok(vec![grant(ledger, scope.clone(), *method, evidence.clone(), context.now)])
        }
        Act::Told { granted: false, scope, breadth, method, evidence } if !ledger.is_revoked(scope) => {
            let scope = if ledger.scopes.len() >= SCOPES { Scope::EVERYTHING } else { scope.clone() };
            let breadth = if scope.is_everything() { *breadth } else { Breadth::Purpose };
            let reach = Reach { scope, breadth, rule: None };
            Ok(vec![revoke(address, reach, *method, evidence.clone(), context.now)])
        }
        Act::Blocked { message_sid, breadth } if ledger.state() != ConsentState::Revoked => {
            let evidence = Evidence { message_sid: message_sid.clone(), ..Evidence::default() };
            // Twilio blocks everything on the channel at least.
            let scope = Scope::EVERYTHING;
            let reach = Reach { scope, breadth: breadth.0.max(Breadth::Channel), rule: breadth.1.clone() };
            Ok(vec![revoke(address, reach, ConsentMethod::CarrierBlock, evidence, context.now)])
        }
        Act::WithdrawnElsewhere { evidence, at } if ledger.state() != ConsentState::Revoked => {
            let reach = Reach { breadth: Breadth::Channel, ..Reach::default() };
            Ok(vec![revoke(address, reach, ConsentMethod::OtherChannel, evidence.clone(), *at)])
        }
        Act::Told { .. } | Act::Blocked { .. } | Act::WithdrawnElsewhere { .. } | Act::Erased => {
            Err(Rejection::AlreadySo)
        }
        Act::Located { evidence, place, time_zone } => {
            let (source, place, time_zone, at) = (*evidence, *place, *time_zone, context.now);
            Ok(vec![Event::PersonLocated { address, source, place, time_zone, at }])
        }
        Act::WrongCode => Ok(vec![Event::JoinAttemptFailed { address, at: context.now }]),
    }
}

fn wrote(ledger: &ConsentLedger, act: &Act<'_>, context: &Context<'_>) -> Vec<Event> {
    let Act::Wrote { keyword, language, rule: phrase, purpose, breadth, message_sid, at } = act else {
        return Vec::new();
    };
    let evidence = |word: Option<&str>| Evidence {
        message_sid: Some((*message_sid).to_owned()),
        keyword: word.map(str::to_owned),
        ..Evidence::default()
    };
    let answer = |word: &str| {
        let shown = ledger.asked.clone();
        let evidence = Evidence {
            text_shown: shown.as_ref().map(|shown| shown.wording.clone()),
            version: shown.as_ref().map(|shown| shown.version.clone()),
            language: shown.map(|shown| shown.language),
            ..evidence(Some(word))
        };
        vec![grant(ledger, Scope::EVERYTHING, ConsentMethod::Keyword, evidence, *at)]
    };
    match (keyword, ledger.state()) {
        (Some(Keyword::Help), _) | (Some(Keyword::Stop), ConsentState::Revoked) => Vec::new(),
        // They have said START since: this one is heard of late.
        (Some(Keyword::Stop), ConsentState::Granted) if ledger.standing.was_said_after(*at) => Vec::new(),
        (Some(Keyword::Stop), _) => {
            let (breadth, rule) = breadth.clone();
            let part = purpose.clone().map(Scope::purpose).filter(|part| {
                // Said again of what is withdrawn already, it means the rest.
                breadth == Breadth::Purpose && !ledger.is_revoked(part) && ledger.scopes.len() < SCOPES
            });
            let reach = match part {
                Some(scope) => Reach { scope, breadth, rule },
                None if breadth == Breadth::Purpose => {
                    Reach { breadth: Breadth::All, rule, ..Reach::default() }
                }
                None => Reach { breadth, rule, ..Reach::default() },
            };
            let (method, evidence) = match phrase {
                Some(phrase) => {
                    (ConsentMethod::Phrase, Evidence { rule: Some(phrase.clone()), ..evidence(None) })
                }
                None => (ConsentMethod::Keyword, evidence(Some("stop"))),
            };
            vec![revoke(ledger.address.clone(), reach, method, evidence, *at)]
        }
        (Some(Keyword::Start), ConsentState::Revoked | ConsentState::Pending | ConsentState::Unknown) => {
            answer("start")
        }
        // A part was withdrawn, the rest was not.
        (Some(Keyword::Start), ConsentState::Granted)
            if ledger.scopes.iter().any(|own| own.standing.state == ConsentState::Revoked) =>
        {
            answer("start")
        }
        // YES answers our question; after an opt-out it counts only where Twilio lifts its block on it too.
        (Some(Keyword::Yes), ConsentState::Pending) => answer("yes"),
        (Some(Keyword::Yes), ConsentState::Revoked) if ledger.address.channel() == Channel::Sms => {
            answer("yes")
        }
        (_, ConsentState::Unknown) => match context.policy.opt_in_of(&ledger.address, context.now) {
            OptIn::Single => {
                let method = ConsentMethod::InboundMessage;
                vec![grant(ledger, Scope::EVERYTHING, method, evidence(None), *at)]
            }
            OptIn::Double => vec![Event::ConsentRequested {
                address: ledger.address.clone(),
                shown: Some(question(&ledger.address, language, context)),
                at: context.now,
            }],
        },
        (_, ConsentState::Pending | ConsentState::Granted | ConsentState::Revoked) => Vec::new(),
    }
}

/// The question as it is about to be shown.
fn question(address: &Address, language: &Language, context: &Context<'_>) -> Shown {
    let medium = Medium::of(address.channel());
    let said = text::render(TextId::ConsentRequest, &Args::default(), context.policy, language, medium);
    Shown::new(said.text, &said.language.to_string())
}

fn grant(
    ledger: &ConsentLedger,
    scope: Scope,
    method: ConsentMethod,
    evidence: Evidence,
    at: Timestamp,
) -> Event {
    let before = ledger.standing_of(&scope).state;
    Event::ConsentGranted { address: ledger.address.clone(), scope, method, evidence, before, at }
}

/// How far a withdrawal reaches.
#[derive(Default)]
struct Reach {
    scope: Scope,
    breadth: Breadth,
    rule: Option<RuleRef>,
}

fn revoke(address: Address, reach: Reach, method: ConsentMethod, evidence: Evidence, at: Timestamp) -> Event {
    let Reach { scope, breadth, rule } = reach;
    let rule = rule.map(|rule| rule.to_string());
    Event::ConsentRevoked { address, scope, breadth, rule, method, evidence, at }
}

impl Shown {
    /// A text as it is shown.
    pub fn new(wording: String, language: &str) -> Self {
        let mut version = String::with_capacity(12);
        for byte in &Sha256::digest(wording.as_bytes())[..6] {
            let _ = write!(version, "{byte:02x}");
        }
        Self { wording, version, language: language.to_owned() }
    }
}

#[cfg(test)]
mod tests;
