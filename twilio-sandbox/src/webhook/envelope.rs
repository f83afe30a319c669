//! What a webhook carries besides its parameters, as it should be or as a planned fault makes it.

use crate::hub::Hub;

/// The headers that prove a webhook and tell it from others.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    /// `I-Twilio-Idempotency-Token`; the same for each try.
    pub(crate) token: Option<String>,
    pub(crate) signer: Signer,
    /// The planned fault that struck.
    pub(crate) fault: Option<u64>,
}

/// Whose token signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signer {
    /// The account's primary one, as it should be.
    Account,
    /// The one before the last promotion.
    Former,
    /// One that the account never had.
    Nobody,
}

impl Envelope {
    /// As it should be.
    pub(crate) fn new(hub: &Hub) -> Self {
        Self { token: Some(hub.idempotency_token()), signer: Signer::Account, fault: None }
    }
}

impl Signer {
    /// The key of the signature.
    pub(crate) fn key(self, hub: &Hub) -> String {
        let account = &hub.world().account;
        let nobody = || format!("not-{}", account.auth_token);
        match self {
            Self::Account => account.auth_token.clone(),
            Self::Former => account.former_token.clone().unwrap_or_else(nobody),
            Self::Nobody => nobody(),
        }
    }
}
