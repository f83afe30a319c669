//! The login, put into its header once.

use crate::{auth::Auth, sid::AccountSid};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::HeaderValue;
use std::sync::{PoisonError, RwLock};

/// The login of now; requests under way keep theirs.
pub(super) struct Logins(RwLock<Login>);

/// One login, and which one since the client was made.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) header: HeaderValue,
    number: u64,
}

impl Logins {
    pub(super) fn new(account_sid: &AccountSid, auth: &Auth) -> Self {
        Self(RwLock::new(Login { header: basic(account_sid, auth), number: 0 }))
    }

    pub(super) fn set(&self, account_sid: &AccountSid, auth: &Auth) {
        let header = basic(account_sid, auth);
        let mut login = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *login = Login { header, number: login.number + 1 };
    }

    pub(super) fn current(&self) -> Login {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether there has been another since.
    pub(super) fn is_newer_than(&self, used: &Login) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).number != used.number
    }
}

fn basic(account_sid: &AccountSid, auth: &Auth) -> HeaderValue {
    let pair = match auth {
        Auth::Token(token) => format!("{account_sid}:{}", token.expose()),
        Auth::ApiKey { sid, secret } => format!("{sid}:{}", secret.expose()),
    };
    #[expect(clippy::expect_used, reason = "base64 is visible ASCII")]
    let mut header = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(pair)))
        .expect("base64 is visible ASCII");
    header.set_sensitive(true);
    header
}
