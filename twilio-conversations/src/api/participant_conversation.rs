//! The conversations a person is in:
//! <https://www.twilio.com/docs/conversations-classic/api/participant-conversation-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::participant_conversation::{ListParticipantConversations, Person}};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let list = ListParticipantConversations::new(Person::Address("+15550001111".into())).page_size(50);
//! assert_eq!(list.parts(&account).query.encode(), "Address=%2B15550001111&PageSize=50");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{Page, model::ParticipantConversation};
use std::fmt;

/// Whose conversations. Twilio takes one of the two (50451).
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Person {
    /// The person's address: E.164, or with the channel before it (`whatsapp:+…`).
    Address(String),
    /// The chat identity.
    Identity(String),
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address(_) => "Address(..)",
            Self::Identity(_) => "Identity(..)",
        })
    }
}

request! {
    /// Lists the conversations that a person is in, closed ones included.
    ListParticipantConversations -> Page<ParticipantConversation>;
    Read Conversations "/v1/ParticipantConversations";
    fn draft();
}

scoped! { ListParticipantConversations }
page_size! { ListParticipantConversations up to 50; }

impl ListParticipantConversations {
    /// Those of this person.
    pub fn new(person: Person) -> Self {
        let mut list = Self::draft();
        match person {
            Person::Address(address) => list.0.query.set("Address", address),
            Person::Identity(identity) => list.0.query.set("Identity", identity),
        }
        list
    }
}
