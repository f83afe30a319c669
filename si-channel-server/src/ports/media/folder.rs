//! Files in a folder: `ab/abcdef…`, each named by its SHA-256; what is being written is in `incoming`.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use sha2::{Digest as _, Sha256};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Digest, Draft, MediaError, MediaStore, Opened};

/// Bytes read at once.
const PIECE: usize = 64 << 10;
/// What was being written when a process died is of no use after this time.
const ABANDONED: Duration = Duration::from_hours(1);

/// A folder that keeps files; only its owner may look into it.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Opens the folder, made if need be, and clears away what was never finished. Blocks for a moment.
    ///
    /// # Errors
    /// When it cannot be made or written.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = Self { root: root.into() };
        let incoming = folder.incoming();
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&incoming)?;
        for entry in std::fs::read_dir(&incoming)? {
            let entry = entry?;
            let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
            if age > ABANDONED {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(folder)
    }

    fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }

    fn place(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.root.join(&name[..2]).join(name)
    }
}

#[async_trait]
impl MediaStore for Folder {
    async fn begin(&self) -> Result<Box<dyn Draft>, MediaError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let name = bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        let path = self.incoming().join(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).await?;
        let root = self.root.clone();
        Ok(Box::new(Incoming {
            root,
            unfinished: Unfinished(Some(path)),
            file,
            hash: Sha256::new(),
            bytes: 0,
        }))
    }

    async fn open(&self, digest: &Digest) -> Result<Option<Opened>, MediaError> {
        let file = match File::open(self.place(digest)).await {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let bytes = file.metadata().await?.len();
        let pieces = futures_util::stream::try_unfold(file, |mut file| async move {
            let mut piece = BytesMut::with_capacity(PIECE);
            let read = file.read_buf(&mut piece).await?;
            Ok::<_, io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
        });
        Ok(Some(Opened { bytes, pieces: pieces.boxed() }))
    }

    async fn remove(&self, digest: &Digest) -> Result<(), MediaError> {
        match fs::remove_file(self.place(digest)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// A file that goes away unless it is taken.
struct Unfinished(Option<PathBuf>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = self.0.take()
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::debug!(%error, "an unfinished file stays until a later start");
        }
    }
}

struct Incoming {
    root: PathBuf,
    unfinished: Unfinished,
    file: File,
    hash: Sha256,
    bytes: u64,
}

#[async_trait]
impl Draft for Incoming {
    async fn write(&mut self, piece: &[u8]) -> Result<(), MediaError> {
        self.file.write_all(piece).await?;
        self.hash.update(piece);
        self.bytes += piece.len() as u64;
        Ok(())
    }

    async fn keep(mut self: Box<Self>) -> Result<(Digest, u64), MediaError> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        let digest = Digest::new(std::mem::take(&mut self.hash).finalize().into());
        let place = Folder { root: self.root.clone() }.place(&digest);
        if fs::try_exists(&place).await? {
            return Ok((digest, self.bytes));
        }
        let parent = place.parent().unwrap_or(&self.root);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(parent).await?;
        if let Some(written) = &self.unfinished.0 {
            fs::rename(written, &place).await?;
        }
        self.unfinished.0 = None;
        for folder in [parent, &self.root] {
            sync(folder).await?;
        }
        Ok((digest, self.bytes))
    }
}

/// Makes the names in a folder durable.
async fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder).await?.sync_all().await
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use futures_util::TryStreamExt;

    use super::*;

    async fn kept(folder: &Folder, pieces: &[&[u8]]) -> (Digest, u64) {
        let mut draft = folder.begin().await.unwrap();
        for piece in pieces {
            draft.write(piece).await.unwrap();
        }
        draft.keep().await.unwrap()
    }

    async fn read(folder: &Folder, digest: &Digest) -> Option<Vec<u8>> {
        let opened = folder.open(digest).await.unwrap()?;
        let pieces: Vec<Bytes> = opened.pieces.try_collect().await.unwrap();
        assert_eq!(opened.bytes, pieces.iter().map(|piece| piece.len() as u64).sum::<u64>());
        Some(pieces.concat())
    }

    fn files(dir: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
        }
        found
    }

    #[tokio::test]
    async fn bytes_come_back_under_their_digest_and_are_kept_once() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path().join("a/media")).unwrap();
        let long = vec![7; 3 * PIECE + 1];
        for pieces in [&[&b"ab"[..], b"", b"c"][..], &[b"abc"], &[&long]] {
            let (digest, bytes) = kept(&folder, pieces).await;
            let whole = pieces.concat();
            assert_eq!((bytes, read(&folder, &digest).await), (whole.len() as u64, Some(whole)));
        }
        let all = files(dir.path());
        assert_eq!(all.len(), 2, "{all:?}");
        assert!(all.iter().any(|path| {
            path.ends_with("ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        }));
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert!(all.iter().all(|path| mode(path) == 0o600 && mode(path.parent().unwrap()) == 0o700));
    }

    #[tokio::test]
    async fn what_is_not_kept_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        let mut draft = folder.begin().await.unwrap();
        draft.write(b"half").await.unwrap();
        assert_eq!(files(dir.path()).len(), 1);
        drop(draft);
        assert!(files(dir.path()).is_empty());
    }

    #[tokio::test]
    async fn what_is_removed_or_unknown_is_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        let (digest, _) = kept(&folder, &[b"abc"]).await;
        for _ in 0..2 {
            folder.remove(&digest).await.unwrap();
            assert!(read(&folder, &digest).await.is_none());
        }
    }

    #[tokio::test]
    async fn a_later_start_clears_away_what_was_abandoned_long_ago() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::open(dir.path()).unwrap();
        let (old, young) = (folder.incoming().join("old"), folder.incoming().join("young"));
        std::fs::write(&young, "x").unwrap();
        std::fs::write(&old, "x").unwrap();
        let long_ago = std::time::SystemTime::now() - 2 * ABANDONED;
        std::fs::File::options().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();
        let (digest, _) = kept(&folder, &[b"abc"]).await;
        let folder = Folder::open(dir.path()).unwrap();
        assert_eq!((old.exists(), young.exists()), (false, true));
        assert!(read(&folder, &digest).await.is_some());
    }
}
