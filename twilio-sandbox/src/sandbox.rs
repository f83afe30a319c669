//! Starting, looking at and ending a sandbox.

pub(crate) mod account;
mod state_file;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use account::AccountHandle;

use crate::accounts::Accounts;
use crate::clock::Clock;
use crate::config::{Behaviour, SandboxConfig, Subaccount};
use crate::error::StartError;
use crate::fault::{Fault, FaultError, PlannedFault};
use crate::http::server;
use crate::hub::Platform;
use crate::snapshot::{RestoreError, Snapshot};
use crate::state::account::ApiKey;
use crate::state::address::Channel;

/// A running local Twilio.
///
/// It listens on 127.0.0.1 and ends when it is dropped or [`shut down`](Self::shutdown).
pub struct Sandbox {
    accounts: Arc<Accounts>,
    url: String,
    stop: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
    /// Set when nothing changes any more.
    last: watch::Sender<bool>,
    keeper: Option<JoinHandle<()>>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Starts listening. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`StartError`] when the port is taken, a number is malformed, or the system gives no randomness.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use twilio_sandbox::{Sandbox, SandboxConfig};
    ///
    /// let sandbox = Sandbox::start(SandboxConfig { seed: Some(1), ..SandboxConfig::default() }).await?;
    /// assert!(sandbox.url().starts_with("http://127.0.0.1:"));
    /// assert!(sandbox.account_sid().starts_with("AC"));
    /// sandbox.shutdown().await;
    /// # Ok::<(), twilio_sandbox::StartError>(())
    /// # }).unwrap();
    /// ```
    pub async fn start(mut config: SandboxConfig) -> Result<Self, StartError> {
        let seed = match config.seed {
            Some(seed) => seed,
            None => getrandom::u64().map_err(|_| StartError::Seed)?,
        };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, config.port));
        let listening = TcpListener::bind(address).await.and_then(|it| Ok((it.local_addr()?, it)));
        let (local, listener) = listening.map_err(|source| StartError::Listen { address, source })?;
        let url = format!("http://{local}");
        // A proxy of the environment must not see webhooks, and a redirect must not lead elsewhere.
        let client = reqwest::Client::builder()
            .no_proxy()
            // What it may contact speaks plain HTTP on this machine; loading the system's roots takes long.
            .tls_certs_only([])
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .build()?;
        let kept = state_file::read(config.state_file.as_deref())?;
        // A process that was killed had gone on after its last write: the names that it gave are not given again.
        let anew = match kept {
            Some(_) => Some(getrandom::u64().map_err(|_| StartError::Seed)?),
            None => None,
        };
        let restore = kept.or(config.restore.take());
        let platform = Arc::new(Platform::new(config, client, url.clone(), seed));
        let accounts = Arc::new(Accounts::open(&platform, seed)?);
        if let Some(snapshot) = restore {
            snapshot.restore(&accounts)?;
        }
        if let Some(seed) = anew {
            accounts.draw_anew(seed);
        }
        let ((stop, stopped), (last, ended)) = (watch::channel(false), watch::channel(false));
        let keeper = tokio::spawn(state_file::keep(Arc::clone(&accounts), ended));
        let server = tokio::spawn(server::run(Arc::clone(&accounts), listener, stopped));
        Ok(Self { accounts, url, stop, server: Some(server), last, keeper: Some(keeper) })
    }

    /// Where it listens, such as `http://127.0.0.1:4010`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The account's SID.
    pub fn account_sid(&self) -> String {
        self.accounts.main().world().account.sid.clone()
    }

    /// The account's token: the password of requests and the key of webhook signatures.
    pub fn auth_token(&self) -> String {
        self.accounts.main().world().account.auth_token.clone()
    }

    fn first_key(&self) -> Option<ApiKey> {
        self.accounts.main().world().account.keys.first().cloned()
    }

    /// The main account.
    pub fn account(&self) -> AccountHandle {
        AccountHandle { accounts: Arc::clone(&self.accounts), hub: Arc::clone(self.accounts.main()) }
    }

    /// The accounts that the main one owns, in the order they were opened.
    pub fn subaccounts(&self) -> Vec<AccountHandle> {
        let all = self.accounts.all().into_iter().skip(1);
        all.map(|hub| AccountHandle { accounts: Arc::clone(&self.accounts), hub }).collect()
    }

    /// Opens an account that the main one owns. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`StartError::Number`] when a number is malformed, [`StartError::Taken`] when it is another account's; then
    /// nothing is opened.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use twilio_sandbox::{AccountStatus, Sandbox, SandboxConfig, Subaccount};
    ///
    /// let sandbox = Sandbox::start(SandboxConfig::default()).await?;
    /// let numbers = vec!["+15005550101".to_owned()];
    /// let account = sandbox.open_subaccount(&Subaccount { numbers, ..Subaccount::default() })?;
    /// assert_ne!(account.sid(), sandbox.account_sid());
    /// account.set_status(AccountStatus::Suspended);
    /// # Ok::<(), twilio_sandbox::StartError>(())
    /// # }).unwrap();
    /// ```
    pub fn open_subaccount(&self, subaccount: &Subaccount) -> Result<AccountHandle, StartError> {
        let hub = self.accounts.open_subaccount(subaccount)?;
        Ok(AccountHandle { accounts: Arc::clone(&self.accounts), hub })
    }

    /// The SID of the account's API key (`SK…`).
    pub fn api_key(&self) -> String {
        self.first_key().map(|key| key.sid).unwrap_or_default()
    }

    /// The secret of the account's API key.
    pub fn api_secret(&self) -> String {
        self.first_key().map(|key| key.secret).unwrap_or_default()
    }

    /// The first SMS number, if the account has one.
    pub fn sms_number(&self) -> Option<String> {
        self.accounts.main().world().first_number(Channel::Sms).map(|number| number.address.clone())
    }

    /// The first WhatsApp sender (`whatsapp:+…`), if the account has one.
    pub fn whatsapp_number(&self) -> Option<String> {
        self.accounts.main().world().first_number(Channel::WhatsApp).map(|number| number.address.clone())
    }

    /// The sandbox's time, to be shared with whatever lives beside it.
    pub fn clock(&self) -> Clock {
        self.accounts.platform.clock.clone()
    }

    /// Moves time forward; what became due is carried out before this returns. Negative values do nothing.
    pub fn advance(&self, by: SignedDuration) {
        let milliseconds = i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 4).max(0);
        self.accounts.advance(milliseconds);
    }

    /// Plans a fault; gives its number.
    ///
    /// # Errors
    ///
    /// [`FaultError`] when the fault makes no sense, such as one that strikes 0 times.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use twilio_sandbox::{Fault, RequestFault, Sandbox, SandboxConfig};
    ///
    /// let sandbox = Sandbox::start(SandboxConfig::default()).await?;
    /// let id = sandbox.plan_fault(Fault::request(RequestFault::DropAfterEffect).on("POST /"))?;
    /// assert_eq!(sandbox.faults()[0].struck, 0);
    /// assert!(sandbox.remove_fault(id));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn plan_fault(&self, fault: Fault) -> Result<u64, FaultError> {
        self.accounts.platform.faults().plan(fault)
    }

    /// The faults still to come, in the order they were planned.
    pub fn faults(&self) -> Vec<PlannedFault> {
        self.accounts.platform.faults().planned().to_vec()
    }

    /// The last hundred faults that have done their work, oldest first.
    pub fn spent_faults(&self) -> Vec<PlannedFault> {
        self.accounts.platform.faults().spent().cloned().collect()
    }

    /// Removes a planned fault; gives whether there was one of that number.
    pub fn remove_fault(&self, id: u64) -> bool {
        self.accounts.platform.faults().remove(id)
    }

    /// Removes every planned fault.
    pub fn clear_faults(&self) {
        self.accounts.platform.faults().clear();
    }

    /// The switches for what Twilio leaves open, as they are now.
    pub fn behaviour(&self) -> Behaviour {
        self.accounts.main().world().behaviour.clone()
    }

    /// Sets the switches in every account; timers that run follow a new rule at their next change.
    pub fn set_behaviour(&self, behaviour: &Behaviour) {
        self.accounts.set_behaviour(behaviour);
    }

    /// How much is on its way: webhooks that are not answered yet, and what waits for them to be. At zero, and while
    /// nobody asks it for anything and the clock brings nothing, the sandbox has told all that it has to tell.
    ///
    /// A webhook that a fault holds back for others to overtake is not counted.
    pub fn under_way(&self) -> usize {
        self.accounts.all().iter().map(|hub| hub.world().outbox.under_way().count()).sum()
    }

    /// Takes everything down but the log.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use twilio_sandbox::{Sandbox, SandboxConfig};
    ///
    /// let first = Sandbox::start(SandboxConfig::default()).await?;
    /// let restore = Some(first.snapshot());
    /// let second = Sandbox::start(SandboxConfig { restore, ..SandboxConfig::default() }).await?;
    /// assert_eq!(second.auth_token(), first.auth_token());
    /// # Ok::<(), twilio_sandbox::StartError>(())
    /// # }).unwrap();
    /// ```
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::take(&self.accounts, false)
    }

    /// Makes the sandbox what it was when the snapshot was taken, account and tokens included. Requests that are
    /// under way meanwhile may find either state. Must be called inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`RestoreError`] when the snapshot does not fit; then nothing has changed.
    pub fn restore(&self, snapshot: Snapshot) -> Result<(), RestoreError> {
        snapshot.restore(&self.accounts)
    }

    /// Stops listening and lets open requests finish, for 2 s at most.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if let Some(server) = self.server.take() {
            // A panic in the server has been reported by its task already.
            let _ = server.await;
        }
        self.last.send_replace(true);
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.await;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        self.accounts.end();
    }
}
