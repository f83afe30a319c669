//! What Twilio's error codes mean for whoever gets them: <https://www.twilio.com/docs/api/errors>.
//!
//! The codes of requests, delivery receipts and status callbacks are one list, so that
//! `Advice::of(receipt.error_code?)` works as well as `Error::advice`. The classes are judgements from Twilio's words on
//! the causes.
//!
//! ```
//! use twilio_conversations::advice::{Advice, AdviceClass};
//!
//! let advice = Advice::of(21610).unwrap();
//! assert_eq!(advice.class, AdviceClass::Refused);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod table;

/// A kind of trouble and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The kind of trouble.
    pub class: AdviceClass,
    /// What to do about it, one sentence.
    pub text: &'static str,
}

/// A kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AdviceClass {
    /// Passes by itself; the same may work later.
    Transient,
    /// Too much at once; the same works later and slower.
    Rate,
    /// Will fail again; something in the request has to change.
    Permanent,
    /// What it needs is held or changed by something else: look there and decide anew.
    Conflict,
    /// What was asked for is so already.
    Done,
    /// The person does not want messages, or blocks them.
    Refused,
    /// WhatsApp wants an approved template, or another one.
    Template,
    /// The account, its login, registration or settings.
    Account,
    /// Your own server, as Twilio sees it.
    Server,
}

impl Advice {
    const fn new(class: AdviceClass, text: &'static str) -> Self {
        Self { class, text }
    }

    #[cfg(feature = "client")]
    pub(crate) const UNREACHED: Self =
        Self::new(AdviceClass::Transient, "Check the network and ask again; nothing was changed.");
    #[cfg(feature = "client")]
    pub(crate) const BUSY: Self =
        Self::new(AdviceClass::Transient, "Ask again, or allow more requests at once; nothing was changed.");
    #[cfg(feature = "client")]
    pub(crate) const UNBUILDABLE: Self =
        Self::new(AdviceClass::Permanent, "Correct the request; it could not be put into HTTP.");
    #[cfg(feature = "client")]
    pub(crate) const UNCLEAR: Self =
        Self::new(AdviceClass::Transient, "Look whether it happened before you ask for it again.");
    #[cfg(feature = "client")]
    pub(crate) const UNREADABLE: Self = Self::new(
        AdviceClass::Permanent,
        "Check the base URL and this library's version; the answer made no sense.",
    );
    #[cfg(feature = "client")]
    pub(crate) const ELSEWHERE: Self =
        Self::new(AdviceClass::Permanent, "Check the base URL; Twilio's answer led elsewhere.");

    #[cfg(feature = "client")]
    pub(crate) const FILE: Self = Self::new(
        AdviceClass::Permanent,
        "Leave the file, or widen the limits of the download if it is one you want.",
    );

    /// About this code; `None` for codes without advice.
    pub fn of(code: u32) -> Option<Self> {
        let row = table::TABLE.iter().find(|(codes, ..)| codes.contains(&code))?;
        Some(Self::new(row.1, row.2))
    }

    /// About an answer of this HTTP status without a known code.
    pub fn of_status(status: u16) -> Self {
        let (class, text) = match status {
            401 | 403 => {
                (AdviceClass::Account, "Check the account's SID, its login and what the login may do.")
            }
            404 => (
                AdviceClass::Permanent,
                "Check the SID and the service it belongs to; there is nothing there.",
            ),
            409 | 412 => (AdviceClass::Conflict, "Read it again and decide anew."),
            429 => (AdviceClass::Rate, "Ask again later and slower."),
            500..=599 => {
                (AdviceClass::Transient, "Wait for Twilio; after a change, look whether it happened.")
            }
            _ => (AdviceClass::Permanent, "Correct the request; it will fail again."),
        };
        Self::new(class, text)
    }

    /// True when the same may succeed later without anybody doing anything.
    pub fn is_worth_waiting(self) -> bool {
        matches!(self.class, AdviceClass::Transient | AdviceClass::Rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_have_the_class_of_their_cause() {
        for (code, class) in [
            (21610, AdviceClass::Refused),
            (30003, AdviceClass::Transient),
            (30007, AdviceClass::Permanent),
            (63016, AdviceClass::Template),
            (20429, AdviceClass::Rate),
            (50416, AdviceClass::Conflict),
            (50433, AdviceClass::Done),
            (20003, AdviceClass::Account),
            (11200, AdviceClass::Server),
        ] {
            assert_eq!(Advice::of(code).unwrap().class, class, "{code}");
        }
        assert_eq!(Advice::of(99_999), None);
        assert!(Advice::of(30017).unwrap().is_worth_waiting());
        assert!(!Advice::of(30005).unwrap().is_worth_waiting());
    }

    #[test]
    fn no_code_has_two_advices_and_each_is_a_sentence() {
        let mut seen = HashSet::new();
        for (codes, _, text) in table::TABLE {
            assert!(text.ends_with('.') && !codes.is_empty(), "{text}");
            for code in *codes {
                assert!(seen.insert(code), "{code} twice");
            }
        }
        assert!(seen.len() > 150, "{}", seen.len());
    }

    #[test]
    fn answers_without_a_code_go_by_their_status() {
        for (status, class) in [
            (400, AdviceClass::Permanent),
            (401, AdviceClass::Account),
            (404, AdviceClass::Permanent),
            (409, AdviceClass::Conflict),
            (429, AdviceClass::Rate),
            (503, AdviceClass::Transient),
        ] {
            assert_eq!(Advice::of_status(status).class, class, "{status}");
        }
    }
}
