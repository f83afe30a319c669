//! Markdown, as language models write it, for channels that show less: `WhatsApp`'s own marks, or none by SMS.
//!
//! What is not plainly a mark stays as it is: `2*3*4`, `snake_case`, `**kwargs`, anything inside a URL, a lone star.
//! Underscores are never marks.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::segment::split::url_spans;

/// How a text is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Markup {
    /// As it is to be read: nothing is changed.
    #[default]
    Plain,
    /// Markdown: bold, headings, lists, links and code become what the channel shows.
    Markdown,
}

/// What a channel is given of Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Everything.
    AsIs,
    /// The words: links as `text: URL`, lists with `-`.
    Plain,
    /// `WhatsApp`'s `*bold*` and `~struck~`, links as `text: URL`. <https://faq.whatsapp.com/539178204879377>
    Whatsapp,
}

/// What each channel is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Formatting {
    /// SMS, and groups with somebody on SMS.
    pub sms: Style,
    /// `WhatsApp` and every channel that shows more than SMS.
    pub whatsapp: Style,
}

impl Default for Formatting {
    fn default() -> Self {
        Self { sms: Style::Plain, whatsapp: Style::Whatsapp }
    }
}

/// A text as a channel shows it, and where the places of the original went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// The text.
    pub text: String,
    edits: Vec<Edit>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    at: Range<usize>,
    with: String,
}

impl Formatted {
    /// Where a byte offset of the original is now; what was replaced is where that began.
    pub fn place(&self, offset: usize) -> usize {
        let mut now = offset;
        for edit in self.edits.iter().take_while(|edit| edit.at.start < offset) {
            if edit.at.end > offset {
                return now - (offset - edit.at.start);
            }
            now = now + edit.with.len() - edit.at.len();
        }
        now
    }
}

/// The text in a style.
///
/// ```
/// use si_channel_core::formatting::{Style, format};
///
/// let text = "**Open** until 6, see [hours](https://example.com/h)";
/// assert_eq!(format(text, Style::Plain).text, "Open until 6, see hours: https://example.com/h");
/// assert_eq!(format(text, Style::Whatsapp).text, "*Open* until 6, see hours: https://example.com/h");
/// ```
pub fn format(text: &str, style: Style) -> Formatted {
    let mut edits = if style == Style::AsIs { Vec::new() } else { Marks::new(text, style).find() };
    edits.sort_by_key(|edit| (edit.at.start, edit.at.end));
    let mut formatted = String::with_capacity(text.len());
    let mut from = 0;
    for edit in &edits {
        formatted.push_str(&text[from..edit.at.start]);
        formatted.push_str(&edit.with);
        from = edit.at.end;
    }
    formatted.push_str(&text[from..]);
    Formatted { text: formatted, edits }
}

/// Bytes within which the other half of a mark is looked for.
const REACH: usize = 1000;

struct Marks<'t> {
    text: &'t str,
    style: Style,
    urls: Vec<Range<usize>>,
    /// `* ` begins lines of a list rather than a footnote.
    stars_list: bool,
    edits: Vec<Edit>,
    /// Where second halves of marks begin that are already dealt with, and how long they are.
    closers: Vec<Range<usize>>,
}

impl<'t> Marks<'t> {
    fn new(text: &'t str, style: Style) -> Self {
        let stars = text.lines().filter(|line| line.trim_start().starts_with("* ")).count();
        Self {
            text,
            style,
            urls: url_spans(text),
            stars_list: stars > 1,
            edits: Vec::new(),
            closers: Vec::new(),
        }
    }

    fn edit(&mut self, at: Range<usize>, with: &str) {
        if self.text[at.clone()] != *with {
            self.edits.push(Edit { at, with: with.to_owned() });
        }
    }

    fn find(mut self) -> Vec<Edit> {
        let mut start = 0;
        let mut fenced = false;
        let marks = self.text.lines().filter(|line| is_fence(line)).count();
        let mut fences_left = marks - marks % 2;
        for line in self.text.split_inclusive('\n') {
            let end = start + line.trim_end_matches(['\n', '\r']).len();
            if is_fence(line) && fences_left > 0 {
                fences_left -= 1;
                fenced = !fenced;
                let mark = start + line.len() - line.trim_start().len();
                match self.style {
                    Style::Plain => self.edit(start..start + line.len(), ""),
                    _ => self.edit(mark..end, "```"),
                }
            } else if !fenced {
                self.line(start, end);
            }
            start += line.len();
        }
        self.edits
    }

    fn line(&mut self, start: usize, end: usize) {
        let line = &self.text[start..end];
        let indent = line.len() - line.trim_start().len();
        let body = &line[indent..];
        let at = start + indent;
        let mut from = at;
        if let Some(words) = heading(body) {
            from = end - words.len();
            let bold = self.style == Style::Whatsapp && !words.contains('*');
            self.edit(at..from, if bold { "*" } else { "" });
            if bold {
                self.edits.push(Edit { at: end..end, with: "*".to_owned() });
            }
        } else if self.style == Style::Plain {
            let dot = body.starts_with("• ").then_some('•'.len_utf8());
            if let Some(mark) = dot.or((self.stars_list && body.starts_with("* ")).then_some(1)) {
                self.edit(at..at + mark, "-");
                from = at + mark;
            }
        } else if body.starts_with("* ") {
            from = at + 1;
        }
        self.inline(from, end);
    }

    fn inline(&mut self, mut at: usize, end: usize) {
        while let Some(offset) = self.text[at..end].find(['*', '`', '[', '~', ':', 'w', 'W', '!']) {
            at += offset;
            if let Some(closer) = self.closers.iter().find(|closer| closer.start == at) {
                at = closer.end;
                continue;
            }
            if let Some(url) = self.urls.iter().find(|url| url.start <= at && at < url.end) {
                at = url.end;
                continue;
            }
            at = self.mark(at, end).unwrap_or_else(|| {
                let run = self.text[at..end].chars().take_while(|c| matches!(c, '*' | '~' | '`')).count();
                let next = self.text[at..].chars().next().map_or(1, char::len_utf8);
                at + run.max(next)
            });
        }
    }

    /// Deals with the mark that begins here, if one does; where to go on.
    fn mark(&mut self, at: usize, end: usize) -> Option<usize> {
        let rest = &self.text[at..end];
        let (whatsapp, plain) = (self.style == Style::Whatsapp, self.style == Style::Plain);
        if rest.starts_with('`') {
            let close = at + 1 + self.text[at + 1..reach(self.text, at + 1, end)].find('`')?;
            let opens = !self.before(at).is_some_and(is_word) && close > at + 1;
            if !opens {
                return None;
            }
            if plain {
                self.edit(at..at + 1, "");
                self.edit(close..close + 1, "");
            }
            return Some(close + 1);
        }
        if rest.starts_with('[') || rest.starts_with("![") {
            return self.link(at, end);
        }
        for (mark, shown) in [("***", "*"), ("**", "*"), ("~~", "~")] {
            if !rest.starts_with(mark) {
                continue;
            }
            let close = self.closer(at, mark, end)?;
            if whatsapp || mark != "~~" {
                let shown = if whatsapp { shown } else { "" };
                self.edit(at..at + mark.len(), shown);
                self.edit(close..close + mark.len(), shown);
            }
            self.closers.push(close..close + mark.len());
            return Some(at + mark.len());
        }
        if rest.starts_with('*') && plain {
            let close = self.closer(at, "*", end)?;
            let inner = &self.text[at + 1..close];
            let worded = inner.starts_with(char::is_alphanumeric) && inner.ends_with(char::is_alphanumeric);
            if !worded || inner.contains('*') {
                return None;
            }
            self.edit(at..at + 1, "");
            self.edit(close..close + 1, "");
            self.closers.push(close..close + 1);
            return Some(at + 1);
        }
        None
    }

    /// Where the mark that begins here ends: not inside words, nor with a space on its inner side.
    fn closer(&self, at: usize, mark: &str, end: usize) -> Option<usize> {
        let star = mark.chars().next()?;
        let inside = at + mark.len();
        let opens = !self.before(at).is_some_and(|c| is_word(c) || c == star)
            && self.text[inside..end].starts_with(|c: char| !c.is_whitespace() && c != star);
        if !opens {
            return None;
        }
        let within = &self.text[inside..reach(self.text, inside, end)];
        within.match_indices(mark).map(|(offset, _)| inside + offset).find(|&close| {
            let after = self.text[close + mark.len()..end].chars().next();
            let before = self.before(close);
            before.is_some_and(|c| !c.is_whitespace() && c != star)
                && !after.is_some_and(|c| is_word(c) || c == star)
                && !self.urls.iter().any(|url| url.start <= close && close < url.end)
        })
    }

    fn link(&mut self, at: usize, end: usize) -> Option<usize> {
        let label = at + usize::from(self.text[at..].starts_with('!')) + 1;
        let close = label + self.text[label..reach(self.text, label, end)].find("](")?;
        let words = &self.text[label..close];
        let target = close + 2;
        let mut open = 1;
        let stop = self.text[target..end].char_indices().find(|(_, c)| {
            open += i32::from(*c == '(') - i32::from(*c == ')');
            open == 0 || c.is_whitespace()
        });
        let (length, _) = stop.filter(|(_, c)| *c == ')')?;
        let url = &self.text[target..target + length];
        let is_url = ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| url.starts_with(scheme));
        if !is_url || words.contains(['[', '\n']) {
            return None;
        }
        let address = url.trim_start_matches("mailto:").trim_start_matches("tel:");
        let words = words.trim_matches(['*', '`']).trim();
        let shown = if words.is_empty() || words == address {
            address.to_owned()
        } else {
            format!("{words}: {address}")
        };
        self.edit(at..target + length + 1, &shown);
        Some(target + length + 1)
    }

    fn before(&self, at: usize) -> Option<char> {
        self.text[..at].chars().next_back()
    }
}

fn reach(text: &str, from: usize, end: usize) -> usize {
    text.floor_char_boundary(end.min(from + REACH))
}

/// A letter or digit of a script that puts spaces between words.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() && c < '\u{2e80}'
}

fn is_fence(line: &str) -> bool {
    let mark = line.trim();
    mark.starts_with("```") && !mark[3..].contains('`') && !mark[3..].contains(' ')
}

/// The words of a heading. `# of people` is none.
fn heading(line: &str) -> Option<&str> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let words = line[level..].strip_prefix(' ')?.trim_start();
    let first = words.chars().next()?;
    let clear = level > 1 || (first.is_alphabetic() && !first.is_lowercase());
    ((1..=6).contains(&level) && clear).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        format(text, Style::Plain).text
    }

    fn whatsapp(text: &str) -> String {
        format(text, Style::Whatsapp).text
    }

    #[test]
    fn marks_become_what_the_channel_shows() {
        for (text, by_sms, by_whatsapp) in [
            ("**Bold** and **two words**.", "Bold and two words.", "*Bold* and *two words*."),
            ("***Both*** here", "Both here", "*Both* here"),
            ("An *important* word", "An important word", "An *important* word"),
            ("## Hours\nTen to six", "Hours\nTen to six", "*Hours*\nTen to six"),
            ("# Hours", "Hours", "*Hours*"),
            ("* one\n* two", "- one\n- two", "* one\n* two"),
            ("• one", "- one", "• one"),
            ("- **a**: b\n- c", "- a: b\n- c", "- *a*: b\n- c"),
            ("1. **a**", "1. a", "1. *a*"),
            (
                "See [the page](https://e.com/a_b).",
                "See the page: https://e.com/a_b.",
                "See the page: https://e.com/a_b.",
            ),
            ("[https://e.com](https://e.com)", "https://e.com", "https://e.com"),
            ("![map](https://e.com/m.png)", "map: https://e.com/m.png", "map: https://e.com/m.png"),
            ("[a](https://e.com/x_(y))!", "a: https://e.com/x_(y)!", "a: https://e.com/x_(y)!"),
            ("Run `ls *` now", "Run ls * now", "Run `ls *` now"),
            ("```rust\nlet a = **b;\n```\nDone", "let a = **b;\nDone", "```\nlet a = **b;\n```\nDone"),
            ("~~old~~ new", "~~old~~ new", "~old~ new"),
            ("これは**太字**です", "これは太字です", "これは*太字*です"),
            ("**https://e.com/a**", "https://e.com/a", "*https://e.com/a*"),
            ("**see [a](https://e.com)**", "see a: https://e.com", "*see a: https://e.com*"),
        ] {
            assert_eq!((plain(text).as_str(), whatsapp(text).as_str()), (by_sms, by_whatsapp), "{text:?}");
            assert_eq!(format(text, Style::AsIs).text, text);
        }
    }

    #[test]
    fn plain_text_is_not_altered() {
        for text in [
            "2*3*4 = 24",
            "2**3**4",
            "a * b * c",
            "f(*args, **kwargs)",
            "snake_case and __init__ and _x_",
            "https://e.com/a*b*c/**/d_e_f",
            "Price* and fee*",
            "* terms apply",
            "*not included",
            "# of people: 5",
            "#1 in town, #2 too",
            "it`s and that`s",
            "[1] and (2) and [a](b)",
            "a ~ b ~~ c",
            "** **",
            "****",
            "5 > 3 & 2 < 4",
            "{name} {{first}}",
            "- one\n- two",
            "C:\\*.txt",
            "```",
        ] {
            assert_eq!((plain(text).as_str(), whatsapp(text).as_str()), (text, text));
        }
    }

    #[test]
    fn places_are_where_their_text_went() {
        let text = "**One**. [b](https://e.com) end";
        let formatted = format(text, Style::Plain);
        for word in ["One", ". ", " end"] {
            let was = text.find(word).unwrap();
            assert_eq!(formatted.place(was), formatted.text.find(word).unwrap(), "{word}");
        }
        assert_eq!(formatted.place(text.len()), formatted.text.len());
        assert_eq!(formatted.place(1), 0);
    }
}
