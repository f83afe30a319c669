//! How many lookups the account allows itself: <https://www.twilio.com/docs/lookup/v2-api>.
//!
//! ```
//! use twilio_conversations::{Request, api::lookup::rate_limit::UpdateRateLimit, model::lookup::LookupField};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let update = UpdateRateLimit::new(&LookupField::SimSwap, "all", 100, 3600)?;
//! assert_eq!(update.parts(&account).path, "/v2/RateLimits/Fields/sim_swap/Bucket/all");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    model::lookup::{LookupField, RateLimit, RateLimits},
    reference::{self, NameError},
};

request! {
    /// Fetches the account's limits.
    FetchRateLimits -> RateLimits;
    Read Lookups "/v2/RateLimits";
    /// All of them.
    pub fn new();
}

request! {
    /// Fetches a limit.
    FetchRateLimit -> RateLimit;
    Read Lookups "/v2/RateLimits/Fields/{Field}/Bucket/{Bucket}";
    fn draft(field: Box<str>, bucket: Box<str>);
}

request! {
    /// Sets a limit.
    UpdateRateLimit -> RateLimit;
    Replace Lookups "/v2/RateLimits/Fields/{Field}/Bucket/{Bucket}";
    fn draft(field: Box<str>, bucket: Box<str>);
}

request! {
    /// Removes a limit.
    DeleteRateLimit -> ();
    Delete Lookups "/v2/RateLimits/Fields/{Field}/Bucket/{Bucket}";
    fn draft(field: Box<str>, bucket: Box<str>);
}

default_is_new! { FetchRateLimits }

impl FetchRateLimits {
    /// Of these fields.
    pub fn fields(mut self, fields: impl IntoIterator<Item = LookupField>) -> Self {
        self.0.query.set_all("Fields", fields);
        self
    }
}

macro_rules! of_bucket {
    ($($name:ident)*) => {$(
        impl $name {
            /// Of this field and bucket.
            ///
            /// # Errors
            /// [`NameError`] for what cannot stand in a path.
            pub fn new(field: &LookupField, bucket: impl Into<String>) -> Result<Self, NameError> {
                Ok(Self::draft(reference::name(field.as_str())?, reference::name(bucket)?))
            }
        }
    )*};
}

of_bucket! { FetchRateLimit DeleteRateLimit }

impl UpdateRateLimit {
    /// Of this field and bucket: so many lookups in so many seconds.
    ///
    /// # Errors
    /// [`NameError`] for what cannot stand in a path.
    pub fn new(
        field: &LookupField,
        bucket: impl Into<String>,
        limit: u32,
        ttl: u32,
    ) -> Result<Self, NameError> {
        let mut update = Self::draft(reference::name(field.as_str())?, reference::name(bucket)?);
        update.0.json.insert("limit".into(), limit.into());
        update.0.json.insert("ttl".into(), ttl.into());
        Ok(update)
    }
}
