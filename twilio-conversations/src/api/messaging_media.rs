//! The files of messages of the 2010 API: <https://www.twilio.com/docs/messaging/api/media-resource>.
//!
//! ```
//! use twilio_conversations::{Request, api::messaging_media::ListMedia, sid::SmsSid};
//! # let account: twilio_conversations::sid::AccountSid = "AC0123456789abcdef0123456789abcdef".parse()?;
//!
//! let message: SmsSid = "MM0123456789abcdef0123456789abcdef".parse()?;
//! let list = ListMedia::new(message).date_created_after("2024-01-02");
//! assert_eq!(list.parts(&account).query.encode(), "DateCreated%3E=2024-01-02");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::{
    Page,
    model::messaging::Media,
    sid::{MediaSid, SmsSid},
};
use std::fmt::Display;

request! {
    /// Fetches what is known of a file, not the file.
    FetchMedia -> Media;
    Read Api "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media/{Sid}.json";
    /// The one to fetch.
    pub fn new(message: SmsSid, media: MediaSid);
}

request! {
    /// Deletes a file; the message stays.
    DeleteMedia -> ();
    Delete Api "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media/{Sid}.json";
    /// The one to delete.
    pub fn new(message: SmsSid, media: MediaSid);
}

request! {
    /// Lists the files of a message.
    ListMedia -> Page<Media>;
    Read Api "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media.json";
    /// All of this message.
    pub fn new(message: SmsSid);
}

page_size! { ListMedia up to 1000; }

setters! { query ListMedia {
    /// Made on this day, `YYYY-MM-DD` in UTC.
    fn date_created(impl Display) = "DateCreated";
    /// Made on this day or earlier, `YYYY-MM-DD` in UTC.
    fn date_created_before(impl Display) = "DateCreated<";
    /// Made on this day or later, `YYYY-MM-DD` in UTC.
    fn date_created_after(impl Display) = "DateCreated>";
}}
