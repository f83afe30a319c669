//! HTTP/1.1 on hyper: serving within limits, reading bodies, writing answers.
//!
//! A handler is an `async fn(Request) -> Response`. What a request may cost is decided here, before a handler
//! sees it: connections, size of the head, time for the head. Bodies are read by the handler with a limit of
//! its own ([`body::read_limited`]). Refusals are RFC 9457 problem documents ([`problem::Problem`]).

use std::convert::Infallible;
use std::net::SocketAddr;

use ::http::{Request as HttpRequest, Response as HttpResponse};
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;

pub mod bearer;
pub mod body;
mod connection;
pub mod json;
pub mod limits;
pub mod load;
pub mod problem;
pub mod request_id;
pub mod response;
mod serve;
pub mod sse;

pub use self::limits::Limits;
pub use self::load::Load;
pub use self::problem::Problem;
pub use self::request_id::RequestId;
pub use self::serve::serve;

/// Why a body could not be read: the peer stopped, or sent what is not HTTP.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a request; a test makes one with `http_body_util::Full`.
pub type RequestBody = UnsyncBoxBody<Bytes, BodyError>;

/// A request whose head is within the limits. Its extensions hold a [`RequestId`] and a [`Peer`].
pub type Request = HttpRequest<RequestBody>;

/// The body of an answer.
pub type Body = UnsyncBoxBody<Bytes, Infallible>;

/// An answer.
pub type Response = HttpResponse<Body>;

/// The address at the other end of the connection: a proxy's, where one is in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

#[cfg(test)]
mod tests;
