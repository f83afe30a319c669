use serde::{Deserialize, Serialize};

/// A form of a template: its required values in the constructor, the others `None`.
macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident {
        $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
        $(; $($(#[$option_doc:meta])* $option:ident: $option_type:ty,)*)?
    })*) => {$(
        $(#[$doc])*
        #[serde_with::skip_serializing_none]
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
            $($($(#[$option_doc])* pub $option: Option<$option_type>,)*)?
        }

        impl $name {
            /// With what Twilio requires.
            pub fn new($($field: impl Into<$type>),*) -> Self {
                Self { $($field: $field.into(),)* $($($option: None,)*)? }
            }
        }
    )*};
}

bodies! {
    /// A text, for every channel (`twilio/text`).
    Text {
        /// The text.
        body: String,
    }
    /// Files (`twilio/media`).
    Media {
        /// URLs of the files; a placeholder may end one.
        media: Vec<String>,
        ;
        /// The text beside them.
        body: String,
    }
    /// A place on the map (`twilio/location`).
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        ;
        /// The place's name.
        label: String,
        /// The place's id.
        id: String,
        /// The place's address.
        address: String,
    }
    /// A list behind a button (`twilio/list-picker`).
    ListPicker {
        /// The text.
        body: String,
        /// What is on the button.
        button: String,
        /// What can be picked.
        items: Vec<ListItem>,
    }
    /// An entry of a list.
    ListItem {
        /// What comes back when it is picked.
        id: String,
        /// What the person reads.
        item: String,
        ;
        /// More about it.
        description: String,
    }
    /// Buttons that lead out of the chat (`twilio/call-to-action`).
    CallToAction {
        /// The text.
        body: String,
        /// The buttons.
        actions: Vec<Action>,
    }
    /// Buttons that answer (`twilio/quick-reply`).
    QuickReply {
        /// The text.
        body: String,
        /// The buttons.
        actions: Vec<QuickReplyAction>,
    }
    /// A button that answers.
    QuickReplyAction {
        /// What is on it.
        title: String,
        ;
        /// What comes back when it is pressed.
        id: String,
        /// The kind of button; there is one.
        #[serde(rename = "type")]
        action_type: QuickReplyActionType,
    }
    /// A card (`twilio/card`).
    Card {
        ;
        /// The title.
        title: String,
        /// The line below it.
        subtitle: String,
        /// URLs of the picture or film.
        media: Vec<String>,
        /// The buttons.
        actions: Vec<Action>,
    }
    /// Cards side by side (`twilio/carousel`).
    Carousel {
        /// The text above them.
        body: String,
        /// The cards.
        cards: Vec<CarouselCard>,
    }
    /// A card of a carousel.
    CarouselCard {
        /// The text.
        body: String,
        /// The URL of the picture or film.
        media: String,
        /// The buttons.
        actions: Vec<Action>,
        ;
        /// The title.
        title: String,
    }
    /// A card as WhatsApp has it (`whatsapp/card`).
    WhatsAppCard {
        /// The text.
        body: String,
        ;
        /// The small line below it.
        footer: String,
        /// URLs of the picture, film or document above it.
        media: Vec<String>,
        /// The title in their place.
        header_text: String,
        /// The buttons.
        actions: Vec<Action>,
    }
    /// A one-time password (`whatsapp/authentication`); WhatsApp writes the text.
    Authentication {
        /// The button.
        actions: Vec<AuthenticationAction>,
        ;
        /// Whether it warns of passing the code on.
        add_security_recommendation: bool,
        /// After how many minutes it says the code ends.
        code_expiration_minutes: f64,
    }
}

impl Default for Card {
    fn default() -> Self {
        Self::new()
    }
}

open_enum! {
    /// The kind of a button that answers.
    QuickReplyActionType {
        /// Answers.
        QuickReply = "QUICK_REPLY",
    }
}

/// The button of a one-time password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
#[non_exhaustive]
pub enum AuthenticationAction {
    /// Copies the code.
    #[serde(rename = "COPY_CODE")]
    CopyCode {
        /// What is on it.
        copy_code_text: String,
    },
}

/// A button.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
#[non_exhaustive]
pub enum Action {
    /// Opens a page.
    #[serde(rename = "URL")]
    Url {
        /// What is on it.
        title: String,
        /// The page; a placeholder may end it.
        url: String,
        /// Its id.
        id: Option<String>,
        /// How much of the screen the page takes, where the channel shows it inside.
        webview_size: Option<WebviewSize>,
    },
    /// Calls a number.
    #[serde(rename = "PHONE_NUMBER")]
    PhoneNumber {
        /// What is on it.
        title: String,
        /// The number, E.164.
        phone: String,
        /// Its id.
        id: Option<String>,
    },
    /// Answers.
    #[serde(rename = "QUICK_REPLY")]
    QuickReply {
        /// What is on it.
        title: String,
        /// What comes back when it is pressed.
        id: Option<String>,
    },
    /// Copies a code, such as a coupon.
    #[serde(rename = "COPY_CODE")]
    CopyCode {
        /// What is on it.
        title: String,
        /// The code.
        code: String,
        /// Its id.
        id: Option<String>,
    },
    /// Calls the business on WhatsApp.
    #[serde(rename = "VOICE_CALL")]
    VoiceCall {
        /// What is on it.
        title: String,
        /// Its id.
        id: Option<String>,
    },
    /// Asks the person for leave to call them.
    #[serde(rename = "VOICE_CALL_REQUEST")]
    VoiceCallRequest {
        /// What is on it.
        title: String,
        /// Its id.
        id: Option<String>,
    },
}

open_enum! {
    /// How much of the screen a page takes.
    WebviewSize {
        /// Most of it.
        Tall = "TALL",
        /// All of it.
        Full = "FULL",
        /// Half of it.
        Half = "HALF",
        /// It is opened elsewhere.
        None = "NONE",
    }
}
