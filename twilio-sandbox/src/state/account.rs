//! The account and its secrets.

use crate::config::SandboxConfig;
use crate::state::sid::Sids;

/// An account. Not `Debug`, since it holds the secrets.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) sid: String,
    /// The account this one belongs to; the main account belongs to nobody.
    pub(crate) owner: Option<String>,
    pub(crate) friendly_name: String,
    pub(crate) auth_token: String,
    pub(crate) api_key: String,
    pub(crate) api_secret: String,
    /// The default Conversation Service: the one that paths without a service speak of.
    pub(crate) chat_service_sid: String,
    /// The default Messaging Service; its sender pool is every number of the account.
    pub(crate) messaging_service_sid: String,
    pub(crate) created: i64,
}

impl Account {
    pub(crate) fn new(config: &SandboxConfig, sids: &mut Sids, now: i64) -> Self {
        // Drawn in any case, so that a given SID does not shift the others.
        let (sid, auth_token) = (sids.sid("AC"), sids.secret("token"));
        Self {
            sid: config.account_sid.clone().unwrap_or(sid),
            owner: None,
            friendly_name: "Sandbox".to_owned(),
            auth_token: config.auth_token.clone().unwrap_or(auth_token),
            api_key: sids.sid("SK"),
            api_secret: sids.secret("secret"),
            chat_service_sid: sids.sid("IS"),
            messaging_service_sid: sids.sid("MG"),
            created: now,
        }
    }

    /// Whether a user and password are the account's own, or those of its API key.
    pub(crate) fn knows(&self, user: &str, password: &str) -> bool {
        (user == self.sid && password == self.auth_token)
            || (user == self.api_key && password == self.api_secret)
    }
}
