//! The consent ledger of one address: may it be written to, and may it try another join code?
//!
//! Consent is granted, asked for or withdrawn, each with its proof. A withdrawal is in force the moment it is decided;
//! nothing but an act of the same address, or a documented new opt-in, gives consent again. Wrong join codes are counted
//! here too, since both are about an address whatever session it is in.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::address::{Address, Channel};
use crate::context::Context;
use crate::event::{ConsentMethod, ConsentState, Event, Evidence, Exemption};
use crate::keyword::Keyword;
use crate::policy::{CarrierKeywords, OptIn};
use crate::rejection::Rejection;

/// What is known about one address. The fold of its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsentLedger {
    /// Whose.
    pub address: Address,
    /// Where it stands.
    pub state: ConsentState,
    /// How it came to stand there.
    pub method: Option<ConsentMethod>,
    /// The proof.
    pub evidence: Evidence,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Wrong join codes it tried.
    pub wrong_codes: WrongCodes,
    /// Sequence number of its newest event.
    pub sequence: u64,
}

/// Wrong join codes within the policy's window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongCodes {
    /// How many.
    pub count: u32,
    /// Since when; the window begins with the first.
    pub since: Option<Timestamp>,
}

/// What can happen to a ledger.
#[derive(Debug, Clone, PartialEq)]
pub enum Act<'a> {
    /// The person wrote something.
    Wrote {
        /// The keyword it is, if it is one.
        keyword: Option<Keyword>,
        /// The message.
        message_sid: &'a str,
        /// When.
        at: Timestamp,
    },
    /// Told through the API.
    Told {
        /// Given or withdrawn.
        granted: bool,
        /// The proof.
        evidence: Evidence,
    },
    /// Twilio refused to send, error 21610.
    Blocked {
        /// The message that was refused.
        message_sid: Option<String>,
    },
    /// A join code did not work.
    WrongCode,
    /// The person is being erased.
    Erased,
}

impl ConsentLedger {
    /// A ledger about which nothing is known.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            state: ConsentState::Unknown,
            method: None,
            evidence: Evidence::default(),
            since: None,
            wrong_codes: WrongCodes::default(),
            sequence: 0,
        }
    }

    /// The stream in which its events are numbered.
    pub fn stream(&self) -> String {
        format!("consent/{}", self.address)
    }

    /// Whether a message may go to the address now; `opted_out` or `no_consent` when not. Consent covers messages of
    /// every class.
    pub fn allows(&self, exemption: Option<Exemption>) -> Result<(), &'static str> {
        match (self.state, exemption) {
            (ConsentState::Granted, _)
            | (ConsentState::Revoked, Some(Exemption::OptOutConfirmation | Exemption::HelpReply))
            | (
                ConsentState::Unknown | ConsentState::Pending,
                Some(Exemption::HelpReply | Exemption::ConsentRequest),
            ) => Ok(()),
            (ConsentState::Revoked, _) => Err("opted_out"),
            (ConsentState::Unknown | ConsentState::Pending, _) => Err("no_consent"),
        }
    }

    /// Whether too many wrong codes were tried lately.
    pub fn may_try_code(&self, context: &Context<'_>) -> bool {
        let join = &context.policy.join;
        match self.wrong_codes.since {
            Some(since) if context.now.duration_since(since) < join.window => {
                self.wrong_codes.count < join.failures
            }
            _ => true,
        }
    }
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
        Act::Erased if ledger.state != ConsentState::Revoked || ledger.method == Some(ConsentMethod::Api) => {
            Ok(vec![revoke(address, ConsentMethod::Erasure, Evidence::default(), context.now)])
        }
        Act::Wrote { keyword, message_sid, at } => Ok(wrote(ledger, *keyword, message_sid, *at, context)),
        // What a person withdrew, only they give again; what was withdrawn through the API may be given through it.
        Act::Told { granted: true, .. }
            if ledger.state == ConsentState::Revoked && ledger.method != Some(ConsentMethod::Api) =>
        {
            Err(Rejection::OptedOut)
        }
        Act::Told { granted: true, evidence } => {
            Ok(vec![grant(ledger, ConsentMethod::Api, evidence.clone(), context.now)])
        }
        Act::Told { granted: false, evidence } if ledger.state != ConsentState::Revoked => {
            Ok(vec![revoke(address, ConsentMethod::Api, evidence.clone(), context.now)])
        }
        Act::Blocked { message_sid } if ledger.state != ConsentState::Revoked => {
            let evidence = Evidence { message_sid: message_sid.clone(), ..Evidence::default() };
            Ok(vec![revoke(address, ConsentMethod::CarrierBlock, evidence, context.now)])
        }
        Act::Told { .. } | Act::Blocked { .. } | Act::Erased => Err(Rejection::AlreadySo),
        Act::WrongCode => Ok(vec![Event::JoinAttemptFailed { address, at: context.now }]),
    }
}

fn wrote(
    ledger: &ConsentLedger,
    keyword: Option<Keyword>,
    message_sid: &str,
    at: Timestamp,
    context: &Context<'_>,
) -> Vec<Event> {
    let evidence = |word: Option<&str>| Evidence {
        message_sid: Some(message_sid.to_owned()),
        keyword: word.map(str::to_owned),
        ..Evidence::default()
    };
    match (keyword, ledger.state) {
        (Some(Keyword::Help), _) | (Some(Keyword::Stop), ConsentState::Revoked) => Vec::new(),
        (Some(Keyword::Stop), _) => {
            vec![revoke(ledger.address.clone(), ConsentMethod::Keyword, evidence(Some("stop")), at)]
        }
        (Some(Keyword::Start), ConsentState::Revoked | ConsentState::Pending | ConsentState::Unknown) => {
            vec![grant(ledger, ConsentMethod::Keyword, evidence(Some("start")), at)]
        }
        // YES answers our question; after an opt-out it counts only where Twilio lifts its block on it too.
        (Some(Keyword::Yes), ConsentState::Pending) => {
            vec![grant(ledger, ConsentMethod::Keyword, evidence(Some("yes")), at)]
        }
        (Some(Keyword::Yes), ConsentState::Revoked) if ledger.address.channel() == Channel::Sms => {
            vec![grant(ledger, ConsentMethod::Keyword, evidence(Some("yes")), at)]
        }
        (_, ConsentState::Unknown) => match context.policy.opt_in {
            OptIn::Single => vec![grant(ledger, ConsentMethod::InboundMessage, evidence(None), at)],
            OptIn::Double => {
                vec![Event::ConsentRequested { address: ledger.address.clone(), at: context.now }]
            }
        },
        (_, ConsentState::Pending | ConsentState::Granted | ConsentState::Revoked) => Vec::new(),
    }
}

fn grant(ledger: &ConsentLedger, method: ConsentMethod, evidence: Evidence, at: Timestamp) -> Event {
    Event::ConsentGranted { address: ledger.address.clone(), method, evidence, before: ledger.state, at }
}

fn revoke(address: Address, method: ConsentMethod, evidence: Evidence, at: Timestamp) -> Event {
    Event::ConsentRevoked { address, method, evidence, at }
}

/// Folds an event into the ledger.
pub fn apply(ledger: &mut ConsentLedger, event: &Event, window: jiff::SignedDuration) {
    match event {
        Event::ConsentRequested { at, .. } => {
            ledger.state = ConsentState::Pending;
            ledger.since = Some(*at);
        }
        Event::ConsentGranted { method, evidence, at, .. } => {
            ledger.state = ConsentState::Granted;
            ledger.method = Some(*method);
            ledger.evidence = evidence.clone();
            ledger.since = Some(*at);
        }
        Event::ConsentRevoked { method, evidence, at, .. } => {
            ledger.state = ConsentState::Revoked;
            ledger.method = Some(*method);
            ledger.evidence = evidence.clone();
            ledger.since = Some(*at);
        }
        Event::JoinAttemptFailed { at, .. } => match ledger.wrong_codes.since {
            Some(since) if at.duration_since(since) < window => ledger.wrong_codes.count += 1,
            _ => ledger.wrong_codes = WrongCodes { count: 1, since: Some(*at) },
        },
        _ => return,
    }
    ledger.sequence += 1;
}

/// Whether Twilio or the carrier has already answered the keyword, so that the channel must not.
pub fn answered_by_carrier(
    text: &str,
    keyword: Keyword,
    marked_by_twilio: bool,
    sender: &Address,
    context: &Context<'_>,
) -> bool {
    if marked_by_twilio {
        return true;
    }
    match context.policy.carrier_keywords(sender) {
        // Advanced Opt-Out starts from the same words; its mark does not reach Conversations webhooks.
        CarrierKeywords::TwilioDefault | CarrierKeywords::Advanced => {
            crate::keyword::carrier_would_match(text).is_some_and(|matched| same_family(matched, keyword))
        }
        CarrierKeywords::None => false,
    }
}

/// YES is an opt-in word to Twilio and an answer to us.
fn same_family(a: Keyword, b: Keyword) -> bool {
    let family = |k| if k == Keyword::Yes { Keyword::Start } else { k };
    family(a) == family(b)
}
