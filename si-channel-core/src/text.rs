//! What the channel itself says: short texts as data, in the operator's name and, if wanted, wording.
//!
//! The defaults are English, in GSM-7 and within two segments. What consent and help texts must hold is CTIA's:
//! <https://www.twilio.com/docs/api/errors/30540> names it for the opt-in.

mod args;
mod brand;
mod template;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::args::Args;
pub use self::brand::Brand;
use self::template::Template;
pub use self::template::{Placeholder, TemplateError};

/// Which text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    /// The answer to HELP.
    Help,
    /// Some time before an idle session closes.
    InactivityWarning,
    /// When a session closes, and how to come back.
    ClosingSummary,
    /// To a group that somebody has joined.
    JoinAnnouncement,
    /// To a person whose code opens nothing, whatever the reason.
    JoinFailed,
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
}

impl TextId {
    /// Every text.
    pub const ALL: [Self; 15] = [
        Self::Welcome,
        Self::ConsentRequest,
        Self::OptInConfirmation,
        Self::OptOutConfirmation,
        Self::TopicOptOutConfirmation,
        Self::Help,
        Self::InactivityWarning,
        Self::ClosingSummary,
        Self::JoinAnnouncement,
        Self::JoinFailed,
        Self::LeaveAnnouncement,
        Self::LeftGroup,
        Self::Invitation,
        Self::NameSet,
        Self::CognitionUnavailable,
    ];

    /// The name in configuration and in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::ConsentRequest => "consent_request",
            Self::OptInConfirmation => "opt_in_confirmation",
            Self::OptOutConfirmation => "opt_out_confirmation",
            Self::TopicOptOutConfirmation => "topic_opt_out_confirmation",
            Self::Help => "help",
            Self::InactivityWarning => "inactivity_warning",
            Self::ClosingSummary => "closing_summary",
            Self::JoinAnnouncement => "join_announcement",
            Self::JoinFailed => "join_failed",
            Self::LeaveAnnouncement => "leave_announcement",
            Self::LeftGroup => "left_group",
            Self::Invitation => "invitation",
            Self::NameSet => "name_set",
            Self::CognitionUnavailable => "cognition_unavailable",
        }
    }

    /// The default wording.
    pub const fn default_template(self) -> &'static str {
        match self {
            Self::Welcome => {
                "Welcome to {brand}. An AI assistant answers here: just write what you need. {frequency}. Msg & data \
                 rates may apply. Reply HELP for help, STOP to opt out."
            }
            Self::ConsentRequest => {
                "{brand}: To get answers from our AI assistant by text, reply YES. {frequency}. Msg & data rates may \
                 apply. Reply HELP for help, STOP to opt out."
            }
            Self::OptInConfirmation => {
                "{brand}: You are opted in and will get answers by text again. {frequency}. Msg & data rates may \
                 apply. Reply HELP for help, STOP to opt out."
            }
            Self::OptOutConfirmation => "{brand}: You have opted out and will get no further messages.",
            Self::TopicOptOutConfirmation => {
                "{brand}: You will get no more {purpose} messages. To get no messages at all, reply STOP again."
            }
            Self::Help => {
                "{brand}: For help, contact {contact}. {frequency}. Msg & data rates may apply. Reply STOP to opt out."
            }
            Self::InactivityWarning => {
                "Are you still there? This conversation closes in {minutes} min. Write anything to keep it \
                 open."
            }
            Self::ClosingSummary => {
                "This conversation is now closed. Messages to us: {received}, from us: {sent}. Length: {minutes} min. \
                 Write again at any time to begin a new one."
            }
            Self::JoinAnnouncement => "{name} joined the conversation.",
            Self::JoinFailed => {
                "This code does not let you in. It may be mistyped or too old, or the conversation full: \
                 please ask for a new one."
            }
            Self::LeaveAnnouncement => "{name} left the conversation.",
            Self::LeftGroup => "You left the group. What you write now is between you and us alone.",
            Self::Invitation => "To join our conversation, text JOIN {code} to {number}",
            Self::NameSet => "The others now see you as {name}.",
            Self::CognitionUnavailable => {
                "Sorry, we cannot answer just now. Please try again in a few minutes."
            }
        }
    }

    /// What its wording may refer to beside `{brand}`, `{contact}` and `{frequency}`, which every text may.
    const fn arguments(self) -> &'static [Placeholder] {
        match self {
            Self::InactivityWarning => &[Placeholder::Minutes],
            Self::ClosingSummary => &[Placeholder::Received, Placeholder::Sent, Placeholder::Minutes],
            Self::JoinAnnouncement | Self::LeaveAnnouncement | Self::NameSet => &[Placeholder::Name],
            Self::TopicOptOutConfirmation => &[Placeholder::Purpose],
            Self::Invitation => &[Placeholder::Code, Placeholder::Number],
            _ => &[],
        }
    }

    /// Every placeholder that its wording may hold.
    pub fn placeholders(self) -> impl Iterator<Item = Placeholder> {
        [Placeholder::Brand, Placeholder::Contact, Placeholder::Frequency]
            .into_iter()
            .chain(self.arguments().iter().copied())
    }
}

/// The operator's own wording, checked when it is read; none by default.
///
/// A map from the text's name to its template: `{brand}` and the like are filled in, `{{` and `}}` are braces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<TextId, String>", into = "BTreeMap<TextId, String>")]
pub struct Texts(BTreeMap<TextId, Template>);

impl TryFrom<BTreeMap<TextId, String>> for Texts {
    type Error = TemplateError;

    fn try_from(wording: BTreeMap<TextId, String>) -> Result<Self, TemplateError> {
        let check = |(id, source): (TextId, String)| Ok((id, Template::parse(id, &source)?));
        wording.into_iter().map(check).collect::<Result<_, _>>().map(Self)
    }
}

impl From<Texts> for BTreeMap<TextId, String> {
    fn from(texts: Texts) -> Self {
        texts.0.into_iter().map(|(id, template)| (id, template.to_string())).collect()
    }
}

/// The text with everything filled in; an argument not given is left out.
///
/// ```
/// use si_channel_core::text::{Args, Brand, TextId, Texts, render};
///
/// let brand = Brand { name: "Acme".to_owned(), ..Brand::default() };
/// let text = render(TextId::NameSet, &Args::default().name("Ann"), &brand, &Texts::default());
/// assert_eq!(text, "The others now see you as Ann.");
/// ```
pub fn render(id: TextId, args: &Args, brand: &Brand, texts: &Texts) -> String {
    match texts.0.get(&id) {
        Some(own) => own.fill(args, brand),
        None => template::fill(template::pieces(id.default_template()), args, brand),
    }
}

#[cfg(test)]
mod tests;
