//! Events published to NATS JetStream.

mod broker;

use async_nats::jetstream::stream::{Config, RetentionPolicy};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use si_channel_server::app;
use si_channel_server::clock::Clock;

use self::broker::{Broker, Way, url_of};
use crate::postgres::{database, end_leases};
use crate::support::{ANN, BOB, TestApp, eventually, text};

/// How publishing stands.
async fn feed(app: &TestApp) -> Value {
    app.get("/readyz").await.expect(200).json["feed"].clone()
}

async fn stands(app: &TestApp, state: &str) -> Value {
    eventually(state, async || Some(feed(app).await).filter(|feed| feed["state"] == state)).await
}

#[tokio::test]
async fn every_event_is_published_once_in_order_under_its_type_and_session() {
    let Some(broker) = Broker::find().await else { return };
    let app = broker.app(&[]).await;
    for phone in [ANN, BOB] {
        app.phone(phone).says("Hello").await;
    }
    app.settled().await;
    let messages = broker.has_every_event(&app).await;
    let session = app.session(ANN).await;
    let id = text(&session["session_id"]);
    let received = format!("{}.message.received.v1.{id}", broker.prefix);
    assert!(messages.iter().any(|message| message.subject == received));
    let granted = format!("{}.consent.granted.v1.consent", broker.prefix);
    assert!(messages.iter().any(|message| message.subject == granted), "and no address");
    for message in &messages {
        assert_eq!(message.id, text(&message.body["id"]));
    }
    let feed = app.get("/v1/feed").await.expect(200).json;
    assert_eq!((&feed["state"], &feed["lag"]), (&json!("publishing"), &json!(0)));
    assert_eq!(feed["stream"], broker.name.as_str());
}

#[tokio::test]
async fn a_restart_goes_on_where_it_was() {
    let Some(broker) = Broker::find().await else { return };
    let mut app = broker.app(&[]).await;
    app.phone(ANN).says("Hello").await;
    broker.has_every_event(&app).await;
    app.restart().await;
    broker.follows(&app, "Again").await;
}

#[tokio::test]
async fn f71_while_nats_is_away_everything_else_goes_on_and_nothing_is_lost() {
    let Some(broker) = Broker::find().await else { return };
    let way = Way::to(&broker.url).await;
    way.close();
    // Not even the start waits for it.
    let app = TestApp::with(&broker.settings(&way.url())).await;
    app.phone(ANN).says("Hello").await;
    assert!(stands(&app, "away").await["lag"].as_u64() > Some(0));
    way.open();
    broker.has_every_event(&app).await;
    assert_eq!(feed(&app).await["state"], "publishing");

    way.close();
    app.phone(ANN).text("Still there?").await;
    app.phone(ANN).sees("You said: Still there?").await;
    stands(&app, "away").await;
    way.open();
    app.settled().await;
    broker.has_every_event(&app).await;
}

#[tokio::test]
async fn f71_what_was_published_before_the_answer_was_lost_is_there_once_long_after_its_id_is_forgotten() {
    let Some(broker) = Broker::find().await else { return };
    let way = Way::to(&broker.url).await;
    let url = way.url();
    let settings = [&broker.settings(&url)[..], &[("nats.duplicate_window", "1s")]].concat();
    let app = TestApp::with(&settings).await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let before = broker.has_every_event(&app).await.len();

    way.fall_silent_at(&broker.prefix);
    app.phone(ANN).text("Are you there?").await;
    app.phone(ANN).sees("You said: Are you there?").await;
    // It arrives, and the channel does not know.
    eventually("it arrives", async || {
        (broker.stream().await.cached_info().state.messages > before as u64).then_some(())
    })
    .await;
    // The server gives up waiting for the answer only after the window.
    stands(&app, "away").await;
    way.open();
    app.settled().await;
    broker.has_every_event(&app).await;
}

#[tokio::test]
async fn f71_a_wiped_stream_is_filled_again_from_the_store() {
    let Some(broker) = Broker::find().await else { return };
    let mut app = broker.app_after_hello().await;

    broker.context.delete_stream(&broker.name).await.unwrap();
    broker.has_every_event(&app).await;
    broker.stream().await.purge().await.unwrap();
    broker.has_every_event(&app).await;

    app.stop().await;
    broker.context.delete_stream(&broker.name).await.unwrap();
    app.begin().await;
    broker.follows(&app, "Again").await;
}

/// Waits until all events stand in a later run than the one that began with this message of the stream; where it begins.
async fn filled_again(broker: &Broker, app: &TestApp, before: u64) -> u64 {
    eventually("all of them are there again, in their order", async || {
        let (events, messages) = (app.events().await, broker.messages().await);
        let run = |message: &broker::Message| -> u64 {
            message.id.rsplit_once('/').map_or(1, |(_, since)| since.parse().unwrap())
        };
        let newest = messages.iter().map(run).max().filter(|since| *since > before)?;
        let again =
            messages.iter().filter(|message| run(message) == newest).map(|message| &message.body["id"]);
        again.eq(events.iter().map(|event| &event["id"])).then_some(newest)
    })
    .await
}

#[tokio::test]
async fn f71_what_is_emptied_while_more_is_published_is_missed_all_the_same() {
    let Some(broker) = Broker::find().await else { return };
    let app = broker.app(&[]).await;
    for number in 0..10 {
        app.phone(ANN).text(&format!("Number {number}")).await;
        if number == 5 {
            broker.stream().await.purge().await.unwrap();
        }
    }
    app.settled().await;
    let events = app.events().await;
    let all_there = async || {
        let messages = broker.messages().await;
        events.iter().all(|event| messages.iter().any(|message| message.body["id"] == event["id"]))
    };
    eventually("all of them are there again", async || all_there().await.then_some(())).await;
}

#[tokio::test]
async fn f71_a_part_that_is_lost_is_missed_wherever_it_stood() {
    let Some(broker) = Broker::find().await else { return };
    let mut app = broker.app_after_hello().await;
    let there = broker.has_every_event(&app).await;
    let stream = broker.stream().await;
    let one_subject = async || stream.purge().filter(&there[0].subject).await.unwrap();

    assert!(stream.delete_message(2).await.unwrap());
    let mut since = filled_again(&broker, &app, 1).await;
    let newest = stream.get_info().await.unwrap().state.last_sequence;
    assert!(stream.delete_message(newest).await.unwrap());
    since = filled_again(&broker, &app, since).await;
    stream.purge().keep(1).await.unwrap();
    since = filled_again(&broker, &app, since).await;
    // The oldest that counts, and all before it.
    stream.purge().sequence(since + 1).await.unwrap();
    since = filled_again(&broker, &app, since).await;
    one_subject().await;
    since = filled_again(&broker, &app, since).await;
    app.stop().await;
    one_subject().await;
    app.begin().await;
    since = filled_again(&broker, &app, since).await;
    // What stands before the run has no part in it.
    stream.purge().sequence(since).await.unwrap();
    app.phone(ANN).says("Again").await;
    app.settled().await;
    broker.has_every_event(&app).await;
}

#[tokio::test]
async fn what_a_limit_of_the_stream_takes_is_not_filled_again() {
    let Some(broker) = Broker::find().await else { return };
    let mut app = broker.app_after_hello().await;
    let mut small = broker.stream().await.cached_info().config.clone();
    small.max_messages = 3;
    broker.context.update_stream(&small).await.unwrap();
    for said in ["Again", "And again"] {
        app.phone(ANN).text(said).await;
        app.phone(ANN).sees(&format!("You said: {said}")).await;
        app.settled().await;
        let newest_three = async || {
            let (events, messages) = (app.events().await, broker.messages().await);
            let ids = messages.iter().map(|message| message.id.as_str());
            ids.eq(events[events.len() - 3..].iter().map(|event| text(&event["id"]))).then_some(())
        };
        eventually("the newest are there", newest_three).await;
        // It looks at once when it starts.
        app.restart().await;
    }
    eventually("all are published", async || {
        (broker.stream().await.cached_info().state.last_sequence >= app.events().await.len() as u64)
            .then_some(())
    })
    .await;
    let published = broker.stream().await.cached_info().state.last_sequence;
    assert_eq!(published, app.events().await.len() as u64, "each once");
}

#[tokio::test]
async fn a_stream_is_filled_with_what_its_limit_would_have_left_in_it() {
    let Some(broker) = Broker::find().await else { return };
    let app = broker.app_after_hello().await;
    let old = app.events().await.len();
    app.advance(SignedDuration::from_hours(31 * 24));
    app.phone(BOB).says("Hello").await;
    app.settled().await;
    // As if NATS had let them go.
    broker.stream().await.purge().sequence(old as u64 + 1).await.unwrap();
    app.phone(BOB).text("Again").await;
    app.phone(BOB).sees("You said: Again").await;
    app.settled().await;
    let young_alone = async |of: fn(broker::Message) -> String| {
        eventually("the young alone are there", async || {
            let (events, messages) = (app.events().await, broker.messages().await);
            let young = events[old..].iter().map(|event| text(&event["id"]).to_owned());
            young.eq(messages.into_iter().map(of)).then_some(())
        })
        .await;
    };
    young_alone(|message| message.id).await;
    broker.stream().await.purge().await.unwrap();
    young_alone(|message| text(&message.body["id"]).to_owned()).await;
}

#[tokio::test]
async fn f71_a_storm_of_repetitions_has_one_effect() {
    let Some(broker) = Broker::find().await else { return };
    let app = broker.app_after_hello().await;
    for _ in 0..10 {
        app.api(Method::PUT, "/v1/feed", Some(&json!({ "position": 0 }))).await.expect(200);
    }
    broker.follows(&app, "Again").await;
    for wrong in [json!({ "position": -1 }), json!({ "position": 1_000_000 })] {
        app.api(Method::PUT, "/v1/feed", Some(&wrong)).await.problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn of_two_servers_one_publishes_and_the_other_takes_over_without_a_gap() {
    let Some(broker) = Broker::find().await else { return };
    let Some((_, database)) = database().await else { return };
    let mut app = TestApp::on_postgres(&broker.settings(&broker.url)).await;
    stands(&app, "publishing").await;
    app.begin_another().await;
    stands(&app, "standby").await;
    let phones: Vec<String> = (0..10).map(|n| format!("+155577702{n:02}")).collect();
    for phone in &phones {
        app.phone(phone).text("Hello").await;
    }
    // In the middle of it.
    app.turn_to_another().await;
    app.cut_off_for_another().await;
    end_leases(&database, &app.config().database_schema).await;
    stands(&app, "publishing").await;
    for phone in &phones {
        app.phone(phone).sees("You said: Hello").await;
    }
    app.settled().await;
    broker.has_every_event(&app).await;
}

#[tokio::test]
async fn a_stream_that_is_not_as_it_must_be_is_refused_with_what_to_change() {
    let Some(broker) = Broker::find().await else { return };
    let subjects = vec![format!("{}.>", broker.prefix)];
    let wrong = Config {
        name: broker.name.clone(),
        subjects: subjects.clone(),
        retention: RetentionPolicy::WorkQueue,
        ..Config::default()
    };
    broker.context.create_stream(wrong).await.unwrap();
    let app = TestApp::unwired(&broker.settings(&broker.url)).await;
    let refused = app::start(&app.config(), Clock::new()).await.unwrap_err().to_string();
    assert!(
        refused.contains("what consumers have taken leaves it") && refused.contains("delete it"),
        "{refused}"
    );

    broker.context.delete_stream(&broker.name).await.unwrap();
    let other = Config { name: format!("{}_other", broker.name), subjects, ..Config::default() };
    broker.context.create_stream(other).await.unwrap();
    let refused = app::start(&app.config(), Clock::new()).await.unwrap_err().to_string();
    assert!(refused.contains("choose another nats.subject_prefix"), "{refused}");
}

#[tokio::test]
async fn a_user_with_the_documented_rights_alone_publishes_and_a_wrong_password_is_named() {
    let (Some(broker), Some(login)) = (Broker::find().await, url_of("SI_CHANNEL_TEST_NATS_LOGIN")) else {
        return;
    };
    let app = TestApp::with(&broker.settings(&login)).await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    broker.has_every_event(&app).await;
    broker.stream().await.purge().await.unwrap();
    broker.has_every_event(&app).await;

    let mut wrong = url::Url::parse(&login).unwrap();
    wrong.set_password(Some("hunter2")).unwrap();
    let app = TestApp::unwired(&broker.settings(wrong.as_str())).await;
    let refused = app::start(&app.config(), Clock::new()).await.unwrap_err().to_string();
    assert!(refused.contains("does not let us in") && !refused.contains("hunter2"), "{refused}");
}

#[tokio::test]
async fn without_nats_there_is_nothing_to_ask() {
    let app = TestApp::start().await;
    app.get("/v1/feed").await.problem(404, "not-found");
    assert_eq!(feed(&app).await, Value::Null);
}
