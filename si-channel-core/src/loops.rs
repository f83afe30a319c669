//! Two automatic responders that answer each other, and how that ends.
//!
//! An exchange is a text that comes soon after something was said to its author. Texts that say nearly the same, exchange
//! after exchange, or that come faster than people write, are taken for a machine's: the session gives no answers for a
//! while. Keywords and commands work all along, and a text that says something else ends the pause.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::letters::{Sign, signs};

/// What comes sooner after something was said was not written in answer to it: it takes longer to get to a phone.
const SOONEST: SignedDuration = SignedDuration::from_millis(500);

/// Exchanges that are remembered.
const REMEMBERED: usize = 32;

/// What counts as a loop, and what is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoopPolicy {
    /// Exchanges with nearly the same text after which the loop is cut, at most 32; 0 never cuts one.
    pub exchanges: usize,
    /// How soon after something was said such a text comes.
    pub gap: SignedDuration,
    /// Exchanges with any text after which the loop is cut, when each comes within `quick_gap`; at most 32, 0 for never.
    pub quick_exchanges: usize,
    /// See `quick_exchanges`.
    pub quick_gap: SignedDuration,
    /// The time in which all of these happen.
    pub within: SignedDuration,
    /// How long no answers are given then.
    pub pause: SignedDuration,
}

impl Default for LoopPolicy {
    fn default() -> Self {
        Self {
            exchanges: 6,
            gap: SignedDuration::from_secs(20),
            quick_exchanges: 30,
            quick_gap: SignedDuration::from_secs(5),
            within: SignedDuration::from_mins(10),
            pause: SignedDuration::from_mins(60),
        }
    }
}

/// What a session remembers of its exchanges; bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoopWatch {
    /// The newest exchanges, the newest last.
    heard: VecDeque<Exchange>,
    /// When something was said that no text has come after yet.
    said: Option<Timestamp>,
    /// Until when no answers are given.
    until: Option<Timestamp>,
}

/// A text that came after something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Exchange {
    at: Timestamp,
    /// Milliseconds after what was said.
    after: u32,
    /// What it says, see [`gist`].
    gist: u64,
}

impl LoopWatch {
    /// Something is being said.
    pub(crate) fn say(&mut self, at: Timestamp) {
        self.said = Some(at);
    }

    /// A text came that was written then. One that says something new ends a pause; one without words tells nothing.
    pub(crate) fn hear(&mut self, text: &str, at: Timestamp) {
        let gist = gist(text);
        if gist == 0 {
            return;
        }
        let again = self.heard.back().is_some_and(|last| is_alike(last.gist, gist));
        if !again {
            self.until = None;
        }
        let after = self.said.map(|said| at.duration_since(said)).filter(|after| *after >= SOONEST);
        match after {
            Some(after) => {
                self.said = None;
                if self.heard.len() == REMEMBERED {
                    self.heard.pop_front();
                }
                let after = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
                self.heard.push_back(Exchange { at, after, gist });
            }
            // Whoever writes on without waiting for an answer is a person.
            None if !again || self.said.is_some() => self.heard.clear(),
            None => {}
        }
    }

    /// The loop is cut.
    pub(crate) fn cut(&mut self, until: Timestamp) {
        self.until = Some(until);
        // What came last stays, to tell more of the same from something new.
        self.heard.drain(..self.heard.len().saturating_sub(1));
    }

    /// Whether no answers are given now.
    pub fn is_cut(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// How many exchanges make a loop that is to be cut now.
    pub(crate) fn looping(&self, policy: &LoopPolicy) -> Option<usize> {
        let newest = self.heard.back()?;
        let run = |limit: usize, gap: SignedDuration, alike: bool| {
            let of_it = |exchange: &&Exchange| {
                SignedDuration::from_millis(i64::from(exchange.after)) <= gap
                    && newest.at.duration_since(exchange.at) <= policy.within
                    && (!alike || is_alike(exchange.gist, newest.gist))
            };
            let count = self.heard.iter().rev().take_while(of_it).count();
            (limit > 0 && count >= limit.min(REMEMBERED)).then_some(count)
        };
        run(policy.exchanges, policy.gap, true)
            .or_else(|| run(policy.quick_exchanges, policy.quick_gap, false))
    }
}

/// What a text says, in 64 bits: one for each of its first words, numbers left out of all but the shortest, since tickets
/// and times change. 0 for a text without words.
fn gist(text: &str) -> u64 {
    const WORDS: usize = 24;
    /// The start and the factor of FNV-1a.
    const SEED: u64 = 0xcbf2_9ce4_8422_2325;
    const FACTOR: u64 = 0x0100_0000_01b3;
    /// Takes what the last letters change, far down, to the top.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let (mut gist, mut numbers) = (0_u64, 0_u64);
    let mut word = (SEED, false, false);
    let mut left = WORDS;
    let mut end = |word: &mut (u64, bool, bool)| {
        let (hash, any, number) = std::mem::replace(word, (SEED, false, false));
        if any {
            *(if number { &mut numbers } else { &mut gist }) |= 1 << (hash.wrapping_mul(SPREAD) >> 58);
        }
        left -= usize::from(any);
        left > 0
    };
    signs(text, |sign| match sign {
        Sign::Letter(c) => {
            word.0 = (word.0 ^ u64::from(u32::from(c))).wrapping_mul(FACTOR);
            word.1 = true;
            word.2 |= c.is_numeric();
            true
        }
        Sign::Apostrophe => true,
        _ => end(&mut word),
    });
    end(&mut word);
    if (1..3).contains(&gist.count_ones()) { gist | numbers } else { gist }
}

/// Whether at most a quarter of the words differ.
fn is_alike(a: u64, b: u64) -> bool {
    (a ^ b).count_ones() <= (a | b).count_ones() / 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(texts: &[(&str, i64)]) -> LoopWatch {
        let mut watch = LoopWatch::default();
        let mut now = Timestamp::UNIX_EPOCH;
        for (text, seconds) in texts {
            watch.say(now);
            now += SignedDuration::from_secs(*seconds);
            watch.hear(text, now);
        }
        watch
    }

    #[test]
    fn texts_that_say_nearly_the_same_are_alike() {
        for (a, b, expected) in [
            ("I am out of office until Monday.", "I AM OUT OF OFFICE UNTIL MONDAY", true),
            ("Your ticket #1234 was received at 10:01", "Your ticket #1235 was received at 10:02", true),
            (
                "Thanks for your message, we will be back soon",
                "Thanks for your message, we'll be back soon",
                true,
            ),
            ("yes", "no", false),
            ("Text 01", "Text 02", false),
            ("What does it cost?", "Where are you?", false),
        ] {
            assert_eq!(is_alike(gist(a), gist(b)), expected, "{a:?} {b:?}");
        }
        assert_eq!(gist("👍 123 !"), 0);
        assert_ne!(gist("ok"), 0);
    }

    #[test]
    fn f52_a_loop_is_the_same_text_soon_after_each_answer() {
        let policy = LoopPolicy { exchanges: 3, ..LoopPolicy::default() };
        let away = "I am away until Monday";
        for (texts, expected) in [
            (vec![(away, 2), (away, 2), (away, 2)], Some(3)),
            (vec![(away, 2), (away, 2)], None),
            (vec![(away, 2), (away, 60), (away, 2)], None),
            (vec![(away, 2), ("really, who is this?", 2), (away, 2)], None),
            (vec![("👍", 2), ("👍", 2), ("👍", 2)], None),
        ] {
            assert_eq!(watch(&texts).looping(&policy), expected, "{texts:?}");
        }
        let never = LoopPolicy { exchanges: 0, quick_exchanges: 0, ..policy };
        assert_eq!(watch(&[(away, 1); 40]).looping(&never), None);
    }

    #[test]
    fn f52_texts_faster_than_people_write_are_a_loop_whatever_they_say() {
        let policy = LoopPolicy { quick_exchanges: 4, ..LoopPolicy::default() };
        let talk = ["the weather is fine", "prices rose again", "who won the match", "read a good book"];
        let quick: Vec<_> = talk.iter().map(|text| (*text, 3)).collect();
        let slow: Vec<_> = talk.iter().map(|text| (*text, 9)).collect();
        assert_eq!(watch(&quick).looping(&policy), Some(4));
        assert_eq!(watch(&slow).looping(&policy), None);
    }

    #[test]
    fn texts_that_wait_for_no_answer_are_a_persons() {
        let mut watch = LoopWatch::default();
        let now = Timestamp::UNIX_EPOCH;
        for _ in 0..10 {
            watch.hear("hello?", now);
        }
        assert_eq!(watch.looping(&LoopPolicy { exchanges: 1, ..LoopPolicy::default() }), None);
    }

    #[test]
    fn texts_that_were_written_before_the_answer_are_a_persons() {
        let mut watch = LoopWatch::default();
        let now = Timestamp::UNIX_EPOCH;
        for _ in 0..50 {
            watch.say(now + SignedDuration::from_secs(1));
            watch.hear("is anybody there at all?", now);
        }
        assert_eq!(watch.looping(&LoopPolicy { exchanges: 1, ..LoopPolicy::default() }), None);
    }

    #[test]
    fn a_pause_ends_in_time_or_by_something_new() {
        let now = Timestamp::UNIX_EPOCH;
        let later = now + SignedDuration::from_mins(5);
        let mut watch = watch(&[("away until Monday", 1)]);
        watch.cut(later);
        watch.hear("away until Monday", now);
        assert!(watch.is_cut(now) && !watch.is_cut(later));
        watch.hear("sorry, that was my phone", now);
        assert!(!watch.is_cut(now));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        assert_eq!(watch(&[("same", 1); 100]).heard.len(), REMEMBERED);
    }
}
