//! A disk as the standards promise it: what was flushed is kept; of the rest anything may be.

use std::collections::BTreeMap;
use std::path::Path;

use crate::random::Random;

/// What a disk writes whole.
const SECTOR: usize = 512;

/// What a program did.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Create {
        path: String,
    },
    MakeFolder {
        path: String,
    },
    Remove {
        path: String,
    },
    Write {
        path: String,
        offset: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        path: String,
        length: usize,
    },
    /// A file's data, or a folder's names.
    Flush {
        path: String,
    },
    /// The program told somebody.
    Acknowledged(String),
}

/// The same steps as if those paths were never flushed.
pub(crate) fn without_flushes(steps: &[Step], forgotten: impl Fn(&str) -> bool) -> Vec<Step> {
    let kept = steps.iter().filter(|step| !matches!(step, Step::Flush { path } if forgotten(path)));
    kept.cloned().collect()
}

/// A change to a file that is not flushed.
#[derive(Debug, Clone)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

impl Change {
    fn make(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write(offset, bytes) => put(content, *offset, bytes),
            Self::Truncate(length) => content.resize(*length, 0),
        }
    }

    /// Some of its sectors alone.
    fn tear(&self, content: &mut Vec<u8>, random: &mut Random) {
        let Self::Write(offset, bytes) = self else { return self.make(content) };
        let mut place = 0;
        while place < bytes.len() {
            // Sectors lie where the disk has them, not where the write begins.
            let end = (SECTOR - (offset + place) % SECTOR + place).min(bytes.len());
            if random.coin() {
                put(content, offset + place, &bytes[place..end]);
            }
            place = end;
        }
    }
}

fn put(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    if content.len() < offset + bytes.len() {
        content.resize(offset + bytes.len(), 0);
    }
    content[offset..offset + bytes.len()].copy_from_slice(bytes);
}

#[derive(Debug, Clone, Default)]
struct File {
    flushed: Vec<u8>,
    pending: Vec<Change>,
}

/// A name that a folder has or has no more.
#[derive(Debug, Clone)]
enum Naming {
    Given(String, usize),
    Taken(String),
}

/// A folder among the names has no file.
const FOLDER: usize = usize::MAX;

/// What of that which was not flushed is there after a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    Nothing,
    All,
    Some,
}

impl Cut {
    pub(crate) fn drawn(random: &mut Random) -> Self {
        match random.below(4) {
            0 => Self::Nothing,
            1 => Self::All,
            _ => Self::Some,
        }
    }

    fn keeps(self, random: &mut Random) -> bool {
        match self {
            Self::Nothing => false,
            Self::All => true,
            Self::Some => random.coin(),
        }
    }
}

/// The disk while the program runs.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    files: Vec<File>,
    /// As the program sees them.
    names: BTreeMap<String, usize>,
    /// As they would be found after a power cut.
    flushed: BTreeMap<String, usize>,
    pending: Vec<Naming>,
}

impl Disk {
    /// Whether anything that a power cut could change has changed.
    pub(crate) fn take(&mut self, step: &Step) -> bool {
        match step {
            Step::Create { path } => {
                if self.names.contains_key(path) {
                    return false;
                }
                self.files.push(File::default());
                self.name(path, self.files.len() - 1);
            }
            Step::MakeFolder { path } => self.name(path, FOLDER),
            Step::Remove { path } => {
                self.names.remove(path);
                self.pending.push(Naming::Taken(path.clone()));
            }
            Step::Write { path, offset, bytes } => self.change(path, Change::Write(*offset, bytes.clone())),
            Step::Truncate { path, length } => self.change(path, Change::Truncate(*length)),
            Step::Flush { path } => self.flush(path),
            Step::Acknowledged(_) => return false,
        }
        true
    }

    fn name(&mut self, path: &str, file: usize) {
        self.names.insert(path.to_owned(), file);
        self.pending.push(Naming::Given(path.to_owned(), file));
    }

    fn change(&mut self, path: &str, change: Change) {
        if let Some(file) = self.names.get(path).and_then(|file| self.files.get_mut(*file)) {
            file.pending.push(change);
        }
    }

    fn flush(&mut self, path: &str) {
        match self.names.get(path) {
            Some(file) if *file != FOLDER => {
                let file = &mut self.files[*file];
                for change in std::mem::take(&mut file.pending) {
                    change.make(&mut file.flushed);
                }
            }
            // The folder itself, or one in it.
            _ => {
                let (done, open): (Vec<_>, _) = std::mem::take(&mut self.pending)
                    .into_iter()
                    .partition(|(Naming::Given(name, _) | Naming::Taken(name))| parent(name) == path);
                self.pending = open;
                for naming in &done {
                    rename(&mut self.flushed, naming);
                }
            }
        }
    }

    /// What is found after a power cut.
    pub(crate) fn cut(&self, cut: Cut, random: &mut Random) -> Found {
        let mut names = self.flushed.clone();
        for naming in &self.pending {
            if cut.keeps(random) {
                rename(&mut names, naming);
            }
        }
        let mut found = BTreeMap::new();
        for (name, file) in &names {
            let folders = std::iter::successors(Some(parent(name)), |folder| Some(parent(folder)))
                .take_while(|folder| !folder.is_empty());
            let mut folders = folders;
            if folders.any(|folder| names.get(folder) != Some(&FOLDER)) {
                continue;
            }
            let content = self.files.get(*file).map(|file| content(file, cut, random));
            found.insert(name.clone(), content);
        }
        Found(found)
    }
}

fn content(file: &File, cut: Cut, random: &mut Random) -> Vec<u8> {
    let mut content = file.flushed.clone();
    // Whole up to somewhere, or any of them, some torn.
    let prefix = random.coin().then(|| random.below(file.pending.len() + 1));
    for (place, change) in file.pending.iter().enumerate() {
        match (cut, prefix) {
            (Cut::Nothing, _) => {}
            (Cut::All, _) => change.make(&mut content),
            (_, Some(prefix)) if place < prefix => change.make(&mut content),
            (_, Some(prefix)) if place == prefix => change.tear(&mut content, random),
            (_, Some(_)) => {}
            (_, None) => match random.below(3) {
                0 => {}
                1 => change.make(&mut content),
                _ => change.tear(&mut content, random),
            },
        }
    }
    content
}

fn rename(names: &mut BTreeMap<String, usize>, naming: &Naming) {
    match naming {
        Naming::Given(name, file) => drop(names.insert(name.clone(), *file)),
        Naming::Taken(name) => drop(names.remove(name)),
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// What a power cut left: files with their content, folders without.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Found(BTreeMap<String, Option<Vec<u8>>>);

impl Found {
    /// Writes it down.
    pub(crate) fn lay_out(&self, folder: &Path) -> std::io::Result<()> {
        for (name, content) in &self.0 {
            let path = folder.join(name);
            match content {
                Some(content) => std::fs::write(path, content)?,
                None => std::fs::create_dir(path)?,
            }
        }
        Ok(())
    }
}
