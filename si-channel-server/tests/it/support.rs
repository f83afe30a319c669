//! A server with its own Twilio, store and time.

mod answer;
mod log;
pub(crate) mod outage;
mod phone;
mod stuck;
mod twilio;

use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use si_channel_server::app::{self, Running, StartError};
use si_channel_server::clock::Clock;
use si_channel_server::config::{Config, Purpose, Sources};
use si_channel_server::doctor::{Finding, Patient, Verdict, examine};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use twilio_sandbox::{Sandbox, SandboxConfig};

pub(crate) use self::answer::Answer;
pub(crate) use self::log::Log;
pub(crate) use self::phone::Phone;
pub(crate) use self::stuck::serve_stuck;
pub(crate) use self::twilio::{Form, encode, form_of, message_added, sign, sign_with};

pub(crate) const ANN: &str = "+15557770001";
pub(crate) const BOB: &str = "+15557770002";
pub(crate) const EVE: &str = "whatsapp:+15557770003";

/// Under which URL Twilio reaches the server.
pub(crate) const PUBLIC_URL: &str = "https://si.example.com";
pub(crate) const API_TOKEN: &str = "api-token-of-the-test";

/// What every closing summary ends with.
pub(crate) const CLOSED: &str = "Write again at any time to begin a new one.";

/// The longest that anything is waited for; all of it takes a fraction of that when it works.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// The same as a setting.
const PATIENT: &str = "1m";

/// Looks until there is something; fails the test in words when nothing comes.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(tokio::time::Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
}

/// Settings by their dotted keys.
pub(crate) type Settings<'a> = &'a [(&'a str, &'a str)];

/// A running server, the sandbox that plays Twilio, and what both keep.
pub(crate) struct TestApp {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: Client,
    clock: Clock,
    dir: TempDir,
    settings: Vec<(String, String)>,
    server: Option<Server>,
    /// Servers beside it on the same store.
    others: Vec<Server>,
}

/// The settings that put the state into a schema of its own in the database of `SI_CHANNEL_TEST_POSTGRES`.
fn postgres(dir: &Path) -> Vec<(String, String)> {
    let url = std::env::var("SI_CHANNEL_TEST_POSTGRES").expect("SI_CHANNEL_TEST_POSTGRES names the database");
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    let schema = format!("app_{:x}", u64::from_le_bytes(bytes));
    let path = |name: &str| dir.join(name).display().to_string();
    let settings = [
        ("database_url", url),
        ("database_schema", schema),
        ("media.dir", path("media")),
        ("audit.key_file", path("audit.key")),
        ("privacy.key_file", path("person-key")),
    ];
    settings.map(|(key, value)| (key.to_owned(), value)).into()
}

/// The server has threads of its own, so that they can be cut off.
struct Server {
    runtime: Runtime,
    running: Running,
}

impl TestApp {
    /// A server with Si's built-in echo, wired to its Twilio.
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// The same with further settings.
    pub(crate) async fn with(settings: Settings<'_>) -> Self {
        Self::unwired(settings).await.begun().await
    }

    /// The same with its state in the database of `SI_CHANNEL_TEST_POSTGRES`.
    pub(crate) async fn on_postgres(settings: Settings<'_>) -> Self {
        Self::made(settings, true).await.begun().await
    }

    async fn begun(self) -> Self {
        let mut app = self;
        app.begin().await;
        app.wire().await;
        app
    }

    /// The same, neither running nor known to its Twilio.
    pub(crate) async fn unwired(settings: Settings<'_>) -> Self {
        Self::made(settings, std::env::var("SI_CHANNEL_TEST_STORE").as_deref() == Ok("postgres")).await
    }

    async fn made(settings: Settings<'_>, on_postgres: bool) -> Self {
        let sandbox = Sandbox::start(SandboxConfig {
            conversations_webhook_timeout: PATIENCE,
            messaging_webhook_timeout: PATIENCE,
            ..SandboxConfig::default()
        })
        .await
        .unwrap();
        let http = Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let dir = TempDir::new().unwrap();
        let mut all: Vec<(String, String)> = [
            ("listen", "127.0.0.1:0".to_owned()),
            ("public_url", PUBLIC_URL.to_owned()),
            ("database_url", format!("sqlite:{}", dir.path().join("channel.sqlite").display())),
            ("api_token", API_TOKEN.to_owned()),
            // On a machine with other things to do all of it may stand still for seconds.
            ("limits.body_timeout", PATIENT.to_owned()),
            ("limits.pre_action_timeout", PATIENT.to_owned()),
            ("twilio.request_timeout", PATIENT.to_owned()),
            ("twilio.base_url", sandbox.url().to_owned()),
            ("twilio.account_sid", sandbox.account_sid()),
            ("twilio.auth_token", sandbox.auth_token()),
            ("twilio.api_key", sandbox.api_key()),
            ("twilio.api_secret", sandbox.api_secret()),
            ("numbers.sms", sandbox.sms_number().unwrap()),
            ("numbers.whatsapp", sandbox.whatsapp_number().unwrap()),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into();
        if on_postgres {
            all.extend(postgres(dir.path()));
        }
        all.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        Self { sandbox, http, clock: Clock::new(), dir, settings: all, server: None, others: Vec::new() }
    }

    pub(crate) fn config(&self) -> Config {
        let env = self.environment().map(|(name, value)| (name.into(), value.into()));
        Config::load(Purpose::Serve, &Sources::new(None, env)).unwrap()
    }

    /// The settings as a process is given them.
    pub(crate) fn environment(&self) -> impl Iterator<Item = (String, String)> {
        let name = |key: &str| format!("SI_CHANNEL_{}", key.replace('.', "__").to_uppercase());
        self.settings.iter().map(move |(key, value)| (name(key), value.clone()))
    }

    /// Changes a setting; it counts from the next start.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        self.settings.push((key.to_owned(), value.to_owned()));
    }

    /// Starts the server on its store.
    pub(crate) async fn begin(&mut self) {
        let config = self.config();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let running = eventually("the store is free", async || {
            let (config, clock) = (config.clone(), self.clock.clone());
            match runtime.spawn(async move { app::start(&config, clock).await }).await.unwrap() {
                Ok(running) => Some(running),
                // The threads of a server that was cut off end a little later than it.
                Err(StartError::Store(why)) if why.contains("in use") => None,
                Err(error) => panic!("{error}"),
            }
        })
        .await;
        self.server = Some(Server { runtime, running });
        self.map_host().await;
    }

    /// Wires the account as `doctor --fix` does.
    pub(crate) async fn wire(&self) {
        let findings = self.examine(true).await;
        assert!(findings.iter().all(|finding| finding.verdict != Verdict::Bad), "{findings:?}");
    }

    /// What `doctor` finds.
    pub(crate) async fn examine(&self, fix: bool) -> Vec<Finding> {
        let config = self.config();
        let client = app::client(&config).unwrap();
        let policy = app::policy(&config).unwrap();
        let patient = Patient {
            client: &client,
            numbers: &config.numbers,
            public_url: config.public_url.as_ref().unwrap(),
            conversations: config.use_conversations_api,
            brand: &policy.brand,
        };
        examine(&patient, fix).await
    }

    async fn map_host(&self) {
        self.map_host_to(&self.url()).await;
    }

    /// Lets Twilio reach a server there.
    pub(crate) async fn map_host_to(&self, url: &str) {
        self.control(Method::PUT, "/sandbox/hosts", json!({ PUBLIC_URL: url })).await.expect(200);
    }

    /// Where the server listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.running().address)
    }

    /// Where it serves the API alone, if it does.
    pub(crate) fn admin_address(&self) -> Option<std::net::SocketAddr> {
        self.running().admin_address
    }

    fn running(&self) -> &Running {
        &self.server.as_ref().expect("the server runs").running
    }

    /// Ends the server in order.
    pub(crate) async fn stop(&mut self) {
        let Server { runtime, running } = self.server.take().expect("the server runs");
        running.shutdown().await;
        runtime.shutdown_background();
    }

    /// Cuts the server off wherever it is.
    pub(crate) fn cut_off(&mut self) {
        let Server { runtime, running } = self.server.take().expect("the server runs");
        runtime.shutdown_background();
        drop(running);
    }

    /// Starts another server on the same store; it is the one that is spoken to from now on.
    pub(crate) async fn begin_another(&mut self) {
        let first = self.server.take();
        self.begin().await;
        self.others.extend(first);
    }

    /// Speaks to another server on its store from now on.
    pub(crate) async fn turn_to_another(&mut self) {
        let other = self.others.pop();
        self.others.extend(std::mem::replace(&mut self.server, other));
        self.map_host().await;
    }

    /// Cuts the server off wherever it is; another on its store is spoken to from now on.
    pub(crate) async fn cut_off_for_another(&mut self) {
        self.cut_off();
        self.server = self.others.pop();
        self.map_host().await;
    }

    /// Ends the server in order and starts another on its store.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.begin().await;
    }

    /// Moves the time of everybody.
    pub(crate) fn advance(&self, by: SignedDuration) {
        self.sandbox.advance(by);
        self.clock.follow_handle().set_offset_ms(self.sandbox.clock().offset_ms());
    }

    /// Makes it any time, as if all of this had been started then; before anything has happened.
    pub(crate) fn turn_clock_to(&self, at: Timestamp) {
        let mut whole = serde_json::to_value(self.sandbox.snapshot()).unwrap();
        let ahead = at.duration_since(Timestamp::now()).as_millis();
        whole["clock"] = json!({ "now_ms": at.as_millisecond(), "offset_ms": i64::try_from(ahead).unwrap() });
        self.sandbox.restore(serde_json::from_value(whole).unwrap()).unwrap();
        self.clock.follow_handle().set_offset_ms(self.sandbox.clock().offset_ms());
    }

    /// Makes the server's clock wrong by so much; Twilio's stays.
    pub(crate) fn put_clock_ahead(&self, by: SignedDuration) {
        let ahead = i64::try_from(by.as_millis()).unwrap();
        self.clock.follow_handle().set_offset_ms(self.sandbox.clock().offset_ms() + ahead);
    }

    /// The folder of the store.
    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn sms(&self) -> String {
        self.sandbox.sms_number().unwrap()
    }

    pub(crate) fn whatsapp(&self) -> String {
        self.sandbox.whatsapp_number().unwrap()
    }

    /// A phone, by E.164 or `whatsapp:` and E.164.
    pub(crate) fn phone(&self, address: &str) -> Phone<'_> {
        Phone::new(self, address)
    }

    /// Asks the API, with the right token.
    pub(crate) async fn api(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        self.api_with(method, path, body, &[]).await
    }

    /// The same with further headers.
    pub(crate) async fn api_with(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.url())).bearer_auth(API_TOKEN);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::of(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.api(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.api(Method::POST, path, Some(&body)).await
    }

    /// The sessions of an address, newest first.
    pub(crate) async fn sessions(&self, address: &str) -> Vec<Value> {
        self.get(&format!("/v1/sessions?address={}", encoded(address))).await.expect(200).items()
    }

    /// The newest session of an address, once it fits.
    pub(crate) async fn session_where(&self, address: &str, fits: impl Fn(&Value) -> bool) -> Value {
        eventually("the person's session", async || {
            self.sessions(address).await.into_iter().next().filter(|session| fits(session))
        })
        .await
    }

    /// The newest session of an address, once there is one.
    pub(crate) async fn session(&self, address: &str) -> Value {
        self.session_where(address, |_| true).await
    }

    /// Ann's session, joined by Bob by SMS and Eve by WhatsApp.
    pub(crate) async fn group(&self) -> Value {
        self.phone(ANN).says("Hello").await;
        let code = self.phone(ANN).invites().await;
        for (address, name) in [(BOB, "Bob"), (EVE, "Eve")] {
            self.phone(address).text(&format!("join {code} {name}")).await;
            self.phone(ANN).sees(&format!("{name} joined the conversation.")).await;
        }
        self.settled().await;
        self.session(ANN).await
    }

    /// The messages of a transcript.
    pub(crate) async fn transcript(&self, session_id: &Value) -> Vec<Value> {
        let path = format!("/v1/sessions/{}/transcript", text(session_id));
        let entries = self.get(&path).await.expect(200).json["entries"].as_array().unwrap().clone();
        entries.into_iter().filter(|entry| entry["kind"] == "message").collect()
    }

    /// Every event so far.
    pub(crate) async fn events(&self) -> Vec<Value> {
        let mut all = Vec::new();
        let mut after = "0".to_owned();
        loop {
            let page = self.get(&format!("/v1/events?after={after}&limit=100")).await.expect(200);
            let items = page.items();
            if items.is_empty() {
                return all;
            }
            text(&page.json["next"]).clone_into(&mut after);
            all.extend(items);
        }
    }

    /// The events of a type, such as `consent.revoked`.
    pub(crate) async fn events_of(&self, name: &str) -> Vec<Value> {
        let kind = format!("si.channel.{name}.v1");
        self.events().await.into_iter().filter(|event| event["type"] == kind.as_str()).collect()
    }

    /// The first event of a type, once it has happened.
    pub(crate) async fn event(&self, name: &str) -> Value {
        eventually(name, async || self.events_of(name).await.into_iter().next()).await
    }

    /// Returns once the server has nothing left to do and its Twilio nothing left to tell.
    pub(crate) async fn settled(&self) {
        eventually("no work left", async || {
            let told = self.sandbox.under_way() == 0;
            let depths = self.depths().await;
            let idle = depths["inputs"] == 0 && depths["effects"] == 0;
            (told && idle && self.sandbox.under_way() == 0).then_some(())
        })
        .await;
    }

    /// How much work waits.
    pub(crate) async fn depths(&self) -> Value {
        self.get("/readyz").await.expect(200).json["depths"].clone()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        for server in self.server.take().into_iter().chain(self.others.drain(..)) {
            // Waiting for its threads is not allowed inside another runtime.
            server.runtime.shutdown_background();
        }
    }
}

/// A part of a path.
pub(crate) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// A JSON string.
#[track_caller]
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}"))
}
