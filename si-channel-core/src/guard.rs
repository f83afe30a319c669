//! What neither the assistant nor a caller of the API may say to a person, whatever a model was talked into.
//!
//! Three rules, each with what is done about a text that breaks it, see [`GuardPolicy`]: no asking for an answer by a
//! word that carriers or the channel act on, since that would opt people out or in; no payment card's number; no link to
//! other hosts than those allowed. They are about what is said, not about why: nothing that a person writes, names a file
//! or calls themselves changes them. The channel's own texts are not looked at here; which of those may name reserved
//! words is said by [`TextId::may_name_reserved_words`](crate::text::TextId::may_name_reserved_words).
//!
//! A text is looked at as it comes: what is cut in two by a stream is seen as two.

mod card;
mod link;
mod policy;
mod reserved;

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::policy::{Action, GuardPolicy, GuardRule};
use crate::content::Utterance;
use crate::event::Event;
use crate::id::TurnId;
use crate::keyword::KeywordSet;
use crate::letters::is_unseen;
use crate::plain;
use crate::policy::Policy;
use crate::rejection::Rejection;

/// What became of a text that broke a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GuardAction {
    /// It was sent as it was.
    Flagged,
    /// It was sent without what broke the rule.
    Rewritten,
    /// It was not sent.
    Blocked,
}

/// That a text broke a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Which.
    pub rule: GuardRule,
    /// What became of the text.
    pub action: GuardAction,
    /// The word that was asked for, in capitals, or the host that a link leads to; nothing of a card.
    pub what: Option<String>,
}

impl Note {
    /// What is to be told of it.
    pub(crate) fn event(&self, turn_id: Option<&TurnId>) -> Event {
        let (rule, action, what) = (self.rule, self.action, self.what.clone());
        Event::TextGuarded { turn_id: turn_id.cloned(), rule, action, what }
    }

    /// That a request to say it is refused.
    pub(crate) fn rejection(&self) -> Rejection {
        Rejection::Guarded { rule: self.rule, detail: self.reason() }
    }

    fn reason(&self) -> String {
        let what = self.what.as_deref().unwrap_or_default();
        match self.rule {
            GuardRule::ReservedWord => format!(
                "the text asks to answer with {what}, a word that carriers and the channel act on; ask for another"
            ),
            GuardRule::CardNumber => "the text holds the number of a payment card; leave it out".to_owned(),
            GuardRule::Link => format!("the text links to {what}, which is not in policy.guard.link_hosts"),
        }
    }
}

/// What is left to say, and what was wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    /// What may be said: without what was rewritten, and without cards even when it may not be.
    pub utterance: Utterance,
    /// What broke a rule, in order.
    pub notes: Vec<Note>,
    /// Whether nothing of it may be said.
    pub blocked: bool,
}

impl Examined {
    /// What is to be told of it.
    pub(crate) fn events(&self, turn_id: Option<&TurnId>) -> Vec<Event> {
        self.notes.iter().map(|note| note.event(turn_id)).collect()
    }

    /// Why a request to say it is refused: a caller can word it otherwise, so that nothing is left out for them.
    pub(crate) fn refusal(&self) -> Option<Rejection> {
        let note = self.notes.iter().find(|note| {
            note.action == GuardAction::Blocked
                || (note.rule == GuardRule::ReservedWord && note.action == GuardAction::Rewritten)
        })?;
        Some(note.rejection())
    }
}

/// The words that a text asks a person to answer with although carriers or the channel act on them, in capitals.
pub fn asked_words(text: &str, keywords: &KeywordSet) -> Vec<String> {
    reserved::find(text, keywords).into_iter().map(|(_, word)| word).collect()
}

/// Looks at what is to be said.
pub fn examine(utterance: &Utterance, policy: &Policy) -> Examined {
    let mut utterance = utterance.clone();
    let mut notes = Vec::new();
    let mut blocked = false;
    let mut look = |text: &mut String, breaks: &mut Vec<usize>, ends: &mut [usize]| {
        let looked = look(text, policy);
        blocked |= looked.notes.iter().any(|note| note.action == GuardAction::Blocked);
        // What is left of a text that only asked says nothing.
        let rewritten = looked.notes.iter().any(|note| note.action == GuardAction::Rewritten);
        let mute = |c: char| c.is_whitespace() || is_unseen(c) || (rewritten && c.is_ascii_punctuation());
        blocked |= !looked.edits.is_empty() && looked.edited(text).chars().all(mute);
        *breaks = breaks.iter().filter_map(|at| looked.moved(*at).ok()).collect();
        for at in ends {
            *at = looked.moved(*at).unwrap_or_else(|edge| edge);
        }
        *text = looked.edited(text);
        notes.extend(looked.notes);
    };
    match &mut utterance {
        Utterance::Text { text, breaks, guidance } => {
            let mut ends: Vec<usize> = guidance.keep.iter().flat_map(|kept| [kept.start, kept.end]).collect();
            look(text, breaks, &mut ends);
            guidance.keep = ends.chunks_exact(2).map(|ends| ends[0]..ends[1]).collect();
            for text in guidance.summary.iter_mut().chain(&mut guidance.link) {
                look(text, &mut Vec::new(), &mut Vec::new());
            }
        }
        Utterance::Media { text, .. } if text.is_empty() => {}
        Utterance::Media { text, .. } => look(text, &mut Vec::new(), &mut Vec::new()),
        Utterance::Template { template } => {
            template.variables.values_mut().for_each(|value| look(value, &mut Vec::new(), &mut Vec::new()));
        }
    }
    if blocked {
        notes
            .iter_mut()
            .filter(|n| n.action == GuardAction::Rewritten)
            .for_each(|n| n.action = GuardAction::Blocked);
    }
    Examined { utterance, notes, blocked }
}

/// What is wrong with a text, and how it is mended.
struct Looked {
    notes: Vec<Note>,
    /// What stands where instead, in order and apart from each other.
    edits: Vec<(Range<usize>, String)>,
}

fn look(text: &str, policy: &Policy) -> Looked {
    let guard = &policy.guard;
    let mut looked = Looked { notes: Vec::new(), edits: Vec::new() };
    if guard.action(GuardRule::ReservedWord) != Action::Off {
        for (at, word) in reserved::find(text, &policy.keywords) {
            looked.add(GuardRule::ReservedWord, guard, Some(word), at, String::new());
        }
    }
    if guard.action(GuardRule::CardNumber) != Action::Off {
        for (at, tail) in card::find(text) {
            looked.add(GuardRule::CardNumber, guard, None, at, format!("**** {tail}"));
        }
    }
    if guard.action(GuardRule::Link) != Action::Off {
        let hosts = guard.link_hosts.as_deref().unwrap_or_default();
        for (at, host) in link::find(text, hosts) {
            looked.add(GuardRule::Link, guard, host, at, "[...]".to_owned());
        }
    }
    looked.edits.extend(plain::mend(text).map(|(at, instead)| (at, instead.to_owned())));
    looked.edits.sort_by_key(|(at, _)| at.start);
    // What is inside of something that is left out is left out with it.
    let mut end = 0;
    looked.edits.retain(|(at, _)| {
        let apart = at.start >= end;
        end = end.max(at.end);
        apart
    });
    looked
}

impl Looked {
    fn add(
        &mut self,
        rule: GuardRule,
        guard: &GuardPolicy,
        what: Option<String>,
        at: Range<usize>,
        instead: String,
    ) {
        let action = match guard.action(rule) {
            Action::Off => return,
            Action::Flag => GuardAction::Flagged,
            Action::Rewrite => GuardAction::Rewritten,
            Action::Block => GuardAction::Blocked,
        };
        // A blocked text is kept as an event; a card's number is not.
        if action == GuardAction::Rewritten
            || (rule == GuardRule::CardNumber && action == GuardAction::Blocked)
        {
            self.edits.push((at, instead));
        }
        self.notes.push(Note { rule, action, what });
    }

    fn edited(&self, text: &str) -> String {
        let mut edited = String::with_capacity(text.len());
        let mut from = 0;
        for (at, instead) in &self.edits {
            edited.push_str(&text[from..at.start]);
            edited.push_str(instead);
            from = at.end;
        }
        edited.push_str(&text[from..]);
        edited
    }

    /// Where a place of the text is in the edited one; an error with where it would be when it is no more.
    fn moved(&self, place: usize) -> Result<usize, usize> {
        let mut moved = place;
        for (at, instead) in self.edits.iter().take_while(|(at, _)| at.start < place) {
            if place < at.end {
                return Err(moved - (place - at.start) + instead.len());
            }
            moved = moved + instead.len() - at.len();
        }
        Ok(moved)
    }
}

/// What a message would say that must not be said, although the text that it is made of does not: formatting may bring
/// it together.
pub(crate) fn slip(queued: &[Event], policy: &Policy) -> Option<Note> {
    let texts = queued.iter().filter_map(|event| match event {
        Event::MessageQueued(queued) => Some(queued.content.words()),
        _ => None,
    });
    let notes = texts.flat_map(|text| look(text, policy).notes);
    let mut slips = notes.filter(|note| note.action != GuardAction::Flagged);
    slips.next().map(|note| Note { action: GuardAction::Blocked, ..note })
}

#[cfg(test)]
mod tests;
