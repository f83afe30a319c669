//! Reading a set: its form, its dates, and whether its rules agree.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::rules::built_in;
use crate::rules::problem::{RuleProblem, RuleProblems};
use crate::rules::summary::{RuleSummary, SetSummary};
use crate::rules::{Mark, RuleRef};

/// A file that replaces a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetFile {
    /// The set's name, such as `quiet_hours`.
    pub name: String,
    /// The file, as problems name it.
    pub file: String,
    /// What is in it.
    pub text: String,
}

/// A rule of any set.
pub(crate) trait Rule: DeserializeOwned {
    const SET: &'static str;
    fn head(&self) -> Head<'_>;
    /// What it is about: two rules about one thing must not hold at once, unless they say the same.
    fn subjects(&self) -> Vec<String>;
    fn says_the_same(&self, other: &Self) -> bool;
}

/// What every rule has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head<'r> {
    pub(super) id: &'r str,
    pub(super) from: Option<Date>,
    pub(super) until: Option<Date>,
    pub(super) source: &'r str,
    pub(super) mark: Mark,
    pub(super) note: Option<&'r str>,
}

impl Head<'_> {
    pub(crate) fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    fn overlaps(&self, other: &Self) -> bool {
        let before =
            |until: Option<Date>, from: Option<Date>| matches!((until, from), (Some(u), Some(f)) if u <= f);
        !before(self.until, other.from) && !before(other.until, self.from)
    }
}

/// A rule's struct, with what every rule has.
macro_rules! rule {
    (
        $(#[$doc:meta])*
        pub struct $name:ident in $set:literal {
            $($(#[$field_doc:meta])* pub $field:ident: $type:ty,)*
        }
        fn subjects($rule:ident) $subjects:block
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// Names it in decisions.
            pub id: String,
            /// The first day on which it holds; from the beginning unless given.
            #[serde(default)]
            pub from: Option<jiff::civil::Date>,
            /// The first day on which it does not hold any more; it has no end unless given.
            #[serde(default)]
            pub until: Option<jiff::civil::Date>,
            /// On whose word.
            pub source: String,
            /// How sure it is.
            pub mark: $crate::rules::Mark,
            /// What to know about it.
            #[serde(default)]
            pub note: Option<String>,
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $crate::rules::file::Rule for $name {
            const SET: &'static str = $set;

            fn head(&self) -> $crate::rules::file::Head<'_> {
                $crate::rules::file::Head {
                    id: &self.id,
                    from: self.from,
                    until: self.until,
                    source: &self.source,
                    mark: self.mark,
                    note: self.note.as_deref(),
                }
            }

            fn subjects(&self) -> Vec<String> {
                let $rule = self;
                $subjects
            }

            fn says_the_same(&self, other: &Self) -> bool {
                true $(&& self.$field == other.$field)*
            }
        }
    };
}
pub(super) use rule;

/// A set that was read.
#[derive(Debug, PartialEq)]
pub(crate) struct Set<R> {
    /// The file it came from.
    pub(crate) file: String,
    /// Its version.
    pub(crate) version: String,
    /// From this day on it is not used any more.
    pub(crate) expires: Date,
    /// Its rules, each with its line.
    pub(crate) rules: Vec<(R, usize)>,
}

impl<R: Rule> Set<R> {
    /// The rules that hold on a day.
    pub(crate) fn on(&self, day: Date) -> impl Iterator<Item = &R> {
        self.rules.iter().map(|(rule, _)| rule).filter(move |rule| rule.head().holds_on(day))
    }

    /// Whether it must not be used any more.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        super::utc(now) >= self.expires
    }

    /// A rule as decisions name it.
    pub(crate) fn reference(&self, id: &str) -> RuleRef {
        RuleRef { rule: format!("{}/{id}", R::SET), version: self.version.clone() }
    }

    pub(super) fn summary(&self) -> SetSummary {
        let rules = self.rules.iter().map(|(rule, line)| {
            let head = rule.head();
            RuleSummary {
                id: head.id.to_owned(),
                subjects: rule.subjects(),
                from: head.from,
                until: head.until,
                mark: head.mark,
                source: head.source.to_owned(),
                note: head.note.map(str::to_owned),
                line: *line,
            }
        });
        SetSummary {
            name: R::SET,
            file: self.file.clone(),
            version: self.version.clone(),
            expires: self.expires,
            rules: rules.collect(),
        }
    }
}

/// The form of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form<R> {
    version: Spanned<String>,
    expires: Spanned<Date>,
    rule: Vec<Spanned<R>>,
}

/// Reads the sets and gathers what is wrong with them.
pub(super) struct Reading<'a> {
    replacing: &'a [SetFile],
    today: Date,
    problems: Vec<RuleProblem>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(replacing: &'a [SetFile], today: Date) -> Self {
        let mut reading = Self { replacing, today, problems: Vec::new() };
        for given in replacing {
            if !built_in::NAMES.contains(&given.name.as_str()) {
                let mend = format!("name it after the set it replaces: {}", built_in::NAMES.join(", "));
                reading.problem(&given.file, 1, format!("there is no rule set {:?}", given.name), &mend);
            }
        }
        reading
    }

    pub(super) fn problem(&mut self, file: &str, line: usize, what: impl Into<String>, mend: &str) {
        let (what, mend) = (what.into(), mend.to_owned());
        self.problems.push(RuleProblem { file: file.to_owned(), line, what, mend });
    }

    pub(super) fn finish(self) -> Result<(), RuleProblems> {
        if self.problems.is_empty() { Ok(()) } else { Err(RuleProblems(self.problems)) }
    }

    /// Reads a set. `required` are the subjects that must have a rule from today on without end.
    pub(super) fn set<R: Rule>(&mut self, required: &[&str]) -> Set<R> {
        let given = self.replacing.iter().find(|given| given.name == R::SET);
        let (file, text) = match given {
            Some(given) => (given.file.clone(), given.text.as_str()),
            None => (format!("{}.toml (built in)", R::SET), built_in::text(R::SET)),
        };
        let form: Form<R> = match toml::from_str(text) {
            Ok(form) => form,
            Err(error) => {
                let line = line_of(text, error.span().unwrap_or_default());
                let what = error.message().lines().next().unwrap_or_default().to_owned();
                self.problem(&file, line, what, "see the rule set built in, `si-channel-server rules print`");
                return Set { file, version: String::new(), expires: Date::MAX, rules: Vec::new() };
            }
        };
        let expires_line = line_of(text, form.expires.span());
        if form.version.get_ref().trim().is_empty() {
            let line = line_of(text, form.version.span());
            self.problem(
                &file,
                line,
                "the version is empty",
                "give the set a version, such as the date of its review",
            );
        }
        let expires = form.expires.into_inner();
        if expires <= self.today {
            let what = format!("the rules have expired on {expires}");
            self.problem(
                &file,
                expires_line,
                what,
                "review them against the law and set a later date, or update the channel",
            );
        }
        let rules = form.rule.into_iter().map(|rule| {
            let line = line_of(text, rule.span());
            (rule.into_inner(), line)
        });
        let set = Set { file, version: form.version.into_inner(), expires, rules: rules.collect() };
        self.heads(&set);
        self.contradictions(&set);
        for subject in required {
            self.gap(&set, subject, expires_line);
        }
        set
    }

    fn heads<R: Rule>(&mut self, set: &Set<R>) {
        for (place, (rule, line)) in set.rules.iter().enumerate() {
            let head = rule.head();
            let id = head.id;
            if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
                self.problem(
                    &set.file,
                    *line,
                    format!("the id {id:?} is not one"),
                    "use letters, digits, - and _",
                );
            }
            if let Some((_, first)) = set.rules[..place].iter().find(|(other, _)| other.head().id == id) {
                let what = format!("the id {id:?} is taken by the rule of line {first}");
                self.problem(&set.file, *line, what, "give each rule its own id: decisions name them");
            }
            if let (Some(from), Some(until)) = (head.from, head.until)
                && from >= until
            {
                let what = format!("rule {id:?} ends on {until}, before it begins on {from}");
                self.problem(
                    &set.file,
                    *line,
                    what,
                    "`until` is the first day on which it does not hold any more",
                );
            }
            if head.source.trim().is_empty() {
                self.problem(
                    &set.file,
                    *line,
                    format!("rule {id:?} names no source"),
                    "say on whose word it stands",
                );
            }
            if rule.subjects().is_empty() {
                self.problem(&set.file, *line, format!("rule {id:?} is about nothing"), "say where it holds");
            }
        }
    }

    fn contradictions<R: Rule>(&mut self, set: &Set<R>) {
        for (place, (rule, line)) in set.rules.iter().enumerate() {
            let subjects = rule.subjects();
            for (other, first) in &set.rules[..place] {
                let shared = other.subjects().into_iter().find(|subject| subjects.contains(subject));
                let Some(subject) = shared else { continue };
                if rule.head().overlaps(&other.head()) && !rule.says_the_same(other) {
                    let (a, b) = (rule.head().id, other.head().id);
                    let what = format!(
                        "rule {a:?} contradicts {b:?} of line {first}: both hold for {subject} at once"
                    );
                    self.problem(
                        &set.file,
                        *line,
                        what,
                        "let one end (`until`) on the day on which the other begins (`from`)",
                    );
                }
            }
        }
    }

    /// From today on every day must have a rule: the next gap is the end of the rules that hold until then.
    fn gap<R: Rule>(&mut self, set: &Set<R>, subject: &str, line: usize) {
        let heads: Vec<Head<'_>> = set
            .rules
            .iter()
            .filter(|(rule, _)| rule.subjects().iter().any(|known| known == subject))
            .map(|(rule, _)| rule.head())
            .collect();
        let mut day = self.today;
        while let Some(head) = heads.iter().find(|head| head.holds_on(day)) {
            match head.until {
                Some(until) => day = until,
                None => return,
            }
        }
        let on = if heads.is_empty() { String::new() } else { format!(" on {day}") };
        let what = format!("no rule is about {subject:?}{on}");
        self.problem(&set.file, line, what, "add a rule for it, as the set built in has");
    }
}

/// The line of a place in a text, from 1.
fn line_of(text: &str, span: Range<usize>) -> usize {
    text.get(..span.start).unwrap_or_default().matches('\n').count() + 1
}
