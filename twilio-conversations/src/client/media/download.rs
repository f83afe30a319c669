use super::{DownloadLimits, Hop, kind};
use crate::{error::Error, request::Class};
use bytes::{Bytes, BytesMut};
use http::header;
use std::fmt;

/// A file on its way.
pub struct Download {
    hop: Hop,
    content_type: Option<String>,
    sniffed_type: Option<&'static str>,
    content_length: Option<u64>,
    max_bytes: u64,
    read: u64,
    /// What was looked at and not handed out yet.
    ahead: Option<Bytes>,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("content_type", &self.content_type)
            .field("sniffed_type", &self.sniffed_type)
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}

impl Download {
    /// Looks at what is declared, then at the first bytes.
    pub(super) async fn open(hop: Hop, limits: &DownloadLimits) -> Result<Self, Error> {
        let declared = hop.head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = declared.map(str::to_owned);
        let is_wanted = |given: &str| limits.content_types.iter().any(|wanted| matches(wanted, given));
        if !limits.content_types.is_empty() && !content_type.as_deref().is_some_and(is_wanted) {
            return Err(Error::file("its content type is not wanted"));
        }
        let max_bytes = limits.max_bytes;
        let content_length = hop.body.length();
        let mut download =
            Self { hop, content_type, sniffed_type: None, content_length, max_bytes, read: 0, ahead: None };
        if content_length.is_some_and(|length| length > max_bytes) {
            return Err(download.too_large());
        }
        let mut start = BytesMut::new();
        while start.len() < kind::ENOUGH {
            let Some(piece) = download.piece().await? else { break };
            start.extend_from_slice(&piece);
        }
        if limits.check_type
            && download.content_type().is_some_and(|declared| !kind::may_be(declared, &start))
        {
            return Err(Error::file("it is not of the type that is declared"));
        }
        download.sniffed_type = kind::sniffed(&start);
        download.ahead = (!start.is_empty()).then(|| start.freeze());
        Ok(download)
    }

    /// The MIME type as the server declares it.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The MIME type that the first bytes show; `None` for types without a mark of their own, texts for instance.
    pub fn sniffed_type(&self) -> Option<&'static str> {
        self.sniffed_type
    }

    /// Bytes, when the server tells beforehand.
    pub fn content_length(&self) -> Option<u64> {
        self.content_length
    }

    /// The next piece, or `None` at the end.
    ///
    /// # Errors
    /// [`Error`] when the connection is lost, the time is over or the file is longer than allowed.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match self.ahead.take() {
            Some(ahead) => Ok(Some(ahead)),
            None => self.piece().await,
        }
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, Error> {
        let piece = self.hop.chunk().await?;
        self.read += piece.as_ref().map_or(0, |piece| piece.len() as u64);
        if self.read > self.max_bytes { Err(self.too_large()) } else { Ok(piece) }
    }

    /// The whole file.
    ///
    /// # Errors
    /// [`Error`] when the connection is lost, the time is over or the file is longer than allowed.
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let mut all = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    fn too_large(&self) -> Error {
        let limit = usize::try_from(self.max_bytes).unwrap_or(usize::MAX);
        Error::too_large(Class::Read, self.hop.head.status.as_u16(), limit)
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
