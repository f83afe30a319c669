//! Rule sets, for people to read.

use jiff::civil::Date;
use serde::Serialize;

use crate::rules::Mark;

/// A set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetSummary {
    /// Its name.
    pub name: &'static str,
    /// The file it was read from.
    pub file: String,
    /// Its version.
    pub version: String,
    /// From this day on it is not used any more.
    pub expires: Date,
    /// Its rules.
    pub rules: Vec<RuleSummary>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleSummary {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub subjects: Vec<String>,
    /// The first day on which it holds.
    pub from: Option<Date>,
    /// The first day on which it does not hold any more.
    pub until: Option<Date>,
    /// How sure it is.
    pub mark: Mark,
    /// On whose word.
    pub source: String,
    /// What to know about it.
    pub note: Option<String>,
    /// Its line in the file.
    pub line: usize,
}
