//! Lines and server-sent events out of chunks.

use bytes::{Bytes, BytesMut};

use super::CognitionError;
use super::upstream::Body;

/// The lines of a body, which end in LF or CRLF.
pub(super) struct Lines {
    body: Body,
    buffer: BytesMut,
    /// Bytes of the buffer that are known to hold no line end.
    searched: usize,
    ended: bool,
}

impl Lines {
    pub(super) fn new(body: Body) -> Self {
        Self { body, buffer: BytesMut::new(), searched: 0, ended: false }
    }

    /// The next line without its end; the last one needs none. `None` after it.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, CognitionError> {
        loop {
            if let Some(found) = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n') {
                let mut line = self.buffer.split_to(self.searched + found + 1);
                self.searched = 0;
                let size = line.len() - 1;
                line.truncate(if line[..size].ends_with(b"\r") { size - 1 } else { size });
                return Ok(Some(line.freeze()));
            }
            self.searched = self.buffer.len();
            if self.ended {
                let last = self.buffer.split().freeze();
                self.searched = 0;
                return Ok((!last.is_empty()).then_some(last));
            }
            match self.body.chunk().await? {
                Some(chunk) => self.buffer.extend_from_slice(&chunk),
                None => self.ended = true,
            }
        }
    }
}

/// The server-sent events of a body.
pub(super) struct Events {
    lines: Lines,
}

/// One event.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// The name; empty for the usual one.
    pub(super) name: String,
    /// The data lines, joined by line breaks.
    pub(super) data: String,
}

impl Events {
    pub(super) fn new(body: Body) -> Self {
        Self { lines: Lines::new(body) }
    }

    /// The next event that has data; `None` at the end. The last one needs no empty line after it.
    pub(super) async fn next(&mut self) -> Result<Option<Event>, CognitionError> {
        let (mut name, mut data) = (String::new(), Vec::new());
        while let Some(line) = self.lines.next().await? {
            let line = std::str::from_utf8(&line).map_err(|_| CognitionError::Nonsense("it is not UTF-8"))?;
            if line.is_empty() {
                if !data.is_empty() {
                    break;
                }
                name.clear();
                continue;
            }
            let (field, value) = line.trim_start_matches('\u{feff}').split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut name),
                "data" => data.push(value.to_owned()),
                // Comments, ids and retry times.
                _ => {}
            }
        }
        Ok((!data.is_empty()).then(|| Event { name, data: data.join("\n") }))
    }
}
