//! What is fuzzed: one function a target, each taking bytes and failing by a panic.
//!
//! `cargo xtask fuzz` runs them under libFuzzer; `cargo test -p fuzz` plays their corpora, and some thousands of
//! variations of them, to the same functions.

#![forbid(unsafe_code)]

mod machine;
mod records;
mod texts;
mod webhooks;

#[path = "../../si-channel-core/tests/it/support.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, clippy::pedantic)]
mod support;

/// A target's name and function.
pub type Target = (&'static str, fn(&[u8]));

/// Every target; `fuzz_targets/` has a binary for each.
pub const TARGETS: &[Target] = &[
    ("address", records::address),
    ("attributes", webhooks::attributes),
    ("command", texts::command),
    ("contact", texts::contact),
    ("conversations", webhooks::conversations),
    ("count", texts::count),
    ("decide", machine::decide),
    ("erasure", records::erasure),
    ("event", records::event),
    ("form", webhooks::form),
    ("input", records::input),
    ("keyword", texts::keyword),
    ("locale", records::locale),
    ("messaging", webhooks::messaging),
    ("retention", records::retention),
    ("rules", records::rules),
    ("smart", texts::smart),
    ("split", texts::split),
    ("status", webhooks::status),
];

/// Plays bytes to the target of that name.
///
/// # Panics
/// When there is no such target, and when the target finds something.
pub fn run(name: &str, data: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).expect("a target in the list");
    target(data);
}
