//! Reading rule files: those in the folder of `rules.dir` replace the sets built in.

use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use si_channel_core::rules::{Mark, RuleSummary, Rules, SetFile};

/// Days before a set expires on which it is time to review it.
const REVIEW_DAYS: i32 = 60;

/// The rules as of a moment.
///
/// # Errors
/// What cannot be read, and everything that is wrong with a set, with file, line and mend.
pub fn load(dir: Option<&Path>, now: Timestamp) -> Result<Rules, String> {
    let files = match dir {
        Some(dir) => files(dir)?,
        None => Vec::new(),
    };
    let today = now.to_zoned(TimeZone::UTC).date();
    Rules::load(&files, today).map_err(|problems| problems.to_string())
}

/// Every `.toml` file of the folder, by name.
fn files(dir: &Path) -> Result<Vec<SetFile>, String> {
    let failed = |path: &Path, error: &std::io::Error| {
        format!(
            "rules.dir: cannot read {}: {error}; name a folder of rule files, or leave it out",
            path.display()
        )
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(|error| failed(dir, &error))? {
        let path = entry.map_err(|error| failed(dir, &error))?.path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        files.push(SetFile { name, file: path.display().to_string(), text });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// Sets that expire soon, by name, with the days that are left.
pub fn expiring(rules: &Rules, now: Timestamp) -> Vec<(&'static str, i32)> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let left = |set: si_channel_core::rules::SetSummary| {
        let days = today.until(set.expires).map_or(i32::MAX, |span| span.get_days());
        (days <= REVIEW_DAYS).then_some((set.name, days))
    };
    rules.summaries().into_iter().filter_map(left).collect()
}

/// Whether nobody has made sure of a rule: it must be checked before an operator relies on it.
pub fn is_unsure(rule: &RuleSummary) -> bool {
    matches!(rule.mark, Mark::Unverified | Mark::Conflict)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn files_of_the_folder_replace_the_sets_and_what_is_wrong_names_them() {
        let dir = tempfile::tempdir().unwrap();
        assert!(load(None, now()).is_ok() && load(Some(dir.path()), now()).is_ok());
        std::fs::write(dir.path().join("README.md"), "not a rule").unwrap();
        let path = dir.path().join("opt_in.toml");
        std::fs::write(&path, "version = \"1\"\nexpires = \"2026-11-21\"\nrule = []\n").unwrap();
        let error = load(Some(dir.path()), now()).unwrap_err();
        assert!(
            error.contains(&format!("{}:2: the rules have expired on 2026-11-21; ", path.display())),
            "{error}"
        );
        assert!(error.contains("opt_in.toml:2: no rule is about \"*\"; "), "{error}");
        let error = load(Some(&dir.path().join("gone")), now()).unwrap_err();
        assert!(error.starts_with("rules.dir: cannot read "), "{error}");
    }

    #[test]
    fn sets_that_expire_within_two_months_are_named() {
        let rules = Rules::default();
        assert_eq!(expiring(&rules, now()), []);
        let late = "2027-12-01T00:00:00Z".parse().unwrap();
        assert_eq!(expiring(&rules, late).first(), Some(&("quiet_hours", 31)));
    }
}
