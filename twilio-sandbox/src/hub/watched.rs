//! Locks whose writers wake whoever watches.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// A lock's guard. When it was used to write, its end tells the watchers that something may have changed.
pub(crate) struct Watched<'a, T> {
    guard: MutexGuard<'a, T>,
    changes: &'a watch::Sender<()>,
    written: bool,
}

impl<'a, T> Watched<'a, T> {
    pub(super) fn lock(mutex: &'a Mutex<T>, changes: &'a watch::Sender<()>) -> Self {
        let guard = mutex.lock().unwrap_or_else(PoisonError::into_inner);
        Self { guard, changes, written: false }
    }
}

impl<T> Deref for Watched<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for Watched<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.written = true;
        &mut self.guard
    }
}

impl<T> Drop for Watched<'_, T> {
    fn drop(&mut self) {
        if self.written {
            self.changes.send_replace(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_wakes_and_reading_does_not() {
        let (mutex, (changes, mut watcher)) = (Mutex::new(1), watch::channel(()));
        watcher.mark_unchanged();
        assert_eq!(*Watched::lock(&mutex, &changes), 1);
        assert!(!watcher.has_changed().unwrap());
        *Watched::lock(&mutex, &changes) = 2;
        assert!(watcher.has_changed().unwrap());
        assert_eq!(*Watched::lock(&mutex, &changes), 2);
    }
}
