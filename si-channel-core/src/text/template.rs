//! Texts with placeholders.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Args, Brand, TextId};

/// What a template may refer to, written in braces and small letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placeholder {
    /// [`Brand::name`].
    Brand,
    /// [`Brand::contact`].
    Contact,
    /// [`Brand::frequency`].
    Frequency,
    /// [`Args::name`].
    Name,
    /// [`Args::code`].
    Code,
    /// [`Args::number`].
    Number,
    /// [`Args::minutes`].
    Minutes,
    /// [`Args::received`].
    Received,
    /// [`Args::sent`].
    Sent,
    /// [`Args::purpose`].
    Purpose,
    /// The text [`TextId::AiDisclosure`].
    Disclosure,
}

impl Placeholder {
    const ALL: [Self; 11] = [
        Self::Brand,
        Self::Contact,
        Self::Frequency,
        Self::Name,
        Self::Code,
        Self::Number,
        Self::Minutes,
        Self::Received,
        Self::Sent,
        Self::Purpose,
        Self::Disclosure,
    ];

    /// The word between the braces.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brand => "brand",
            Self::Contact => "contact",
            Self::Frequency => "frequency",
            Self::Name => "name",
            Self::Code => "code",
            Self::Number => "number",
            Self::Minutes => "minutes",
            Self::Received => "received",
            Self::Sent => "sent",
            Self::Purpose => "purpose",
            Self::Disclosure => "disclosure",
        }
    }

    /// Whether it is a number that words around it may agree with.
    pub(super) const fn is_count(self) -> bool {
        matches!(self, Self::Minutes | Self::Received | Self::Sent)
    }

    fn value<'a>(self, args: &'a Args, brand: &'a Brand) -> &'a str {
        match self {
            Self::Brand => &brand.name,
            Self::Contact => &brand.contact,
            Self::Frequency => &brand.frequency,
            _ => args.get(self),
        }
    }
}

/// Why a wording cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// The text has no such placeholder.
    #[error("the text `{}` has no placeholder {{{placeholder}}}; it has {known}", id.as_str())]
    UnknownPlaceholder {
        /// Which text.
        id: TextId,
        /// What stands between the braces.
        placeholder: String,
        /// Those it has.
        known: String,
    },
    /// A brace alone.
    #[error("the text `{}` has a `{brace}` without its other half; write `{brace}{brace}` for a brace", id.as_str())]
    LoneBrace {
        /// Which text.
        id: TextId,
        /// The brace.
        brace: char,
    },
    /// Nothing but white space.
    #[error("the text `{}` is empty; leave it out to have the default", id.as_str())]
    Empty {
        /// Which text.
        id: TextId,
    },
}

/// A wording known to be fit for its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template(String);

impl Template {
    pub(super) fn parse(id: TextId, source: &str) -> Result<Self, TemplateError> {
        if source.trim().is_empty() {
            return Err(TemplateError::Empty { id });
        }
        for piece in pieces(source) {
            match piece {
                Piece::Text(_) => {}
                Piece::LoneBrace(brace) => return Err(TemplateError::LoneBrace { id, brace }),
                Piece::Placeholder(word) => {
                    if !id.placeholders().any(|known| known.as_str() == word) {
                        let known: Vec<_> =
                            id.placeholders().map(|known| format!("{{{}}}", known.as_str())).collect();
                        let placeholder = word.to_owned();
                        return Err(TemplateError::UnknownPlaceholder {
                            id,
                            placeholder,
                            known: known.join(", "),
                        });
                    }
                }
            }
        }
        Ok(Self(source.to_owned()))
    }

    pub(super) fn holds(&self, placeholder: Placeholder) -> bool {
        pieces(&self.0).any(|piece| piece == Piece::Placeholder(placeholder.as_str()))
    }

    pub(super) fn fill(&self, args: &Args, brand: &Brand) -> String {
        fill(pieces(&self.0), args, brand)
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a template consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Placeholder(&'a str),
    LoneBrace(char),
}

pub(super) fn fill<'a>(pieces: impl Iterator<Item = Piece<'a>>, args: &Args, brand: &Brand) -> String {
    let mut filled = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::LoneBrace(brace) => filled.push(brace),
            Piece::Placeholder(word) => {
                let placeholder = Placeholder::ALL.into_iter().find(|known| known.as_str() == word);
                filled.push_str(placeholder.map_or("", |placeholder| placeholder.value(args, brand)));
            }
        }
    }
    filled
}

pub(super) fn pieces(source: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = source;
    std::iter::from_fn(move || {
        let (piece, length) = first(rest)?;
        rest = &rest[length..];
        Some(piece)
    })
}

/// The first piece and the bytes it takes.
fn first(source: &str) -> Option<(Piece<'_>, usize)> {
    let piece = match source.find(['{', '}']) {
        None if source.is_empty() => return None,
        None => (Piece::Text(source), source.len()),
        Some(0) if source.starts_with("{{") || source.starts_with("}}") => (Piece::Text(&source[..1]), 2),
        Some(0) if source.starts_with('}') => (Piece::LoneBrace('}'), 1),
        Some(0) => match source[1..].find(['{', '}']).map(|at| at + 1) {
            Some(end) if source[end..].starts_with('}') => (Piece::Placeholder(&source[1..end]), end + 1),
            _ => (Piece::LoneBrace('{'), 1),
        },
        Some(at) => (Piece::Text(&source[..at]), at),
    };
    Some(piece)
}
