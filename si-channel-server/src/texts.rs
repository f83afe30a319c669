//! The operator's own files of texts, one a language.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use si_channel_core::language::Language;
use si_channel_core::text::{Locales, LocalesError, check};

/// More than every text in any language; a file past it is some other file.
const MAX_BYTES: u64 = 256 << 10;

/// A folder of texts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// It, or a file in it, cannot be read.
    #[error("texts.dir: {path} cannot be read: {source}; name a folder of files such as fr.ftl")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file that is named after no language.
    #[error(
        "texts.dir: {0} is named after no language; name it fr.ftl, pt-BR.ftl or the like, or move it away"
    )]
    NoLanguage(PathBuf),
    /// A file that is no file of texts.
    #[error("texts.dir: {0} is larger than 256 KiB; a file of texts is not")]
    TooLarge(PathBuf),
    /// What is wrong with a file.
    #[error("texts.dir: {}", in_file(.path, .error))]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: LocalesError,
    },
}

fn in_file(path: &Path, error: &LocalesError) -> String {
    let shown = error.errors.iter().map(|error| format!("{}: {error}", path.display()));
    shown.collect::<Vec<_>>().join("\n")
}

/// Reads `*.ftl` of a folder; `known` are texts that the configuration gives itself, which the files stand before.
pub fn read(folder: &Path, known: Locales) -> Result<Locales, TextsError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| TextsError::Unreadable { path, source }
    };
    let mut sources: BTreeMap<Language, String> = known.into();
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        if path.extension().is_none_or(|extension| extension != "ftl") {
            continue;
        }
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let Ok(language) = name.parse::<Language>() else { return Err(TextsError::NoLanguage(path)) };
        if std::fs::metadata(&path).map_err(unreadable(&path))?.len() > MAX_BYTES {
            return Err(TextsError::TooLarge(path));
        }
        let source = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
        if let Err(errors) = Locales::check(&language, &source) {
            let error = LocalesError { language, errors };
            return Err(TextsError::Wrong { path, error });
        }
        sources.insert(language, source);
    }
    Locales::try_from(sources).map_err(|error| TextsError::Wrong { path: "policy.locales".into(), error })
}

/// What is wrong with texts, a line each: for the log.
pub fn findings(lines: &[check::Line]) -> Vec<String> {
    let of_line = |line: &check::Line| {
        let at = format!("text {} in {}", line.text_id.as_str(), line.language);
        line.findings.iter().map(move |finding| format!("{at}: {finding}")).collect::<Vec<_>>()
    };
    lines.iter().flat_map(of_line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        folder
    }

    #[test]
    fn files_are_read_by_language_and_others_left_alone() {
        let folder = folder(&[("pt-BR.ftl", "left_group = Fora."), ("readme.md", "# Texts")]);
        let locales = read(folder.path(), Locales::default()).unwrap();
        assert_eq!(locales.languages().map(ToString::to_string).collect::<Vec<_>>(), ["pt-BR"]);
    }

    #[test]
    fn what_is_wrong_is_told_by_file_and_line_with_what_to_do() {
        for (name, content, told) in [
            ("french.ftl", "", "french.ftl is named after no language; name it fr.ftl"),
            ("fr.ftl", "a\nleft_group = x", "fr.ftl: line 1: this is not Fluent"),
            ("fr.ftl", "\nhelp = x", "fr.ftl: line 2: `help` lacks $brand; put { $brand } into it"),
            ("fr.ftl", &"# long\n".repeat(50_000), "fr.ftl is larger than 256 KiB"),
        ] {
            let folder = folder(&[(name, content)]);
            let error = read(folder.path(), Locales::default()).unwrap_err().to_string();
            assert!(error.contains(told), "{told}: {error}");
        }
        let error = read(Path::new("/nowhere/texts"), Locales::default()).unwrap_err().to_string();
        assert!(error.contains("texts.dir: /nowhere/texts cannot be read"), "{error}");
    }
}
