mod reference;

use super::*;

const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const CALL: [(&str, &str); 5] = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
];
const JSON: &[u8] = br#"{"property": "value", "boolean": true}"#;
const JSON_HASH: &str = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";

fn key(label: &str, token: &str) -> SigningKey {
    SigningKey::new(label, AuthToken::new(token).unwrap())
}

fn validator() -> Validator {
    Validator::new([key("next", "not this one"), key("primary", "12345")])
}

/// Vectors of Twilio's documentation and of the tests of twilio-go.
#[test]
fn published_vectors_are_signed_and_accepted() {
    let with_reason = [&CALL[..], &[("Reason", "Participant"), ("ReasonConferenceEnded", "test")]].concat();
    let other_caller: Vec<_> =
        CALL.iter().map(|(n, v)| (*n, if v.starts_with("+1415") { "+14158675310" } else { v })).collect();
    let form = vec![("property", "value"), ("boolean", "true")];
    let hash_only = format!("https://mycompany.com/myapp.php?bodySHA256={JSON_HASH}");
    let with_hash = format!("{URL}&bodySHA256={JSON_HASH}");
    for (url, params, signature) in [
        (URL, CALL.to_vec(), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL, with_reason.clone(), "vOEb5UThFn24KEfnOFLQY2AE5FY="),
        ("http://mycompany.com/myapp.php?foo=1&bar=2", with_reason.clone(), "n2xBNyzSW7rfYStDtOFiFMv7qNo="),
        ("https://mycompany.com:443/myapp.php?foo=1&bar=2", with_reason, "nlYDL9HO41xd+GBsch67HROPYMY="),
        (URL, form, "NBdBDr/T/lgjI+tlgpXjKZQZs/k="),
        (&with_hash, vec![], "a9nBmqA0ju/hNViExpshrM61xv4="),
        (&hash_only, vec![], "y77kIzt2vzLz71DgmJGsen2scGs="),
        ("https://example.com/myapp.php?foo=1&bar=2", other_caller, "L/OH5YylLD5NRKLltdqwSvS0BnU="),
    ] {
        assert_eq!(key("k", "12345").sign_form(url, &params).unwrap(), signature, "{url}");
        let matched = validator();
        let matched = matched.verify_form(url, &params, signature).unwrap();
        assert_eq!(matched, Match { index: 1, label: "primary" }, "{url}");
    }
}

#[test]
fn a_port_in_the_url_or_in_the_signature_makes_no_difference() {
    let with_port = key("k", "12345").sign_form("https://h.example:443/a", &CALL).unwrap();
    let without = key("k", "12345").sign_form("https://h.example/a", &CALL).unwrap();
    assert_ne!(with_port, without);
    for url in ["https://h.example/a", "https://h.example:443/a"] {
        for signature in [&with_port, &without] {
            assert!(validator().verify_form(url, &CALL, signature).is_ok(), "{url}");
        }
    }
    assert!(validator().verify_form("https://h.example:8443/a", &CALL, &without).is_ok());
    assert!(validator().verify_form("https://h.example:8443/a", &CALL, &with_port).is_err());
}

#[test]
fn a_legacy_query_and_user_info_are_accepted() {
    let key = key("k", "12345");
    let legacy = key.sign_get("https://h.example/a?b=it's%20me").unwrap();
    assert!(validator().verify_get("https://u:p@h.example/a?b=it%27s+me#rc=1", &legacy).is_ok());
    let exact = key.sign_get("https://h.example/a?b=it%27s+me").unwrap();
    assert!(validator().verify_get("https://h.example/a?b=it%27s+me", &exact).is_ok());
    assert!(validator().verify_get("https://h.example/a?b=its+me", &legacy).is_err());
}

#[test]
fn a_query_escaped_as_url_libraries_do_is_accepted() {
    let key = key("k", "12345");
    for port in ["", ":443"] {
        let escaped = key.sign_form(&format!("https://h.example{port}/a?name=it%27s"), &CALL).unwrap();
        assert!(validator().verify_form("https://h.example/a?name=it's", &CALL, &escaped).is_ok());
        assert!(validator().verify_form("https://h.example/a?name=its", &CALL, &escaped).is_err());
    }
}

#[test]
fn repeated_names_are_sorted_and_counted_once() {
    let key = key("k", "12345");
    let signed = key.sign_form("https://h.example/a", &[("A", "1"), ("A", "2")]).unwrap();
    let pairs = [("A", "2"), ("A", "1"), ("A", "2")];
    assert!(validator().verify_form("https://h.example/a", &pairs, &signed).is_ok());
    assert!(validator().verify_form("https://h.example/a", &[("A", "1")], &signed).is_err());
}

#[test]
fn repeated_emoji_are_accepted_in_the_order_of_either_helper_library() {
    let url = "https://h.example/a";
    let pairs = [("A", "\u{1F600}"), ("A", "\u{FF01}")];
    for order in ["A\u{1F600}A\u{FF01}", "A\u{FF01}A\u{1F600}"] {
        let signed = key("k", "12345").sign_form(url, &[(order, "")]).unwrap();
        assert!(validator().verify_form(url, &pairs, &signed).is_ok(), "{order}");
    }
}

#[test]
fn names_are_sorted_rather_than_joined_pairs() {
    let pairs = [("ReasonConferenceEnded", "a"), ("Reason", "z")];
    let joined =
        key("k", "12345").sign_form("https://h.example/a", &[("ReasonzReasonConferenceEndeda", "")]).unwrap();
    assert_eq!(key("k", "12345").sign_form("https://h.example/a", &pairs).unwrap(), joined);
}

#[test]
fn values_that_are_not_utf8_are_signed_as_bytes() {
    let pairs = [(b"Body".to_vec(), vec![0xff, 0xfe])];
    let signed = key("k", "12345").sign_form("https://h.example/a", &pairs).unwrap();
    assert!(validator().verify_form("https://h.example/a", &pairs, &signed).is_ok());
}

#[test]
fn a_json_body_must_have_the_hash_of_the_url() {
    let signed = key("k", "12345").sign_json("https://h.example/a?x=1", JSON).unwrap();
    assert_eq!(signed.url, format!("https://h.example/a?x=1&bodySHA256={JSON_HASH}"));
    let validator = validator();
    assert!(validator.verify_json(&signed.url, JSON, &signed.signature).is_ok());
    let other = validator.verify_json(&signed.url, b"{}", &signed.signature);
    assert_eq!(other, Err(SignatureError::BodyHashMismatch));
    let bare = key("k", "12345").sign_get("https://h.example/a").unwrap();
    assert_eq!(
        validator.verify_json("https://h.example/a", b"", &bare),
        Err(SignatureError::BodyHashMissing)
    );
    let twice = format!("{}&bodySHA256={JSON_HASH}", signed.url);
    let signature = key("k", "12345").sign_get(&twice).unwrap();
    assert_eq!(validator.verify_json(&twice, JSON, &signature), Err(SignatureError::BodyHashMissing));
    // An old hash and an empty pair give way; what has a longer name stays.
    let again = key("k", "12345").sign_json(&format!("{}&&bodySHA256more=1", signed.url), JSON).unwrap();
    assert_eq!(again.url, format!("https://h.example/a?x=1&bodySHA256more=1&bodySHA256={JSON_HASH}"));
    assert!(has_body_hash(&signed.url) && !has_body_hash("https://h.example/a?x=bodySHA256"));
}

#[test]
fn a_websocket_is_accepted_in_every_known_form() {
    let key = key("k", "12345");
    let url = "https://h.example/relay?call=1&b=%2B2";
    for (form, params) in [
        ("wss://h.example/relay?call=1&b=%2B2", vec![]),
        ("wss://h.example:443/relay?call=1&b=%2B2", vec![]),
        ("wss://h.example/relay/?call=1&b=%2B2", vec![]),
        ("wss://h.example/relay", vec![("call", "1"), ("b", "+2")]),
        ("wss://h.example/relay/", vec![("call", "1"), ("b", "+2")]),
    ] {
        let signature = key.sign_form(form, &params).unwrap();
        assert!(validator().verify_websocket(url, &signature).is_ok(), "{form}");
    }
    assert_eq!(key.sign_websocket(url), key.sign_get("wss://h.example/relay?call=1&b=%2B2"));
    let http = key.sign_get(url).unwrap();
    assert_eq!(validator().verify_websocket(url, &http), Err(SignatureError::Mismatch));
}

#[test]
fn each_changed_byte_is_refused() {
    let signature = key("k", "12345").sign_form(URL, &CALL).unwrap();
    for at in 0..URL.len() {
        let mut url = URL.as_bytes().to_vec();
        url[at] = if url[at] == b'x' { b'y' } else { b'x' };
        let url = String::from_utf8(url).unwrap();
        assert!(validator().verify_form(&url, &CALL, &signature).is_err(), "{url}");
    }
    for at in 0..CALL.len() {
        let mut params = CALL;
        params[at].1 = "changed";
        assert_eq!(validator().verify_form(URL, &params, &signature), Err(SignatureError::Mismatch));
    }
    assert!(validator().verify_form(URL, &CALL[1..], &signature).is_err());
    let extra = [&CALL[..], &[("Zed", "")]].concat();
    assert!(validator().verify_form(URL, &extra, &signature).is_err());
}

#[test]
fn signatures_of_another_shape_are_refused() {
    let good = key("k", "12345").sign_form(URL, &CALL).unwrap();
    let long = format!("{}AAAA", good.trim_end_matches('='));
    for signature in
        ["", "=", "AAAA", good.trim_end_matches('='), &format!(" {good}"), &long, "é", &good[..20]]
    {
        assert_eq!(
            validator().verify_form(URL, &CALL, signature),
            Err(SignatureError::Malformed),
            "{signature}"
        );
    }
}

#[test]
fn without_keys_or_an_absolute_url_nothing_is_accepted() {
    let good = key("k", "12345").sign_form(URL, &CALL).unwrap();
    assert_eq!(Validator::default().verify_form(URL, &CALL, &good), Err(SignatureError::NoKeys));
    assert_eq!(validator().verify_form("/myapp.php", &CALL, &good), Err(SignatureError::Url));
}

#[test]
fn keys_and_errors_do_not_show_secrets() {
    let key = key("primary", "hunter2hunter2");
    let signature = key.sign_get(URL).unwrap();
    let error = validator().verify_get(URL, &signature).unwrap_err();
    let shown = format!("{key:?} {error} {error:?}");
    assert!(!shown.contains("hunter2") && !shown.contains(&signature), "{shown}");
    assert!(shown.starts_with("SigningKey") && shown.contains("primary"), "{shown}");
}
