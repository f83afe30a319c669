//! What WhatsApp lets an assistant do.

use serde::{Deserialize, Serialize};

use crate::rules::file::rule;
use crate::rules::scope::Where;

/// What the assistant is to WhatsApp's terms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assistant {
    /// A part of a business's own service.
    #[default]
    Ancillary,
    /// A general-purpose assistant that is itself what is offered.
    General,
}

impl Assistant {
    /// Its name in settings and rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ancillary => "ancillary",
            Self::General => "general",
        }
    }
}

/// What may be sent; the later, the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhatsappPolicy {
    /// Anything.
    Allow,
    /// Approved templates alone.
    TemplateOnly,
    /// Nothing.
    Deny,
}

impl WhatsappPolicy {
    /// Its name in rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::TemplateOnly => "template_only",
            Self::Deny => "deny",
        }
    }
}

rule! {
    /// What an assistant may send to the numbers of some countries.
    pub struct WhatsappRule in "whatsapp" {
        /// The countries.
        pub places: Vec<Where>,
        /// What the assistant is.
        pub assistant: Vec<Assistant>,
        /// What may be sent.
        pub policy: WhatsappPolicy,
    }
    fn subjects(rule) {
        let pairs = |place: &Where| {
            let place = place.to_string();
            rule.assistant.iter().map(|assistant| format!("{place} {}", assistant.as_str())).collect::<Vec<_>>()
        };
        rule.places.iter().flat_map(pairs).collect()
    }
}

pub(super) const REQUIRED: &[&str] = &["* ancillary", "* general"];
