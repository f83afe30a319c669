//! Asking for an answer by a word that carriers or the channel act on.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::keyword::{KeywordSet, recognise};
use crate::letters::letters;

/// Words between the request and the word that is asked for, at most.
const REACH: usize = 8;
/// The same where the verb comes last.
const REACH_BACK: usize = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    #[expect(dead_code, reason = "it is for those who review the file")]
    version: String,
    languages: BTreeMap<String, ShippedLanguage>,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct ShippedLanguage {
    ask: Vec<String>,
    answer: Vec<String>,
    link: Vec<String>,
    last: Vec<String>,
}

/// What a word can be in a request for an answer, in any language.
#[derive(Clone, Copy, Default)]
struct Role {
    asks: bool,
    answers: bool,
    links: bool,
}

struct Roles {
    of: HashMap<String, Role>,
    last: Vec<String>,
}

static ROLES: LazyLock<Roles> = LazyLock::new(|| {
    // The file is part of the program, and a test reads it.
    let shipped: Shipped = toml::from_str(include_str!("../../rules/reply_guard.toml"))
        .expect("rules/reply_guard.toml is well-formed");
    let mut roles = Roles { of: HashMap::new(), last: Vec::new() };
    for language in shipped.languages.values() {
        for word in &language.ask {
            roles.of.entry(letters(word)).or_default().asks = true;
        }
        for word in &language.answer {
            roles.of.entry(letters(word)).or_default().answers = true;
        }
        for word in &language.link {
            roles.of.entry(letters(word)).or_default().links = true;
        }
        roles.last.extend(language.last.iter().map(|word| letters(word)));
    }
    roles
});

/// A word of a text.
struct Token<'t> {
    text: &'t str,
    at: Range<usize>,
    folded: String,
    role: Role,
    /// A quotation mark stands before it.
    quoted: bool,
    /// A sentence, or a part of one, ends after it.
    ends: bool,
}

/// The words that are asked for, in capitals, each with the part of its sentence that asks.
pub(super) fn find(text: &str, keywords: &KeywordSet) -> Vec<(Range<usize>, String)> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let last = || ROLES.last.iter().any(|verb| token.folded.contains(verb.as_str()));
        let word = if token.role.asks {
            after(&tokens[place..], keywords)
        } else if last() {
            tokens[place.saturating_sub(REACH_BACK)..place]
                .iter()
                .rev()
                .find(|word| stands_out(word) && is_reserved(word, keywords))
        } else {
            None
        };
        if let Some(word) = word {
            let part =
                part_of_sentence(text, token.at.start.min(word.at.start), token.at.end.max(word.at.end));
            found.push((part, word.text.to_uppercase()));
        }
    }
    found.dedup_by(|next, first| next.0 == first.0);
    found
}

/// The reserved word that the first of the tokens asks for.
fn after<'t, 'k>(tokens: &'k [Token<'t>], keywords: &KeywordSet) -> Option<&'k Token<'t>> {
    let (verb, rest) = tokens.split_first()?;
    for (place, token) in rest.iter().take(REACH).enumerate() {
        let asked = stands_out(token) || (verb.role.answers && closes(token, rest.get(place + 1)));
        if asked && is_reserved(token, keywords) {
            return Some(token);
        }
        // "Reply 1 or STOP", "answer A, B or STOP".
        let one = token.folded.chars().count() == 1;
        if !one && (token.ends || !token.role.links) {
            return None;
        }
    }
    None
}

/// In capitals or in quotation marks.
fn stands_out(token: &Token<'_>) -> bool {
    let mut cased = token.text.chars().filter(|c| c.is_uppercase() != c.is_lowercase()).peekable();
    token.quoted
        || (cased.peek().is_some() && token.text.chars().count() > 1 && cased.all(char::is_uppercase))
}

/// Nothing that it would belong to comes after it.
fn closes(token: &Token<'_>, next: Option<&Token<'_>>) -> bool {
    const AFTER: [&str; 12] =
        ["to", "if", "for", "when", "or", "and", "now", "please", "um", "pour", "para", "per"];
    token.ends || next.is_none_or(|next| AFTER.contains(&next.folded.as_str()))
}

fn is_reserved(token: &Token<'_>, keywords: &KeywordSet) -> bool {
    recognise(token.text, keywords).is_some_and(|said| said.exact)
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut quoted = false;
    let mut start = None;
    let mut wide = false;
    let mut push = |range: Range<usize>, quoted: bool, ends: bool| {
        let word = &text[range.clone()];
        let folded = letters(word);
        let role = ROLES.of.get(&folded).copied().unwrap_or_default();
        tokens.push(Token { text: word, at: range, folded, role, quoted, ends });
    };
    for (at, c) in text.char_indices() {
        let written = c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c);
        if let Some(from) = start {
            // Scripts without spaces: `STOPと返信` is two words.
            if !written || wide != is_wide(c) {
                push(from..at, quoted, ends_part(c));
                quoted = false;
                start = None;
            }
        }
        if written {
            if start.is_none() {
                start = Some(at);
                wide = is_wide(c);
            }
        } else {
            quoted = is_quote(c) || (quoted && c == '*');
        }
    }
    if let Some(from) = start {
        push(from..text.len(), quoted, true);
    }
    tokens
}

fn is_wide(c: char) -> bool {
    c >= '\u{2e80}' && !matches!(c, '\u{ff10}'..='\u{ff5a}')
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '“'
            | '”'
            | '„'
            | '«'
            | '»'
            | '‹'
            | '›'
            | '「'
            | '『'
            | '‘'
            | '\''
            | '`'
            | '*'
            | '['
            | '<'
    )
}

fn ends_part(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | '!'
            | '?'
            | ';'
            | ':'
            | '\n'
            | '。'
            | '、'
            | '！'
            | '？'
            | ')'
            | '/'
            | '"'
            | '”'
            | '»'
            | '\''
    )
}

/// The part of a sentence that holds a range: from the comma or sentence before it to the end of its sentence.
fn part_of_sentence(text: &str, start: usize, end: usize) -> Range<usize> {
    let sentence = |c: char| matches!(c, '.' | '!' | '?' | '\n' | '。' | '！' | '？');
    let from = text[..start]
        .char_indices()
        .rev()
        .find(|(_, c)| sentence(*c) || matches!(c, ',' | ';' | ':' | '–' | '—' | '、'))
        .map(|(at, c)| (at + c.len_utf8(), sentence(c)));
    // Without what parts it from the words before it, when these stay.
    let from = match from {
        None => 0,
        Some((at, true)) => at,
        Some((at, false)) => text[..at].char_indices().next_back().map_or(0, |(at, _)| at),
    };
    let rest = &text[end..];
    let to = rest.find(sentence).map_or(text.len(), |at| end + at);
    let is_whole = text[..from].chars().next_back().is_none_or(sentence);
    let mark = text[to..].chars().next().filter(|c| is_whole && *c != '\n').map_or(0, char::len_utf8);
    from..to + mark
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Vec<String> {
        find(text, &KeywordSet::default()).into_iter().map(|(_, word)| word).collect()
    }

    #[test]
    fn f59_a_reserved_word_as_requested_answer_is_found() {
        for (text, word) in [
            ("Reply YES to confirm.", "YES"),
            ("reply yes to confirm", "YES"),
            ("Please respond with \"stop\" to end this", "STOP"),
            ("Just answer yes or no", "YES"),
            ("Text HELP for help", "HELP"),
            ("To cancel, text us back the word CANCEL", "CANCEL"),
            ("Type 'start' now", "START"),
            ("Send INFO to this number", "INFO"),
            ("Reply 1 or STOP", "STOP"),
            ("Reply A, B or END", "END"),
            ("Antworten Sie mit STOP, um zu kündigen", "STOP"),
            ("Antworten Sie bitte einfach mit Ja", "JA"),
            ("Répondez OUI pour confirmer", "OUI"),
            ("Responda con la palabra BAJA", "BAJA"),
            ("Responda sí para confirmar", "SÍ"),
            ("Rispondi STOP", "STOP"),
            ("Antwoord met JA", "JA"),
            ("Svara STOPP", "STOPP"),
            ("Ответьте СТОП", "СТОП"),
            ("STOPと返信してください", "STOP"),
            ("İptal için STOP yazın", "STOP"),
            ("回复 TD 退订", "TD"),
        ] {
            assert_eq!(asked(text), [word], "{text}");
        }
    }

    #[test]
    fn words_that_are_not_asked_for_are_left_alone() {
        for text in [
            "The bus will stop at noon.",
            "You can stop by any time.",
            "I will send info about your order.",
            "Please send help to my address",
            "Yes, that works. Reply whenever you like.",
            "To cancel, open the app and choose Cancel.",
            "Reply with your order number",
            "Reply with your name, and we will help",
            "Text me the address",
            "The answer is yes",
            "Answer yes-sayers politely",
            "STOP signs are red",
            "Write the end of the story",
            "Say yes to life, my friend",
            "Antworten Sie, wann Sie möchten",
            "",
        ] {
            assert_eq!(asked(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn the_part_that_asks_is_what_would_be_left_out() {
        for (text, left) in [
            ("Done. Reply YES to confirm. See you!", "Done. See you!"),
            ("Your table is at 5, reply YES to confirm.", "Your table is at 5."),
            ("Reply YES to confirm", ""),
            ("Hi\nReply STOP to end\nBye", "Hi\n\nBye"),
        ] {
            let found = find(text, &KeywordSet::default());
            let part = found[0].0.clone();
            let rest = format!("{}{}", &text[..part.start], &text[part.end..]);
            assert_eq!(rest.replace(".  ", ". ").trim(), left, "{text}");
        }
    }
}
