//! Documents of their own: messages, accounts, files, the ledger that stays as the suppression.

use si_channel_core::address::Address;
use si_channel_core::consent::ConsentLedger;
use si_channel_core::media::{MediaFile, MediaState};
use si_channel_core::outbound::OutboundMessage;
use si_channel_core::world::Found;

use super::{Removal, parse, put, typed, value_of};
use crate::documents;
use crate::erasure::{Remnant, Remote};
use crate::ports::media::Digest;
use crate::store::{Amendment, Changes, Kind, Line, Put, Record, Source, Table, Want};
use crate::worker::erasure::EraseError;
use crate::worker::files::came_twice;

impl Removal<'_> {
    pub(super) async fn load(&self, kind: Kind, id: &str) -> Result<Option<Record>, EraseError> {
        Ok(self.store().load(vec![Want::Id(kind, id.to_owned())]).await?.pop().flatten())
    }

    pub(super) async fn outbound(&mut self, id: &str, whole: bool) -> Result<(), EraseError> {
        let Some(record) = self.load(Kind::Outbound, id).await? else { return Ok(()) };
        let mut value = parse(&record.doc)?;
        if self.person.clean(&mut value, whole) {
            let clean: OutboundMessage = typed(value)?;
            self.note_copy(&clean).await?;
            let put = put(&record, &clean, documents::outbound_keys(&clean))?;
            self.commit(Changes { puts: vec![put], ..Changes::settle(Source::Direct) }).await?;
        }
        Ok(())
    }

    /// What we wrote to others and had them in it lies at Twilio too.
    pub(super) async fn note_copy(&self, message: &OutboundMessage) -> Result<(), EraseError> {
        let Some(sid) = &message.message_sid else { return Ok(()) };
        let remote = if let Ok(sid) = sid.parse() {
            Remote::Record { sid }
        } else {
            let session = self.load(Kind::Session, message.session_id.as_str()).await?;
            let Some(Found::Session(session)) =
                session.map(|record| documents::found(&record)).transpose()?
            else {
                return Ok(());
            };
            match (session.conversation_sid.clone(), sid.parse()) {
                (Some(conversation_sid), Ok(sid)) => Remote::Message { conversation_sid, sid },
                _ => return Ok(()),
            }
        };
        let now = self.workers.engine.clock().now();
        Ok(Remnant::new(&self.erasure.id, remote, now).note(&self.workers.engine).await?)
    }

    /// An account of the application's goes on with its other addresses; without any it has no name either.
    pub(super) async fn account(&mut self, id: &str) -> Result<(), EraseError> {
        let Some(record) = self.load(Kind::Account, id).await? else { return Ok(()) };
        let Found::Account(account) = documents::found(&record)? else { return Ok(()) };
        let mut clean = (*account).clone();
        clean.addresses.retain(|address| !self.person.is(address));
        if clean.addresses.is_empty() {
            clean.name = None;
        }
        if clean != *account {
            let put = put(&record, &clean, documents::account_keys(&clean))?;
            self.commit(Changes { puts: vec![put], ..Changes::settle(Source::Direct) }).await?;
        }
        Ok(())
    }

    /// A file: its bytes, unless they came with a message of somebody else too, and what it was called.
    pub(super) async fn media(&mut self, id: &str) -> Result<(), EraseError> {
        let Some(record) = self.load(Kind::Media, id).await? else { return Ok(()) };
        let Found::Media(file) = documents::found(&record)? else { return Ok(()) };
        if file.state == MediaState::Pending && !self.drop_work {
            self.pass.pending = true;
            return Ok(());
        }
        let files = &self.workers.files;
        let _alone = files.recording.write().await;
        if let Some(kept) = &file.kept
            && let Some(digest) = Digest::from_hex(&kept.sha256)
            && !came_twice(self.store(), &kept.sha256).await?
        {
            files.store.remove(&digest).await?;
        }
        let mut clean = MediaFile { state: MediaState::Removed, kept: None, ..(*file).clone() };
        clean.told.filename = None;
        clean.told.reference = String::new();
        if clean != *file {
            let put = put(&record, &clean, documents::media_keys(&clean))?;
            self.commit(Changes { puts: vec![put], ..Changes::settle(Source::Direct) }).await?;
        }
        Ok(())
    }

    /// The ledger is kept as the suppression, under the token.
    pub(super) async fn ledger(&mut self, address: &Address) -> Result<(), EraseError> {
        let Some(record) = self.load(Kind::Ledger, &address.to_string()).await? else { return Ok(()) };
        let mut value = parse(&record.doc)?;
        self.person.clean_ledger(&mut value);
        let ledger: ConsentLedger = typed(value)?;
        let id = address.erased(self.person.token()).to_string();
        let version = self.load(Kind::Ledger, &id).await?.map_or(0, |record| record.version);
        let keys = Some(documents::ledger_keys(&ledger));
        let put = Put { kind: Kind::Ledger, id, version, doc: value_of(&ledger)?.to_string(), keys };
        self.commit(Changes { puts: vec![put], ..Changes::settle(Source::Direct) }).await
    }

    /// A document to which none of their keys led.
    pub(super) async fn document(&mut self, line: &Line) -> Result<Option<Amendment>, EraseError> {
        let Some((kind, id)) = line.wording.name.split_once('/') else { return Ok(None) };
        match kind {
            "ledger" if self.person.is_in(id) => {
                // It is kept under the token by now.
                return Ok(Some(Amendment {
                    table: Table::Documents,
                    place: line.place,
                    was: line.wording.body.clone(),
                    now: None,
                }));
            }
            "session" => {
                let Some(record) = self.load(Kind::Session, id).await? else { return Ok(None) };
                let Found::Session(session) = documents::found(&record)? else { return Ok(None) };
                let clean = self.clean_session(&session, false)?;
                if clean != *session {
                    let put = put(&record, &clean, documents::session_keys(&clean))?;
                    self.commit(Changes { puts: vec![put], ..Changes::settle(Source::Direct) }).await?;
                }
            }
            "account" => self.account(id).await?,
            "outbound" => self.outbound(id, false).await?,
            "media" => self.media(id).await?,
            _ => {}
        }
        Ok(None)
    }
}
