//! The published names of events.

use serde_json::Value;

use crate::event::{Event, ReceiptStatus};

/// The `CloudEvents` type of every event, and the tag by which serde knows the event.
pub const TYPES: &[(&str, &str)] = &[
    ("si.channel.session.started.v1", "session_started"),
    ("si.channel.session.bound.v1", "conversation_bound"),
    ("si.channel.session.join_code_issued.v1", "join_code_issued"),
    ("si.channel.participant.join_refused.v1", "join_refused"),
    ("si.channel.participant.moving.v1", "participant_moving"),
    ("si.channel.participant.invited.v1", "participant_invited"),
    ("si.channel.participant.joined.v1", "participant_joined"),
    ("si.channel.participant.updated.v1", "participant_updated"),
    ("si.channel.participant.leaving.v1", "participant_leaving"),
    ("si.channel.participant.left.v1", "participant_left"),
    ("si.channel.message.received.v1", "message_received"),
    ("si.channel.message.held.v1", "message_held"),
    ("si.channel.message.edited.v1", "message_edited"),
    ("si.channel.message.removed.v1", "message_removed"),
    ("si.channel.message.relayed.v1", "message_relayed"),
    ("si.channel.message.withheld.v1", "message_withheld"),
    ("si.channel.message.overheard.v1", "message_overheard"),
    ("si.channel.message.relayed_against_consent.v1", "relayed_against_consent"),
    ("si.channel.message.queued.v1", "message_queued"),
    ("si.channel.message.sending.v1", "message_sending"),
    ("si.channel.message.unclear.v1", "message_unclear"),
    ("si.channel.message.accepted.v1", "message_accepted"),
    ("si.channel.message.deferred.v1", "message_deferred"),
    ("si.channel.message.retried.v1", "message_retried"),
    ("si.channel.message.postponed.v1", "message_postponed"),
    ("si.channel.message.moved.v1", "message_moved"),
    ("si.channel.message.sent.v1", "message_status"),
    ("si.channel.message.failed.v1", "message_status"),
    ("si.channel.message.undelivered.v1", "message_status"),
    ("si.channel.message.delivered.v1", "message_status"),
    ("si.channel.message.read.v1", "message_status"),
    ("si.channel.message.refused.v1", "message_failed"),
    ("si.channel.message.cancelled.v1", "message_cancelled"),
    ("si.channel.message.expired.v1", "message_expired"),
    ("si.channel.media.stored.v1", "media_stored"),
    ("si.channel.media.failed.v1", "media_failed"),
    ("si.channel.media.removed.v1", "media_removed"),
    ("si.channel.turn.requested.v1", "turn_requested"),
    ("si.channel.turn.answered.v1", "turn_answered"),
    ("si.channel.turn.completed.v1", "turn_completed"),
    ("si.channel.turn.failed.v1", "turn_failed"),
    ("si.channel.turn.discarded.v1", "reply_discarded"),
    ("si.channel.disclosure.made.v1", "disclosure_made"),
    ("si.channel.opt_out.considered.v1", "opt_out_considered"),
    ("si.channel.message.guarded.v1", "text_guarded"),
    ("si.channel.session.loop_cut.v1", "loop_cut"),
    ("si.channel.message.unanswered.v1", "answer_withheld"),
    ("si.channel.spend.ceiling_reached.v1", "spend_ceiling_reached"),
    ("si.channel.help.requested.v1", "help_requested"),
    ("si.channel.command.received.v1", "command_received"),
    ("si.channel.session.warned.v1", "session_warned"),
    ("si.channel.session.resumed.v1", "session_resumed"),
    ("si.channel.session.closing.v1", "session_closing"),
    ("si.channel.session.closed.v1", "session_closed"),
    ("si.channel.session.failed.v1", "session_failed"),
    ("si.channel.consent.requested.v1", "consent_requested"),
    ("si.channel.consent.granted.v1", "consent_granted"),
    ("si.channel.consent.revoked.v1", "consent_revoked"),
    ("si.channel.participant.language_known.v1", "language_known"),
    ("si.channel.message.fell_back.v1", "text_fell_back"),
    ("si.channel.person.located.v1", "person_located"),
    ("si.channel.person.merged.v1", "person_merged"),
    ("si.channel.consent.join_attempt_failed.v1", "join_attempt_failed"),
    ("si.channel.audit.checkpoint.v1", "audit_checkpoint"),
    ("si.channel.twilio.unrecognized.v1", "unrecognized"),
];

impl Event {
    /// The `CloudEvents` type, versioned: `si.channel.message.received.v1`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::SessionStarted { .. } => "si.channel.session.started.v1",
            Self::ConversationBound { .. } => "si.channel.session.bound.v1",
            Self::JoinCodeIssued { .. } => "si.channel.session.join_code_issued.v1",
            Self::JoinRefused { .. } => "si.channel.participant.join_refused.v1",
            Self::ParticipantMoving { .. } => "si.channel.participant.moving.v1",
            Self::ParticipantInvited { .. } => "si.channel.participant.invited.v1",
            Self::ParticipantJoined { .. } => "si.channel.participant.joined.v1",
            Self::ParticipantUpdated { .. } => "si.channel.participant.updated.v1",
            Self::ParticipantLeaving { .. } => "si.channel.participant.leaving.v1",
            Self::ParticipantLeft { .. } => "si.channel.participant.left.v1",
            Self::MessageReceived(_) => "si.channel.message.received.v1",
            Self::MessageHeld(_) => "si.channel.message.held.v1",
            Self::MessageEdited { .. } => "si.channel.message.edited.v1",
            Self::MessageRemoved { .. } => "si.channel.message.removed.v1",
            Self::MessageRelayed { .. } => "si.channel.message.relayed.v1",
            Self::MessageWithheld { .. } => "si.channel.message.withheld.v1",
            Self::MessageOverheard { .. } => "si.channel.message.overheard.v1",
            Self::RelayedAgainstConsent { .. } => "si.channel.message.relayed_against_consent.v1",
            Self::MessageQueued(_) => "si.channel.message.queued.v1",
            Self::MessageSending { .. } => "si.channel.message.sending.v1",
            Self::MessageUnclear { .. } => "si.channel.message.unclear.v1",
            Self::MessageAccepted { .. } => "si.channel.message.accepted.v1",
            Self::MessageDeferred { .. } => "si.channel.message.deferred.v1",
            Self::MessageRetried { .. } => "si.channel.message.retried.v1",
            Self::MessagePostponed { .. } => "si.channel.message.postponed.v1",
            Self::MessageMoved { .. } => "si.channel.message.moved.v1",
            Self::MessageStatus { status, .. } => match status {
                ReceiptStatus::Sent => "si.channel.message.sent.v1",
                ReceiptStatus::Failed => "si.channel.message.failed.v1",
                ReceiptStatus::Undelivered => "si.channel.message.undelivered.v1",
                ReceiptStatus::Delivered => "si.channel.message.delivered.v1",
                ReceiptStatus::Read => "si.channel.message.read.v1",
            },
            Self::MessageFailed { .. } => "si.channel.message.refused.v1",
            Self::MessageCancelled { .. } => "si.channel.message.cancelled.v1",
            Self::MessageExpired { .. } => "si.channel.message.expired.v1",
            Self::MediaStored { .. } => "si.channel.media.stored.v1",
            Self::MediaFailed { .. } => "si.channel.media.failed.v1",
            Self::MediaRemoved { .. } => "si.channel.media.removed.v1",
            Self::TurnRequested { .. } => "si.channel.turn.requested.v1",
            Self::TurnAnswered { .. } => "si.channel.turn.answered.v1",
            Self::TurnCompleted { .. } => "si.channel.turn.completed.v1",
            Self::TurnFailed { .. } => "si.channel.turn.failed.v1",
            Self::ReplyDiscarded { .. } => "si.channel.turn.discarded.v1",
            Self::DisclosureMade { .. } => "si.channel.disclosure.made.v1",
            Self::OptOutConsidered { .. } => "si.channel.opt_out.considered.v1",
            Self::TextGuarded { .. } => "si.channel.message.guarded.v1",
            Self::LoopCut { .. } => "si.channel.session.loop_cut.v1",
            Self::SpendCeilingReached { .. } => "si.channel.spend.ceiling_reached.v1",
            Self::AnswerWithheld { .. } => "si.channel.message.unanswered.v1",
            Self::HelpRequested { .. } => "si.channel.help.requested.v1",
            Self::CommandReceived { .. } => "si.channel.command.received.v1",
            Self::SessionWarned { .. } => "si.channel.session.warned.v1",
            Self::SessionResumed => "si.channel.session.resumed.v1",
            Self::SessionClosing { .. } => "si.channel.session.closing.v1",
            Self::SessionClosed { .. } => "si.channel.session.closed.v1",
            Self::SessionFailed { .. } => "si.channel.session.failed.v1",
            Self::ConsentRequested { .. } => "si.channel.consent.requested.v1",
            Self::ConsentGranted { .. } => "si.channel.consent.granted.v1",
            Self::ConsentRevoked { .. } => "si.channel.consent.revoked.v1",
            Self::LanguageKnown { .. } => "si.channel.participant.language_known.v1",
            Self::TextFellBack { .. } => "si.channel.message.fell_back.v1",
            Self::PersonLocated { .. } => "si.channel.person.located.v1",
            Self::PersonMerged { .. } => "si.channel.person.merged.v1",
            Self::JoinAttemptFailed { .. } => "si.channel.consent.join_attempt_failed.v1",
            Self::AuditCheckpoint(_) => "si.channel.audit.checkpoint.v1",
            Self::Unrecognized { .. } => "si.channel.twilio.unrecognized.v1",
        }
    }

    /// Reads a published event back: its type, and its data. `None` for a type or data of another version.
    ///
    /// ```
    /// use si_channel_core::event::Event;
    ///
    /// let data = serde_json::json!({ "turn_id": "trn_1" });
    /// assert!(matches!(Event::read("si.channel.turn.completed.v1", data), Some(Event::TurnCompleted { .. })));
    /// ```
    pub fn read(type_name: &str, data: Value) -> Option<Self> {
        let (_, tag) = TYPES.iter().find(|(known, _)| *known == type_name)?;
        let Value::Object(mut fields) = data else { return None };
        fields.insert("event".to_owned(), Value::from(*tag));
        serde_json::from_value(Value::Object(fields)).ok()
    }
}
