//! Many texts from one place are all kept, and not all answered.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use crate::support::{ANN, TestApp};

/// Numbers of one prefix, [`ANN`]'s.
fn numbers(lines: std::ops::Range<usize>) -> Vec<String> {
    lines.map(|line| format!("+1555777{line:04}")).collect()
}

impl TestApp {
    /// How many of these have got anything.
    async fn answered(&self, phones: &[String]) -> usize {
        let mut answered = 0;
        for phone in phones {
            answered += usize::from(!self.phone(phone).received().await.is_empty());
        }
        answered
    }
}

#[tokio::test]
async fn f53_the_budget_of_a_prefix_stops_answers_to_its_new_numbers_and_others_are_served() {
    let settings = [
        ("policy.flood.new_numbers", "20"),
        ("policy.flood.within", "24h"),
        ("numbers.sms_keywords", "none"),
        ("use_conversations_api", "false"),
    ];
    let mut app = TestApp::with(&settings).await;
    let number = json!({ "number": app.sms(), "keyword_handling": "none" });
    app.control(Method::POST, "/sandbox/numbers", number).await.expect(200);
    app.agreed(ANN).await;
    let flood = numbers(1_000..1_150);
    for phone in &flood {
        app.phone(phone).text("Hi there").await;
    }
    app.settled().await;
    assert_eq!(app.answered(&flood).await, 20);
    assert_eq!(app.events_of("message.received").await.len(), flood.len(), "all of it is on record");
    let unanswered = app.events_of("message.unanswered").await;
    assert_eq!(unanswered.len(), flood.len() - 20);
    assert_eq!(unanswered[0]["data"]["limit"], "prefix");
    assert_eq!(unanswered[0]["data"]["prefix"], "+1555777");

    // Others are served, and those of the prefix whom we know.
    for phone in [ANN, "+15557780001"] {
        app.phone(phone).says("Is anybody there?").await;
    }
    // The right to silence and to help is everybody's.
    let late = numbers(2_000..2_003);
    app.phone(&late[0]).text("STOP").await;
    app.phone(&late[0]).sees("opted out").await;
    app.phone(&late[1]).text("HELP").await;
    app.phone(&late[1]).sees("STOP").await;

    // It is remembered, and forgotten in its time.
    app.restart().await;
    app.phone(&late[2]).text("Hello").await;
    app.settled().await;
    assert_eq!(app.answered(&late[2..]).await, 0);
    app.advance(SignedDuration::from_hours(24));
    app.phone(&late[2]).says("Hello again").await;
}
