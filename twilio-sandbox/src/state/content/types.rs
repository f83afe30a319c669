//! The types of content and their fields.
//!
//! <https://www.twilio.com/docs/content/content-types-overview>

use serde_json::{Map, Value};

use super::shape::{Field, Kind, check as object};

/// Every type, from the plainest to the richest: of several, the richest that a channel takes is sent.
const TYPES: &[(&str, &[Field])] = &[
    ("twilio/text", &[need("body", Kind::Text(1600))]),
    ("twilio/media", &[may("body", Kind::Text(1600)), may("media", Kind::Texts(10))]),
    (
        "twilio/location",
        &[
            need("latitude", Kind::Number),
            need("longitude", Kind::Number),
            may("label", Kind::Text(1000)),
            may("id", Kind::Text(200)),
            may("address", Kind::Text(1000)),
        ],
    ),
    ("twilio/quick-reply", &[need("body", BODY), need("actions", Kind::Objects(QUICK_REPLIES, 1, 10))]),
    ("twilio/call-to-action", &[need("body", BODY), need("actions", Kind::Objects(CALLS, 1, 10))]),
    (
        "twilio/list-picker",
        &[
            need("body", BODY),
            need("button", Kind::Text(20)),
            need("items", Kind::Objects(LIST_ITEMS, 1, 10)),
        ],
    ),
    (
        "twilio/card",
        &[
            may("title", BODY),
            // Documented since 2025, though the OpenAPI document does not have it.
            may("body", Kind::Text(1600)),
            may("subtitle", Kind::Text(60)),
            may("media", Kind::Texts(10)),
            may("actions", Kind::Objects(CARD_ACTIONS, 0, 10)),
        ],
    ),
    ("twilio/carousel", &[need("body", BODY), need("cards", Kind::Objects(CARDS, 1, 10))]),
    (
        "twilio/catalog",
        &[
            may("title", BODY),
            need("body", BODY),
            may("subtitle", Kind::Text(60)),
            may("id", Kind::Text(200)),
            may("items", Kind::Objects(CATALOG_ITEMS, 0, 30)),
            may("dynamic_items", Kind::Text(1600)),
        ],
    ),
    (
        "twilio/flows",
        &[
            need("body", BODY),
            need("button_text", Kind::Text(20)),
            may("subtitle", Kind::Text(60)),
            may("media_url", Kind::Text(2048)),
            need("pages", Kind::Objects(PAGES, 1, 30)),
            need("type", Kind::Text(60)),
        ],
    ),
    (
        "twilio/schedule",
        &[need("id", Kind::Text(200)), need("title", BODY), need("timeSlots", Kind::Text(1600))],
    ),
    (
        "whatsapp/card",
        &[
            need("body", BODY),
            may("footer", Kind::Text(60)),
            may("media", Kind::Texts(10)),
            may("header_text", Kind::Text(60)),
            may("actions", Kind::Objects(CARD_ACTIONS, 0, 10)),
        ],
    ),
    (
        "whatsapp/flows",
        &[
            need("body", BODY),
            need("button_text", Kind::Text(20)),
            may("subtitle", Kind::Text(60)),
            may("media_url", Kind::Text(2048)),
            need("flow_id", Kind::Text(200)),
            may("flow_token", Kind::Text(200)),
            may("flow_first_page_id", Kind::Text(200)),
            may("is_flow_first_page_endpoint", Kind::Flag),
        ],
    ),
    (
        "whatsapp/authentication",
        &[
            may("add_security_recommendation", Kind::Flag),
            may("code_expiration_minutes", Kind::Number),
            need("actions", Kind::Objects(CODES, 1, 1)),
        ],
    ),
];

const BODY: Kind = Kind::Text(1024);
const TITLE: Kind = Kind::Text(25);
const ID: Kind = Kind::Text(200);

const QUICK_REPLIES: &[Field] =
    &[may("type", Kind::Word(&["QUICK_REPLY"])), need("title", TITLE), may("id", ID)];

const CALLS: &[Field] = &[
    need("type", Kind::Word(&["URL", "PHONE_NUMBER", "COPY_CODE", "VOICE_CALL", "VOICE_CALL_REQUEST"])),
    need("title", TITLE),
    may("url", Kind::Text(2048)),
    may("phone", Kind::Text(40)),
    may("code", Kind::Text(40)),
    may("id", ID),
];

const CARD_ACTIONS: &[Field] = &[
    need("type", Kind::Word(&["URL", "PHONE_NUMBER", "QUICK_REPLY", "COPY_CODE", "VOICE_CALL"])),
    need("title", TITLE),
    may("url", Kind::Text(2048)),
    may("phone", Kind::Text(40)),
    may("id", ID),
    may("code", Kind::Text(40)),
    may("webview_size", Kind::Word(&["TALL", "FULL", "HALF", "NONE"])),
];

const CAROUSEL_ACTIONS: &[Field] = &[
    need("type", Kind::Word(&["URL", "PHONE_NUMBER", "QUICK_REPLY"])),
    need("title", TITLE),
    may("url", Kind::Text(2048)),
    may("phone", Kind::Text(40)),
    may("id", ID),
];

const CARDS: &[Field] = &[
    may("title", Kind::Text(160)),
    need("body", Kind::Text(160)),
    need("media", Kind::Text(2048)),
    need("actions", Kind::Objects(CAROUSEL_ACTIONS, 1, 2)),
];

const CODES: &[Field] = &[need("type", Kind::Word(&["COPY_CODE"])), need("copy_code_text", TITLE)];

const LIST_ITEMS: &[Field] =
    &[need("id", ID), need("item", Kind::Text(24)), may("description", Kind::Text(72))];

const CATALOG_ITEMS: &[Field] = &[
    may("id", ID),
    may("section_title", Kind::Text(60)),
    may("name", Kind::Text(200)),
    may("media_url", Kind::Text(2048)),
    may("price", Kind::Number),
    may("description", Kind::Text(1024)),
];

const PAGES: &[Field] = &[
    need("id", ID),
    may("next_page_id", ID),
    need("title", Kind::Text(200)),
    may("subtitle", Kind::Text(200)),
    need("layout", Kind::Objects(COMPONENTS, 0, 50)),
];

const COMPONENTS: &[Field] = &[may("label", Kind::Text(200)), need("type", Kind::Text(60))];

const fn need(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

/// The forms without their nulls, or what Twilio would refuse.
pub(crate) fn check(types: &Value) -> Result<Map<String, Value>, String> {
    let Value::Object(given) = types else { return Err("types must be an object".to_owned()) };
    let mut checked = Map::new();
    for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        let Some((_, fields)) = TYPES.iter().find(|(known, _)| known == name) else {
            return Err(format!("types has the unknown type {name}"));
        };
        let form = object(&format!("types.{name}"), value, fields)?;
        whole(name, &form)?;
        checked.insert(name.clone(), Value::Object(form));
    }
    if checked.is_empty() {
        return Err("types must have at least one type".to_owned());
    }
    Ok(checked)
}

/// The type's names among those given, the richest first.
pub(crate) fn by_richness(types: &Map<String, Value>) -> impl Iterator<Item = (&'static str, &Value)> {
    TYPES.iter().rev().filter_map(|(name, _)| types.get(*name).map(|form| (*name, form)))
}

/// What no single field shows.
fn whole(name: &str, form: &Map<String, Value>) -> Result<(), String> {
    let filled = |field: &str| match form.get(field) {
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        other => other.is_some(),
    };
    let fields = || form.keys().filter(|field| filled(field)).count();
    let missing = match name {
        "twilio/media" if !filled("body") && !filled("media") => "body or media",
        "twilio/card" if !filled("title") && !filled("body") => "title or body",
        "twilio/card" | "whatsapp/card" if fields() < 2 => "one more field",
        "twilio/catalog" if !filled("id") && !filled("items") && !filled("dynamic_items") => {
            "id, items or dynamic_items"
        }
        "twilio/text" | "twilio/quick-reply" | "twilio/call-to-action" | "twilio/list-picker"
            if !filled("body") =>
        {
            "body"
        }
        _ => return form.get("actions").map_or(Ok(()), |actions| buttons(name, actions)),
    };
    Err(format!("types.{name} needs {missing}"))
}

/// Each button has what it opens.
fn buttons(name: &str, actions: &Value) -> Result<(), String> {
    for action in actions.as_array().into_iter().flatten() {
        let field = match action["type"].as_str() {
            Some("URL") => "url",
            Some("PHONE_NUMBER") => "phone",
            Some("COPY_CODE") if name != "whatsapp/authentication" => "code",
            _ => continue,
        };
        if action[field].as_str().is_none_or(str::is_empty) {
            return Err(format!("types.{name}: a {} button needs {field}", action["type"]));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_type_of_the_document_is_taken() {
        let link = json!({"type": "URL", "title": "Open", "url": "https://example.com/{{1}}"});
        let reply = json!({"type": "QUICK_REPLY", "title": "Yes", "id": "yes"});
        let all = json!({
            "twilio/text": {"body": "Hi {{1}}"},
            "twilio/media": {"body": "Look", "media": ["https://example.com/{{1}}.png"]},
            "twilio/location": {"latitude": 37.7, "longitude": "{{2}}", "label": "Here"},
            "twilio/quick-reply": {"body": "Well?", "actions": [{"title": "Yes", "id": null}]},
            "twilio/call-to-action": {"body": "Go", "actions": [link,
                {"type": "PHONE_NUMBER", "title": "Call", "phone": "+15005550006"},
                {"type": "COPY_CODE", "title": "Copy", "code": "AB12"}]},
            "twilio/list-picker": {"body": "Which?", "button": "Choose",
                "items": [{"id": "a", "item": "A", "description": "the first"}]},
            "twilio/card": {"title": "Card", "subtitle": "small", "actions": [reply]},
            "twilio/carousel": {"body": "Look", "cards": [{"body": "one", "media": "https://example.com/1.png",
                "actions": [link]}]},
            "twilio/catalog": {"body": "Ours", "items": [{"id": "1", "price": 9.5}]},
            "twilio/flows": {"body": "Book", "button_text": "Start", "type": "BOOKING",
                "pages": [{"id": "1", "title": "When", "layout": [{"type": "TEXT", "label": "Day"}]}]},
            "twilio/schedule": {"id": "1", "title": "When?", "timeSlots": "[]"},
            "whatsapp/card": {"body": "Card", "footer": "small", "actions": [reply]},
            "whatsapp/flows": {"body": "Book", "button_text": "Start", "flow_id": "1",
                "is_flow_first_page_endpoint": false},
            "whatsapp/authentication": {"add_security_recommendation": true, "code_expiration_minutes": 5,
                "actions": [{"type": "COPY_CODE", "copy_code_text": "Copy"}]},
        });
        let checked = check(&all).unwrap();
        assert_eq!(checked.len(), TYPES.len());
        assert_eq!(checked["twilio/quick-reply"]["actions"][0], json!({"title": "Yes"}));
        assert_eq!(by_richness(&checked).next().unwrap().0, "whatsapp/authentication");
    }

    #[test]
    fn what_is_refused_is_named() {
        for (types, named) in [
            (json!({}), "at least one"),
            (json!([]), "object"),
            (json!({"twilio/text": null}), "at least one"),
            (json!({"twilio/fax": {}}), "twilio/fax"),
            (json!({"twilio/text": "hi"}), "object"),
            (json!({"twilio/text": {}}), "twilio/text.body is required"),
            (json!({"twilio/text": {"body": ""}}), "needs body"),
            (json!({"twilio/text": {"body": 1}}), "must be a text"),
            (json!({"twilio/text": {"body": "a".repeat(1601)}}), "1600"),
            (json!({"twilio/text": {"body": "{{}}"}}), "placeholder"),
            (json!({"twilio/text": {"body": "a", "footer": "b"}}), "no field footer"),
            (json!({"twilio/media": {"media": []}}), "body or media"),
            (json!({"twilio/location": {"latitude": "north", "longitude": 1}}), "number"),
            (json!({"twilio/quick-reply": {"body": "a", "actions": []}}), "1 to 10"),
            (json!({"twilio/quick-reply": {"body": "a", "actions": [{"title": "a".repeat(26)}]}}), "25"),
            (
                json!({"twilio/call-to-action": {"body": "a", "actions": [{"type": "FAX", "title": "a"}]}}),
                "URL",
            ),
            (
                json!({"twilio/call-to-action": {"body": "a", "actions": [{"type": "URL", "title": "a"}]}}),
                "url",
            ),
            (json!({"twilio/card": {"title": "a"}}), "one more field"),
            (json!({"twilio/card": {"subtitle": "a", "media": ["b"]}}), "title or body"),
            (json!({"whatsapp/card": {"body": "a"}}), "one more field"),
            (json!({"twilio/catalog": {"body": "a"}}), "items"),
            (
                json!({"whatsapp/flows": {"body": "a", "button_text": "b", "flow_id": "c",
                "is_flow_first_page_endpoint": "no"}}),
                "true or false",
            ),
        ] {
            let why = check(&types).unwrap_err();
            assert!(why.contains(named), "{types}: {why}");
        }
    }
}
