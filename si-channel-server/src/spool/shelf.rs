//! The files of a spool: appended to, read from the oldest on, removed when what they hold is in the store.
//!
//! A file is read whole, and only when nothing is appended to it any more: reading the newest one begins another. No file
//! is appended to after a start, since its end may be torn.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::segment::{self, MAGIC};
use super::{Batch, SpoolError, Spooled, record};

/// A file that has grown to this is followed by another.
const SEGMENT_BYTES: u64 = 16 << 20;
const SUFFIX: &str = "spool";
/// A file in which something is missing is kept under this name for people to look at.
const DAMAGED: &str = "damaged";

/// The folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// Another process has it.
    #[error("{} is in use by another server; give each its own `spool.dir`", .0.display())]
    InUse(PathBuf),
    /// The system refused.
    #[error("{}: {error}; choose another `spool.dir`", .path.display())]
    File {
        /// What was touched.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl ShelfError {
    pub(super) fn file(path: &Path, error: io::Error) -> Self {
        Self::File { path: path.to_owned(), error }
    }
}

/// How far a batch reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Which file.
    number: u64,
    /// How many of its records have been read, from its beginning on.
    records: usize,
}

/// One file.
#[derive(Debug)]
struct Segment {
    number: u64,
    /// Bytes that are flushed.
    bytes: u64,
    /// Records of it, those that are settled included.
    records: usize,
    settled: usize,
    /// Something that it held is lost.
    damaged: bool,
}

/// The oldest file, read.
#[derive(Debug)]
struct Open {
    number: u64,
    bytes: Vec<u8>,
    bodies: Vec<Range<usize>>,
}

/// The folder, held for this process.
#[derive(Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
    limit: u64,
    /// Held while the process lives.
    _lock: File,
    /// The oldest first.
    segments: VecDeque<Segment>,
    /// The newest, while it is appended to.
    writing: Option<File>,
    reading: Option<Open>,
    next: u64,
    /// Why nothing is written any more.
    broken: Option<String>,
}

impl Shelf {
    /// Opens a folder and looks at what it holds.
    pub(super) fn open(folder: &Path, limit: u64) -> Result<Self, ShelfError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |error| ShelfError::File { path, error }
        };
        make(folder).map_err(at(folder))?;
        let lock = private(&folder.join("lock"), OpenOptions::new().create(true).truncate(false))
            .map_err(at(folder))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(ShelfError::InUse(folder.to_owned())),
            Err(fs::TryLockError::Error(error)) => return Err(at(folder)(error)),
        }
        let mut numbers = Vec::new();
        for entry in fs::read_dir(folder).map_err(at(folder))? {
            let path = entry.map_err(at(folder))?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
            if let Some(number) = stem.filter(|_| path.extension().is_some_and(|end| end == SUFFIX)) {
                numbers.push(number);
            }
        }
        numbers.sort_unstable();
        let mut shelf = Self {
            folder: folder.to_owned(),
            limit,
            _lock: lock,
            segments: VecDeque::new(),
            writing: None,
            reading: None,
            next: numbers.last().map_or(1, |last: &u64| last + 1),
            broken: None,
        };
        for number in numbers {
            let path = shelf.path(number);
            let bytes = fs::read(&path).map_err(at(&path))?;
            let found = segment::contents(&bytes);
            if found.damaged > 0 {
                tracing::error!(
                    file = %path.display(),
                    bytes = found.damaged,
                    "a file of the spool is damaged; what is whole in it is taken, and the file is kept beside it"
                );
            }
            shelf.segments.push_back(Segment {
                number,
                bytes: bytes.len() as u64,
                records: found.bodies.len(),
                settled: 0,
                damaged: found.damaged > 0,
            });
        }
        shelf.drop_settled().map_err(at(folder))?;
        Ok(shelf)
    }

    /// Records that are not settled.
    pub(super) fn webhooks(&self) -> u64 {
        self.segments.iter().map(|segment| (segment.records - segment.settled) as u64).sum()
    }

    /// Bytes of all files.
    pub(super) fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    /// Appends bodies and flushes them; one answer each. Those for which there is no room are left out.
    pub(super) fn append(&mut self, bodies: &[Vec<u8>]) -> Vec<Result<(), SpoolError>> {
        if let Some(why) = &self.broken {
            return vec![Err(SpoolError::Disk(why.clone())); bodies.len()];
        }
        let mut buffer = Vec::new();
        let mut records = 0;
        let held = self.bytes();
        let answers: Vec<_> = bodies
            .iter()
            .map(|body| {
                let size = (body.len() + record::HEAD) as u64;
                let full = held + buffer.len() as u64 + size + MAGIC.len() as u64 > self.limit;
                if full || body.len() > record::LONGEST {
                    return Err(SpoolError::Full { held, limit: self.limit });
                }
                record::write(&mut buffer, body);
                records += 1;
                Ok(())
            })
            .collect();
        if records == 0 {
            return answers;
        }
        match self.write(&buffer, records) {
            Ok(()) => answers,
            Err(why) => {
                tracing::error!(error = %why, "the spool cannot be written");
                answers.into_iter().map(|answer| answer.and(Err(SpoolError::Disk(why.clone())))).collect()
            }
        }
    }

    fn write(&mut self, buffer: &[u8], records: usize) -> Result<(), String> {
        let mut file = match self.writing.take() {
            Some(file) => file,
            None => self.begin().map_err(|error| error.to_string())?,
        };
        let Some(segment) = self.segments.back_mut() else { return Err("no file was begun".to_owned()) };
        if let Err(error) = file.write_all(buffer) {
            // What was written of it was answered to nobody. Another file is begun next time.
            segment.bytes += buffer.len() as u64;
            if file.set_len(segment.bytes - buffer.len() as u64).is_ok() {
                segment.bytes -= buffer.len() as u64;
            }
            return Err(error.to_string());
        }
        segment.bytes += buffer.len() as u64;
        if let Err(error) = file.sync_data() {
            // The system may have dropped what it could not write, and would not say so a second time.
            let why = format!("{error}; nothing more is written to it before the next start");
            self.broken = Some(why.clone());
            return Err(why);
        }
        segment.records += records;
        if segment.bytes < SEGMENT_BYTES {
            self.writing = Some(file);
        }
        Ok(())
    }

    /// Begins a file whose name survives a crash.
    fn begin(&mut self) -> io::Result<File> {
        let number = self.next;
        let mut file = private(&self.path(number), OpenOptions::new().create_new(true))?;
        self.next += 1;
        file.write_all(MAGIC)?;
        sync(&self.folder)?;
        let bytes = MAGIC.len() as u64;
        self.segments.push_back(Segment { number, bytes, records: 0, settled: 0, damaged: false });
        Ok(file)
    }

    /// The oldest records that are not settled, of one file.
    pub(super) fn read(&mut self, limit: usize) -> Result<Batch, SpoolError> {
        let disk = |error: io::Error| SpoolError::Disk(error.to_string());
        self.drop_settled().map_err(disk)?;
        if self.segments.len() == 1 {
            self.writing = None;
        }
        let Some(oldest) = self.segments.front() else { return Ok(Batch::default()) };
        let (number, settled, flushed) = (oldest.number, oldest.settled, oldest.records);
        let open = match self.reading.take() {
            Some(open) if open.number == number => open,
            _ => {
                let bytes = fs::read(self.path(number)).map_err(disk)?;
                let bodies = segment::contents(&bytes).bodies;
                Open { number, bytes, bodies }
            }
        };
        // Behind what was flushed there may be what was answered to nobody; it is nobody's loss.
        let records = flushed.min(settled.saturating_add(limit)).min(open.bodies.len());
        let mut webhooks = Vec::new();
        for body in open.bodies.get(settled..records).unwrap_or_default() {
            match serde_json::from_slice::<Spooled>(&open.bytes[body.clone()]) {
                Ok(webhook) => webhooks.push(webhook),
                Err(error) => {
                    let (line, column) = (error.line(), error.column());
                    tracing::error!(
                        number,
                        line,
                        column,
                        "a record of the spool is not understood; its file is kept"
                    );
                    if let Some(oldest) = self.segments.front_mut() {
                        oldest.damaged = true;
                    }
                }
            }
        }
        // A file that lost records since it was looked at is through when its last one is.
        let records = if records == open.bodies.len() { flushed } else { records };
        self.reading = Some(open);
        Ok(Batch { webhooks, place: Place { number, records } })
    }

    /// Takes off what was read, and removes a file of which nothing is left.
    pub(super) fn settle(&mut self, place: Place) -> io::Result<()> {
        if let Some(oldest) = self.segments.front_mut().filter(|oldest| oldest.number == place.number) {
            oldest.settled = oldest.settled.max(place.records.min(oldest.records));
        }
        self.drop_settled()
    }

    fn drop_settled(&mut self) -> io::Result<()> {
        while let Some(oldest) = self.segments.front() {
            let in_use = self.writing.is_some() && self.segments.len() == 1;
            if oldest.settled < oldest.records || in_use {
                return Ok(());
            }
            let path = self.path(oldest.number);
            if oldest.damaged {
                fs::rename(&path, path.with_extension(DAMAGED))?;
            } else {
                fs::remove_file(&path)?;
            }
            self.segments.pop_front();
            self.reading = None;
        }
        Ok(())
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:010}.{SUFFIX}"))
    }
}

/// Makes a folder that its owner alone may read, and whose name survives a crash.
fn make(folder: &Path) -> io::Result<()> {
    let missing: Vec<_> = folder.ancestors().take_while(|path| !path.exists()).collect();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    for made in missing {
        let parent = made.parent().filter(|parent| !parent.as_os_str().is_empty());
        sync(parent.unwrap_or(Path::new(".")))?;
    }
    Ok(())
}

/// Opens a file to write that its owner alone may read.
fn private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.write(true).open(path)
}

/// Makes the names of a folder survive a crash.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    /// A body that is understood.
    fn body(at_ms: i64) -> Vec<u8> {
        format!(r#"{{"at_ms":{at_ms},"received":{{"webhook":"conversations","pairs":[]}}}}"#).into_bytes()
    }

    fn read(shelf: &mut Shelf) -> Vec<i64> {
        let batch = shelf.read(100).unwrap();
        shelf.settle(batch.place).unwrap();
        batch.webhooks.into_iter().map(|webhook| webhook.at_ms).collect()
    }

    /// A shelf with one record, whose file is now another one.
    fn on(device: &str) -> (tempfile::TempDir, Shelf) {
        let folder = tempfile::tempdir().unwrap();
        let mut shelf = Shelf::open(folder.path(), 1 << 20).unwrap();
        assert_eq!(shelf.append(&[body(1)]), [Ok(())]);
        shelf.writing = Some(OpenOptions::new().write(true).open(device).unwrap());
        (folder, shelf)
    }

    #[test]
    fn f63_a_full_disk_refuses_and_later_takes_more() {
        let (_folder, mut shelf) = on("/dev/full");
        let refused = shelf.append(&[body(2), body(3)]);
        assert!(refused.iter().all(|one| matches!(one, Err(SpoolError::Disk(_)))), "{refused:?}");
        assert_eq!((shelf.webhooks(), shelf.is_broken()), (1, false));
        assert_eq!(shelf.append(&[body(4)]), [Ok(())]);
        assert_eq!((read(&mut shelf), read(&mut shelf)), (vec![1], vec![4]));
    }

    #[test]
    fn f63_after_a_flush_that_failed_nothing_is_written_and_what_was_kept_is_read() {
        // It takes every byte and cannot be flushed.
        let (folder, mut shelf) = on("/dev/null");
        assert!(matches!(shelf.append(&[body(2)])[..], [Err(SpoolError::Disk(_))]));
        assert!(shelf.is_broken());
        assert!(matches!(shelf.append(&[body(3)])[..], [Err(SpoolError::Disk(_))]));
        assert_eq!(read(&mut shelf), [1]);
        drop(shelf);
        let mut shelf = Shelf::open(folder.path(), 1 << 20).unwrap();
        assert_eq!(shelf.append(&[body(4)]), [Ok(())]);
        assert_eq!(read(&mut shelf), [4]);
    }

    #[test]
    fn f63_a_folder_that_is_gone_refuses() {
        let (folder, mut shelf) = on("/dev/full");
        shelf.writing = None;
        fs::remove_dir_all(folder.path()).unwrap();
        assert!(matches!(shelf.append(&[body(2)])[..], [Err(SpoolError::Disk(_))]));
    }
}
