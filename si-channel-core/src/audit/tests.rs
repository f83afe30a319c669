use super::*;

fn record() -> Record {
    let address = "+15550001111".parse().unwrap();
    Record::new(Kind::Send, Verdict::Stopped, CONSENT)
        .about(&address)
        .because("opted_out")
        .input("class", "reply")
        .looked_at("consent_version", &3)
        .refers_to("outbound", "out_1")
}

fn seal(record: Record) -> Entry {
    let mut salt = 0;
    record.seal("2026-11-21T21:00:00Z".parse().unwrap(), || {
        salt += 1;
        [salt; 16]
    })
}

#[test]
fn a_record_is_canonical_and_its_openings_open_it() {
    let entry = seal(record());
    let body: Value = serde_json::from_str(&entry.body).unwrap();
    assert_eq!(canonical(&body), entry.body);
    let (kind, outcome) = (body["kind"].as_str(), body["outcome"].as_str());
    assert_eq!((kind, outcome), (Some("send"), Some("stopped")));
    assert_eq!(entry.openings.len(), 3);
    assert!(entry.openings[SUBJECT].opens(body["subject"].as_str().unwrap()));
    for name in ["class", "consent_version"] {
        assert!(entry.openings[name].opens(body["inputs"][name].as_str().unwrap()), "{name}");
        assert!(!entry.openings[name].opens(body["subject"].as_str().unwrap()), "{name}");
    }
}

#[test]
fn a_record_and_its_debug_hold_no_personal_data() {
    let record = record().input("text", "my secret");
    let shown = format!("{record:?} {:?}", seal(record.clone()));
    let entry = seal(record);
    for secret in ["5550001111", "my secret"] {
        assert!(!entry.body.contains(secret) && !shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn the_same_value_is_committed_to_differently_each_time() {
    let twice = record().input("a", "x").input("b", "x");
    let body: Value = serde_json::from_str(&seal(twice).body).unwrap();
    assert_ne!(body["inputs"]["a"], body["inputs"]["b"]);
}

#[test]
fn a_reason_in_words_is_no_part_of_the_record() {
    let entry = seal(record().because("Ann asked, +15550001111"));
    assert!(entry.body.contains(r#""reason":"in_words""#) && !entry.body.contains("Ann"));
    assert_eq!(entry.openings["reason"].value, "Ann asked, +15550001111");
    assert!(seal(record().because("quiet_hours/us-fl@2026-01-01")).body.contains("us-fl"));
}

#[test]
fn canonical_json_sorts_names_and_escapes_as_rfc_8785_asks() {
    let value = serde_json::json!({ "b": [1, true, null], "a": { "z": "\u{8}\u{1f}\"\\/é€\n", "y": "" } });
    assert_eq!(
        canonical(&value),
        "{\"a\":{\"y\":\"\",\"z\":\"\\b\\u001f\\\"\\\\/é€\\n\"},\"b\":[1,true,null]}"
    );
}

#[test]
fn every_kind_is_listed_by_its_name() {
    for kind in Kind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
}
