use serde_json::json;

use super::*;

/// A schema with one of everything that the channel's schemas have.
fn base() -> Value {
    json!({
        "$id": "/schemas/x.v1.json",
        "title": "x.v1",
        "description": "It happened.",
        "type": "object",
        "required": ["id", "at", "who", "target", "status"],
        "properties": {
            "id": { "type": "string", "pattern": "^MB[0-9a-f]{32}$", "maxLength": 34 },
            "at": { "type": "string", "format": "date-time" },
            "count": { "type": "integer", "minimum": 0 },
            "who": { "$ref": "#/$defs/Person", "description": "Who." },
            "people": { "type": "array", "items": { "$ref": "#/$defs/Person" } },
            "extra": { "type": "object", "additionalProperties": { "type": "string" } },
            "anything": true,
            "status": { "const": "read" },
            "reason": { "oneOf": [{ "const": "left", "description": "L." }, { "const": "moved" }] },
            "channel": { "enum": ["sms", "whatsapp"] },
            "target": { "oneOf": [
                { "properties": { "to": { "const": "all" } }, "required": ["to"], "type": "object" },
                {
                    "properties": { "to": { "const": "one" }, "address": { "type": "string" } },
                    "required": ["to", "address"],
                    "type": "object",
                },
            ] },
        },
        "anyOf": [
            { "properties": { "text": { "type": "string" } }, "required": ["text"], "type": "object" },
            { "properties": { "file": { "type": "string" } }, "required": ["file"], "type": "object" },
        ],
        "$defs": {
            "Person": {
                "type": "object",
                "required": ["address"],
                "properties": {
                    "address": { "type": "string" },
                    "name": { "type": "string" },
                    "friend": { "$ref": "#/$defs/Person" },
                },
            },
        },
    })
}

/// The schema with the value at a pointer replaced, added (`-` ends a list) or, without a value, taken out.
fn changed(pointer: &str, value: Option<Value>) -> Value {
    let mut schema = base();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match (schema.pointer_mut(parent).unwrap(), value) {
        (Value::Object(fields), Some(value)) => drop(fields.insert(name.to_owned(), value)),
        (Value::Object(fields), None) => drop(fields.remove(name).unwrap()),
        (Value::Array(items), Some(value)) if name == "-" => items.push(value),
        (Value::Array(items), Some(value)) => items[name.parse::<usize>().unwrap()] = value,
        (Value::Array(items), None) => drop(items.remove(name.parse().unwrap())),
        (other, _) => panic!("{other}"),
    }
    schema
}

#[test]
fn a_planted_change_that_breaks_somebody_is_refused_with_its_place() {
    let text = || Some(json!({ "type": "string" }));
    for (pointer, value, place, what) in [
        ("/properties/count", None, "x.v1 count", "the field is gone"),
        ("/properties/at/type", Some(json!("integer")), "x.v1 at", "type was"),
        ("/properties/at/type", Some(json!(["string", "null"])), "x.v1 at", "type was"),
        ("/properties/count/type", Some(json!("number")), "x.v1 count", "type was"),
        ("/properties/at/format", None, "x.v1 at", "format was"),
        ("/properties/at/format", Some(json!("date")), "x.v1 at", "format was"),
        ("/properties/id/pattern", Some(json!("^CH")), "x.v1 id", "pattern was"),
        ("/properties/id/pattern", None, "x.v1 id", "pattern was"),
        ("/properties/id/maxLength", Some(json!(10)), "x.v1 id", "maxLength was 34 and is 10"),
        ("/properties/count/minimum", Some(json!(1)), "x.v1 count", "minimum was"),
        ("/properties/count/maximum", Some(json!(9)), "x.v1 count", "maximum was nothing and is 9"),
        ("/required/-", Some(json!("count")), "x.v1 count", "is required now"),
        ("/required/0", None, "x.v1 id", "is optional now"),
        ("/properties/status/const", Some(json!("sent")), "x.v1 status", "the value \"read\" is gone"),
        ("/properties/status", Some(json!({ "enum": ["read", "sent"] })), "x.v1 status", "had one value"),
        ("/properties/status", text(), "x.v1 status", "the list of values is gone"),
        ("/properties/reason/oneOf/1", None, "x.v1 reason", "the value \"moved\" is gone"),
        (
            "/properties/reason/oneOf/0/const",
            Some(json!("went")),
            "x.v1 reason",
            "the value \"left\" is gone",
        ),
        ("/properties/channel/enum/0", None, "x.v1 channel", "the value \"sms\" is gone"),
        (
            "/$defs/Person/properties/name/enum",
            Some(json!(["Ann"])),
            "x.v1 people[] name",
            "only some are now",
        ),
        ("/$defs/Person/properties/name", None, "x.v1 people[] name", "the field is gone"),
        ("/$defs/Person/required/-", Some(json!("name")), "x.v1 people[] name", "is required now"),
        ("/properties/people/items", text(), "x.v1 people[]", "type was"),
        ("/properties/people/items", None, "x.v1 people", "items came or went"),
        ("/properties/people/minItems", Some(json!(1)), "x.v1 people", "minItems was"),
        ("/properties/extra/additionalProperties/type", Some(json!("integer")), "x.v1 extra[]", "type was"),
        ("/additionalProperties", Some(json!(false)), "x.v1", "additionalProperties came"),
        ("/properties/anything", text(), "x.v1 anything", "type was nothing"),
        ("/properties/target/oneOf/1", None, "x.v1 target", "the alternative to=\"one\" is gone"),
        ("/properties/target/oneOf/1/properties/address", None, "x.v1 target (to=\"one\") address", "gone"),
        ("/anyOf/1", None, "x.v1", "the alternative with file is gone"),
        ("/anyOf/-", Some(json!({ "required": ["place"] })), "x.v1", "the alternative with place of anyOf"),
        ("/not", Some(json!({ "required": ["x"] })), "x.v1", "not was nothing"),
    ] {
        let found = compare("x.v1", &base(), &changed(pointer, value));
        let named = |change: &&Change| change.place == place && change.what.contains(what);
        let refused = found.iter().find(named).is_some_and(|change| change.effect == Effect::Breaking);
        assert!(refused, "{pointer}: {found:?}");
    }
}

#[test]
fn a_required_field_that_is_new_is_refused() {
    let mut new = changed("/properties/more", Some(json!({ "type": "string" })));
    new["required"].as_array_mut().unwrap().push(json!("more"));
    let found = compare("x.v1", &base(), &new);
    assert_eq!(
        found,
        [Change::new("x.v1 more", Effect::Breaking, "a required field is new: what is stored lacks it")]
    );
}

#[test]
fn a_planted_change_that_hurts_nobody_is_told_and_allowed() {
    for (pointer, value, place) in [
        ("/properties/more", json!({ "type": "string" }), "x.v1 more"),
        ("/$defs/Person/properties/born", json!({ "type": "string" }), "x.v1 people[] born"),
        ("/properties/reason/oneOf/-", json!({ "const": "removed" }), "x.v1 reason"),
        ("/properties/channel/enum/-", json!("rcs"), "x.v1 channel"),
        ("/properties/target/oneOf/-", json!({ "properties": { "to": { "const": "two" } } }), "x.v1 target"),
    ] {
        let found = compare("x.v1", &base(), &changed(pointer, Some(value)));
        assert!(found.iter().any(|change| change.place == place), "{pointer}: {found:?}");
        assert!(found.iter().all(|change| change.effect == Effect::Compatible), "{pointer}: {found:?}");
    }
}

#[test]
fn words_and_the_way_of_writing_say_nothing() {
    for (pointer, value) in [
        ("/description", json!("Something else.")),
        ("/properties/who/description", json!("Whoever.")),
        ("/title", json!("y")),
        ("/properties/reason", json!({ "enum": ["moved", "left"] })),
        ("/required", json!(["status", "target", "who", "at", "id"])),
    ] {
        assert_eq!(compare("x.v1", &base(), &changed(pointer, Some(value))), [], "{pointer}");
    }
    // A definition that is written out where it is used, and one under another name.
    let person = json!({ "$ref": "#/$defs/Human" });
    let mut renamed = base();
    let mut human = renamed["$defs"]["Person"].take();
    human["properties"]["friend"] = person.clone();
    renamed["$defs"] = json!({ "Human": human });
    renamed["properties"]["who"] = person.clone();
    renamed["properties"]["people"]["items"] = person;
    assert_eq!(compare("x.v1", &base(), &renamed), []);
    assert_eq!(compare("x.v1", &base(), &base()), []);
}
