//! What is known of one address.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::address::Address;
use crate::consent::{Matter, Scope};
use crate::context::Context;
use crate::disclosure::Disclosed;
use crate::event::{ConsentMethod, ConsentState, Event, Evidence, Exemption};
use crate::place::Whereabouts;
use crate::window::Window;

/// Scopes of their own that a ledger keeps. A withdrawal beyond is one of everything; a grant beyond is refused.
pub(super) const SCOPES: usize = 32;

/// What is known about one address. The fold of its events.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsentLedger {
    /// Whose.
    pub address: Address,
    /// Where it stands, for everything that has no entry in `scopes`.
    #[serde(flatten)]
    pub standing: Standing,
    /// Where it stands for a part of it; at most 32 parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scoped>,
    /// The question that was asked last, as it was shown.
    pub asked: Option<Shown>,
    /// Wrong join codes it tried.
    pub wrong_codes: WrongCodes,
    /// Until when WhatsApp takes free text for them.
    #[serde(default)]
    pub window: Window,
    /// When they were told that an AI answers.
    #[serde(default)]
    pub disclosed: Option<Disclosed>,
    /// Where its person is, as far as that was told.
    #[serde(default)]
    pub whereabouts: Whereabouts,
    /// Sequence number of its newest event.
    pub sequence: u64,
}

/// Where consent stands, how it came to stand there, and the proof.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Where.
    pub state: ConsentState,
    /// By what kind of act.
    pub method: Option<ConsentMethod>,
    /// The proof.
    pub evidence: Evidence,
    /// Since when.
    pub since: Option<Timestamp>,
}

impl Standing {
    /// Whether it is the person's own word, said after a time.
    pub(super) fn was_said_after(&self, at: Timestamp) -> bool {
        self.method == Some(ConsentMethod::Keyword) && self.since.is_some_and(|since| since > at)
    }
}

/// Where consent stands for a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scoped {
    /// The part.
    pub scope: Scope,
    /// Where it stands.
    #[serde(flatten)]
    pub standing: Standing,
}

/// A text as a person saw it: proof of what they answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shown {
    /// Its words.
    pub wording: String,
    /// Its version: the first 12 hexadecimal digits of its SHA-256.
    pub version: String,
    /// Its language, BCP 47.
    pub language: String,
}

/// Wrong join codes within the policy's window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongCodes {
    /// How many.
    pub count: u32,
    /// Since when; the window begins with the first.
    pub since: Option<Timestamp>,
}

impl ConsentLedger {
    /// A ledger about which nothing is known.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            standing: Standing::default(),
            scopes: Vec::new(),
            asked: None,
            wrong_codes: WrongCodes::default(),
            window: Window::default(),
            disclosed: None,
            whereabouts: Whereabouts::default(),
            sequence: 0,
        }
    }

    /// The stream in which its events are numbered.
    pub fn stream(&self) -> String {
        format!("consent/{}", self.address)
    }

    /// Where it stands for everything.
    pub fn state(&self) -> ConsentState {
        self.standing.state
    }

    /// Where it stands for a part by itself; that of everything when the part has no entry.
    pub fn standing_of(&self, scope: &Scope) -> &Standing {
        self.scopes.iter().find(|own| own.scope == *scope).map_or(&self.standing, |own| &own.standing)
    }

    /// Whether a part is withdrawn, by itself or with everything.
    pub fn is_revoked(&self, scope: &Scope) -> bool {
        let revoked = |standing: &Standing| standing.state == ConsentState::Revoked;
        revoked(&self.standing) || revoked(self.standing_of(scope))
    }

    /// Whether a message may go to the address now; `opted_out` or `no_consent` when not.
    ///
    /// What is withdrawn for any part that the message falls under is withdrawn for the message.
    pub fn allows(&self, matter: &Matter<'_>, exemption: Option<Exemption>) -> Result<(), &'static str> {
        let own = self.scopes.iter().filter(|own| own.scope.covers(matter)).map(|own| &own.standing);
        let standings = || own.clone().chain([&self.standing]);
        let state = if standings().any(|standing| standing.state == ConsentState::Revoked) {
            ConsentState::Revoked
        } else if standings().any(|standing| standing.state == ConsentState::Granted) {
            ConsentState::Granted
        } else {
            self.standing.state
        };
        match (state, exemption) {
            (ConsentState::Granted, None) if matter.explicit => {
                let explicit = |standing: &Standing| {
                    standing.state == ConsentState::Granted
                        && standing.method != Some(ConsentMethod::InboundMessage)
                };
                if standings().any(explicit) { Ok(()) } else { Err("no_consent") }
            }
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

/// Folds an event into the ledger.
pub fn apply(ledger: &mut ConsentLedger, event: &Event, window: jiff::SignedDuration) {
    match event {
        Event::ConsentRequested { at, shown, .. } => {
            ledger.standing.state = ConsentState::Pending;
            ledger.standing.since = Some(*at);
            ledger.asked.clone_from(shown);
        }
        Event::ConsentGranted { scope, method, evidence, at, .. } => {
            let standing = standing(ConsentState::Granted, *method, evidence, *at);
            // Who gives everything again takes back what they themselves withdrew in part.
            if scope.is_everything() && method.is_personal() {
                ledger.scopes.retain(|own| !own.standing.method.is_some_and(ConsentMethod::is_personal));
            }
            settle(ledger, scope, standing);
            ledger.asked = None;
        }
        Event::ConsentRevoked { scope, method, evidence, at, .. } => {
            let standing = standing(ConsentState::Revoked, *method, evidence, *at);
            // Nothing is left of what was given in part.
            if scope.is_everything() {
                ledger.scopes.clear();
            }
            settle(ledger, scope, standing);
        }
        Event::PersonLocated { source, place, time_zone, at, .. } => {
            ledger.whereabouts.take(*source, *place, *time_zone, *at);
        }
        Event::JoinAttemptFailed { at, .. } => match ledger.wrong_codes.since {
            Some(since) if at.duration_since(since) < window => ledger.wrong_codes.count += 1,
            _ => ledger.wrong_codes = WrongCodes { count: 1, since: Some(*at) },
        },
        _ => return,
    }
    ledger.sequence += 1;
}

fn standing(state: ConsentState, method: ConsentMethod, evidence: &Evidence, at: Timestamp) -> Standing {
    Standing { state, method: Some(method), evidence: evidence.clone(), since: Some(at) }
}

fn settle(ledger: &mut ConsentLedger, scope: &Scope, standing: Standing) {
    if scope.is_everything() {
        ledger.standing = standing;
        return;
    }
    ledger.scopes.retain(|own| own.scope != *scope);
    ledger.scopes.push(Scoped { scope: scope.clone(), standing });
}
