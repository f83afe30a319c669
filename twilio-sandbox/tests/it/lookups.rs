use http::Method;
use serde_json::{Value, json};

use crate::support::{ANN, Got, Lab, answer};

const NUMBERS: &str = "/lookups/v2/PhoneNumbers";
const PACKAGES: [&str; 10] = [
    "caller_name",
    "sim_swap",
    "call_forwarding",
    "line_status",
    "line_type_intelligence",
    "identity_match",
    "reassigned_number",
    "sms_pumping_risk",
    "phone_number_quality_score",
    "pre_fill",
];

async fn look_up(lab: &Lab, number: &str, query: &str) -> Value {
    lab.get(&format!("{NUMBERS}/{}?{query}", number.replace('+', "%2B"))).await.expect(200)
}

async fn send_json(lab: &Lab, method: Method, path: &str, body: Value) -> Got {
    let request = lab.request(method, path, &[]).header("content-type", "application/json");
    answer(request.body(body.to_string())).await
}

#[tokio::test]
async fn a_number_is_validated_and_written_as_its_country_does() {
    let lab = Lab::new().await;
    let found = look_up(&lab, "+447772000001", "").await;
    for (field, value) in [
        ("calling_country_code", json!("44")),
        ("country_code", json!("GB")),
        ("phone_number", json!("+447772000001")),
        ("national_format", json!("07772 000001")),
        ("valid", json!(true)),
        ("validation_errors", json!([])),
    ] {
        assert_eq!(found[field], value, "{field}");
    }
    assert!(found["url"].as_str().unwrap().ends_with("/lookups/v2/PhoneNumbers/+447772000001"));
    for package in PACKAGES {
        assert_eq!(found.get(package), Some(&Value::Null), "{package}");
    }
    let national = look_up(&lab, "07772 000001", "CountryCode=GB").await;
    assert_eq!(national["phone_number"], "+447772000001");
    let american = look_up(&lab, "(415) 992-9960", "").await;
    assert_eq!(
        (&american["phone_number"], &american["country_code"]),
        (&json!("+14159929960"), &json!("US"))
    );
    let long = look_up(&lab, "+141599299600", "Fields=caller_name").await;
    assert_eq!((&long["valid"], &long["validation_errors"]), (&json!(false), &json!(["TOO_LONG"])));
    assert_eq!((&long["country_code"], &long["caller_name"]), (&Value::Null, &Value::Null));
    lab.get(&format!("{NUMBERS}/%2B14159929960?Fields=shoe_size")).await.fails(400, 20001);
}

#[tokio::test]
async fn each_package_that_is_asked_for_is_an_object() {
    let lab = Lab::new().await;
    let query = format!("Fields=validation,{}&LastVerifiedDate=20240131&FirstName=Ann", PACKAGES.join(","));
    let found = look_up(&lab, ANN, &query).await;
    for package in PACKAGES {
        assert!(found[package].is_object() && found[package].get("error_code").is_some(), "{package}");
    }
    assert_eq!(found["line_type_intelligence"]["type"], "mobile");
    assert_eq!(found["line_status"]["status"], "active");
    assert_eq!(found["sim_swap"]["last_sim_swap"]["swapped_in_period"], false);
    assert_eq!(found["reassigned_number"]["is_number_reassigned"], "no");
    assert_eq!(found["identity_match"]["first_name_match"], "no_data_available");
    let own = look_up(&lab, &lab.sms(), "Fields=line_type_intelligence").await;
    assert_eq!(own["line_type_intelligence"]["type"], "nonFixedVoip");
    lab.get(&format!("{NUMBERS}/%2B14159929960?Fields=reassigned_number")).await.fails(400, 20001);
}

#[tokio::test]
async fn what_the_sandbox_knows_of_a_line_shows_and_its_carrier_acts_by_it() {
    let lab = Lab::new().await;
    let told = json!({
        "number": ANN, "line_type": "landline", "carrier_name": "Old Copper", "caller_name": "ANN DOE",
        "caller_type": "CONSUMER", "call_forwarding": true, "reassigned_on": "2024-05-01", "risk_score": 90,
        "owner": {"first_name": "Ann", "last_name": "Doe"},
    });
    lab.control(Method::POST, "lookups", told).await.expect(200);
    let query =
        format!("Fields={}&LastVerifiedDate=20240131&FirstName=Ann&LastName=Smith", PACKAGES.join(","));
    let found = look_up(&lab, ANN, &query).await;
    for (pointer, value) in [
        ("/line_type_intelligence/type", json!("landline")),
        ("/line_type_intelligence/carrier_name", json!("Old Copper")),
        ("/caller_name/caller_name", json!("ANN DOE")),
        ("/call_forwarding/call_forwarding_enabled", json!(true)),
        ("/reassigned_number/is_number_reassigned", json!("yes")),
        ("/sms_pumping_risk/carrier_risk_category", json!("high")),
        ("/identity_match/first_name_match", json!("exact_match")),
        ("/identity_match/last_name_match", json!("no_match")),
        ("/identity_match/summary_score", json!(50)),
        ("/pre_fill/last_name", json!("Doe")),
    ] {
        assert_eq!(found.pointer(pointer), Some(&value), "{pointer}");
    }
    let ended = async |form: &[(&str, &str)]| {
        let from = lab.sms();
        let form = [&[("From", from.as_str()), ("To", ANN), ("Body", "hello")], form].concat();
        let messages = "/api/2010-04-01/Accounts/{AC}/Messages";
        let made = lab.post(&format!("{messages}.json"), &form).await.expect(201);
        let path = format!("{messages}/{}.json", made["sid"].as_str().unwrap());
        lab.until(async || {
            let found = lab.get(&path).await.expect(200);
            let ended = ["delivered", "undelivered", "failed"].contains(&found["status"].as_str().unwrap());
            ended.then(|| (found["status"].clone(), found["error_code"].clone()))
        })
        .await
    };
    assert_eq!(ended(&[]).await, (json!("undelivered"), json!(30006)));
    let told = json!({"number": ANN, "line_type": null, "pumping_blocked": true});
    lab.control(Method::POST, "lookups", told).await.expect(200);
    assert_eq!(ended(&[]).await, (json!("failed"), json!(30450)));
    assert_eq!(ended(&[("RiskCheck", "disable")]).await, (json!("delivered"), Value::Null));
    let lines = lab.control(Method::GET, "lookups", Value::Null).await.expect(200);
    assert_eq!(
        (&lines["lines"][0]["number"], &lines["lines"][0]["line"]["risk_score"]),
        (&json!(ANN), &json!(90))
    );
    for wrong in [json!({}), json!({"number": "x"}), json!({"number": ANN, "line_type": "kite"})] {
        assert_eq!(lab.control(Method::POST, "lookups", wrong).await.status, 400);
    }
}

#[tokio::test]
async fn a_swapped_sim_is_recent_for_a_day() {
    let lab = Lab::new().await;
    let at = lab.sandbox.clock().now().to_string();
    lab.control(Method::POST, "lookups", json!({"number": ANN, "sim_swapped_at": at})).await.expect(200);
    let swap = async || look_up(&lab, ANN, "Fields=sim_swap").await["sim_swap"]["last_sim_swap"].clone();
    assert_eq!(swap().await["swapped_in_period"], true);
    lab.advance("PT25H").await;
    let later = swap().await;
    assert_eq!(later["swapped_in_period"], false);
    assert!(later["last_sim_swap_date"].is_string());
}

#[tokio::test]
async fn an_override_changes_the_answer_until_it_is_deleted() {
    let lab = Lab::new().await;
    let path = format!("{NUMBERS}/%2B15557770001/Overrides/line_type_intelligence");
    let body = json!({"line_type": "fixedVoip", "reason": "We called."});
    lab.get(&path).await.fails(404, 20404);
    send_json(&lab, Method::PUT, &path, body.clone()).await.fails(404, 20404);
    let made = send_json(&lab, Method::POST, &path, body.clone()).await.expect(201);
    for (field, value) in [
        ("phone_number", json!(ANN)),
        ("original_line_type", json!("mobile")),
        ("overridden_line_type", json!("fixedVoip")),
        ("override_reason", json!("We called.")),
        ("overridden_by_account_sid", json!(lab.sandbox.account_sid())),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
    assert_eq!(lab.get(&path).await.expect(200), made);
    send_json(&lab, Method::POST, &path, body).await.fails(409, 20409);
    let kind =
        async || look_up(&lab, ANN, "Fields=line_type_intelligence").await["line_type_intelligence"].clone();
    assert_eq!(kind().await["type"], "fixedVoip");
    for kind in [
        "mobile",
        "landline",
        "tollFree",
        "fixedVoip",
        "nonFixedVoip",
        "personal",
        "premium",
        "voicemail",
        "sharedCost",
        "uan",
        "pager",
        "unknown",
    ] {
        let changed = send_json(&lab, Method::PUT, &path, json!({"line_type": kind})).await.expect(200);
        assert_eq!(
            (&changed["overridden_line_type"], &changed["original_line_type"]),
            (&json!(kind), &json!("mobile"))
        );
    }
    send_json(&lab, Method::PUT, &path, json!({"line_type": "kite"})).await.fails(400, 20001);
    assert_eq!(lab.delete(&path).await.status, 204);
    assert_eq!(kind().await["type"], "mobile");
    let other = format!("{NUMBERS}/%2B15557770001/Overrides/caller_name");
    lab.get(&other).await.fails(400, 20001);
}

#[tokio::test]
async fn limits_are_kept_by_field_and_bucket() {
    let lab = Lab::new().await;
    let path = "/lookups/v2/RateLimits/Fields/line_type_intelligence/Bucket/signup";
    lab.get(path).await.fails(404, 20404);
    let made = send_json(&lab, Method::PUT, path, json!({"limit": 5, "ttl": 60})).await.expect(200);
    let own = json!({"field": "line_type_intelligence", "bucket": "signup", "limit": 5, "ttl": 60,
        "owner": lab.sandbox.account_sid()});
    assert_eq!((&made, &lab.get(path).await.expect(200)), (&own, &own));
    let changed = send_json(&lab, Method::PUT, path, json!({"limit": 7})).await.expect(200);
    assert_eq!((&changed["limit"], &changed["ttl"]), (&json!(7), &json!(60)));
    let count = async |query: &str| {
        let found = lab.get(&format!("/lookups/v2/RateLimits{query}")).await.expect(200);
        found["rate_limits"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 1);
    assert_eq!(count("?Fields=caller_name,line_type_intelligence").await, 1);
    assert_eq!(count("?Fields=caller_name").await, 0);
    send_json(&lab, Method::PUT, &path.replace("signup", "other"), json!({})).await.fails(400, 20001);
    assert_eq!(lab.delete(path).await.status, 204);
    assert_eq!(count("").await, 0);
}

#[tokio::test]
async fn a_batch_is_answered_in_order_each_for_itself() {
    let lab = Lab::new().await;
    let body = json!({"phone_numbers": [
        {"correlation_id": "a", "phone_number": "+4915112345678", "fields": ["line_type_intelligence"]},
        {"correlation_id": "b", "phone_number": "030 123456", "country_code": "DE",
            "fields": ["line_type_intelligence", "identity_match"], "identity_match": {"first_name": "Ann"}},
        {"phone_number": "+1", "sms_pumping_risk": {"partner_sub_id": "x"}},
        {"correlation_id": "d", "phone_number": ANN, "fields": ["shoe_size"]},
        {"correlation_id": "e", "phone_number": ANN, "fields": ["reassigned_number"],
            "reassigned_number": {"last_verified_date": "20240131"}},
    ]});
    let found = send_json(&lab, Method::POST, "/lookups/v2/batch/query", body).await.expect(200);
    for (pointer, value) in [
        ("/0/correlation_id", json!("a")),
        ("/0/line_type_intelligence/type", json!("mobile")),
        ("/0/line_type_intelligence/mobile_country_code", json!("262")),
        ("/0/caller_name", Value::Null),
        ("/1/phone_number", json!("+4930123456")),
        ("/1/line_type_intelligence/type", json!("landline")),
        ("/1/identity_match/first_name_match", json!("no_data_available")),
        ("/2/validation_errors", json!(["NOT_A_NUMBER"])),
        ("/2/correlation_id", Value::Null),
        ("/3/twilio_error_code", json!(20001)),
        ("/4/reassigned_number/last_verified_date", json!("2024-01-31")),
        ("/4/twilio_error_code", Value::Null),
    ] {
        assert_eq!(found.pointer(&format!("/phone_numbers{pointer}")), Some(&value), "{pointer}");
    }
    send_json(&lab, Method::POST, "/lookups/v2/batch/query", json!({"phone_numbers": [{}]}))
        .await
        .fails(400, 20001);
}
