//! Keeping files: uploading, copying from message to message, attaching, removing.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::World;
use crate::error::ApiError;
use crate::state::media::{Incoming, Owner, Stored};
use crate::state::message::Media;
use crate::state::sid::hex;

/// How long a temporary address of a file can be used.
const TEMPORARY: i64 = 300_000;

impl World {
    /// Keeps a file under a new SID.
    pub(crate) fn keep(&mut self, file: Incoming, owner: Owner) -> String {
        let sid = self.sids.sid("ME");
        self.keep_as(&sid, file, owner);
        sid
    }

    fn keep_as(&mut self, sid: &str, file: Incoming, owner: Owner) {
        let now = self.now();
        let Incoming { content_type, filename, bytes } = file;
        let stored = Stored { content_type, filename, bytes, owner, created: now, updated: now };
        self.media.insert(sid.to_owned(), stored);
    }

    /// Keeps the bytes of a message's file, which was only an address until now.
    pub(crate) fn arrive(&mut self, text: &str, media: &str, file: Incoming) {
        let Some(text) = self.texts.get_mut(text) else { return };
        let Some(one) = text.media.iter_mut().find(|one| one.sid == media) else { return };
        one.describe(&file);
        let owner = Owner::Text(text.sid.clone());
        self.keep_as(media, file, owner);
    }

    /// Gives somebody else a file of their own. One without bytes stays an address.
    pub(crate) fn copy(&mut self, media: &Media, owner: Owner) -> Media {
        let sid = self.sids.sid("ME");
        if let Some(stored) = self.media.get(&media.sid).cloned() {
            self.media.insert(sid.clone(), Stored { owner, ..stored });
        }
        Media { sid, ..media.clone() }
    }

    /// What a phone sent becomes files of the conversation's service.
    pub(crate) fn adopt(&mut self, conversation: &str, media: &[Media]) -> Result<Vec<Media>, ApiError> {
        let service_sid = self.find(conversation)?.service_sid.clone();
        let owner = Owner::Service { service_sid, message: None };
        Ok(media.iter().map(|one| self.copy(one, owner.clone())).collect())
    }

    /// A file of a service, or 404.
    pub(crate) fn find_upload(&self, service: &str, sid: &str) -> Result<&Stored, ApiError> {
        let stored = self.media.get(sid).filter(
            |stored| matches!(&stored.owner, Owner::Service { service_sid, .. } if service_sid == service),
        );
        stored.ok_or_else(|| ApiError::not_found(&format!("/Services/{service}/Media/{sid}")))
    }

    /// An upload that no message has yet, for a message of that service: 50507, 50508, 50510.
    pub(crate) fn free_upload(&self, service: &str, sid: &str) -> Result<Media, ApiError> {
        if !(sid.len() == 34 && sid.starts_with("ME") && sid[2..].bytes().all(|b| b.is_ascii_hexdigit())) {
            return Err(ApiError::bad(50510, format!("MediaSid {sid:?} is not a media SID")));
        }
        let Ok(stored) = self.find_upload(service, sid) else {
            return Err(ApiError::bad(50507, format!("Media {sid} was not found")));
        };
        let media = Media::of(sid, stored);
        self.check_free(std::slice::from_ref(&media))?;
        Ok(media)
    }

    /// Refuses a file that a message has already: 50508.
    pub(super) fn check_free(&self, media: &[Media]) -> Result<(), ApiError> {
        let taken = |one: &&Media| {
            let owner = self.media.get(&one.sid).map(|stored| &stored.owner);
            matches!(owner, Some(Owner::Service { message: Some(_), .. }))
        };
        match media.iter().find(taken) {
            Some(one) => {
                Err(ApiError::bad(50508, format!("Media {} is attached to another message", one.sid)))
            }
            None => Ok(()),
        }
    }

    /// From now on the files belong to the message.
    pub(super) fn attach(&mut self, media: &[Media], conversation: &str, message: &str) {
        for one in media {
            if let Some(Owner::Service { message: attached, .. }) =
                self.media.get_mut(&one.sid).map(|stored| &mut stored.owner)
            {
                *attached = Some((conversation.to_owned(), message.to_owned()));
            }
        }
    }

    /// Removes the files of a message.
    pub(crate) fn forget(&mut self, media: &[Media]) {
        for one in media {
            self.media.remove(&one.sid);
        }
    }

    /// Gives a phone a file; the address under which the controls serve it.
    pub(super) fn show(&mut self, media: &Media, phone: &str) -> String {
        let copy = self.copy(media, Owner::Phone(phone.to_owned()));
        format!("{}/sandbox/media/{}/{}", self.base, self.account.sid, copy.sid)
    }

    /// A file that a phone shows.
    pub(crate) fn shown(&self, sid: &str) -> Option<&Stored> {
        self.media.get(sid).filter(|stored| matches!(stored.owner, Owner::Phone(_)))
    }

    /// An address at which anybody can read the file for five minutes.
    pub(crate) fn temporary_url(&self, sid: &str) -> String {
        // Whole seconds, as such addresses carry them.
        let expires = (self.now() + TEMPORARY).div_euclid(1000);
        let signature = self.media_signature(sid, expires);
        format!("{}/media/{}/{sid}?Expires={expires}&Signature={signature}", self.base, self.account.sid)
    }

    /// The file of a temporary address while it can be used.
    pub(crate) fn temporary(&self, sid: &str, expires: i64, signature: &str) -> Option<&Stored> {
        let current =
            self.now().div_euclid(1000) < expires && self.media_signature(sid, expires) == signature;
        self.media.get(sid).filter(|_| current)
    }

    fn media_signature(&self, sid: &str, expires: i64) -> String {
        // A key of any length is taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.account.auth_token.as_bytes()) else {
            return String::new();
        };
        mac.update(format!("{sid}/{expires}").as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}
