//! Messages and keywords reduced to what they are compared by.

use crate::letters::{Sign, signs};

/// Letters of the longest keyword.
pub(super) const LONGEST: usize = 40;

/// The letters of a text, folded, and where there is space between them.
pub(super) struct Written {
    pub(super) letters: String,
    /// How many; a text with more than [`LONGEST`] is read no further than that.
    pub(super) count: usize,
    /// Bit `n` is set when there is space before the letter at `n`.
    pub(super) gaps: u64,
}

impl Written {
    pub(super) fn of(text: &str) -> Self {
        let mut written = Self { letters: String::with_capacity(LONGEST), count: 0, gaps: 0 };
        let mut space = false;
        signs(text, |sign| {
            match sign {
                Sign::Letter(c) => {
                    if std::mem::take(&mut space) && written.count > 0 {
                        written.gaps |= 1 << written.count;
                    }
                    written.letters.push(c);
                    written.count += 1;
                }
                Sign::Space | Sign::Line => space = true,
                _ => {}
            }
            written.count <= LONGEST
        });
        written
    }
}
