//! Files that Twilio keeps: those uploaded to a Conversation Service and those of messages.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// A file with its bytes; copies share them.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) content_type: String,
    pub(crate) filename: Option<String>,
    #[serde(with = "super::base64")]
    pub(crate) bytes: Bytes,
    pub(crate) owner: Owner,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// Where a file belongs, and so how it is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Owner {
    /// A Conversation Service, by the media service; with the conversation and the message it came with, once
    /// there is one.
    Service { service_sid: String, message: Option<(String, String)> },
    /// A message of the 2010 API.
    Text(String),
    /// The phone that shows it.
    Phone(String),
}

/// A file as it was fetched or uploaded, before it is anybody's.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) content_type: String,
    pub(crate) filename: Option<String>,
    pub(crate) bytes: Bytes,
}

/// The MIME type that a name's ending tells.
pub(crate) fn type_of_name(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "amr" => "audio/amr",
        "mp4" => "video/mp4",
        "pdf" => "application/pdf",
        "vcf" => "text/vcard",
        _ => "application/octet-stream",
    }
}
