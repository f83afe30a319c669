//! Reads what `strace -f -y -xx` wrote.

use std::collections::HashMap;
use std::path::Path;

use crate::Error;
use crate::disk::Step;

/// The steps of a trace that concern a folder, and the acknowledgements between them.
pub(crate) fn read(trace: &str, folder: &Path) -> Result<Vec<Step>, Error> {
    let mut reader = Reader {
        folder: folder.to_str().ok_or("the folder's name is not text")?,
        cursors: HashMap::new(),
        steps: Vec::new(),
    };
    let mut unfinished: HashMap<&str, String> = HashMap::new();
    for line in trace.lines() {
        let (pid, rest) = line.split_once(' ').ok_or("a line without a process")?;
        let rest = rest.trim_start();
        if let Some(begun) = rest.strip_suffix(" <unfinished ...>") {
            reader.begun(begun)?;
            unfinished.insert(pid, begun.to_owned());
        } else if let Some(resumed) = rest.strip_prefix("<... ") {
            let (_, end) = resumed.split_once(" resumed>").ok_or("a call that goes on oddly")?;
            let whole = unfinished.remove(pid).ok_or("a call that goes on without having begun")? + end;
            reader.ended(&whole)?;
        } else if rest.contains('(') {
            reader.begun(rest)?;
            reader.ended(rest)?;
        }
    }
    Ok(reader.steps)
}

struct Reader<'a> {
    folder: &'a str,
    /// Where the next `write` to a file goes.
    cursors: HashMap<String, usize>,
    steps: Vec<Step>,
}

impl Reader<'_> {
    /// A call that has begun may have taken effect from now on.
    fn begun(&mut self, call: &str) -> Result<(), Error> {
        let (name, args) = call.split_once('(').ok_or("a call without arguments")?;
        match name {
            "write" if args.starts_with("1<") || args.starts_with("1,") => {
                let said = String::from_utf8(quoted(args)?)?;
                self.steps.extend(said.lines().map(|line| Step::Acknowledged(line.to_owned())));
            }
            "write" => {
                let Some(path) = self.within(&descriptor(args)) else { return Ok(()) };
                let bytes = quoted(args)?;
                let cursor = self.cursors.entry(path.clone()).or_default();
                let offset = *cursor;
                *cursor += bytes.len();
                self.steps.push(Step::Write { path, offset, bytes });
            }
            "pwrite64" => {
                let Some(path) = self.within(&descriptor(args)) else { return Ok(()) };
                let bytes = quoted(args)?;
                let offset = args.rsplit(", ").next().unwrap_or_default();
                let offset = offset.split(')').next().unwrap_or_default().parse()?;
                self.steps.push(Step::Write { path, offset, bytes });
            }
            "ftruncate" => {
                let Some(path) = self.within(&descriptor(args)) else { return Ok(()) };
                let length = args.rsplit_once(", ").ok_or("no length")?.1;
                let length = length.split(')').next().unwrap_or_default().parse()?;
                self.steps.push(Step::Truncate { path, length });
            }
            "pwritev" | "writev" | "fallocate" | "lseek" | "rename" | "renameat" | "renameat2" | "creat"
                if args.contains(&escaped(self.folder)) || self.within(&descriptor(args)).is_some() =>
            {
                return Err(format!("{name} is not modelled").into());
            }
            _ => {}
        }
        Ok(())
    }

    /// A call that has ended has taken effect, unless it failed.
    fn ended(&mut self, call: &str) -> Result<(), Error> {
        let (name, args) = call.split_once('(').ok_or("a call without arguments")?;
        let (args, result) = args.rsplit_once(" = ").ok_or("a call without a result")?;
        if result.starts_with('-') || result.starts_with('?') {
            return if matches!(name, "fsync" | "fdatasync" | "pwrite64") {
                Err(format!("{name} failed: {result}").into())
            } else {
                Ok(())
            };
        }
        match name {
            "open" | "openat" => {
                let Some(path) = self.within(&descriptor(result)) else { return Ok(()) };
                self.cursors.insert(path.clone(), 0);
                if args.contains("O_CREAT") {
                    self.steps.push(Step::Create { path: path.clone() });
                }
                if args.contains("O_TRUNC") {
                    self.steps.push(Step::Truncate { path, length: 0 });
                }
            }
            "mkdir" | "mkdirat" => {
                if let Some(path) = self.within(&String::from_utf8(quoted(args)?)?) {
                    self.steps.push(Step::MakeFolder { path });
                }
            }
            "unlink" | "unlinkat" => {
                if let Some(path) = self.within(&String::from_utf8(quoted(args)?)?) {
                    self.steps.push(Step::Remove { path });
                }
            }
            "fsync" | "fdatasync" => {
                if let Some(path) = self.within(&descriptor(args)) {
                    self.steps.push(Step::Flush { path });
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// A path relative to the folder; `""` is the folder itself. Files that have no name any more are nobody's.
    fn within(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix(self.folder)?;
        // Shared memory is made anew from the log.
        let kept = !path.ends_with("(deleted)") && !path.ends_with("-shm");
        kept.then(|| rest.trim_start_matches('/').to_owned())
    }
}

/// The path behind a descriptor, such as `5</tmp/x>`.
fn descriptor(args: &str) -> String {
    let path = args.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(path, _)| path);
    unescape(path).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// The first text in quotation marks.
fn quoted(args: &str) -> Result<Vec<u8>, Error> {
    let (_, rest) = args.split_once('"').ok_or("no text where one was expected")?;
    let (text, rest) = rest.split_once('"').ok_or("a text without an end")?;
    if rest.starts_with("...") {
        return Err("a text was cut short by strace".into());
    }
    unescape(text)
}

fn unescape(text: &str) -> Result<Vec<u8>, Error> {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len() / 4);
    let mut place = 0;
    while place < bytes.len() {
        if bytes[place..].starts_with(b"\\x") {
            let digits = text.get(place + 2..place + 4).ok_or("half an escape")?;
            plain.push(u8::from_str_radix(digits, 16)?);
            place += 4;
        } else {
            plain.push(bytes[place]);
            place += 1;
        }
    }
    Ok(plain)
}

fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut all, byte| {
        let _ = write!(all, "\\x{byte:02x}");
        all
    })
}
