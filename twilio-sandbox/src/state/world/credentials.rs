//! The account's tokens and keys.

use super::World;
use crate::error::ApiError;
use crate::state::account::{ApiKey, Token};

impl World {
    /// Makes a secondary token; one that is there is replaced.
    pub(crate) fn create_secondary_token(&mut self) -> Token {
        let token = Token { value: self.sids.secret("token"), created: self.now() };
        self.account.updated = token.created;
        self.account.secondary_token = Some(token.clone());
        token
    }

    /// As configured.
    pub(crate) fn set_secondary_token(&mut self, value: Option<String>) {
        let created = self.now();
        self.account.secondary_token = value.map(|value| Token { value, created });
    }

    /// Gives whether there was one.
    pub(crate) fn delete_secondary_token(&mut self) -> bool {
        self.account.updated = self.now();
        self.account.secondary_token.take().is_some()
    }

    /// Makes the secondary token the primary one; the old primary one opens and signs nothing from then on.
    pub(crate) fn promote_secondary_token(&mut self) -> Result<Token, ApiError> {
        let Some(token) = self.account.secondary_token.take() else {
            return Err(ApiError::not_found("/AuthTokens/Secondary"));
        };
        self.account.updated = self.now();
        let former = std::mem::replace(&mut self.account.auth_token, token.value.clone());
        self.account.former_token = Some(former);
        Ok(token)
    }

    /// Makes an API key.
    pub(crate) fn create_key(&mut self, friendly_name: &str, is_main: bool) -> ApiKey {
        let (seq, now) = (self.next_seq(), self.now());
        let key = ApiKey {
            seq,
            sid: self.sids.sid("SK"),
            secret: self.sids.secret("secret"),
            friendly_name: friendly_name.to_owned(),
            is_main,
            created: now,
            updated: now,
        };
        self.account.keys.push(key.clone());
        key
    }

    /// Gives whether there was such a key.
    pub(crate) fn delete_key(&mut self, sid: &str) -> bool {
        let before = self.account.keys.len();
        self.account.keys.retain(|key| key.sid != sid);
        self.account.keys.len() < before
    }
}
