//! A person's phone, simulated by the sandbox.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::chat::show;

/// How long an expected text may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long nothing must come to be called silence.
const SILENCE: Duration = Duration::from_millis(1500);
/// How often the screen is looked at.
const GLANCE: Duration = Duration::from_millis(40);

/// A phone with its owner. What it sends and shows is printed.
#[derive(Debug)]
pub struct Phone {
    http: Client,
    screen: String,
    name: String,
    address: String,
    si: String,
    /// Messages of the screen that were printed.
    seen: usize,
}

impl Phone {
    pub(crate) fn new(http: &Client, sandbox: &str, name: &str, address: String, si: &str) -> Self {
        let encoded = utf8_percent_encode(&address, NON_ALPHANUMERIC);
        let screen = format!("{sandbox}/sandbox/handsets/{encoded}/messages");
        println!("{name} has the number {address} and writes to {si}.");
        Self { http: http.clone(), screen, name: name.to_owned(), address, si: si.to_owned(), seen: 0 }
    }

    /// The number, as Twilio writes it: `+1…`, or `whatsapp:+1…`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Texts Si.
    pub async fn texts(&mut self, body: &str) -> Result<()> {
        self.look().await?;
        show(&self.name, "→", body);
        let message = json!({"to": self.si, "body": body});
        let answer = self.http.post(&self.screen).json(&message).send().await?;
        ensure!(
            answer.status().is_success(),
            "the sandbox refused {}'s text: {}",
            self.name,
            answer.text().await?
        );
        Ok(())
    }

    /// Waits until the phone shows a new text that holds `expected`, and returns it.
    pub async fn sees(&mut self, expected: &str) -> Result<String> {
        let until = Instant::now() + PATIENCE;
        loop {
            for text in self.unseen().await? {
                self.seen += 1;
                if let Some(text) = text {
                    show(&self.name, "←", &text);
                    if text.contains(expected) {
                        return Ok(text);
                    }
                }
            }
            if Instant::now() >= until {
                bail!("{}'s phone did not show {expected:?} within {PATIENCE:?}", self.name);
            }
            sleep(GLANCE).await;
        }
    }

    /// Holds when the phone shows nothing new for a while.
    pub async fn stays_silent(&mut self) -> Result<()> {
        sleep(SILENCE).await;
        let unexpected = self.look().await?;
        ensure!(
            unexpected.is_empty(),
            "{}'s phone should have stayed silent; it showed {unexpected:?}",
            self.name
        );
        show(&self.name, "←", "(silence)");
        Ok(())
    }

    /// Every text that came to this phone so far, oldest first.
    pub async fn received(&self) -> Result<Vec<String>> {
        Ok(self.screen().await?.into_iter().flatten().collect())
    }

    /// Prints what is new, and returns it.
    async fn look(&mut self) -> Result<Vec<String>> {
        let new = self.unseen().await?;
        self.seen += new.len();
        let texts: Vec<String> = new.into_iter().flatten().collect();
        for text in &texts {
            show(&self.name, "←", text);
        }
        Ok(texts)
    }

    async fn unseen(&self) -> Result<Vec<Option<String>>> {
        Ok(self.screen().await?.split_off(self.seen))
    }

    /// What the phone shows, oldest first: texts that came, and nothing for those that it sent.
    async fn screen(&self) -> Result<Vec<Option<String>>> {
        let answer = self.http.get(&self.screen).send().await?.error_for_status()?;
        let answer: Value = answer.json().await?;
        let messages = answer["messages"].as_array().context("the sandbox shows no messages")?;
        let text = |message: &Value| {
            let body = message["body"].as_str().unwrap_or_default();
            (message["direction"] == "received").then(|| body.to_owned())
        };
        Ok(messages.iter().map(text).collect())
    }
}
