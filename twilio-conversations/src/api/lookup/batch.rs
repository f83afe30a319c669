//! Many numbers at once: <https://www.twilio.com/docs/lookup/v2-api>.

use super::Identity;
use crate::model::lookup::{LookupField, Lookups};
use serde_json::{Map, Value, json};
use std::fmt::{self, Display};

/// A number and what to tell of it. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct NumberQuery(Map<String, Value>);

impl fmt::Debug for NumberQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NumberQuery(..)")
    }
}

impl NumberQuery {
    /// This number, E.164, or in national form with a country.
    pub fn new(phone_number: impl Into<String>) -> Self {
        Self(Map::from_iter([("phone_number".into(), phone_number.into().into())]))
    }

    /// What the answer repeats, so that it can be told which number it is about.
    #[must_use]
    pub fn correlation_id(self, id: impl Into<String>) -> Self {
        self.with("correlation_id", id.into().into())
    }

    /// What to tell; most of it costs money.
    #[must_use]
    pub fn fields(self, fields: impl IntoIterator<Item = LookupField>) -> Self {
        self.with("fields", fields.into_iter().map(|field| Value::from(field.as_str())).collect())
    }

    /// The country of a number in national form, two letters; the United States unless set.
    #[must_use]
    pub fn country_code(self, country: impl Into<String>) -> Self {
        self.with("country_code", country.into().into())
    }

    /// What to compare with the owner; for [`LookupField::IdentityMatch`].
    #[must_use]
    pub fn identity(self, identity: Identity) -> Self {
        let given =
            identity.values().into_iter().filter_map(|(_, name, value)| Some((name.into(), value?.into())));
        self.with("identity_match", Value::Object(given.collect()))
    }

    /// The day, `YYYYMMDD`, on which the number was known to be the person's; for [`LookupField::ReassignedNumber`].
    #[must_use]
    pub fn last_verified_date(self, day: impl Display) -> Self {
        self.with("reassigned_number", json!({"last_verified_date": day.to_string()}))
    }

    /// Your name of whom you ask for; for [`LookupField::SmsPumpingRisk`].
    #[must_use]
    pub fn partner_sub_id(self, id: impl Into<String>) -> Self {
        self.with("sms_pumping_risk", json!({"partner_sub_id": id.into()}))
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.into(), value);
        self
    }
}

request! {
    /// Looks many numbers up. An answer that was lost is not asked for again, since each costs money.
    ///
    /// ```
    /// use twilio_conversations::{
    ///     Request,
    ///     api::lookup::batch::{LookUpNumbers, NumberQuery},
    ///     model::lookup::LookupField,
    ///     sid::AccountSid,
    /// };
    ///
    /// let ask = NumberQuery::new("+15550001111").fields([LookupField::LineTypeIntelligence]).correlation_id("1");
    /// let account: AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
    /// let parts = LookUpNumbers::new([ask]).parts(&account);
    /// assert_eq!(parts.path, "/v2/batch/query");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    LookUpNumbers -> Lookups;
    Create Lookups "/v2/batch/query";
    fn draft();
}

impl LookUpNumbers {
    /// These numbers.
    pub fn new(numbers: impl IntoIterator<Item = NumberQuery>) -> Self {
        let mut request = Self::draft();
        let numbers = numbers.into_iter().map(|number| Value::Object(number.0)).collect();
        request.0.json.insert("phone_numbers".into(), numbers);
        request
    }
}
