//! Twilio's default opt-out keywords, and those of the network behind toll-free numbers.

/// What a keyword asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyword {
    Stop,
    Start,
    Help,
}

impl Keyword {
    pub(crate) const ALL: [Self; 3] = [Self::Stop, Self::Start, Self::Help];

    /// The words that Twilio heeds by itself.
    pub(crate) fn words(self) -> &'static [&'static str] {
        match self {
            Self::Stop => &["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"],
            Self::Start => &["START", "YES", "UNSTOP"],
            Self::Help => &["HELP", "INFO"],
        }
    }

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

/// What a body asks the network behind North American toll-free numbers: `STOP` closes, `START` and `UNSTOP`
/// open. It knows no other word.
pub(crate) fn network_keyword(body: &str) -> Option<Keyword> {
    let is = |word: &str| body.trim().eq_ignore_ascii_case(word);
    if is("STOP") {
        Some(Keyword::Stop)
    } else if is("START") || is("UNSTOP") {
        Some(Keyword::Start)
    } else {
        None
    }
}

/// The network's reply, as people quote it from their phones; the word is the one that was sent.
pub(crate) fn network_reply(keyword: Keyword, body: &str) -> Option<String> {
    let word = body.trim().to_ascii_lowercase();
    match keyword {
        Keyword::Stop => Some(format!(
            "NETWORK MSG: You replied with the word \"{word}\" which blocks all texts sent from this number. \
             Text back \"unstop\" to receive messages again."
        )),
        Keyword::Start => Some(format!(
            "NETWORK MSG: You have replied \"{word}\" and will begin receiving messages again from this number."
        )),
        Keyword::Help => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::opt_out::KeywordRules;

    #[test]
    fn only_a_whole_body_is_a_keyword() {
        let twilios = KeywordRules::default();
        for (body, expected, networks) in [
            (" stop \n", Some(Keyword::Stop), Some(Keyword::Stop)),
            ("OptOut", Some(Keyword::Stop), None),
            ("revoke", Some(Keyword::Stop), None),
            ("yes", Some(Keyword::Start), None),
            ("start", Some(Keyword::Start), Some(Keyword::Start)),
            ("UNSTOP", Some(Keyword::Start), Some(Keyword::Start)),
            ("Info", Some(Keyword::Help), None),
            ("stop now", None, None),
            ("stop.", None, None),
            ("", None, None),
        ] {
            assert_eq!((twilios.keyword(body), network_keyword(body)), (expected, networks), "{body:?}");
        }
    }
}
