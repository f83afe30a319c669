//! Looks whether the stream holds what it must.

use jiff::Timestamp;
use serde_json::Value;

use super::{End, Held, Publisher};
use crate::feed::message::Outgoing;
use crate::feed::run::{Run, Seen, Verdict, judge};
use crate::feed::session::{Message, Place, Session, State};
use crate::store::{StoreError, StoredEvent};

/// What is within the last tenth of the stream's limit, and this, may be gone: clocks differ.
const SLACK_MS: i64 = 60 * 60 * 1_000;

/// Which states of the stream were found to miss nothing, so that they are not gone through again.
#[derive(Debug, Default)]
pub(super) struct Sound {
    /// The first number of the run's messages that are there.
    first: u64,
    /// The first number of all, and how many behind it are gone.
    gaps: (u64, u64),
}

impl Publisher {
    /// Sees whether the stream has what it should have, and goes back or forward to where it has come.
    pub(super) async fn check(&self, session: &mut Session, held: &mut Held) -> Result<(), End> {
        let state = session.look().await?;
        let run = &held.place.run;
        let mut seen =
            Seen { created_ns: state.created_ns, last_sequence: state.last_sequence, ..Seen::default() };
        if state.created_ns == run.created_ns {
            let newest = session.message(state.last_sequence).await?;
            let at_newest = if run.sequence == state.last_sequence {
                newest.clone()
            } else {
                session.message(run.sequence).await?
            };
            seen.at_newest = at_newest.map(|message| message.id);
            if let Some(newest) = newest.filter(|_| state.last_sequence >= run.since) {
                seen.newest = self.position_of(run, &newest).await?;
            }
            seen.missing = self.begins_late(session, &held.place, &mut held.sound, &state).await?
                || has_gap(session, run, &mut held.sound, &state).await?;
        }
        match judge(held.place.position, run, &seen) {
            Verdict::GoOn => return Ok(()),
            Verdict::From(position) => {
                tracing::warn!(
                    from = held.place.position,
                    to = position,
                    "the stream has come to another place"
                );
                let id = self.id_at(position).await?;
                let run = Run { sequence: state.last_sequence, id, ..run.clone() };
                held.place = Place { position, run };
                held.sound = Sound::default();
            }
            Verdict::Fill(why) => {
                let last = self.engine.store().last_position().await?;
                let position = self.grown_old(&state, last).await?;
                tracing::warn!(after = position, "the stream is filled from the store: it {why}");
                held.place = Place { position, run: Run::begin(state.created_ns, state.last_sequence) };
                held.sound = Sound::default();
            }
        }
        self.keep(held, self.lease_ms()).await
    }

    /// Whether the first messages of the run are gone, and no limit has taken them.
    async fn begins_late(
        &self,
        session: &Session,
        place: &Place,
        sound: &mut Sound,
        state: &State,
    ) -> Result<bool, End> {
        let first = state.first_sequence;
        if first <= place.run.since || first == sound.first || state.is_full {
            return Ok(false);
        }
        let begins = match session.first_from(first).await? {
            Some(message) => self.position_of(&place.run, &message).await?,
            // Emptied only now: the next look is of that.
            None if first <= state.last_sequence => return Ok(false),
            None => None,
        };
        // When there is none, or somebody else's, all that was published counts.
        let before = begins.unwrap_or(place.position.saturating_add(1));
        let old = self.grown_old(state, before.saturating_sub(1)).await?;
        let next = self.engine.store().events_after(old, None, 1).await?;
        let late = next.first().is_some_and(|event| event.position < before);
        if !late && begins.is_some() {
            sound.first = first;
        }
        Ok(late)
    }

    /// The position of the last event, up to `last`, that is so old that the stream may let it go; 0 before the first.
    async fn grown_old(&self, state: &State, last: i64) -> Result<i64, StoreError> {
        let Some(max_age_ms) = state.max_age_ms else { return Ok(0) };
        let slack_ms = SLACK_MS.min(max_age_ms / 10);
        let limit_ms = self.engine.clock().now_ms().saturating_sub(max_age_ms).saturating_add(slack_ms);
        let is_old = |event: &StoredEvent| time_ms(event).is_some_and(|time_ms| time_ms <= limit_ms);
        // Events stand in the order of their time.
        let (mut old, mut young) = (0, last);
        while old < young {
            let middle = old.midpoint(young);
            let next = self.engine.store().events_after(middle, None, 1).await?;
            match next.first() {
                Some(event) if event.position <= young && is_old(event) => old = event.position,
                _ => young = middle,
            }
        }
        Ok(old)
    }

    /// The place in the feed of a message's event, if the message is one of the run and the event stands there in the store.
    async fn position_of(&self, run: &Run, message: &Message) -> Result<Option<i64>, StoreError> {
        let Some(position) = message.position else { return Ok(None) };
        let id = self.id_at(position).await?;
        Ok((!id.is_empty() && run.message_id(&id) == message.id).then_some(position))
    }

    /// The id of the event at this position; empty when there is none.
    async fn id_at(&self, position: i64) -> Result<String, StoreError> {
        let found = self.engine.store().events_after(position.saturating_sub(1), None, 1).await?;
        let found = found.into_iter().find(|event| event.position == position);
        Ok(found.and_then(|event| Outgoing::new("", event)).map(|event| event.id).unwrap_or_default())
    }
}

/// Whether messages of the run are gone that have others of the run before them. No limit takes those.
async fn has_gap(session: &Session, run: &Run, sound: &mut Sound, state: &State) -> Result<bool, End> {
    let gaps = (state.first_sequence, state.deleted);
    if state.deleted == 0 || gaps == sound.gaps {
        return Ok(false);
    }
    let found = session.has_gap(run.since).await?;
    if !found {
        sound.gaps = gaps;
    }
    Ok(found)
}

fn time_ms(event: &StoredEvent) -> Option<i64> {
    let body: Value = serde_json::from_str(&event.body).ok()?;
    Some(body["time"].as_str()?.parse::<Timestamp>().ok()?.as_millisecond())
}
