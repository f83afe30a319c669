use super::{
    body::{
        Authentication, CallToAction, Card, Carousel, ListPicker, Location, Media, QuickReply, Text,
        WhatsAppCard,
    },
    catalog::Catalog,
    flow::{Flow, Schedule, WhatsAppFlow},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;

macro_rules! content_types {
    ($($(#[$doc:meta])* $variant:ident($body:ty) = $name:literal,)*) => {
        /// A form of a template, made for some channels; each channel takes the richest it can show. `Debug` shows its
        /// type alone.
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum ContentType {
            $($(#[$doc])* $variant($body),)*
            /// A form that this version has no type for, or one with values it does not know.
            Other {
                /// Twilio's name of it, such as `twilio/text`.
                name: String,
                /// What it holds.
                body: Value,
            },
        }

        impl ContentType {
            /// Twilio's name of it, such as `twilio/text`.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant(_) => $name,)*
                    Self::Other { name, .. } => name,
                }
            }

            fn read(name: String, body: Value) -> Self {
                match name.as_str() {
                    $($name => <$body>::deserialize(&body).ok().map(Self::$variant),)*
                    _ => None,
                }
                .unwrap_or(Self::Other { name, body })
            }

            fn body(&self) -> Value {
                match self {
                    // A body is a struct of texts, numbers and lists, which JSON always holds.
                    $(Self::$variant(body) => serde_json::to_value(body).unwrap_or_default(),)*
                    Self::Other { body, .. } => body.clone(),
                }
            }
        }
    };
}

content_types! {
    /// A text.
    Text(Text) = "twilio/text",
    /// Files.
    Media(Media) = "twilio/media",
    /// A place on the map.
    Location(Location) = "twilio/location",
    /// A list behind a button.
    ListPicker(ListPicker) = "twilio/list-picker",
    /// Buttons that lead out of the chat.
    CallToAction(CallToAction) = "twilio/call-to-action",
    /// Buttons that answer.
    QuickReply(QuickReply) = "twilio/quick-reply",
    /// A card.
    Card(Card) = "twilio/card",
    /// Cards side by side.
    Carousel(Carousel) = "twilio/carousel",
    /// A card as WhatsApp has it.
    WhatsAppCard(WhatsAppCard) = "whatsapp/card",
    /// A one-time password.
    Authentication(Authentication) = "whatsapp/authentication",
    /// Goods from a catalogue.
    Catalog(Catalog) = "twilio/catalog",
    /// Several questions on pages.
    Flow(Flow) = "twilio/flows",
    /// A flow that was made at WhatsApp.
    WhatsAppFlow(WhatsAppFlow) = "whatsapp/flows",
    /// Times to choose from.
    Schedule(Schedule) = "twilio/schedule",
}

impl fmt::Debug for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A template's forms, at most one of each type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Option<Map<String, Value>>", into = "Map<String, Value>")]
pub struct ContentTypes(Vec<ContentType>);

impl ContentTypes {
    /// The forms.
    pub fn as_slice(&self) -> &[ContentType] {
        &self.0
    }

    pub(crate) fn to_json(&self) -> Value {
        Value::Object(self.clone().into())
    }
}

impl FromIterator<ContentType> for ContentTypes {
    fn from_iter<I: IntoIterator<Item = ContentType>>(types: I) -> Self {
        Self(types.into_iter().collect())
    }
}

impl From<Option<Map<String, Value>>> for ContentTypes {
    fn from(map: Option<Map<String, Value>>) -> Self {
        map.unwrap_or_default().into_iter().map(|(name, body)| ContentType::read(name, body)).collect()
    }
}

impl From<ContentTypes> for Map<String, Value> {
    fn from(types: ContentTypes) -> Self {
        types.0.iter().map(|form| (form.name().to_owned(), form.body())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_form_is_read_and_written_back_the_same() {
        let action = json!({"type": "URL", "title": "Go", "url": "https://h/{{1}}"});
        let forms = json!({
            "twilio/text": {"body": "hi {{1}}"},
            "twilio/media": {"body": "look", "media": ["https://h/a.png"]},
            "twilio/location": {"latitude": 39.5, "longitude": 104.25, "label": "Here"},
            "twilio/list-picker": {"body": "b", "button": "Pick", "items": [{"id": "1", "item": "One"}]},
            "twilio/call-to-action": {"body": "b", "actions": [
                action,
                {"type": "PHONE_NUMBER", "title": "Call", "phone": "+15550002222"},
                {"type": "COPY_CODE", "title": "Copy", "code": "X1", "id": "c"},
                {"type": "VOICE_CALL", "title": "Call"},
                {"type": "VOICE_CALL_REQUEST", "title": "May we?"},
            ]},
            "twilio/quick-reply": {"body": "b", "actions": [{"title": "Yes", "id": "yes"}]},
            "twilio/card": {"title": "t", "actions": [{"type": "QUICK_REPLY", "title": "Yes", "id": "y"}]},
            "twilio/carousel": {"body": "b", "cards": [{"body": "c", "media": "https://h/", "actions": [action]}]},
            "whatsapp/card": {"body": "b", "footer": "f", "header_text": "h"},
            "whatsapp/authentication": {
                "actions": [{"type": "COPY_CODE", "copy_code_text": "Copy"}], "code_expiration_minutes": 5.0,
            },
            "twilio/catalog": {"body": "b", "items": [{"id": "1", "price": 1.5}]},
            "twilio/flows": {"body": "b", "button_text": "Go", "type": "OTHER", "pages": [
                {"id": "p", "title": "t", "layout": [{"type": "TEXT_HEADING", "text": "Hello"}]},
            ]},
            "whatsapp/flows": {"body": "b", "button_text": "Go", "flow_id": "1"},
            "twilio/schedule": {"id": "s", "title": "t", "timeSlots": "10:00"},
            "later/form": {"body": "b"},
        });
        let types: ContentTypes = serde_json::from_value(forms.clone()).unwrap();
        let other = types.as_slice().iter().filter(|form| matches!(form, ContentType::Other { .. }));
        assert_eq!(other.map(ContentType::name).collect::<Vec<_>>(), ["later/form"]);
        assert_eq!(types.to_json(), forms);
        assert!(!format!("{types:?}").contains("hi"));
    }

    #[test]
    fn a_form_with_values_of_a_later_version_is_kept_whole() {
        let forms = json!({"twilio/card": {"actions": [{"type": "DANCE", "title": "x"}]}});
        let types: ContentTypes = serde_json::from_value(forms.clone()).unwrap();
        assert!(matches!(types.as_slice(), [ContentType::Other { .. }]));
        assert_eq!(serde_json::to_value(&types).unwrap(), forms);
        assert_eq!(serde_json::from_str::<ContentTypes>("null").unwrap(), ContentTypes::default());
    }
}
