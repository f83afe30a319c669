//! What carries requests: [`reqwest`] unless you bring your own.
//!
//! The [`Client`](super::Client) keeps its rules above the transport: timeouts, repetition, limits, the login, what is done
//! about redirections. A transport does one thing once.
//!
//! Any function will do, so that a test needs no server:
//!
//! ```
//! use twilio_conversations::{
//!     Client,
//!     api::conversation::FetchConversation,
//!     auth::{Auth, AuthToken},
//!     client::transport::{Body, TransportError},
//!     sid::{AccountSid, ConversationSid},
//! };
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let account: AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//! let conversation: ConversationSid = "CH0123456789abcdef0123456789abcdef".parse()?;
//! let client = Client::builder(account, Auth::Token(AuthToken::new("secret")?))
//!     .transport(|request: http::Request<Body>| async move {
//!         assert_eq!(request.uri().host(), Some("conversations.twilio.com"));
//!         let body = r#"{"code": 20404, "message": "not found", "status": 404}"#;
//!         let answer = http::Response::builder().status(404).body(body.into());
//!         answer.map_err(TransportError::unsendable)
//!     })
//!     .build()?;
//! assert!(client.send(&FetchConversation::new(conversation)).await.unwrap_err().is_not_found());
//! # Ok(())
//! # }
//! ```
//!
//! A `tower` service becomes one by `move |request| service.clone().oneshot(request)` with its error mapped. For a proxy or
//! a TLS setup of your own give a [`reqwest::Client`], or put something around its [`Transport::send`].

mod body;
mod default;

pub use body::{Body, BodyError};

use http::{Request, Response};
use std::{error::Error as StdError, fmt, pin::Pin};

/// An answer on its way.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send + 'a>>;

/// Carries one request and brings back its answer, whatever the status.
///
/// It sends nothing twice and follows no redirection: the `Authorization` header is for the address asked alone. One that
/// cannot help following marks the answer with [`FollowedRedirection`], which is refused then. The future is dropped when
/// the time is over.
pub trait Transport: Send + Sync + 'static {
    /// Sends the request.
    ///
    /// # Errors
    /// [`TransportError`], which says whether anything can have arrived. An answer of any status is no error.
    fn send(&self, request: Request<Body>) -> Answer<'_>;
}

impl<F, A> Transport for F
where
    F: Fn(Request<Body>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Response<Body>, TransportError>> + Send + 'static,
{
    fn send(&self, request: Request<Body>) -> Answer<'_> {
        Box::pin(self(request))
    }
}

/// An extension of an answer that came from another address than the one asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowedRedirection;

/// No answer, and whether the request can have arrived all the same, which decides whether it may be sent again.
///
/// Keep addresses and secrets out of the cause: it is the source of the client's error.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) reached: Reached,
    pub(crate) source: Box<dyn StdError + Send + Sync>,
}

/// How far a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    Nowhere,
    NoConnection,
    MaybeAll,
}

impl TransportError {
    /// Certainly nothing was sent, for want of a connection; trying again makes sense.
    pub fn not_sent(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { reached: Reached::NoConnection, source: source.into() }
    }

    /// The request, or a part of it, may have arrived.
    pub fn lost(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { reached: Reached::MaybeAll, source: source.into() }
    }

    /// This request cannot be sent, now or later.
    pub fn unsendable(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { reached: Reached::Nowhere, source: source.into() }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reached {
            Reached::Nowhere => "the request cannot be sent",
            Reached::NoConnection => "nothing was sent",
            Reached::MaybeAll => "the connection was lost",
        })
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}
