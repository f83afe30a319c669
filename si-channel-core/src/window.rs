//! WhatsApp's customer service window: free text reaches a person for 24 hours after they last wrote, and then only an
//! approved template does. <https://www.twilio.com/docs/api/errors/63016>
//!
//! The window belongs to a person, whatever session they are in: there is one sender of ours on WhatsApp. Our clock tells
//! when it closes; where Twilio says that it is closed, it is.

mod template;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::address::{Address, Channel};
use crate::rules::Assistant;

pub use self::template::WindowTemplate;

/// How long it stays open after the person wrote.
pub const LENGTH: SignedDuration = SignedDuration::from_hours(24);

/// Twilio's code for a text that came too late for it.
/// <https://www.twilio.com/docs/api/errors/63016>
pub const CLOSED: u32 = 63016;

/// WhatsApp's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Whatsapp {
    /// What the assistant is to WhatsApp's terms.
    pub assistant: Assistant,
    /// What is sent, once, in place of a text that came after the 24-hour window; nothing unless set.
    pub window_template: Option<WindowTemplate>,
    /// How long before its end the window counts as closed, since a message takes its time to Twilio.
    pub window_margin: SignedDuration,
    /// How long before its end a person who waits for an answer is reminded to write, once; never unless set.
    pub reminder_before: Option<SignedDuration>,
    /// Whether those are reminded too who wait for nothing.
    pub remind_always: bool,
}

impl Default for Whatsapp {
    fn default() -> Self {
        Self {
            assistant: Assistant::default(),
            window_template: None,
            window_margin: SignedDuration::from_millis(500),
            reminder_before: None,
            remind_always: false,
        }
    }
}

impl Whatsapp {
    /// Checks what no type can.
    ///
    /// # Errors
    /// The setting that makes no sense, and what it must be.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.window_margin.is_negative() || self.window_margin > SignedDuration::from_hours(1) {
            return Err("policy.whatsapp.window_margin must be 0s to 1h");
        }
        if self.reminder_before.is_some_and(|before| before <= self.window_margin || before >= LENGTH) {
            return Err(
                "policy.whatsapp.reminder_before must be longer than window_margin and shorter than 24h",
            );
        }
        Ok(())
    }
}

/// Where a window stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum WindowState {
    /// Free text arrives.
    Open {
        /// Until then.
        until: Timestamp,
    },
    /// Only a template arrives.
    Closed,
    /// The person has not written as far as we know; Twilio's answer to the first text will tell.
    Unknown,
}

/// What is known of a person's window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Window {
    /// When the person last wrote.
    pub wrote_at: Option<Timestamp>,
    /// When the newest text was sent that Twilio refused as too late.
    pub refused_at: Option<Timestamp>,
    /// When the person was last reminded.
    pub reminded_at: Option<Timestamp>,
}

impl Window {
    /// Where it stands at a time, closed `margin` early.
    pub fn state(&self, now: Timestamp, margin: SignedDuration) -> WindowState {
        match (self.wrote_at, self.refused_at) {
            (wrote, Some(refused)) if wrote.is_none_or(|wrote| wrote <= refused) => WindowState::Closed,
            (None, _) => WindowState::Unknown,
            (Some(wrote), _) => {
                let until = wrote.checked_add(LENGTH).unwrap_or(Timestamp::MAX);
                let closes = until.checked_sub(margin).unwrap_or(Timestamp::MIN);
                if now < closes { WindowState::Open { until } } else { WindowState::Closed }
            }
        }
    }

    /// Whether the person was reminded since they last wrote.
    pub fn is_reminded(&self) -> bool {
        self.reminded_at.is_some() && self.reminded_at >= self.wrote_at
    }
}

/// Whether there is such a window to an address.
pub fn applies(address: &Address) -> bool {
    address.channel() == Channel::Whatsapp
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn f51_it_is_open_for_24_hours_after_the_person_wrote() {
        let window = Window { wrote_at: Some(at("2026-11-21T10:00:00Z")), ..Window::default() };
        let open = WindowState::Open { until: at("2026-11-22T10:00:00Z") };
        let exact = SignedDuration::ZERO;
        for (now, margin, state) in [
            ("2026-11-21T10:00:00Z", exact, open),
            ("2026-11-22T09:59:59Z", exact, open),
            ("2026-11-22T09:59:59Z", Whatsapp::default().window_margin, open),
            ("2026-11-22T09:59:59Z", SignedDuration::from_secs(1), WindowState::Closed),
            ("2026-11-22T10:00:00Z", exact, WindowState::Closed),
            ("2026-11-22T10:00:01Z", exact, WindowState::Closed),
        ] {
            assert_eq!(window.state(at(now), margin), state, "{now} {margin}");
        }
        assert_eq!(Window::default().state(at("2026-11-21T10:00:00Z"), exact), WindowState::Unknown);
    }

    #[test]
    fn settings_that_make_no_sense_are_refused_by_name() {
        for (settings, told) in [
            ("{}", None),
            (r#"{"window_margin":"0s","reminder_before":"1h"}"#, None),
            (r#"{"window_margin":"2h"}"#, Some("window_margin")),
            (r#"{"window_margin":"-1s"}"#, Some("window_margin")),
            (r#"{"reminder_before":"24h"}"#, Some("reminder_before")),
            (r#"{"reminder_before":"500ms"}"#, Some("reminder_before")),
        ] {
            let whatsapp: Whatsapp = serde_json::from_str(settings).unwrap();
            let error = whatsapp.check().err();
            assert_eq!(error.is_some(), told.is_some(), "{settings}");
            assert!(error.unwrap_or_default().contains(told.unwrap_or_default()), "{error:?}");
        }
    }

    #[test]
    fn what_twilio_says_holds_until_the_person_writes_again() {
        let closed = |wrote: Option<&str>, refused: &str| {
            let window =
                Window { wrote_at: wrote.map(at), refused_at: Some(at(refused)), ..Window::default() };
            window.state(at("2026-11-21T12:00:00Z"), SignedDuration::ZERO) == WindowState::Closed
        };
        assert!(closed(None, "2026-11-21T10:00:00Z"));
        assert!(closed(Some("2026-11-21T09:59:59Z"), "2026-11-21T10:00:00Z"));
        assert!(!closed(Some("2026-11-21T10:00:01Z"), "2026-11-21T10:00:00Z"));
    }

    #[test]
    fn somebody_is_reminded_once_for_each_window() {
        let reminded = |wrote: &str, reminded: Option<&str>| {
            let (wrote_at, reminded_at) = (Some(at(wrote)), reminded.map(at));
            Window { wrote_at, reminded_at, ..Window::default() }.is_reminded()
        };
        assert!(!reminded("2026-11-21T10:00:00Z", None));
        assert!(reminded("2026-11-21T10:00:00Z", Some("2026-11-22T09:00:00Z")));
        assert!(!reminded("2026-11-22T09:30:00Z", Some("2026-11-22T09:00:00Z")));
    }
}
