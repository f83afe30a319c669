//! The program: reads the command line, runs a command, maps the result to an exit code.

use std::process::ExitCode;

use clap::Parser;
use si_channel_server::args::{Args, Command};
use si_channel_server::commands;
use si_channel_server::config::{self, Sources};

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let sources = Sources::of_process(args.config.clone());
    let result = match &args.command {
        Command::Serve => commands::serve::run(&sources, args.no_color).await,
        #[cfg(feature = "sandbox")]
        Command::Dev(dev) => commands::dev::run(sources, dev, args.no_color).await,
        Command::Doctor { fix, json } => commands::doctor::run(&sources, *fix, *json).await,
        Command::Schema(schema) => commands::schema::run(schema),
        Command::Rules { command } => commands::rules::run(&sources, command),
        Command::Segments(segments) => commands::segments::run(segments),
        Command::Sign(sign) => commands::sign::run(sign),
        Command::Texts(texts) => commands::texts::run(&sources, texts),
        Command::Audit(audit) => commands::audit::run(&sources, audit).await,
        Command::Repair { json } => commands::repair::run(&sources, *json).await,
        Command::Config => {
            print!("{}", config::default_file());
            Ok(())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
