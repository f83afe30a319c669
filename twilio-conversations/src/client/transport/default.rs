//! [`reqwest::Client`] as a transport.

use super::{Answer, Body, FollowedRedirection, Transport, TransportError};
use http::{Request, Response};
use std::fmt::Write as _;
use url::Url;

/// With the client's own settings: proxies, TLS, connections. Switch its redirections off; an answer that came after one is
/// refused.
impl Transport for reqwest::Client {
    fn send(&self, request: Request<Body>) -> Answer<'_> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let mut asked = String::with_capacity(256);
            write!(asked, "{}", head.uri).map_err(TransportError::unsendable)?;
            let url = Url::parse(&asked).map_err(TransportError::unsendable)?;
            if url.as_str() != asked {
                url.as_str().clone_into(&mut asked);
            }
            let mut request = reqwest::Request::new(head.method, url);
            *request.headers_mut() = head.headers;
            *request.body_mut() = Some(body.into());
            let answer = self.execute(request).await.map_err(TransportError::from)?;
            let followed = answer.url().as_str() != asked;
            let mut answer = Response::<reqwest::Body>::from(answer).map(Body::from_reqwest);
            if followed {
                answer.extensions_mut().insert(FollowedRedirection);
            }
            Ok(answer)
        })
    }
}

impl From<Body> for reqwest::Body {
    fn from(body: Body) -> Self {
        match body.into_whole() {
            Ok(bytes) => bytes.into(),
            Err(pieces) => Self::wrap(pieces),
        }
    }
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        // The URL holds addresses.
        let error = error.without_url();
        if error.is_builder() {
            Self::unsendable(error)
        } else if error.is_connect() {
            Self::not_sent(error)
        } else {
            Self::lost(error)
        }
    }
}
