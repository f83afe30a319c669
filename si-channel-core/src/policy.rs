//! Rules as data: defaulted, overridable in configuration.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::address::{Address, Channel};
use crate::consent::{Breadth, Matter, Purpose};
use crate::disclosure::Disclosure;
use crate::event::{MessageClass, Transport};
use crate::flood::FloodPolicy;
use crate::formatting::Formatting;
use crate::guard::GuardPolicy;
use crate::hours::HoursPolicy;
use crate::keyword::KeywordSet;
use crate::language::LanguagePolicy;
use crate::loops::LoopPolicy;
use crate::meaning::Phrases;
use crate::pace::Pacing;
use crate::place::issued;
use crate::remedy::Remedies;
use crate::rules::{RevocationProfile, RuleRef, Rules};
use crate::segment::split::SplitPolicy;
use crate::spend::SpendPolicy;
use crate::text::{Brand, Locales, Texts};
use crate::window::Whatsapp;

/// Every rule that an operator may change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Who speaks, for the channel's own texts.
    pub brand: Brand,
    /// The operator's own wording of the channel's texts, in whatever language it is.
    pub texts: Texts,
    /// The operator's own wording by language.
    pub locales: Locales,
    /// Which languages the channel speaks.
    pub language: LanguagePolicy,
    /// How a person's first text counts as consent.
    pub opt_in: OptIn,
    /// Whether the dated rules of a number's country may ask for a double opt-in where `opt_in` does not.
    pub opt_in_by_country: bool,
    /// How far an opt-out reaches that says no more than "stop".
    pub revocation: RevocationProfile,
    /// Whether an offer needs more than that the person wrote first.
    pub marketing_consent: MarketingConsent,
    /// Senders of ours that share consent, by the pool's name; a sender in none is a pool of its own.
    pub pools: BTreeMap<String, Vec<Address>>,
    /// The words that stop, start and ask for help.
    pub keywords: KeywordSet,
    /// The phrases that mean an opt-out.
    pub opt_out_phrases: Phrases,
    /// What neither the assistant nor a caller of the API may say.
    pub guard: GuardPolicy,
    /// Two automatic responders that answer each other.
    pub loops: LoopPolicy,
    /// Many texts from one place.
    pub flood: FloodPolicy,
    /// Who answers keywords first, by sender; SMS senders default to [`CarrierKeywords::TwilioDefault`], others
    /// to [`CarrierKeywords::None`].
    pub carrier_keywords: BTreeMap<Address, CarrierKeywords>,
    /// Warning and closing of idle sessions.
    pub inactivity: Inactivity,
    /// Joining a conversation by code.
    pub join: Join,
    /// How long answers are split.
    pub split: SplitPolicy,
    /// Answers are cut after this many characters; the rest is kept in the event feed.
    pub max_reply_chars: usize,
    /// What happens to an answer that comes after newer texts.
    pub late_reply: LateReply,
    /// How people are named before their texts in a group when they have given no name.
    pub unnamed_author: UnnamedAuthor,
    /// Repeating of failed sends.
    pub retry: Retry,
    /// What is done about messages that do not arrive.
    pub remedies: Remedies,
    /// How fast messages may leave.
    pub pacing: Pacing,
    /// What a day's messages may cost.
    pub spend: SpendPolicy,
    /// How long a message of each class is worth sending.
    pub expiry: Expiry,
    /// When people may be written to.
    pub quiet_hours: HoursPolicy,
    /// The author of what Si writes, Twilio's default being `system`.
    pub system_identity: String,
    /// WhatsApp's rules.
    pub whatsapp: Whatsapp,
    /// What each channel is given of Markdown.
    pub formatting: Formatting,
    /// When a person is told that an AI answers.
    pub disclosure: Disclosure,
    /// Our numbers.
    pub senders: Senders,
    /// Which of Twilio's ways carries new sessions.
    pub transport: Transport,
    /// What the law, Twilio and others ask for, by date; from files of their own.
    #[serde(skip)]
    pub rules: Rules,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            brand: Brand::default(),
            texts: Texts::default(),
            locales: Locales::default(),
            language: LanguagePolicy::default(),
            opt_in: OptIn::default(),
            opt_in_by_country: false,
            revocation: RevocationProfile::default(),
            marketing_consent: MarketingConsent::default(),
            pools: BTreeMap::new(),
            keywords: KeywordSet::default(),
            opt_out_phrases: Phrases::default(),
            guard: GuardPolicy::default(),
            loops: LoopPolicy::default(),
            flood: FloodPolicy::default(),
            carrier_keywords: BTreeMap::new(),
            inactivity: Inactivity::default(),
            join: Join::default(),
            split: SplitPolicy::default(),
            max_reply_chars: 8_000,
            late_reply: LateReply::default(),
            unnamed_author: UnnamedAuthor::default(),
            retry: Retry::default(),
            remedies: Remedies::default(),
            pacing: Pacing::default(),
            spend: SpendPolicy::default(),
            expiry: Expiry::default(),
            quiet_hours: HoursPolicy::default(),
            system_identity: "system".to_owned(),
            whatsapp: Whatsapp::default(),
            formatting: Formatting::default(),
            disclosure: Disclosure::default(),
            senders: Senders::default(),
            transport: Transport::default(),
            rules: Rules::default(),
        }
    }
}

impl Policy {
    /// How the first text of an address counts as consent; of several countries that the number may belong to, the
    /// strictest counts.
    pub fn opt_in_of(&self, address: &Address, now: Timestamp) -> OptIn {
        if !self.opt_in_by_country {
            return self.opt_in;
        }
        let places = issued(address).places;
        let double =
            places.iter().any(|place| self.rules.opt_in(Some(place.country()), now) == OptIn::Double);
        let unknown = places.is_empty() && self.rules.opt_in(None, now) == OptIn::Double;
        if double || unknown { OptIn::Double } else { self.opt_in }
    }

    /// How far an opt-out reaches now that says no more than "stop", and the rule that says so.
    pub fn breadth(&self, now: Timestamp) -> (Breadth, Option<RuleRef>) {
        self.rules.revocation_scope(self.revocation, now)
    }

    /// What a message from a sender of ours is, as far as consent is concerned.
    pub fn matter<'a>(
        &'a self,
        sender: Option<&'a Address>,
        purpose: Option<&str>,
        class: MessageClass,
    ) -> Matter<'a> {
        let named = |sender: &'a Address| {
            let pool = self.pools.iter().find(|(_, senders)| senders.contains(sender));
            pool.map_or(sender.value(), |(name, _)| name.as_str())
        };
        Matter {
            sender: sender.map_or("", named),
            purpose: purpose.and_then(Purpose::of),
            explicit: class == MessageClass::Marketing
                && self.marketing_consent == MarketingConsent::Explicit,
        }
    }

    /// Who answers keywords on the sender.
    pub fn carrier_keywords(&self, sender: &Address) -> CarrierKeywords {
        self.carrier_keywords.get(sender).copied().unwrap_or(match sender.channel() {
            Channel::Sms => CarrierKeywords::TwilioDefault,
            _ => CarrierKeywords::None,
        })
    }
}

/// Our numbers by channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Senders {
    /// The SMS number.
    pub sms: Option<Address>,
    /// The WhatsApp sender.
    pub whatsapp: Option<Address>,
}

impl Senders {
    /// The sender for a person's channel.
    pub fn of(&self, channel: Channel) -> Option<&Address> {
        match channel {
            Channel::Sms => self.sms.as_ref(),
            Channel::Whatsapp => self.whatsapp.as_ref(),
            _ => None,
        }
    }

    /// Whether the address is one of ours.
    pub fn contains(&self, address: &Address) -> bool {
        self.sms.as_ref() == Some(address) || self.whatsapp.as_ref() == Some(address)
    }
}

/// How a person's first text counts as consent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptIn {
    /// Writing first is consent to be answered; the welcome confirms it.
    #[default]
    Single,
    /// The person must confirm before anything is answered; what they wrote meanwhile is held.
    Double,
}

/// What an offer needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarketingConsent {
    /// Any consent.
    #[default]
    Any,
    /// A keyword, a confirmed double opt-in, or consent recorded through the API; not merely that the person wrote
    /// first.
    Explicit,
}

/// Who answers STOP, START and HELP before the channel sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CarrierKeywords {
    /// Twilio's default handling: exact words, answered and blocked by Twilio, without a mark on the webhook.
    TwilioDefault,
    /// Advanced Opt-Out: Twilio answers and marks the Messaging webhook with `OptOutType`.
    Advanced,
    /// A toll-free number: the network answers STOP, START and UNSTOP, Twilio HELP.
    TollFree,
    /// Nobody: the channel answers.
    None,
}

/// Warning and closing of idle sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Inactivity {
    /// Silence before the warning.
    pub warn_after: SignedDuration,
    /// Further silence before closing.
    pub close_after: SignedDuration,
}

impl Default for Inactivity {
    fn default() -> Self {
        Self { warn_after: SignedDuration::from_mins(30), close_after: SignedDuration::from_mins(10) }
    }
}

/// Joining a conversation by code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Join {
    /// How long a code can be used.
    pub valid_for: SignedDuration,
    /// Characters of a code, five random bits each; at most 20.
    pub code_length: usize,
    /// Wrong codes one address may try within `window`.
    pub failures: u32,
    /// See `failures`.
    pub window: SignedDuration,
    /// People in one conversation; Twilio's limit is 50 that are not chat identities.
    pub max_people: usize,
}

impl Default for Join {
    fn default() -> Self {
        Self {
            valid_for: SignedDuration::from_hours(24),
            code_length: 10,
            failures: 5,
            window: SignedDuration::from_hours(1),
            max_people: 50,
        }
    }
}

/// What happens to an answer that comes after newer texts of the session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateReply {
    /// It is sent.
    #[default]
    Send,
    /// It is dropped; the event feed keeps it.
    Discard,
}

/// How people are named before their texts in a group when they have given no name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnnamedAuthor {
    /// By their number, as in a group text between phones.
    #[default]
    Number,
    /// By the last four digits of it.
    LastDigits,
}

/// Repeating of sends that failed for a passing reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retry {
    /// Attempts in all.
    pub attempts: u32,
    /// Wait before the second attempt; it doubles with each further one.
    pub base: SignedDuration,
    /// The longest wait.
    pub cap: SignedDuration,
    /// How long after an attempt of unclear outcome the message is looked for before it is sent again.
    pub look_for: SignedDuration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 8,
            base: SignedDuration::from_millis(500),
            cap: SignedDuration::from_mins(5),
            look_for: SignedDuration::from_secs(3),
        }
    }
}

impl Retry {
    /// The wait after the `attempt`th failed attempt (from 1): exponential with full jitter of its upper half,
    /// `jitter` being any 16 bits.
    pub fn wait(&self, attempt: u32, jitter: u16) -> SignedDuration {
        let doublings = attempt.saturating_sub(1).min(20);
        let full = self.base.saturating_mul(1 << doublings).min(self.cap);
        let half = full.as_millis() / 2;
        let millis = half + half * i128::from(jitter) / i128::from(u16::MAX);
        SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

/// How long a message of each class is worth sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expiry {
    /// Answers to a person's text.
    pub reply: SignedDuration,
    /// Everything else without an `expires_at` of its own.
    pub other: SignedDuration,
}

impl Default for Expiry {
    fn default() -> Self {
        Self { reply: SignedDuration::from_hours(1), other: SignedDuration::from_hours(24) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap() {
        let retry = Retry::default();
        assert_eq!(retry.wait(1, u16::MAX), SignedDuration::from_millis(500));
        assert_eq!(retry.wait(1, 0), SignedDuration::from_millis(250));
        assert_eq!(retry.wait(4, u16::MAX), SignedDuration::from_secs(4));
        assert_eq!(retry.wait(30, u16::MAX), retry.cap);
    }

    #[test]
    fn sms_senders_leave_keywords_to_twilio_unless_said_otherwise() {
        let mut policy = Policy::default();
        let sms: Address = "+15550001111".parse().unwrap();
        let whatsapp: Address = "whatsapp:+15550001111".parse().unwrap();
        assert_eq!(policy.carrier_keywords(&sms), CarrierKeywords::TwilioDefault);
        assert_eq!(policy.carrier_keywords(&whatsapp), CarrierKeywords::None);
        policy.carrier_keywords.insert(sms.clone(), CarrierKeywords::None);
        assert_eq!(policy.carrier_keywords(&sms), CarrierKeywords::None);
    }

    #[test]
    fn an_unknown_rule_is_refused() {
        let error = serde_json::from_str::<Policy>(r#"{"inactivty":{}}"#).unwrap_err().to_string();
        assert!(error.contains("inactivty"), "{error}");
    }
}
