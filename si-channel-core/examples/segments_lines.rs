//! Reads one JSON string per line and prints its segmentation as one JSON object per line.
//!
//! What `xtask/oracles/segments.mjs` compares with Twilio's published calculator.

use std::io::{self, BufRead, BufWriter, Write};

use serde_json::json;
use si_channel_core::segment;

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let text: String = serde_json::from_str(&line?)?;
        let cost = segment::count(&text);
        let answer = json!({
            "encoding": cost.encoding,
            "units": cost.units,
            "segments": cost.segments,
            "parts": segment::parts(&text),
        });
        writeln!(out, "{answer}")?;
    }
    out.flush()
}
