//! Settings: one TOML file, every key also as an environment variable, and the command's own.
//!
//! `twilio.base_url` is `SI_CHANNEL_TWILIO__BASE_URL` in the environment, which wins over the file. Each secret
//! is also read from `…_file` and `…_command`. Unknown keys are errors. [`default_file`] is the documentation of
//! every key.

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

mod audit;
mod cognition;
mod limits;
mod media;
mod nats;
mod numbers;
mod outbound_media;
mod parse;
mod privacy;
mod problem;
mod push;
mod reader;
mod repair;
mod secret;
mod source;
mod spool;
mod twilio;

pub use self::audit::Audit;
pub use self::cognition::{Cognition, CognitionKind};
pub use self::limits::Limits;
pub use self::media::Media;
pub use self::nats::{Nats, NatsUrl};
pub use self::numbers::Numbers;
pub use self::outbound_media::OutboundMedia;
pub use self::parse::{PostgresUrl, PublicUrl};
pub use self::privacy::Privacy;
pub use self::problem::{Problem, Problems, Source};
pub use self::push::Push;
pub use self::repair::Repair;
pub use self::source::Sources;
pub use self::spool::Spool;
pub use self::twilio::Twilio;

use self::parse::{database, level, public_url, schema, service_url};
use self::reader::Reader;
use crate::store::postgres::Options;
use crate::telemetry::{Format, Telemetry};

/// The default configuration, with a comment on every key.
pub fn default_file() -> &'static str {
    include_str!("config.default.toml")
}

/// What a configuration is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Serving: what it needs must be there.
    Serve,
    /// Anything else: only what is there must be right.
    Inspect,
}

/// Where state is kept.
#[derive(Debug, Clone)]
pub enum Database {
    /// The embedded store in this file.
    Sqlite(PathBuf),
    /// A PostgreSQL database, which several servers may share.
    Postgres(PostgresUrl),
}

/// Every setting of the server. Secrets do not show in `Debug`.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where webhooks and the API are served; `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// Where operations are served apart from the rest; on `listen` when not set.
    pub admin_listen: Option<SocketAddr>,
    /// Where Twilio reaches this server; signatures are checked against it.
    pub public_url: Option<PublicUrl>,
    /// Where state is kept; `sqlite:si-channel.db`.
    pub database: Database,
    /// The schema of the PostgreSQL database that holds the tables; `si_channel`.
    pub database_schema: String,
    /// Certificates, PEM, that are trusted for PostgreSQL beside the system's.
    pub database_ca_file: Option<PathBuf>,
    /// Where events are published.
    pub nats: Nats,
    /// Events sent to HTTP subscribers.
    pub push: Push,
    /// The bearer tokens of the API; with none, every API request is refused.
    pub api_tokens: Vec<SecretString>,
    /// Sessions run on Conversations; on Programmable Messaging when false.
    pub use_conversations_api: bool,
    /// A sandbox whose clock is followed. Development only.
    pub clock_url: Option<Url>,
    /// The account and how it is reached.
    pub twilio: Twilio,
    /// The senders.
    pub numbers: Numbers,
    /// Who answers.
    pub cognition: Cognition,
    /// Files that people send.
    pub media: Media,
    /// Files that are sent by URL.
    pub outbound_media: OutboundMedia,
    /// The folder of the operator's own texts, a Fluent file a language.
    pub texts_dir: Option<PathBuf>,
    /// The folder of rule files that replace those built in.
    pub rules_dir: Option<PathBuf>,
    /// The audit log.
    pub audit: Audit,
    /// People who are erased, and how long records are kept.
    pub privacy: Privacy,
    /// Where webhooks wait while the database is away.
    pub spool: Spool,
    /// Comparing with Twilio's records.
    pub repair: Repair,
    /// What requests may cost.
    pub limits: Limits,
    /// The log.
    pub log: Telemetry,
    /// The rules, as the domain reads them.
    pub policy: toml::Table,
}

impl Config {
    /// Reads the configuration. Commands of secrets are run, which may take 10 s each: not on an async thread.
    ///
    /// # Errors
    /// Everything that is wrong, each with its key, where it came from, and what to do.
    pub fn load(purpose: Purpose, sources: &Sources) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let layers = source::layers(sources, &mut problems);
        let mut reader = Reader::new(layers, problems);
        let config = Self::read(&mut reader);
        if purpose == Purpose::Serve {
            config.require_for_serving(&mut reader);
        }
        let problems = reader.finish();
        if problems.is_empty() { Ok(config) } else { Err(Problems(problems)) }
    }

    fn read(reader: &mut Reader) -> Self {
        let address =
            |text: &str| text.parse().map_err(|_| format!("{} is not an address", reader::quote(text)));
        let default = SocketAddr::from(([127, 0, 0, 1], 8080));
        Self {
            listen: reader
                .parsed("listen", "write IP:PORT, such as 127.0.0.1:8080", address)
                .unwrap_or(default),
            admin_listen: reader.parsed("admin_listen", "write IP:PORT, such as 127.0.0.1:8081", address),
            public_url: reader.parsed(
                "public_url",
                "write the URL under which Twilio reaches this server, such as https://si.example.com",
                public_url,
            ),
            database: reader
                .parsed_secret(
                    "database_url",
                    "write sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE",
                    database,
                )
                .unwrap_or_else(|| Database::Sqlite("si-channel.db".into())),
            database_schema: reader
                .parsed("database_schema", "write small letters, digits and underscores", schema)
                .unwrap_or_else(|| Options::default().schema),
            database_ca_file: reader.text("database_ca_file").map(PathBuf::from),
            nats: Nats::read(reader),
            push: Push::read(reader),
            api_tokens: reader.secrets("api_token"),
            use_conversations_api: reader.flag("use_conversations_api", true),
            clock_url: reader.parsed("clock_url", "write the sandbox's URL, or leave it out", service_url),
            twilio: Twilio::read(reader),
            numbers: Numbers::read(reader),
            cognition: Cognition::read(reader),
            media: Media::read(reader),
            outbound_media: OutboundMedia::read(reader),
            texts_dir: reader.text("texts.dir").map(PathBuf::from),
            rules_dir: reader.text("rules.dir").map(PathBuf::from),
            audit: Audit::read(reader),
            privacy: Privacy::read(reader),
            spool: Spool::read(reader),
            repair: Repair::read(reader),
            limits: Limits::read(reader),
            log: read_log(reader),
            policy: reader.table("policy"),
        }
    }

    fn require_for_serving(&self, reader: &mut Reader) {
        let mut require = |present: bool, key: &str, remedy: &str| {
            // A value that is there but wrong has its own problem.
            if !present && !reader.has_problem(key) {
                reader.problem(key, Source::Unset, "is needed to serve", remedy);
            }
        };
        require(
            self.public_url.is_some(),
            "public_url",
            "set the URL under which Twilio reaches this server",
        );
        require(self.twilio.account_sid.is_some(), "twilio.account_sid", "set it, or TWILIO_ACCOUNT_SID");
        require(
            self.twilio.auth_token.is_some(),
            "twilio.auth_token",
            "set it, or TWILIO_AUTH_TOKEN: webhooks are checked with it",
        );
        require(
            self.numbers.sms.is_some() || self.numbers.whatsapp.is_some(),
            "numbers.sms",
            "set numbers.sms, numbers.whatsapp, or both",
        );
        require(!self.api_tokens.is_empty(), "api_token", "set a secret of your choice for the API");
        if matches!(self.database, Database::Postgres(_)) {
            // There is no file beside which they would be.
            let shared = "is shared by the servers of one database: set it to what all of them reach";
            require(self.media.dir.is_some(), "media.dir", shared);
            require(self.audit.key_file.is_some(), "audit.key_file", shared);
            require(self.privacy.key_file.is_some(), "privacy.key_file", shared);
        }
    }

    /// A file beside the database's, or in the working folder when that is elsewhere.
    fn beside_database(&self, name: &str) -> PathBuf {
        match &self.database {
            Database::Sqlite(path) => path.with_file_name(name),
            Database::Postgres(_) => name.into(),
        }
    }

    /// The folder for files that people send.
    pub fn media_dir(&self) -> PathBuf {
        self.media.dir.clone().unwrap_or_else(|| self.beside_database("media"))
    }

    /// How a store in PostgreSQL is opened.
    pub fn postgres(&self) -> Options {
        Options {
            schema: self.database_schema.clone(),
            ca_file: self.database_ca_file.clone(),
            ..Options::default()
        }
    }

    /// The file of the key that signs the audit log.
    pub fn audit_key_file(&self) -> PathBuf {
        self.audit.key_file.clone().unwrap_or_else(|| self.beside_database("audit.key"))
    }

    /// The file with the key by which erased people are known.
    pub fn person_key_file(&self) -> PathBuf {
        let beside = || match &self.database {
            Database::Sqlite(path) => {
                let mut name = path.as_os_str().to_owned();
                name.push(".person-key");
                name.into()
            }
            Database::Postgres(_) => "person-key".into(),
        };
        self.privacy.key_file.clone().unwrap_or_else(beside)
    }

    /// What is allowed but worth a warning when the server starts.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some(url) = self.public_url.as_ref().filter(|url| url.unfit_for_calls()) {
            warnings
                .push(format!("public_url {url} is not https: it serves messaging and is unfit for calls"));
        }
        if let Some(url) = &self.clock_url {
            warnings.push(format!("clock_url: the time is taken from {url}, which is for development only"));
        }
        if self.outbound_media.private_hosts {
            warnings.push(
                "outbound_media.private_hosts: files are fetched from this network too, which is for development only"
                    .to_owned(),
            );
        }
        if matches!(self.database, Database::Postgres(_)) && self.spool.dir.is_none() {
            warnings.push(
                "spool.dir is not set: while the database is away webhooks are refused, and Twilio does not send those \
                 of a conversation again"
                    .to_owned(),
            );
        }
        if self.push.private_hosts {
            warnings.push(
                "push.private_hosts: events are sent into this network too, which is for development only"
                    .to_owned(),
            );
        }
        if self.nats.is_bare() {
            warnings.push(
                "nats_url: the password goes over the network in clear unless the server asks for TLS; write tls:// \
                 instead of nats://"
                    .to_owned(),
            );
        }
        if self.twilio.api_key.is_none() && self.twilio.base_url.is_none() {
            warnings.push(
                "twilio.api_key is not set: requests use the account's auth token; an API key can be revoked alone"
                    .to_owned(),
            );
        }
        warnings
    }
}

fn read_log(reader: &mut Reader) -> Telemetry {
    let default = Telemetry::default();
    Telemetry {
        level: reader.parsed("log.level", parse::LEVELS, level).unwrap_or(default.level),
        format: reader.choice(
            "log.format",
            default.format,
            &[("human", Format::Human), ("json", Format::Json)],
        ),
        color: reader.flag("log.color", default.color),
    }
}

#[cfg(test)]
mod tests;
