//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use jiff::Timestamp;
use si_channel_core::address::Address;
use si_channel_core::event::MessageClass;
use si_channel_core::place::{Place, Zone};

/// Si's Twilio channel: people reach Si by SMS, WhatsApp and phone.
#[derive(Debug, Parser)]
#[command(name = "si-channel-server", version)]
pub struct Args {
    /// The configuration file; every key can also come from the environment.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Write without colours.
    #[arg(long, global = true)]
    pub no_color: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve Twilio's webhooks and Si's API.
    Serve,
    /// Try everything on this machine: a sandbox Twilio, the server and a phone, no account needed.
    #[cfg(feature = "sandbox")]
    Dev(DevArgs),
    /// Check the installation against its Twilio account.
    Doctor {
        /// Mend what is found: webhooks, address configurations, numbers.
        #[arg(long)]
        fix: bool,
        /// Print the findings as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schemas of all events, or write them and the `AsyncAPI` document into a folder.
    Schema(SchemaArgs),
    /// Show the rules: what holds where, since when, on whose word.
    Rules {
        /// What to show.
        #[command(subcommand)]
        command: RulesCommand,
    },
    /// Count and show the SMS segments of a text.
    Segments(SegmentsArgs),
    /// Print the signature that Twilio would send for a URL and a body. The token is read from `TWILIO_AUTH_TOKEN`.
    Sign(SignArgs),
    /// Show what the channel itself says, in every language that it speaks, and what is wrong with it.
    Texts(TextsArgs),
    /// Check the audit log, or show it.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Have the running server take in what Twilio holds and no webhook brought; prints what was found.
    Repair {
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the configuration with every key, its default and what it means.
    Config,
}

/// How to run the development server.
#[cfg(feature = "sandbox")]
#[derive(Debug, clap::Args)]
pub struct DevArgs {
    /// The server's port; 0 for any free one. The sandbox takes a free one.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Keep the store and the memory of the sandbox here; without it, both are forgotten at the end.
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// The sandbox's port; 0 for any free one.
    #[arg(long, default_value_t = 0)]
    pub sandbox_port: u16,
    /// Makes the sandbox's ids and secrets repeatable.
    #[arg(long)]
    pub seed: Option<u64>,
}

/// What to do with schemas.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SchemaArgs {
    /// Write a file for each schema, and `asyncapi.json`, into this folder in place of printing.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What else to do.
    #[command(subcommand)]
    pub command: Option<SchemaCommand>,
}

/// What else can be done with schemas.
#[derive(Debug, Subcommand)]
pub enum SchemaCommand {
    /// Check events, one in a line, against the schemas of their types; exits with 1 when one does not fit.
    Validate {
        /// The file; `-` or nothing for standard input.
        #[arg(default_value = "-")]
        file: String,
    },
}

/// What to show of the rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Read every rule set and list versions, expiry, and the rules that nobody has made sure of.
    Check {
        /// The folder whose files replace the sets built in; that of `rules.dir` unless given.
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
        /// Print everything as JSON.
        #[arg(long)]
        json: bool,
    },
    /// What holds for a number: where it is, its hours, opt-in, opt-out, WhatsApp, recording. What was told of the
    /// person is in the server's store, not here: give it with --place and --time-zone.
    Explain(ExplainArgs),
    /// Print a rule set that is built in, to begin one of your own with.
    Print {
        /// Its name, such as `quiet_hours`.
        set: String,
    },
}

/// For whom, and when.
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// The address, such as +15551234567 or whatsapp:+15551234567.
    pub address: Address,
    /// The class of the message; marketing unless given.
    #[arg(long)]
    pub class: Option<ClassArg>,
    /// The moment, such as 2026-11-21T20:59:59Z; now unless given.
    #[arg(long, value_name = "TIME")]
    pub at: Option<Timestamp>,
    /// What the message is for, in your words.
    #[arg(long)]
    pub purpose: Option<String>,
    /// The country or state that the person is known to be in.
    #[arg(long)]
    pub place: Option<Place>,
    /// The time zone that the person is known to be in.
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<Zone>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Why a message is sent.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum ClassArg {
    /// Answers something the person wrote.
    Reply,
    /// Part of a transaction the person asked for.
    Transactional,
    /// Information without an offer.
    Informational,
    /// An offer.
    Marketing,
    /// Required by rules.
    Compliance,
}

impl From<ClassArg> for MessageClass {
    fn from(class: ClassArg) -> Self {
        match class {
            ClassArg::Reply => Self::Reply,
            ClassArg::Transactional => Self::Transactional,
            ClassArg::Informational => Self::Informational,
            ClassArg::Marketing => Self::Marketing,
            ClassArg::Compliance => Self::Compliance,
        }
    }
}

/// What to count.
#[derive(Debug, clap::Args)]
pub struct SegmentsArgs {
    /// The text; read from standard input if absent.
    pub text: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
    /// One JSON string a line in, one JSON object a line out.
    #[arg(long, conflicts_with_all = ["text", "json"])]
    pub lines: bool,
}

/// Which texts, and what about them.
#[derive(Debug, clap::Args)]
pub struct TextsArgs {
    /// `list` shows them; `check` fails when something is wrong with one.
    #[arg(value_enum, default_value = "list")]
    pub task: TextsTask,
    /// One language alone, such as fr or pt-BR.
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Print a table of segments, a row a text and a column a language.
    #[arg(long, conflicts_with = "json")]
    pub markdown: bool,
    /// Print the file that is built in for the language, to begin one of your own with.
    #[arg(long, conflicts_with_all = ["json", "markdown"])]
    pub source: bool,
}

/// What to do about texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TextsTask {
    /// Show them.
    List,
    /// Fail when something is wrong with one.
    Check,
}

/// What to sign.
#[derive(Debug, clap::Args)]
pub struct SignArgs {
    /// The URL as Twilio calls it.
    pub url: String,
    /// A form parameter, NAME=VALUE; repeat for each.
    #[arg(long = "param", value_name = "NAME=VALUE", conflicts_with = "body")]
    pub params: Vec<String>,
    /// A form body as sent, `application/x-www-form-urlencoded`; with --json a JSON body.
    #[arg(long)]
    pub body: Option<String>,
    /// The body is JSON: prints the URL with `bodySHA256` too.
    #[arg(long, requires = "body")]
    pub json: bool,
    /// The request is a WebSocket upgrade.
    #[arg(long, conflicts_with_all = ["params", "body"])]
    pub websocket: bool,
}

/// What to do with the audit log. It is read from its file, whether a server has it open or not.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Look for records that were edited, removed, inserted, swapped or cut off. Names the first bad one; exit code 1.
    Verify {
        /// The database file; the one of the configuration when not given.
        #[arg(long, value_name = "FILE")]
        database: Option<PathBuf>,
        /// Checkpoints that were kept elsewhere, a JSON object a line: the file of `audit.checkpoints`, or events of
        /// the type `si.channel.audit.checkpoint.v1`.
        #[arg(long, value_name = "FILE")]
        checkpoints: Option<PathBuf>,
        /// The public key that must have signed, 64 hexadecimal digits; by default that of `audit.key_file`.
        #[arg(long, value_name = "HEX")]
        public_key: Option<String>,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show the records about an address, with what opens them; without an address the whole log, unopened.
    Export {
        /// Whose records.
        #[arg(long)]
        address: Option<Address>,
        /// The form.
        #[arg(long, value_enum, default_value = "jsonl")]
        format: ExportFormat,
        /// Write here, not to standard output.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// The database file; the one of the configuration when not given.
        #[arg(long, value_name = "FILE")]
        database: Option<PathBuf>,
    },
    /// Print the public key that the log is signed with.
    PublicKey {
        /// The key's file; `audit.key_file` when not given.
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
    },
}

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ExportFormat {
    /// A JSON object a line.
    Jsonl,
    /// Comma-separated values, for reading.
    Csv,
}
