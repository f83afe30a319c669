//! Credentials for push notifications: <https://www.twilio.com/docs/conversations-classic/api/credential-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::credential::{CreateCredential, PushCredential}};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let create = CreateCredential::new(PushCredential::Fcm { secret: "from Firebase".into() }).friendly_name("Android")?;
//! assert_eq!(create.parts(&account).form.get("Type"), Some("fcm"));
//! assert!(!format!("{create:?}").contains("Firebase"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{Page, limit::SHORT_NAME_CHARS, model::Credential, request::Form, sid::CredentialSid};
use std::fmt;

/// What a push service wants to see. `Debug` hides the secrets.
#[derive(Clone, PartialEq, Eq)]
pub enum PushCredential {
    /// Apple's push notifications.
    Apn {
        /// The certificate, PEM without what stands around it.
        certificate: String,
        /// The private key, PEM without what stands around it.
        private_key: String,
        /// Whether Apple's sandbox is meant.
        sandbox: bool,
    },
    /// Google Cloud Messaging.
    Gcm {
        /// The API key.
        api_key: String,
    },
    /// Firebase Cloud Messaging.
    Fcm {
        /// The server key.
        secret: String,
    },
}

impl fmt::Debug for PushCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Apn { .. } => "Apn(..)",
            Self::Gcm { .. } => "Gcm(..)",
            Self::Fcm { .. } => "Fcm(..)",
        })
    }
}

impl PushCredential {
    fn write(self, form: &mut Form) {
        match self {
            Self::Apn { certificate, private_key, sandbox } => {
                form.set("Type", "apn");
                form.set("Certificate", certificate);
                form.set("PrivateKey", private_key);
                form.set("Sandbox", sandbox);
            }
            Self::Gcm { api_key } => {
                form.set("Type", "gcm");
                form.set("ApiKey", api_key);
            }
            Self::Fcm { secret } => {
                form.set("Type", "fcm");
                form.set("Secret", secret);
            }
        }
    }
}

request! {
    /// Stores a credential.
    CreateCredential -> Credential;
    Create Conversations "/v1/Credentials";
    fn draft();
}

request! {
    /// Fetches a credential, without its secrets.
    FetchCredential -> Credential;
    Read Conversations "/v1/Credentials/{Sid}";
    /// The one to fetch.
    pub fn new(credential: CredentialSid);
}

request! {
    /// Changes a credential.
    UpdateCredential -> Credential;
    Update Conversations "/v1/Credentials/{Sid}";
    /// The one to change.
    pub fn new(credential: CredentialSid);
}

request! {
    /// Deletes a credential.
    DeleteCredential -> ();
    Delete Conversations "/v1/Credentials/{Sid}";
    /// The one to delete.
    pub fn new(credential: CredentialSid);
}

request! {
    /// Lists the account's credentials.
    ListCredentials -> Page<Credential>;
    Read Conversations "/v1/Credentials";
    /// All of them.
    pub fn new();
}

page_size! { ListCredentials up to 100; }
default_is_new! { ListCredentials }

impl CreateCredential {
    /// This credential.
    pub fn new(credential: PushCredential) -> Self {
        let mut create = Self::draft();
        credential.write(&mut create.0.form);
        create
    }
}

impl UpdateCredential {
    /// Another credential in place of the old one.
    pub fn credential(mut self, credential: PushCredential) -> Self {
        credential.write(&mut self.0.form);
        self
    }
}

limited! { CreateCredential {
    /// The name people see, at most 64 characters.
    fn friendly_name = "FriendlyName", characters <= SHORT_NAME_CHARS;
}}

limited! { UpdateCredential {
    /// The name people see, at most 64 characters.
    fn friendly_name = "FriendlyName", characters <= SHORT_NAME_CHARS;
}}
