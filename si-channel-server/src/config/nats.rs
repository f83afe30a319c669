//! Where events are published beside this server's own feed.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::reader::{Reader, quote};

/// Schemes of NATS servers: in clear until the server asks for encryption, and encrypted or not at all.
const SCHEMES: &[&str] = &["nats", "tls"];
const DAY: Duration = Duration::from_hours(24);

/// The addresses of one NATS cluster. They may hold a password, which shows nowhere.
#[derive(Clone)]
pub struct NatsUrl {
    all: SecretString,
    /// A password or a token would go over the network in clear.
    bare: bool,
}

impl NatsUrl {
    fn new(text: &str) -> Result<Self, String> {
        let mut bare = false;
        for part in text.split(',') {
            // What the parser says may repeat a part of it.
            let url = Url::parse(part.trim()).map_err(|_| "is no URL of a NATS server".to_owned())?;
            if !SCHEMES.contains(&url.scheme()) {
                return Err("is no URL of a NATS server".to_owned());
            }
            let Some(host) = url.host() else { return Err("names no host".to_owned()) };
            if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
                return Err("has more behind the host and the port".to_owned());
            }
            bare |= url.scheme() == "nats" && !url.username().is_empty() && !is_here(&host);
        }
        Ok(Self { all: text.into(), bare })
    }

    /// The URLs, with what they hold.
    pub fn expose(&self) -> Vec<Url> {
        self.all.expose_secret().split(',').filter_map(|part| Url::parse(part.trim()).ok()).collect()
    }
}

fn is_here(host: &Host<&str>) -> bool {
    match host {
        // The URL's own parser knows addresses only of schemes of the web.
        Host::Domain(name) => {
            *name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

impl fmt::Debug for NatsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NatsUrl")
    }
}

/// Where events are published beside this server's own feed: a stream of NATS JetStream.
#[derive(Debug, Clone)]
pub struct Nats {
    /// The servers; nothing is published when not set.
    pub url: Option<NatsUrl>,
    /// The name of the stream; `SI_CHANNEL`.
    pub stream: String,
    /// What every subject begins with; `si.channel.events`.
    pub subject_prefix: String,
    /// Certificates, PEM, that are trusted instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// Servers that keep the stream; 1.
    pub replicas: usize,
    /// How long the stream keeps an event; 30 days.
    pub max_age: Duration,
    /// How long the stream remembers the ids of events; 10 minutes.
    pub duplicate_window: Duration,
}

impl Nats {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let minute = Duration::from_mins(1);
        Self {
            url: reader.parsed_secret(
                "nats_url",
                "write nats://HOST:4222 or tls://USER:PASSWORD@HOST:4222, several parted by commas",
                NatsUrl::new,
            ),
            stream: reader
                .parsed("nats.stream", "write letters, digits, - and _, such as SI_CHANNEL", stream)
                .unwrap_or_else(|| "SI_CHANNEL".to_owned()),
            subject_prefix: reader
                .parsed(
                    "nats.subject_prefix",
                    "write words parted by dots, such as si.channel.events",
                    prefix,
                )
                .unwrap_or_else(|| "si.channel.events".to_owned()),
            ca_file: reader.text("nats.ca_file").map(PathBuf::from),
            replicas: reader.number("nats.replicas", 1, 1..=5),
            max_age: reader.duration("nats.max_age", 30 * DAY, 60 * minute..=3_650 * DAY),
            duplicate_window: reader.duration(
                "nats.duplicate_window",
                10 * minute,
                Duration::from_secs(1)..=DAY,
            ),
        }
    }

    /// Whether a password or a token goes over the network in clear.
    pub fn is_bare(&self) -> bool {
        self.url.as_ref().is_some_and(|url| url.bare)
    }
}

fn is_word(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn stream(text: &str) -> Result<String, String> {
    if is_word(text) { Ok(text.to_owned()) } else { Err(format!("{} is no name of a stream", quote(text))) }
}

fn prefix(text: &str) -> Result<String, String> {
    // What begins with a dollar sign is the server's own.
    if text.len() <= 128 && text.split('.').all(is_word) {
        Ok(text.to_owned())
    } else {
        Err(format!("{} is no subject", quote(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_named_by_urls_alone_and_secrets_do_not_show() {
        for (text, bare) in [
            ("nats://127.0.0.1:4222", false),
            ("nats://si:hunter2@127.0.0.1", false),
            ("nats://si:hunter2@broker", true),
            ("nats://hunter2@broker", true),
            ("tls://si:hunter2@a:4222, tls://si:hunter2@b:4222", false),
        ] {
            let url = NatsUrl::new(text).unwrap();
            assert_eq!(url.bare, bare, "{text}");
            assert_eq!(url.expose().len(), text.split(',').count());
            assert!(!format!("{url:?}").contains("hunter2"));
        }
        for text in ["http://hunter2@x", "hunter2", "nats://", "nats://a/hunter2", "nats://a,hunter2"] {
            assert!(!NatsUrl::new(text).unwrap_err().contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn names_and_prefixes_are_those_that_nats_takes() {
        for bad in ["", "A.B", "a b", "a*", ">"] {
            assert!(stream(bad).is_err(), "{bad}");
        }
        for bad in ["", "a..b", ".a", "a.*", "a.>", "$JS.API", "a b"] {
            assert!(prefix(bad).is_err(), "{bad}");
        }
        assert_eq!(prefix("si.channel.events"), Ok("si.channel.events".to_owned()));
    }
}
