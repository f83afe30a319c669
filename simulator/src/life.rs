//! One process of a server: it may die or stand still wherever it waits for something outside.

use std::future::pending;

use si_channel_server::store::StoreError;

use crate::planted::Planted;
use crate::rare::Rare;
use crate::world::{World, pass};

/// A process. When it is over whatever it still does waits for ever at its next step outside.
#[derive(Clone)]
pub(crate) struct Life {
    pub(crate) world: World,
    pub(crate) server: usize,
    pub(crate) number: u64,
}

impl std::fmt::Debug for Life {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Life")
            .field("server", &self.server)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// What becomes of a call of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is done.
    Done,
    /// It is done, and nobody is told.
    Doubtful,
}

impl Life {
    /// A step that does not wait: the process may be dead, or die now.
    pub(crate) async fn live(&self) {
        if self.takes_step().is_none() {
            pending::<()>().await;
        }
    }

    /// Until when it stands still, in the past when it does not; `None` when it is over.
    fn takes_step(&self) -> Option<i64> {
        let now = self.world.now_ms();
        let mut state = self.world.lock();
        let state = &mut *state;
        let server = &mut state.servers[self.server];
        if !server.lives(self.number) {
            return None;
        }
        if server.counts_down() {
            server.die();
            if self.world.has(Planted::ForgottenFlush) {
                self.world.disk().tables().lose_inputs_since(now - 2_000);
            }
            state.counts.reach(Rare::Crash);
            state.trace.note(now, "crash", &self.server.to_string());
            return None;
        }
        server.stalls(now);
        Some(server.paused_until())
    }

    /// A step: the process may be dead, die now, or stand still for a while.
    pub(crate) async fn step(&self) {
        let mut waited = false;
        loop {
            let now = self.world.now_ms();
            match self.takes_step() {
                None => pending::<()>().await,
                Some(until) if until > now => {
                    pass(until.abs_diff(now)).await;
                    waited = true;
                }
                Some(_) if waited => {
                    waited = false;
                    tokio::task::yield_now().await;
                }
                Some(_) => return,
            }
        }
    }

    /// The way to the store.
    pub(crate) async fn to_store(&self) -> Result<Fate, StoreError> {
        self.step().await;
        match self.world.below(8) {
            0 | 1 => tokio::task::yield_now().await,
            2 => pass(1 + self.world.below(4)).await,
            _ => {}
        }
        self.step().await;
        let draw = self.world.draw().store_trouble;
        let unavailable = || Err(StoreError::Unavailable("the simulation's store is away".to_owned()));
        if self.world.lock().store_away_until > self.world.now_ms() {
            self.world.reach(Rare::StoreAway);
            return unavailable();
        }
        if !self.world.goes_wrong(draw, 1_000) {
            return Ok(Fate::Done);
        }
        if self.world.below(2) == 0 { unavailable() } else { Ok(Fate::Doubtful) }
    }

    /// The way back.
    pub(crate) async fn back(&self) {
        match self.world.below(8) {
            0 => tokio::task::yield_now().await,
            1 => pass(1 + self.world.below(3)).await,
            _ => {}
        }
        self.step().await;
    }

    pub(crate) fn is_over(&self) -> bool {
        !self.world.lock().servers[self.server].lives(self.number)
    }
}

/// The answer of a call whose outcome its caller does not learn.
pub(crate) fn doubtful() -> StoreError {
    StoreError::Unavailable("the simulation lost the store's answer".to_owned())
}
