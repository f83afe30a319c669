//! `docs/events/CHANGELOG.md`: what every release changed in the events, for those who read them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::compat::{Change, Effect};

/// Where it is, in the repository.
pub(super) const FILE: &str = "docs/events/CHANGELOG.md";
/// The part about what is not released yet.
const NEXT: &str = "## Unreleased";

/// The page.
pub(super) struct Changelog {
    path: PathBuf,
    text: String,
}

impl Changelog {
    pub(super) fn read(root: &Path) -> Result<Self> {
        let path = root.join(FILE);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { path, text })
    }

    pub(super) fn write(&self) -> Result<()> {
        fs::write(&self.path, &self.text).with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// From the end of the heading to the next one.
    fn next(&self) -> Option<(usize, usize)> {
        let from = self.text.find(NEXT)? + NEXT.len();
        let to = self.text[from..].find("\n## ").map_or(self.text.len(), |length| from + length + 1);
        Some((from, to))
    }

    /// Whether the part about what is not released has a line on a type.
    pub(super) fn tells_of(&self, name: &str) -> bool {
        let quoted = format!("`{name}`");
        self.next().is_some_and(|(from, to)| self.text[from..to].contains(&quoted))
    }

    /// A line on a type, made of what changed; who knows why may say it better.
    pub(super) fn add(&mut self, name: &str, changes: &[Change]) {
        let words: Vec<String> = changes
            .iter()
            .map(|change| {
                let place = change.place.strip_prefix(name).unwrap_or(&change.place).trim();
                let breaks = if change.effect == Effect::Breaking { " (breaks readers)" } else { "" };
                let place = if place.is_empty() { String::new() } else { format!("`{place}`: ") };
                format!("{place}{}{breaks}", change.what)
            })
            .collect();
        let line = format!("- `{name}`: {}.\n", words.join("; "));
        match self.next() {
            Some((_, to)) if to == self.text.len() => self.text = format!("{}\n{line}", self.text.trim_end()),
            Some((_, to)) => {
                let before = self.text[..to].trim_end();
                self.text = format!("{before}\n{line}\n{}", &self.text[to..]);
            }
            None => self.text = format!("{}\n\n{NEXT}\n\n{line}", self.text.trim_end()),
        }
    }

    /// What was not released is, under a version.
    pub(super) fn release(&mut self, version: &str) {
        self.text = self.text.replacen(NEXT, &format!("{NEXT}\n\nNothing yet.\n\n## {version}"), 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(text: &str) -> Changelog {
        Changelog { path: PathBuf::new(), text: text.to_owned() }
    }

    #[test]
    fn a_line_is_looked_for_and_added_in_the_part_about_what_is_not_released() {
        for (text, told) in [
            ("# C\n\n## Unreleased\n\n- `a.v1`: new.\n", true),
            ("# C\n\n## Unreleased\n\n## 0.1.0\n\n- `a.v1`: new.\n", false),
            ("# C\n\n## Unreleased\n\n- `a.v11`: new.\n", false),
            ("# C\n", false),
        ] {
            let mut log = log(text);
            assert_eq!(log.tells_of("a.v1"), told, "{text:?}");
            log.add("b.v1", &[Change::new("b.v1 x", Effect::Compatible, "an optional field is new")]);
            assert!(log.tells_of("b.v1"), "{}", log.text);
            assert!(log.text.contains("- `b.v1`: `x`: an optional field is new.\n"), "{}", log.text);
        }
    }

    #[test]
    fn a_release_begins_anew() {
        let mut log = log("# C\n\n## Unreleased\n\n- `a.v1`: new.\n");
        log.release("0.1.0");
        assert!(!log.tells_of("a.v1"), "{}", log.text);
        assert!(log.text.contains("## 0.1.0\n\n- `a.v1`: new.\n"), "{}", log.text);
    }
}
