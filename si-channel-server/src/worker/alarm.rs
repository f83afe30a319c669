//! When effects that this process handed back are due: a worker is woken then, to the millisecond, instead of by polling.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::clock::Clock;

/// Times further ahead than so many others are left to polling.
const MOST: usize = 10_000;

/// Times on the channel's clock; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Alarm(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    due: Mutex<BTreeSet<i64>>,
    earlier: Notify,
}

impl Alarm {
    fn due(&self) -> MutexGuard<'_, BTreeSet<i64>> {
        self.0.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rings at this time, milliseconds since the epoch.
    pub fn set(&self, due_ms: i64) {
        let mut due = self.due();
        due.insert(due_ms);
        if due.len() > MOST {
            due.pop_last();
        }
        if due.first() == Some(&due_ms) {
            self.0.earlier.notify_one();
        }
    }

    /// Returns at the first of the times, which is forgotten with all that are past.
    pub async fn rings(&self, clock: &Clock) {
        loop {
            let first = self.due().first().copied();
            let wait = async {
                match first {
                    Some(due_ms) => clock.wait_until_ms(due_ms).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = wait => {
                    let mut due = self.due();
                    *due = due.split_off(&(clock.now_ms() + 1));
                    return;
                }
                () = self.0.earlier.notified() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_rings_at_each_time_once_the_earliest_first() {
        let (alarm, clock) = (Alarm::default(), Clock::new());
        let now = clock.now_ms();
        alarm.set(now + 2_000_000);
        let ringing = {
            let (alarm, clock) = (alarm.clone(), clock.clone());
            tokio::spawn(async move { alarm.rings(&clock).await })
        };
        tokio::task::yield_now().await;
        alarm.set(now + 1_000_000);
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert!(!ringing.is_finished());
        clock.follow_handle().set_offset_ms(1_000_001);
        ringing.await.unwrap();
        let left: Vec<i64> = alarm.due().iter().copied().collect();
        assert_eq!(left, [now + 2_000_000]);
    }

    #[test]
    fn the_furthest_of_too_many_are_left_to_polling() {
        let alarm = Alarm::default();
        for due in 0..2 * i64::try_from(MOST).unwrap() {
            alarm.set(due);
        }
        assert_eq!(alarm.due().len(), MOST);
        assert_eq!(alarm.due().first(), Some(&0));
    }
}
