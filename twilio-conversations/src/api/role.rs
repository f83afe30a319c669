//! Roles, the permissions of chat users: <https://www.twilio.com/docs/conversations-classic/api/role-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::role::CreateRole, model::RoleType};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let create = CreateRole::new("reader", &RoleType::Conversation, ["sendMessage", "leaveConversation"])?;
//! assert_eq!(create.parts(&account).form.get("Type"), Some("conversation"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    Page,
    limit::{self, LimitError, SHORT_NAME_CHARS},
    model::{Role, RoleType},
    sid::RoleSid,
};
use std::fmt::Display;

request! {
    /// Creates a role.
    CreateRole -> Role;
    Create Conversations "/v1/Roles";
    fn draft();
}

request! {
    /// Fetches a role.
    FetchRole -> Role;
    Read Conversations "/v1/Roles/{Sid}";
    /// The one to fetch.
    pub fn new(role: RoleSid);
}

request! {
    /// Replaces a role's permissions.
    UpdateRole -> Role;
    Update Conversations "/v1/Roles/{Sid}";
    fn draft(role: RoleSid);
}

request! {
    /// Deletes a role.
    DeleteRole -> ();
    Delete Conversations "/v1/Roles/{Sid}";
    /// The one to delete.
    pub fn new(role: RoleSid);
}

request! {
    /// Lists roles.
    ListRoles -> Page<Role>;
    Read Conversations "/v1/Roles";
    /// All of them.
    pub fn new();
}

scoped! { CreateRole FetchRole UpdateRole DeleteRole ListRoles }
page_size! { ListRoles up to 50; }
default_is_new! { ListRoles }

impl CreateRole {
    /// A role of this name with these permissions (`sendMessage`, `leaveConversation` …).
    ///
    /// # Errors
    /// [`LimitError`] for a name over 64 characters.
    pub fn new<P: Display>(
        friendly_name: impl Into<String>,
        role_type: &RoleType,
        permissions: impl IntoIterator<Item = P>,
    ) -> Result<Self, LimitError> {
        let friendly_name = friendly_name.into();
        limit::characters("FriendlyName", &friendly_name, SHORT_NAME_CHARS)?;
        let mut role = Self::draft();
        role.0.form.set("FriendlyName", friendly_name);
        role.0.form.set("Type", role_type);
        role.0.form.set_all("Permission", permissions);
        Ok(role)
    }
}

impl UpdateRole {
    /// Gives the role these permissions and no others.
    pub fn new<P: Display>(role: impl Into<RoleSid>, permissions: impl IntoIterator<Item = P>) -> Self {
        let mut role = Self::draft(role);
        role.0.form.set_all("Permission", permissions);
        role
    }
}
