//! Your own word on a number's line type, for your lookups: <https://www.twilio.com/docs/lookup/v2-api>.
//!
//! ```
//! use twilio_conversations::{Request, api::lookup::line_type_override::CreateOverride, model::lookup::{LineType, LookupField}};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let field = LookupField::LineTypeIntelligence;
//! let create = CreateOverride::new("+15550001111", &field, &LineType::Mobile, "they answered our text")?;
//! assert!(create.parts(&account).path.ends_with("/Overrides/line_type_intelligence"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    model::lookup::{LineType, LineTypeOverride, LookupField},
    reference::{self, NameError},
};

request! {
    /// Fetches the override of a number.
    FetchOverride -> LineTypeOverride;
    Read Lookups "/v2/PhoneNumbers/{PhoneNumber}/Overrides/{Field}";
    fn draft(phone_number: Box<str>, field: Box<str>);
}

request! {
    /// Overrides what is known of a number.
    CreateOverride -> LineTypeOverride;
    Create Lookups "/v2/PhoneNumbers/{PhoneNumber}/Overrides/{Field}";
    fn draft(phone_number: Box<str>, field: Box<str>);
}

request! {
    /// Puts another override in the place of the old one.
    UpdateOverride -> LineTypeOverride;
    Replace Lookups "/v2/PhoneNumbers/{PhoneNumber}/Overrides/{Field}";
    fn draft(phone_number: Box<str>, field: Box<str>);
}

request! {
    /// Removes the override of a number.
    DeleteOverride -> ();
    Delete Lookups "/v2/PhoneNumbers/{PhoneNumber}/Overrides/{Field}";
    fn draft(phone_number: Box<str>, field: Box<str>);
}

macro_rules! of_number {
    ($($name:ident)*) => {$(
        impl $name {
            /// Of this number, E.164, and this field of its lookups.
            ///
            /// # Errors
            /// [`NameError`] for what cannot stand in a path.
            pub fn new(phone_number: impl Into<String>, field: &LookupField) -> Result<Self, NameError> {
                Ok(Self::draft(reference::name(phone_number)?, reference::name(field.as_str())?))
            }
        }
    )*};
}

of_number! { FetchOverride DeleteOverride }

macro_rules! override_values {
    ($($name:ident)*) => {$(
        impl $name {
            /// Of this number, E.164, and this field of its lookups: it is of this type, for this reason.
            ///
            /// # Errors
            /// [`NameError`] for what cannot stand in a path.
            pub fn new(
                phone_number: impl Into<String>,
                field: &LookupField,
                line_type: &LineType,
                reason: impl Into<String>,
            ) -> Result<Self, NameError> {
                let mut change = Self::draft(reference::name(phone_number)?, reference::name(field.as_str())?);
                change.0.json.insert("line_type".into(), line_type.as_str().into());
                change.0.json.insert("reason".into(), reason.into().into());
                Ok(change)
            }
        }
    )*};
}

override_values! { CreateOverride UpdateOverride }
