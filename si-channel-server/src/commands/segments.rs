//! `segments`: how a text travels by SMS.

use std::io::{BufRead, Read, Write};

use serde_json::{Value, json};
use si_channel_core::segment;

use crate::args::SegmentsArgs;
use crate::http::json::mended;

/// Counts a text, or each line.
pub fn run(args: &SegmentsArgs) -> Result<(), String> {
    let stdout = std::io::stdout().lock();
    let mut out = std::io::BufWriter::new(stdout);
    let written = if args.lines { lines(&mut out)? } else { one(args, &mut out)? };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

fn lines(out: &mut impl Write) -> Result<std::io::Result<()>, String> {
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line.map_err(|error| format!("line {}: {error}", number + 1))?;
        let text: String = serde_json::from_slice(&mended(line.as_bytes()))
            .map_err(|error| format!("line {}: expected a JSON string: {error}", number + 1))?;
        if let Err(error) = writeln!(out, "{}", object(&text)) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

fn one(args: &SegmentsArgs, out: &mut impl Write) -> Result<std::io::Result<()>, String> {
    let text = if let Some(text) = &args.text {
        text.clone()
    } else {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(|error| format!("standard input: {error}"))?;
        text
    };
    if args.json {
        return Ok(writeln!(out, "{}", object(&text)));
    }
    let count = segment::count(&text);
    let encoding = serde_json::to_value(count.encoding).unwrap_or_default();
    let mut shown = writeln!(
        out,
        "{} in {}, {} units",
        plural(count.segments, "segment"),
        encoding.as_str().unwrap_or_default(),
        count.units
    );
    for part in segment::parts(&text) {
        shown = shown.and_then(|()| writeln!(out, "| {}", part.replace('\n', "\n  ")));
    }
    Ok(shown)
}

fn plural(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn object(text: &str) -> Value {
    let count = segment::count(text);
    json!({
        "encoding": count.encoding,
        "units": count.units,
        "segments": count.segments,
        "parts": segment::parts(text),
    })
}
