use super::{
    Client, Inner,
    base::{Bases, Location},
    login::Logins,
    media::PublicOnly,
    retry::RetryPolicy,
    transport::Transport,
};
use crate::{auth::Auth, request::Product, sid::AccountSid};
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;

const USER_AGENT: &str = concat!("twilio-conversations/", env!("CARGO_PKG_VERSION"));

/// A client in the making. Every setting has a default.
#[must_use = "call `build`"]
pub struct ClientBuilder {
    account_sid: AccountSid,
    auth: Auth,
    bases: Vec<(Option<Product>, String)>,
    location: Location,
    transport: Option<Box<dyn Transport>>,
    files: Option<Box<dyn Transport>>,
    policy: RetryPolicy,
    jitter: Box<dyn Fn() -> f64 + Send + Sync>,
    max_concurrent_requests: usize,
    connect_timeout: Duration,
    request_timeout: Duration,
    max_response_bytes: usize,
}

/// A client that cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A base URL that is not an absolute `http` or `https` URL without query and fragment.
    #[error("the base URL {url} is not an absolute http or https URL without query")]
    BaseUrl {
        /// What was given, without user info.
        url: String,
    },
    /// A region or an edge that is no part of a host name.
    #[error("{name:?} is not the name of a region or an edge: letters, digits and hyphens")]
    Location {
        /// What was given.
        name: String,
    },
    /// The HTTP library could not start, TLS as a rule.
    #[error("the HTTP client could not be made")]
    Http(#[source] reqwest::Error),
}

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder").field("account_sid", &self.account_sid).finish_non_exhaustive()
    }
}

impl ClientBuilder {
    pub(super) fn new(account_sid: AccountSid, auth: Auth) -> Self {
        Self {
            account_sid,
            auth,
            bases: Vec::new(),
            location: Location::default(),
            transport: None,
            files: None,
            policy: RetryPolicy::default(),
            jitter: Box::new(random_fraction),
            max_concurrent_requests: 32,
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(30),
            max_response_bytes: 16 * 1024 * 1024,
        }
    }

    /// Where one product is, in place of Twilio's own host: a proxy, a test. Paths are put behind it.
    pub fn base_url(mut self, product: Product, url: impl Into<String>) -> Self {
        self.bases.push((Some(product), url.into()));
        self
    }

    /// Where all products are, each below its name: `https://PRODUCT.twilio.com/PATH` becomes `BASE/PRODUCT/PATH`.
    /// A [`Self::base_url`] goes before it.
    pub fn sandbox(mut self, base: impl Into<String>) -> Self {
        self.bases.push((None, base.into()));
        self
    }

    /// The region whose resources are meant (`us1`, `ie1`, `au1`); `us1` unless set.
    ///
    /// Each region has accounts' resources and login of its own, and not every product. Name an edge too: Twilio gives up
    /// host names with a region alone. See <https://www.twilio.com/docs/global-infrastructure>.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.location.region = Some(region.into());
        self
    }

    /// The edge through which Twilio is reached (`dublin`, `sydney`, `ashburn`); chosen by Twilio unless set. The media
    /// service has no edges.
    pub fn edge(mut self, edge: impl Into<String>) -> Self {
        self.location.edge = Some(edge.into());
        self
    }

    /// Your own HTTP client, to share its connections and settings, a proxy for instance; the connect timeout is then yours.
    ///
    /// Switch its redirects off: an answer from another URL than the one asked is refused.
    pub fn http_client(self, http: reqwest::Client) -> Self {
        self.transport(http)
    }

    /// What carries the requests to Twilio, in place of an HTTP client of this crate's making; see [`super::transport`].
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Box::new(transport));
        self
    }

    /// What asks the addresses that Twilio's answers name for files, without the login.
    ///
    /// Unless set they are asked over a client of this crate's making, which connects to public addresses alone. Yours
    /// has to see to that itself: whoever sends a message chooses what is behind such an address.
    pub fn file_transport(mut self, transport: impl Transport) -> Self {
        self.files = Some(Box::new(transport));
        self
    }

    /// When requests are repeated.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The source of jitter: a number from 0 to 1 for each wait; random unless set.
    pub fn jitter(mut self, jitter: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.jitter = Box::new(jitter);
        self
    }

    /// How many requests may be under way at once, 32 unless set, at least one; the others wait.
    pub fn max_concurrent_requests(mut self, count: usize) -> Self {
        self.max_concurrent_requests = count.clamp(1, Semaphore::MAX_PERMITS);
        self
    }

    /// How long a connection may take, TLS included; 5 s unless set.
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect_timeout = time;
        self
    }

    /// How long one attempt may take to the last byte of its answer; 30 s unless set.
    pub fn request_timeout(mut self, time: Duration) -> Self {
        self.request_timeout = time;
        self
    }

    /// How large an answer may be; 16 MiB unless set.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Makes the client. Connects to nothing yet.
    ///
    /// # Errors
    /// [`BuildError`] for a base URL that cannot be one, or when TLS cannot start.
    pub fn build(self) -> Result<Client, BuildError> {
        let http = || {
            reqwest::Client::builder()
                .user_agent(USER_AGENT)
                .connect_timeout(self.connect_timeout)
                .redirect(reqwest::redirect::Policy::none())
        };
        let transport = match self.transport {
            Some(transport) => transport,
            None => Box::new(http().build().map_err(BuildError::Http)?),
        };
        // Files come from addresses that answers name: public ones alone, and through no proxy that could hide them.
        let guarded = || http().https_only(true).no_proxy().dns_resolver(Arc::new(PublicOnly)).build();
        let files = match self.files {
            Some(files) => files,
            None => Box::new(guarded().map_err(BuildError::Http)?),
        };
        Ok(Client(Arc::new(Inner {
            transport,
            files,
            logins: Logins::new(&self.account_sid, &self.auth),
            account_sid: self.account_sid,
            bases: Bases::new(self.bases)?.at(self.location)?,
            policy: self.policy,
            jitter: self.jitter,
            at_once: Semaphore::new(self.max_concurrent_requests),
            request_timeout: self.request_timeout,
            max_response_bytes: self.max_response_bytes,
        })))
    }
}

/// A number from 0 to 1. Jitter needs spread, not secrecy, so that the keys of the standard hash map will do.
fn random_fraction() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    f64::from(u32::try_from(RandomState::new().hash_one(0_u8) >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}
