//! Checks a whole audit log: the chain, what was signed of it, and what opens its records.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use serde_json::Value;
use si_channel_core::audit::chain::{Fault, Verified};
use si_channel_core::audit::checkpoint::Checkpoint;
use si_channel_core::audit::{Opening, SUBJECT};

use crate::audit::key::is_signed;
use crate::store::StoreError;
use crate::store::sqlite::AuditFile;

/// What is held against the log.
#[derive(Debug, Default)]
pub struct Against {
    /// The public key that must have signed it.
    pub public_key: Option<String>,
    /// Checkpoints that were kept elsewhere.
    pub checkpoints: Vec<Checkpoint>,
}

/// Something that is not as it was written.
#[derive(Debug, PartialEq, Eq)]
pub enum Finding {
    /// A record.
    Record(Fault),
    /// A checkpoint, by its number; and what is wrong with it.
    Checkpoint(u64, &'static str),
    /// What opens a record, by the record's number; and what is wrong with it.
    Opening(u64, &'static str),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(fault) => fault.fmt(f),
            Self::Checkpoint(number, wrong) => write!(f, "checkpoint {number}: {wrong}"),
            Self::Opening(record, wrong) => write!(f, "the openings of record {record}: {wrong}"),
        }
    }
}

/// What was found.
#[derive(Debug)]
pub struct Report {
    /// What is wrong: the first bad record, then checkpoints, then openings.
    pub findings: Vec<Finding>,
    /// The chain, when it is in order.
    pub verified: Option<Verified>,
    /// Good checkpoints.
    pub checkpoints: u64,
    /// Records whose openings are there; the others were erased.
    pub opened: u64,
    /// The keys that signed.
    pub public_keys: BTreeSet<String>,
}

/// The report in numbers.
#[derive(Debug, Serialize)]
pub struct Summary {
    verified: bool,
    findings: Vec<String>,
    records: u64,
    head: Option<String>,
    signed: u64,
    checkpoints: u64,
    opened: u64,
    public_keys: BTreeSet<String>,
}

impl Report {
    /// The report in numbers.
    pub fn summary(&self) -> Summary {
        Summary {
            verified: self.findings.is_empty(),
            findings: self.findings.iter().map(ToString::to_string).collect(),
            records: self.verified.map_or(0, |verified| verified.records),
            head: self.verified.map(|verified| verified.head.to_string()),
            signed: self.verified.map_or(0, |verified| verified.covered),
            checkpoints: self.checkpoints,
            opened: self.opened,
            public_keys: self.public_keys.clone(),
        }
    }
}

/// Checks a log.
///
/// # Errors
/// When the file cannot be read; what is wrong with what it holds is in the report.
pub fn verify(file: &AuditFile, against: &Against) -> Result<Report, StoreError> {
    let mut findings = Vec::new();
    let stored = stored(file, &mut findings)?;
    let mut signed = BTreeSet::new();
    let mut public_keys = BTreeSet::new();
    let mut good = BTreeMap::new();
    for checkpoint in stored.iter().chain(&against.checkpoints) {
        let number = checkpoint.number;
        if let Some(wrong) = wrong_with(checkpoint, against, good.get(&number).copied()) {
            findings.push(Finding::Checkpoint(number, wrong));
            // Two statements that are both signed: whichever is right, the log cannot agree with both.
            if !wrong.starts_with(FORK) {
                continue;
            }
        }
        good.insert(number, checkpoint);
        public_keys.insert(checkpoint.public_key.clone());
        signed.insert((checkpoint.record, checkpoint.hash));
    }
    let signed: Vec<_> = signed.into_iter().collect();
    let verified = match file.verify(&signed)? {
        Ok(verified) => Some(verified),
        Err(fault) => {
            findings.insert(0, Finding::Record(fault));
            None
        }
    };
    let opened = openings(file, &mut findings)?;
    Ok(Report { findings, verified, checkpoints: good.len() as u64, opened, public_keys })
}

const FORK: &str = "another with this number was signed";

fn wrong_with(checkpoint: &Checkpoint, against: &Against, same: Option<&Checkpoint>) -> Option<&'static str> {
    if !is_signed(checkpoint) {
        Some("its signature is wrong")
    } else if against.public_key.as_ref().is_some_and(|key| *key != checkpoint.public_key) {
        Some("it was signed by another key")
    } else if same.is_some_and(|same| same != checkpoint) {
        Some("another with this number was signed: there are two histories")
    } else {
        None
    }
}

/// The checkpoints in the file, those that can be read.
fn stored(file: &AuditFile, findings: &mut Vec<Finding>) -> Result<Vec<Checkpoint>, StoreError> {
    let mut checkpoints = Vec::new();
    let mut next = 1;
    for (number, record, body) in file.checkpoints()? {
        if number > next {
            findings.push(Finding::Checkpoint(next, "it is missing"));
        }
        next = number + 1;
        let read = serde_json::from_str::<Checkpoint>(&body).ok();
        let same = |read: &Checkpoint| serde_json::to_string(read).is_ok_and(|text| text == body);
        match read.filter(same) {
            Some(read) if (read.number, read.record) == (number, record) => checkpoints.push(read),
            _ => findings.push(Finding::Checkpoint(number, "it was edited")),
        }
    }
    if next <= file.last_checkpoint()? {
        findings.push(Finding::Checkpoint(next, "it is missing"));
    }
    Ok(checkpoints)
}

/// Checks what opens the records; how many are opened.
fn openings(file: &AuditFile, findings: &mut Vec<Finding>) -> Result<u64, StoreError> {
    let mut opened = 0;
    file.openings(|row| {
        opened += 1;
        if let Some(wrong) = wrong_openings(row.address.as_deref(), &row.openings, row.body.as_deref()) {
            findings.push(Finding::Opening(row.record, wrong));
        }
    })?;
    Ok(opened)
}

fn wrong_openings(address: Option<&str>, openings: &str, body: Option<&str>) -> Option<&'static str> {
    let Some(body) = body else { return Some("there is no such record") };
    let Ok(body) = serde_json::from_str::<Value>(body) else { return Some("the record cannot be read") };
    let edited = Some("they were edited");
    let Ok(read) = serde_json::from_str::<BTreeMap<String, Opening>>(openings) else { return edited };
    if serde_json::to_string(&read).is_ok_and(|text| text != openings) {
        return edited;
    }
    let committed = |name: &str| {
        let place = if name == SUBJECT { body.get(SUBJECT) } else { body["inputs"].get(name) };
        place.and_then(Value::as_str)
    };
    let all =
        body["inputs"].as_object().map_or(0, serde_json::Map::len) + usize::from(body.get(SUBJECT).is_some());
    let opens = |(name, opening): (&String, &Opening)| committed(name).is_some_and(|at| opening.opens(at));
    if read.len() != all || !read.iter().all(opens) {
        return edited;
    }
    let subject = read.get(SUBJECT).map(|opening| opening.value.as_str());
    (subject != address).then_some("they stand under another address")
}

/// Reads checkpoints that were kept elsewhere, a JSON object a line: as they are, or as events of the feed.
///
/// # Errors
/// Names the line that is neither.
pub fn read_lines(text: &str) -> Result<Vec<Checkpoint>, String> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let mut value: Value =
                serde_json::from_str(line).map_err(|error| format!("line {number}: {error}"))?;
            if value["type"] == "si.channel.audit.checkpoint.v1" {
                value = value["data"].take();
            }
            serde_json::from_value(value)
                .map_err(|error| format!("line {number} is not a checkpoint: {error}"))
        })
        .collect()
}
