//! What a channel makes of a template.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Content;
use super::placeholder::fill;
use super::types::by_richness;
use super::values::Values;
use crate::state::address::Channel;

/// A template with its values, in the form that a channel shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) body: String,
    /// Addresses of files.
    pub(crate) media: Vec<String>,
    pub(crate) shown: Shown,
}

/// What a message shows of a template beside its words and files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Shown {
    pub(crate) content_sid: String,
    /// The type that was chosen.
    pub(crate) content_type: Cow<'static, str>,
    pub(crate) actions: Vec<Action>,
    /// A placeholder that has neither a value nor a sample.
    pub(crate) missing: Option<String>,
    /// Whether WhatsApp takes the values in a template: no line breaks or tabs, no five spaces in a row.
    pub(crate) is_tidy: bool,
}

/// Something to press below a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Action {
    /// Twilio's word, such as `QUICK_REPLY` or `URL`; `LIST_ITEM` for the items of a list.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) title: String,
    /// What comes back when it is pressed, or what it opens.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) description: Option<String>,
}

/// What a template is sent by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Via {
    Messaging,
    Conversations,
}

/// The types that SMS and MMS carry as they are.
const PHONE_NETWORK: [&str; 2] = ["twilio/text", "twilio/media"];

impl Via {
    /// Whether it knows a type.
    fn knows(self, name: &str) -> bool {
        self == Self::Messaging
            || matches!(
                name,
                "twilio/text"
                    | "twilio/media"
                    | "twilio/location"
                    | "twilio/quick-reply"
                    | "twilio/call-to-action"
                    | "twilio/list-picker"
                    | "twilio/card"
            )
    }
}

impl Content {
    /// Whether any of its types can be sent that way.
    pub(crate) fn goes_by(&self, via: Via) -> bool {
        by_richness(&self.types).any(|(name, _)| via.knows(name))
    }

    /// Renders the richest type that the channel takes, or that there is when no channel is named.
    ///
    /// SMS takes text and media; of any other type it gets the words alone. `None` when there are no words.
    pub(crate) fn render(&self, via: Via, channel: Option<Channel>, values: &Values) -> Option<Rendered> {
        let known = || by_richness(&self.types).filter(|(name, _)| via.knows(name));
        let takes = |name: &str| channel != Some(Channel::Sms) || PHONE_NETWORK.contains(&name);
        let native = known().find(|(name, _)| takes(name));
        let worded = |form: &Value| form["body"].is_string() || form["title"].is_string();
        let (content_type, form) = native.or_else(|| known().find(|(_, form)| worded(form)))?;
        let value = |name: &str| {
            let given = values.get(name).or_else(|| self.variables.get(name));
            given.map(String::as_str).filter(|value| !value.is_empty())
        };
        let mut missing = None;
        let form = filled(form, &mut |text| {
            fill(text, value).unwrap_or_else(|name| {
                missing = Some(name);
                text.to_owned()
            })
        });
        let plain = native.is_none();
        Some(Rendered {
            body: body(content_type, &form, value("1")),
            media: if plain { Vec::new() } else { media(&form) },
            shown: Shown {
                content_sid: self.sid.clone(),
                content_type: content_type.into(),
                actions: if plain { Vec::new() } else { actions(&form) },
                missing,
                is_tidy: !values
                    .values()
                    .any(|value| value.contains(['\n', '\r', '\t']) || value.contains("     ")),
            },
        })
    }
}

/// The form with its placeholders filled, wherever they stand.
fn filled(value: &Value, fill: &mut impl FnMut(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(fill(text)),
        Value::Array(items) => items.iter().map(|item| filled(item, fill)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), filled(value, fill)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

fn body(content_type: &str, form: &Value, code: Option<&str>) -> String {
    if content_type == "whatsapp/authentication" {
        // WhatsApp owns the words.
        let mut body = format!("{} is your verification code.", code.unwrap_or_default());
        if form["add_security_recommendation"] == true {
            body.push_str(" For your security, do not share this code.");
        }
        return body;
    }
    let lines = ["header_text", "title", "body", "subtitle", "label", "address", "footer"];
    let lines: Vec<&str> = lines.iter().filter_map(|name| form[*name].as_str()).collect();
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn media(form: &Value) -> Vec<String> {
    let cards = form["cards"].as_array().into_iter().flatten().map(|card| &card["media"]);
    let own = form["media"].as_array().into_iter().flatten();
    own.chain(cards).chain([&form["media_url"]]).filter_map(Value::as_str).map(str::to_owned).collect()
}

fn actions(form: &Value) -> Vec<Action> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let button = |action: &Value| Action {
        kind: text(&action["type"]).unwrap_or_else(|| "QUICK_REPLY".to_owned()),
        title: text(&action["title"]).or_else(|| text(&action["copy_code_text"])).unwrap_or_default(),
        value: ["id", "url", "phone", "code"].iter().find_map(|name| text(&action[*name])),
        description: None,
    };
    let item = |item: &Value| Action {
        kind: "LIST_ITEM".to_owned(),
        title: text(&item["item"]).unwrap_or_default(),
        value: text(&item["id"]),
        description: text(&item["description"]),
    };
    let cards = form["cards"].as_array().into_iter().flatten();
    let cards = cards.flat_map(|card| card["actions"].as_array().into_iter().flatten());
    let buttons = form["actions"].as_array().into_iter().flatten().chain(cards).map(button);
    // A catalogue's items are no buttons.
    let items = form["items"].as_array().into_iter().flatten().filter(|item| item["item"].is_string());
    buttons.chain(items.map(item)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::state::content::types;

    fn content(types: &Value, samples: &[(&str, &str)]) -> Content {
        Content {
            seq: 1,
            sid: "HX1".into(),
            friendly_name: String::new(),
            language: "en".into(),
            variables: samples.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            types: types::check(types).unwrap(),
            approval: None,
            legacy: None,
            created: 0,
            updated: 0,
        }
    }

    fn values(values: &[(&str, &str)]) -> Values {
        values.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    fn on(content: &Content, channel: Channel, given: &[(&str, &str)]) -> Rendered {
        content.render(Via::Messaging, Some(channel), &values(given)).unwrap()
    }

    #[test]
    fn each_channel_gets_the_richest_type_it_takes() {
        let quick = json!({"body": "Well, {{1}}?", "actions": [{"title": "Yes {{1}}", "id": "y{{2}}"}]});
        let both = content(
            &json!({"twilio/text": {"body": "Reply YES, {{1}}"}, "twilio/quick-reply": quick}),
            &[("1", "you"), ("2", "es")],
        );
        let one = on(&both, Channel::WhatsApp, &[("1", "Ann"), ("9", "unused")]);
        assert_eq!((&*one.shown.content_type, one.body.as_str()), ("twilio/quick-reply", "Well, Ann?"));
        let action = &one.shown.actions[0];
        assert_eq!((action.title.as_str(), action.value.as_deref()), ("Yes Ann", Some("yes")));
        let one = on(&both, Channel::Sms, &[]);
        assert_eq!((one.body.as_str(), one.shown.actions.len()), ("Reply YES, you", 0));
        let alone = content(&json!({"twilio/quick-reply": quick}), &[("1", "you"), ("2", "es")]);
        let one = on(&alone, Channel::Sms, &[]);
        assert_eq!((one.body.as_str(), one.shown.actions.len()), ("Well, you?", 0));
        let place =
            content(&json!({"twilio/location": {"latitude": 1, "longitude": 2, "label": "Here"}}), &[]);
        assert_eq!(place.render(Via::Messaging, Some(Channel::Sms), &values(&[])), None);
        assert_eq!(on(&place, Channel::WhatsApp, &[]).body, "Here");
    }

    #[test]
    fn conversations_know_fewer_types() {
        let card = json!({"body": "Rich", "footer": "small"});
        let both = content(&json!({"twilio/text": {"body": "Plain"}, "whatsapp/card": card}), &[]);
        assert_eq!(both.render(Via::Conversations, None, &values(&[])).unwrap().body, "Plain");
        assert_eq!(on(&both, Channel::WhatsApp, &[]).body, "Rich\nsmall");
        assert!(!content(&json!({"whatsapp/card": card}), &[]).goes_by(Via::Conversations));
    }

    #[test]
    fn media_and_the_buttons_of_cards_come_out() {
        let media = content(&json!({"twilio/media": {"body": "Look", "media": ["https://x/{{1}}"]}}), &[]);
        let one = on(&media, Channel::Sms, &[("1", "a.png")]);
        assert_eq!((one.body.as_str(), one.media), ("Look", vec!["https://x/a.png".to_owned()]));
        let link = json!({"type": "URL", "title": "Open", "url": "https://x/"});
        let cards =
            json!({"body": "See", "cards": [{"body": "one", "media": "https://x/1", "actions": [link]}]});
        let one = on(&content(&json!({"twilio/carousel": cards}), &[]), Channel::WhatsApp, &[]);
        assert_eq!((one.media.len(), one.shown.actions[0].value.as_deref()), (1, Some("https://x/")));
        let list =
            json!({"body": "b", "button": "c", "items": [{"id": "1", "item": "One", "description": "d"}]});
        let one = on(&content(&json!({"twilio/list-picker": list}), &[]), Channel::WhatsApp, &[]);
        assert_eq!(one.shown.actions[0].kind, "LIST_ITEM");
        let code = json!({"add_security_recommendation": true,
            "actions": [{"type": "COPY_CODE", "copy_code_text": "Copy"}]});
        let code = content(&json!({"whatsapp/authentication": code}), &[]);
        let body = on(&code, Channel::WhatsApp, &[("1", "1234")]).body;
        assert!(body.starts_with("1234 is your") && body.contains("security"), "{body}");
    }

    #[test]
    fn a_placeholder_without_value_and_sample_is_named_and_untidy_values_are_told() {
        let one = content(&json!({"twilio/text": {"body": "{{1}} {{name}}"}}), &[("1", "a")]);
        assert_eq!(on(&one, Channel::Sms, &[]).shown.missing.as_deref(), Some("name"));
        assert_eq!(on(&one, Channel::Sms, &[("name", "b")]).shown.missing, None);
        for (value, tidy) in [("a    b", true), ("a     b", false), ("a\nb", false), ("a\tb", false)] {
            assert_eq!(on(&one, Channel::WhatsApp, &[("1", value)]).shown.is_tidy, tidy, "{value:?}");
        }
    }
}
