//! Where a text may be cut between words, and how well.

use std::ops::Range;

use super::url;

/// How good a place is, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// White space, or a comma of a script that writes no spaces.
    Word,
    /// White space after the end of a sentence, or that end alone in a script without spaces.
    Sentence,
    /// One line break.
    Line,
    /// An empty line.
    Paragraph,
    /// Named by the cognition layer.
    Guided,
}

/// A place to cut: the byte offset where the part before it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Break {
    pub(super) at: usize,
    pub(super) rank: Rank,
}

/// The breaks of a text by offset, none of them inside what is to be kept whole.
pub(super) fn find(text: &str, guidance: &[usize], atoms: &[Range<usize>]) -> Vec<Break> {
    let mut breaks = natural(text);
    breaks.retain(|found| url::around(atoms, found.at).is_none());
    let named = guidance.iter().filter(|&&at| text.is_char_boundary(at) && url::around(atoms, at).is_none());
    breaks.extend(named.map(|&at| Break { at: text[..at].trim_end().len(), rank: Rank::Guided }));
    breaks.sort_unstable();
    breaks
}

fn natural(text: &str) -> Vec<Break> {
    let mut breaks = Vec::new();
    let mut sentence = Sentence::default();
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if !c.is_whitespace() {
            let end = at + c.len_utf8();
            if sentence.take(c) {
                breaks.push(Break { at: end, rank: Rank::Sentence });
            } else if matches!(c, '、' | '，' | '；' | '：') {
                breaks.push(Break { at: end, rank: Rank::Word });
            }
            continue;
        }
        let mut gap = Gap::default();
        gap.take(c);
        while let Some((_, c)) = characters.next_if(|(_, c)| c.is_whitespace()) {
            gap.take(c);
        }
        let ended = sentence.ended_before(characters.peek().map(|&(_, next)| next));
        if let Some(rank) = gap.rank(ended) {
            breaks.push(Break { at, rank });
        }
        sentence = Sentence::default();
    }
    breaks
}

/// A run of white space.
#[derive(Default)]
struct Gap {
    lines: usize,
    after_cr: bool,
    paragraph: bool,
    breakable: bool,
}

impl Gap {
    fn take(&mut self, c: char) {
        self.lines += usize::from(match c {
            '\n' => !self.after_cr,
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' => true,
            _ => false,
        });
        self.after_cr = c == '\r';
        self.paragraph |= c == '\u{2029}';
        self.breakable |= !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}');
    }

    /// `None` when all of it is no-break space.
    fn rank(&self, sentence_ended: bool) -> Option<Rank> {
        match self.lines {
            _ if !self.breakable => None,
            _ if self.paragraph => Some(Rank::Paragraph),
            2.. => Some(Rank::Paragraph),
            1 => Some(Rank::Line),
            0 if sentence_ended => Some(Rank::Sentence),
            0 => Some(Rank::Word),
        }
    }
}

/// What the characters since the last white space say about the end of a sentence.
#[derive(Default)]
struct Sentence {
    /// Characters of the word, terminators and closers not counted.
    letters: usize,
    terminator: Option<char>,
}

impl Sentence {
    /// Takes the next character; true when the sentence ends here whatever follows.
    fn take(&mut self, c: char) -> bool {
        match c {
            '.' | '!' | '?' | '…' | '।' | '॥' | '؟' | '۔' | '։' | '።' => {
                // `e.g.` and `J.` end no sentence, `Really?!.` does.
                self.terminator = Some(c);
                false
            }
            '。' | '！' | '？' | '｡' => {
                self.terminator = Some(c);
                true
            }
            '」' | '』' | '）' | '】' | '》' | '〉' => {
                self.terminator.is_some_and(|ended| matches!(ended, '。' | '！' | '？' | '｡'))
            }
            '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '*' | '_' => false,
            _ => {
                self.letters = if self.terminator.take().is_some() { 1 } else { self.letters + 1 };
                false
            }
        }
    }

    /// Whether white space here parts two sentences, the second beginning with `next`.
    fn ended_before(&self, next: Option<char>) -> bool {
        match self.terminator {
            None => false,
            // An initial or an abbreviation, or the sentence goes on in lower case.
            Some('.') => self.letters > 1 && !next.is_some_and(char::is_lowercase),
            Some(_) => true,
        }
    }
}
