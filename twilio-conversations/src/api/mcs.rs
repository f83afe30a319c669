//! Files of conversations in the media service: <https://www.twilio.com/docs/conversations-classic/media-support-conversations>.
//!
//! [`Client::upload_media`](crate::Client::upload_media) and [`Client::download_media`](crate::Client::download_media)
//! carry the files themselves.
//!
//! ```
//! use twilio_conversations::{Request, api::mcs::FetchMedia, sid::{MediaSid, ServiceSid}};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let service: ServiceSid = "IS0123456789abcdef0123456789abcdef".parse()?;
//! let media: MediaSid = "ME0123456789abcdef0123456789abcdef".parse()?;
//! let fetch = FetchMedia::new(service, media);
//! assert_eq!(fetch.parts(&account).product.name(), "mcs");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    model::mcs::Media,
    sid::{MediaSid, ServiceSid},
};

request! {
    /// Fetches what is known of a file, with a link to it that ends soon.
    FetchMedia -> Media;
    Read Mcs "/v1/Services/{ChatServiceSid}/Media/{Sid}";
    /// The one to fetch; the service is the account's default one where a conversation names no other.
    pub fn new(service: ServiceSid, media: MediaSid);
}
