use crate::{
    Attributes,
    limit::{self, ATTRIBUTES_BYTES, LimitError, NAME_CHARS},
    sid::RoleSid,
};
use serde_json::{Map, Value};

/// Somebody who joins a conversation while it is created. `Debug` hides them.
#[derive(Clone, PartialEq, Eq)]
pub struct NewParticipant(Map<String, Value>);

impl std::fmt::Debug for NewParticipant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewParticipant(..)")
    }
}

impl NewParticipant {
    /// Somebody reached by address through one of the account's numbers or senders of the same channel.
    ///
    /// # Errors
    /// [`LimitError`] for an address over 256 characters.
    pub fn by_address(
        address: impl Into<String>,
        proxy_address: impl Into<String>,
    ) -> Result<Self, LimitError> {
        Self(Map::new()).binding("address", address)?.binding("proxy_address", proxy_address)
    }

    /// A phone in Group MMS, which sees the projected addresses of the others and needs no number of its own.
    ///
    /// # Errors
    /// [`LimitError`] for an address over 256 characters.
    pub fn by_group_address(address: impl Into<String>) -> Result<Self, LimitError> {
        Self(Map::new()).binding("address", address)
    }

    /// A chat user, or the application itself under a name of its own.
    ///
    /// # Errors
    /// [`LimitError`] for an identity over 256 characters.
    pub fn by_identity(identity: impl Into<String>) -> Result<Self, LimitError> {
        let identity = identity.into();
        limit::characters("identity", &identity, NAME_CHARS)?;
        Ok(Self(Map::from_iter([("identity".into(), identity.into())])))
    }

    /// A chat user with the account's number that stands for them in Group MMS.
    ///
    /// # Errors
    /// [`LimitError`] for an identity or address over 256 characters.
    pub fn by_projected_identity(
        identity: impl Into<String>,
        projected_address: impl Into<String>,
    ) -> Result<Self, LimitError> {
        Self::by_identity(identity)?.binding("projected_address", projected_address)
    }

    /// The role in the conversation.
    #[must_use]
    pub fn role_sid(mut self, role_sid: &RoleSid) -> Self {
        self.0.insert("role_sid".into(), role_sid.as_str().into());
        self
    }

    /// Free JSON, at most 4 KB.
    ///
    /// # Errors
    /// [`LimitError`] past the limit.
    pub fn attributes(mut self, attributes: &Attributes) -> Result<Self, LimitError> {
        limit::bytes("attributes", attributes.as_str(), ATTRIBUTES_BYTES)?;
        self.0.insert("attributes".into(), attributes.as_str().into());
        Ok(self)
    }

    fn binding(mut self, name: &'static str, address: impl Into<String>) -> Result<Self, LimitError> {
        let address = address.into();
        limit::characters(name, &address, NAME_CHARS)?;
        let binding = self.0.entry("messaging_binding").or_insert_with(|| Map::new().into());
        binding[name] = address.into();
        Ok(self)
    }

    pub(crate) fn to_json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }
}
