//! What a day may cost.

use jiff::{SignedDuration, Timestamp};

use crate::support::{ANN, TestApp, eventually, text};

#[tokio::test]
async fn past_the_days_ceiling_information_waits_for_midnight_and_it_is_told_once() {
    let settings = [
        ("policy.spend.account", "5"),
        ("policy.quiet_hours.profile", "off"),
        ("policy.inactivity.warn_after", "9000h"),
    ];
    let mut app = TestApp::with(&settings).await;
    app.agreed(ANN).await;
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(app.send(ANN, &format!("Number {number}"), "informational").await);
    }
    let ceiling = app.event("spend.ceiling_reached").await["data"].clone();
    assert_eq!((text(&ceiling["ceiling"]), text(&ceiling["class"])), ("account", "informational"));
    app.settled().await;
    app.restart().await;
    let seventh = app.send(ANN, "Number 6", "informational").await;
    ids.push(seventh);
    app.settled().await;
    // Nine tenths of five.
    assert_eq!(app.phone(ANN).received().await.len(), 4);
    for id in &ids[4..] {
        let waiting = app.get(&format!("/v1/outbound/{}", text(id))).await.expect(200).json;
        assert_eq!(
            (&waiting["state"], &waiting["held"]["reason"]),
            (&"queued".into(), &"spend_ceiling".into())
        );
    }
    app.send(ANN, "Your code is 1234", "transactional").await;
    app.phone(ANN).sees("1234").await;
    assert_eq!(app.events_of("spend.ceiling_reached").await.len(), 1);

    let midnight: Timestamp = text(&ceiling["until"]).parse().unwrap();
    app.advance(midnight.duration_since(Timestamp::now()) + SignedDuration::from_secs(1));
    let received = eventually("the next day has begun", async || {
        Some(app.phone(ANN).received().await)
            .filter(|received| received.iter().any(|text| text == "Number 6"))
    })
    .await;
    let order: Vec<&String> = received.iter().filter(|text| text.starts_with("Number")).collect();
    assert_eq!(order, ["Number 0", "Number 1", "Number 2", "Number 3", "Number 4", "Number 5", "Number 6"]);
}
