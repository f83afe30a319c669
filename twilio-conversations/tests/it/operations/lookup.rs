use crate::support::{line, parts};
use twilio_conversations::{
    api::lookup::{
        FetchPhoneNumber, Identity,
        line_type_override::{CreateOverride, DeleteOverride, FetchOverride, UpdateOverride},
        rate_limit::{DeleteRateLimit, FetchRateLimit, FetchRateLimits, UpdateRateLimit},
    },
    model::lookup::{LineType, LineTypeOverride, LookupField, RateLimits},
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

#[test]
fn overrides_and_rate_limits() {
    let field = LookupField::LineTypeIntelligence;
    let number = "/v2/PhoneNumbers/%2B1/Overrides/line_type_intelligence";
    let limit = "/v2/RateLimits/Fields/line_type_intelligence/Bucket/b";
    for (actual, expected) in [
        (line(&FetchOverride::new("+1", &field).unwrap()), format!("GET {number}")),
        (
            line(&CreateOverride::new("+1", &field, &LineType::Mobile, "r").unwrap()),
            format!(r#"POST {number} {{"line_type":"mobile","reason":"r"}}"#),
        ),
        (
            line(&UpdateOverride::new("+1", &field, &LineType::TollFree, "r").unwrap()),
            format!(r#"PUT {number} {{"line_type":"tollFree","reason":"r"}}"#),
        ),
        (line(&DeleteOverride::new("+1", &field).unwrap()), format!("DELETE {number}")),
        (
            line(&FetchRateLimits::new().fields([field.clone(), LookupField::SimSwap])),
            "GET /v2/RateLimits Fields=line_type_intelligence Fields=sim_swap".into(),
        ),
        (line(&FetchRateLimit::new(&field, "b").unwrap()), format!("GET {limit}")),
        (
            line(&UpdateRateLimit::new(&field, "b", 10, 60).unwrap()),
            format!(r#"PUT {limit} {{"limit":10,"ttl":60}}"#),
        ),
        (line(&DeleteRateLimit::new(&field, "b").unwrap()), format!("DELETE {limit}")),
    ] {
        assert_eq!(actual, expected);
    }
    assert!(FetchOverride::new("+1", &LookupField::Unknown("..".into())).is_err());
    assert!(DeleteRateLimit::new(&field, "").is_err());
}

#[test]
fn overrides_and_rate_limits_are_read() {
    let given: LineTypeOverride = serde_json::from_str(
        r#"{"phone_number":"+1","original_line_type":"fixedVoip","overridden_line_type":"mobile","override_reason":"r",
        "override_timestamp":"2025-07-04T20:30:00Z"}"#,
    )
    .unwrap();
    assert_eq!(given.overridden_line_type, Some(LineType::Mobile));
    let limits: RateLimits = serde_json::from_str(
        r#"{"rate_limits":[{"field":"sim_swap","limit":10,"bucket":"b","owner":"o","ttl":60}]}"#,
    )
    .unwrap();
    assert_eq!((limits.rate_limits[0].limit, limits.rate_limits[0].ttl), (Some(10), Some(60)));
}
