//! `schema validate`: JSON lines in, for each event that does not fit a line that says where and why.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use jsonschema::Validator;
use serde_json::Value;
use si_channel_core::schema::{ENVELOPE, schemas};

/// The longest line that is read, bytes.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Validates a file, or standard input for `-`.
pub(super) fn run(file: &str) -> Result<(), String> {
    let input: Box<dyn Read> = match file {
        "-" => Box::new(std::io::stdin()),
        path => Box::new(File::open(path).map_err(|error| format!("{path}: {error}"))?),
    };
    let mut judge = Judge::default();
    let mut input = BufReader::new(input);
    let (mut events, mut wrong) = (0_u64, 0_u64);
    for number in 1_u64.. {
        let mut line = Vec::new();
        let read = input.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        if read.map_err(|error| format!("line {number}: {error}"))? == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        events += 1;
        let findings = match serde_json::from_slice::<Value>(&line) {
            Ok(event) => judge.findings(&event),
            Err(error) => vec![format!("not JSON: {error}")],
        };
        wrong += u64::from(!findings.is_empty());
        for finding in findings {
            println!("line {number}: {finding}");
        }
    }
    if events == 0 {
        return Err("no event was read; give one JSON object a line".to_owned());
    }
    println!("{events} read, {wrong} do not fit");
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} of {events} events do not fit their schemas")) }
}

/// The schemas, each made ready when it is first needed.
#[derive(Debug, Default)]
pub(super) struct Judge(BTreeMap<String, Option<Validator>>);

impl Judge {
    /// What is wrong with an event, each with its id, the schema and the place; empty when nothing is.
    pub(super) fn findings(&mut self, event: &Value) -> Vec<String> {
        let id = event["id"].as_str().unwrap_or("an event without an id");
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        let mut findings = self.against(ENVELOPE, event, "");
        if schemas().contains_key(&kind) && kind != ENVELOPE {
            findings.extend(self.against(&kind, &event["data"], "/data"));
        } else {
            findings.push(format!("{kind:?} is no type of this version"));
        }
        findings.into_iter().map(|finding| format!("{id}: {finding}")).collect()
    }

    fn against(&mut self, name: &str, value: &Value, within: &str) -> Vec<String> {
        let ready = self.0.entry(name.to_owned()).or_insert_with(|| {
            let options = jsonschema::draft202012::options().should_validate_formats(true);
            options.build(schemas().get(name)?).ok()
        });
        let Some(validator) = ready else { return vec![format!("{name} is no schema that can be read")] };
        // The value itself may be personal and is not shown.
        let shown = |error: jsonschema::ValidationError<'_>| {
            format!("{within}{} does not fit {name}: {}", error.instance_path(), error.masked())
        };
        validator.iter_errors(value).map(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use si_channel_core::event::examples;

    use super::*;

    fn read() -> Value {
        let examples = examples();
        let read = examples.iter().find(|e| e.event.type_name() == "si.channel.message.read.v1").unwrap();
        serde_json::to_value(read.published()).unwrap()
    }

    #[test]
    fn every_example_fits() {
        let mut judge = Judge::default();
        for example in examples() {
            let event = serde_json::to_value(example.published()).unwrap();
            assert_eq!(judge.findings(&event), [""; 0], "{}", example.event.type_name());
        }
    }

    #[test]
    fn what_does_not_fit_is_said_with_the_place_and_the_schema_and_without_the_value() {
        for (pointer, value, place) in [
            ("/sequence", json!(0), "evt_01: /sequence does not fit si.channel.cloudevent.v1"),
            ("/time", json!("yesterday"), "evt_01: /time does not fit si.channel.cloudevent.v1"),
            ("/data/status", json!("sent"), "evt_01: /data/status does not fit si.channel.message.read.v1"),
            ("/data/at", json!(7), "evt_01: /data/at does not fit si.channel.message.read.v1"),
            ("/type", json!("si.channel.message.eaten.v1"), "\"si.channel.message.eaten.v1\" is no type"),
            ("/type", json!(ENVELOPE), "is no type"),
        ] {
            let mut event = read();
            *event.pointer_mut(pointer).unwrap() = value;
            let findings = Judge::default().findings(&event);
            assert!(findings.iter().any(|finding| finding.contains(place)), "{pointer}: {findings:?}");
        }
        let mut event = read();
        event["data"].as_object_mut().unwrap().remove("outbound_id");
        event["data"]["recipient"] = json!(["+15551110001"]);
        let findings = Judge::default().findings(&event);
        assert_eq!(findings.len(), 2, "{findings:?}");
        assert!(findings.iter().all(|finding| !finding.contains("555")), "{findings:?}");
    }

    #[test]
    fn nonsense_is_told_and_does_not_stop_the_rest() {
        for event in [json!(null), json!([]), json!("x"), json!({}), json!({ "type": 7, "data": null })] {
            assert!(!Judge::default().findings(&event).is_empty(), "{event}");
        }
    }

    #[test]
    fn what_is_added_later_does_not_break_a_reader() {
        let mut event = read();
        event["data"]["newer"] = json!({ "x": 1 });
        event["extension"] = json!("y");
        assert_eq!(Judge::default().findings(&event), [""; 0]);
    }
}
