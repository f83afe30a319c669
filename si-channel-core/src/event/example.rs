//! One example of every type of event, for those who read events and for the schemas.
#![expect(clippy::unwrap_used, reason = "the texts are constants, and a test reads every one")]

use crate::address::Address;
use crate::audit::chain::Hash;
use crate::audit::checkpoint::Checkpoint;
use crate::cloudevent::{CloudEvent, Placement};
use crate::consent::{Breadth, Purpose, Scope, Shown};
use crate::content::Content;
use crate::event::{
    Author, CloseReason, ConsentMethod, ConsentState, Details, Event, Evidence, Exemption, LeaveReason,
    Location, MediaRef, MessageClass, Origin, Person, Profile, Queued, ReceiptStatus, Received, ReplyTo,
    Target, Transport,
};
use crate::flood::FloodLimit;
use crate::guard::{GuardAction, GuardRule};
use crate::id::{EventId, MediaId, OutboundId, SessionId, TurnId};
use crate::language::{Language, LanguageBasis, Spoken};
use crate::media::Kept;
use crate::rules::RuleRef;
use crate::text::TextId;
use jiff::Timestamp;
use serde_json::json;
use twilio_conversations::sid::{ConversationSid, ParticipantSid};

const ANN: &str = "+15551110001";
const ACCOUNT: &str = "AC00000000000000000000000000000001";
const SESSION: &str = "ses_01";
const CONVERSATION: &str = "CH00000000000000000000000000000001";
const MESSAGE: &str = "IM00000000000000000000000000000001";

/// An event and what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The event.
    pub event: Event,
    /// What such an event says, in a sentence.
    pub says: &'static str,
}

impl Example {
    /// It as it is published.
    pub fn published(&self) -> CloudEvent {
        let ledger = self.event.type_name().starts_with("si.channel.consent.");
        let log = self.event.type_name().starts_with("si.channel.audit.");
        let person = matches!(self.event, Event::PersonMerged { .. });
        let subject = match (ledger, log, person) {
            (true, ..) => format!("consent/{ANN}"),
            (_, true, _) => "audit".to_owned(),
            (.., true) => "person/customer_7".to_owned(),
            _ => SESSION.to_owned(),
        };
        let placement = Placement {
            account: ACCOUNT,
            subject,
            sequence: 1,
            correlation_id: Some(MESSAGE).filter(|_| !log),
            session: Some((SESSION, Some(CONVERSATION))).filter(|_| !log && !person),
        };
        CloudEvent::new(&self.event, EventId::from_text("evt_01"), time(), &placement)
    }
}

fn time() -> Timestamp {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

fn ann() -> Address {
    ANN.parse().unwrap()
}

fn sender() -> Address {
    "+15550001111".parse().unwrap()
}

fn participant() -> ParticipantSid {
    "MB00000000000000000000000000000001".parse().unwrap()
}

fn conversation() -> ConversationSid {
    CONVERSATION.parse().unwrap()
}

fn person() -> Person {
    Person {
        address: ann(),
        sender: sender(),
        participant_sid: Some(participant()),
        name: Some("Ann".to_owned()),
    }
}

fn author() -> Author {
    Author::Person { address: ann(), name: Some("Ann".to_owned()) }
}

fn media() -> Vec<MediaRef> {
    vec![MediaRef {
        id: MediaId::of(MESSAGE, 0),
        reference: "ME00000000000000000000000000000001".to_owned(),
        content_type: "image/jpeg".to_owned(),
        filename: Some("roof.jpg".to_owned()),
        size: Some(120_000),
        service_sid: Some("IS00000000000000000000000000000001".parse().unwrap()),
    }]
}

fn received() -> Received {
    Received {
        message_sid: MESSAGE.to_owned(),
        author: author(),
        text: "What does this cost?".to_owned(),
        media: media(),
        index: Some(3),
        at: time(),
        participant_sid: Some(participant()),
        details: Box::new(Details {
            location: Some(Location {
                latitude: 59.91,
                longitude: 10.75,
                label: Some("Home".to_owned()),
                address: None,
            }),
            reply_to: Some(ReplyTo { message_sid: MESSAGE.to_owned(), author: None }),
            profile: Some(Profile { name: Some("Ann".to_owned()), wa_id: None }),
            ..Details::default()
        }),
        attributes: json!({ "campaign": "autumn" }),
        extra: [("FromCountry".to_owned(), "US".to_owned())].into(),
    }
}

fn queued() -> Queued {
    Queued {
        outbound_id: outbound(),
        target: Target::Session,
        only: Some(ann()),
        content: Content::text("Acme: For help, contact help@acme.example."),
        class: MessageClass::Compliance,
        purpose: Some("help".to_owned()),
        turn_id: Some(turn()),
        correlation_id: Some(MESSAGE.to_owned()),
        part: 1,
        parts: 1,
        not_before: Some(time()),
        expires_at: time(),
        exemption: Some(Exemption::HelpReply),
        text_id: Some(TextId::Help),
        language: Some(french()),
        instead_of: None,
        at: time(),
    }
}

fn french() -> Language {
    "fr".parse().unwrap()
}

fn outbound() -> OutboundId {
    OutboundId::from_text("out_01")
}

fn turn() -> TurnId {
    TurnId::from_text("trn_01")
}

fn session() -> SessionId {
    SessionId::from_text(SESSION)
}

fn other_session() -> SessionId {
    SessionId::from_text("ses_02")
}

fn evidence() -> Evidence {
    Evidence {
        message_sid: Some(MESSAGE.to_owned()),
        keyword: Some("start".to_owned()),
        text_shown: Some("Text START to get answers from Acme.".to_owned()),
        source: Some("https://acme.example/form".to_owned()),
        version: Some("3".to_owned()),
        language: Some("en".to_owned()),
        how: Some("web form".to_owned()),
        ..Evidence::default()
    }
}

fn status(status: ReceiptStatus, error_code: Option<u32>) -> Event {
    Event::MessageStatus {
        outbound_id: outbound(),
        recipient: participant().to_string(),
        status,
        error_code,
        at: time(),
    }
}

/// One example of every type, in the order in which they are best read.
pub fn examples() -> Vec<Example> {
    let mut all = sessions();
    all.extend(participants());
    all.extend(inbound());
    all.extend(outgoing());
    all.extend(answers());
    all.extend(consent());
    all
}

fn say(says: &'static str, event: Event) -> Example {
    Example { event, says }
}

fn sessions() -> Vec<Example> {
    vec![
        say(
            "A session began.",
            Event::SessionStarted {
                session_id: session(),
                origin: Origin::Inbound,
                transport: Transport::Conversations,
                previous_session_id: Some(other_session()),
                attributes: json!({ "ticket": 7 }),
            },
        ),
        say(
            "Its conversation at Twilio is known; `adopted` when it was there before the session.",
            Event::ConversationBound { conversation_sid: conversation(), adopted: true },
        ),
        say(
            "A code to join it by was made.",
            Event::JoinCodeIssued { code: "7KQ2M9XDAB".to_owned(), expires_at: time() },
        ),
        say(
            "Nobody has written for a while, and everybody was told that it will close.",
            Event::SessionWarned { closes_at: time() },
        ),
        say(
            "Somebody wrote after the warning, or before closing was finished: it goes on.",
            Event::SessionResumed,
        ),
        say(
            "It is being closed; the last text is on its way.",
            Event::SessionClosing { reason: CloseReason::Inactivity },
        ),
        say(
            "It is closed. Nothing opens it again.",
            Event::SessionClosed {
                reason: CloseReason::Inactivity,
                started_at: time(),
                received: 4,
                sent: 6,
            },
        ),
        say(
            "It could not be given a conversation, and is over.",
            Event::SessionFailed { reason: "Twilio refused: 50300".to_owned() },
        ),
        say(
            "Twilio told something that this version does not know; it is kept whole.",
            Event::Unrecognized {
                name: "onSomethingNew".to_owned(),
                parameters: [("EventType".to_owned(), "onSomethingNew".to_owned())].into(),
            },
        ),
    ]
}

fn participants() -> Vec<Example> {
    vec![
        say(
            "Somebody is about to be added, coming from `from_session_id` if they are moved.",
            Event::ParticipantInvited { person: person(), from_session_id: Some(other_session()) },
        ),
        say("Somebody is in the session.", Event::ParticipantJoined { person: person(), at: time() }),
        say(
            "Somebody's participant SID or name is known, or has changed.",
            Event::ParticipantUpdated { person: person() },
        ),
        say(
            "Somebody is about to be moved from this session into another.",
            Event::ParticipantMoving {
                person: person(),
                to_session_id: other_session(),
                to_conversation_sid: conversation(),
            },
        ),
        say(
            "Somebody is about to be removed.",
            Event::ParticipantLeaving { address: ann(), reason: LeaveReason::OptedOut },
        ),
        say(
            "Somebody is no longer in the session.",
            Event::ParticipantLeft { address: ann(), reason: LeaveReason::Left },
        ),
        say(
            "Somebody asked to join by a code and was not let in: `unknown_code`, `code_expired`, \
             `too_many_attempts`, `session_not_open`, `session_full` or `already_in_session`.",
            Event::JoinRefused { address: ann(), reason: "code_expired".to_owned() },
        ),
    ]
}

fn inbound() -> Vec<Example> {
    vec![
        say("A message came.", Event::MessageReceived(received())),
        say(
            "A message waits for its author's consent before it is answered.",
            Event::MessageHeld(received()),
        ),
        say(
            "A message was changed in Twilio.",
            Event::MessageEdited {
                message_sid: MESSAGE.to_owned(),
                text: "What do these cost?".to_owned(),
                at: time(),
            },
        ),
        say(
            "A message was deleted in Twilio.",
            Event::MessageRemoved {
                message_sid: MESSAGE.to_owned(),
                outbound_id: Some(outbound()),
                at: time(),
            },
        ),
        say(
            "A person's message, relayed by Twilio to the others of a group, got so far for one of them.",
            Event::MessageRelayed {
                message_sid: MESSAGE.to_owned(),
                participant_sid: participant(),
                status: ReceiptStatus::Delivered,
                error_code: Some(30003),
                at: time(),
            },
        ),
        say(
            "Somebody sent a command: `join`, `leave`, `close`, `invite` or `name`.",
            Event::CommandReceived { address: ann(), command: "leave".to_owned() },
        ),
        say(
            "Somebody was told that an AI answers: by which text, its version (a hash of it as sent) and language.",
            Event::DisclosureMade {
                address: ann(),
                text_id: TextId::Welcome,
                version: "9f86d081884c".to_owned(),
                language: "en".to_owned(),
                outbound_id: OutboundId::from_text("out_01"),
                at: time(),
            },
        ),
        say(
            "A text was looked at for meaning an opt-out, and is none: it only holds such words, or, by `rule`, may mean \
             it, and its author is asked once.",
            Event::OptOutConsidered {
                address: ann(),
                message_sid: MESSAGE.to_owned(),
                rule: Some("en.enough@2026-11-21".to_owned()),
                asked: true,
            },
        ),
        say(
            "What the assistant, or a caller of the API, was to say breaks a rule on what may be said, and was `flagged`, \
             `rewritten` or `blocked`; `what` is the word that was asked for, or the host that a link leads to.",
            Event::TextGuarded {
                turn_id: Some(turn()),
                rule: GuardRule::ReservedWord,
                action: GuardAction::Rewritten,
                what: Some("STOP".to_owned()),
            },
        ),
        say(
            "Somebody's texts look like a machine's that answers ours: they are not answered until then, or until \
             something new is written.",
            Event::LoopCut { address: ann(), exchanges: 6, until: time() },
        ),
        say(
            "A text is kept and not answered: too many numbers of its prefix that nobody knew before have written, or \
             its author has written too much in the hour; `limit` says which.",
            Event::AnswerWithheld {
                message_sid: MESSAGE.to_owned(),
                address: ann(),
                limit: FloodLimit::Prefix,
                prefix: Some("+1555777".to_owned()),
                at: time(),
            },
        ),
        say(
            "The day has cost so much that messages of a class wait for the next, or are too late then: those of the \
             `account`, or to a country. Told once a day, in the session of the first of them.",
            Event::SpendCeilingReached {
                ceiling: "account".to_owned(),
                class: MessageClass::Marketing,
                until: time(),
                at: time(),
            },
        ),
        say("Somebody asked for help by keyword.", Event::HelpRequested { address: ann() }),
    ]
}

#[expect(clippy::too_many_lines, reason = "a list, an example an item")]
fn outgoing() -> Vec<Example> {
    vec![
        say(
            "A keyword or command of a member of a group was taken, and kept from the others.",
            Event::MessageWithheld {
                message_sid: "withheld_0000000000000000000000000000".to_owned(),
                address: ann(),
                fingerprint: "c9f28ed4d2b34dd5".to_owned(),
                at: time(),
            },
        ),
        say(
            "A keyword or command of a member of a group reached the others, since Twilio had no answer in time; \
             `withheld` names the message as which it had been taken, if it had.",
            Event::MessageOverheard {
                message_sid: MESSAGE.to_owned(),
                address: ann(),
                fingerprint: "c9f28ed4d2b34dd5".to_owned(),
                withheld: Some("withheld_0000000000000000000000000000".to_owned()),
                index: Some(3),
                at: time(),
            },
        ),
        say(
            "Twilio relayed a message to somebody who may not be written to, before they could be taken out.",
            Event::RelayedAgainstConsent {
                message_sid: MESSAGE.to_owned(),
                address: ann(),
                reason: LeaveReason::OptedOut,
                at: time(),
            },
        ),
        say(
            "A message is to be sent; `template` or `file` says what it carries when that is not a `text` alone, \
             `instead_of` names the message in whose place it is sent.",
            Event::MessageQueued(queued()),
        ),
        say(
            "It is being handed to Twilio.",
            Event::MessageSending {
                outbound_id: outbound(),
                attempt: 1,
                purpose: Some("appointment reminder".to_owned()),
                at: time(),
            },
        ),
        say(
            "It is not known whether Twilio took it; it is being looked for.",
            Event::MessageUnclear { outbound_id: outbound(), at: time() },
        ),
        say(
            "Twilio took it.",
            Event::MessageAccepted {
                outbound_id: outbound(),
                message_sid: MESSAGE.to_owned(),
                index: Some(4),
                shown: None,
                at: time(),
            },
        ),
        say(
            "Twilio did not take it, and it will be tried again.",
            Event::MessageDeferred {
                outbound_id: outbound(),
                error_code: Some(20429),
                retry_at: time(),
                at: time(),
            },
        ),
        say(
            "It failed without Twilio having taken it, and is tried again because somebody asked for it.",
            Event::MessageRetried { outbound_id: outbound(), expires_at: time(), at: time() },
        ),
        say(
            "It waits until its recipients may be written to; `rule` is what holds it now, in `zones`. Once more, with \
             `until_before`, when more is known of where they are.",
            Event::MessagePostponed {
                outbound_id: outbound(),
                reason: "quiet_hours".to_owned(),
                until: time(),
                rule: by_quiet_hours(),
                zones: vec!["America/New_York".parse().unwrap()],
                until_before: None,
                at: time(),
            },
        ),
        say(
            "It takes another way to its one recipient: past the conversation, or in another session.",
            Event::MessageMoved {
                outbound_id: outbound(),
                target: Target::alone(&ann(), &sender()),
                from_session_id: session(),
                to_session_id: other_session(),
                at: time(),
            },
        ),
        say("It was handed to the carrier, for one recipient.", status(ReceiptStatus::Sent, None)),
        say("It is on the phone of one recipient.", status(ReceiptStatus::Delivered, None)),
        say("One recipient has seen it.", status(ReceiptStatus::Read, None)),
        say("The carrier refused it, for one recipient.", status(ReceiptStatus::Undelivered, Some(30003))),
        say(
            "It was not handed to the carrier, for one recipient.",
            status(ReceiptStatus::Failed, Some(21610)),
        ),
        say(
            "It will not be sent: Twilio refused it for good.",
            Event::MessageFailed {
                outbound_id: outbound(),
                error_code: Some(21617),
                reason: "the body is too long".to_owned(),
                at: time(),
            },
        ),
        say(
            "It will not be sent, because it may not be: `opted_out`, `no_consent`, `session_closed`, \
             `nobody_there`, `quiet_hours`, `whatsapp_policy`, or what was asked for.",
            Event::MessageCancelled {
                outbound_id: outbound(),
                reason: "opted_out".to_owned(),
                rule: None,
                at: time(),
            },
        ),
        say(
            "It will not be sent: it is too late; `quiet_hours` when they are why.",
            Event::MessageExpired {
                outbound_id: outbound(),
                reason: Some("quiet_hours".to_owned()),
                rule: Some(by_quiet_hours()),
                at: time(),
            },
        ),
    ]
}

fn by_quiet_hours() -> RuleRef {
    RuleRef { rule: "quiet_hours/us-fl".to_owned(), version: "2026-11-21".to_owned() }
}

fn answers() -> Vec<Example> {
    vec![
        say(
            "A file that came with a message was fetched; the API serves it as `/v1/media/{media_id}`.",
            Event::MediaStored {
                media_id: MediaId::of(MESSAGE, 0),
                message_sid: MESSAGE.to_owned(),
                kept: Kept {
                    sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned(),
                    bytes: 119_874,
                    content_type: "text/vcard".to_owned(),
                    label: Some("Ada Lovelace".to_owned()),
                },
                at: time(),
            },
        ),
        say(
            "A file that came with a message could not be had, or may not be kept.",
            Event::MediaFailed {
                media_id: MediaId::of(MESSAGE, 0),
                message_sid: MESSAGE.to_owned(),
                reason: "its type, text/html, is not among media.types".to_owned(),
                at: time(),
            },
        ),
        say(
            "A file is kept no longer.",
            Event::MediaRemoved {
                media_id: MediaId::of(MESSAGE, 0),
                message_sid: MESSAGE.to_owned(),
                at: time(),
            },
        ),
        say(
            "The cognition layer is asked for an answer.",
            Event::TurnRequested {
                turn_id: turn(),
                message_sid: MESSAGE.to_owned(),
                author: author(),
                text: "What does this cost?".to_owned(),
                media: media(),
                at: time(),
            },
        ),
        say(
            "A part of the answer came; `omitted` is what was cut off because the answer is too long.",
            Event::TurnAnswered {
                turn_id: turn(),
                part: 0,
                chars: 8_000,
                omitted: Some("and so on".to_owned()),
            },
        ),
        say("The answer is complete.", Event::TurnCompleted { turn_id: turn() }),
        say("No answer came.", Event::TurnFailed { turn_id: turn(), reason: "timeout".to_owned() }),
        say(
            "An answer came that is not sent any more: `session_closed`, `conversation_moved_on`, `no_consent` or `guard`.",
            Event::ReplyDiscarded {
                turn_id: Some(turn()),
                text: "It costs 5.".to_owned(),
                reason: "session_closed".to_owned(),
            },
        ),
    ]
}

fn consent() -> Vec<Example> {
    vec![
        say(
            "Somebody was asked to consent.",
            Event::ConsentRequested {
                address: ann(),
                shown: Some(Shown::new("Acme: reply YES to get our texts.".to_owned(), "en")),
                at: time(),
            },
        ),
        say(
            "Somebody consented.",
            Event::ConsentGranted {
                address: ann(),
                scope: Scope::EVERYTHING,
                method: ConsentMethod::Keyword,
                evidence: evidence(),
                before: ConsentState::Revoked,
                at: time(),
            },
        ),
        say(
            "Somebody withdrew consent.",
            Event::ConsentRevoked {
                address: ann(),
                scope: Scope { sender: None, purpose: Purpose::of("offers") },
                breadth: Breadth::Purpose,
                rule: Some("revocation/topic (2026-11-21)".to_owned()),
                method: ConsentMethod::Keyword,
                evidence: evidence(),
                at: time(),
            },
        ),
        say(
            "Somebody's language is known, or known better: by a keyword, by the cognition layer, by choice.",
            Event::LanguageKnown {
                address: ann(),
                spoken: Spoken { language: french(), basis: LanguageBasis::Keyword },
            },
        ),
        say(
            "A text that rules ask for is missing in somebody's language and was said in another.",
            Event::TextFellBack {
                text_id: TextId::OptOutConfirmation,
                wanted: "sv".parse().unwrap(),
                used: "en".parse().unwrap(),
            },
        ),
        say(
            "It was told where somebody is, by word of the `person`, an `address` or the `account`; neither \
             `place` nor `time_zone` takes it back.",
            Event::PersonLocated {
                address: ann(),
                source: crate::place::Evidence::Account,
                place: "US-FL".parse().ok(),
                time_zone: "America/New_York".parse().ok(),
                at: time(),
            },
        ),
        say(
            "An address is known to be an account's: the visitor that it was is merged into it, or it is taken from \
             `previous_account_id`; both accounts tell. What consent it has stays as it is.",
            Event::PersonMerged {
                address: ann(),
                visitor_id: "visitor_000000000000000000000000".to_owned(),
                account_id: "customer_7".to_owned(),
                previous_account_id: Some("customer_6".to_owned()),
                name: Some("Ann".to_owned()),
                at: time(),
            },
        ),
        say(
            "Somebody tried a code that does not work.",
            Event::JoinAttemptFailed { address: ann(), at: time() },
        ),
        say(
            "The audit log was signed up to a record: kept elsewhere, it shows later whether what came before was \
             changed or cut off.",
            Event::AuditCheckpoint(Checkpoint {
                account: ACCOUNT.to_owned(),
                number: 1,
                record: 1000,
                hash: Hash([0xab; 32]),
                at: time(),
                public_key: "cd".repeat(32),
                signature: "ef".repeat(64),
            }),
        ),
    ]
}
