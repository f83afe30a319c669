//! Files that people send: fetched, waited for, and removed when their time is over.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use si_channel_core::event::MediaRef;
use si_channel_core::input::Input;
use si_channel_core::media::{Kept, MediaFile, MediaState, contact_name};
use si_channel_core::world::Found;
use tokio::sync::RwLock;
use tokio::time::Instant;
use twilio_conversations::client::media::{Download, DownloadLimits};

use crate::documents;
use crate::engine::{Engine, EngineError};
use crate::ports::media::{Digest, Draft, MediaError, MediaStore};
use crate::store::{Kind, Page, Store, StoreError, Wake, Want};
use crate::twilio::Failure;
use crate::worker::retention::Held;

/// So much of a contact card is looked through for its name.
const CARD: usize = 64 << 10;
/// How many files are removed in one go.
const BATCH: usize = 200;

/// Where files are kept, and which.
#[derive(Debug, Clone)]
pub struct Files {
    /// Where.
    pub store: Arc<dyn MediaStore>,
    /// Which.
    pub limits: DownloadLimits,
    /// Attempts at each in all.
    pub attempts: u32,
    /// How long a question waits for the files it comes with.
    pub turn_wait: Duration,
    /// After which time they are removed, if ever.
    pub keep: Option<Duration>,
    /// Held for reading from the keeping of bytes until they are recorded, so that they are not removed in between.
    pub recording: Arc<RwLock<()>>,
}

impl Files {
    /// Reads a file from Twilio, not kept yet.
    pub(super) async fn take(&self, mut download: Download) -> Result<Taken, Missing> {
        let content_type = download.content_type().unwrap_or("application/octet-stream").trim().to_owned();
        let is_card = content_type.contains("vcard");
        let mut card = Vec::new();
        let mut draft = self.store.begin().await?;
        while let Some(piece) = download.chunk().await.map_err(Failure::from)? {
            if is_card {
                gather(&mut card, &piece);
            }
            draft.write(&piece).await?;
        }
        Ok(Taken { draft, content_type, label: contact_name(&String::from_utf8_lossy(&card)) })
    }

    /// The files of a question, as far as they have come within `wait`.
    pub(super) async fn settled(
        &self,
        engine: &Engine,
        told: &[MediaRef],
        wait: Duration,
    ) -> Result<Vec<Option<MediaFile>>, StoreError> {
        if told.is_empty() {
            return Ok(Vec::new());
        }
        let deadline = Instant::now() + wait;
        let mut events = engine.store().watch(Wake::Events);
        loop {
            events.mark_unchanged();
            let wants = told.iter().map(|file| Want::Id(Kind::Media, file.id.to_string()));
            let records = engine.store().load(wants.collect()).await?;
            let mut files = Vec::with_capacity(records.len());
            for record in records {
                let found = record.map(|record| documents::found(&record)).transpose()?;
                files.push(match found {
                    Some(Found::Media(file)) => Some(*file),
                    _ => None,
                });
            }
            let pending = files.iter().flatten().any(|file| file.state == MediaState::Pending);
            if !pending || Instant::now() >= deadline {
                return Ok(files);
            }
            // Many events may be of no concern here.
            tokio::time::sleep(Duration::from_millis(10)).await;
            let _ = tokio::time::timeout_at(deadline, events.changed()).await;
        }
    }

    /// Removes what has been kept for long enough; how many files.
    pub(super) async fn prune(&self, engine: &Engine, held: &Held) -> Result<usize, PruneError> {
        let Some(keep) = self.keep else { return Ok(0) };
        let before = engine.clock().now_ms() - i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
        let _alone = self.recording.write().await;
        let stored = documents::media_state(MediaState::Stored);
        let mut next = Page { before: Some((before, String::new())), limit: BATCH };
        let mut count = 0;
        // Those of people under a legal hold are passed over.
        while count == 0 {
            let old = engine.store().list(Kind::Media, (documents::STATE, stored), next.clone()).await?;
            let Some((order, last)) = old.last() else { break };
            next.before = Some((*order, last.id.clone()));
            for (_, record) in old {
                let Found::Media(file) = documents::found(&record)? else { continue };
                let Some(kept) = file.kept.as_ref().filter(|_| !held.has(file.session_id.as_str())) else {
                    continue;
                };
                // The same bytes may have come with another message since.
                if !came_twice(&**engine.store(), &kept.sha256).await?
                    && let Some(digest) = Digest::from_hex(&kept.sha256)
                {
                    self.store.remove(&digest).await?;
                }
                engine.decide(&Input::MediaDropped { media_id: file.told.id }).await?;
                count += 1;
            }
        }
        Ok(count)
    }
}

/// Whether the bytes of a kept file came with another message too.
pub(super) async fn came_twice(store: &dyn Store, sha256: &str) -> Result<bool, StoreError> {
    Ok(store.list(Kind::Media, (documents::SHA256, sha256), Page::first(2)).await?.len() > 1)
}

/// A file that has been read whole.
pub(super) struct Taken {
    draft: Box<dyn Draft>,
    content_type: String,
    label: Option<String>,
}

impl Taken {
    /// Keeps it; to be recorded while [`Files::recording`] is held.
    pub(super) async fn keep(self) -> Result<Kept, MediaError> {
        let (digest, bytes) = self.draft.keep().await?;
        let Self { content_type, label, .. } = self;
        Ok(Kept { sha256: digest.to_string(), bytes, content_type, label })
    }
}

/// Old files could not be removed; they are looked at again later.
#[derive(Debug, thiserror::Error)]
pub(super) enum PruneError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Media(#[from] MediaError),
}

fn gather(card: &mut Vec<u8>, piece: &Bytes) {
    let room = CARD.saturating_sub(card.len());
    card.extend_from_slice(&piece[..piece.len().min(room)]);
}

/// Why a file is not here.
pub(super) enum Missing {
    /// Twilio did not give it.
    AtTwilio(Failure),
    /// It cannot be kept now.
    Unkept(MediaError),
}

impl From<Failure> for Missing {
    fn from(failure: Failure) -> Self {
        Self::AtTwilio(failure)
    }
}

impl From<MediaError> for Missing {
    fn from(error: MediaError) -> Self {
        Self::Unkept(error)
    }
}
