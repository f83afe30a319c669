//! Opt-out, opt-in and help by keyword: whole messages only, however they were typed, in any language.
//!
//! The words are data, `rules/keywords.toml`, which names where each language's come from; an operator may change them,
//! see [`KeywordSet`]. Per-se valid revocations are those of 47 CFR 64.1200(a)(10). Meaning beyond keywords ("please stop
//! writing") is not decided here.

mod carrier;
mod set;
mod written;

use serde::{Deserialize, Serialize};

pub use self::carrier::{carrier_would_match, is_toll_free};
pub use self::set::{KeywordError, KeywordSet, Words, WordsChange};
use self::written::{LONGEST, Written};
use crate::letters::{letters, look_alike};

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

/// A message that is a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognised<'s> {
    /// What it asks for.
    pub keyword: Keyword,
    /// The languages in which it is a word for that, by tag; never empty.
    pub languages: &'s [String],
    /// Written as the word is, but for case, width, accents, punctuation, emoji and what cannot be seen. Not so with
    /// letters spaced apart or replaced by others that look alike; such a message stops or asks for help, but nothing
    /// starts by it.
    pub exact: bool,
}

/// The keyword a message is, `None` when it says anything more.
///
/// A stop counts in every language, and letters spaced apart or in look-alikes of another script are looked through: a
/// stop too many costs one message. [`Keyword::Start`] and [`Keyword::Yes`] must be written exactly.
///
/// ```
/// use si_channel_core::keyword::{Keyword, KeywordSet, recognise};
///
/// let words = KeywordSet::default();
/// let stop = recognise("ARRÊT !", &words).unwrap();
/// assert_eq!((stop.keyword, stop.exact), (Keyword::Stop, true));
/// assert_eq!(stop.languages, ["fr"]);
/// assert!(recognise("s t o p", &words).is_some_and(|stop| !stop.exact));
/// assert_eq!(recognise("Where is the bus stop?", &words), None);
/// ```
pub fn recognise<'s>(body: &str, words: &'s KeywordSet) -> Option<Recognised<'s>> {
    let mut written = Written::of(body);
    if !(1..=LONGEST).contains(&written.count) {
        return None;
    }
    let (meant, alike) = if let Some(meant) = words.exact(&written.letters) {
        (meant, false)
    } else {
        written.letters = written.letters.chars().map(look_alike).collect();
        (words.alike(&written.letters)?, true)
    };
    let spaced = written.gaps & !meant.gaps != 0;
    let exact = !alike && !spaced;
    let letter_by_letter = written.count > 2 && written.gaps == every_gap(written.count);
    let plausible = !spaced || written.count >= SHORTEST_BROKEN || letter_by_letter;
    let counts = exact || (plausible && matches!(meant.keyword, Keyword::Stop | Keyword::Help));
    counts.then_some(Recognised { keyword: meant.keyword, languages: &meant.languages, exact })
}

/// Shorter words are keywords with a space in them only when every letter stands alone, and there are three:
/// `en d` and `t d` are none.
const SHORTEST_BROKEN: usize = 4;

fn every_gap(count: usize) -> u64 {
    (1 << count) - 2
}

/// Whether an opt-out says in so many words that it is meant for everything.
pub fn means_all(body: &str) -> bool {
    letters(body) == "stopall"
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

#[cfg(test)]
mod tests;
