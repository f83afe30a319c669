//! Rules that the law, Twilio and others make, as data with dates: what holds where, since when, on whose word.
//!
//! The rule sets are TOML files, built in (`si-channel-core/rules/`) and replaceable. They are read once; which rule
//! holds is looked up by the date of each decision, so that a rule of the future takes effect on its day. Dates are days,
//! of the person's zone where a rule is about their time and of UTC elsewhere.

use std::fmt;
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::consent::Breadth;
use crate::place::Place;
use crate::policy::OptIn;

mod built_in;
mod file;
mod holidays;
mod opt_in;
mod problem;
mod quiet_hours;
mod recording;
mod revocation;
mod scope;
mod summary;
mod whatsapp;

#[cfg(test)]
mod tests;

pub use file::SetFile;
pub use holidays::{Day, Holiday};
pub use opt_in::OptInRule;
pub use problem::{RuleProblem, RuleProblems};
pub use quiet_hours::{Hours, QuietHours};
pub use recording::{Duty, RecordingRule};
pub use revocation::{RevocationProfile, RevocationRule};
pub use scope::Where;
pub use summary::{RuleSummary, SetSummary};
pub use whatsapp::{Assistant, WhatsappPolicy, WhatsappRule};

pub(crate) use file::Rule;
use file::Set;

/// How sure a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Read in the law or the vendor's own text.
    Primary,
    /// Read in what others write of it.
    Secondary,
    /// General knowledge, or one weak source.
    Unverified,
    /// Sources contradict each other; the narrower was taken.
    Conflict,
}

impl Mark {
    /// Its name in rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Unverified => "unverified",
            Self::Conflict => "conflict",
        }
    }
}

/// A rule that decided something, by the name and version of its set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleRef {
    /// Set and id, such as `quiet_hours/us-fl`.
    pub rule: String,
    /// The set's version.
    pub version: String,
}

impl RuleRef {
    /// Its name with its version, as the audit log has it: `quiet_hours/us-fl@2026-01-01`.
    pub fn named(&self) -> String {
        format!("{}@{}", self.rule, self.version)
    }
}

impl fmt::Display for RuleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.rule, self.version)
    }
}

/// Every rule set; those built in by default. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules(Arc<Sets>);

#[derive(Debug, PartialEq)]
struct Sets {
    quiet_hours: Set<QuietHours>,
    holidays: Set<Holiday>,
    revocation: Set<RevocationRule>,
    opt_in: Set<OptInRule>,
    recording: Set<RecordingRule>,
    whatsapp: Set<WhatsappRule>,
}

impl Default for Rules {
    fn default() -> Self {
        static BUILT_IN: LazyLock<Rules> = LazyLock::new(|| {
            // Looked at on no day in particular: whether they have expired is for `load` to say.
            Rules::load(&[], Date::MIN).expect("the rules built in are well-formed, as a test shows")
        });
        BUILT_IN.clone()
    }
}

impl Rules {
    /// The names of the sets, which are those of their files without `.toml`.
    pub const SETS: [&str; 6] = built_in::NAMES;

    /// Reads the sets: `replacing` those given, the others as built in.
    ///
    /// # Errors
    /// Everything that is malformed, contradictory, missing from `today` on, or expired by then, with file and line.
    pub fn load(replacing: &[SetFile], today: Date) -> Result<Self, RuleProblems> {
        let mut reading = file::Reading::new(replacing, today);
        let sets = Sets {
            quiet_hours: reading.set(quiet_hours::REQUIRED),
            holidays: reading.set(&[]),
            revocation: reading.set(revocation::REQUIRED),
            opt_in: reading.set(opt_in::REQUIRED),
            recording: reading.set(recording::REQUIRED),
            whatsapp: reading.set(whatsapp::REQUIRED),
        };
        quiet_hours::check(&sets.quiet_hours, &sets.holidays, &mut reading);
        reading.finish().map(|()| Self(Arc::new(sets)))
    }

    /// The text of a set that is built in, by name.
    pub fn built_in(name: &str) -> Option<&'static str> {
        built_in::NAMES.contains(&name).then(|| built_in::text(name))
    }

    /// What an opt-out stops that answers a message of one purpose on one channel.
    pub fn revocation_scope(&self, profile: RevocationProfile, now: Timestamp) -> (Breadth, Option<RuleRef>) {
        let set = &self.0.revocation;
        let rule = set.on(utc(now)).find(|rule| rule.profile == profile);
        // Without a rule, the widest.
        rule.map_or((Breadth::All, None), |rule| (rule.scope, Some(set.reference(&rule.id))))
    }

    /// How consent begins in a country; `None` for an unknown one.
    pub fn opt_in(&self, country: Option<Place>, now: Timestamp) -> OptIn {
        self.opt_in_rule(country, now).map_or(OptIn::Double, |rule| rule.kind)
    }

    /// The rule behind [`Rules::opt_in`].
    pub fn opt_in_rule(&self, country: Option<Place>, now: Timestamp) -> Option<&OptInRule> {
        let rules = || self.0.opt_in.on(utc(now));
        let here = country.and_then(|country| rules().find(|rule| rule.places.contains(&Where::In(country))));
        here.or_else(|| rules().find(|rule| rule.places.contains(&Where::Anywhere)))
    }

    /// What may be sent on WhatsApp to somebody who may be in any of the places; the strictest counts.
    pub fn whatsapp(
        &self,
        places: &[Place],
        assistant: Assistant,
        now: Timestamp,
    ) -> (WhatsappPolicy, Option<RuleRef>) {
        let set = &self.0.whatsapp;
        let rules: Vec<&WhatsappRule> =
            set.on(utc(now)).filter(|rule| rule.assistant.contains(&assistant)).collect();
        let strictest =
            scope::matching(&rules, places, |rule| &rule.places).into_iter().max_by_key(|rule| rule.policy);
        match strictest {
            Some(rule) => (rule.policy, Some(set.reference(&rule.id))),
            None => (WhatsappPolicy::Deny, None),
        }
    }

    /// What a place asks for before calls are recorded, written down or listened to by an AI; of several candidates, and
    /// of the parts of a country of which no more is known, all. The rules that hold, for the strictest to be taken.
    pub fn recording(&self, places: &[Place], now: Timestamp) -> Vec<(&RecordingRule, RuleRef)> {
        let set = &self.0.recording;
        let rules: Vec<&RecordingRule> = set.on(utc(now)).collect();
        scope::matching_parts_too(&rules, places, |rule| &rule.places)
            .into_iter()
            .map(|rule| (rule, set.reference(&rule.id)))
            .collect()
    }

    /// The quiet hours, of every place and day.
    pub(crate) fn quiet_hours(&self) -> &Set<QuietHours> {
        &self.0.quiet_hours
    }

    /// Whether a day is a holiday of a calendar.
    pub fn is_holiday(&self, calendar: &str, day: Date) -> bool {
        self.0.holidays.on(day).any(|holiday| holiday.calendar == calendar && holiday.falls_on(day))
    }

    /// Every set, for people to read.
    pub fn summaries(&self) -> Vec<SetSummary> {
        let sets = &*self.0;
        vec![
            sets.quiet_hours.summary(),
            sets.holidays.summary(),
            sets.revocation.summary(),
            sets.opt_in.summary(),
            sets.recording.summary(),
            sets.whatsapp.summary(),
        ]
    }
}

fn utc(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}
