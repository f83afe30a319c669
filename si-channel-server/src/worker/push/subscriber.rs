//! Serves one subscriber.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use serde::Deserialize;
use tokio::time::Instant;

use super::lanes::Lanes;
use super::{LOOK, Server};
use crate::push::post::{Answer, Letter};
use crate::push::{Dead, MOST_DEAD, Standing, Subscription};
use crate::store::{CommitError, Cursor, CursorClaim, CursorMove, StoreError, StoredEvent, Wake};
use crate::worker::{FOR_GOOD_MS, LEASE_MS, RENEW};

/// Events looked at in one go.
const BATCH: usize = 100;
/// Events that may wait or be under way while later ones are sent.
const WINDOW: usize = 200;
/// Sessions of a subscription that are served at once.
const AT_ONCE: usize = 8;
/// The longest pause before an event is sent again.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// What ends a time of serving.
pub(super) enum End {
    Store(StoreError),
    /// Another server serves it.
    Overtaken,
    /// It is not active any more, or the server stops.
    Over,
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// How far it has come.
#[derive(Debug, Default)]
struct Progress {
    /// The events up to `end` that are neither taken nor set aside.
    waiting: BTreeSet<i64>,
    /// Where reading has come to.
    end: i64,
    /// Events that the subscriber has taken.
    taken: u64,
    /// Since when it is away, milliseconds.
    away_ms: Option<i64>,
}

impl Progress {
    /// All up to here is done.
    fn position(&self) -> i64 {
        self.waiting.first().map_or(self.end, |first| first - 1)
    }
}

/// What was under way and is done.
enum Done {
    /// An event of this session.
    Sent(String),
    Redriven,
}

/// The place while it is held.
struct Held {
    fence: i64,
    /// What was noted last.
    position: i64,
    renewed: Instant,
}

pub(super) struct Subscriber {
    pub(super) server: Server,
    pub(super) id: String,
    cursor: String,
    progress: Mutex<Progress>,
}

impl Subscriber {
    pub(super) fn new(server: Server, id: String) -> Self {
        Self { server, cursor: Subscription::cursor(&id), id, progress: Mutex::default() }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Serves it for as long as it can be.
    pub(super) async fn serve(&self) -> End {
        let mut held = match self.claim().await {
            Ok(held) => held,
            Err(end) => return end,
        };
        let end = match self.go_on(&mut held).await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        if matches!(end, End::Over)
            && let Err(end) = self.keep(&mut held, 0).await
        {
            return end;
        }
        end
    }

    async fn claim(&self) -> Result<Held, End> {
        let active_since_ms = self.active().await?.active_since.as_millisecond();
        let now_ms = self.server.engine.clock().now_ms();
        let lease_until_ms = now_ms.saturating_add(self.lease_ms());
        let claim = CursorClaim { owner: Arc::clone(&self.server.owner), now_ms, lease_until_ms };
        let claimed = self.server.engine.store().claim_cursor(&self.cursor, claim).await?;
        let Some(Cursor { position, note, fence }) = claimed else { return Err(End::Overtaken) };
        let away_ms = note.parse().ok().filter(|away_ms| *away_ms >= active_since_ms);
        *self.progress() = Progress { end: position, away_ms, ..Progress::default() };
        Ok(Held { fence, position, renewed: Instant::now() })
    }

    /// Sends what comes, as long as the place is held.
    async fn go_on(&self, held: &mut Held) -> Result<Infallible, End> {
        let store = self.server.engine.store();
        let mut wakes = store.watch(Wake::Events);
        let mut lanes = Lanes::default();
        let mut under_way = FuturesUnordered::<BoxFuture<'_, Result<Done, End>>>::new();
        let mut redriving = false;
        loop {
            wakes.mark_unchanged();
            let subscription = self.active().await?;
            if !redriving && subscription.dead.iter().any(|dead| dead.redrive) {
                redriving = true;
                under_way.push(Box::pin(self.redrive(subscription.clone())));
            }
            let has_more = self.read(&subscription, &mut lanes).await?;
            while under_way.len() < AT_ONCE
                && let Some((session, letter)) = lanes.next()
            {
                under_way.push(Box::pin(self.send(session, letter)));
            }
            self.note(held).await?;
            if has_more && under_way.is_empty() {
                continue;
            }
            tokio::select! {
                Some(done) = under_way.next() => match done? {
                    Done::Sent(session) => lanes.done(session),
                    Done::Redriven => redriving = false,
                },
                () = self.server.stop.cancelled() => return Err(End::Over),
                _ = wakes.changed() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Takes in what comes next in the feed while there is room; whether there may be more.
    async fn read(&self, subscription: &Subscription, lanes: &mut Lanes) -> Result<bool, End> {
        let (end, room) = {
            let progress = self.progress();
            (progress.end, WINDOW.saturating_sub(progress.waiting.len()).min(BATCH))
        };
        if room == 0 {
            return Ok(false);
        }
        let events = self.server.engine.store().events_after(end, None, room).await?;
        let has_more = events.len() == room;
        for event in events {
            let (session, position) = (event.stream.clone(), event.position);
            let letter = letter(event).filter(|letter| subscription.wants(&letter.kind));
            let mut progress = self.progress();
            progress.end = position;
            if let Some(letter) = letter {
                progress.waiting.insert(position);
                lanes.add(&session, letter);
            }
        }
        Ok(has_more)
    }

    /// Notes the place when it is time to: at once when all is done, else now and then.
    async fn note(&self, held: &mut Held) -> Result<(), End> {
        let (position, is_done) = {
            let progress = self.progress();
            (progress.position(), progress.waiting.is_empty())
        };
        let since = held.renewed.elapsed();
        if since >= RENEW || (position != held.position && (is_done || since >= LOOK)) {
            self.keep(held, self.lease_ms()).await?;
        }
        Ok(())
    }

    async fn active(&self) -> Result<Subscription, End> {
        let found = Subscription::load(&self.server.engine, &self.id).await?;
        let active = found.filter(|(subscription, _)| subscription.standing == Standing::Active);
        active.map(|(subscription, _)| subscription).ok_or(End::Over)
    }

    async fn send(&self, session: String, letter: Letter) -> Result<Done, End> {
        self.send_one(&letter).await?;
        self.progress().waiting.remove(&letter.position);
        Ok(Done::Sent(session))
    }

    /// Sends an event until it is taken, set aside, or its subscriber was away for too long.
    async fn send_one(&self, letter: &Letter) -> Result<(), End> {
        let settings = self.server.postman.settings();
        let taken_before = self.progress().taken;
        let mut tries = 0;
        loop {
            // Anew each time: its secrets may have been changed, or it may have been ended.
            let to = self.active().await?;
            let now = self.server.engine.clock().now();
            let answer = self.server.postman.post(&to, letter, now).await;
            tries += 1;
            let unreached = matches!(answer, Answer::Away { .. });
            let mut asked = None;
            let why = match answer {
                Answer::Taken => {
                    let mut progress = self.progress();
                    (progress.taken, progress.away_ms) = (progress.taken + 1, None);
                    return Ok(());
                }
                Answer::Unwanted => {
                    self.disable("it answers 410: it wants nothing any more").await?;
                    return Err(End::Over);
                }
                Answer::Refused(status) => {
                    self.progress().away_ms = None;
                    format!("it answers {status}")
                }
                Answer::Away { why, pause } => {
                    asked = pause;
                    why
                }
            };
            // When it takes others and is away at this one alone, it is the event's fault.
            let is_away = unreached && self.progress().taken == taken_before;
            if tries >= settings.tries && !is_away {
                return self.set_aside(letter, why, now).await;
            }
            if is_away && self.is_given_up(now) {
                self.disable(&format!("{why}, for too long")).await?;
                return Err(End::Over);
            }
            tracing::debug!(subscription = self.id, event = letter.id, tries, why, "an event is sent again");
            tokio::time::sleep(asked.unwrap_or_else(|| pause(settings.first_pause, tries - 1))).await;
        }
    }

    /// Notes that the subscriber is away; whether it has been for too long.
    fn is_given_up(&self, now: Timestamp) -> bool {
        let now_ms = now.as_millisecond();
        let since_ms = *self.progress().away_ms.get_or_insert(now_ms);
        let away = Duration::from_millis(u64::try_from(now_ms.saturating_sub(since_ms)).unwrap_or_default());
        away >= self.server.postman.settings().give_up_after
    }

    /// Sends dead letters once more, once each.
    async fn redrive(&self, subscription: Subscription) -> Result<Done, End> {
        for dead in subscription.dead.iter().filter(|dead| dead.redrive) {
            let store = self.server.engine.store();
            let found = store.events_after(dead.position.saturating_sub(1), None, 1).await?;
            let letter = found.into_iter().find(|event| event.position == dead.position).and_then(letter);
            let now = self.server.engine.clock().now();
            let answer = match &letter {
                Some(letter) => self.server.postman.post(&subscription, letter, now).await,
                // It is in the feed no more.
                None => Answer::Taken,
            };
            let (reason, all) = match answer {
                Answer::Taken => (None, false),
                Answer::Unwanted => (Some("it answers 410".to_owned()), false),
                Answer::Refused(status) => (Some(format!("it answers {status}")), false),
                // The others would fare as this one.
                Answer::Away { why, .. } => (Some(why), true),
            };
            self.change(|subscription| {
                let is_meant = |one: &Dead| all || one.event_id == dead.event_id;
                let Some(reason) = &reason else { return subscription.dead.retain(|one| !is_meant(one)) };
                for one in subscription.dead.iter_mut().filter(|one| one.redrive && is_meant(one)) {
                    (one.redrive, one.at) = (false, now);
                    one.reason.clone_from(reason);
                }
            })
            .await?;
            if all {
                break;
            }
        }
        Ok(Done::Redriven)
    }

    async fn set_aside(&self, letter: &Letter, reason: String, at: Timestamp) -> Result<(), End> {
        let (event_id, kind) = (letter.id.clone(), letter.kind.clone());
        let dead = Dead { event_id, kind, position: letter.position, reason, at, redrive: false };
        tracing::warn!(
            subscription = self.id,
            event = dead.event_id,
            reason = dead.reason,
            "a subscriber does not take an event; it is set aside"
        );
        self.change(|subscription| {
            // A server that was ended here comes here again.
            if !subscription.dead.iter().any(|known| known.event_id == dead.event_id) {
                subscription.dead.push(dead.clone());
            }
            if subscription.dead.len() > MOST_DEAD {
                let why = format!("it did not take more than {MOST_DEAD} events");
                subscription.standing = Standing::Disabled { why };
            }
        })
        .await
    }

    /// What was not sent waits in the feed.
    async fn disable(&self, why: &str) -> Result<(), End> {
        tracing::warn!(subscription = self.id, why, "a subscription is disabled");
        self.change(|subscription| subscription.standing = Standing::Disabled { why: why.to_owned() }).await
    }

    async fn change(&self, mut change: impl FnMut(&mut Subscription)) -> Result<(), End> {
        let changed =
            Subscription::change(&self.server.engine, &self.id, |subscription, _| change(subscription)).await;
        match changed {
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(End::Over),
            Err(CommitError::Store(error)) => Err(End::Store(error)),
            Err(CommitError::Conflict(why)) => Err(End::Store(StoreError::Unavailable(why))),
            Err(CommitError::Overtaken) => Err(End::Overtaken),
        }
    }

    /// Notes the place, and holds it for so long.
    async fn keep(&self, held: &mut Held, lease_ms: i64) -> Result<(), End> {
        let now_ms = self.server.engine.clock().now_ms();
        let (position, away_ms) = {
            let progress = self.progress();
            (progress.position(), progress.away_ms)
        };
        let to = CursorMove {
            fence: held.fence,
            position,
            note: away_ms.map(|since_ms| since_ms.to_string()).unwrap_or_default(),
            now_ms,
            lease_until_ms: now_ms.saturating_add(lease_ms),
        };
        if !self.server.engine.store().move_cursor(&self.cursor, to).await? {
            return Err(End::Overtaken);
        }
        (held.position, held.renewed) = (position, Instant::now());
        Ok(())
    }

    fn lease_ms(&self) -> i64 {
        if self.server.engine.store().is_shared() { LEASE_MS } else { FOR_GOOD_MS }
    }
}

fn letter(event: StoredEvent) -> Option<Letter> {
    /// What of an event is looked at.
    #[derive(Deserialize)]
    struct Envelope {
        id: String,
        #[serde(rename = "type")]
        kind: String,
    }
    let Envelope { id, kind } = serde_json::from_str(&event.body).ok()?;
    Some(Letter { id, kind, position: event.position, body: event.body })
}

/// Doubles each time, with some chance in it so that subscribers that came back are not run over.
fn pause(first: Duration, pauses: usize) -> Duration {
    let mut byte = [0];
    let _ = getrandom::fill(&mut byte);
    let whole = first.saturating_mul(1 << pauses.min(20)).min(LONGEST_PAUSE);
    whole.mul_f64(0.75 + f64::from(byte[0]) / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_ten_minutes() {
        let second = Duration::from_secs(1);
        for (pauses, whole) in [
            (0, second),
            (3, 8 * second),
            (9, 512 * second),
            (10, LONGEST_PAUSE),
            (usize::MAX, LONGEST_PAUSE),
        ] {
            let pause = pause(second, pauses);
            assert!(pause >= whole.mul_f64(0.75) && pause <= whole, "{pauses}: {pause:?}");
        }
    }

    #[test]
    fn what_is_done_ends_before_the_first_that_waits() {
        let mut progress = Progress { waiting: [3, 5].into(), end: 7, ..Progress::default() };
        assert_eq!(progress.position(), 2);
        progress.waiting.remove(&5);
        assert_eq!(progress.position(), 2);
        progress.waiting.remove(&3);
        assert_eq!(progress.position(), 7);
    }
}
