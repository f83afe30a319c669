use std::fs;
use std::time::Duration;

use tempfile::TempDir;

use super::*;

fn options(folder: &TempDir, max_bytes: u64) -> Options {
    Options { folder: folder.path().join("spool"), max_bytes, store_within: Duration::from_secs(1) }
}

fn open(folder: &TempDir) -> Spool {
    Spool::open(&options(folder, 1 << 20)).unwrap()
}

/// Opens a folder whose last holder is gone; its thread may end a moment later than it.
fn open_again(folder: &TempDir) -> Spool {
    loop {
        match Spool::open(&options(folder, 1 << 20)) {
            Ok(spool) => return spool,
            Err(ShelfError::InUse(_)) => std::thread::yield_now(),
            Err(error) => panic!("{error}"),
        }
    }
}

fn webhook(number: usize) -> Spooled {
    let pairs = vec![("MessageSid".to_owned(), format!("IM{number}")), ("Body".to_owned(), "☎\0".to_owned())];
    Spooled { at_ms: i64::try_from(number).unwrap(), received: Received::Conversations { pairs } }
}

async fn keep(spool: &Spool, numbers: impl IntoIterator<Item = usize>) {
    for number in numbers {
        spool.keep(&webhook(number)).await.unwrap();
    }
}

/// Takes everything out, so many at a time.
async fn take(spool: &Spool, at_once: usize) -> Vec<i64> {
    let mut taken = Vec::new();
    while spool.is_holding() {
        let batch = spool.oldest(at_once).await.unwrap();
        assert!(batch.webhooks.len() <= at_once);
        taken.extend(batch.webhooks.iter().map(|webhook| webhook.at_ms));
        spool.settle(batch).await.unwrap();
    }
    taken
}

fn files(folder: &TempDir, suffix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.path().join("spool")).unwrap();
    let mut found: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|end| end == suffix));
    found.sort();
    found
}

#[tokio::test]
async fn what_is_kept_comes_back_in_its_order_and_then_nothing_is_left() {
    let folder = TempDir::new().unwrap();
    let spool = open(&folder);
    assert!(!spool.is_holding());
    keep(&spool, 0..10).await;
    assert_eq!(spool.holding().webhooks, 10);
    let first = spool.oldest(3).await.unwrap();
    assert_eq!(first.webhooks, [webhook(0), webhook(1), webhook(2)]);
    let again = spool.oldest(2).await.unwrap();
    assert_eq!(again.webhooks, [webhook(0), webhook(1)], "what is not settled is read again");
    spool.settle(first).await.unwrap();
    spool.settle(again).await.unwrap();
    keep(&spool, 10..12).await;
    assert_eq!(take(&spool, 4).await, (3..12).collect::<Vec<_>>());
    assert_eq!(spool.holding(), Holding { webhooks: 0, bytes: 0 });
    assert!(files(&folder, "spool").is_empty());
}

#[tokio::test]
async fn it_outlives_its_process_and_what_was_cut_off_was_never_answered() {
    let folder = TempDir::new().unwrap();
    let spool = open(&folder);
    keep(&spool, 0..3).await;
    drop(spool);
    let spool = open_again(&folder);
    keep(&spool, 3..5).await;
    drop(spool);
    let newest = files(&folder, "spool").pop().unwrap();
    let mut bytes = fs::read(&newest).unwrap();
    let length = bytes.len();
    bytes.extend_from_within(length - 20..);
    fs::write(&newest, bytes).unwrap();
    let spool = open_again(&folder);
    keep(&spool, 5..6).await;
    assert_eq!(take(&spool, 100).await, [0, 1, 2, 3, 4, 5]);
    assert!(files(&folder, "damaged").is_empty());
}

#[tokio::test]
async fn a_damaged_file_gives_what_is_whole_and_stays_to_be_looked_at() {
    let folder = TempDir::new().unwrap();
    let spool = open(&folder);
    keep(&spool, 0..3).await;
    drop(spool);
    let file = files(&folder, "spool").remove(0);
    let mut bytes = fs::read(&file).unwrap();
    bytes[segment::MAGIC.len() + record::HEAD + 2] ^= 0x40;
    fs::write(&file, bytes).unwrap();
    let spool = open_again(&folder);
    assert_eq!(take(&spool, 100).await, [1, 2]);
    assert_eq!(files(&folder, "damaged").len(), 1);
}

#[tokio::test]
async fn a_full_folder_takes_nothing_more_until_there_is_room() {
    let folder = TempDir::new().unwrap();
    let spool = Spool::open(&options(&folder, 1_000)).unwrap();
    let mut kept = 0;
    let error = loop {
        match spool.keep(&webhook(kept)).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(kept > 2, "{kept}");
    assert!(matches!(error, SpoolError::Full { limit: 1_000, .. }), "{error}");
    assert!(spool.holding().bytes <= 1_000);
    assert_eq!(take(&spool, 100).await.len(), kept);
    keep(&spool, [7]).await;
    assert_eq!(take(&spool, 100).await, [7]);
}

#[tokio::test]
async fn many_at_once_are_each_kept_once() {
    let folder = TempDir::new().unwrap();
    let spool = open(&folder);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..200 {
        let spool = spool.clone();
        tasks.spawn(async move { spool.keep(&webhook(number)).await.unwrap() });
    }
    let mut taken = Vec::new();
    while taken.len() < 200 {
        spool.filled().await;
        taken.extend(take(&spool, 7).await);
    }
    tasks.join_all().await;
    taken.sort_unstable();
    assert_eq!(taken, (0..200).collect::<Vec<_>>());
    assert!(!spool.is_holding());
}

#[tokio::test]
async fn a_folder_has_one_holder() {
    let folder = TempDir::new().unwrap();
    let spool = open(&folder);
    let error = Spool::open(&options(&folder, 1 << 20)).unwrap_err();
    assert!(error.to_string().contains("in use by another server"), "{error}");
    drop(spool);
    open_again(&folder);
}

#[cfg(unix)]
#[tokio::test]
async fn its_owner_alone_reads_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let spool = open(&folder);
    keep(&spool, [1]).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.path().join("spool")), 0o700);
    assert_eq!(mode(&files(&folder, "spool")[0]), 0o600);
}
