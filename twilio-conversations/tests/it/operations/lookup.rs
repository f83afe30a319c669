use crate::support::{line, parts};
use twilio_conversations::{
    api::lookup::{FetchPhoneNumber, Identity},
    model::lookup::LookupField,
};

#[test]
fn lookups_name_their_fields_and_hide_the_person() {
    let identity = Identity {
        first_name: Some("Ann".into()),
        last_name: Some("Lee".into()),
        address_line1: Some("1 Main".into()),
        address_line2: Some("2".into()),
        city: Some("NY".into()),
        state: Some("NY".into()),
        postal_code: Some("10021".into()),
        address_country_code: Some("US".into()),
        national_id: Some("7".into()),
        date_of_birth: Some("19901214".into()),
    };
    assert_eq!(format!("{identity:?}"), "Identity(..)");
    let lookup = FetchPhoneNumber::new("+15550001111")
        .unwrap()
        .fields([LookupField::IdentityMatch, LookupField::LineTypeIntelligence])
        .identity(identity)
        .country_code("US")
        .verification_sid("VE1")
        .partner_sub_id("p")
        .last_verified_date("20201227");
    assert_eq!(
        line(&lookup),
        "GET /v2/PhoneNumbers/%2B15550001111 Fields=identity_match,line_type_intelligence FirstName=Ann LastName=Lee \
         AddressLine1=1 Main AddressLine2=2 City=NY State=NY PostalCode=10021 AddressCountryCode=US NationalId=7 \
         DateOfBirth=19901214 CountryCode=US VerificationSid=VE1 PartnerSubId=p LastVerifiedDate=20201227"
    );
    assert!(!format!("{lookup:?} {:?}", parts(&lookup).query).contains("Ann"));
    assert!(FetchPhoneNumber::new("..").is_err());
    let some = Identity { city: Some("NY".into()), ..Identity::default() };
    let lookup = FetchPhoneNumber::new("+1").unwrap().identity(some);
    assert_eq!(line(&lookup), "GET /v2/PhoneNumbers/%2B1 City=NY");
}
