//! Finding the first record that is not as it was written, and what was done to it.

use std::cmp::Ordering;
use std::fmt;

use crate::audit::chain::{Hash, Link, hash};

/// The first thing that is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The number of the first record that is not as it was written.
    pub sequence: u64,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// Its content or hash is another.
    Edited,
    /// It is not there, nor those up to `last`.
    Missing {
        /// The last one that is missing.
        last: u64,
    },
    /// It was not written by the channel.
    Inserted,
    /// It stands where another was written.
    Swapped {
        /// Where that one stands.
        with: u64,
    },
    /// It and what followed up to `last` were cut off.
    CutOff {
        /// The last one known to have been written.
        last: u64,
    },
    /// The records up to `until` are in order among themselves, and are not those that were signed: the history
    /// was written anew from some record on, from this one at the earliest.
    Rewritten {
        /// The signed record.
        until: u64,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sequence, wrong } = self;
        match wrong {
            Wrong::Edited => write!(f, "record {sequence} was edited"),
            Wrong::Missing { last } if last == sequence => write!(f, "record {sequence} is missing"),
            Wrong::Missing { last } => write!(f, "records {sequence} to {last} are missing"),
            Wrong::Inserted => write!(f, "record {sequence} was inserted"),
            Wrong::Swapped { with } => write!(f, "record {sequence} was swapped with record {with}"),
            Wrong::CutOff { last } if last == sequence => write!(f, "record {sequence} was cut off"),
            Wrong::CutOff { last } => write!(f, "records {sequence} to {last} were cut off"),
            Wrong::Rewritten { until } => write!(
                f,
                "records {sequence} to {until} do not lead to the hash that was signed for record {until}: they were \
                 written anew"
            ),
        }
    }
}

/// A chain in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// The number of the last record; 0 when there is none.
    pub records: u64,
    /// Its hash.
    pub head: Hash,
    /// The last record that a checkpoint covers; those after it could have been cut off unseen.
    pub covered: u64,
}

/// Goes along a chain, in the order of the stored numbers, and compares it with the `signed` hashes of some of its
/// records (in the order of their numbers). `last` is the highest number known to have been given.
///
/// # Errors
/// The first fault, or what reading the links failed with.
pub fn verify<E>(
    links: impl IntoIterator<Item = Result<Link, E>>,
    signed: &[(u64, Hash)],
    last: u64,
) -> Result<Result<Verified, Fault>, E> {
    let mut links = links.into_iter();
    let mut signed = signed.iter().copied().peekable();
    let mut before = Before { sequence: 0, hash: Hash::START, earlier: Hash::START };
    let mut covered = 0;
    while let Some(link) = links.next() {
        let link = link?;
        if let Some(wrong) = before.wrong_with(&link) {
            return Ok(Err(before.explain(&link, &wrong, links)?));
        }
        while let Some((at, hash)) = signed.next_if(|(at, _)| *at <= link.sequence) {
            if at == link.sequence && hash != link.hash {
                return Ok(Err(Fault { sequence: covered + 1, wrong: Wrong::Rewritten { until: at } }));
            }
            covered = at;
        }
        before = Before { sequence: link.sequence, earlier: before.hash, hash: link.hash };
    }
    let known = signed.map(|(at, _)| at).fold(last, u64::max);
    if known > before.sequence {
        return Ok(Err(Fault { sequence: before.sequence + 1, wrong: Wrong::CutOff { last: known } }));
    }
    Ok(Ok(Verified { records: before.sequence, head: before.hash, covered }))
}

/// How many records taken out, with the rest numbered anew, are still told from an edit.
const LOOK_BACK: u64 = 1_000;

/// The last record in order.
struct Before {
    sequence: u64,
    hash: Hash,
    /// The hash before its own.
    earlier: Hash,
}

/// How a link does not follow.
enum Break {
    /// Its number is higher than the next.
    Gap,
    /// Its number was there before, or lower.
    Again,
    /// It does not hash to what it says.
    Content,
}

impl Before {
    fn next(&self) -> u64 {
        self.sequence + 1
    }

    fn wrong_with(&self, link: &Link) -> Option<Break> {
        match link.sequence.cmp(&self.next()) {
            Ordering::Greater => Some(Break::Gap),
            Ordering::Less => Some(Break::Again),
            Ordering::Equal => {
                let fits = hash(link.sequence, &self.hash, &link.body) == link.hash;
                (!fits || link.previous != self.hash).then_some(Break::Content)
            }
        }
    }

    /// Finds out what was done, from the link that does not follow and those after it.
    fn explain<E>(
        &self,
        link: &Link,
        wrong: &Break,
        rest: impl Iterator<Item = Result<Link, E>>,
    ) -> Result<Fault, E> {
        let sequence = self.next();
        let fault = |wrong| Ok(Fault { sequence, wrong });
        match wrong {
            Break::Gap => return fault(Wrong::Missing { last: link.sequence - 1 }),
            Break::Again => return Ok(Fault { sequence: link.sequence, wrong: Wrong::Inserted }),
            Break::Content => {}
        }
        // The record before this one was put in with a fitting hash, and this one is the one that stood there.
        if self.sequence > 0 && hash(self.sequence, &self.earlier, &link.body) == link.hash {
            return Ok(Fault { sequence: self.sequence, wrong: Wrong::Inserted });
        }
        let mut before = link.hash;
        for other in rest {
            let other = other?;
            let theirs = [link.hash, other.hash];
            // Whether the other was written here, and this one there.
            let right = hash(sequence, &self.hash, &other.body);
            if theirs.contains(&right) {
                let there = if other.sequence == sequence + 1 { right } else { before };
                let belongs = theirs.contains(&hash(other.sequence, &there, &link.body));
                return fault(if belongs {
                    Wrong::Swapped { with: other.sequence }
                } else {
                    Wrong::Inserted
                });
            }
            before = other.hash;
        }
        // It follows what is not there: those between were taken out and the rest numbered anew.
        let later = |by: &u64| hash(sequence + by, &link.previous, &link.body) == link.hash;
        match (1..=LOOK_BACK).find(later) {
            Some(by) if link.previous != self.hash => fault(Wrong::Missing { last: sequence + by - 1 }),
            _ => fault(Wrong::Edited),
        }
    }
}
