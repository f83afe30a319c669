//! `cargo xtask`: what people and CI repeat. One file a command; CI runs the same commands.

mod bench;
mod chaos;
mod coverage;
mod deps;
mod example;
mod fuzz;
mod mutants;
mod oracles;
mod pace;
mod package;
mod powercut;
mod process;
mod report;
mod schema;
mod scratch;
mod simulate;
mod suites;
mod test;
mod types;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// What people and CI repeat.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs every test and brings what the tests need; the last line is `N passed, N failed`
    Test(test::Args),
    /// Compares the SDK and the sandbox with Twilio's OpenAPI documents
    Coverage(coverage::Args),
    /// Proves the import rules between the crates
    Deps,
    /// Keeps the published schemas of events, and what a version of them promises
    #[command(subcommand)]
    Schema(schema::Args),
    /// Kills the server at random while messages arrive, then balances the books
    Chaos(chaos::Args),
    /// Cuts the power at every write and flush of store and spool, on a model of a disk
    Powercut(powercut::Args),
    /// Sends many messages from two servers that share a sender's rate, and measures it
    Pace(pace::Args),
    /// Runs the channel in a simulated world, a run for each seed, and checks its promises
    Simulate(simulate::Args),
    /// Sends thousands of generated requests of Twilio's OpenAPI documents to a sandbox and judges the answers
    Schemathesis(oracles::schemathesis::Args),
    /// Runs every fuzz target for a while
    Fuzz(fuzz::Args),
    /// Changes the modules that must not be wrong, line by line, and counts what the tests notice
    Mutants(mutants::Args),
    /// Compares our segment counts with Twilio's published calculator on generated texts
    Segments(oracles::segments::Args),
    /// Runs the benchmarks and writes their figures into `docs/benchmarks.md`
    Bench(bench::Args),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything the command checks holds.
fn run(command: Command) -> Result<bool> {
    match command {
        Command::Test(args) => test::run(&args),
        Command::Coverage(args) => coverage::run(&args),
        Command::Deps => Ok(deps::run()?.is_clean()),
        Command::Schema(args) => schema::run(&args),
        Command::Chaos(args) => Ok(chaos::run(&args)?.is_clean()),
        Command::Powercut(args) => Ok(powercut::run(&args)?.is_clean()),
        Command::Pace(args) => Ok(pace::run(&args)?.is_clean()),
        Command::Simulate(args) => simulate::run(&args),
        Command::Schemathesis(args) => Ok(oracles::schemathesis::run(&args)?.is_clean()),
        Command::Fuzz(args) => Ok(fuzz::run(&args)?.is_clean()),
        Command::Mutants(args) => mutants::run(&args),
        Command::Segments(args) => Ok(oracles::segments::run(&args)?.is_clean()),
        Command::Bench(args) => bench::run(&args).map(|()| true),
    }
}
