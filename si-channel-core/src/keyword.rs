//! Opt-out, opt-in and help by keyword: whole messages only, however they were typed.
//!
//! Per-se valid revocations are those of 47 CFR 64.1200(a)(10); the rest of the words are Twilio's
//! (<https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out>). Meaning beyond keywords ("please stop writing")
//! is not decided here.

mod normalise;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::normalise::Compact;

/// What a message that is nothing but a keyword asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keyword {
    /// No more messages.
    Stop,
    /// Messages again, or for the first time.
    Start,
    /// A start only where one is awaited: consent was asked for, or was revoked. Else an ordinary answer.
    Yes,
    /// How to get help, and out.
    Help,
}

/// The words of one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Words {
    /// For [`Keyword::Stop`].
    pub stop: Vec<String>,
    /// For [`Keyword::Start`].
    pub start: Vec<String>,
    /// For [`Keyword::Yes`].
    pub yes: Vec<String>,
    /// For [`Keyword::Help`].
    pub help: Vec<String>,
}

impl Words {
    /// Each word with its keyword; a word listed twice is a stop before anything else.
    fn all(&self) -> impl Iterator<Item = (Keyword, &str)> {
        let lists = [
            (Keyword::Stop, &self.stop),
            (Keyword::Help, &self.help),
            (Keyword::Start, &self.start),
            (Keyword::Yes, &self.yes),
        ];
        lists.into_iter().flat_map(|(keyword, words)| words.iter().map(move |word| (keyword, word.as_str())))
    }
}

/// The words recognised, by language tag (BCP 47); every language counts for everyone. English by default.
///
/// Words are compared as messages are, so that case, width, accents' composition, spaces and punctuation do not matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeywordSet {
    /// Words by language tag, such as `en`.
    pub languages: BTreeMap<String, Words>,
}

impl Default for KeywordSet {
    fn default() -> Self {
        let english = Words {
            stop: owned(&[
                "stop",
                "stop all",
                "unsubscribe",
                "end",
                "quit",
                "cancel",
                "revoke",
                "opt out",
                "remove",
            ]),
            start: owned(&["start", "unstop"]),
            yes: owned(&["yes"]),
            help: owned(&["help", "info"]),
        };
        Self { languages: BTreeMap::from([("en".to_owned(), english)]) }
    }
}

/// The keyword a message is, `None` when it says anything more.
///
/// Case, full-width letters, punctuation, emoji, invisible characters and spaces are looked through, as are Cyrillic and
/// Greek letters that look Latin: `Stop.`, `ＳＴＯＰ`, `s t o p` and `stop!!! 🛑` are stops, `don't stop` is not.
///
/// ```
/// use si_channel_core::keyword::{Keyword, KeywordSet, recognise};
///
/// let words = KeywordSet::default();
/// assert_eq!(recognise(" Opt-out! ", &words), Some(Keyword::Stop));
/// assert_eq!(recognise("Where is the bus stop?", &words), None);
/// ```
pub fn recognise(body: &str, words: &KeywordSet) -> Option<Keyword> {
    let body = Compact::of(body)?;
    let find = |body: &Compact| {
        let said = words
            .languages
            .values()
            .flat_map(Words::all)
            .filter(|(_, word)| Compact::of(word).as_ref() == Some(body));
        said.map(|(keyword, _)| keyword).min_by_key(|keyword| rank(*keyword))
    };
    find(&body).or_else(|| find(&body.latin()?))
}

/// The keyword that Twilio's default handling takes a message for, and answers itself.
///
/// Its rule is narrower than ours: the whole body but for white space around it, in any case, one of its own words. It
/// holds for long codes without Advanced Opt-Out; on WhatsApp there is none. [`Keyword::Yes`] is a start to Twilio
/// (not on toll-free numbers).
pub fn carrier_would_match(body: &str) -> Option<Keyword> {
    const WORDS: [(Keyword, &[&str]); 4] = [
        (Keyword::Stop, &["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"]),
        (Keyword::Start, &["start", "unstop"]),
        (Keyword::Yes, &["yes"]),
        (Keyword::Help, &["help", "info"]),
    ];
    let body = body.trim();
    WORDS.iter().find_map(|(keyword, words)| {
        words.iter().any(|word| body.eq_ignore_ascii_case(word)).then_some(*keyword)
    })
}

/// Whether an opt-out says in so many words that it is meant for everything.
pub fn means_all(body: &str) -> bool {
    let letters = body.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    letters.eq("stopall".chars())
}

/// Which of two keywords stands when one word is listed for both: the one that sends least.
fn rank(keyword: Keyword) -> u8 {
    match keyword {
        Keyword::Stop => 0,
        Keyword::Help => 1,
        Keyword::Yes => 2,
        Keyword::Start => 3,
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[cfg(test)]
mod tests;
