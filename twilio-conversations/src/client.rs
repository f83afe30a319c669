//! The HTTP client: sends [`Request`]s, repeats what is safe to repeat, and walks pages.

mod base;
mod builder;
mod exchange;
mod login;
pub mod media;
mod pages;
pub mod retry;
pub mod transport;

pub use builder::{BuildError, ClientBuilder};
pub use pages::Pages;

use crate::{Request, auth::Auth, error::Error, sid::AccountSid};
use base::Bases;
use exchange::Exchange;
use login::Logins;
use retry::RetryPolicy;
use std::{fmt, sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use transport::Transport;

/// A Twilio account over HTTP. Cheap to clone; clones share connections, limits and login.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    transport: Box<dyn Transport>,
    files: Box<dyn Transport>,
    account_sid: AccountSid,
    logins: Logins,
    bases: Bases,
    policy: RetryPolicy,
    jitter: Box<dyn Fn() -> f64 + Send + Sync>,
    at_once: Semaphore,
    request_timeout: Duration,
    max_response_bytes: usize,
}

impl Client {
    /// Begins a client for this account.
    pub fn builder(account_sid: AccountSid, auth: Auth) -> ClientBuilder {
        ClientBuilder::new(account_sid, auth)
    }

    /// Sends a request and reads its answer.
    ///
    /// A deletion that had to be repeated and then finds nothing counts as done.
    ///
    /// # Errors
    /// [`Error`], whose [`Error::outcome_unknown`] says whether the request may have had its effect all the same.
    pub async fn send<R: Request>(&self, request: &R) -> Result<R::Output, Error> {
        let parts = request.parts(&self.0.account_sid);
        let url = self.0.bases.uri(&parts)?;
        Exchange::new(&parts, url).run(&self.0).await
    }

    /// As [`Self::send`], but nothing is sent again, however it failed: for what may be sent now and perhaps not in a while,
    /// and is looked at again before it is tried again. A login that was changed meanwhile is used at once all the same.
    /// It is begun within this time or not at all: it may have to wait for others that are under way.
    ///
    /// # Errors
    /// As [`Self::send`]; [`Error::is_too_late`] when the time was over.
    pub async fn send_once<R: Request>(&self, request: &R, within: Duration) -> Result<R::Output, Error> {
        let parts = request.parts(&self.0.account_sid);
        let url = self.0.bases.uri(&parts)?;
        Exchange::new(&parts, url).once(within).run(&self.0).await
    }

    /// Walks over the pages of a list.
    pub fn pages<T, R>(&self, list: &R) -> Pages<T>
    where
        T: serde::de::DeserializeOwned,
        R: Request<Output = crate::Page<T>>,
    {
        Pages::new(self.clone(), list.parts(&self.0.account_sid))
    }

    /// Logs in another way from the next attempt on; for rotation without a restart.
    ///
    /// A request under way that is refused (401) with the login from before is sent once more with this one.
    #[expect(clippy::needless_pass_by_value, reason = "the secret has gone into the login")]
    pub fn set_auth(&self, auth: Auth) {
        self.0.logins.set(&self.0.account_sid, &auth);
    }

    /// The account.
    pub fn account_sid(&self) -> &AccountSid {
        &self.0.account_sid
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("account_sid", &self.0.account_sid).finish_non_exhaustive()
    }
}
