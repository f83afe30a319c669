//! Stopped and starved: a process of its own that is told to stop while it works, or that may open few files.

use std::net::TcpStream;
use std::process::Command;

use serde_json::json;

use crate::cli::{Serving, program};
use crate::support::{ANN, API_TOKEN, Answer, BOB, EVE, TestApp, eventually, text};

impl TestApp {
    /// The program on the store of this server, which does not run, known to its Twilio.
    async fn spawned(&self) -> Serving {
        let serving = Serving::start(program(&["serve"]).envs(self.environment()));
        self.map_host_to(text(&serving.ready["server"])).await;
        self.wire().await;
        serving
    }

    /// Who wrote what that was acknowledged to Twilio.
    async fn acknowledged_texts(&self) -> Vec<(String, String)> {
        let log = self.log("webhook").await;
        let taken = log.iter().filter(|entry| {
            entry["event"] == "onMessageAdded" && entry["params"]["Source"] != "API" && entry["status"] == 200
        });
        let told = |entry: &serde_json::Value| {
            (text(&entry["params"]["Author"]).to_owned(), text(&entry["params"]["Body"]).to_owned())
        };
        taken.map(told).collect()
    }
}

/// The program is told to stop so many times in the middle of its work: what was acknowledged is answered once.
async fn stopped_at_work(signals: usize) {
    let mut app = TestApp::unwired(&[("policy.retry.look_for", "200ms"), ("log.level", "error")]).await;
    let serving = app.spawned().await;
    let people = [ANN, BOB, EVE];
    for address in people {
        app.phone(address).says("Hello").await;
    }
    for number in 0..12 {
        for address in people {
            app.phone(address).text(&format!("Text {number}")).await;
        }
        if number == 6 {
            for _ in 0..signals {
                serving.signal();
            }
        }
    }
    // The sandbox answers on this thread while it ends.
    tokio::task::spawn_blocking(|| serving.ended()).await.unwrap();
    app.begin().await;
    app.settled().await;
    let taken = app.acknowledged_texts().await;
    assert!(taken.len() >= people.len(), "{taken:?}");
    for (author, body) in &taken {
        let answer = format!("You said: {body}");
        let phone = app.phone(author);
        phone.sees(&answer).await;
    }
    app.settled().await;
    for (author, body) in &taken {
        assert_eq!(app.phone(author).count(&format!("You said: {body}")).await, 1, "{author}: {body}");
    }
}

#[tokio::test]
async fn f75_told_to_stop_at_work_nothing_that_was_acknowledged_is_lost_or_said_twice() {
    stopped_at_work(1).await;
}

#[tokio::test]
async fn f75_told_to_stop_twice_at_work_nothing_that_was_acknowledged_is_lost_or_said_twice() {
    stopped_at_work(2).await;
}

#[tokio::test]
async fn f76_with_few_files_to_open_connections_beyond_them_are_turned_away_and_it_recovers_by_itself() {
    let settings = [("log.level", "error"), ("limits.head_timeout", "10m"), ("limits.idle_timeout", "10m")];
    let app = TestApp::unwired(&settings).await;
    let server = env!("CARGO_BIN_EXE_si-channel-server");
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n 96 && exec \"$0\" serve", server]).env_clear().envs(app.environment());
    let serving = Serving::start(&mut shell);
    let url = text(&serving.ready["server"]).trim_end_matches('/').to_owned();
    app.map_host_to(&url).await;
    app.wire().await;
    app.phone(ANN).says("Hello").await;

    let address = url.trim_start_matches("http://").to_owned();
    let crowd: Vec<TcpStream> = (0..200).map(|_| TcpStream::connect(&address).unwrap()).collect();
    let health = format!("{url}/healthz");
    // Each asks on a connection of its own.
    let asked = async || {
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).pool_max_idle_per_host(0);
        client.build().unwrap().get(&health).send().await.ok().map(|answer| answer.status().as_u16())
    };
    eventually("a connection is turned away", async || asked().await.filter(|status| *status == 503)).await;
    drop(crowd);
    eventually("there is room again", async || asked().await.filter(|status| *status == 200)).await;

    // It is the same process, and all of it works.
    app.phone(ANN).says("Still there?").await;
    let consent = format!("{url}/v1/consent/%2B15557770009");
    let request = app.http.put(consent).bearer_auth(API_TOKEN).json(&json!({ "state": "granted" }));
    Answer::of(request).await.expect(200);
    let code = tokio::task::spawn_blocking(|| {
        serving.signal();
        serving.ended()
    });
    assert_eq!(code.await.unwrap(), Some(0));
}
