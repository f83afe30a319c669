//! What the server logs, at its most verbose and as it writes it.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::Value;
use si_channel_server::telemetry::{Format, Telemetry, subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::util::SubscriberInitExt;

/// Every line so far, of all tests of the process.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Keeps what is logged from now on, by every thread.
    pub(crate) fn kept() -> &'static Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        LOG.get_or_init(|| {
            let log = Self::default();
            let writer = log.clone();
            let all = Telemetry { level: LevelFilter::TRACE, format: Format::Json, color: false };
            subscriber(all, move || writer.clone()).try_init().unwrap();
            log
        })
    }

    /// The lines but those of the sandbox, which is no part of a server that serves.
    pub(crate) fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().unwrap().clone();
        let ours = |line: &&str| {
            let line: Value = serde_json::from_str(line).unwrap();
            !line["target"].as_str().unwrap().starts_with("twilio_sandbox")
        };
        String::from_utf8(bytes).unwrap().lines().filter(ours).map(str::to_owned).collect()
    }

    /// Fails when something of this stands in a line, however it is cased or encoded in a URL.
    #[track_caller]
    pub(crate) fn is_free_of(&self, wanted: &[&str]) {
        let lines = self.lines();
        for wanted in wanted {
            let small = wanted.to_lowercase();
            let found: Vec<&String> =
                lines.iter().filter(|line| line.to_lowercase().contains(&small)).collect();
            assert!(found.is_empty(), "{wanted}: {found:?}");
        }
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
