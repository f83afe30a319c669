//! The tables, and how an older file becomes a newer one.
//!
//! `user_version` counts the migrations a file has seen. Each runs in a transaction together with the count, so that
//! a process killed half-way starts again at the same step. There is no way back: a newer file is refused.

use rusqlite::Connection;

use super::open::OpenError;

/// Marks a file as this program's: `SiCh`.
const APPLICATION_ID: i32 = 0x5369_4368;

/// All migrations, oldest first. Those released are never edited.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("schema/0001_first.sql"),
    include_str!("schema/0002_audit.sql"),
    include_str!("schema/0003_throttles.sql"),
    include_str!("schema/0004_cursors.sql"),
    include_str!("schema/0005_timer_order.sql"),
];

/// Brings a file to the newest schema.
pub(super) fn migrate(conn: &mut Connection, migrations: &[&str]) -> Result<(), OpenError> {
    let found = usize::try_from(pragma(conn, "user_version")?).unwrap_or(usize::MAX);
    let application = pragma(conn, "application_id")?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (application != 0 || tables != 0) {
        return Err(OpenError::Foreign);
    }
    if found > migrations.len() {
        return Err(OpenError::TooNew { found, known: migrations.len() });
    }
    for (index, migration) in migrations.iter().enumerate().skip(found) {
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        tx.execute_batch(migration)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", i64::try_from(index + 1).unwrap_or(i64::MAX))?;
        tx.commit()?;
    }
    Ok(())
}

fn pragma(conn: &Connection, name: &str) -> rusqlite::Result<i32> {
    conn.pragma_query_value(None, name, |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_that_stops_half_way_leaves_the_step_before_and_resumes() {
        let mut conn = Connection::open_in_memory().unwrap();
        let broken = ["CREATE TABLE a (x)", "CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)"];
        assert!(migrate(&mut conn, &broken).is_err());
        assert_eq!(pragma(&conn, "user_version").unwrap(), 1);
        let left: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 1, "the failed step leaves nothing");

        migrate(&mut conn, &["CREATE TABLE a (x)", "CREATE TABLE b (x)"]).unwrap();
        assert_eq!(pragma(&conn, "user_version").unwrap(), 2);
    }

    #[test]
    fn a_newer_file_and_a_foreign_file_are_refused() {
        let mut newer = Connection::open_in_memory().unwrap();
        migrate(&mut newer, &["CREATE TABLE a (x)", "CREATE TABLE b (x)"]).unwrap();
        assert!(matches!(
            migrate(&mut newer, &["CREATE TABLE a (x)"]),
            Err(OpenError::TooNew { found: 2, known: 1 })
        ));

        let mut foreign = Connection::open_in_memory().unwrap();
        foreign.execute_batch("CREATE TABLE theirs (x)").unwrap();
        assert!(matches!(migrate(&mut foreign, MIGRATIONS), Err(OpenError::Foreign)));
    }
}
