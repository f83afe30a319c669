//! `texts`: what the channel itself says, in every language that it speaks.

use std::fmt::Write as _;

use si_channel_core::language::Language;
use si_channel_core::segment::Encoding;
use si_channel_core::text::check::{Line, Origin, lines, spoken};
use si_channel_core::text::{TextId, builtin_source};

use crate::app;
use crate::args::{TextsArgs, TextsTask};
use crate::config::{Config, Purpose, Sources};

/// Lists the texts, or checks them; an error when the check finds something.
pub fn run(sources: &Sources, args: &TextsArgs) -> Result<(), String> {
    let config = Config::load(Purpose::Inspect, sources).map_err(|problems| problems.to_string())?;
    let policy = app::policy(&config).map_err(|error| error.to_string())?;
    let wanted: Option<Language> = args
        .language
        .as_ref()
        .map(|tag| tag.parse().map_err(|error| format!("{tag}: {error}")))
        .transpose()?;
    if args.source {
        let language = wanted.unwrap_or_else(Language::english);
        let source =
            builtin_source(&language).ok_or_else(|| format!("no texts are built in for {language}"))?;
        print!("{source}");
        return Ok(());
    }
    let mut shown = lines(&policy);
    if let Some(language) = &wanted {
        shown.retain(|line| line.language == *language);
        if shown.is_empty() {
            let spoken: Vec<_> = spoken(&policy).iter().map(ToString::to_string).collect();
            return Err(format!("{language} is not spoken; these are: {}", spoken.join(", ")));
        }
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&shown).map_err(|error| error.to_string())?);
    } else if args.markdown {
        print!("{}", markdown(&shown));
    } else {
        print!("{}", table(&shown, args.task == TextsTask::List));
    }
    let findings: usize = shown.iter().map(|line| line.findings.len()).sum();
    match (args.task, findings) {
        (TextsTask::List, _) | (_, 0) => Ok(()),
        (TextsTask::Check, findings) => Err(format!("{findings} findings")),
    }
}

fn table(lines: &[Line], with_text: bool) -> String {
    let mut out = format!("{:27} {:8} {:6} {:>8}  remarks\n", "text", "language", "as", "segments");
    for line in lines {
        let (encoding, segments) = cost(line);
        let _ = writeln!(
            out,
            "{:27} {:8} {encoding:6} {segments:>8}  {}",
            line.text_id.as_str(),
            line.language.to_string(),
            remarks(line).join("; ")
        );
        if with_text {
            let _ = writeln!(out, "    {}", line.text);
        }
    }
    out
}

fn cost(line: &Line) -> (String, String) {
    match line.cost {
        Some(cost) => {
            let encoding = serde_json::to_value(cost.encoding).unwrap_or_default();
            (encoding.as_str().unwrap_or_default().to_owned(), cost.segments.to_string())
        }
        None => ("spoken".to_owned(), "-".to_owned()),
    }
}

fn remarks(line: &Line) -> Vec<String> {
    let origin = match line.origin {
        Origin::BuiltIn => None,
        Origin::Own => Some("own file"),
        Origin::Everywhere => Some("policy.texts"),
    };
    let unreviewed = line.unreviewed.then_some("unreviewed");
    let short = origin.into_iter().chain(unreviewed).map(str::to_owned);
    short.chain(line.findings.iter().map(|finding| format!("FINDING {finding}"))).collect()
}

/// Segments in Markdown: a row a text, a column a language, with `u` where they are UCS-2.
pub fn markdown(lines: &[Line]) -> String {
    let mut languages: Vec<&Language> = lines.iter().map(|line| &line.language).collect();
    languages.dedup();
    let mut out = String::from("| text |");
    for language in &languages {
        let _ = write!(out, " {language} |");
    }
    let _ = writeln!(out, "\n| --- |{}", " --- |".repeat(languages.len()));
    for id in TextId::ALL.into_iter().filter(|id| !id.is_spoken()) {
        let _ = write!(out, "| `{}` |", id.as_str());
        for language in &languages {
            let line = lines.iter().find(|line| line.text_id == id && line.language == **language);
            let cell = line.and_then(|line| line.cost).map_or_else(String::new, |cost| {
                let unicode = if cost.encoding == Encoding::Ucs2 { "u" } else { "" };
                format!("{}{unicode}", cost.segments)
            });
            let _ = write!(out, " {cell} |");
        }
        out.push('\n');
    }
    out
}
