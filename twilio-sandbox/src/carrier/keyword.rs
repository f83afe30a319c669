//! Twilio's default opt-out keywords for long codes.

/// What a keyword asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyword {
    Stop,
    Start,
    Help,
}

const STOP: [&str; 8] = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"];
const START: [&str; 3] = ["START", "YES", "UNSTOP"];
const HELP: [&str; 2] = ["HELP", "INFO"];

/// The keyword a body consists of: the whole of it, surrounding whitespace and case ignored.
pub(crate) fn keyword(body: &str) -> Option<Keyword> {
    let word = body.trim();
    let among = |list: &[&str]| list.iter().any(|one| one.eq_ignore_ascii_case(word));
    if among(&STOP) {
        Some(Keyword::Stop)
    } else if among(&START) {
        Some(Keyword::Start)
    } else if among(&HELP) {
        Some(Keyword::Help)
    } else {
        None
    }
}

impl Keyword {
    /// The default reply, as people quote it from their phones.
    pub(crate) fn reply(self) -> &'static str {
        match self {
            Self::Stop => {
                "You have successfully been unsubscribed. You will not receive any more messages from this \
                 number. Reply START to resubscribe."
            }
            Self::Start => {
                "You have successfully been re-subscribed to messages from this number. Reply HELP for help. \
                 Reply STOP to unsubscribe. Msg&Data Rates May Apply."
            }
            Self::Help => "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
        }
    }

    /// The value of `OptOutType`.
    pub(crate) fn opt_out_type(self) -> &'static str {
        match self {
            Self::Stop => "STOP",
            Self::Start => "START",
            Self::Help => "HELP",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_body_is_a_keyword() {
        for (body, expected) in [
            (" stop \n", Some(Keyword::Stop)),
            ("OptOut", Some(Keyword::Stop)),
            ("revoke", Some(Keyword::Stop)),
            ("yes", Some(Keyword::Start)),
            ("UNSTOP", Some(Keyword::Start)),
            ("Info", Some(Keyword::Help)),
            ("stop now", None),
            ("stop.", None),
            ("", None),
        ] {
            assert_eq!(keyword(body), expected, "{body:?}");
        }
    }
}
