//! The suite on SQLite, and what only SQLite has: the file, its lock, its limits, its crashes.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command as Process, Stdio};

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::store::conformance::Place;
use crate::store::{NewEffect, Put, Source};

/// A store in a folder of its own.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("store.db")
    }

    fn try_open(&self, options: Options) -> Result<SqliteStore, OpenError> {
        SqliteStore::open(self.file(), options)
    }

    fn store(&self) -> SqliteStore {
        self.try_open(Options::default()).unwrap()
    }

    /// The file without the store's own settings.
    fn raw(&self) -> Connection {
        Connection::open(self.file()).unwrap()
    }
}

#[async_trait]
impl Place for Folder {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(self.store())
    }
}

mod suite {
    use super::Folder;

    crate::store_conformance!(Folder::new);
}

fn input(key: &str, lane: &str, size: usize) -> NewInput {
    NewInput { key: key.to_owned(), lane: lane.to_owned(), body: "x".repeat(size), at_ms: 0 }
}

fn claim(now_ms: i64, limit: usize) -> Claim {
    Claim { owner: "w".into(), now_ms, lease_until_ms: now_ms + 10, limit }
}

#[test]
fn a_second_server_on_the_same_file_is_refused_until_the_first_is_gone() {
    let folder = Folder::new();
    let first = folder.store();
    let link = folder.0.path().join("link.db");
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.file(), &link).unwrap();
    #[cfg(not(unix))]
    std::fs::hard_link(folder.file(), &link).unwrap();
    for path in [folder.file(), link] {
        let error = SqliteStore::open(&path, Options::default()).unwrap_err();
        assert!(matches!(error, OpenError::InUse(_)), "{error}");
        assert!(error.to_string().contains("in use by another server"));
    }
    drop(first);
    drop(folder.store());
}

#[test]
fn a_file_of_a_newer_program_is_refused_and_left_alone() {
    let folder = Folder::new();
    drop(folder.store());
    let newer = schema::MIGRATIONS.len() + 1;
    folder.raw().pragma_update(None, "user_version", i64::try_from(newer).unwrap()).unwrap();
    let before = std::fs::read(folder.file()).unwrap();
    let error = folder.try_open(Options::default()).unwrap_err();
    assert!(matches!(error, OpenError::TooNew { found, .. } if found == newer), "{error}");
    assert!(std::fs::read(folder.file()).unwrap() == before);
}

#[test]
fn a_file_of_another_program_is_refused() {
    let folder = Folder::new();
    folder.raw().execute_batch("CREATE TABLE theirs (x)").unwrap();
    assert!(matches!(folder.try_open(Options::default()), Err(OpenError::Foreign)));

    let folder = Folder::new();
    std::fs::write(folder.file(), "not a database, but long enough to look at".repeat(100)).unwrap();
    assert!(matches!(folder.try_open(Options::default()), Err(OpenError::Damaged(_))));

    let folder = Folder::new();
    let error = SqliteStore::open(folder.0.path().join("none/store.db"), Options::default()).unwrap_err();
    assert!(matches!(error, OpenError::File { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let _store = folder.store();
    for name in ["store.db", "store.db-wal"] {
        let mode = folder.0.path().join(name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_damaged_file_is_found_after_a_crash_unless_too_large_to_check() {
    let folder = Folder::new();
    let store = folder.store();
    let inputs = (0..500).map(|n| input(&format!("k{n}"), &format!("l{n}"), 300)).collect();
    store.accept(inputs).await.unwrap();
    drop(store);
    assert!(folder.raw().query_row("SELECT clean FROM opening", [], |row| row.get::<_, bool>(0)).unwrap());
    folder.raw().execute("UPDATE opening SET clean = 0", []).unwrap();
    // The children of the inputs' table, away from the schema.
    let mut bytes = std::fs::read(folder.file()).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 8 * 4096].fill(0xff);
    std::fs::write(folder.file(), bytes).unwrap();
    let error = open::open(&folder.file(), &Options::default()).unwrap_err();
    assert!(matches!(error, OpenError::Damaged(_)), "{error}");
    let unchecked = Options { check_bytes: 0, ..Options::default() };
    assert!(open::open(&folder.file(), &unchecked).is_ok());
}

#[test]
fn a_connection_flushes_fully_and_trusts_nothing() {
    let folder = Folder::new();
    drop(folder.store());
    let conn = open::connect(&folder.file(), &Options::default()).unwrap();
    let pragma = |name: &str| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    let settings = ["synchronous", "foreign_keys", "trusted_schema", "cell_size_check", "wal_autocheckpoint"];
    assert_eq!(settings.map(pragma), [2, 1, 0, 1, 0]);
    let mode: String = conn.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn a_full_disk_refuses_without_loss_and_is_over_when_there_is_room() {
    let folder = Folder::new();
    let store = folder.try_open(Options { max_bytes: Some(512 * 1024), ..Options::default() }).unwrap();
    let mut answered = 0;
    let error = loop {
        assert!(answered < 200, "more was taken than there is room for");
        match store.accept(vec![input(&format!("k{answered}"), &format!("l{answered}"), 4_000)]).await {
            Ok(_) => answered += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(answered > 10);
    // Commits are refused as well, reads and claims go on.
    let doc = "x".repeat(100_000);
    let put = Put { kind: Kind::Session, id: "s".to_owned(), version: 0, doc, keys: None };
    let commit = store.commit(Changes { puts: vec![put.clone()], ..Changes::settle(Source::Direct) }).await;
    assert!(matches!(commit, Err(CommitError::Store(StoreError::Unavailable(_)))), "{commit:?}");
    assert_eq!(store.depths().await.unwrap().inputs, answered);
    let claimed = store.claim_inputs(claim(0, usize::MAX)).await.unwrap();
    assert_eq!(claimed.len() as u64, answered);
    // Leases outlive the failures: nobody works on a lane twice.
    assert!(store.accept(vec![input("more", "more", 500_000)]).await.is_err());
    assert!(store.claim_inputs(claim(1, 1)).await.unwrap().is_empty());
    store.commit(Changes::settle(claimed[0].source())).await.unwrap();

    drop(store);
    let store = folder.store();
    store.commit(Changes { puts: vec![put], ..Changes::settle(Source::Direct) }).await.unwrap();
    assert_eq!(store.depths().await.unwrap().inputs, answered - 1);
}

#[tokio::test]
async fn a_batch_that_fails_is_refused_as_a_whole() {
    let folder = Folder::new();
    let store =
        Arc::new(folder.try_open(Options { max_bytes: Some(512 * 1024), ..Options::default() }).unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..400 {
        let store = store.clone();
        tasks.spawn(async move {
            let key = format!("k{n}");
            store.accept(vec![input(&key, &key, 4_000)]).await.is_ok().then_some(key)
        });
    }
    let mut answered: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert!(answered.len() < 400);
    let claimed = store.claim_inputs(claim(0, usize::MAX)).await.unwrap();
    let mut stored: Vec<_> = claimed.into_iter().map(|input| input.key).collect();
    answered.sort();
    stored.sort();
    assert_eq!(stored, answered);
}

#[tokio::test]
async fn a_failed_transaction_leaves_nothing_and_the_next_starts_anew() {
    let folder = Folder::new();
    let store = folder.store();
    let failed: Result<(), StoreError> = store
        .write(|step| {
            inbox::accept(step, &[input("a", "1", 1)])?;
            Err(Failure::Sqlite(rusqlite::Error::InvalidQuery))
        })
        .await;
    assert!(matches!(failed, Err(StoreError::Unavailable(_))));
    assert_eq!(store.depths().await.unwrap().inputs, 0);
    assert!(store.claim_inputs(claim(0, 1)).await.unwrap().is_empty());
    assert_eq!(store.accept(vec![input("a", "1", 1)]).await.unwrap(), [Accepted::New]);
}

#[tokio::test]
async fn a_command_that_panics_takes_only_itself_along() {
    let folder = Folder::new();
    let store = folder.store();
    store.accept(vec![input("a", "1", 1)]).await.unwrap();
    let claimed = store.claim_inputs(claim(0, 1)).await.unwrap().remove(0);
    let panicked: Result<(), StoreError> = store.write(|_| panic!("a mistake")).await;
    assert!(matches!(panicked, Err(StoreError::Unavailable(_))));
    store.commit(Changes::settle(claimed.source())).await.unwrap();
    assert_eq!(store.depths().await.unwrap().inputs, 0);
}

#[tokio::test]
async fn a_caller_that_went_away_holds_no_lane() {
    let folder = Folder::new();
    let store = folder.store();
    store.accept(vec![input("a", "1", 1)]).await.unwrap();
    let (reply, answer) = oneshot::channel();
    drop(answer);
    store.commands.as_ref().unwrap().send(Command::Inputs(claim(0, 1), reply)).await.ok().unwrap();
    assert_eq!(store.claim_inputs(claim(0, 1)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn all_lanes_are_free_after_reopening() {
    let folder = Folder::new();
    let store = folder.store();
    store.accept(vec![input("a", "1", 1)]).await.unwrap();
    assert_eq!(store.claim_inputs(Claim { lease_until_ms: i64::MAX, ..claim(0, 1) }).await.unwrap().len(), 1);
    drop(store);
    assert_eq!(folder.store().claim_inputs(claim(0, 1)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_log_is_copied_into_the_file_and_starts_again() {
    let folder = Folder::new();
    let store = folder.store();
    let log = || folder.0.path().join("store.db-wal").metadata().unwrap().len();
    for n in 0..40 {
        store.accept(vec![input(&format!("k{n}"), "l", 1_000_000)]).await.unwrap();
    }
    // Forty megabytes were written; a log that never started again would hold them all.
    assert!(log() < 20_000_000, "{}", log());
    drop(store);
    assert!(folder.file().metadata().unwrap().len() > 40_000_000);
}

#[test]
fn finding_the_first_of_a_lane_reads_an_index_and_sorts_nothing() {
    let folder = Folder::new();
    drop(folder.store());
    for (sql, index) in [(inbox::HEAD, "inputs_pending"), (effects::HEAD, "effects_pending")] {
        let conn = folder.raw();
        let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let plan: Vec<String> =
            plan.query_map(["lane"], |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(plan.len(), 1, "{plan:?}");
        assert!(plan[0].starts_with("SEARCH") && plan[0].contains(index), "{plan:?}");
    }
}

/// Set for the process that is to be killed.
const CHILD: &str = "SI_CHANNEL_TEST_STORE";

/// Runs this test again as another process, on this file.
fn child(test: &str, file: &Path) -> Process {
    let mut child = Process::new(std::env::current_exe().unwrap());
    child.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(CHILD, file);
    child.stdout(Stdio::piped()).stderr(Stdio::null());
    child
}

/// The lines a child wrote for its parent.
fn told(output: impl std::io::Read) -> impl Iterator<Item = String> {
    let lines = BufReader::new(output).lines().map_while(Result::ok);
    lines.filter_map(|line| line.rsplit_once("answered ").map(|(_, key)| key.to_owned()))
}

/// Writes without end, and tells of each answer once it is there.
async fn write_until_killed(file: &str) {
    let store = Arc::new(SqliteStore::open(file, Options::default()).unwrap());
    let run = store.last_position().await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..8 {
        let store = store.clone();
        tasks.spawn(async move {
            for n in 0.. {
                let id = format!("{run}-{task}-{n}");
                store.accept(vec![input(&id, &id, 10)]).await.unwrap();
                let claimed = store.claim_inputs(claim(0, 1)).await.unwrap();
                let source = claimed.first().map_or(Source::Direct, ClaimedInput::source);
                let put =
                    Put { kind: Kind::Session, id: id.clone(), version: 0, doc: "{}".to_owned(), keys: None };
                let event = crate::store::NewEvent {
                    id: id.clone(),
                    stream: id.clone(),
                    sequence: 1,
                    body: "{}".to_owned(),
                };
                let effect = NewEffect {
                    id: id.clone(),
                    lane: id.clone(),
                    priority: 0,
                    not_before_ms: 0,
                    body: "{}".to_owned(),
                };
                let changes = Changes {
                    puts: vec![put],
                    events: vec![event],
                    effects: vec![effect],
                    ..Changes::settle(source)
                };
                store.commit(changes).await.unwrap();
                // One call, so that lines of two tasks do not mix.
                std::io::stdout().write_all(format!("answered {id}\n").as_bytes()).unwrap();
            }
        });
    }
    tasks.join_next().await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_loses_nothing_that_was_answered() {
    if let Ok(file) = std::env::var(CHILD) {
        return write_until_killed(&file).await;
    }
    let folder = Folder::new();
    let mut answered = Vec::new();
    for kills in 1..=6 {
        let test = "store::sqlite::tests::a_killed_process_loses_nothing_that_was_answered";
        let mut child = child(test, &folder.file()).spawn().unwrap();
        let mut lines = told(child.stdout.take().unwrap());
        // Each time at another point; the rest of its lines are read after its death.
        answered.extend(lines.by_ref().take(7 * kills));
        child.kill().unwrap();
        child.wait().unwrap();
        answered.extend(lines);

        let store = folder.store();
        let wants = answered.iter().map(|id| Want::Id(Kind::Session, id.clone())).collect();
        let found = store.load(wants).await.unwrap();
        let lost: Vec<_> = answered.iter().zip(&found).filter(|(_, found)| found.is_none()).collect();
        assert!(lost.is_empty(), "lost after {kills} kills: {lost:?}");
        let inputs = answered.iter().map(|id| input(id, id, 10)).collect();
        assert!(store.accept(inputs).await.unwrap().iter().all(|answer| *answer == Accepted::Duplicate));
        let events = store.events_after(0, None, usize::MAX).await.unwrap();
        assert!(events.len() >= answered.len());
        // A commit is whole or not there: as many effects as events.
        assert_eq!(store.depths().await.unwrap().effects, events.len() as u64);
    }
    assert!(answered.len() >= 7 * (1 + 2 + 3 + 4 + 5 + 6));
}

/// Accepts until a write fails, and tells of the answers.
async fn write_until_refused(file: &str) {
    let store = SqliteStore::open(file, Options::default()).unwrap();
    for n in 0..10_000 {
        let key = format!("k{n}");
        match store.accept(vec![input(&key, &key, 4_000)]).await {
            Ok(_) => println!("answered {key}"),
            Err(error) => {
                assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
                // It goes on answering, and what was stored can be read.
                assert_eq!(store.depths().await.unwrap().inputs, n);
                println!("answered refused");
                return;
            }
        }
    }
}

/// The system refuses writes past a file size: not SQLite's own bound but a failed `write`.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_refused_by_the_system_is_unavailable_and_loses_nothing() {
    if let Ok(file) = std::env::var(CHILD) {
        return write_until_refused(&file).await;
    }
    let folder = Folder::new();
    let test = "store::sqlite::tests::a_write_refused_by_the_system_is_unavailable_and_loses_nothing";
    let inner = child(test, &folder.file());
    // 2 MiB in blocks of 512 bytes; the signal is ignored so that the write fails instead.
    let mut limited = Process::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 4096; exec \"$@\"", "sh"]);
    limited.arg(inner.get_program()).args(inner.get_args()).env(CHILD, folder.file());
    let output = limited.stderr(Stdio::null()).output().unwrap();
    let mut answered: Vec<_> = told(&*output.stdout).collect();
    assert_eq!(answered.pop().as_deref(), Some("refused"));
    assert!(answered.len() > 10);
    let store = folder.store();
    assert_eq!(store.depths().await.unwrap().inputs, answered.len() as u64);
    let inputs = answered.iter().map(|key| input(key, key, 1)).collect();
    assert!(store.accept(inputs).await.unwrap().iter().all(|answer| *answer == Accepted::Duplicate));
}
