//! Files: uploads to the media service, and downloads from wherever Twilio says they are.
//!
//! The login goes to Twilio's own path of a file alone. Where the answer leads is asked without it, over HTTPS, and at
//! public addresses only, checked when the connection is made and so without a proxy; a base URL given to the client is
//! excepted.

mod address;
mod download;
mod kind;
mod upload;

pub use address::{PublicOnly, is_public};
pub use download::Download;
pub use upload::Upload;

use super::{
    Client,
    exchange::{self, Exchange, Failure},
    login::Login,
    retry::{Decision, Outcome},
    transport::{Body, FollowedRedirection},
};
use crate::{
    Request,
    api::{mcs, messaging_media},
    error::{ApiError, Error},
    model::mcs::Media,
    request::{self, Class, Form, Product},
    sid::{MediaSid, ServiceSid, SmsSid},
};
use bytes::Bytes;
use http::{HeaderValue, header, response::Parts};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

/// What a download may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadLimits {
    /// The most bytes; 16 MiB unless set.
    pub max_bytes: u64,
    /// The MIME types as the server declares them, `image/png` or `image/*`; all when empty.
    pub content_types: Vec<String>,
    /// Whether a file must begin as files of its declared type do, where that is known; it must unless set.
    pub check_type: bool,
    /// How many redirections are followed; 3 unless set.
    pub max_redirects: u8,
    /// How long one request may take to the last byte; 60 s unless set.
    pub timeout: Duration,
    /// Whether any host and scheme will do, those of this machine and its network too; not unless set. For development.
    pub private_hosts: bool,
}

impl Default for DownloadLimits {
    fn default() -> Self {
        Self {
            max_bytes: 16 * 1024 * 1024,
            content_types: Vec::new(),
            check_type: true,
            max_redirects: 3,
            timeout: Duration::from_mins(1),
            private_hosts: false,
        }
    }
}

impl Client {
    /// Uploads a file for a conversation of this service. Like a creation it is not repeated once it may have arrived.
    ///
    /// # Errors
    /// [`Error`], as of [`Client::send`]. The request timeout holds for the whole file.
    pub async fn upload_media(&self, service: &ServiceSid, upload: Upload) -> Result<Media, Error> {
        let mut query = Form::default();
        if let Some(filename) = &upload.filename {
            query.set("Filename", filename);
        }
        let parts = request::Parts {
            product: Product::Mcs,
            class: Class::Create,
            template: "/v1/Services/{ChatServiceSid}/Media",
            path: format!("/v1/Services/{service}/Media"),
            query,
            form: Form::default(),
            json: None,
            headers: Vec::new(),
        };
        let url = self.0.bases.uri(&parts)?;
        let content_type = HeaderValue::try_from(upload.content_type)
            .map_err(|error| Error::unbuildable(Class::Create, error.into()))?;
        Exchange::file(&parts, url, content_type, upload.source).run(&self.0).await
    }

    /// Downloads a file of a conversation. A file that is not there yet is asked for again as the retry policy allows.
    ///
    /// # Errors
    /// [`Error`] when it cannot be had or is past the limits.
    pub async fn download_media(
        &self,
        service: &ServiceSid,
        media: &MediaSid,
        limits: &DownloadLimits,
    ) -> Result<Download, Error> {
        let parts = mcs::FetchMedia::new(service.clone(), media.clone()).parts(self.account_sid());
        let url = self.0.bases.url(&parts)?;
        let mut hop = self.hop(&url, true, limits).await?;
        let status = hop.head.status.as_u16();
        if hop.head.status.is_redirection() {
            return Err(Error::redirected(Class::Read, status));
        }
        let body = hop.whole(self.0.max_response_bytes).await?;
        let known: Media = serde_json::from_slice(&body)
            .map_err(|source| Error::undecodable(Class::Read, status, source))?;
        let links = known.links.unwrap_or_default();
        let link = links.get("content_direct_temporary").and_then(Option::as_deref);
        let link = link.ok_or(Error::file("Twilio gave no temporary link"))?;
        let next = self.allowed(&url, link, limits)?;
        let hop = self.hop(&next, false, limits).await?;
        self.follow(next, hop, limits).await
    }

    /// Downloads a file of a message of the 2010 API. A file that is not there yet is asked for again as the retry policy
    /// allows.
    ///
    /// # Errors
    /// [`Error`] when it cannot be had or is past the limits.
    pub async fn download_message_media(
        &self,
        message: &SmsSid,
        media: &MediaSid,
        limits: &DownloadLimits,
    ) -> Result<Download, Error> {
        let mut parts =
            messaging_media::FetchMedia::new(message.clone(), media.clone()).parts(self.account_sid());
        // Without the ending it is the file itself.
        parts.path = parts.path.trim_end_matches(".json").to_owned();
        let url = self.0.bases.url(&parts)?;
        let hop = self.hop(&url, true, limits).await?;
        self.follow(url, hop, limits).await
    }

    /// Downloads a file from an address that somebody else chose, by the rules for those that Twilio's answers name: over
    /// HTTPS, at public addresses, without the login.
    ///
    /// # Errors
    /// [`Error`] when it may not be asked for, cannot be had, or is past the limits.
    pub async fn download_url(&self, url: &Url, limits: &DownloadLimits) -> Result<Download, Error> {
        let url = self.allowed(url, url.as_str(), limits)?;
        let hop = self.hop(&url, false, limits).await?;
        self.follow(url, hop, limits).await
    }

    /// Goes where redirections lead, without the login.
    async fn follow(&self, mut url: Url, mut hop: Hop, limits: &DownloadLimits) -> Result<Download, Error> {
        let mut left = limits.max_redirects;
        while hop.head.status.is_redirection() {
            left = left.checked_sub(1).ok_or(Error::file("too many redirections"))?;
            let location = hop.head.headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
            url = self.allowed(&url, location.ok_or(Error::file("a redirection to nowhere"))?, limits)?;
            hop = self.hop(&url, false, limits).await?;
        }
        Download::open(hop, limits).await
    }

    /// The URL of a link in an answer, if it may be asked.
    fn allowed(&self, from: &Url, link: &str, limits: &DownloadLimits) -> Result<Url, Error> {
        let url = from.join(link).map_err(|_| Error::file("its link is no URL"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::file("its link holds a login"));
        }
        if self.0.bases.is_given(&url) || limits.private_hosts {
            return Ok(url);
        }
        if url.scheme() != "https" || url.port().is_some() {
            return Err(Error::file("its link is not plain HTTPS"));
        }
        // Names are looked at when they are resolved.
        let public = match url.host() {
            Some(Host::Ipv4(ip)) => is_public(ip.into()),
            Some(Host::Ipv6(ip)) => is_public(ip.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        };
        if public { Ok(url) } else { Err(Error::file("its link leads to an address that is not public")) }
    }

    /// One URL until it answers with the file or another place.
    async fn hop(&self, url: &Url, at_twilio: bool, limits: &DownloadLimits) -> Result<Hop, Error> {
        let mut attempt = 1;
        let mut has_logged_in_anew = false;
        loop {
            let login = at_twilio.then(|| self.0.logins.current());
            let failure = match self.ask(url, login.as_ref(), limits).await? {
                Ok(hop) => return Ok(hop),
                Err(failure) => failure,
            };
            let is_outdated = login.is_some_and(|login| self.0.logins.is_newer_than(&login));
            if failure.outcome == Outcome::Status(401) && is_outdated && !has_logged_in_anew {
                has_logged_in_anew = true;
                continue;
            }
            // A file can be announced before it is there.
            let outcome = match failure.outcome {
                Outcome::Status(404) => Outcome::Lost,
                outcome => outcome,
            };
            let asked = failure.error.retry_after();
            match self.0.policy.decide(attempt, Class::Read, outcome, asked, (self.0.jitter)()) {
                Decision::Stop => return Err(failure.error),
                Decision::Wait(wait) => tokio::time::sleep(wait).await,
            }
            attempt += 1;
        }
    }

    async fn ask(
        &self,
        url: &Url,
        login: Option<&Login>,
        limits: &DownloadLimits,
    ) -> Result<Result<Hop, Failure>, Error> {
        let client = &self.0;
        let mut request = http::Request::get(url.as_str());
        if let Some(login) = login {
            request = request.header(header::AUTHORIZATION, login.header.clone());
        }
        let request =
            request.body(Body::default()).map_err(|error| Error::unbuildable(Class::Read, error.into()))?;
        let is_known = login.is_some() || limits.private_hosts || client.bases.is_given(url);
        let transport = if is_known { &client.transport } else { &client.files };
        let _permit = client.at_once.acquire().await;
        let deadline = Instant::now() + limits.timeout;
        let mut hop = match timeout_at(deadline, transport.send(request)).await {
            Ok(Ok(answer)) => {
                let (head, body) = answer.into_parts();
                Hop { head, body, deadline }
            }
            Ok(Err(error)) => return Failure::of(Class::Read, error).map(Err),
            Err(_elapsed) => return Ok(Err(Failure::lost(Error::timed_out(Class::Read)))),
        };
        let status = hop.head.status.as_u16();
        if hop.head.extensions.get::<FollowedRedirection>().is_some() {
            return Err(Error::redirected(Class::Read, status));
        }
        if status < 400 {
            return Ok(Ok(hop));
        }
        let body = hop.whole(client.max_response_bytes).await.unwrap_or_default();
        let api = ApiError::read(status, &hop.head.headers, &body);
        let error = Error::api_answer(Class::Read, api, exchange::retry_after(&hop.head.headers));
        Ok(Err(Failure { outcome: Outcome::Status(status), error }))
    }
}

/// The answer of one URL, and how long it may go on.
struct Hop {
    head: Parts,
    body: Body,
    deadline: Instant,
}

impl Hop {
    async fn whole(&mut self, limit: usize) -> Result<Bytes, Error> {
        match timeout_at(self.deadline, exchange::read(&mut self.body, limit)).await {
            Ok(Ok(Some(body))) => Ok(body),
            Ok(Ok(None)) => Err(Error::too_large(Class::Read, self.head.status.as_u16(), limit)),
            Ok(Err(error)) => Err(Error::lost(Class::Read, error)),
            Err(_elapsed) => Err(Error::timed_out(Class::Read)),
        }
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match timeout_at(self.deadline, self.body.chunk()).await {
            Ok(chunk) => chunk.map_err(|error| Error::lost(Class::Read, error)),
            Err(_elapsed) => Err(Error::timed_out(Class::Read)),
        }
    }
}
