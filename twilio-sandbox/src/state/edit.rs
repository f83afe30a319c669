//! What an update says about a field that can be empty.

/// A field's change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Edit<T> {
    /// The parameter was not given.
    #[default]
    Keep,
    /// The parameter was given to empty the field.
    Clear,
    /// The new value.
    Set(T),
}

impl<T> Edit<T> {
    pub(crate) fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }

    /// Reads a parameter: absent keeps, empty clears, anything else is checked and set.
    pub(crate) fn read<E>(text: Option<&str>, check: impl FnOnce(&str) -> Result<T, E>) -> Result<Self, E> {
        match text {
            None => Ok(Self::Keep),
            Some("") => Ok(Self::Clear),
            Some(text) => check(text).map(Self::Set),
        }
    }

    pub(crate) fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    pub(crate) fn into_value(self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }
}
