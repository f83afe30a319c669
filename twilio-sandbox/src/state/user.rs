//! Users: the people of a service who chat by identity rather than by phone.
//!
//! <https://www.twilio.com/docs/conversations-classic/api/user-resource>

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A user of a service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) seq: u64,
    pub(crate) sid: String,
    /// Unique in the service; case matters.
    pub(crate) identity: String,
    pub(crate) friendly_name: Option<String>,
    pub(crate) attributes: String,
    pub(crate) role_sid: String,
    /// A chat client of this user has connected at some time.
    pub(crate) was_online: bool,
    /// A push registration of this user existed at some time.
    pub(crate) was_notifiable: bool,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// A user to be added, already read from its request.
#[derive(Clone, Debug, Default)]
pub(crate) struct NewUser {
    pub(crate) identity: String,
    pub(crate) friendly_name: Option<String>,
    /// JSON text.
    pub(crate) attributes: String,
    pub(crate) role_sid: Option<String>,
}

/// The fields of an update that were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserChange {
    pub(crate) friendly_name: Option<String>,
    pub(crate) attributes: Option<String>,
    pub(crate) role_sid: Option<String>,
}

/// A service's users in order of creation, found by SID or identity.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Users {
    in_order: BTreeMap<u64, User>,
    sids: HashMap<String, u64>,
    identities: HashMap<String, u64>,
}

impl Users {
    /// A user by SID or identity. No identity looks like a SID, so that the two cannot be confused.
    pub(crate) fn find(&self, id: &str) -> Option<&User> {
        let seq = self.sids.get(id).or_else(|| self.identities.get(id))?;
        self.in_order.get(seq)
    }

    /// As [`Users::find`], to be changed; its SID and identity must stay.
    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut User> {
        let seq = self.sids.get(id).or_else(|| self.identities.get(id))?;
        self.in_order.get_mut(seq)
    }

    pub(crate) fn has_identity(&self, identity: &str) -> bool {
        self.identities.contains_key(identity)
    }

    pub(crate) fn insert(&mut self, user: User) {
        self.sids.insert(user.sid.clone(), user.seq);
        self.identities.insert(user.identity.clone(), user.seq);
        self.in_order.insert(user.seq, user);
    }

    pub(crate) fn remove(&mut self, sid: &str) -> Option<User> {
        let user = self.in_order.remove(&self.sids.remove(sid)?)?;
        self.identities.remove(&user.identity);
        Some(user)
    }

    /// The users whose sequence numbers lie in the range.
    pub(crate) fn between(&self, range: Range<u64>) -> impl DoubleEndedIterator<Item = (u64, &User)> {
        self.in_order.range(range).map(|(seq, user)| (*seq, user))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &User> {
        self.in_order.values()
    }
}

/// Whether a text has the form of a user's SID, which no identity may have.
pub(crate) fn looks_like_sid(text: &str) -> bool {
    let hex = text.strip_prefix("US").unwrap_or_default();
    hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(seq: u64, identity: &str) -> User {
        User {
            seq,
            sid: format!("US{seq:032x}"),
            identity: identity.to_owned(),
            friendly_name: None,
            attributes: "{}".to_owned(),
            role_sid: String::new(),
            was_online: false,
            was_notifiable: false,
            created: 0,
            updated: 0,
        }
    }

    #[test]
    fn a_user_is_found_by_sid_and_identity_until_removed() {
        let mut users = Users::default();
        users.insert(user(1, "ann"));
        users.insert(user(2, "Ann"));
        let sid = format!("US{:032x}", 2);
        assert_eq!(users.find("Ann").map(|one| one.seq), Some(2));
        assert_eq!(users.find(&sid).map(|one| one.seq), Some(2));
        assert!(users.remove(&sid).is_some() && users.remove(&sid).is_none());
        assert!(users.find("Ann").is_none() && users.find(&sid).is_none() && users.has_identity("ann"));
    }

    #[test]
    fn only_us_and_32_digits_look_like_a_sid() {
        assert!(looks_like_sid("US0123456789abcdefABCDEF0123456789"));
        assert!(!looks_like_sid("US0123456789abcdefABCDEF012345678"));
        assert!(!looks_like_sid("us0123456789abcdefabcdef0123456789"));
        assert!(!looks_like_sid("US0123456789abcdefABCDEF012345678g"));
    }
}
