//! `audit`: checks the audit log, shows it, prints its key. Nothing is asked of a running server.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use si_channel_core::address::Address;

use crate::args::{AuditCommand, ExportFormat};
use crate::audit::export::{View, csv_head, csv_line, json_line};
use crate::audit::key::Signer;
use crate::audit::verify::{Against, Report, read_lines, verify};
use crate::config::{Config, Database, Purpose, Sources};
use crate::store::postgres;
use crate::store::sqlite::AuditFile;

/// Does what was asked.
pub async fn run(sources: &Sources, command: &AuditCommand) -> Result<(), String> {
    let config = || Config::load(Purpose::Inspect, sources).map_err(|problems| problems.to_string());
    match command {
        AuditCommand::Verify { database, checkpoints, public_key, json } => {
            // The key beside a copy is whoever's who made the copy.
            let (file, key_file) = if let Some(database) = database {
                (AuditFile::open(database).map_err(|error| error.to_string())?, None)
            } else {
                let config = config()?;
                (log_of(&config).await?, Some(config.audit_key_file()))
            };
            let key = key_file.filter(|file| file.exists()).map(|file| public_key_of(&file)).transpose()?;
            let checkpoints = checkpoints.as_deref().map(kept).transpose()?.unwrap_or_default();
            let against = Against { public_key: public_key.clone().or(key), checkpoints };
            let report = verify(&file, &against).map_err(|error| error.to_string())?;
            print_report(&report, &against, *json);
            match report.findings.first() {
                None => Ok(()),
                Some(first) => Err(first.to_string()),
            }
        }
        AuditCommand::Export { address, format, output, database } => {
            let file = match database {
                Some(database) => AuditFile::open(database).map_err(|error| error.to_string())?,
                None => log_of(&config()?).await?,
            };
            export(&file, address.as_ref(), *format, output.as_deref())
        }
        AuditCommand::PublicKey { key_file } => {
            let file = key_file.clone().map_or_else(|| config().map(|config| config.audit_key_file()), Ok)?;
            println!("{}", public_key_of(&file)?);
            Ok(())
        }
    }
}

/// The audit log that the settings name.
async fn log_of(config: &Config) -> Result<AuditFile, String> {
    match &config.database {
        Database::Sqlite(path) => AuditFile::open(path).map_err(|error| error.to_string()),
        Database::Postgres(url) => {
            let options = config.postgres();
            postgres::audit_log(url.expose(), &options).await.map_err(|error| error.to_string())
        }
    }
}

fn public_key_of(file: &Path) -> Result<String, String> {
    Signer::read(file).map(|signer| signer.public_key().to_owned()).map_err(|error| error.to_string())
}

fn kept(path: &Path) -> Result<Vec<si_channel_core::audit::checkpoint::Checkpoint>, String> {
    let named = |error: String| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| named(error.to_string()))?;
    read_lines(&text).map_err(named)
}

fn print_report(report: &Report, against: &Against, json: bool) {
    if json {
        println!("{}", serde_json::to_string(&report.summary()).unwrap_or_default());
        return;
    }
    for finding in &report.findings {
        println!("wrong: {finding}");
    }
    let Some(verified) = report.verified else { return };
    println!("{} records in order; the last one's hash is {}", verified.records, verified.head);
    match verified.records - verified.covered {
        0 => println!("all are covered by {} checkpoints", report.checkpoints),
        rest => println!(
            "the last {rest} are not signed yet: had more been cut off after them, nobody could tell"
        ),
    }
    println!(
        "{} can be opened, {} were erased",
        report.opened,
        verified.records.saturating_sub(report.opened)
    );
    match &against.public_key {
        Some(key) => println!("signed by the expected key {key}"),
        None => {
            for key in &report.public_keys {
                println!(
                    "signed by {key}; compare it with what `audit public-key` printed, or give --public-key"
                );
            }
        }
    }
}

fn export(
    file: &AuditFile,
    address: Option<&Address>,
    format: ExportFormat,
    output: Option<&Path>,
) -> Result<(), String> {
    let mut out: Box<dyn Write> = match output {
        Some(path) => Box::new(File::create(path).map_err(|error| format!("{}: {error}", path.display()))?),
        None => Box::new(std::io::stdout().lock()),
    };
    let mut out = BufWriter::new(&mut out);
    let mut failed = None;
    let mut write = || -> Result<(), String> {
        let mut noted =
            |result: std::io::Result<()>| result.map_err(|error| failed.insert(error).to_string());
        if format == ExportFormat::Csv {
            noted(csv_head(&mut out))?;
        }
        file.records(address.map(ToString::to_string), |record| {
            let view = View::of(&record);
            noted(match format {
                ExportFormat::Jsonl => json_line(&view, &mut out),
                ExportFormat::Csv => csv_line(&view, &mut out),
            })
        })?;
        noted(out.flush())
    };
    let written = write();
    // Whoever reads from a pipe may have seen enough.
    if failed.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe) { Ok(()) } else { written }
}
