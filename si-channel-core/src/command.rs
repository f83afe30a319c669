//! Commands by text: whole messages that drive the channel and never reach Si.

mod code;
mod name;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::code::read_code;
pub use self::name::{LONGEST_NAME, clean_name};

/// Characters of a join code unless configured otherwise.
pub const CODE_LENGTH: usize = 10;

/// What a person tells the channel to do.
///
/// `Debug` shows which command it is alone: a code lets its holder in, and a name is personal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// `join CODE [NAME]`: into the session that the code opens.
    Join {
        /// As read, in its canonical form; it may open nothing.
        code: String,
        /// What the others will see, if given; as [`clean_name`] leaves it.
        name: Option<String>,
    },
    /// `leave`: out of the group, into a conversation of one's own.
    Leave,
    /// `close`: the session ends.
    Close,
    /// `invite`: a code for others to join by.
    Invite,
    /// `name NAME`: what the others see, as [`clean_name`] leaves it.
    Name(String),
}

impl Command {
    /// The word the command begins with, in lower case.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Join { .. } => "join",
            Self::Leave => "leave",
            Self::Close => "close",
            Self::Invite => "invite",
            Self::Name(_) => "name",
        }
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Command({})", self.name())
    }
}

/// The command a message is, with join codes of [`CODE_LENGTH`]; `None` for all else, which is for Si to answer.
///
/// Case, white space and punctuation around do not matter. `leave`, `close` and `invite` must be the whole message.
///
/// ```
/// use si_channel_core::command::{self, Command};
///
/// assert_eq!(command::parse(" Leave. "), Some(Command::Leave));
/// assert_eq!(command::parse("leave me alone"), None);
/// let Some(Command::Join { code, name }) = command::parse("join 7kq2m-9xdab Ann") else { panic!() };
/// assert_eq!((code.as_str(), name.as_deref()), ("7KQ2M9XDAB", Some("Ann")));
/// ```
pub fn parse(body: &str) -> Option<Command> {
    parse_with(body, CODE_LENGTH)
}

/// As [`parse`], with join codes of another length.
pub fn parse_with(body: &str, code_length: usize) -> Option<Command> {
    let body = bare(body);
    let (word, rest) = body.split_once(char::is_whitespace).unwrap_or((body, ""));
    let rest = bare(rest);
    match (word.to_ascii_lowercase().as_str(), rest) {
        ("leave", "") => Some(Command::Leave),
        ("close", "") => Some(Command::Close),
        ("invite", "") => Some(Command::Invite),
        ("join", _) => {
            let (code, name) = read_code(rest, code_length)?;
            Some(Command::Join { code, name: clean_name(bare(name)) })
        }
        // Who asks to "name three rivers?", or goes on for long, does not give a name.
        ("name", _) if !rest.ends_with('?') && !name::too_long(rest) => clean_name(rest).map(Command::Name),
        _ => None,
    }
}

/// The text without white space and punctuation around it; a question mark stays, since a question is no command.
fn bare(text: &str) -> &str {
    let around = |c: char| {
        c.is_whitespace()
            || matches!(c, '"' | '\'' | '*' | '_' | '`' | '“' | '”' | '‘' | '’' | '«' | '»' | '<' | '>')
            || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}')
    };
    let after = |c: char| around(c) || matches!(c, '.' | ',' | '!' | ';' | ':' | '…' | '。' | '！');
    text.trim_start_matches(around).trim_end_matches(after)
}

#[cfg(test)]
mod tests;
