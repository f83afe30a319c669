use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

bodies! {
    /// Several questions on pages inside the chat (`twilio/flows`).
    Flow {
        /// The text.
        body: String,
        /// What is on the button that opens the pages.
        button_text: String,
        /// The pages.
        pages: Vec<FlowPage>,
        /// What it is for, such as `OTHER` or `APPOINTMENT_BOOKING`.
        #[serde(rename = "type")]
        flow_type: String,
        ;
        /// The line below the text.
        subtitle: String,
        /// The URL of a picture above it.
        media_url: String,
    }
    /// A page of a flow.
    FlowPage {
        /// Its id.
        id: String,
        /// The title.
        title: String,
        /// What is on it.
        layout: Vec<FlowComponent>,
        ;
        /// The page after this one.
        next_page_id: String,
        /// The line below the title.
        subtitle: String,
    }
    /// A flow that was made at WhatsApp (`whatsapp/flows`).
    WhatsAppFlow {
        /// The text.
        body: String,
        /// What is on the button that opens it.
        button_text: String,
        /// The flow's id at WhatsApp.
        flow_id: String,
        ;
        /// The line below the text.
        subtitle: String,
        /// The URL of a picture above it.
        media_url: String,
        /// What tells this sending from others.
        flow_token: String,
        /// The page it begins with.
        flow_first_page_id: String,
        /// Whether the first page asks the business's own endpoint.
        is_flow_first_page_endpoint: bool,
    }
    /// Times to choose from (`twilio/schedule`).
    Schedule {
        /// Its id.
        id: String,
        /// The title.
        title: String,
        /// The times, as text.
        #[serde(rename = "timeSlots")]
        time_slots: String,
    }
}

/// A text, a picture or a question on a page of a flow.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FlowComponent {
    /// What it is, such as `TEXT_HEADING`.
    #[serde(rename = "type")]
    pub component_type: String,
    /// What the person reads beside it.
    pub label: Option<String>,
    /// The rest of it, which depends on its type.
    #[serde(flatten)]
    pub settings: Map<String, Value>,
}

impl FlowComponent {
    /// A component of a type, such as `TEXT_HEADING`.
    pub fn new(component_type: impl Into<String>) -> Self {
        Self { component_type: component_type.into(), label: None, settings: Map::new() }
    }
}
