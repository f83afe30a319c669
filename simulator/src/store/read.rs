//! What is looked up.

use si_channel_server::store::{
    AuditFilter, AuditHead, AuditRecord, Entry, Kind, Record, StoredEvent, Timer, Want,
};

use super::tables::Tables;

impl Tables {
    pub(super) fn load(&self, want: &Want) -> Option<Record> {
        match want {
            Want::Id(kind, id) => self.record(*kind, id),
            Want::Key(kind, name, value) => {
                let (_, id) = self.keys.get(&(*kind, name, value.clone()))?.last()?;
                self.record(*kind, id)
            }
        }
    }

    fn record(&self, kind: Kind, id: &str) -> Option<Record> {
        let document = self.documents.get(&(kind, id.to_owned()))?;
        Some(Record { kind, id: id.to_owned(), version: document.version, doc: document.doc.clone() })
    }

    pub(super) fn list(
        &self,
        kind: Kind,
        name: &'static str,
        value: &str,
        before: Option<&(i64, String)>,
        limit: usize,
    ) -> Vec<(i64, Record)> {
        let found = self.keys.get(&(kind, name, value.to_owned())).into_iter().flatten().rev();
        let found = found.filter(|place| before.is_none_or(|before| *place < before));
        found.filter_map(|(order, id)| Some((*order, self.record(kind, id)?))).take(limit).collect()
    }

    /// All documents of a kind.
    pub fn documents(&self, kind: Kind) -> impl Iterator<Item = (&str, &str)> {
        let of_kind = self.documents.iter().filter(move |((of, _), _)| *of == kind);
        of_kind.map(|((_, id), document)| (id.as_str(), document.doc.as_str()))
    }

    pub(super) fn events_after(&self, position: i64, stream: Option<&str>, limit: usize) -> Vec<StoredEvent> {
        let after = self.events.range(position.saturating_add(1)..).map(|(_, event)| event);
        after
            .filter(|event| stream.is_none_or(|stream| event.stream == stream))
            .take(limit)
            .cloned()
            .collect()
    }

    pub(super) fn last_position(&self) -> i64 {
        self.events.last_key_value().map_or(0, |(position, _)| *position)
    }

    /// The entries of a session, by time and then by order of writing.
    pub fn entries(&self, session: &str) -> Vec<Entry> {
        let mut found: Vec<_> = self.entries.iter().filter(|(_, entry)| entry.session == session).collect();
        found.sort_by_key(|(number, entry)| (entry.at_ms, **number));
        found.into_iter().map(|(_, entry)| entry.clone()).collect()
    }

    pub(super) fn entry(&self, session: &str, id: &str) -> Option<Entry> {
        let number = self.entry_ids.get(&(session.to_owned(), id.to_owned()))?;
        self.entries.get(number).cloned()
    }

    pub(super) fn due_timers(&self, now_ms: i64, limit: usize) -> Vec<Timer> {
        let mut due: Vec<_> = self.timers.values().filter(|(_, timer)| timer.due_ms <= now_ms).collect();
        due.sort_by_key(|(place, timer)| (timer.due_ms, *place));
        due.into_iter().take(limit).map(|(_, timer)| timer.clone()).collect()
    }

    pub(super) fn audit_after(&self, after: u64, filter: &AuditFilter, limit: usize) -> Vec<AuditRecord> {
        let kind_of = |body: &str| -> Option<String> {
            let body: serde_json::Value = serde_json::from_str(body).ok()?;
            Some(body.get("kind")?.as_str()?.to_owned())
        };
        let fits = |record: &AuditRecord| {
            let opened = self.openings.get(&record.link.sequence);
            let about = opened.and_then(|(address, _)| address.as_ref());
            filter.address.as_ref().is_none_or(|address| about == Some(address))
                && filter.kind.is_none_or(|kind| kind_of(&record.link.body).as_deref() == Some(kind))
        };
        let record = |link: &si_channel_core::audit::chain::Link| AuditRecord {
            link: link.clone(),
            openings: self.openings.get(&link.sequence).map(|(_, openings)| openings.clone()),
        };
        let after = self.audit.iter().filter(|link| link.sequence > after);
        after.map(record).filter(fits).take(limit).collect()
    }

    pub(super) fn audit_head(&self) -> AuditHead {
        let (record, hash) = self.audit_end();
        AuditHead {
            record,
            hash,
            signed: self.checkpoints.values().map(|(record, _)| *record).max().unwrap_or(0),
            checkpoints: self.checkpoints.last_key_value().map_or(0, |(number, _)| *number),
        }
    }

    /// The audit log's records.
    pub fn audit(&self) -> &[si_channel_core::audit::chain::Link] {
        &self.audit
    }

    /// The checkpoints of the audit log, JSON.
    pub fn checkpoints(&self) -> impl Iterator<Item = &str> {
        self.checkpoints.values().map(|(_, body)| body.as_str())
    }
}
