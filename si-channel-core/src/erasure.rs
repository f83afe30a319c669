//! Removing a person: what of them is found in stored values, and what is left in its place.
//!
//! A stored value is JSON. What is a person's own (their texts, the answers to them) is blanked down to ids, times and
//! words of ours; what belongs to others keeps its texts, without the person's number and name. In both a [`Token`]
//! stands for the person, so that proofs and histories still hold together. Fields are blanked unless they are known to
//! hold no personal data: a new field of an event is blanked until it is listed in [`blank`].

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::address::{Address, Channel};
use crate::event::Author;
use crate::session::Session;

mod blank;
mod number;
mod token;

pub use blank::{Blanking, blank};
pub use token::Token;

use number::Spellings;

/// What stands in the place of an erased text, and of a name within the texts of others.
pub const ERASED: &str = "[erased]";

/// What is found out about a person while they are removed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    names: BTreeSet<String>,
    ids: BTreeSet<String>,
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").field("ids", &self.ids.len()).finish_non_exhaustive()
    }
}

/// A person who is removed, with what is known of them by now.
#[derive(Clone)]
pub struct Person {
    address: Address,
    token: Token,
    spellings: Spellings,
    names: BTreeSet<String>,
    theirs: BTreeSet<String>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("token", &self.token).finish_non_exhaustive()
    }
}

impl Person {
    /// The person of an address, and of the same number on other channels.
    pub fn new(address: &Address, token: Token) -> Self {
        Self {
            address: address.clone(),
            token,
            spellings: Spellings::of(address),
            names: BTreeSet::new(),
            theirs: BTreeSet::new(),
        }
    }

    /// What stands for them.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Every address at which the channel could write to them: a number is theirs on SMS and on WhatsApp.
    pub fn addresses(&self) -> Vec<Address> {
        same_number(&self.address)
    }

    /// Whether an address is theirs.
    pub fn is(&self, address: &Address) -> bool {
        *address == self.address
            || (address.value() == self.address.value() && self.address.value().starts_with('+'))
    }

    /// The session's people are this person alone, as far as it remembers.
    pub fn is_all_of(&self, session: &Session) -> bool {
        session.everyone.iter().all(|address| self.is(address) || address.is_erased())
    }

    /// Takes in an id that stands for something of theirs: a message, a question, an answer to them.
    pub fn note(&mut self, id: impl Into<String>) {
        self.theirs.insert(id.into());
    }

    /// Takes in a name they go by.
    pub fn note_name(&mut self, name: &str) {
        if name.chars().count() > 1 {
            self.names.insert(name.to_owned());
        }
    }

    /// Whether a stored text speaks of them: spells their number, or holds an id of theirs.
    pub fn is_in(&self, text: &str) -> bool {
        self.spellings.is_in(text)
            || (!self.theirs.is_empty()
                && text
                    .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .any(|word| self.theirs.contains(word)))
    }

    /// Whether a record is theirs: they wrote it, it is about them, for them alone, or goes back to something of theirs.
    pub fn owns(&self, record: &Value) -> bool {
        let at_theirs = |value: Option<&Value>| {
            value.and_then(Value::as_str).and_then(|text| text.parse::<Address>().ok()).is_some_and(
                |address| {
                    self.is(&address) || (address.is_erased() && address.value() == self.token.as_str())
                },
            )
        };
        let holders = [
            record.get("address"),
            record.get("author"),
            record.get("only"),
            record.pointer("/author/address"),
            record.pointer("/person/address"),
            record.pointer("/target/address"),
        ];
        let ids =
            ["id", "message_sid", "outbound_id", "turn_id", "media_id", "correlation_id", "correlationid"];
        let known =
            |name: &str| record.get(name).and_then(Value::as_str).is_some_and(|id| self.theirs.contains(id));
        holders.into_iter().any(at_theirs) || ids.into_iter().chain(["instead_of"]).any(known)
    }

    /// Learns from a record of theirs: the ids under which more of theirs is found, and their name.
    pub fn learn(&mut self, record: &Value) {
        for name in ["message_sid", "outbound_id", "turn_id", "media_id"] {
            if let Some(id) = record.get(name).and_then(Value::as_str) {
                self.note(id);
            }
        }
        for file in record.get("media").and_then(Value::as_array).into_iter().flatten() {
            if let Some(id) = file.get("id").and_then(Value::as_str) {
                self.note(id);
            }
        }
        let about_them = [record.get("person"), record.get("author"), Some(record)];
        for name in about_them.into_iter().flatten().filter_map(|who| who.get("name")?.as_str()) {
            self.note_name(name);
        }
    }

    /// Puts the token for the number and [`ERASED`] for the names, wherever they are in the value, in keys too;
    /// whether that changed anything.
    pub fn scrub(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => match self.scrubbed(text) {
                Some(clean) => {
                    *text = clean;
                    true
                }
                None => false,
            },
            Value::Array(items) => {
                let mut changed = false;
                for item in items {
                    changed |= self.scrub(item);
                }
                changed
            }
            Value::Object(fields) => {
                let mut changed = false;
                // Another may go by the same name.
                let others = !self.owns_person(fields);
                for (key, item) in fields.iter_mut() {
                    match item {
                        Value::String(name) if key == "name" && others => {
                            if let Some(clean) = self.spellings.replaced(name, self.token.as_str()) {
                                *name = clean;
                                changed = true;
                            }
                        }
                        item => changed |= self.scrub(item),
                    }
                }
                let spelled: Vec<String> =
                    fields.keys().filter(|key| self.spellings.is_in(key)).cloned().collect();
                for key in spelled {
                    if let (Some(clean), Some(item)) = (self.scrubbed(&key), fields.remove(&key)) {
                        fields.insert(clean, item);
                        changed = true;
                    }
                }
                changed
            }
            // No token fits in the place of a JSON number.
            Value::Number(number) if self.spellings.is_in(&number.to_string()) => {
                *value = Value::from(0);
                true
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// Whether the fields of somebody with an address are theirs; what has none may be anybody's.
    fn owns_person(&self, fields: &serde_json::Map<String, Value>) -> bool {
        ["address", "author"].iter().find_map(|name| fields.get(*name)?.as_str()).is_none_or(|text| {
            text.parse::<Address>()
                .is_ok_and(|address| self.is(&address) || address.value() == self.token.as_str())
        })
    }

    /// What is known of them by now, to be told again by [`Person::recall`].
    pub fn known(&self) -> Known {
        Known { names: self.names.clone(), ids: self.theirs.clone() }
    }

    /// Takes in what was known before.
    pub fn recall(&mut self, known: &Known) {
        self.names.extend(known.names.iter().cloned());
        self.theirs.extend(known.ids.iter().cloned());
    }

    /// A text without them; `None` when they are not in it.
    pub fn scrubbed(&self, text: &str) -> Option<String> {
        let mut clean = self.spellings.replaced(text, self.token.as_str());
        for name in &self.names {
            if let Some(cleaner) = without_name(clean.as_deref().unwrap_or(text), name) {
                clean = Some(cleaner);
            }
        }
        clean
    }

    /// Cleans a record: blanks it when it is theirs or `whole`, and takes them out of it in any case; whether that
    /// changed anything.
    pub fn clean(&self, record: &mut Value, whole: bool) -> bool {
        let before = record.clone();
        if whole || self.owns(record) {
            blank(record, &Blanking { names: true, placeholder: ERASED });
        }
        self.scrub(record);
        *record != before
    }

    /// Cleans a published event as [`Person::clean`] does a record. What proves consent keeps its proof.
    pub fn clean_event(&self, event: &mut Value, whole: bool) -> bool {
        let before = event.clone();
        let is_proof = event["type"].as_str().is_some_and(|kind| kind.starts_with("si.channel.consent."));
        if is_proof {
            prove(event);
        } else if whole || self.owns(event) || self.owns(&event["data"]) {
            blank(event, &Blanking { names: true, placeholder: ERASED });
        }
        self.scrub(event);
        *event != before
    }

    /// Cleans a consent ledger, which keeps its proof.
    pub fn clean_ledger(&self, ledger: &mut Value) -> bool {
        let before = ledger.clone();
        prove(ledger);
        self.scrub(ledger);
        *ledger != before
    }
}

/// Takes out of a proof what it does not need: how the person is named and from where they came.
fn prove(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("name");
            fields.remove("ip");
            fields.remove("whereabouts");
            fields.values_mut().for_each(prove);
        }
        Value::Array(items) => items.iter_mut().for_each(prove),
        _ => {}
    }
}

/// The addresses of the same number that the channel writes to; alone, when it is no number.
pub fn same_number(address: &Address) -> Vec<Address> {
    let siblings = address.siblings([Channel::Sms, Channel::Whatsapp]);
    std::iter::once(address.clone()).chain(siblings).collect()
}

/// Replaces a name where it stands as a word of its own; its first letter as written, so that Will stays apart from will.
fn without_name(text: &str, name: &str) -> Option<String> {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut clean = String::new();
    let mut rest = text;
    let mut before = None;
    let mut found = false;
    while let Some(at) = rest.find(name) {
        let (head, tail) = rest.split_at(at);
        let after = &tail[name.len()..];
        let stands_alone = !is_word(head.chars().next_back().or(before)) && !is_word(after.chars().next());
        clean.push_str(head);
        clean.push_str(if stands_alone { ERASED } else { name });
        found |= stands_alone;
        before = name.chars().next_back();
        rest = after;
    }
    clean.push_str(rest);
    found.then_some(clean)
}

impl Session {
    /// Whether everybody who was ever in it was erased: nothing more is said or kept there.
    pub fn is_erased(&self) -> bool {
        !self.everyone.is_empty() && self.everyone.iter().all(Address::is_erased)
    }
}

impl Author {
    /// Whether a person wrote it who was erased since.
    pub fn is_erased(&self) -> bool {
        self.address().is_some_and(Address::is_erased)
    }
}

#[cfg(test)]
mod tests;
