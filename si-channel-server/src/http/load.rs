//! How many requests are answered at once, and who is turned away first.
//!
//! Each kind of request has a part of all places, so that whatever comes in numbers leaves room for what is dearer to lose:
//! readers come again by themselves, callers of the API repeat with their `Idempotency-Key`, Twilio goes to the fallback
//! URL with a message, and what it tells of a conversation it tells once. Opt-outs have the last place.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ::http::header::{HeaderValue, RETRY_AFTER};
use ::http::{Method, StatusCode};

use super::Problem;

/// What a request is, the first to be turned away first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// It reads: sessions, transcripts, events, files.
    Read,
    /// It wants something done: a message, a session.
    Wish,
    /// Twilio tells how far a message got. It does not tell again, and later news tells more.
    Receipt,
    /// A message by Programmable Messaging, which has a fallback URL.
    Message,
    /// What happens in a conversation, which Twilio tells once; and consent.
    Conversation,
}

impl Rank {
    /// What a request is, by its method and path. `None`: health, which is always told.
    pub fn of(method: &Method, path: &str) -> Option<Self> {
        Some(match path {
            "/healthz" | "/readyz" => return None,
            "/webhooks/conversations" => Self::Conversation,
            "/webhooks/sms" => Self::Message,
            "/webhooks/sms/status" => Self::Receipt,
            _ if path.starts_with("/v1/consent/") && method == Method::PUT => Self::Conversation,
            _ if matches!(*method, Method::GET | Method::HEAD) => Self::Read,
            _ => Self::Wish,
        })
    }

    /// Tenths of all places that may be taken when one of the kind comes in.
    fn tenths(self) -> usize {
        match self {
            Self::Read => 5,
            Self::Wish => 7,
            Self::Receipt => 8,
            Self::Message => 9,
            Self::Conversation => 10,
        }
    }
}

/// The places of requests that are answered at once; clones share them.
#[derive(Debug, Clone)]
pub struct Load {
    places: usize,
    taken: Arc<AtomicUsize>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub struct Place(Option<Arc<AtomicUsize>>);

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(taken) = &self.0 {
            taken.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

impl Load {
    /// So many places.
    pub fn new(places: usize) -> Self {
        Self { places, taken: Arc::default() }
    }

    /// A place for a request.
    ///
    /// # Errors
    /// 503 when those of its kind have no room.
    pub fn admit(&self, method: &Method, path: &str) -> Result<Place, Problem> {
        let Some(rank) = Rank::of(method, path) else { return Ok(Place(None)) };
        // At least one, so that nothing is turned away for good where places are few.
        let room = (self.places * rank.tenths() / 10).max(1);
        let take = |taken: usize| (taken < room).then_some(taken + 1);
        if self.taken.fetch_update(Ordering::AcqRel, Ordering::Acquire, take).is_ok() {
            return Ok(Place(Some(Arc::clone(&self.taken))));
        }
        tracing::warn!(?rank, room, "too many requests at once; one is turned away");
        Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "too many requests at once; try again",
        )
        .with_header(RETRY_AFTER, HeaderValue::from_static("1")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the order in which they are turned away.
    const KINDS: [(&str, Method); 6] = [
        ("/v1/events", Method::GET),
        ("/v1/messages", Method::POST),
        ("/webhooks/sms/status", Method::POST),
        ("/webhooks/sms", Method::POST),
        ("/webhooks/conversations", Method::POST),
        ("/v1/consent/+15557770001", Method::PUT),
    ];

    #[test]
    fn readers_are_turned_away_first_and_what_twilio_tells_once_last() {
        let load = Load::new(20);
        let mut held = Vec::new();
        let mut rooms = Vec::new();
        for (path, method) in KINDS {
            while let Ok(place) = load.admit(&method, path) {
                held.push(place);
            }
            rooms.push(held.len());
        }
        assert_eq!(rooms, [10, 14, 16, 18, 20, 20]);
        assert!(load.admit(&Method::GET, "/readyz").is_ok(), "health is told");
        held.truncate(9);
        assert!(load.admit(&Method::GET, "/v1/events").is_ok(), "there is room again at once");
    }

    #[test]
    fn one_place_is_enough_for_anybody() {
        let load = Load::new(1);
        for (path, method) in KINDS {
            drop(load.admit(&method, path).unwrap());
        }
    }
}
