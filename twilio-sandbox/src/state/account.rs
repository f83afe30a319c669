//! The account and its secrets.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::config::SandboxConfig;
use crate::state::sid::Sids;

/// An account. Not `Debug`, since it holds the secrets.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) sid: String,
    /// The account this one belongs to; the main account belongs to nobody.
    pub(crate) owner: Option<String>,
    pub(crate) friendly_name: String,
    pub(crate) status: AccountStatus,
    /// A suspended account suspends those it owns.
    pub(crate) owner_is_active: bool,
    /// The primary token: the password of requests and the key of signatures.
    pub(crate) auth_token: String,
    /// A second password, until it is promoted or deleted. It signs nothing.
    pub(crate) secondary_token: Option<Token>,
    /// The primary token before the last promotion. It opens nothing any more.
    pub(crate) former_token: Option<String>,
    /// The first one came with the account.
    pub(crate) keys: Vec<ApiKey>,
    /// The default Conversation Service: the one that paths without a service speak of.
    pub(crate) chat_service_sid: String,
    /// The Messaging Service of conversations that name none.
    pub(crate) messaging_service_sid: String,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// A secondary token. Not `Debug`, since it is a secret.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Token {
    pub(crate) value: String,
    pub(crate) created: i64,
}

/// An API key. Not `Debug`, since it holds its secret.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ApiKey {
    pub(crate) seq: u64,
    pub(crate) sid: String,
    pub(crate) secret: String,
    pub(crate) friendly_name: String,
    /// A main key may do what the account's token may: see and change accounts, keys and tokens.
    pub(crate) is_main: bool,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AccountStatus {
    /// It may.
    #[default]
    Active,
    /// Not now: requests are refused, messages fail with 30002.
    Suspended,
    /// Never again.
    Closed,
}

impl AccountStatus {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Closed].into_iter().find(|status| status.as_str() == text)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for AccountStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What credentials allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// The account's own token: everything, also a subaccount's 2010 resources.
    Token,
    /// A main key: everything of its account.
    MainKey,
    /// A key: everything of its account but accounts, keys and tokens.
    Key,
}

impl Account {
    pub(crate) fn new(config: &SandboxConfig, sids: &mut Sids, now: i64) -> Self {
        // Drawn in any case, so that a given SID does not shift the others.
        let (sid, auth_token) = (sids.sid("AC"), sids.secret("token"));
        Self {
            sid: config.account_sid.clone().unwrap_or(sid),
            owner: None,
            friendly_name: "Sandbox".to_owned(),
            status: AccountStatus::Active,
            owner_is_active: true,
            auth_token: config.auth_token.clone().unwrap_or(auth_token),
            secondary_token: None,
            former_token: None,
            keys: vec![ApiKey {
                seq: 0,
                sid: sids.sid("SK"),
                secret: sids.secret("secret"),
                friendly_name: "Sandbox".to_owned(),
                is_main: true,
                created: now,
                updated: now,
            }],
            chat_service_sid: sids.sid("IS"),
            messaging_service_sid: sids.sid("MG"),
            created: now,
            updated: now,
        }
    }

    /// What a user and password allow here; `None` when they are not known.
    pub(crate) fn access(&self, user: &str, password: &str) -> Option<Access> {
        if user == self.sid {
            let secondary = self.secondary_token.as_ref().is_some_and(|token| token.value == password);
            return (password == self.auth_token || secondary).then_some(Access::Token);
        }
        let key = self.keys.iter().find(|key| key.sid == user && key.secret == password)?;
        Some(if key.is_main { Access::MainKey } else { Access::Key })
    }

    /// Whether it may be used: neither it nor its owner is suspended or closed.
    pub(crate) fn is_active(&self) -> bool {
        self.status == AccountStatus::Active && self.owner_is_active
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pair_allows_its_own() {
        let mut account = Account::new(&SandboxConfig::default(), &mut Sids::new(1), 0);
        let (sid, token) = (account.sid.clone(), account.auth_token.clone());
        account.secondary_token = Some(Token { value: "second".to_owned(), created: 0 });
        let main = account.keys[0].clone();
        account.keys.push(ApiKey { sid: "SK2".to_owned(), is_main: false, ..main.clone() });
        for (user, password, access) in [
            (sid.as_str(), token.as_str(), Some(Access::Token)),
            (&sid, "second", Some(Access::Token)),
            (&sid, "third", None),
            (&sid, &main.secret, None),
            (&main.sid, &main.secret, Some(Access::MainKey)),
            (&main.sid, &token, None),
            ("SK2", &main.secret, Some(Access::Key)),
            ("", "", None),
        ] {
            assert_eq!(account.access(user, password), access, "{user}");
        }
    }
}
