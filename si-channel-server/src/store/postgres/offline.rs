//! The audit log for the commands that read it without a server.

use super::connect::{Link, Server};
use super::failure::Failure;
use super::open::{self, OpenError, Options};
use super::text::restored;
use crate::store::StoreError;
use crate::store::sqlite::{AuditCopy, AuditFile};

/// Rows that are fetched in one go.
const PAGE: i64 = 1_000;

const GIVEN: &str = "SELECT record, checkpoint FROM heads";
// Without a bound below: what was put in before the first record is to be seen too.
const RECORDS: &str =
    "SELECT sequence, previous, hash, body FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT $2";
const OPENINGS: &str =
    "SELECT sequence, address, openings FROM audit_openings WHERE sequence > $1 ORDER BY sequence LIMIT $2";
const CHECKPOINTS: &str =
    "SELECT number, record, body FROM audit_checkpoints WHERE number > $1 ORDER BY number LIMIT $2";

/// Copies the audit log of a database, as it is at one moment, into a temporary file. It only reads.
///
/// # Errors
/// When the database cannot be reached, or holds no audit log.
pub async fn audit_log(url: &str, options: &Options) -> Result<AuditFile, OpenError> {
    open::check_schema(&options.schema)?;
    let server = Server::new(open::config(url)?, &options.schema, options.ca_file.as_deref())?;
    let link = server.connect().await?;
    link.simple("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let stored = |error: StoreError| OpenError::Unreachable(error.to_string());
    let copy = AuditCopy::new().map_err(stored)?;
    let given = link.query(GIVEN, &[]).await?;
    let given = given.first().ok_or_else(|| Failure::Corrupt("the heads of the log are gone".to_owned()))?;
    for (table, sql) in [("audit", RECORDS), ("audit_openings", OPENINGS), ("audit_checkpoints", CHECKPOINTS)]
    {
        copy_rows(&link, &copy, table, sql).await?;
    }
    let number = |column| given.try_get::<_, i64>(column).map_err(Failure::from);
    copy.finish(number(0)?, number(1)?).map_err(stored)
}

async fn copy_rows(link: &Link, copy: &AuditCopy, table: &str, sql: &'static str) -> Result<(), Failure> {
    let stored = |error: StoreError| Failure::Unavailable(error.to_string());
    let mut after = i64::MIN;
    loop {
        let rows = link.query(sql, &[&after, &PAGE]).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.try_get(0)?;
        for row in &rows {
            let number: i64 = row.try_get(0)?;
            match table {
                "audit" => {
                    let (previous, hash): (Vec<u8>, Vec<u8>) = (row.try_get(1)?, row.try_get(2)?);
                    let body = restored(row.try_get(3)?);
                    copy.add(table, (number, previous, hash, body)).map_err(stored)?;
                }
                "audit_openings" => {
                    let address: Option<String> = row.try_get(1)?;
                    let openings = restored(row.try_get(2)?);
                    copy.add(table, (number, address.map(restored), openings)).map_err(stored)?;
                }
                _ => {
                    let record: i64 = row.try_get(1)?;
                    copy.add(table, (number, record, restored(row.try_get(2)?))).map_err(stored)?;
                }
            }
        }
    }
}
