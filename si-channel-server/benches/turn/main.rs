//! How long a whole turn takes: `cargo bench -p si-channel-server --bench turn`.
//!
//! People text at a fixed rate; the sandbox tells the channel by webhook, the channel decides, asks `echo`, and posts the
//! answer to the sandbox. Channel, sandbox and people share this machine's cores and this process, each with threads of
//! its own. How long an answer took is read off the sandbox's own record afterwards, in whole milliseconds: from the
//! text's arrival at Twilio to the answer's arrival on the phone.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde_json::{Value, json};
use si_channel_server::app;
use si_channel_server::clock::Clock;
use si_channel_server::config::{Config, Purpose, Sources};
use si_channel_server::doctor::{Patient, examine};
use tokio::runtime::{Builder, Runtime};
use twilio_sandbox::{Sandbox, SandboxConfig};

type Error = Box<dyn std::error::Error>;

const PUBLIC_URL: &str = "https://channel.example.com";
/// What `echo` puts before the text it repeats.
const ANSWER: &str = "You said: ";
/// Requests of people at once.
const THUMBS: usize = 16;
/// The longest wait for answers that are still owed.
const PATIENCE: Duration = Duration::from_mins(2);

/// Without `--bench`, as `cargo test --all-targets` runs it, everything is run once and briefly.
struct Length {
    people: usize,
    /// Texts a second.
    rates: &'static [u32],
    each: Duration,
}

fn main() -> Result<(), Error> {
    let length = if std::env::args().any(|argument| argument == "--bench") {
        Length { people: 400, rates: &[100, 250, 500, 1000, 2000], each: Duration::from_secs(6) }
    } else {
        Length { people: 4, rates: &[20], each: Duration::from_millis(500) }
    };
    for rate in length.rates {
        measure(*rate, &length)?;
    }
    Ok(())
}

/// People who text a new channel at a rate for a while.
fn measure(rate: u32, length: &Length) -> Result<(), Error> {
    let folder = tempfile::tempdir()?;
    let (twilio, channel, people) = (threads(1)?, threads(2)?, threads(1)?);
    let sandbox =
        twilio.block_on(Sandbox::start(SandboxConfig { log_capacity: 100, ..Default::default() }))?;
    let config = config(&sandbox, folder.path())?;
    let running = channel.block_on(app::start(&config, Clock::new()))?;
    let turns = people.block_on(async {
        let crowd = Crowd::new(&sandbox, length.people)?;
        crowd
            .call("PUT", "/sandbox/hosts", &json!({ PUBLIC_URL: format!("http://{}", running.address) }))
            .await?;
        wire(&config).await?;
        crowd.agree().await?;
        crowd.converse(rate, length.each).await
    })?;
    channel.block_on(running.shutdown());
    report(rate, &turns);
    twilio.block_on(sandbox.shutdown());
    Ok(())
}

fn threads(count: usize) -> std::io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(count).enable_all().build()
}

fn config(sandbox: &Sandbox, folder: &Path) -> Result<Config, Error> {
    let listen: SocketAddr = (Ipv4Addr::LOCALHOST, 0).into();
    let settings = [
        ("listen", listen.to_string()),
        ("public_url", PUBLIC_URL.to_owned()),
        ("database_url", format!("sqlite:{}", folder.join("store.db").display())),
        ("api_token", "bench".to_owned()),
        ("twilio.base_url", sandbox.url().to_owned()),
        ("twilio.account_sid", sandbox.account_sid()),
        ("twilio.auth_token", sandbox.auth_token()),
        ("numbers.sms", sandbox.sms_number().ok_or("the sandbox has no number")?),
        // How fast a number may send, and how much anybody may write, are other benches' subjects.
        ("policy.pacing.rates.long_code", "1000000".to_owned()),
        ("policy.flood.new_numbers", "0".to_owned()),
        ("policy.flood.per_address", "0".to_owned()),
    ];
    let env = settings.map(|(key, value)| {
        (format!("SI_CHANNEL_{}", key.replace('.', "__").to_uppercase()).into(), value.into())
    });
    let sources = Sources::new(None, env);
    Ok(Config::load(Purpose::Serve, &sources).map_err(|problems| problems.to_string())?)
}

/// As `doctor --fix` does.
async fn wire(config: &Config) -> Result<(), Error> {
    let (client, policy) = (app::client(config)?, app::policy(config)?);
    let public_url = config.public_url.as_ref().ok_or("no public URL")?;
    let patient = Patient {
        client: &client,
        numbers: &config.numbers,
        public_url,
        conversations: config.use_conversations_api,
        brand: &policy.brand,
    };
    examine(&patient, true).await;
    Ok(())
}

/// People with phones.
struct Crowd {
    http: reqwest::Client,
    sandbox: String,
    number: String,
    phones: Vec<String>,
}

/// What a while gave.
struct Turns {
    /// From each text to its answer.
    took: Vec<Duration>,
    /// From the first text to the last answer.
    elapsed: Duration,
}

impl Crowd {
    fn new(sandbox: &Sandbox, people: usize) -> Result<Self, Error> {
        Ok(Self {
            http: reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?,
            sandbox: sandbox.url().to_owned(),
            number: sandbox.sms_number().ok_or("the sandbox has no number")?,
            phones: (0..people)
                .map(|person| format!("/sandbox/handsets/%2B1555123{person:04}/messages"))
                .collect(),
        })
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value, Error> {
        let request = self.http.request(method.parse()?, format!("{}{path}", self.sandbox));
        let request = if body.is_null() { request } else { request.json(body) };
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn text(&self, phone: &str, body: &str) -> Result<(), Error> {
        self.call("POST", phone, &json!({ "to": self.number, "body": body })).await.map(drop)
    }

    async fn screen(&self, phone: &str) -> Result<Vec<Value>, Error> {
        let mut screen = self.call("GET", phone, &Value::Null).await?;
        Ok(screen["messages"].as_array_mut().map(std::mem::take).unwrap_or_default())
    }

    /// Everybody begins to talk, and waits for an answer.
    async fn agree(&self) -> Result<(), Error> {
        for phones in self.phones.chunks(THUMBS) {
            try_join_all(phones.iter().map(async |phone| {
                for body in ["Hello", "YES", "Ready?"] {
                    self.text(phone, body).await?;
                }
                self.until_answered(phone, &["Ready?".to_owned()]).await.map(drop)
            }))
            .await?;
        }
        Ok(())
    }

    /// Waits until these texts are answered; how long each took, and when the last was.
    async fn until_answered(
        &self,
        phone: &str,
        texts: &[String],
    ) -> Result<Vec<(Timestamp, Timestamp)>, Error> {
        let start = Instant::now();
        loop {
            let screen = self.screen(phone).await?;
            let at: HashMap<&str, Timestamp> = screen
                .iter()
                .filter_map(|shown| Some((shown["body"].as_str()?, shown["at"].as_str()?.parse().ok()?)))
                .collect();
            let turns: Vec<_> = texts
                .iter()
                .filter_map(|text| Some((*at.get(&**text)?, *at.get(&*format!("{ANSWER}{text}"))?)))
                .collect();
            if turns.len() == texts.len() {
                return Ok(turns);
            }
            if start.elapsed() > PATIENCE {
                return Err(
                    format!("{} of {} texts have no answer", texts.len() - turns.len(), texts.len()).into()
                );
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Texts at a rate, everybody in turn, and waits for the answers.
    async fn converse(&self, rate: u32, lasting: Duration) -> Result<Turns, Error> {
        let start = tokio::time::Instant::now();
        let count = usize::try_from(u128::from(rate) * lasting.as_millis() / 1000)?;
        let said = |number: usize| {
            (number % self.phones.len(), format!("Is flight {number} to Lisbon still available?"))
        };
        try_join_all((0..THUMBS).map(async |thumb| {
            for number in (thumb..count).step_by(THUMBS) {
                tokio::time::sleep_until(start + Duration::from_secs(1) * u32::try_from(number)? / rate)
                    .await;
                let (phone, text) = said(number);
                self.text(&self.phones[phone], &text).await?;
            }
            Ok::<_, Error>(())
        }))
        .await?;
        let mut turns = Vec::new();
        for (index, phone) in self.phones.iter().enumerate() {
            let texts: Vec<_> =
                (index..count).step_by(self.phones.len()).map(|number| said(number).1).collect();
            turns.extend(self.until_answered(phone, &texts).await?);
        }
        let first = turns.iter().map(|turn| turn.0).min().ok_or("nobody said anything")?;
        let last = turns.iter().map(|turn| turn.1).max().unwrap_or(first);
        let between = |from: Timestamp, to: Timestamp| to.duration_since(from).unsigned_abs();
        Ok(Turns {
            took: turns.iter().map(|(said, answered)| between(*said, *answered)).collect(),
            elapsed: between(first, last),
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(rate: u32, turns: &Turns) {
    let mut took = turns.took.clone();
    took.sort_unstable();
    let at =
        |part: usize| took.get((took.len() * part / 100).min(took.len() - 1)).map_or(0, Duration::as_millis);
    let (p50, p99, max) = (at(50), at(99), at(100));
    let answered = took.len() as f64 / turns.elapsed.as_secs_f64();
    println!(
        "figure: turn: {rate} texts/s asked for | {p50} ms (p99 {p99}, max {max}) | {answered:.0} answered/s"
    );
}
