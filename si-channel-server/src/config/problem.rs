//! What is wrong with a configuration, and where it came from.

use std::fmt;
use std::path::PathBuf;

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nobody set it.
    Unset,
    /// A line of the configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line of the key, from 1; 0 when it is not known.
        line: usize,
    },
    /// An environment variable.
    Environment(String),
    /// The command that was started, such as `dev`.
    Command(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unset => f.write_str("not set"),
            Self::File { path, line: 0 } => write!(f, "{}", path.display()),
            Self::File { path, line } => write!(f, "{} line {line}", path.display()),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::Command(name) => write!(f, "given by {name}"),
        }
    }
}

/// One thing that is wrong. Secret values are never in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, such as `twilio.base_url`; the file's name when the file itself is wrong.
    pub key: String,
    /// Where the value came from.
    pub source: Source,
    /// What is wrong, with the value unless it is secret.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}; {}", self.key, self.source, self.what, self.remedy)
    }
}

/// Everything that is wrong with a configuration, in one go.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the configuration has {} problem{}:",
            self.0.len(),
            if self.0.len() == 1 { "" } else { "s" }
        )?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}
