//! Places in the feed that readers hold.

use si_channel_server::store::Cursor;

use super::tables::Tables;

/// A place, and who holds it until when.
#[derive(Debug)]
pub(super) struct HeldCursor {
    cursor: Cursor,
    owner: String,
    until_ms: i64,
}

impl HeldCursor {
    pub(super) fn free(&mut self) {
        self.until_ms = 0;
    }
}

impl Tables {
    fn cursor_mut(&mut self, name: &str) -> &mut HeldCursor {
        self.cursors.entry(name.to_owned()).or_insert_with(|| HeldCursor {
            cursor: Cursor { position: 0, note: String::new(), fence: 0 },
            owner: String::new(),
            until_ms: 0,
        })
    }

    pub(super) fn claim_cursor(
        &mut self,
        name: &str,
        owner: &str,
        clock_ms: i64,
        until_ms: i64,
    ) -> Option<Cursor> {
        let held = self.cursor_mut(name);
        if held.until_ms > clock_ms && held.owner != owner {
            return None;
        }
        owner.clone_into(&mut held.owner);
        held.until_ms = until_ms;
        held.cursor.fence += 1;
        Some(held.cursor.clone())
    }

    pub(super) fn move_cursor(&mut self, name: &str, to: Cursor, until_ms: i64) -> bool {
        let held = self.cursors.get_mut(name).filter(|held| held.cursor.fence == to.fence);
        held.map(|held| (held.cursor, held.until_ms) = (to, until_ms)).is_some()
    }

    pub(super) fn rewind_cursor(&mut self, name: &str, position: i64) {
        let held = self.cursor_mut(name);
        held.cursor.position = position;
        held.cursor.fence += 1;
        held.until_ms = 0;
    }

    pub(super) fn cursor(&self, name: &str) -> Option<Cursor> {
        self.cursors.get(name).map(|held| held.cursor.clone())
    }
}
