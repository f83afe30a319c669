//! Who is behind addresses: an account of the application's, or a visitor.
//!
//! An address that belongs to no account is a visitor, whose id is made of the address and the installation's key and so
//! is always the same. Once
//! the application says whose an address is, the visitor is merged into that account: its sessions and its consent
//! stay as they are, so that nothing is lost and no opt-out is weakened; what is said of the account as a whole is the
//! strictest of what is known of its addresses.

use std::fmt::Write;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::context::Context;
use crate::event::{ConsentState, Event};
use crate::rejection::Rejection;

/// How many addresses an account may have.
pub const ADDRESSES: usize = 32;

/// An account, and the addresses that are known to be its person's. The fold of its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The application's own id.
    pub account_id: String,
    /// What the application calls them.
    pub name: Option<String>,
    /// Their addresses, in the order they were merged.
    pub addresses: Vec<Address>,
    /// Since when it is known.
    pub since: Timestamp,
    /// Sequence number of its newest event.
    pub sequence: u64,
}

impl Account {
    /// An account of which nothing is known yet.
    pub fn new(account_id: impl Into<String>, since: Timestamp) -> Self {
        Self { account_id: account_id.into(), name: None, addresses: Vec::new(), since, sequence: 0 }
    }

    /// The stream in which its events are numbered.
    pub fn stream(&self) -> String {
        format!("person/{}", self.account_id)
    }
}

/// The id of the visitor that an address is while it belongs to no account, of a hash of the address. It takes the
/// installation's own key to make that, so that nobody without the key finds the number by trying all.
pub fn visitor_id(hash: [u8; 12]) -> String {
    hash.iter().fold("visitor_".to_owned(), |mut id, byte| {
        // Writing to a string cannot fail.
        let _ = write!(id, "{byte:02x}");
        id
    })
}

/// What the application says of an address.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The address.
    pub address: &'a Address,
    /// The visitor that it was.
    pub visitor_id: &'a str,
    /// What the application calls the person.
    pub name: Option<&'a str>,
}

/// An address is said to be an account's. `before` is the account whose it was, if it was one's.
pub fn decide(
    account: &Account,
    before: Option<&Account>,
    claim: &Claim<'_>,
    context: &Context<'_>,
) -> Result<Event, Rejection> {
    let Claim { address, visitor_id, name } = *claim;
    let named = name.is_none_or(|name| account.name.as_deref() == Some(name));
    let theirs = account.addresses.contains(address);
    if theirs && named {
        return Err(Rejection::AlreadySo);
    }
    if !theirs && account.addresses.len() >= ADDRESSES {
        return Err(Rejection::Refused(format!("the account already has {ADDRESSES} addresses, the limit")));
    }
    Ok(Event::PersonMerged {
        address: address.clone(),
        visitor_id: visitor_id.to_owned(),
        account_id: account.account_id.clone(),
        previous_account_id: before.map(|before| before.account_id.clone()),
        name: name.map(str::to_owned),
        at: context.now,
    })
}

/// Folds an event into the account; one of another account takes the address from this one.
pub fn apply(account: &mut Account, event: &Event) {
    let Event::PersonMerged { address, account_id, name, .. } = event else { return };
    account.sequence += 1;
    if *account_id != account.account_id {
        account.addresses.retain(|own| own != address);
        return;
    }
    if !account.addresses.contains(address) {
        account.addresses.push(address.clone());
    }
    if name.is_some() {
        account.name.clone_from(name);
    }
}

/// How far somebody has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Enrolment {
    /// Nothing is known.
    Unknown,
    /// They were asked whether they want to be answered.
    Invited,
    /// They may be written to.
    Enrolled,
    /// They have opted out.
    Left,
}

impl From<ConsentState> for Enrolment {
    fn from(state: ConsentState) -> Self {
        match state {
            ConsentState::Unknown => Self::Unknown,
            ConsentState::Pending => Self::Invited,
            ConsentState::Granted => Self::Enrolled,
            ConsentState::Revoked => Self::Left,
        }
    }
}

/// What is said of somebody as a whole: the strictest of what is known of their addresses.
pub fn strictest(states: impl IntoIterator<Item = ConsentState>) -> ConsentState {
    let rank = |state: &ConsentState| match state {
        ConsentState::Granted => 0,
        ConsentState::Pending => 1,
        ConsentState::Unknown => 2,
        ConsentState::Revoked => 3,
    };
    states.into_iter().max_by_key(rank).unwrap_or(ConsentState::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Seed;
    use crate::policy::Policy;

    fn at(text: &str) -> Address {
        text.parse().unwrap()
    }

    fn merged(account: &mut Account, before: Option<&mut Account>, address: &str, name: Option<&str>) {
        let policy = Policy::default();
        let context = Context::new("2026-11-21T10:00:00Z".parse().unwrap(), &policy, Seed::from_text("x"));
        let address = at(address);
        let claim = Claim { address: &address, visitor_id: "visitor_1", name };
        let event = decide(account, before.as_deref(), &claim, &context).unwrap();
        apply(account, &event);
        if let Some(before) = before {
            apply(before, &event);
        }
        assert_eq!(decide(account, None, &claim, &context), Err(Rejection::AlreadySo));
    }

    #[test]
    fn addresses_of_every_channel_come_together_and_a_mistake_can_be_mended() {
        let since = "2026-11-21T10:00:00Z".parse().unwrap();
        let (mut ann, mut bob) = (Account::new("ann", since), Account::new("bob", since));
        for address in ["+15551110001", "whatsapp:+15551110001", "whatsapp:US.13491208655302741918"] {
            merged(&mut ann, None, address, None);
        }
        merged(&mut ann, None, "+15551110001", Some("Ann"));
        assert_eq!((ann.addresses.len(), ann.name.as_deref(), ann.sequence), (3, Some("Ann"), 4));
        merged(&mut bob, Some(&mut ann), "whatsapp:+15551110001", None);
        assert_eq!(ann.addresses, [at("+15551110001"), at("whatsapp:US.13491208655302741918")]);
        assert_eq!(bob.addresses, [at("whatsapp:+15551110001")]);
    }

    #[test]
    fn the_strictest_of_all_addresses_is_said_of_the_account() {
        use ConsentState::{Granted, Pending, Revoked, Unknown};
        for (states, whole) in [
            (vec![Granted, Revoked], Revoked),
            (vec![Granted, Pending], Pending),
            (vec![Pending, Unknown, Granted], Unknown),
            (vec![Granted, Granted], Granted),
            (vec![], Unknown),
        ] {
            assert_eq!(strictest(states.clone()), whole, "{states:?}");
        }
        assert_eq!(Enrolment::from(Revoked), Enrolment::Left);
    }

    #[test]
    fn a_visitor_is_named_by_a_hash() {
        assert_eq!(visitor_id([0xa1; 12]), format!("visitor_{}", "a1".repeat(12)));
    }
}
