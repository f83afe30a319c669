//! Fetching files that came with messages.

use std::time::Duration;

use si_channel_core::id::MediaId;
use si_channel_core::input::Input;
use si_channel_core::media::{Fetched, MediaFile, MediaState};
use si_channel_core::world::Found;
use twilio_conversations::sid::ConversationSid;

use super::{Step, Trouble};
use crate::documents;
use crate::ports::media::MediaError;
use crate::store::{Kind, Want};
use crate::worker::files::Missing;

impl Step<'_> {
    /// Fetches a file; again after a crash, into the same place, since its bytes name it.
    pub(super) async fn fetch_media(
        &self,
        media_id: MediaId,
        conversation: Option<&ConversationSid>,
    ) -> Result<(), Trouble> {
        let file = self.file(&media_id).await?;
        if file.state != MediaState::Pending {
            return Err(Trouble::Moot("settled before"));
        }
        let files = &self.workers.files;
        if let Some(size) = file.told.size.filter(|size| *size > files.limits.max_bytes) {
            let reason = format!("its size, {size} bytes, is above media.max_bytes");
            return self.bring_back(&fetched(media_id, Fetched::Failed { reason })).await;
        }
        let taken = match self.workers.twilio.download(&file.told, conversation, &files.limits).await {
            Ok(download) => files.take(download).await,
            Err(failure) => Err(failure.into()),
        };
        match taken {
            Ok(taken) => {
                let _recording = files.recording.read().await;
                match taken.keep().await {
                    Ok(kept) => self.bring_back(&fetched(media_id, Fetched::Stored(kept))).await,
                    Err(error) => Err(self.unkept(&error)),
                }
            }
            Err(Missing::Unkept(error)) => Err(self.unkept(&error)),
            Err(Missing::AtTwilio(failure)) => {
                let given_up = |reason| Some(fetched(media_id, Fetched::Failed { reason }));
                self.failed_within(files.attempts, failure, given_up).await
            }
        }
    }

    /// Trouble of ours: Twilio still has the file, so that it waits for as long as it takes.
    fn unkept(&self, error: &MediaError) -> Trouble {
        tracing::warn!(effect = self.claimed.id, %error, "a file cannot be kept");
        let after = Duration::from_millis(500) * 2_u32.pow(self.claimed.attempts.min(7));
        Trouble::Again { after, reason: error.to_string() }
    }

    async fn file(&self, id: &MediaId) -> Result<MediaFile, Trouble> {
        let want = Want::Id(Kind::Media, id.to_string());
        let record = self.workers.engine.store().load(vec![want]).await?.pop().flatten();
        match record.map(|record| documents::found(&record)).transpose()? {
            Some(Found::Media(file)) => Ok(*file),
            _ => Err(Trouble::Moot("no such file")),
        }
    }
}

fn fetched(media_id: MediaId, outcome: Fetched) -> Input {
    Input::MediaFetched { media_id, outcome }
}
