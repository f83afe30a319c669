//! What the channel does at Twilio: each step is safe to repeat, because the step before a crash may have happened.

use std::fmt;

use si_channel_core::address::Address;
use si_channel_core::event::Person;
use twilio_conversations::Error;
use twilio_conversations::client::Client;
use twilio_conversations::sid::ConversationSid;
use url::Url;

use crate::config::OutboundMedia;
use crate::twilio::upload::Uploads;

mod erase;
mod files;
mod find;
mod people;
mod send;
mod upload;

pub use find::Names;
pub use send::{Sent, Sighting};

/// Twilio's code for a conversation that is closed. <https://www.twilio.com/docs/api/errors/50377>
const CLOSED: u32 = 50377;

/// The channel's hands at Twilio.
#[derive(Clone)]
pub struct Twilio {
    client: Client,
    system_identity: String,
    status_callback: Url,
    uploads: Uploads,
}

impl fmt::Debug for Twilio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Twilio").field("client", &self.client).finish_non_exhaustive()
    }
}

/// A step at Twilio did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// It can be tried again; nothing is known to be wrong with it.
    Again {
        /// In words, without personal data.
        reason: String,
        /// Twilio's wish how long to wait.
        after: Option<std::time::Duration>,
        /// Whether it was Twilio that did not do it, or could not be reached; with its code.
        outage: Option<Outage>,
    },
    /// It will not succeed.
    Never {
        /// Twilio's error code.
        code: Option<u32>,
        /// In words, without personal data.
        reason: String,
    },
}

/// Twilio, or the way to it, is in trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// Twilio's error code.
    pub code: Option<u32>,
    /// It is asked too much.
    pub too_much: bool,
}

impl Failure {
    /// It can be tried again, and Twilio is well.
    fn again(reason: impl Into<String>) -> Self {
        Self::Again { reason: reason.into(), after: None, outage: None }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // A step here is a find-or-make: an unclear outcome is cleared up by doing it again.
        let again = error.is_retryable() || error.outcome_unknown() || error.is_unauthorized();
        if again {
            let code = error.code();
            let too_much = error.status() == Some(429);
            let outage = Some(Outage { code, too_much });
            Self::Again { reason: error.to_string(), after: error.retry_after(), outage }
        } else {
            Self::Never { code: error.code(), reason: error.to_string() }
        }
    }
}

impl From<twilio_conversations::limit::LimitError> for Failure {
    fn from(error: twilio_conversations::limit::LimitError) -> Self {
        Self::Never { code: None, reason: error.to_string() }
    }
}

impl Twilio {
    /// Works through `client`, writes as `system_identity` and is told of statuses at `public_url`.
    pub fn new(
        client: Client,
        system_identity: impl Into<String>,
        public_url: &Url,
        media: OutboundMedia,
    ) -> Self {
        let mut status_callback = public_url.clone();
        let base = public_url.path().trim_end_matches('/').to_owned();
        status_callback.set_path(&format!("{base}/webhooks/sms/status"));
        let system_identity = system_identity.into();
        Self { client, system_identity, status_callback, uploads: Uploads::new(media) }
    }

    /// The client, for what is not the channel's daily work.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

/// A conversation with the person in it.
#[derive(Debug, Clone)]
pub struct Ready {
    /// The conversation.
    pub conversation_sid: ConversationSid,
    /// The person, with their participant.
    pub person: Person,
    /// It was there before, under names of others.
    pub adopted: bool,
}

fn same(address: &Address, text: Option<&str>) -> bool {
    text == Some(address.to_string().as_str())
}
