//! Rules on what the sources name.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Finding;
use crate::workspace::Workspace;

/// What core may not name, and why.
const IMPURE: &[(&str, &str)] = &[
    ("SystemTime::now", "time is an argument"),
    ("Instant::now", "time is an argument"),
    ("Timestamp::now", "time is an argument"),
    ("Zoned::now", "time is an argument"),
    ("thread_rng", "randomness comes in with the input"),
    ("getrandom", "randomness comes in with the input"),
    ("rand::", "randomness comes in with the input"),
    ("RandomState", "the order of a map would differ from run to run"),
    ("async fn", "core does no IO, so nothing waits"),
    (".await", "core does no IO, so nothing waits"),
    ("std::fs", "core does no IO"),
    ("std::net", "core does no IO"),
    ("std::env", "settings are arguments"),
    ("std::thread", "the shell decides what runs where"),
];

/// Core is pure, and only `normalize` names the SDK's payloads; SIDs may be named anywhere.
pub(super) fn core(workspace: &Workspace) -> Result<Vec<Finding>> {
    scan(workspace, "si-channel-core/src", |file, line| {
        let mut broken: Vec<_> = IMPURE
            .iter()
            .filter(|(word, _)| names(line, word))
            .map(|(word, why)| (format!("names `{word}`"), *why))
            .collect();
        let in_normalize = file.file_stem().is_some_and(|stem| stem == "normalize")
            || file.components().any(|part| part.as_os_str() == "normalize");
        if !in_normalize && names_sdk_beyond(line, "sid") {
            let what = "names the SDK outside `normalize` (SIDs by `twilio_conversations::sid`)".to_owned();
            broken.push((what, "a second provider is a second `normalize`, and nothing else changes"));
        }
        broken
    })
}

/// The sandbox's wire shapes and signing are its own; of the SDK it may take `TwiML`.
pub(super) fn sandbox(workspace: &Workspace) -> Result<Vec<Finding>> {
    scan(workspace, "twilio-sandbox", |_, line| {
        let ours = ["si_channel_core", "si_channel_server"].into_iter().find(|name| names(line, name));
        let what = match ours {
            Some(name) => format!("names `{name}`"),
            None if names_sdk_beyond(line, "twiml") => "names the SDK beyond its TwiML".to_owned(),
            None => return Vec::new(),
        };
        vec![(what, "a mistake made on both sides would not show")]
    })
}

/// Every finding of `judge` over the Rust files below a folder, comments left out.
fn scan(
    workspace: &Workspace,
    folder: &str,
    judge: impl Fn(&Path, &str) -> Vec<(String, &'static str)>,
) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in rust_files(&workspace.root.join(folder))? {
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let shown = file.strip_prefix(&workspace.root).unwrap_or(&file);
        for (index, line) in text.lines().enumerate() {
            for (what, why) in judge(shown, code_of(line)) {
                findings.push(Finding { place: format!("{}:{}", shown.display(), index + 1), what, why });
            }
        }
    }
    Ok(findings)
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The line without its comment. A `//` inside a text counts as one too, unless it follows a colon (a URL).
fn code_of(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

/// Whether the line has the word by itself: `operand::` is not `rand::`.
fn names(line: &str, word: &str) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let begins = word.starts_with('.') || !line[..at].ends_with(part_of_word);
        let ends = word.ends_with(':') || !line[at + word.len()..].starts_with(part_of_word);
        begins && ends
    })
}

/// Whether the line names the SDK other than as `twilio_conversations::allowed`.
fn names_sdk_beyond(line: &str, allowed: &str) -> bool {
    const SDK: &str = "twilio_conversations";
    line.match_indices(SDK).any(|(at, _)| {
        let rest = line[at + SDK.len()..].strip_prefix("::").unwrap_or_default();
        let module = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next();
        module != Some(allowed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_allowed_module_of_the_sdk_may_be_named() {
        assert!(!names_sdk_beyond("use twilio_conversations::sid::MessageSid;", "sid"));
        assert!(!names_sdk_beyond("use twilio_conversations::sid::{MessageSid, ConversationSid};", "sid"));
        assert!(names_sdk_beyond("use twilio_conversations::{sid::MessageSid, webhook};", "sid"));
        assert!(names_sdk_beyond("use twilio_conversations::webhook;", "sid"));
        assert!(names_sdk_beyond("use twilio_conversations::sidecar;", "sid"));
        assert!(names_sdk_beyond("use twilio_conversations as sdk;", "sid"));
    }

    #[test]
    fn words_are_whole_and_comments_are_left_out() {
        assert!(names("let now = Instant::now();", "Instant::now"));
        assert!(!names("operand::new()", "rand::"));
        assert!(names("x.await", ".await"));
        assert!(!names("self.await_person()", ".await"));
        assert_eq!(code_of("use a; // Instant::now"), "use a; ");
        assert_eq!(code_of("/// Instant::now"), "");
        assert_eq!(code_of(r#"let url = "https://example.com";"#), r#"let url = "https://example.com";"#);
    }
}
