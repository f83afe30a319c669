//! Servers on PostgreSQL: several that share the work, and one whose database goes away.

use serde_json::json;
use tokio_postgres::{Client, NoTls};

use crate::support::{ANN, BOB, TestApp, eventually, outage, text};

/// A connection to the database of the tests; `None` where there is none.
pub(crate) async fn database() -> Option<(String, Client)> {
    let Ok(url) = std::env::var("SI_CHANNEL_TEST_POSTGRES") else {
        use std::io::Write;
        let said =
            "\nSKIPPED: servers on PostgreSQL are not tested, because SI_CHANNEL_TEST_POSTGRES is not set\n";
        let _past_the_capture = std::io::stderr().write_all(said.as_bytes());
        return None;
    };
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    Some((url, client))
}

/// Lets all leases of a schema end.
pub(crate) async fn end_leases(client: &Client, schema: &str) {
    let later = format!(
        "CREATE OR REPLACE FUNCTION {schema}.lease_clock() RETURNS bigint LANGUAGE sql VOLATILE AS $$
             SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint + 60000 $$"
    );
    client.batch_execute(&later).await.unwrap();
}

/// A database of a test's own; its URL.
async fn own_database(url: &str, client: &Client, name: &str) -> String {
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let mut own = url::Url::parse(url).unwrap();
    own.set_path(name);
    own.into()
}

/// Has a database go away.
async fn leave(client: &Client, name: &str) {
    client.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await.unwrap();
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    client.batch_execute(&end).await.unwrap();
}

#[tokio::test]
async fn two_servers_share_the_work_and_one_takes_over_from_the_other() {
    let Some((_, client)) = database().await else { return };
    let mut app = TestApp::on_postgres(&[]).await;
    let phones: Vec<String> = (0..20).map(|n| format!("+155577701{n:02}")).collect();
    for phone in &phones {
        app.phone(phone).says("Hello").await;
    }
    app.begin_another().await;
    for phone in &phones {
        app.post("/v1/messages", json!({ "to": phone, "text": "Both of us know you" })).await.expect(202);
    }
    // In the middle of it.
    app.cut_off_for_another().await;
    end_leases(&client, &app.config().database_schema).await;
    for phone in &phones {
        app.phone(phone).sees("Both of us know you").await;
        app.phone(phone).text("Still there?").await;
        app.phone(phone).sees("You said: Still there?").await;
    }
    app.settled().await;
    for phone in &phones {
        assert_eq!(app.phone(phone).count("Both of us know you").await, 1, "{phone}");
        assert_eq!(app.phone(phone).count("You said: Still there?").await, 1, "{phone}");
    }
}

#[tokio::test]
async fn while_the_database_is_away_nothing_is_acknowledged_and_then_all_goes_on() {
    let Some((url, client)) = database().await else { return };
    let name = format!("away_{}", std::process::id());
    let own = own_database(&url, &client, &name).await;
    let app = TestApp::on_postgres(&[("database_url", &own)]).await;
    let form = outage::untold(&app).await;
    leave(&client, &name).await;
    for _ in 0..5 {
        outage::nothing_is_acknowledged(&app, &form).await;
    }
    client.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await.unwrap();
    outage::all_goes_on(&app, &form).await;
}

#[tokio::test]
async fn while_the_database_is_away_webhooks_wait_in_the_spool_and_none_is_lost() {
    let Some((url, client)) = database().await else { return };
    let name = format!("spooled_{}", std::process::id());
    let own = own_database(&url, &client, &name).await;
    let spool = tempfile::tempdir().unwrap();
    let folder = spool.path().join("spool").display().to_string();
    let mut app = TestApp::on_postgres(&[("database_url", &own), ("spool.dir", &folder)]).await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    assert_eq!(app.get("/readyz").await.expect(200).json["status"], "ready");

    leave(&client, &name).await;
    let texts: Vec<String> = (0..20).map(|number| format!("Are you there? ({number})")).collect();
    for text in &texts[..10] {
        app.phone(ANN).text(text).await;
    }
    eventually("all of them wait", async || {
        let ready = app.get("/readyz").await.expect(200).json;
        (ready["status"] == "spooling" && ready["spool"]["webhooks"].as_u64() >= Some(10)).then_some(())
    })
    .await;
    app.post("/v1/messages", json!({ "to": ANN, "text": "Hi" })).await.problem(503, "unavailable");

    // What waits outlives the server; it cannot start while the database is away.
    app.cut_off();
    client.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await.unwrap();
    app.begin().await;
    for text in &texts[10..] {
        app.phone(ANN).text(text).await;
    }
    for text in &texts {
        app.phone(ANN).sees(&format!("You said: {text}")).await;
    }
    app.settled().await;
    let ready = app.get("/readyz").await.expect(200).json;
    assert_eq!((&ready["status"], &ready["spool"]["webhooks"]), (&json!("ready"), &json!(0)));
    let session = app.session(ANN).await;
    let said: Vec<String> = app
        .transcript(&session["session_id"])
        .await
        .into_iter()
        .filter(|entry| entry["author"] == ANN)
        .map(|entry| text(&entry["text"]).to_owned())
        .collect();
    assert_eq!(said[1..], texts, "each once, in order");
    for text in &texts {
        assert_eq!(app.phone(ANN).count(&format!("You said: {text}")).await, 1);
    }
}

#[tokio::test]
async fn f42_a_stop_that_is_acknowledged_and_waits_to_be_decided_is_heeded_all_the_same() {
    let Some((_, client)) = database().await else { return };
    let app = TestApp::on_postgres(&[]).await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let session = app.session(ANN).await;
    let schema = app.config().database_schema;
    let lane = text(&session["conversation_sid"]);
    // A server that went away has the lane in its hands.
    let hold = format!(
        "INSERT INTO {schema}.leases (queue, lane, item, fence, owner, until_ms)
         VALUES (0, '{lane}', 0, -1, 'gone', 9000000000000000)"
    );
    client.batch_execute(&hold).await.unwrap();
    app.phone(ANN).text("STOP").await;
    eventually("the STOP is acknowledged", async || (app.depths().await["inputs"] != 0).then_some(())).await;
    let message = app.send(ANN, "Psst", "transactional").await;
    app.phone(BOB).says("Hello").await;
    assert_eq!(app.state_of(&message).await, "queued");
    client.batch_execute(&format!("DELETE FROM {schema}.leases WHERE fence = -1")).await.unwrap();
    app.outbound(&message, "cancelled").await;
    app.settled().await;
    assert_eq!(app.phone(ANN).count("Psst").await, 0);
}
