//! Users, the people and programs that chat under an identity:
//! <https://www.twilio.com/docs/conversations-classic/api/user-resource>.
//!
//! ```
//! use twilio_conversations::{Request, UserRef, api::user::UpdateUser};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let update = UpdateUser::new(UserRef::identity("ana")?).friendly_name("Ana")?;
//! assert_eq!(update.parts(&account).path, "/v1/Users/ana");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    Page, UserRef,
    limit::{self, ATTRIBUTES_BYTES, LimitError, NAME_CHARS},
    model::User,
    sid::RoleSid,
};

request! {
    /// Creates a user. Twilio also makes one for each new identity that joins a conversation.
    CreateUser -> User;
    Create Conversations "/v1/Users";
    fn draft();
}

request! {
    /// Fetches a user.
    FetchUser -> User;
    Read Conversations "/v1/Users/{Sid}";
    /// The one to fetch.
    pub fn new(user: UserRef);
}

request! {
    /// Changes a user; the identity stays.
    UpdateUser -> User;
    Update Conversations "/v1/Users/{Sid}";
    /// The one to change.
    pub fn new(user: UserRef);
}

request! {
    /// Deletes a user, who leaves all conversations.
    DeleteUser -> ();
    Delete Conversations "/v1/Users/{Sid}";
    /// The one to delete.
    pub fn new(user: UserRef);
}

request! {
    /// Lists users.
    ListUsers -> Page<User>;
    Read Conversations "/v1/Users";
    /// All of them.
    pub fn new();
}

scoped! { CreateUser FetchUser UpdateUser DeleteUser ListUsers }
webhook_switch! { CreateUser UpdateUser DeleteUser }
page_size! { ListUsers up to 50; }
default_is_new! { ListUsers }

impl CreateUser {
    /// A user of this identity, which is case-sensitive and must not look like a user's SID (50206).
    ///
    /// # Errors
    /// [`LimitError`] for an identity over 256 characters.
    pub fn new(identity: impl Into<String>) -> Result<Self, LimitError> {
        let identity = identity.into();
        limit::characters("Identity", &identity, NAME_CHARS)?;
        let mut user = Self::draft();
        user.0.form.set("Identity", identity);
        Ok(user)
    }
}

/// What creating and changing have in common.
macro_rules! user_values {
    ($($name:ident)*) => {$(
        setters! { form $name {
            /// The role in the service.
            fn role_sid(RoleSid) = "RoleSid";
        }}

        limited! { $name {
            /// The name people see, at most 256 characters.
            fn friendly_name = "FriendlyName", characters <= NAME_CHARS;
        }}
    )*};
}

user_values! { CreateUser UpdateUser }

attributes! {
    CreateUser up to ATTRIBUTES_BYTES, "4 KB";
    UpdateUser up to ATTRIBUTES_BYTES, "4 KB";
}
