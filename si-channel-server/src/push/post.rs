//! One request to a subscriber.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, header};
use twilio_conversations::client::media::PublicOnly;
pub use twilio_conversations::client::media::is_public;

use super::Subscription;
use super::signature::signatures;
use crate::config::Push;

/// What a subscriber may ask us to wait at most.
const LONGEST_ASKED: Duration = Duration::from_hours(1);

/// An event to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The event's id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// Its place in the feed.
    pub position: i64,
    /// All of it.
    pub body: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The subscriber has it.
    Taken,
    /// It wants nothing any more (410).
    Unwanted,
    /// It does not want this event, or fails at it: the status.
    Refused(u16),
    /// It is away, or asks for time.
    Away {
        /// In words.
        why: String,
        /// How long it asks us to wait.
        pause: Option<Duration>,
    },
}

/// Sends requests, within limits and to public addresses alone.
#[derive(Debug, Clone)]
pub struct Postman {
    client: Client,
    settings: Push,
}

impl Postman {
    /// Redirections are not followed and proxies not used: the address that is checked is the one that is sent to.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(settings: &Push) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .timeout(settings.timeout)
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("si-channel/", env!("CARGO_PKG_VERSION")));
        let client = if settings.private_hosts {
            client
        } else {
            client.https_only(true).dns_resolver(Arc::new(PublicOnly))
        };
        Ok(Self { client: client.build()?, settings: *settings })
    }

    /// How it sends.
    pub fn settings(&self) -> &Push {
        &self.settings
    }

    /// Sends one event once.
    pub async fn post(&self, to: &Subscription, letter: &Letter, now: Timestamp) -> Answer {
        let body = letter.body.clone();
        let signed = signatures(&to.signing(now), &letter.id, now.as_second(), body.as_bytes());
        let request = self
            .client
            .post(to.url.clone())
            .header(header::CONTENT_TYPE, "application/cloudevents+json")
            .header("webhook-id", &letter.id)
            .header("webhook-timestamp", now.as_second())
            .header("webhook-signature", signed)
            .body(body);
        // The answer's body says nothing to us and is not read.
        match request.send().await {
            Ok(answer) => {
                let asked = answer.headers().get(header::RETRY_AFTER);
                let asked = asked.and_then(|value| value.to_str().ok()?.parse().ok());
                of(answer.status(), asked.map(Duration::from_secs))
            }
            // The URL may hold a token.
            Err(error) => Answer::Away { why: reason(&error).to_owned(), pause: None },
        }
    }
}

fn of(status: StatusCode, asked: Option<Duration>) -> Answer {
    match status.as_u16() {
        200..=299 => Answer::Taken,
        410 => Answer::Unwanted,
        number @ (408 | 425 | 429 | 502..=504) => Answer::Away {
            why: format!("it answers {number}"),
            pause: asked.map(|asked| asked.min(LONGEST_ASKED)),
        },
        number => Answer::Refused(number),
    }
}

fn reason(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "it does not answer in time"
    } else if error.is_connect() {
        "it cannot be reached, or has no public address"
    } else {
        "the connection broke"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_about_the_event_or_about_the_subscriber() {
        let of = |number: u16| of(StatusCode::from_u16(number).unwrap(), Some(Duration::from_hours(9)));
        for number in [200, 204] {
            assert_eq!(of(number), Answer::Taken);
        }
        for number in [301, 400, 401, 404, 422, 500, 501, 507] {
            assert_eq!(of(number), Answer::Refused(number));
        }
        for number in [408, 429, 502, 503, 504] {
            assert!(matches!(of(number), Answer::Away { pause: Some(LONGEST_ASKED), .. }), "{number}");
        }
        assert_eq!(of(410), Answer::Unwanted);
    }
}
