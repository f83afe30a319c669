//! How long records are kept, by class: shipped as data, changed by an operator's file, within floors.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::address::Address;

/// The schedule that comes with the channel.
pub const SHIPPED: &str = include_str!("../rules/retention.toml");

/// The longest a class is kept, days: a hundred years.
const LONGEST: i64 = 36_500;

/// A class of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// What proves consent and opt-out.
    ConsentProof,
    /// The same for numbers of Virginia.
    ConsentProofVirginia,
    /// Why messages were sent or stopped.
    DecisionLog,
    /// Numbers, times and outcomes of calls.
    CallDetail,
    /// What was said.
    Content,
    /// Files that people sent.
    Media,
    /// Audio.
    Recordings,
    /// Webhooks as they came.
    RawWebhooks,
    /// Logs of the program.
    TechnicalLogs,
}

impl Class {
    /// Every class, as named in files.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::ConsentProof, "consent_proof"),
        (Self::ConsentProofVirginia, "consent_proof_virginia"),
        (Self::DecisionLog, "decision_log"),
        (Self::CallDetail, "call_detail"),
        (Self::Content, "content"),
        (Self::Media, "media"),
        (Self::Recordings, "recordings"),
        (Self::RawWebhooks, "raw_webhooks"),
        (Self::TechnicalLogs, "technical_logs"),
    ];
}

/// How long a class is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Period {
    /// Days.
    pub days: u32,
    /// No operator may set fewer.
    pub floor_days: u32,
    /// Why so long, and why no shorter.
    pub reason: String,
}

/// How long every class is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Schedule {
    /// The version of the shipped schedule.
    pub version: String,
    /// By class; every class is in it.
    pub classes: BTreeMap<Class, Period>,
}

/// A file's schedule cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {problem}")]
pub struct ScheduleError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and the mend.
    pub problem: String,
}

/// A class as the shipped file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    days: u32,
    floor_days: u32,
    reason: String,
}

/// A class as an operator's file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    days: Spanned<i64>,
    reason: Option<String>,
}

impl Schedule {
    /// The schedule that comes with the channel.
    ///
    /// # Errors
    /// The shipped file is damaged, which a test rules out.
    pub fn shipped() -> Result<Self, ScheduleError> {
        let file = File { name: "rules/retention.toml", text: SHIPPED };
        let mut table: BTreeMap<String, toml::Value> = file.read()?;
        let version = table.remove("version").and_then(|version| version.as_str().map(str::to_owned));
        let version = version.ok_or_else(|| file.error(0, "version is missing".to_owned()))?;
        let mut classes = BTreeMap::new();
        for (class, name) in Class::ALL {
            let shipped: Option<Shipped> = table.remove(name).and_then(|value| value.try_into().ok());
            match shipped.filter(|shipped| shipped.days >= shipped.floor_days) {
                Some(Shipped { days, floor_days, reason }) => {
                    classes.insert(class, Period { days, floor_days, reason });
                }
                None => {
                    return Err(file.error(0, format!("[{name}] is missing, malformed or below its floor")));
                }
            }
        }
        match table.into_keys().next() {
            Some(name) => Err(file.error(0, format!("[{name}] is no class of records"))),
            None => Ok(Self { version, classes }),
        }
    }

    /// This schedule with an operator's file laid over it: a table a class, with `days` and perhaps a `reason`.
    ///
    /// # Errors
    /// Names the file, the line and the mend: a class that is not known, days below the class's floor, a file that is
    /// no TOML.
    pub fn with(mut self, name: &str, text: &str) -> Result<Self, ScheduleError> {
        let file = File { name, text };
        for (named, written) in file.read::<BTreeMap<String, Spanned<Written>>>()? {
            let (at, written) = (written.span().start, written.into_inner());
            let Some((class, _)) = Class::ALL.into_iter().find(|(_, known)| *known == named) else {
                let known = Class::ALL.map(|(_, name)| name).join(", ");
                return Err(file.error(at, format!("{named} is no class of records; write one of {known}")));
            };
            if class == Class::Media {
                let problem = "files have a setting of their own; leave [media] out and set media.keep_days";
                return Err(file.error(at, problem.to_owned()));
            }
            let (days, at) = (*written.days.get_ref(), written.days.span().start);
            let Some(period) = self.classes.get_mut(&class) else { continue };
            let Some(fits) = u32::try_from(days).ok().filter(|_| days <= LONGEST) else {
                return Err(file.error(at, format!("[{named}] days = {days}: write 0 to {LONGEST}")));
            };
            if fits < period.floor_days {
                let Period { floor_days, reason, .. } = period;
                let problem = format!(
                    "[{named}] days = {days} is below its floor, since {reason}; write at least {floor_days}, or leave \
                     [{named}] out"
                );
                return Err(file.error(at, problem));
            }
            period.days = fits;
            if let Some(reason) = written.reason {
                period.reason = reason;
            }
        }
        Ok(self)
    }

    /// Days that a class is kept.
    pub fn days(&self, class: Class) -> u32 {
        self.classes.get(&class).map_or(u32::MAX, |period| period.days)
    }

    /// What is older than this goes.
    pub fn cutoff(&self, class: Class, now: Timestamp) -> Timestamp {
        let kept = SignedDuration::from_hours(24 * i64::from(self.days(class)));
        now.checked_sub(kept).unwrap_or(Timestamp::MIN)
    }

    /// How long the proof of an address's consent is kept.
    pub fn proof(&self, address: &Address) -> Class {
        if is_virginian(address) { Class::ConsentProofVirginia } else { Class::ConsentProof }
    }
}

/// Whether a number has an area code of Virginia.
fn is_virginian(address: &Address) -> bool {
    const AREAS: [&str; 10] = ["276", "434", "540", "571", "686", "703", "757", "804", "826", "948"];
    address.value().strip_prefix("+1").is_some_and(|rest| AREAS.iter().any(|area| rest.starts_with(area)))
}

/// A file being read.
struct File<'a> {
    name: &'a str,
    text: &'a str,
}

impl File<'_> {
    fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, ScheduleError> {
        toml::from_str(self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            self.error(
                at,
                format!("{}; a class is written as [content] and, below it, days = 90", error.message()),
            )
        })
    }

    fn error(&self, at: usize, problem: String) -> ScheduleError {
        let before = self.text.get(..at).unwrap_or_default();
        ScheduleError { file: self.name.to_owned(), line: before.matches('\n').count() + 1, problem }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_schedule_is_whole() {
        let schedule = Schedule::shipped().unwrap();
        for (class, days) in [
            (Class::ConsentProof, 1825),
            (Class::ConsentProofVirginia, 3650),
            (Class::DecisionLog, 1825),
            (Class::Content, 90),
            (Class::Recordings, 30),
            (Class::RawWebhooks, 7),
            (Class::TechnicalLogs, 30),
        ] {
            assert_eq!(schedule.days(class), days, "{class:?}");
        }
        assert!(schedule.classes.values().all(|period| !period.reason.is_empty()));
    }

    #[test]
    fn an_operator_keeps_longer_and_shorter_where_no_floor_is() {
        let file = "[content]\ndays = 0\n[decision_log]\ndays = 2190\nreason = \"HIPAA\"\n";
        let schedule = Schedule::shipped().unwrap().with("own.toml", file).unwrap();
        assert_eq!((schedule.days(Class::Content), schedule.days(Class::DecisionLog)), (0, 2190));
        assert_eq!(schedule.classes[&Class::DecisionLog].reason, "HIPAA");
        assert_eq!(schedule.days(Class::ConsentProof), 1825);
        let now = "2026-11-21T10:00:00Z".parse().unwrap();
        assert_eq!(schedule.cutoff(Class::RawWebhooks, now).to_string(), "2026-11-14T10:00:00Z");
    }

    #[test]
    fn a_wrong_schedule_is_refused_with_file_line_and_mend() {
        for (text, line, says) in [
            (
                "\n[consent_proof]\ndays = 365",
                3,
                "16 CFR 310.5); claims under the TCPA run 4 years (28 USC 1658); write at least 1825",
            ),
            ("[raw_webhooks]\ndays = 0", 2, "below its floor"),
            ("[contents]\ndays = 1", 1, "contents is no class of records; write one of consent_proof"),
            ("[content]\ndays = -1", 2, "write 0 to 36500"),
            ("[content]\ndays = 36501", 2, "write 0 to 36500"),
            ("[content]\n\nfloor_days = 0\ndays = 1", 3, "unknown field `floor_days`"),
            ("[content]\ndays = \"many\"", 2, "days = 90"),
            ("[media]\ndays = 1", 1, "media.keep_days"),
            ("[content\n", 1, "days = 90"),
        ] {
            let error = Schedule::shipped().unwrap().with("own.toml", text).unwrap_err();
            assert_eq!((error.file.as_str(), error.line), ("own.toml", line), "{text}: {error}");
            assert!(error.to_string().contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn virginias_numbers_are_kept_longer() {
        let schedule = Schedule::shipped().unwrap();
        for (address, class) in [
            ("+17035550001", Class::ConsentProofVirginia),
            ("whatsapp:+18045550001", Class::ConsentProofVirginia),
            ("+12125550001", Class::ConsentProof),
            ("+447035550001", Class::ConsentProof),
            ("messenger:1703555", Class::ConsentProof),
        ] {
            assert_eq!(schedule.proof(&address.parse().unwrap()), class, "{address}");
        }
    }
}
