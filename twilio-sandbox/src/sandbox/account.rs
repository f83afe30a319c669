//! An account of a running sandbox, to be looked at and changed.

use std::fmt;
use std::sync::Arc;

use crate::accounts::Accounts;
use crate::hub::Hub;
use crate::state::account::AccountStatus;

/// One account of a [`Sandbox`](crate::Sandbox): what Twilio's Console does with it.
#[derive(Clone)]
pub struct AccountHandle {
    pub(super) accounts: Arc<Accounts>,
    pub(super) hub: Arc<Hub>,
}

impl fmt::Debug for AccountHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountHandle").field("sid", &self.sid()).finish_non_exhaustive()
    }
}

impl AccountHandle {
    /// The account's SID (`AC…`).
    pub fn sid(&self) -> String {
        self.hub.world().account.sid.clone()
    }

    /// The primary token: the password of requests and the key of webhook signatures.
    pub fn auth_token(&self) -> String {
        self.hub.world().account.auth_token.clone()
    }

    /// The secondary token, if there is one: a second password that signs nothing.
    pub fn secondary_token(&self) -> Option<String> {
        self.hub.world().account.secondary_token.as_ref().map(|token| token.value.clone())
    }

    /// Makes a secondary token, in place of one that is there, and gives it.
    pub fn create_secondary_token(&self) -> String {
        self.hub.world().create_secondary_token().value
    }

    /// Makes the secondary token the primary one: from now on it signs, and the old one opens nothing. Gives
    /// whether there was one.
    ///
    /// <https://www.twilio.com/docs/iam/api/authtoken>
    pub fn promote_secondary_token(&self) -> bool {
        self.hub.world().promote_secondary_token().is_ok()
    }

    /// SID and secret of every API key, the account's first one in front.
    pub fn api_keys(&self) -> Vec<(String, String)> {
        let world = self.hub.world();
        world.account.keys.iter().map(|key| (key.sid.clone(), key.secret.clone())).collect()
    }

    /// Makes a standard API key, which cannot see accounts, keys and tokens; gives SID and secret.
    pub fn create_api_key(&self, friendly_name: &str) -> (String, String) {
        let key = self.hub.world().create_key(friendly_name, false);
        (key.sid, key.secret)
    }

    /// Deletes an API key; gives whether there was one.
    pub fn delete_api_key(&self, sid: &str) -> bool {
        self.hub.world().delete_key(sid)
    }

    /// The account's own status; a subaccount of a suspended account is not usable either.
    pub fn status(&self) -> AccountStatus {
        self.hub.world().account.status
    }

    /// Suspends, closes or opens the account. Requests to one that is not active are refused, its messages fail
    /// with 30002, and what phones write to it is lost.
    pub fn set_status(&self, status: AccountStatus) {
        self.accounts.set_status(&self.sid(), status);
    }

    /// The account's senders, in the order they were added.
    pub fn numbers(&self) -> Vec<String> {
        self.hub.world().numbers.values().map(|number| number.address.clone()).collect()
    }
}
