//! The log: to standard error, for people or as JSON, without secrets and without personal data.
//!
//! Only the workspace's crates log below `warn`: what libraries say about connections and headers may hold what
//! must not be written down. Panics are logged by their place; their text is shown only if it was written in
//! the source, since a formatted one may hold a person's words.

use std::fmt;
use std::io::IsTerminal;
use std::panic::PanicHookInfo;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub mod redact;

/// The crates whose logs follow the configured level.
const OURS: [&str; 4] = ["si_channel_server", "si_channel_core", "twilio_conversations", "twilio_sandbox"];

/// How log lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// One line for people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}

/// What is logged and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telemetry {
    /// The least important level that is written; `info` by default.
    pub level: LevelFilter,
    /// People or programs.
    pub format: Format,
    /// Colours in the human format. By default when standard error is a terminal and `NO_COLOR` is not set.
    pub color: bool,
}

impl Default for Telemetry {
    fn default() -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            level: LevelFilter::INFO,
            format: Format::Human,
            color: !no_color && std::io::stderr().is_terminal(),
        }
    }
}

/// A log is set up already in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the log is set up already; it can be set up once in a process")]
pub struct AlreadyInstalled;

/// Sets up the log and the panic hook of the process.
///
/// # Errors
/// [`AlreadyInstalled`] when called a second time.
pub fn install(telemetry: Telemetry) -> Result<(), AlreadyInstalled> {
    subscriber(telemetry, std::io::stderr).try_init().map_err(|_taken| AlreadyInstalled)?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// What [`install`] sets up, writing where it is told to.
pub fn subscriber<W>(telemetry: Telemetry, writer: W) -> impl tracing::Subscriber + Send + Sync
where
    W: for<'w> tracing_subscriber::fmt::MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = match telemetry.format {
        Format::Human => lines.with_ansi(telemetry.color).boxed(),
        Format::Json => lines.with_ansi(false).json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(targets(telemetry.level)))
}

fn targets(level: LevelFilter) -> Targets {
    let others = level.min(LevelFilter::WARN);
    Targets::new().with_default(others).with_targets(OURS.map(|name| (name, level)))
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    tracing::error!(target: "si_channel_server", "{}", Panic(panic));
}

/// Where a panic came from, and its text when that is a literal of the source.
struct Panic<'a>(&'a PanicHookInfo<'a>);

impl fmt::Display for Panic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("panicked")?;
        if let Some(place) = self.0.location() {
            write!(f, " at {}:{}", place.file(), place.line())?;
        }
        match self.0.payload().downcast_ref::<&'static str>() {
            Some(text) => write!(f, ": {text}"),
            None => f.write_str("; its text is withheld, since it may hold personal data"),
        }
    }
}

#[cfg(test)]
mod tests;
