//! What the cognition layer, or a caller of the API, says about how its text is shown and cut.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use crate::content::Utterance;
use crate::formatting::{self, Markup, Style};
use crate::segment::count;
use crate::segment::split::{self, Cuts, SplitPolicy, Strategy};

/// The most spans that are kept together.
pub const MAX_KEPT: usize = 1000;

/// What stands at the end of a text of which the rest is left out.
pub const NOTICE: &str = "(...)";

/// How a text is to be shown and cut. Offsets are bytes of the text.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Guidance {
    /// How it is written.
    pub format: Markup,
    /// Where it is cut.
    pub split: Strategy,
    /// Messages at most.
    pub max_parts: Option<usize>,
    /// Whether several messages are numbered: `(1/3) `, counted in what a message may hold.
    pub numbering: bool,
    /// What is not cut while a message can hold it.
    pub keep: Vec<Range<usize>>,
    /// What is said instead when the text is too long.
    pub summary: Option<String>,
    /// Where all of it can be read, said when the text is too long.
    pub link: Option<String>,
}

/// [`Guidance`] as it is written by who gives the text, the cognition layer or a caller of the API: positions are code
/// points.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Written {
    /// How the text is written; plain unless given.
    pub format: Option<Markup>,
    /// Where it is cut; between paragraphs unless given.
    pub split: Option<Strategy>,
    /// Messages at most.
    pub max_parts: Option<usize>,
    /// Whether several messages are numbered.
    pub numbering: Option<bool>,
    /// Where it may best be cut.
    pub breaks: Option<Vec<usize>>,
    /// What is not cut while a message can hold it, from and to, at most [`MAX_KEPT`].
    pub keep: Option<Vec<(usize, usize)>>,
    /// What is said instead when the text is too long.
    pub summary: Option<String>,
    /// Where all of it can be read, said when the text is too long.
    pub link: Option<String>,
}

impl Written {
    /// The text with this guidance. Positions beyond the text, and all but the first [`MAX_KEPT`] of `keep`, have no
    /// effect.
    pub fn with(self, text: String) -> Utterance {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let place = |point: &usize| places.get(*point).copied();
        let mut breaks: Vec<usize> =
            self.breaks.iter().flatten().filter_map(place).filter(|at| *at < text.len()).collect();
        breaks.sort_unstable();
        breaks.dedup();
        let span = |(from, to): &(usize, usize)| Some(place(from)?..place(to)?);
        let keep = self.keep.iter().flatten().take(MAX_KEPT).filter_map(span);
        let guidance = Guidance {
            format: self.format.unwrap_or_default(),
            split: self.split.unwrap_or_default(),
            max_parts: self.max_parts,
            numbering: self.numbering.unwrap_or_default(),
            keep: keep.filter(|span| span.start < span.end).collect(),
            summary: self.summary,
            link: self.link,
        };
        Utterance::Text { text, breaks, guidance: Box::new(guidance) }
    }
}

/// The messages of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Messages {
    /// In order.
    pub texts: Vec<String>,
    /// What is not said.
    pub omitted: Option<String>,
}

/// Makes messages of a text, of at most `room` UTF-16 units in all.
pub fn messages(
    text: &str,
    breaks: &[usize],
    guidance: &Guidance,
    style: Style,
    room: usize,
    policy: &SplitPolicy,
) -> Messages {
    let style = if guidance.format == Markup::Markdown { style } else { Style::AsIs };
    let formatted = formatting::format(text, style);
    let place = |offset: &usize| formatted.place(*offset);
    let cuts = Cuts {
        breaks: breaks.iter().map(place).collect(),
        keep: guidance.keep.iter().map(|span| place(&span.start)..place(&span.end)).collect(),
        strategy: guidance.split,
        reserve: 0,
    };
    let most = if guidance.split == Strategy::None { Some(1) } else { guidance.max_parts };
    let most = most.unwrap_or(usize::MAX).max(1);
    let shaping = Shaping { cuts, numbering: guidance.numbering, most, policy };
    let (kept, beyond) = split::cut(&formatted.text, room);
    if beyond.trim().is_empty()
        && let Some(texts) = shaping.whole(kept)
    {
        return Messages { texts, omitted: None };
    }
    let link = guidance.link.as_deref();
    if let Some(summary) = guidance.summary.as_deref().filter(|summary| !summary.trim().is_empty()) {
        let summary = formatting::format(summary, style).text;
        let said = link.map_or_else(|| summary.clone(), |link| format!("{summary}\n{link}"));
        let shaping = Shaping { cuts: Cuts::default(), ..shaping };
        let texts = shaping.whole(&said).unwrap_or_else(|| shaping.beginning(&summary, link).0);
        return Messages { texts, omitted: Some(formatted.text) };
    }
    // What was too long for the room alone ends where it ends, as the event tells, unless there is more to say of it.
    if link.is_none()
        && let Some(texts) = shaping.whole(kept)
    {
        return Messages { texts, omitted: Some(beyond.to_owned()) };
    }
    let (texts, rest) = shaping.beginning(kept, link);
    Messages { texts, omitted: Some(format!("{rest}{beyond}")) }
}

struct Shaping<'a> {
    cuts: Cuts,
    numbering: bool,
    most: usize,
    policy: &'a SplitPolicy,
}

impl Shaping<'_> {
    fn ranges(&self, text: &str, reserve: usize) -> Vec<Range<usize>> {
        split::guided(text, &Cuts { reserve, ..self.cuts.clone() }, self.policy)
    }

    /// All of it; `None` when that takes too many messages.
    fn whole(&self, text: &str) -> Option<Vec<String>> {
        let ranges = self.ranges(text, 0);
        if ranges.len() > self.most {
            return None;
        }
        if !self.numbering || ranges.len() < 2 {
            return Some(ranges.into_iter().map(|range| text[range].to_owned()).collect());
        }
        let ranges = self.numbered(text)?;
        (ranges.len() <= self.most).then(|| number(text, &ranges))
    }

    /// Where it is cut so that each message has room for its number.
    fn numbered(&self, text: &str) -> Option<Vec<Range<usize>>> {
        (1_usize..=6).find_map(|digits| {
            let ranges = self.ranges(text, 2 * digits + "(/) ".len());
            (ranges.len().to_string().len() <= digits).then_some(ranges)
        })
    }

    /// As much of it as its messages hold with a word on what is missing, and the rest.
    fn beginning(&self, text: &str, link: Option<&str>) -> (Vec<String>, String) {
        let tail = link.map_or_else(|| format!(" {NOTICE}"), |link| format!(" {NOTICE}\n{link}"));
        let mut ranges = if self.numbering && self.most > 1 {
            self.numbered(text).unwrap_or_default()
        } else {
            self.ranges(text, 0)
        };
        ranges.truncate(self.most);
        let Some(last) = ranges.pop() else { return (Vec::new(), String::new()) };
        let number =
            if self.numbering && !ranges.is_empty() { 2 * self.most.to_string().len() + 4 } else { 0 };
        let fits = |said: &str| {
            let units = said.encode_utf16().count() + number;
            units <= self.policy.max_units
                && self
                    .policy
                    .max_segments
                    .is_none_or(|most| count(&("x".repeat(number) + said)).segments <= most)
        };
        // The tail may not fill the last bits of a segment as evenly as its length says.
        let mut reserve = tail.encode_utf16().count() + number;
        let end = loop {
            let shorter =
                split::guided(&text[last.start..], &Cuts { reserve, ..Cuts::default() }, self.policy);
            let Some(first) = shorter.first() else { break last.start };
            let end = last.start + first.end;
            if fits(&format!("{}{tail}", &text[last.start..end])) || reserve >= self.policy.max_units {
                break end;
            }
            reserve += 4;
        };
        let mut texts: Vec<String> = ranges.iter().map(|range| text[range.clone()].to_owned()).collect();
        texts.push(format!("{}{tail}", &text[last.start..end]));
        if self.numbering && texts.len() > 1 {
            let all = texts.len();
            texts = texts.into_iter().zip(1..).map(|(said, nth)| format!("({nth}/{all}) {said}")).collect();
        }
        (texts, text[end..].to_owned())
    }
}

fn number(text: &str, ranges: &[Range<usize>]) -> Vec<String> {
    let all = ranges.len();
    ranges.iter().zip(1..).map(|(range, nth)| format!("({nth}/{all}) {}", &text[range.clone()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str, guidance: &Guidance, policy: &SplitPolicy) -> Messages {
        messages(text, &[], guidance, Style::Plain, usize::MAX, policy)
    }

    fn units(max_units: usize) -> SplitPolicy {
        SplitPolicy { max_units, max_segments: None }
    }

    #[test]
    fn several_messages_are_numbered_within_what_they_may_hold() {
        let guidance = Guidance { numbering: true, ..Guidance::default() };
        assert_eq!(made("short", &guidance, &units(20)).texts, ["short"]);
        let text = "one two three four five six seven";
        assert_eq!(
            made(text, &guidance, &units(20)).texts,
            ["(1/3) one two three", "(2/3) four five six", "(3/3) seven"]
        );
        for segments in 1..3 {
            for text in ["word ".repeat(600), "слово ".repeat(300), "€[] ".repeat(300)] {
                let policy = SplitPolicy { max_segments: Some(segments), ..SplitPolicy::default() };
                let made = made(&text, &guidance, &policy);
                assert!(made.texts.iter().all(|said| count(said).segments <= segments), "{made:?}");
                let words: Vec<&str> = made
                    .texts
                    .iter()
                    .flat_map(|said| said.split_once(") ").unwrap().1.split_whitespace())
                    .collect();
                assert_eq!(words, text.split_whitespace().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_summed_up_or_cut_with_a_word_about_it() {
        let text = "One sentence here. Another sentence. A third one.";
        let most = |guidance: Guidance| Guidance { max_parts: Some(1), ..guidance };
        let policy = units(40);
        let summed = Guidance { summary: Some("Short.".to_owned()), ..Guidance::default() };
        let linked = Guidance { link: Some("https://e.com/a".to_owned()), ..Guidance::default() };
        let both = Guidance { link: linked.link.clone(), ..summed.clone() };
        for (guidance, said) in [
            (Guidance::default(), "One sentence here. (...)"),
            (summed, "Short."),
            (linked, "One sentence here. (...)\nhttps://e.com/a"),
            (both, "Short.\nhttps://e.com/a"),
            (Guidance { split: Strategy::None, ..Guidance::default() }, "One sentence here. (...)"),
        ] {
            let made = made(text, &most(guidance), &policy);
            assert_eq!(made.texts, [said]);
            assert!(made.omitted.unwrap().contains("third one."));
        }
        assert_eq!(made("All of it.", &most(Guidance::default()), &policy).omitted, None);
    }

    #[test]
    fn the_cognition_layer_says_where_to_cut_and_where_not() {
        let manual = Guidance { split: Strategy::Manual, ..Guidance::default() };
        let said = messages("Hi. Bye.", &[4], &manual, Style::Plain, usize::MAX, &units(1600));
        assert_eq!(said.texts, ["Hi.", "Bye."]);
        let text = "One.\n\nTwo. Three four five";
        assert_eq!(made(text, &Guidance::default(), &units(15)).texts[0], "One.");
        let sentence = Guidance { split: Strategy::Sentence, ..Guidance::default() };
        assert_eq!(made(text, &sentence, &units(15)).texts[0], "One.\n\nTwo.");
        for (text, whole) in [
            ("Please write to Ann Lee today", "Ann Lee"),
            ("Dear {first name}, hello", "{first name}"),
            ("Dear {{first name}}, hello", "{{first name}}"),
            ("It is about 10 km from here", "10 km"),
            ("Pay us about € 20 today", "€ 20"),
            ("Call `ls -l x` now please", "`ls -l x`"),
        ] {
            let at = text.find("Ann Lee").map_or(0..0, |at| at..at + 7);
            let guidance = Guidance { keep: vec![at], ..Guidance::default() };
            for limit in 18..text.len() {
                let said = made(text, &guidance, &units(limit)).texts;
                assert!(said.iter().any(|said| said.contains(whole)), "{limit}: {said:?}");
            }
        }
    }

    #[test]
    fn only_what_is_called_markdown_is_changed() {
        let markdown = Guidance { format: Markup::Markdown, ..Guidance::default() };
        assert_eq!(made("**Yes**", &markdown, &units(40)).texts, ["Yes"]);
        assert_eq!(made("**Yes**", &Guidance::default(), &units(40)).texts, ["**Yes**"]);
        let said = messages("**Yes** no", &[8], &markdown, Style::Whatsapp, usize::MAX, &units(6));
        assert_eq!(said.texts, ["*Yes*", "no"]);
    }
}
