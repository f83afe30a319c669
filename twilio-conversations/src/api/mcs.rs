//! Files of conversations in the media service: <https://www.twilio.com/docs/conversations-classic/media-support-conversations>.
//!
//! [`Client::upload_media`](crate::Client::upload_media) and [`Client::download_media`](crate::Client::download_media)
//! carry the files themselves.

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
