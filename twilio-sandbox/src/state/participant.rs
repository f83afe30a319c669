//! Participants of a conversation.

use super::address::Channel;

/// A person in a conversation: a chat user, or a phone behind one of the account's senders.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Participant {
    pub(crate) seq: u64,
    pub(crate) sid: String,
    pub(crate) identity: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) proxy: Option<String>,
    pub(crate) projected: Option<String>,
    pub(crate) attributes: String,
    pub(crate) role_sid: String,
    pub(crate) last_read_index: Option<i64>,
    pub(crate) last_read_at: Option<String>,
    pub(crate) notification_level: NotificationLevel,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

impl Participant {
    /// The (address, proxy) pair that no other open conversation may hold.
    pub(crate) fn binding(&self) -> Option<(String, String)> {
        Some((self.address.clone()?, self.proxy.clone()?))
    }

    /// This participant's number in the thread of a group text: a phone's own, or the one that stands for a chat
    /// user. `None` for whoever is reached by relay or over chat alone.
    pub(crate) fn group_number(&self) -> Option<&str> {
        match (&self.address, &self.proxy) {
            (Some(address), None) => Some(address),
            (None, None) => self.projected.as_deref(),
            _ => None,
        }
    }

    /// The channel of the binding; `None` for a plain chat user.
    pub(crate) fn channel(&self) -> Option<Channel> {
        self.address.as_deref().or(self.projected.as_deref()).and_then(Channel::of)
    }

    /// Whether a message of that author is this participant's own.
    pub(crate) fn is_author(&self, author: &str) -> bool {
        self.identity.as_deref() == Some(author) || self.address.as_deref() == Some(author)
    }

    /// The names under which `ParticipantConversations` finds this participant.
    pub(crate) fn membership_keys(&self) -> Vec<MembershipKey> {
        let identity = self.identity.clone().map(MembershipKey::Identity);
        let address = self.address.clone().map(MembershipKey::Address);
        identity.into_iter().chain(address).collect()
    }
}

/// Whether a user is notified of a conversation's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum NotificationLevel {
    Default,
    Muted,
}

impl NotificationLevel {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Muted => "muted",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Default, Self::Muted].into_iter().find(|level| level.as_str() == text)
    }
}

/// A name under which a person's conversations are found.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub(crate) enum MembershipKey {
    Identity(String),
    Address(String),
}

/// A participant to be added, already read from its request.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct NewParticipant {
    pub(crate) identity: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) proxy: Option<String>,
    pub(crate) projected: Option<String>,
    pub(crate) attributes: String,
    pub(crate) role_sid: Option<String>,
    pub(crate) created: Option<i64>,
    pub(crate) updated: Option<i64>,
}

impl NewParticipant {
    /// The participant as it will be, without what it gets when it is added.
    pub(crate) fn draft(&self) -> Participant {
        Participant {
            seq: 0,
            sid: String::new(),
            identity: self.identity.clone(),
            address: self.address.clone(),
            proxy: self.proxy.clone(),
            projected: self.projected.clone(),
            attributes: self.attributes.clone(),
            role_sid: self.role_sid.clone().unwrap_or_default(),
            last_read_index: None,
            last_read_at: None,
            notification_level: NotificationLevel::Default,
            created: 0,
            updated: 0,
        }
    }
}
