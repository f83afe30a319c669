use serde_json::json;

use super::*;

fn person() -> Person {
    let mut person = Person::new(&"+15551110001".parse().unwrap(), Token::new([7; 16]));
    person.note_name("Ann");
    person
}

const TOKEN: &str = "person_07070707070707070707070707070707";

#[test]
fn a_token_stands_as_an_address_on_every_channel() {
    for (text, channel) in [(TOKEN.to_owned(), "sms"), (format!("whatsapp:{TOKEN}"), "whatsapp")] {
        let address: Address = text.parse().unwrap();
        assert!(address.is_erased());
        assert_eq!((address.to_string(), address.channel().as_str()), (text, channel));
    }
    for wrong in [
        "person_",
        "person_07",
        "person_0707070707070707070707070707070G",
        "Person_07070707070707070707070707070707",
    ] {
        assert!(wrong.parse::<Address>().is_err() && wrong.parse::<Token>().is_err(), "{wrong}");
    }
    assert!(!"+15551110001".parse::<Address>().unwrap().is_erased());
}

#[test]
fn a_number_is_one_person_on_sms_and_whatsapp() {
    let whatsapp: Address = "whatsapp:+15551110001".parse().unwrap();
    assert!(person().is(&whatsapp) && !person().is(&"+15551110002".parse().unwrap()));
    let all: Vec<String> = person().addresses().iter().map(ToString::to_string).collect();
    assert_eq!(all, ["+15551110001", "whatsapp:+15551110001"]);
    let messenger: Address = "messenger:15551110001".parse().unwrap();
    assert!(!person().is(&messenger));
    assert_eq!(same_number(&messenger), [messenger]);
}

#[test]
fn texts_of_others_stay_without_the_number_and_the_name() {
    let others = json!({
        "author": { "address": "+15551110002", "name": "Bob" },
        "text": "Ann, is 555-111-0001 yours? Annual fees, Hanna and the plan stay.",
        "receipts": { "+15551110001": "sent" },
    });
    let mut clean = others.clone();
    assert!(person().clean(&mut clean, false));
    assert_eq!(
        clean,
        json!({
            "author": { "address": "+15551110002", "name": "Bob" },
            "text": format!("[erased], is {TOKEN} yours? Annual fees, Hanna and the plan stay."),
            "receipts": { TOKEN: "sent" },
        })
    );
    assert!(!person().clean(&mut clean, false), "again it changes nothing");
}

#[test]
fn what_goes_back_to_a_persons_message_is_theirs() {
    let mut ann = person();
    let message = json!({ "message_sid": "IM1", "author": { "address": "+15551110001" }, "media": [{ "id": "med_1" }] });
    assert!(ann.owns(&message));
    ann.learn(&message);
    for (record, theirs) in [
        (json!({ "message_sid": "IM1", "text": "edited" }), true),
        (json!({ "media_id": "med_1" }), true),
        (json!({ "correlation_id": "IM1", "text": "You said: secret" }), true),
        (json!({ "only": "whatsapp:+15551110001" }), true),
        (json!({ "target": { "to": "person", "address": "+15551110001" } }), true),
        (json!({ "author": "+15551110001", "text": "secret" }), true),
        (json!({ "message_sid": "IM2", "author": { "address": "+15551110002" } }), false),
        (json!({ "text": "IM1" }), false),
    ] {
        assert_eq!(ann.owns(&record), theirs, "{record}");
    }
    assert!(ann.is_in(r#"{"pairs":[["MessageSid","IM1"]]}"#));
    assert!(!ann.is_in(r#"{"pairs":[["MessageSid","IM11"]]}"#));
}

#[test]
fn a_name_that_is_a_word_goes_where_it_stands_alone() {
    let clean = |text: &str| without_name(text, "Will");
    assert_eq!(clean("Will will go, said Will.").as_deref(), Some("[erased] will go, said [erased]."));
    assert_eq!(clean("Williams, GoodWill"), None);
    assert_eq!(clean("WillWill"), None);
}

#[test]
fn another_of_the_same_name_keeps_it() {
    let mut members =
        json!([{ "address": "+15551110001", "name": "Ann" }, { "address": "+15551110002", "name": "Ann" }]);
    person().scrub(&mut members);
    assert_eq!(members[0]["name"], ERASED);
    assert_eq!(members[1]["name"], "Ann");
}

#[test]
fn what_is_known_is_told_again() {
    let mut ann = person();
    ann.note("IM1");
    let mut again = Person::new(&"+15551110001".parse().unwrap(), Token::new([7; 16]));
    again.recall(&ann.known());
    assert!(again.is_in("IM1") && again.scrubbed("Hi Ann").is_some());
    assert!(!format!("{:?}", again.known()).contains("Ann"));
}

#[test]
fn a_number_that_is_no_text_is_gone_too() {
    let mut fields =
        json!({ "phone": 15_551_110_001_i64, "national": [5_551_110_001_i64], "count": 110_001 });
    assert!(person().clean(&mut fields, false));
    assert_eq!(fields, json!({ "phone": 0, "national": [0], "count": 110_001 }));
}
