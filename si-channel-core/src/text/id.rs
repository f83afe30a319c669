//! Which texts there are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Placeholder;

/// Which text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextId {
    /// To a person who may now be answered, because they wrote or agreed; is the opt-in confirmation too.
    Welcome,
    /// Asks for consent before anything else is said (double opt-in).
    ConsentRequest,
    /// To a person who opted in again.
    OptInConfirmation,
    /// The one text after an opt-out; nothing but that it is done.
    OptOutConfirmation,
    /// The one text after an opt-out from one purpose.
    TopicOptOutConfirmation,
    /// Asks, once, whether something that may have been an opt-out was one.
    OptOutClarification,
    /// The answer to HELP.
    Help,
    /// Says that an AI answers, where the welcome has not.
    AiDisclosure,
    /// Some time before an idle session closes.
    InactivityWarning,
    /// When a session closes, and how to come back.
    ClosingSummary,
    /// Some time before `WhatsApp` stops taking free text.
    WindowReminder,
    /// To a group that somebody has joined.
    JoinAnnouncement,
    /// To a person whose code opens nothing, whatever the reason.
    JoinFailed,
    /// To a person who has tried too many codes.
    JoinLimited,
    /// To a person whose code leads where they are.
    JoinAlready,
    /// To a group that somebody has left.
    LeaveAnnouncement,
    /// To a person who has left a group.
    LeftGroup,
    /// How others join; made to be passed on.
    Invitation,
    /// To a person who gave themselves a name.
    NameSet,
    /// When no answer could be had.
    CognitionUnavailable,
    /// Spoken: the call is recorded.
    RecordingNotice,
    /// Spoken: asks whether the call may be recorded.
    RecordingConsent,
    /// Spoken: an AI listens and writes along.
    ListeningNotice,
    /// Spoken: nobody has said anything for a while.
    SpokenWarning,
    /// Spoken: something went wrong.
    SpokenTrouble,
}

impl TextId {
    /// Every text.
    pub const ALL: [Self; 25] = [
        Self::Welcome,
        Self::ConsentRequest,
        Self::OptInConfirmation,
        Self::OptOutConfirmation,
        Self::TopicOptOutConfirmation,
        Self::OptOutClarification,
        Self::Help,
        Self::AiDisclosure,
        Self::InactivityWarning,
        Self::ClosingSummary,
        Self::WindowReminder,
        Self::JoinAnnouncement,
        Self::JoinFailed,
        Self::JoinLimited,
        Self::JoinAlready,
        Self::LeaveAnnouncement,
        Self::LeftGroup,
        Self::Invitation,
        Self::NameSet,
        Self::CognitionUnavailable,
        Self::RecordingNotice,
        Self::RecordingConsent,
        Self::ListeningNotice,
        Self::SpokenWarning,
        Self::SpokenTrouble,
    ];

    /// The name in configuration, in files of texts and in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::ConsentRequest => "consent_request",
            Self::OptInConfirmation => "opt_in_confirmation",
            Self::OptOutConfirmation => "opt_out_confirmation",
            Self::TopicOptOutConfirmation => "topic_opt_out_confirmation",
            Self::OptOutClarification => "opt_out_clarification",
            Self::Help => "help",
            Self::AiDisclosure => "ai_disclosure",
            Self::InactivityWarning => "inactivity_warning",
            Self::ClosingSummary => "closing_summary",
            Self::WindowReminder => "window_reminder",
            Self::JoinAnnouncement => "join_announcement",
            Self::JoinFailed => "join_failed",
            Self::JoinLimited => "join_limited",
            Self::JoinAlready => "join_already",
            Self::LeaveAnnouncement => "leave_announcement",
            Self::LeftGroup => "left_group",
            Self::Invitation => "invitation",
            Self::NameSet => "name_set",
            Self::CognitionUnavailable => "cognition_unavailable",
            Self::RecordingNotice => "recording_notice",
            Self::RecordingConsent => "recording_consent",
            Self::ListeningNotice => "listening_notice",
            Self::SpokenWarning => "spoken_warning",
            Self::SpokenTrouble => "spoken_trouble",
        }
    }

    /// The text of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|id| id.as_str() == name)
    }

    /// Whether rules ask for it: consent, opt-out, help, that an AI answers.
    pub const fn is_compliance(self) -> bool {
        matches!(
            self,
            Self::Welcome
                | Self::ConsentRequest
                | Self::OptInConfirmation
                | Self::OptOutConfirmation
                | Self::TopicOptOutConfirmation
                | Self::OptOutClarification
                | Self::Help
                | Self::AiDisclosure
        )
    }

    /// Whether it is for calls, and so is never an SMS.
    pub const fn is_spoken(self) -> bool {
        matches!(
            self,
            Self::RecordingNotice
                | Self::RecordingConsent
                | Self::ListeningNotice
                | Self::SpokenWarning
                | Self::SpokenTrouble
        )
    }

    /// Segments that it may take as an SMS; `None` for what is spoken.
    pub const fn max_segments(self) -> Option<usize> {
        match self {
            _ if self.is_spoken() => None,
            _ if self.is_compliance() => Some(2),
            _ => Some(3),
        }
    }

    /// Whether it may ask for, or explain, a word that the network acts on, such as STOP or YES.
    ///
    /// Anywhere else such a word in answer would opt people out or in by accident.
    pub const fn may_name_reserved_words(self) -> bool {
        matches!(
            self,
            Self::Welcome
                | Self::ConsentRequest
                | Self::OptInConfirmation
                | Self::TopicOptOutConfirmation
                | Self::OptOutClarification
                | Self::Help
        )
    }

    /// What its wording may refer to beside `brand`, `contact` and `frequency`, which every text may.
    pub(super) const fn arguments(self) -> &'static [Placeholder] {
        match self {
            Self::InactivityWarning | Self::WindowReminder => &[Placeholder::Minutes],
            Self::TopicOptOutConfirmation => &[Placeholder::Purpose],
            Self::ClosingSummary => &[Placeholder::Received, Placeholder::Sent, Placeholder::Minutes],
            Self::JoinAnnouncement | Self::LeaveAnnouncement | Self::NameSet => &[Placeholder::Name],
            Self::Invitation => &[Placeholder::Code, Placeholder::Number],
            _ => &[],
        }
    }

    /// Every placeholder that its wording may hold.
    pub fn placeholders(self) -> impl Iterator<Item = Placeholder> {
        [Placeholder::Brand, Placeholder::Contact, Placeholder::Frequency]
            .into_iter()
            .chain(self.arguments().iter().copied())
            .chain((self == Self::Welcome).then_some(Placeholder::Disclosure))
    }
}
