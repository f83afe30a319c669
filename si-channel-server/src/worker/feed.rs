//! Publishes events to NATS, on one server at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use self::look::Sound;
use super::{FOR_GOOD_MS, LEASE_MS, RENEW};
use crate::engine::Engine;
use crate::feed::message::Outgoing;
use crate::feed::run::Run;
use crate::feed::session::{Patience, Place, Session, Trouble};
use crate::feed::{CURSOR, Feed, State};
use crate::store::{Cursor, CursorClaim, CursorMove, StoreError, Wake};

mod look;

/// How long after a failure, and how often the stream is looked at.
const PAUSE: Duration = Duration::from_secs(1);
/// Events that are sent before the first is answered.
const BATCH: usize = 256;

/// What ends a time of publishing.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error(transparent)]
    Trouble(#[from] Trouble),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another server holds the place, or somebody has set it.
    #[error("another server publishes")]
    Overtaken,
    #[error("the server stops")]
    Stopped,
}

/// Publishes until the server stops.
pub(super) async fn run(engine: Engine, feed: Feed, owner: Arc<str>, stop: CancellationToken) {
    let publisher = Publisher { engine, feed, owner, stop };
    loop {
        let end = match publisher.publish().await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        let (state, why) = match &end {
            End::Stopped => return,
            End::Overtaken => (State::Standby, None),
            End::Trouble(Trouble::Refused(_)) => (State::Refused, Some(end.to_string())),
            End::Trouble(Trouble::Away(_)) | End::Store(_) => (State::Away, Some(end.to_string())),
        };
        if publisher.feed.stands(state, why) {
            if state == State::Standby {
                tracing::info!("another server publishes the feed");
            } else {
                tracing::warn!(why = %end, "the feed is not published; it goes on where it was");
            }
        }
        let shared = publisher.engine.store().is_shared();
        let pause = if shared && state == State::Standby { RENEW } else { PAUSE };
        tokio::select! {
            () = publisher.stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

struct Publisher {
    engine: Engine,
    feed: Feed,
    owner: Arc<str>,
    stop: CancellationToken,
}

/// The place while it is held.
struct Held {
    fence: i64,
    place: Place,
    /// What was found to be right, and need not be looked at again.
    sound: Sound,
    renewed: tokio::time::Instant,
}

impl Publisher {
    async fn publish(&self) -> Result<std::convert::Infallible, End> {
        let Some(url) = &self.feed.settings.url else { return Err(End::Stopped) };
        // Before the place is held: a server that cannot reach NATS leaves it to one that can.
        let mut session = Session::open(&self.feed.settings, url).await?;
        let now_ms = self.engine.clock().now_ms();
        let lease_until_ms = now_ms.saturating_add(self.lease_ms());
        let claim = CursorClaim { owner: Arc::clone(&self.owner), now_ms, lease_until_ms };
        let claimed = self.engine.store().claim_cursor(CURSOR, claim).await?;
        let Some(Cursor { position, note, fence }) = claimed else { return Err(End::Overtaken) };
        let renewed = tokio::time::Instant::now();
        let place = Place { position, run: Run::of(&note) };
        let mut held = Held { fence, place, sound: Sound::default(), renewed };
        let end = self.go_on(&mut session, &mut held).await;
        if !matches!(end, Err(End::Overtaken | End::Store(_))) {
            // Another need not wait for the lease to end.
            let _ = self.keep(&mut held, 0).await;
        }
        end
    }

    async fn go_on(&self, session: &mut Session, held: &mut Held) -> Result<std::convert::Infallible, End> {
        self.check(session, held).await?;
        if self.feed.stands(State::Publishing, None) {
            tracing::info!(position = held.place.position, "this server publishes the feed");
        }
        let store = self.engine.store();
        let mut wakes = store.watch(Wake::Events);
        let mut patience = Patience::default();
        let mut looked = tokio::time::Instant::now();
        loop {
            if self.stop.is_cancelled() {
                return Err(End::Stopped);
            }
            if held.renewed.elapsed() >= RENEW {
                self.keep(held, self.lease_ms()).await?;
            }
            if looked.elapsed() >= PAUSE {
                self.check(session, held).await?;
                looked = tokio::time::Instant::now();
            }
            wakes.mark_unchanged();
            let found = store.events_after(held.place.position, None, BATCH).await?;
            let Some(last) = found.last().map(|event| event.position) else {
                tokio::select! {
                    () = self.stop.cancelled() => {}
                    _ = wakes.changed() => {}
                    () = tokio::time::sleep(PAUSE) => {}
                }
                continue;
            };
            let prefix = &self.feed.settings.subject_prefix;
            let events: Vec<_> = found.into_iter().filter_map(|event| Outgoing::new(prefix, event)).collect();
            let before = held.place.position;
            let published = session.publish(&events, &mut held.place).await;
            let whole = events.last().is_none_or(|event| event.position == held.place.position);
            if published.is_ok() && whole {
                // What is no event is left out.
                held.place.position = last;
            }
            self.keep(held, self.lease_ms()).await?;
            published?;
            if !whole {
                self.check(session, held).await?;
            }
            patience.tried(whole || held.place.position > before)?;
        }
    }

    /// Notes the place, and holds it for so long.
    async fn keep(&self, held: &mut Held, lease_ms: i64) -> Result<(), End> {
        let now_ms = self.engine.clock().now_ms();
        let to = CursorMove {
            fence: held.fence,
            position: held.place.position,
            note: held.place.run.note(),
            now_ms,
            lease_until_ms: now_ms.saturating_add(lease_ms),
        };
        if !self.engine.store().move_cursor(CURSOR, to).await? {
            return Err(End::Overtaken);
        }
        held.renewed = tokio::time::Instant::now();
        Ok(())
    }

    fn lease_ms(&self) -> i64 {
        if self.engine.store().is_shared() { LEASE_MS } else { FOR_GOOD_MS }
    }
}
