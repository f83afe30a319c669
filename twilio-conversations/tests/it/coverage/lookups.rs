//! Lookups v2.

use super::book::Book;
use crate::support::sid;
use twilio_conversations::{
    api::lookup::{
        FetchPhoneNumber, Identity,
        batch::{LookUpNumbers, NumberQuery},
        line_type_override::{CreateOverride, DeleteOverride, FetchOverride, UpdateOverride},
        rate_limit::{DeleteRateLimit, FetchRateLimit, FetchRateLimits, UpdateRateLimit},
    },
    model::lookup::LookupField,
};

const NUMBER: &str = "+15550001111";

fn identity() -> Identity {
    let some = || Some("x".to_owned());
    Identity {
        first_name: some(),
        last_name: some(),
        address_line1: some(),
        address_line2: some(),
        city: some(),
        state: some(),
        postal_code: some(),
        address_country_code: some(),
        national_id: some(),
        date_of_birth: some(),
    }
}

pub(super) fn fill(book: &mut Book) {
    book.one(
        &FetchPhoneNumber::new(NUMBER)
            .unwrap()
            .fields([LookupField::CallerName, LookupField::SimSwap])
            .country_code("US")
            .identity(identity())
            .last_verified_date("20240102")
            .verification_sid(sid::<String>("VE"))
            .partner_sub_id("p"),
    );
    let numbers = NumberQuery::new(NUMBER)
        .correlation_id("1")
        .fields([book.pick("fields")])
        .country_code("US")
        .identity(identity())
        .last_verified_date("20240102")
        .partner_sub_id("p");
    book.whole(&LookUpNumbers::new([numbers]));
    let field = LookupField::LineTypeIntelligence;
    let line_type = book.pick("line_type");
    book.one(&FetchOverride::new(NUMBER, &field).unwrap());
    book.one(&CreateOverride::new(NUMBER, &field, &line_type, "r").unwrap());
    book.one(&UpdateOverride::new(NUMBER, &field, &line_type, "r").unwrap());
    book.none(&DeleteOverride::new(NUMBER, &field).unwrap());
    book.whole(&FetchRateLimits::new().fields([field.clone()]));
    book.one(&FetchRateLimit::new(&field, "b").unwrap());
    book.one(&UpdateRateLimit::new(&field, "b", 1, 1).unwrap());
    book.none(&DeleteRateLimit::new(&field, "b").unwrap());
}
