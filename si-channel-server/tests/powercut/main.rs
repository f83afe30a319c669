//! What a power cut leaves on the disk: everything that was acknowledged, whenever it comes.
//!
//! A program that uses the store and the spool is run under `strace`. What it wrote, flushed, named and acknowledged is
//! replayed on a model of a disk, which at a power cut may have kept or lost, in any order and in part, whatever was not
//! flushed: data by the file's flush, names by the folder's. Each of these states is opened as the server would, and must
//! hold what had been acknowledged by then.
//!
//! `POWERCUT_STATES` says how many states, `POWERCUT_SEED` which.

use std::path::Path;
use std::process::{Command, ExitCode};

mod check;
mod disk;
mod random;
mod trace;
mod work;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Makes this program do the work that is recorded, in the folder that it names.
const WORK_IN: &str = "POWERCUT_WORK_IN";

const CALLS: &str = "trace=openat,open,creat,write,pwrite64,pwritev,writev,lseek,ftruncate,fallocate,fsync,fdatasync,\
                     rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat";

/// To show that it can see: flushes that are left out of the record, one kind at a time.
const FLUSHES: &[(&str, &str)] = &[
    ("-wal", "the store's log"),
    (".spool", "the spool's files"),
    ("spool", "the spool's names"),
    ("", "names"),
];

fn main() -> ExitCode {
    let done = match std::env::var_os(WORK_IN) {
        Some(folder) => work::run(Path::new(&folder)),
        None => test(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("FAILED: {error}");
            println!("test result: FAILED. 0 passed; 1 failed; 0 ignored");
            ExitCode::FAILURE
        }
    }
}

fn number(name: &str, default: u64) -> Result<u64, Error> {
    match std::env::var(name) {
        Ok(text) => text.parse().map_err(|_| format!("{name} must be a whole number, not {text:?}").into()),
        Err(_) => Ok(default),
    }
}

fn test() -> Result<(), Error> {
    let strace = Command::new("strace").arg("--version").output();
    if !strace.is_ok_and(|shown| shown.status.success()) {
        println!("SKIPPED: power cuts are not tested, because strace is not installed");
        return Ok(());
    }
    let (states, seed) = (number("POWERCUT_STATES", 100)?, number("POWERCUT_SEED", 1)?);
    let home = tempfile::tempdir()?;
    let folder = home.path().canonicalize()?.join("disk");
    std::fs::create_dir(&folder)?;
    let trace = home.path().join("trace");
    let recorded = Command::new("strace")
        .args(["-f", "-y", "-xx", "-s", "16000000", "-e", CALLS, "-o"])
        .arg(&trace)
        .arg(std::env::current_exe()?)
        .env(WORK_IN, &folder)
        .stdout(std::process::Stdio::null())
        .status()?;
    if !recorded.success() {
        return Err(format!("the work that is recorded ended with {recorded}").into());
    }
    let steps = trace::read(&std::fs::read_to_string(&trace)?, &folder)?;
    let found = check::all(&steps, states, seed)?;
    println!("powercut: {found}; seed {seed}");
    for (flushed, meant) in FLUSHES {
        let forgotten = disk::without_flushes(&steps, |path| {
            path == *flushed || (!flushed.is_empty() && path.ends_with(flushed))
        });
        match check::all(&forgotten, states.clamp(400, 1_000), seed) {
            Err(error) => println!("powercut: with {meant} not flushed it is found: {error}"),
            Ok(_) => return Err(format!("with {meant} not flushed, nothing was found missing").into()),
        }
    }
    println!("test f62_a_power_cut_leaves_what_was_acknowledged ... ok");
    println!("test result: ok. {} passed; 0 failed; 0 ignored", found.states + FLUSHES.len());
    Ok(())
}
