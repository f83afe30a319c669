//! Files of messages, at Twilio.

use si_channel_core::event::MediaRef;
use twilio_conversations::Error;
use twilio_conversations::api::conversation::FetchConversation;
use twilio_conversations::client::media::{Download, DownloadLimits};
use twilio_conversations::sid::{ConversationSid, MediaSid, SmsSid};
use url::Url;

use crate::twilio::{Failure, Twilio};

impl Twilio {
    /// Begins to download a file. Of what a webhook said about it, its SIDs alone are used: the client knows where
    /// Twilio is.
    pub async fn download(
        &self,
        told: &MediaRef,
        conversation: Option<&ConversationSid>,
        limits: &DownloadLimits,
    ) -> Result<Download, Failure> {
        let unknown = || Failure::Never { code: None, reason: "Twilio named no file".to_owned() };
        let downloaded = if let Ok(media) = told.reference.parse::<MediaSid>() {
            let service = match (&told.service_sid, conversation) {
                (Some(service), _) => service.clone(),
                (None, Some(sid)) => {
                    let found = self.client.send(&FetchConversation::new(sid.clone())).await;
                    found.map_err(unfetched)?.chat_service_sid.ok_or_else(unknown)?
                }
                (None, None) => return Err(unknown()),
            };
            self.client.download_media(&service, &media, limits).await
        } else {
            let (message, media) = of_a_message(&told.reference).ok_or_else(unknown)?;
            self.client.download_message_media(&message, &media, limits).await
        };
        downloaded.map_err(unfetched)
    }
}

/// The SIDs in `…/Messages/{Sid}/Media/{Sid}`.
/// <https://www.twilio.com/docs/messaging/api/media-resource>
fn of_a_message(url: &str) -> Option<(SmsSid, MediaSid)> {
    let url = Url::parse(url).ok()?;
    let segments: Vec<&str> = url.path_segments()?.collect();
    let [.., "Messages", message, "Media", media] = segments.as_slice() else { return None };
    Some((message.parse().ok()?, media.parse().ok()?))
}

/// A file may be told of before it is there, and a link to it may have grown old: both pass.
fn unfetched(error: Error) -> Failure {
    if matches!(error.status(), Some(403 | 404)) {
        return Failure::Again { reason: error.to_string(), after: error.retry_after(), outage: None };
    }
    error.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_media_address_only_the_sids_count() {
        let (message, media) = (format!("MM{}", "a".repeat(32)), format!("ME{}", "b".repeat(32)));
        for (url, is_found) in [
            (
                format!("https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/{message}/Media/{media}"),
                true,
            ),
            (format!("http://169.254.169.254/Messages/{message}/Media/{media}?x=1"), true),
            (format!("https://api.twilio.com/Messages/{message}/Media/{media}/.."), false),
            (format!("https://api.twilio.com/Messages/{message}/Media/..%2F{media}"), false),
            (format!("https://api.twilio.com/Messages/{media}/Media/{message}"), false),
            (media.clone(), false),
            (String::new(), false),
        ] {
            let found = of_a_message(&url);
            assert_eq!(found.is_some(), is_found, "{url}");
            if let Some(found) = found {
                assert_eq!((found.0.as_str(), found.1.as_str()), (&*message, &*media));
            }
        }
    }
}
