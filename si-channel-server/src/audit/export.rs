//! Records as others read them.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::store::AuditRecord;

/// A record in its place, with what opens it; as the API and the export show it.
#[derive(Debug, Serialize)]
pub struct View {
    sequence: u64,
    previous: String,
    hash: String,
    /// What the hash is over, in the canonical form of RFC 8785.
    record: Value,
    /// `null` when erased, or not asked for.
    openings: Value,
}

impl View {
    /// Shows a record.
    pub fn of(record: &AuditRecord) -> Self {
        let parsed = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| json!(text));
        Self {
            sequence: record.link.sequence,
            previous: record.link.previous.to_string(),
            hash: record.link.hash.to_string(),
            record: parsed(&record.link.body),
            openings: record.openings.as_deref().map_or(Value::Null, parsed),
        }
    }

    fn value(&self, name: &str) -> &str {
        self.record[name].as_str().unwrap_or_default()
    }

    /// What was looked at, as far as it is opened.
    fn inputs(&self) -> Value {
        let Some(openings) = self.openings.as_object() else { return Value::Null };
        let opened = openings.iter().filter(|(name, _)| *name != si_channel_core::audit::SUBJECT);
        Value::Object(
            opened.map(|(name, opening)| (name.clone(), opening["value"].clone())).collect::<Map<_, _>>(),
        )
    }
}

/// A JSON object a line.
pub fn json_line(view: &View, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, view)?;
    writeln!(out)
}

/// The columns of the CSV form.
pub fn csv_head(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"sequence,at,kind,outcome,rule,reason,references,inputs,hash\r\n")
}

/// A line of RFC 4180.
pub fn csv_line(view: &View, out: &mut impl Write) -> io::Result<()> {
    let fields = [
        view.sequence.to_string(),
        view.value("at").to_owned(),
        view.value("kind").to_owned(),
        view.value("outcome").to_owned(),
        view.value("rule").to_owned(),
        view.value("reason").to_owned(),
        view.record["references"].to_string(),
        view.inputs().to_string(),
        view.hash.clone(),
    ];
    let quoted = fields.map(|field| {
        if field.contains(['"', ',', '\r', '\n']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            field
        }
    });
    write!(out, "{}\r\n", quoted.join(","))
}

#[cfg(test)]
mod tests {
    use si_channel_core::audit::chain::{Hash, Link};

    use super::*;

    #[test]
    fn a_record_is_a_line_of_csv_with_what_was_looked_at() {
        let body = r#"{"at":"T","inputs":{"class":"00"},"kind":"send","outcome":"stopped","reason":"opted_out","references":{"event":"evt_1"},"rule":"consent@1"}"#;
        let link = Link::new(1, Hash::START, body.to_owned());
        let openings = r#"{"class":{"salt":"00","value":"a \"b\", c"},"subject":{"salt":"11","value":"+1"}}"#;
        let hash = link.hash.to_string();
        let mut out = Vec::new();
        csv_line(&View::of(&AuditRecord { link, openings: Some(openings.to_owned()) }), &mut out).unwrap();
        let expected = format!(
            "1,T,send,stopped,consent@1,opted_out,\"{{\"\"event\"\":\"\"evt_1\"\"}}\",\
             \"{{\"\"class\"\":\"\"a \\\"\"b\\\"\", c\"\"}}\",{hash}\r\n"
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
