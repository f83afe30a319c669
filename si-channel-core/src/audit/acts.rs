//! What the log keeps of each event, and why it keeps nothing of the others.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    ASIDES, CONSENT, DISCLOSURE, FLOOD, GUARD, JOINING, Kind, LOOPS, MEMBERSHIP, OUTBOUND, Record, Verdict,
    WINDOW,
};
use crate::address::Address;
use crate::event::{Event, LeaveReason};
use crate::guard::GuardAction;
use crate::rules::RuleRef;
use crate::window;

/// Fields that a record has in places of their own, and what was written, which decides nothing.
const ELSEWHERE: [&str; 11] = [
    "event",
    "address",
    "author",
    "person",
    "message_sid",
    "outbound_id",
    "reason",
    "text",
    "media",
    "omitted",
    "fingerprint",
];

/// What the log makes of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling<'e> {
    /// It is the outcome of a decision, or an act, that is a record.
    Kept(Case<'e>),
    /// Nothing was decided that is not a record already: why.
    Needless(&'static str),
}

/// A decision or an act, as its event tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case<'e> {
    /// What it is about.
    pub kind: Kind,
    /// How it was decided.
    pub verdict: Verdict,
    /// By which rule.
    pub rule: Cow<'e, str>,
    /// Why, when the outcome does not say it all.
    pub reason: Option<&'e str>,
    /// Whom it is about.
    pub about: About<'e>,
}

/// Whom an act is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About<'e> {
    /// One person.
    One(&'e Address),
    /// Those whom an outbound message is for; the event does not say who they are.
    Recipients,
    /// Everybody in the session.
    Everybody,
    /// Nobody in particular.
    Nobody,
}

impl Record {
    /// The record of an event, when it is the outcome of a decision that the log keeps, and whom it is about; what the
    /// event says is among the inputs.
    pub(crate) fn of(event: &Event) -> Option<(Self, About<'_>)> {
        let Ruling::Kept(case) = ruling(event) else { return None };
        let mut record = Self::new(case.kind, case.verdict, case.rule.into_owned());
        if let Some(reason) = case.reason {
            record = record.because(reason);
        }
        if let About::One(address) = case.about {
            record = record.about(address);
        }
        Some((record.telling(event), case.about))
    }

    /// Takes in what an event says.
    fn telling(mut self, event: &Event) -> Self {
        let Ok(Value::Object(fields)) = serde_json::to_value(event) else { return self };
        let evidence = fields.get("evidence").and_then(Value::as_object);
        let message = text(&fields, "message_sid").or_else(|| text(evidence?, "message_sid"));
        let message = message.map(str::to_owned);
        let outbound = text(&fields, "outbound_id").map(str::to_owned);
        for (name, value) in fields {
            if !ELSEWHERE.contains(&name.as_str()) {
                self = self.looked_at(name, &value);
            }
        }
        if let Some(sid) = message {
            self = self.message(&sid);
        }
        if let Some(id) = outbound {
            self = self.refers_to("outbound", &id);
        }
        self
    }
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str)
}

/// What the log makes of an event. Every event has its line: one that is new does not compile without.
#[expect(clippy::too_many_lines, reason = "a table")]
pub fn ruling(event: &Event) -> Ruling<'_> {
    use About::{Everybody, Nobody, One, Recipients};
    use Verdict::{Allowed, Deferred, Noted, Stopped};

    let kept = |kind, verdict, rule: &'static str, reason, about| {
        Ruling::Kept(Case { kind, verdict, rule: Cow::Borrowed(rule), reason, about })
    };
    match event {
        // Consent.
        Event::ConsentRequested { address, .. } => {
            kept(Kind::OptInRequest, Noted, CONSENT, None, One(address))
        }
        Event::ConsentGranted { address, .. } => kept(Kind::OptIn, Allowed, CONSENT, None, One(address)),
        Event::ConsentRevoked { address, .. } => kept(Kind::OptOut, Stopped, CONSENT, None, One(address)),
        Event::OptOutConsidered { address, rule, asked, .. } => Ruling::Kept(Case {
            kind: Kind::OptOut,
            verdict: Noted,
            // The phrase's rule, where one may have been meant.
            rule: rule.as_deref().unwrap_or(CONSENT).into(),
            reason: Some(if *asked { "asked" } else { "not_meant" }),
            about: One(address),
        }),
        Event::HelpRequested { address } => kept(Kind::Help, Noted, CONSENT, None, One(address)),
        Event::DisclosureMade { address, .. } => {
            kept(Kind::Disclosure, Noted, DISCLOSURE, None, One(address))
        }

        // Messages to people.
        Event::MessageSending { .. } => kept(Kind::Send, Allowed, CONSENT, None, Recipients),
        Event::MessagePostponed { reason, rule, .. } => Ruling::Kept(Case {
            kind: Kind::Send,
            verdict: Deferred,
            rule: named(Some(rule), OUTBOUND),
            reason: Some(reason),
            about: Recipients,
        }),
        Event::MessageCancelled { reason, rule, .. } => Ruling::Kept(Case {
            kind: Kind::Send,
            verdict: Stopped,
            rule: named(rule.as_ref(), rule_of(reason)),
            reason: Some(reason),
            about: Recipients,
        }),
        Event::MessageRetried { .. } => {
            kept(Kind::Send, Noted, OUTBOUND, Some("retry_requested"), Recipients)
        }
        Event::MessageExpired { reason, rule, .. } => Ruling::Kept(Case {
            kind: Kind::Send,
            verdict: Stopped,
            rule: named(rule.as_ref(), OUTBOUND),
            reason: Some(reason.as_deref().unwrap_or("expired")),
            about: Recipients,
        }),
        Event::MessageFailed { error_code: Some(window::CLOSED), .. } => {
            kept(Kind::Send, Stopped, WINDOW, Some("window_closed"), Recipients)
        }
        Event::MessageFailed { .. } => Ruling::Needless("Twilio refused what was let go"),
        Event::MessageQueued(_) => Ruling::Needless("it is decided on when its turn comes"),
        Event::MessageMoved { .. } => Ruling::Needless("it is decided on when its turn comes, where it went"),
        Event::MessageDeferred { .. } => Ruling::Needless("it is decided on again when it is tried again"),
        Event::MessageUnclear { .. } | Event::MessageAccepted { .. } | Event::MessageStatus { .. } => {
            Ruling::Needless("Twilio tells what became of what was let go")
        }
        Event::TextFellBack { .. } => Ruling::Needless("it is said all the same, in another language"),

        // What is said in answer.
        Event::TextGuarded { action, rule, .. } => {
            let verdict = match action {
                GuardAction::Flagged => Allowed,
                GuardAction::Rewritten | GuardAction::Blocked => Stopped,
            };
            kept(Kind::Guard, verdict, GUARD, Some(rule.as_str()), Everybody)
        }
        Event::ReplyDiscarded { reason, .. } => {
            kept(Kind::Send, Stopped, rule_of(reason), Some(reason), Everybody)
        }
        Event::TurnAnswered { omitted: Some(_), .. } => {
            kept(Kind::Send, Stopped, OUTBOUND, Some("too_long"), Everybody)
        }
        Event::TurnAnswered { .. } | Event::TurnCompleted { .. } | Event::TurnFailed { .. } => {
            Ruling::Needless("each message of an answer is decided on when its turn comes")
        }
        Event::TurnRequested { .. } => Ruling::Needless("a question to the assistant reaches nobody"),

        // What people write.
        Event::MessageHeld(received) => {
            let about = received.author.address().map_or(Nobody, One);
            kept(Kind::Receive, Deferred, CONSENT, Some("no_consent"), about)
        }
        Event::LoopCut { address, .. } => kept(Kind::Receive, Stopped, LOOPS, Some("loop"), One(address)),
        Event::SpendCeilingReached { .. } => Ruling::Needless("each message that waits for it has a record"),
        Event::AnswerWithheld { address, limit, .. } => {
            kept(Kind::Receive, Stopped, FLOOD, Some(limit.as_str()), One(address))
        }
        Event::MessageWithheld { address, .. } => {
            kept(Kind::Relay, Stopped, ASIDES, Some("aside"), One(address))
        }
        Event::MessageOverheard { address, .. } => {
            kept(Kind::Relay, Noted, ASIDES, Some("overheard"), One(address))
        }
        Event::RelayedAgainstConsent { address, reason, .. } => {
            let why = leaving(*reason).unwrap_or("no_consent");
            kept(Kind::Relay, Noted, MEMBERSHIP, Some(why), One(address))
        }
        Event::MessageReceived(_) => Ruling::Needless("whoever writes is heard"),
        Event::MessageEdited { .. } | Event::MessageRemoved { .. } | Event::MessageRelayed { .. } => {
            Ruling::Needless("Twilio tells what happened there")
        }
        Event::CommandReceived { .. } => Ruling::Needless("what follows from a command has its own events"),
        Event::MediaStored { .. } | Event::MediaFailed { .. } | Event::MediaRemoved { .. } => {
            Ruling::Needless("a file that came is kept or not; its message is heard")
        }

        // Who is in a conversation.
        Event::JoinAttemptFailed { address, .. } => {
            kept(Kind::Join, Stopped, JOINING, Some("wrong_code"), One(address))
        }
        Event::JoinRefused { address, reason } => {
            kept(Kind::Join, Stopped, JOINING, Some(reason), One(address))
        }
        Event::ParticipantMoving { person, .. } => {
            kept(Kind::Join, Allowed, JOINING, None, One(&person.address))
        }
        Event::ParticipantInvited { person, .. } => {
            kept(Kind::Join, Allowed, MEMBERSHIP, None, One(&person.address))
        }
        Event::ParticipantLeaving { address, reason } => match leaving(*reason) {
            Some(why) => kept(Kind::Removal, Stopped, MEMBERSHIP, Some(why), One(address)),
            None => Ruling::Needless("they come and go as they like"),
        },
        Event::ParticipantJoined { .. }
        | Event::ParticipantLeft { .. }
        | Event::ParticipantUpdated { .. } => {
            Ruling::Needless("it tells that it has happened; what led to it is a record")
        }
        Event::JoinCodeIssued { .. } => Ruling::Needless("whom a code lets in is decided when it is used"),

        // Sessions and people.
        Event::SessionStarted { .. }
        | Event::ConversationBound { .. }
        | Event::SessionWarned { .. }
        | Event::SessionResumed
        | Event::SessionClosing { .. }
        | Event::SessionClosed { .. }
        | Event::SessionFailed { .. } => Ruling::Needless("a session's life stops no message by itself"),
        Event::LanguageKnown { .. } => Ruling::Needless("it decides how something is said, not whether"),
        Event::PersonLocated { .. } => Ruling::Needless("records of sends have it among their inputs"),
        Event::PersonMerged { .. } => Ruling::Needless("consent stays that of each address"),
        Event::AuditCheckpoint(_) => Ruling::Needless("it signs the log"),
        Event::Unrecognized { .. } => Ruling::Needless("it is kept whole, and nothing follows from it"),
    }
}

/// Dated rules have a name and a version of their own.
fn named<'e>(dated: Option<&RuleRef>, otherwise: &'static str) -> Cow<'e, str> {
    dated.map_or(Cow::Borrowed(otherwise), |dated| Cow::Owned(dated.named()))
}

fn rule_of(reason: &str) -> &'static str {
    match reason {
        "opted_out" | "no_consent" => CONSENT,
        "guard" => GUARD,
        _ => OUTBOUND,
    }
}

/// Why somebody is taken out, when it is not their own coming and going.
fn leaving(reason: LeaveReason) -> Option<&'static str> {
    match reason {
        LeaveReason::OptedOut => Some("opted_out"),
        LeaveReason::NoConsent => Some("no_consent"),
        LeaveReason::Removed => Some("removed"),
        LeaveReason::Left | LeaveReason::Moved => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Write;

    use super::*;
    use crate::event::examples;

    fn word(value: impl serde::Serialize) -> String {
        serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
    }

    /// A line for every type of event, as docs/audit.md has it.
    fn table() -> String {
        let mut lines = BTreeMap::new();
        for example in examples() {
            let says = match ruling(&example.event) {
                Ruling::Kept(case) => {
                    let reason = case.reason.map(|reason| format!(", `{reason}`")).unwrap_or_default();
                    let (kind, outcome) = (case.kind.as_str(), word(case.verdict));
                    format!("| `{kind}` {outcome}{reason} | `{}` |", case.rule)
                }
                Ruling::Needless(why) => format!("| none: {why} | |"),
            };
            lines.insert(example.event.type_name(), says);
        }
        let mut table = "| event, as in its example | record | rule |\n|---|---|---|\n".to_owned();
        for (name, says) in lines {
            writeln!(table, "| `{}` {says}", name.trim_start_matches("si.channel.")).unwrap();
        }
        table
    }

    #[test]
    fn every_event_is_recorded_under_a_rule_or_needs_no_record_and_the_documentation_says_which() {
        let table = table();
        for (name, _) in crate::event::TYPES {
            let short = name.trim_start_matches("si.channel.");
            assert!(table.contains(&format!("| `{short}` ")), "{short}");
        }
        let documented = include_str!("../../../docs/audit.md");
        assert!(documented.contains(&table), "docs/audit.md does not have this table:\n{table}");
    }
}
