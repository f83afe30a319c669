//! Files: uploads to the media service, and downloads from wherever Twilio says they are.
//!
//! The login goes to Twilio's own path of a file alone. Where the answer leads is asked without it, over HTTPS, and at
//! public addresses only, checked when the connection is made and so without a proxy; a base URL given to the client is
//! excepted.

mod address;
mod download;

pub(super) use address::PublicOnly;
pub use download::Download;

use super::{
    Client,
    retry::{Decision, Outcome},
    transport::{self, Exchange, Failure},
};
use crate::{
    Request,
    api::{mcs, messaging_media},
    error::{ApiError, Error},
    model::mcs::Media,
    request::{Class, Form, Parts, Product},
    sid::{MediaSid, ServiceSid, SmsSid},
};
use bytes::Bytes;
use http::header;
use std::time::Duration;
use url::{Host, Url};

/// What a download may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadLimits {
    /// The most bytes; 16 MiB unless set.
    pub max_bytes: u64,
    /// The MIME types as the server declares them, `image/png` or `image/*`; all when empty.
    pub content_types: Vec<String>,
    /// How many redirections are followed; 3 unless set.
    pub max_redirects: u8,
    /// How long one request may take to the last byte; 60 s unless set.
    pub timeout: Duration,
}

impl Default for DownloadLimits {
    fn default() -> Self {
        Self {
            max_bytes: 16 * 1024 * 1024,
            content_types: Vec::new(),
            max_redirects: 3,
            timeout: Duration::from_mins(1),
        }
    }
}

/// A file to upload. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    content_type: String,
    content: Bytes,
    filename: Option<String>,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = self.content.len();
        f.debug_struct("Upload")
            .field("content_type", &self.content_type)
            .field("bytes", &bytes)
            .finish_non_exhaustive()
    }
}

impl Upload {
    /// A file of this MIME type. Chat takes up to 150 MB of any type, phones far less.
    pub fn new(content_type: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self { content_type: content_type.into(), content: content.into(), filename: None }
    }

    /// The file's name.
    #[must_use]
    pub fn filename(mut self, filename: impl Into<String>) -> Self {
        self.filename = Some(filename.into());
        self
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
        let parts = Parts {
            product: Product::Mcs,
            class: Class::Create,
            template: "/v1/Services/{ChatServiceSid}/Media",
            path: format!("/v1/Services/{service}/Media"),
            query,
            form: Form::default(),
            json: None,
            headers: Vec::new(),
        };
        let url = self.0.bases.url(&parts)?;
        Exchange::file(&parts, url, upload.content_type, upload.content).run(&self.0).await
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
        let mut response = self.hop(&url, true, limits).await?;
        let status = response.status().as_u16();
        if (300..400).contains(&status) {
            return Err(Error::redirected(Class::Read, status));
        }
        let body = transport::read(&mut response, self.0.max_response_bytes)
            .await
            .map_err(|error| transport::failed(Class::Read, error).error)?
            .ok_or_else(|| Error::too_large(Class::Read, status, self.0.max_response_bytes))?;
        let known: Media = serde_json::from_slice(&body)
            .map_err(|source| Error::undecodable(Class::Read, status, source))?;
        let links = known.links.unwrap_or_default();
        let link = links.get("content_direct_temporary").and_then(Option::as_deref);
        let link = link.ok_or(Error::file("Twilio gave no temporary link"))?;
        let next = self.allowed(&url, link)?;
        let response = self.hop(&next, false, limits).await?;
        self.follow(next, response, limits).await
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
        let response = self.hop(&url, true, limits).await?;
        self.follow(url, response, limits).await
    }

    /// Goes where redirections lead, without the login.
    async fn follow(
        &self,
        mut url: Url,
        mut response: reqwest::Response,
        limits: &DownloadLimits,
    ) -> Result<Download, Error> {
        let mut left = limits.max_redirects;
        while response.status().is_redirection() {
            left = left.checked_sub(1).ok_or(Error::file("too many redirections"))?;
            let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
            url = self.allowed(&url, location.ok_or(Error::file("a redirection to nowhere"))?)?;
            response = self.hop(&url, false, limits).await?;
        }
        Download::new(response, limits)
    }

    /// The URL of a link in an answer, if it may be asked.
    fn allowed(&self, from: &Url, link: &str) -> Result<Url, Error> {
        let url = from.join(link).map_err(|_| Error::file("its link is no URL"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::file("its link holds a login"));
        }
        if self.0.bases.is_given(&url) {
            return Ok(url);
        }
        if url.scheme() != "https" || url.port().is_some() {
            return Err(Error::file("its link is not plain HTTPS"));
        }
        // Names are looked at when they are resolved.
        let public = match url.host() {
            Some(Host::Ipv4(ip)) => address::is_public(ip.into()),
            Some(Host::Ipv6(ip)) => address::is_public(ip.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        };
        if public { Ok(url) } else { Err(Error::file("its link leads to an address that is not public")) }
    }

    /// One URL until it answers with the file or another place.
    async fn hop(
        &self,
        url: &Url,
        log_in: bool,
        limits: &DownloadLimits,
    ) -> Result<reqwest::Response, Error> {
        let mut attempt = 1;
        loop {
            let failure = match self.ask(url, log_in, limits).await? {
                Ok(response) => return Ok(response),
                Err(failure) => failure,
            };
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
        log_in: bool,
        limits: &DownloadLimits,
    ) -> Result<Result<reqwest::Response, Failure>, Error> {
        let client = &self.0;
        let _permit = client.at_once.acquire().await;
        let http = if log_in || client.bases.is_given(url) { &client.http } else { &client.files };
        let mut request = http.get(url.clone()).timeout(limits.timeout);
        if log_in {
            request = client.log_in(request);
        }
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Ok(Err(transport::failed(Class::Read, error))),
        };
        let status = response.status().as_u16();
        if response.url() != url {
            return Err(Error::redirected(Class::Read, status));
        }
        if status < 400 {
            return Ok(Ok(response));
        }
        let headers = response.headers().clone();
        let body = transport::read(&mut response, client.max_response_bytes).await.ok().flatten();
        let api = ApiError::read(status, &headers, &body.unwrap_or_default());
        let error = Error::api_answer(Class::Read, api, transport::retry_after(&headers));
        Ok(Err(Failure { outcome: Outcome::Status(status), error }))
    }
}
