use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use super::*;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn logged(telemetry: Telemetry, write: impl FnOnce()) -> String {
    let captured = Captured::default();
    let writer = captured.clone();
    tracing::subscriber::with_default(subscriber(telemetry, move || writer.clone()), write);
    captured.text()
}

fn plain(level: LevelFilter, format: Format) -> Telemetry {
    Telemetry { level, format, color: false }
}

#[test]
fn libraries_are_silent_below_warn_whatever_the_level() {
    let text = logged(plain(LevelFilter::TRACE, Format::Human), || {
        tracing::trace!(target: "si_channel_server::http", "ours");
        tracing::info!(target: "hyper", "theirs");
        tracing::warn!(target: "hyper", "their warning");
    });
    assert!(text.contains("ours") && text.contains("their warning"), "{text}");
    assert!(!text.contains("theirs"), "{text}");
}

#[test]
fn off_silences_everything() {
    let text = logged(plain(LevelFilter::OFF, Format::Human), || tracing::error!(target: "hyper", "x"));
    assert_eq!(text, "");
}

#[test]
fn json_lines_are_objects() {
    let text = logged(plain(LevelFilter::INFO, Format::Json), || {
        tracing::info!(target: "si_channel_server", wait_ms = 5, "a\nb");
    });
    let line: serde_json::Value = serde_json::from_str(text.trim_end()).unwrap();
    assert_eq!(line["message"], "a\nb");
    assert_eq!(line["wait_ms"], 5);
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn a_line_break_in_a_message_or_a_field_does_not_begin_a_line() {
    let text = logged(plain(LevelFilter::INFO, Format::Human), || {
        let hostile = "a\n2026-01-01 ERROR forged \u{1b}[31m";
        tracing::info!(target: "si_channel_server", quoted = %redact::Quoted(hostile), debugged = ?hostile, "x");
    });
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn a_panic_is_logged_without_a_formatted_text() {
    // One test for both: the panic hook belongs to the process.
    let text = logged(plain(LevelFilter::INFO, Format::Human), || {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(log_panic));
        let secret = "Jane's secret";
        let formatted = std::panic::catch_unwind(|| panic!("could not read {secret}"));
        let literal = std::panic::catch_unwind(|| panic!("a literal"));
        std::panic::set_hook(before);
        assert!(formatted.is_err() && literal.is_err());
    });
    assert!(text.contains("telemetry/tests.rs:"), "{text}");
    assert!(text.contains("withheld") && text.contains(": a literal"), "{text}");
    assert!(!text.contains("Jane"), "{text}");
}

#[test]
fn f57_what_comes_from_outside_stays_within_its_line_and_is_cut() {
    let outside = format!("a\r\nERROR si_channel_server: forged \u{1b}[2J\u{202e}{}", "n".repeat(5000));
    for format in [Format::Human, Format::Json] {
        let text = logged(plain(LevelFilter::INFO, format), || {
            tracing::info!(target: "si_channel_server", name = %redact::Quoted(&outside), "heard");
        });
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(!text.contains(['\u{1b}', '\r', '\u{202e}']), "{text}");
        assert!(text.len() < 1000, "{text}");
    }
}
