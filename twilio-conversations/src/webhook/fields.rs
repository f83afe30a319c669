//! The fields of one form, taken by name; what is left over is kept.

use crate::sid::SidError;
use std::{borrow::Cow, collections::BTreeMap};

/// A payload that cannot be what it claims to be. Names the field, never its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PayloadError {
    /// A field that every such payload carries is absent or empty.
    #[error("the field {field} is missing")]
    Missing {
        /// Twilio's name of the field.
        field: &'static str,
    },
    /// A field occurs more than once with different values, so that readers could disagree about it.
    #[error("the field {field} occurs more than once with different values")]
    Repeated {
        /// Twilio's name of the field.
        field: &'static str,
    },
    /// A field that should hold a SID holds something else.
    #[error("the field {field} is wrong: {source}")]
    Sid {
        /// Twilio's name of the field.
        field: &'static str,
        /// What was expected.
        source: SidError,
    },
}

/// Pairs that have not been taken yet, in their order.
pub(super) struct Fields<'a>(Vec<Option<(&'a str, Cow<'a, str>)>>);

impl<'a> Fields<'a> {
    pub(super) fn new<N: AsRef<str>, V: AsRef<str>>(pairs: &'a [(N, V)]) -> Self {
        let borrowed = pairs.iter().map(|(name, value)| (name.as_ref(), Cow::Borrowed(value.as_ref())));
        Self(borrowed.map(Some).collect())
    }

    /// Takes the first value of a name and leaves the others.
    pub(super) fn first(&mut self, name: &str) -> Option<String> {
        self.take(name).map(Cow::into_owned)
    }

    fn take(&mut self, name: &str) -> Option<Cow<'a, str>> {
        let slot = self.0.iter_mut().find(|slot| slot.as_ref().is_some_and(|(n, _)| *n == name))?;
        slot.take().map(|(_, value)| value)
    }

    /// Takes the value of a name that may occur once.
    pub(super) fn once(&mut self, name: &'static str) -> Result<Option<String>, PayloadError> {
        Ok(self.take_once(name)?.map(Cow::into_owned))
    }

    fn take_once(&mut self, name: &'static str) -> Result<Option<Cow<'a, str>>, PayloadError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        while let Some(other) = self.take(name) {
            if other != value {
                return Err(PayloadError::Repeated { field: name });
            }
        }
        Ok(Some(value))
    }

    /// As [`Self::once`], with an empty value counted as absent.
    pub(super) fn filled(&mut self, name: &'static str) -> Result<Option<String>, PayloadError> {
        Ok(self.take_filled(name)?.map(Cow::into_owned))
    }

    fn take_filled(&mut self, name: &'static str) -> Result<Option<Cow<'a, str>>, PayloadError> {
        Ok(self.take_once(name)?.filter(|value| !value.is_empty()))
    }

    /// Takes a value that must be there and not empty.
    pub(super) fn required(&mut self, name: &'static str) -> Result<String, PayloadError> {
        self.filled(name)?.ok_or(PayloadError::Missing { field: name })
    }

    /// Takes a SID that must be there and right.
    pub(super) fn required_sid<S: std::str::FromStr<Err = SidError>>(
        &mut self,
        name: &'static str,
    ) -> Result<S, PayloadError> {
        let text = self.take_filled(name)?.ok_or(PayloadError::Missing { field: name })?;
        text.parse().map_err(|source| PayloadError::Sid { field: name, source })
    }

    /// Takes a value that should parse as `T`. One that does not stays among the left-overs.
    pub(super) fn parsed<T: std::str::FromStr>(
        &mut self,
        name: &'static str,
    ) -> Result<Option<T>, PayloadError> {
        let Some(text) = self.take_filled(name)? else { return Ok(None) };
        let value = text.parse().ok();
        if value.is_none() {
            self.0.push(Some((name, text)));
        }
        Ok(value)
    }

    /// Takes an open enum.
    pub(super) fn choice<T: From<String>>(&mut self, name: &'static str) -> Result<Option<T>, PayloadError> {
        Ok(self.filled(name)?.map(T::from))
    }

    /// Returns a value that could not be understood, so that it ends among the left-overs.
    pub(super) fn put_back(&mut self, name: &'static str, value: String) {
        self.0.push(Some((name, value.into())));
    }

    /// Everything not taken. The second value of a name is kept as `name[2]`, and so on.
    pub(super) fn rest(self) -> BTreeMap<String, String> {
        let mut rest = BTreeMap::new();
        for (name, value) in self.0.into_iter().flatten() {
            let mut key = name.to_owned();
            let mut count = 1;
            while rest.contains_key(&key) {
                count += 1;
                key = format!("{name}[{count}]");
            }
            rest.insert(key, value.into_owned());
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sid::AccountSid;

    fn fields<'a>(pairs: &'a [(&'a str, &'a str)]) -> Fields<'a> {
        Fields::new(pairs)
    }

    #[test]
    fn a_repeated_field_is_refused_only_when_its_values_differ() {
        assert_eq!(fields(&[("A", "1"), ("A", "1")]).once("A"), Ok(Some("1".into())));
        assert_eq!(fields(&[("A", "1"), ("A", "2")]).once("A"), Err(PayloadError::Repeated { field: "A" }));
    }

    #[test]
    fn left_overs_keep_every_value() {
        let mut fields = fields(&[("X", "1"), ("N", "seven"), ("X", "2"), ("X", "2"), ("X[2]", "odd")]);
        assert_eq!(fields.parsed::<u32>("N"), Ok(None));
        let rest = fields.rest();
        assert_eq!(rest.len(), 5);
        assert_eq!(rest["N"], "seven");
        let mut values: Vec<_> =
            rest.iter().filter(|(k, _)| k.starts_with('X')).map(|(_, v)| v.as_str()).collect();
        values.sort_unstable();
        assert_eq!(values, ["1", "2", "2", "odd"]);
    }

    #[test]
    fn required_sids_are_right_and_others_do_not_stand_in_the_way() {
        let mut other = fields(&[("S", "CH12")]);
        assert_eq!(other.parsed::<AccountSid>("S"), Ok(None));
        assert_eq!(other.rest()["S"], "CH12");
        assert_eq!(fields(&[]).required_sid::<AccountSid>("S"), Err(PayloadError::Missing { field: "S" }));
        let error = fields(&[("S", "+15550001111")]).required_sid::<AccountSid>("S").unwrap_err();
        assert!(error.to_string().contains('S') && !error.to_string().contains("555"), "{error}");
    }
}
