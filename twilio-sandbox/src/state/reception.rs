//! What becomes of texts on their way to a phone: by its network, by its owner, by every carrier.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::text::Fate;

/// What a phone's network and its owner do with texts to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Reception {
    /// How texts end, whatever else would become of them.
    pub(crate) outcome: Option<Outcome>,
    /// Words and phrases that do not get through: 30007.
    pub(crate) filter: Vec<String>,
    /// Whether the network confirms delivery; otherwise `sent` is the last status.
    pub(crate) receipts: bool,
    /// Whether the number is on WhatsApp: 63003.
    pub(crate) whatsapp: bool,
    /// Senders that the person has blocked: 30004; on WhatsApp `sent` for ever.
    pub(crate) blocked: BTreeSet<String>,
}

impl Default for Reception {
    fn default() -> Self {
        Self { outcome: None, filter: Vec::new(), receipts: true, whatsapp: true, blocked: BTreeSet::new() }
    }
}

/// How a text is to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcome {
    pub(crate) status: FinalStatus,
    /// 30008, unknown, when an error needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error_code: Option<u32>,
    /// For how many texts; for all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<u32>,
}

/// A status after which none comes; `read` is the person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FinalStatus {
    Sent,
    Delivered,
    Undelivered,
    Failed,
}

impl Outcome {
    pub(crate) fn fate(&self) -> Fate {
        let code = self.error_code.unwrap_or(30008);
        match self.status {
            FinalStatus::Sent => Fate::ArriveUnconfirmed,
            FinalStatus::Delivered => Fate::Arrive,
            FinalStatus::Undelivered => Fate::Bounce(code),
            FinalStatus::Failed => Fate::Fail(code),
        }
    }
}

impl Reception {
    /// Counts a text that ended as it was told to.
    pub(crate) fn spend(&mut self, fate: Fate) {
        let Some(outcome) = self.outcome.as_mut().filter(|outcome| outcome.fate() == fate) else { return };
        let Some(count) = &mut outcome.count else { return };
        *count = count.saturating_sub(1);
        if *count == 0 {
            self.outcome = None;
        }
    }
}

/// What all carriers do, and where the account may write to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Carriers {
    /// Words and phrases that no carrier lets through: 30007.
    pub(crate) filter: Vec<String>,
    /// Countries (ISO 3166-1) that the account's geographic permissions leave out: 21408.
    pub(crate) denied_countries: BTreeSet<String>,
    /// Countries whose carriers confirm no delivery.
    pub(crate) countries_without_receipts: BTreeSet<String>,
}

impl Carriers {
    /// Countries in capitals.
    pub(crate) fn normal(mut self) -> Self {
        let capitals = |set: BTreeSet<String>| set.into_iter().map(|name| name.to_uppercase()).collect();
        self.denied_countries = capitals(self.denied_countries);
        self.countries_without_receipts = capitals(self.countries_without_receipts);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_holds_for_as_many_texts_as_it_says() {
        let outcome = Outcome { status: FinalStatus::Undelivered, error_code: Some(30003), count: Some(2) };
        let mut reception = Reception { outcome: Some(outcome), ..Reception::default() };
        reception.spend(Fate::Arrive);
        reception.spend(Fate::Bounce(30003));
        assert_eq!(reception.outcome.as_ref().and_then(|outcome| outcome.count), Some(1));
        reception.spend(Fate::Bounce(30003));
        assert_eq!(reception.outcome, None);
        let always = Outcome { status: FinalStatus::Failed, error_code: None, count: None };
        assert_eq!(always.fate(), Fate::Fail(30008));
        reception.outcome = Some(always);
        reception.spend(Fate::Fail(30008));
        assert!(reception.outcome.is_some());
    }
}
