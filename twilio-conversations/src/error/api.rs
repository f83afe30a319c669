//! An error that Twilio answered with.

use crate::{
    advice::Advice,
    sid::{ConversationSid, SID_LENGTH},
};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use std::fmt;

const CONFLICTING_RESOURCE_HEADER: &str = "x-conflicting-resource-id";
const MESSAGE_CHARS: usize = 300;

/// What Twilio said. `Display` and `Debug` leave out whatever looks like an address.
#[derive(Clone, PartialEq)]
pub struct ApiError {
    status: u16,
    body: Body,
    conflicting_conversation: Option<ConversationSid>,
}

#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Body {
    code: Option<u32>,
    message: Option<String>,
    more_info: Option<String>,
    details: Option<Value>,
}

impl ApiError {
    /// Reads an answer; a body that is not Twilio's JSON leaves the status alone.
    pub(crate) fn read(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let body: Body = serde_json::from_slice(body).unwrap_or_default();
        let header = headers.get(CONFLICTING_RESOURCE_HEADER).and_then(|value| value.to_str().ok());
        let conflict = status == 409 || body.code == Some(50416);
        let conflicting_conversation = conflict
            .then(|| header.into_iter().chain(body.message.as_deref()).find_map(conversation_in))
            .flatten();
        Self { status, body, conflicting_conversation }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Twilio's code.
    pub fn code(&self) -> Option<u32> {
        self.body.code
    }

    /// Twilio's words as sent; they can quote an address.
    pub fn message(&self) -> Option<&str> {
        self.body.message.as_deref()
    }

    /// The page about the code.
    pub fn more_info(&self) -> Option<&str> {
        self.body.more_info.as_deref()
    }

    /// Further details; their shape depends on the code.
    pub fn details(&self) -> Option<&Value> {
        self.body.details.as_ref()
    }

    /// What kind of trouble this is and what to do about it, by Twilio's code or else by the status.
    pub fn advice(&self) -> Advice {
        self.code().and_then(Advice::of).unwrap_or_else(|| Advice::of_status(self.status))
    }

    /// The conversation that holds the address pair a participant was to be added with (409, 50416).
    pub fn conflicting_conversation(&self) -> Option<&ConversationSid> {
        self.conflicting_conversation.as_ref()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Twilio answered {}", self.status)
            .and_then(|()| self.code().map_or(Ok(()), |code| write!(f, ", code {code}")))
            .and_then(|()| self.message().map_or(Ok(()), |message| write!(f, ": {}", redacted(message))))
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiError({self})")
    }
}

/// The first conversation SID in a text.
fn conversation_in(text: &str) -> Option<ConversationSid> {
    text.match_indices(ConversationSid::PREFIX)
        .filter_map(|(at, _)| text.get(at..at + SID_LENGTH))
        .find_map(|candidate| ConversationSid::parse(candidate).ok())
}

/// One line, without words that hold seven digits or an `@`; SIDs stay.
fn redacted(message: &str) -> String {
    let words = message.split_whitespace().map(|word| {
        let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let digits = word.chars().filter(char::is_ascii_digit).count();
        if (digits >= 7 && !is_any_sid(core)) || word.contains('@') { "[address]" } else { word }
    });
    words.collect::<Vec<_>>().join(" ").chars().take(MESSAGE_CHARS).collect()
}

fn is_any_sid(word: &str) -> bool {
    crate::sid::ChannelMessageSid::parse(word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SID: &str = "CH0123456789abcdef0123456789abcdef";

    fn read(status: u16, body: &str) -> ApiError {
        ApiError::read(status, &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn the_text_is_one_line_without_addresses() {
        let error = read(
            400,
            r#"{"code":21211,"message":"The 'To' number\n+15550001111 or ann@x.example is bad","status":400}"#,
        );
        assert_eq!(
            error.to_string(),
            "Twilio answered 400, code 21211: The 'To' number [address] or [address] is bad"
        );
        assert!(!format!("{error:?}").contains("555"));
        assert!(error.message().unwrap().contains("+15550001111"));
        assert_eq!(read(502, "<html>").to_string(), "Twilio answered 502");
        assert!(read(404, &format!(r#"{{"message":"no {SID}."}}"#)).to_string().contains(SID));
    }

    #[test]
    fn the_other_conversation_is_found_in_the_message_or_the_header() {
        let message = format!(
            r#"{{"code":50416,"message":"A binding for this participant and proxy address already exists in Conversation {SID}"}}"#
        );
        assert_eq!(read(409, &message).conflicting_conversation().unwrap().as_str(), SID);
        assert_eq!(read(404, &message.replace("50416", "20404")).conflicting_conversation(), None);
        assert_eq!(
            read(409, r#"{"code":50416,"message":"Conversation CH12 é"}"#).conflicting_conversation(),
            None
        );
        let headers = HeaderMap::from_iter([(
            http::HeaderName::from_static(CONFLICTING_RESOURCE_HEADER),
            http::HeaderValue::from_static(SID),
        )]);
        assert_eq!(ApiError::read(409, &headers, b"{}").conflicting_conversation().unwrap().as_str(), SID);
    }

    #[test]
    fn every_field_of_twilios_shape_is_read() {
        let error = read(400, r#"{"code":1,"message":"m","more_info":"u","status":400,"details":{"a":1}}"#);
        assert_eq!((error.code(), error.more_info()), (Some(1), Some("u")));
        assert_eq!(error.details().unwrap()["a"], 1);
    }
}
