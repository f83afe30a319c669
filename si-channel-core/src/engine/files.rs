//! Files that came with messages.

use crate::engine::{Desk, Stop};
use crate::event::{Event, Received};
use crate::id::MediaId;
use crate::input::Input;
use crate::media::{self, MediaFile, Step};
use crate::rejection::Rejection;
use crate::session::Session;
use crate::world::Want;

impl Desk<'_> {
    pub(super) fn file(&mut self, input: &Input) -> Result<(), Stop> {
        match input {
            Input::MediaFetched { media_id, outcome } => {
                self.step_file(media_id, &Step::Fetch(outcome.clone()))
            }
            Input::MediaDropped { media_id } => self.step_file(media_id, &Step::Remove),
            _ => Err(Rejection::AlreadySo.into()),
        }
    }

    fn step_file(&mut self, id: &MediaId, step: &Step) -> Result<(), Stop> {
        let file = self.world.media(id)?.ok_or(Rejection::NotFound("no such file"))?.clone();
        let session = self.existing(&file.session_id)?;
        let events = media::decide(&file, step, self.context)?;
        self.correlation = Some(file.message_sid.clone());
        self.outcome.media.insert(id.clone(), file);
        self.record_session(session, events);
        Ok(())
    }

    /// Asks whether a message's files are known, before anything is decided about it.
    pub(super) fn look_for_files(&self, received: &Received) -> Result<(), Stop> {
        self.world.need(received.media.iter().map(|file| Want::Media(file.id.clone())))
    }

    /// The files of a message that has been taken in begin their way.
    pub(super) fn note_files(&mut self, session: &Session, event: &Event) {
        let Event::MessageReceived(received) = event else { return };
        for told in &received.media {
            if matches!(self.world.media(&told.id), Ok(None)) {
                let file = MediaFile::new(told, received, session.id.clone(), self.context.now);
                self.outcome.media.insert(told.id.clone(), file);
            }
        }
    }
}
