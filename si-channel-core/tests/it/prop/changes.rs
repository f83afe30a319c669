//! Changes to messages: early, late and repeated ones end in the same transcript.

use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::machines::disturb;
use crate::support::{ANN, Cognition, Pairs, Sim, Twilio, event, pair};

#[derive(Debug, Clone, Copy)]
enum Change {
    /// A new text, as of so many seconds later.
    Edit(i64, u8),
    /// Deleted.
    Delete,
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => (0_i64..4, 0_u8..3).prop_map(|(second, words)| Change::Edit(second, words)),
        1 => Just(Change::Delete),
    ]
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    /// Changes come before their messages, older ones after newer ones, and after the deletion; people are told of
    /// again; receipts come after a deletion.
    #[test]
    fn changes_mean_the_same_in_any_order_and_however_often_they_are_told(
        texts in prop::collection::vec("[a-z]{1,8} [a-z]{1,8}", 1..4),
        changes in prop::collection::vec((any::<Index>(), change()), 0..6),
        receipts in prop::collection::vec(prop::sample::select(vec!["sent", "delivered", "read"]), 0..3),
        taken_back in any::<bool>(),
        order in prop::collection::vec(any::<Index>(), 0..20),
    ) {
        let story = Story { texts, changes, receipts, taken_back };
        prop_assert_eq!(story.told(&[]), story.told(&order));
    }
}

#[derive(Debug)]
struct Story {
    texts: Vec<String>,
    changes: Vec<(Index, Change)>,
    receipts: Vec<&'static str>,
    /// The channel's own message is deleted.
    taken_back: bool,
}

impl Story {
    fn told(&self, order: &[Index]) -> Value {
        let mut sim = Sim::new();
        sim.hasty = true;
        sim.cognition = Cognition::Later;
        sim.deaf = true;
        for text in &self.texts {
            sim.text(ANN, text);
        }
        let mut webhooks: Vec<Pairs> = sim.twilio.webhooks.drain(..).collect();
        let conversation = sim.twilio.conversations[0].sid.clone();
        let sids: Vec<String> = sim.twilio.find(&conversation).messages.iter().map(|m| m.0.clone()).collect();
        for (index, change) in &self.changes {
            webhooks.push(changed(&conversation, &sids[index.index(sids.len())], *change, &sim));
        }
        let last = sim.now;
        for pairs in disturb(&webhooks, order) {
            sim.deliver(&pairs);
            sim.settle();
        }
        sim.now = last + SignedDuration::from_secs(10);
        sim.settle();
        let participant = sim.session(ANN).members[0].person.participant_sid.clone().unwrap().to_string();
        let welcome = sim.outbound("Welcome").message_sid.clone().unwrap();
        let mut rest: Vec<Pairs> = sim.twilio.webhooks.drain(..).collect();
        let receipt = |status: &&str| Twilio::receipt(&conversation, &welcome, &participant, status, 0);
        rest.extend(self.receipts.iter().map(receipt));
        if self.taken_back {
            rest.push(changed(&conversation, &welcome, Change::Delete, &sim));
        }
        for pairs in disturb(&rest, order) {
            sim.deliver(&pairs);
        }
        sim.deaf = false;
        sim.settle();
        sim.audit();
        let session = sim.session(ANN);
        let welcome = sim.outbound("Welcome").id().to_string();
        let mut entries = sim.entries(&session.id);
        entries.retain(|entry| sids.contains(&entry.id) || entry.id == welcome);
        entries.sort_by_key(|entry| (entry.id == welcome, entry.index));
        let shown = |entry: &si_channel_core::transcript::Entry| {
            // Ids of ours follow from the order of inputs.
            let id = if entry.id == welcome { "welcome" } else { &entry.id };
            json!([id, entry.text, entry.status, entry.edited_at.filter(|_| entry.id != welcome)])
        };
        json!([session.state, session.received, entries.iter().map(shown).collect::<Vec<_>>()])
    }
}

fn changed(conversation: &str, message: &str, change: Change, sim: &Sim) -> Pairs {
    let (kind, more) = match change {
        Change::Edit(second, words) => {
            let at = sim.now + SignedDuration::from_secs(second);
            let more = vec![pair("Body", &format!("words {words}")), pair("DateUpdated", &at.to_string())];
            ("onMessageUpdated", more)
        }
        Change::Delete => ("onMessageRemoved", vec![pair("DateRemoved", &sim.now.to_string())]),
    };
    let mut pairs = event(kind, conversation);
    pairs.extend([pair("MessageSid", message), pair("Author", ANN), pair("Attributes", "{}")]);
    pairs.extend(more);
    pairs
}
