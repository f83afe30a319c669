//! What is known of phone numbers, Lookup v2: <https://www.twilio.com/docs/lookup/v2-api>.
//!
//! ```
//! use twilio_conversations::{Request, api::lookup::FetchPhoneNumber, model::lookup::LookupField};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let lookup = FetchPhoneNumber::new("+15550001111")?.fields([LookupField::LineTypeIntelligence]);
//! assert_eq!(lookup.parts(&account).query.encode(), "Fields=line_type_intelligence");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod batch;
pub mod line_type_override;
pub mod rate_limit;

use crate::{
    model::lookup::{Lookup, LookupField},
    reference::{self, NameError},
};
use std::fmt::{self, Display};

/// What is compared with what the carrier knows of a number's owner; what is `None` is not compared. `Debug` hides it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// The first line of the address.
    pub address_line1: Option<String>,
    /// The second line of the address.
    pub address_line2: Option<String>,
    /// The town.
    pub city: Option<String>,
    /// The state or province.
    pub state: Option<String>,
    /// The postal code.
    pub postal_code: Option<String>,
    /// The country, two letters.
    pub address_country_code: Option<String>,
    /// The national id.
    pub national_id: Option<String>,
    /// The date of birth, `YYYYMMDD`.
    pub date_of_birth: Option<String>,
}

impl Identity {
    /// Each value with its name in a query and its name in JSON.
    fn values(self) -> [(&'static str, &'static str, Option<String>); 10] {
        [
            ("FirstName", "first_name", self.first_name),
            ("LastName", "last_name", self.last_name),
            ("AddressLine1", "address_line1", self.address_line1),
            ("AddressLine2", "address_line2", self.address_line2),
            ("City", "city", self.city),
            ("State", "state", self.state),
            ("PostalCode", "postal_code", self.postal_code),
            ("AddressCountryCode", "address_country_code", self.address_country_code),
            ("NationalId", "national_id", self.national_id),
            ("DateOfBirth", "date_of_birth", self.date_of_birth),
        ]
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(..)")
    }
}

request! {
    /// Looks a number up. Without further fields it costs nothing and tells only whether the number can exist.
    FetchPhoneNumber -> Lookup;
    Read Lookups "/v2/PhoneNumbers/{PhoneNumber}";
    fn draft(phone_number: Box<str>);
}

setters! { query FetchPhoneNumber {
    /// The country of a number in national form, two letters; the United States unless set.
    fn country_code(impl Display) = "CountryCode";
    /// The verification it goes with; for [`LookupField::PreFill`].
    fn verification_sid(impl Display) = "VerificationSid";
    /// Your name of whom you ask for; for [`LookupField::SmsPumpingRisk`].
    fn partner_sub_id(impl Display) = "PartnerSubId";
}}

impl FetchPhoneNumber {
    /// This number, E.164, or in national form with a country.
    ///
    /// # Errors
    /// [`NameError`] for what cannot stand in a path.
    pub fn new(phone_number: impl Into<String>) -> Result<Self, NameError> {
        Ok(Self::draft(reference::name(phone_number)?))
    }

    /// What to tell; most of it costs money.
    pub fn fields(mut self, fields: impl IntoIterator<Item = LookupField>) -> Self {
        let fields: Vec<String> = fields.into_iter().map(|field| field.to_string()).collect();
        self.0.query.set("Fields", fields.join(","));
        self
    }

    /// What to compare with the owner; for [`LookupField::IdentityMatch`].
    pub fn identity(mut self, identity: Identity) -> Self {
        for (name, _, value) in identity.values() {
            if let Some(value) = value {
                self.0.query.set(name, value);
            }
        }
        self
    }

    /// The day, `YYYYMMDD`, on which the number was known to be the person's; for [`LookupField::ReassignedNumber`].
    pub fn last_verified_date(mut self, day: impl Display) -> Self {
        self.0.query.set("LastVerifiedDate", day);
        self
    }
}
