//! What every server is set up with, made once for all runs.

use std::ffi::OsString;
use std::sync::Arc;

use si_channel_core::event::Transport;
use si_channel_core::policy::{OptIn, Policy};
use si_channel_core::retention::Schedule;
use si_channel_server::app;
use si_channel_server::audit::key::Signer;
use si_channel_server::config::{Config, Purpose, Sources};
use twilio_conversations::auth::AuthToken;
use twilio_conversations::sid::AccountSid;
use twilio_conversations::webhook::signature::SigningKey;

pub(crate) const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(crate) const SMS: &str = "+15557770001";
pub(crate) const WHATSAPP: &str = "whatsapp:+15557770002";
pub(crate) const PUBLIC_URL: &str = "https://channel.example";
pub(crate) const API_TOKEN: &str = "application";
const AUTH_TOKEN: &str = "the account's token";
/// The key of the audit log is made of this.
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n";

pub(crate) struct Installation {
    pub(crate) config: Config,
    pub(crate) account: AccountSid,
    pub(crate) schedule: Schedule,
    pub(crate) signer: Arc<Signer>,
    pub(crate) twilio_key: SigningKey,
    pub(crate) strangers_key: SigningKey,
    /// By whether texts go by Messaging and whether consent is asked for.
    policies: [[Arc<Policy>; 2]; 2],
}

impl Installation {
    /// Reads the settings that the server ships with.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(crate) fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let settings = [
            ("SI_CHANNEL_PUBLIC_URL", PUBLIC_URL),
            ("SI_CHANNEL_API_TOKEN", API_TOKEN),
            ("SI_CHANNEL_NUMBERS__SMS", SMS),
            ("SI_CHANNEL_NUMBERS__WHATSAPP", WHATSAPP),
            ("TWILIO_ACCOUNT_SID", ACCOUNT),
            ("TWILIO_AUTH_TOKEN", AUTH_TOKEN),
        ];
        let settings = settings.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let config = Config::load(Purpose::Serve, &Sources::new(None, settings))?;
        let policy = app::policy(&config)?;
        let of =
            |transport: Transport, opt_in: OptIn| Arc::new(Policy { transport, opt_in, ..policy.clone() });
        let both = |transport| [of(transport, OptIn::Single), of(transport, OptIn::Double)];
        let key_file = tempfile::NamedTempFile::new()?;
        std::fs::write(key_file.path(), SEED)?;
        Ok(Self {
            account: app::account(&config)?,
            schedule: app::schedule(&config)?,
            signer: Arc::new(Signer::read(key_file.path())?),
            twilio_key: SigningKey::new("twilio", AuthToken::new(AUTH_TOKEN)?),
            strangers_key: SigningKey::new("stranger", AuthToken::new("a guess")?),
            policies: [both(Transport::Conversations), both(Transport::Messaging)],
            config,
        })
    }

    pub(crate) fn policy(&self, messaging: bool, double_opt_in: bool) -> Arc<Policy> {
        Arc::clone(&self.policies[usize::from(messaging)][usize::from(double_opt_in)])
    }
}
