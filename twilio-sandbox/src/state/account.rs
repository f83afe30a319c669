//! The account and its secrets.

use crate::config::SandboxConfig;
use crate::state::sid::Sids;

/// The one account of a sandbox. Not `Debug`, since it holds the secrets.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) sid: String,
    pub(crate) auth_token: String,
    pub(crate) api_key: String,
    pub(crate) api_secret: String,
    /// The default Conversations service.
    pub(crate) chat_service_sid: String,
    /// The default Messaging Service; its sender pool is every number of the account.
    pub(crate) messaging_service_sid: String,
    /// The role that participants get.
    pub(crate) participant_role_sid: String,
    pub(crate) created: i64,
}

impl Account {
    pub(crate) fn new(config: &SandboxConfig, sids: &mut Sids, now: i64) -> Self {
        // Drawn in any case, so that a given SID does not shift the others.
        let (sid, auth_token) = (sids.sid("AC"), sids.secret("token"));
        Self {
            sid: config.account_sid.clone().unwrap_or(sid),
            auth_token: config.auth_token.clone().unwrap_or(auth_token),
            api_key: sids.sid("SK"),
            api_secret: sids.secret("secret"),
            chat_service_sid: sids.sid("IS"),
            messaging_service_sid: sids.sid("MG"),
            participant_role_sid: sids.sid("RL"),
            created: now,
        }
    }
}
