//! Files of conversations in the media service.
//!
//! ```
//! use twilio_conversations::model::mcs::Media;
//!
//! let json = r#"{"sid": "ME0123456789abcdef0123456789abcdef", "content_type": "image/png", "size": 1024}"#;
//! let media: Media = serde_json::from_str(json)?;
//! assert_eq!(media.content_type.as_deref(), Some("image/png"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::Links;
use crate::{
    Timestamp,
    sid::{AccountSid, MediaSid, ServiceSid},
};
use serde::{Deserialize, Serialize};

/// A file. Twilio publishes no document of this resource: what may be missing is optional.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Media {
    /// Its SID, for [`CreateMessage::media`](crate::api::message::CreateMessage::media).
    pub sid: MediaSid,
    /// The account.
    pub account_sid: Option<AccountSid>,
    /// The conversation service.
    pub service_sid: Option<ServiceSid>,
    /// The MIME type.
    pub content_type: Option<String>,
    /// The file's name.
    pub filename: Option<String>,
    /// Bytes.
    pub size: Option<u64>,
    /// When it was uploaded.
    pub date_created: Option<Timestamp>,
    /// When it was last changed.
    pub date_updated: Option<Timestamp>,
    /// The URL of this resource.
    pub url: Option<String>,
    /// Where the file is: `content_direct_temporary` needs no login and ends soon.
    pub links: Option<Links>,
}

// A temporary link is as good as the file.
debug_shows! { Media { sid, service_sid, content_type, size, date_created } }
