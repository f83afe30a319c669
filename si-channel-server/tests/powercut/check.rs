//! Opens what each power cut left, and looks for what was acknowledged.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};

use si_channel_server::store::{Accepted, Kind, Store as _, Want};

use crate::Error;
use crate::disk::{Cut, Disk, Found, Step};
use crate::random::Random;
use crate::work::{DECIDED, STREAM, TAKEN, input, key, spool, store};

/// What was looked at.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    pub(crate) states: usize,
    steps: usize,
    flushes: usize,
    acknowledged: usize,
}

impl fmt::Display for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { states, steps, flushes, acknowledged } = self;
        write!(
            f,
            "{states} different states of {steps} writes, names and flushes ({flushes} flushes); each \
             opened and held what was acknowledged, {acknowledged} things in the end"
        )
    }
}

/// What had been acknowledged by some time.
#[derive(Debug, Clone, Default)]
struct Told {
    taken: BTreeSet<String>,
    decided: u64,
}

/// Cuts the power after each step, so often that there are `states` in all, and looks.
pub(crate) fn all(steps: &[Step], states: u64, seed: u64) -> Result<Looked, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let points = steps.iter().filter(|step| !matches!(step, Step::Acknowledged(_))).count();
    let mut looked = Looked { steps: points, ..Looked::default() };
    let hashes = RandomState::new();
    let mut known = HashSet::new();
    let mut random = Random(seed);
    let (mut disk, mut told) = (Disk::default(), Told::default());
    for (place, step) in steps.iter().enumerate() {
        looked.flushes += usize::from(matches!(step, Step::Flush { .. }));
        if let Step::Acknowledged(line) = step {
            told.hear(line)?;
            looked.acknowledged += 1;
            continue;
        }
        // Before a flush most is at stake, and after it most was promised.
        if !disk.take(step) {
            continue;
        }
        let told_now = steps[place + 1..].iter().map_while(|step| match step {
            Step::Acknowledged(line) => Some(line),
            _ => None,
        });
        let mut promised = told.clone();
        for line in told_now {
            promised.hear(line)?;
        }
        for _ in 0..times(states, points, &mut random) {
            let Some((cut, found)) = new_state(&disk, &mut random, |found| {
                known.insert(hashes.hash_one((found, promised.taken.len(), promised.decided)))
            }) else {
                continue;
            };
            looked.states += 1;
            let folder = scratch()?;
            runtime
                .block_on(look(&found, folder.path(), &promised))
                .map_err(|error| format!("after step {place} ({}), {cut:?}: {error}", name(step)))?;
        }
    }
    if told.taken.is_empty() || told.decided == 0 || looked.flushes == 0 {
        return Err("nothing was recorded".into());
    }
    Ok(looked)
}

/// A state that was not looked at with as much promised, if one is found soon.
fn new_state(
    disk: &Disk,
    random: &mut Random,
    mut is_new: impl FnMut(&Found) -> bool,
) -> Option<(Cut, Found)> {
    [Cut::drawn(random), Cut::Some, Cut::Some].into_iter().find_map(|cut| {
        let found = disk.cut(cut, random);
        is_new(&found).then_some((cut, found))
    })
}

/// How many cuts at one point, on the average so many in all.
fn times(states: u64, points: usize, random: &mut Random) -> usize {
    let points = points as u64;
    let (whole, rest) = (states / points, states % points);
    usize::try_from(whole + u64::from(random.next() % points < rest)).unwrap_or(1)
}

/// A folder in memory where there is one: what is laid out need not last.
fn scratch() -> std::io::Result<tempfile::TempDir> {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }
}

fn name(step: &Step) -> String {
    match step {
        Step::Create { path } => format!("{path:?} is made"),
        Step::MakeFolder { path } => format!("folder {path:?} is made"),
        Step::Remove { path } => format!("{path:?} is removed"),
        Step::Write { path, offset, bytes } => format!("{} bytes to {path:?} at {offset}", bytes.len()),
        Step::Truncate { path, length } => format!("{path:?} is cut to {length}"),
        Step::Flush { path } => format!("{path:?} is flushed"),
        Step::Acknowledged(line) => line.clone(),
    }
}

impl Told {
    fn hear(&mut self, line: &str) -> Result<(), Error> {
        if let Some(key) = line.strip_prefix(TAKEN) {
            self.taken.insert(key.to_owned());
        } else if let Some(number) = line.strip_prefix(DECIDED) {
            self.decided = number.parse()?;
        } else {
            return Err(format!("an acknowledgement of nothing: {line:?}").into());
        }
        Ok(())
    }
}

async fn look(found: &Found, folder: &Path, told: &Told) -> Result<(), Error> {
    found.lay_out(folder)?;
    let (store, spool) = (store(folder).await?, spool(folder).await?);
    let mut spooled = BTreeSet::new();
    while spool.is_holding() {
        let batch = spool.oldest(1_000).await?;
        spooled.extend(batch.webhooks.iter().map(key));
        spool.settle(batch).await?;
    }
    let inputs =
        told.taken.iter().filter(|key| !spooled.contains(*key)).map(|key| input(key)).collect::<Vec<_>>();
    let keys: Vec<_> = inputs.iter().map(|input| input.key.clone()).collect();
    let accepted = if inputs.is_empty() { Vec::new() } else { store.accept(inputs).await? };
    if let Some((key, _)) = keys.iter().zip(accepted).find(|(_, accepted)| *accepted == Accepted::New) {
        return Err(format!("webhook {key} was acknowledged and is lost").into());
    }

    let events = store.events_after(0, Some(STREAM), 100_000).await?;
    let numbers: Vec<u64> = events.iter().map(|event| event.sequence).collect();
    let last = numbers.len() as u64;
    if last < told.decided || !numbers.iter().copied().eq(1..=last) {
        return Err(
            format!("decisions 1 to {} were acknowledged; there are {numbers:?}", told.decided).into()
        );
    }
    for kind in [Kind::Session, Kind::Ledger] {
        let wants = (1..=last + 1).map(|number| Want::Id(kind, number.to_string())).collect();
        let records = store.load(wants).await?;
        let present = records.iter().filter(|record| record.is_some()).count() as u64;
        if present != last || records.last().is_some_and(Option::is_some) {
            return Err(format!("{last} decisions have {present} documents of kind {}", kind.as_str()).into());
        }
    }
    let effects = store.depths().await?.effects;
    if effects != last {
        return Err(format!("{last} decisions have {effects} effects").into());
    }
    Ok(())
}
