//! What happened, as a number that tells runs apart, and as lines to read.

/// The record of a run.
#[derive(Debug)]
pub(crate) struct Trace {
    hash: u64,
    steps: u64,
    lines: Option<Vec<String>>,
}

impl Trace {
    pub(crate) fn new(keep_lines: bool) -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, steps: 0, lines: keep_lines.then(Vec::new) }
    }

    /// Takes something in: FNV-1a over time, what it is and whom it is about.
    pub(crate) fn note(&mut self, now_ms: i64, what: &str, about: &str) {
        let bytes = now_ms.to_le_bytes().into_iter().chain(what.bytes()).chain([0]).chain(about.bytes());
        for byte in bytes {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self.steps += 1;
        if let Some(lines) = &mut self.lines {
            let at = jiff::Timestamp::from_millisecond(now_ms).unwrap_or_default();
            lines.push(format!("{at:.3} {what} {about}"));
        }
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    pub(crate) fn take_lines(&mut self) -> Vec<String> {
        self.lines.take().unwrap_or_default()
    }
}
