//! A phone: it texts, and its screen is looked at.

use reqwest::Method;
use serde_json::{Value, json};

use super::{TestApp, encoded, eventually, text};

/// A simulated phone.
pub(crate) struct Phone<'a> {
    app: &'a TestApp,
    pub(crate) address: String,
}

impl<'a> Phone<'a> {
    pub(super) fn new(app: &'a TestApp, address: &str) -> Self {
        Self { app, address: address.to_owned() }
    }

    fn path(&self) -> String {
        format!("/sandbox/handsets/{}", encoded(&self.address))
    }

    /// Texts Si; gives the SID at the carrier.
    pub(crate) async fn text(&self, body: &str) -> String {
        let si = if self.address.starts_with("whatsapp:") { self.app.whatsapp() } else { self.app.sms() };
        let message = json!({ "to": si, "body": body });
        let sent = self.app.control(Method::POST, &format!("{}/messages", self.path()), message).await;
        text(&sent.expect(201).json["sid"]).to_owned()
    }

    /// Sets whether the person reads, whether the phone is on.
    pub(crate) async fn is(&self, behaviour: Value) {
        self.app.control(Method::PUT, &self.path(), behaviour).await.expect(200);
    }

    /// The texts it has got, in order.
    pub(crate) async fn received(&self) -> Vec<String> {
        let screen = self.app.control(Method::GET, &format!("{}/messages", self.path()), Value::Null).await;
        let messages = screen.expect(200).json["messages"].as_array().unwrap().clone();
        let received = messages.iter().filter(|message| message["direction"] == "received");
        received.map(|message| text(&message["body"]).to_owned()).collect()
    }

    /// How often it has got exactly this text.
    pub(crate) async fn count(&self, body: &str) -> usize {
        self.received().await.iter().filter(|got| *got == body).count()
    }

    /// Returns once a text that contains `part` has come, with that text.
    pub(crate) async fn sees(&self, part: &str) -> String {
        eventually(&format!("{} sees {part:?}", self.address), async || {
            self.received().await.into_iter().find(|body| body.contains(part))
        })
        .await
    }

    /// Returns once the screen fits, with the texts.
    pub(crate) async fn shows(&self, what: &str, fits: impl Fn(&[String]) -> bool) -> Vec<String> {
        eventually(what, async || Some(self.received().await).filter(|received| fits(received))).await
    }

    /// Texts and returns once Si's echo of it has come.
    pub(crate) async fn says(&self, body: &str) {
        self.text(body).await;
        self.sees(&format!("You said: {body}")).await;
    }

    /// Asks for a code that others join by.
    pub(crate) async fn invites(&self) -> String {
        self.text("invite").await;
        let invitation = self.sees("text JOIN ").await;
        let (_, rest) = invitation.split_once("JOIN ").unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }
}
