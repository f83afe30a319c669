//! Encrypted connections to the database, with a certificate that is checked.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, ServerName};
use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_postgres::{Config, Socket};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream as Encrypted;

use super::open::OpenError;

/// Settles what the URL leaves open: connections leave this machine encrypted or not at all.
pub(super) fn settle(config: &mut Config) {
    if config.get_ssl_mode() == SslMode::Prefer {
        let local = config.get_hosts().iter().all(|host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => {
                name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        });
        config.ssl_mode(if local { SslMode::Disable } else { SslMode::Require });
    }
}

/// Makes encrypted connections. Certificates are checked against those that the system trusts and against one's own.
#[derive(Clone)]
pub(super) struct Tls(Arc<ClientConfig>);

impl Tls {
    /// Trusts also what is in this file, PEM.
    pub(super) fn new(own: Option<&Path>) -> Result<Self, OpenError> {
        let failed = |why: String| OpenError::Tls(why);
        let mut roots = Vec::new();
        if let Some(path) = own {
            let named = |error: &dyn std::fmt::Display| failed(format!("{}: {error}", path.display()));
            for certificate in CertificateDer::pem_file_iter(path).map_err(|error| named(&error))? {
                roots.push(certificate.map_err(|error| named(&error))?);
            }
            if roots.is_empty() {
                return Err(named(&"the file holds no certificate"));
            }
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider))
            .map_err(|error| failed(error.to_string()))?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Stream;
    type TlsConnect = Handshake;
    type Error = InvalidDnsNameError;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Handshake, InvalidDnsNameError> {
        Ok(Handshake { config: Arc::clone(&self.0), name: ServerName::try_from(domain)?.to_owned() })
    }
}

/// A handshake about to be made.
pub(super) struct Handshake {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl TlsConnect<Socket> for Handshake {
    type Stream = Stream;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Stream>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let encrypted = TlsConnector::from(self.config).connect(self.name, socket).await?;
            Ok(Stream(Box::new(encrypted)))
        })
    }
}

/// An encrypted connection.
pub(super) struct Stream(Box<Encrypted<Socket>>);

impl TlsStream for Stream {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_machine_is_encrypted_unless_the_url_says_otherwise() {
        for (url, mode) in [
            ("postgres://localhost/x", SslMode::Disable),
            ("postgres://127.0.0.9/x", SslMode::Disable),
            ("postgres://[::1]/x", SslMode::Disable),
            ("postgres://%2Frun%2Fpostgresql/x", SslMode::Disable),
            ("postgres://db.example/x", SslMode::Require),
            ("postgres://10.0.0.1/x", SslMode::Require),
            ("postgres://localhost,db.example/x", SslMode::Require),
            ("postgres://db.example/x?sslmode=disable", SslMode::Disable),
            ("postgres://localhost/x?sslmode=require", SslMode::Require),
        ] {
            let mut config: Config = url.parse().unwrap();
            settle(&mut config);
            assert_eq!(config.get_ssl_mode(), mode, "{url}");
        }
    }

    #[test]
    fn a_file_of_certificates_must_hold_one() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(Tls::new(Some(file.path())), Err(OpenError::Tls(_))));
        assert!(matches!(Tls::new(Some(Path::new("/nonexistent"))), Err(OpenError::Tls(_))));
    }
}
