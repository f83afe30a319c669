use super::{DownloadLimits, transport};
use crate::{error::Error, request::Class};
use bytes::{Bytes, BytesMut};
use http::header;
use std::fmt;

/// A file on its way.
pub struct Download {
    response: reqwest::Response,
    content_type: Option<String>,
    max_bytes: u64,
    read: u64,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("content_type", &self.content_type)
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}

impl Download {
    pub(super) fn new(response: reqwest::Response, limits: &DownloadLimits) -> Result<Self, Error> {
        let declared = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = declared.map(str::to_owned);
        if !limits.content_types.is_empty()
            && !content_type
                .as_deref()
                .is_some_and(|given| limits.content_types.iter().any(|wanted| matches(wanted, given)))
        {
            return Err(Error::file("its content type is not wanted"));
        }
        let download = Self { response, content_type, max_bytes: limits.max_bytes, read: 0 };
        match download.content_length() {
            Some(length) if length > limits.max_bytes => Err(download.too_large()),
            _ => Ok(download),
        }
    }

    /// The MIME type as the server declares it; look into the file before you trust it.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// Bytes, when the server tells beforehand.
    pub fn content_length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// The next piece, or `None` at the end.
    ///
    /// # Errors
    /// [`Error`] when the connection is lost or the file is longer than allowed.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk =
            self.response.chunk().await.map_err(|error| transport::failed(Class::Read, error).error)?;
        self.read += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        if self.read > self.max_bytes { Err(self.too_large()) } else { Ok(chunk) }
    }

    /// The whole file.
    ///
    /// # Errors
    /// [`Error`] when the connection is lost or the file is longer than allowed.
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let mut all = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    fn too_large(&self) -> Error {
        let limit = usize::try_from(self.max_bytes).unwrap_or(usize::MAX);
        Error::too_large(Class::Read, self.response.status().as_u16(), limit)
    }
}

/// Whether a declared type is a wanted one, `image/*` included; parameters do not count.
fn matches(wanted: &str, given: &str) -> bool {
    let given = given.split(';').next().unwrap_or_default().trim();
    match wanted.strip_suffix('*') {
        Some(family) => given.get(..family.len()).is_some_and(|start| start.eq_ignore_ascii_case(family)),
        None => given.eq_ignore_ascii_case(wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_match_whole_or_by_family() {
        for (wanted, given, expected) in [
            ("image/png", "image/PNG; q=1", true),
            ("image/*", "image/jpeg", true),
            ("image/*", "imagery/jpeg", false),
            ("image/png", "image/jpeg", false),
            ("image/*", "", false),
        ] {
            assert_eq!(matches(wanted, given), expected, "{wanted} {given}");
        }
    }
}
