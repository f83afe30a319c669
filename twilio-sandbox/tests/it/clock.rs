use serde_json::{Value, json};

use crate::support::{ANN, Lab, Receiver};

const LIST: &str = "/conversations/v1/Conversations";

async fn with_timers(lab: &Lab) -> String {
    let form = [("State", "active"), ("Timers.Inactive", "PT5M"), ("Timers.Closed", "PT20M")];
    lab.post(LIST, &form).await.expect(201)["sid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn timers_make_a_conversation_inactive_and_then_close_it() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    lab.configure("", &receiver.url).await;
    let sid = with_timers(&lab).await;
    let path = format!("{LIST}/{sid}");
    lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    lab.advance("PT4M").await;
    assert_eq!(lab.get(&path).await.expect(200)["state"], "active");
    lab.advance("PT1M1S").await;
    let inactive = lab.get(&path).await.expect(200);
    assert_eq!(
        (&inactive["state"], &inactive["timers"]["date_inactive"]),
        (&json!("inactive"), &Value::Null)
    );
    let hook = receiver.event("onConversationStateUpdated").await;
    for (name, value) in [("StateFrom", "active"), ("StateTo", "inactive"), ("Reason", "TIMER")] {
        assert_eq!(hook.get(name), value);
    }
    lab.advance("PT15M").await;
    assert_eq!(lab.get(&path).await.expect(200)["state"], "closed");
    assert_eq!(receiver.event("onConversationStateUpdated").await.get("StateTo"), "closed");
    let other = lab.conversation().await;
    lab.join(&other, ANN, &lab.sms()).await.expect(201);
}

#[tokio::test]
async fn one_leap_runs_every_timer_at_its_own_time() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    lab.configure("", &receiver.url).await;
    with_timers(&lab).await;
    lab.advance("P1D").await;
    let (first, second) = (receiver.next().await, receiver.next().await);
    assert_eq!((first.get("StateTo"), second.get("StateTo")), ("inactive", "closed"));
    let at = |hook: &crate::support::Hook| hook.get("StateUpdated").parse::<jiff::Timestamp>().unwrap();
    assert_eq!(at(&second).duration_since(at(&first)), jiff::SignedDuration::from_mins(15));
}

#[tokio::test]
async fn a_text_wakes_an_inactive_conversation_and_resets_its_timer() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let sid = with_timers(&lab).await;
    lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    lab.advance("PT6M").await;
    lab.configure("", &receiver.url).await;
    lab.text(ANN, &lab.sms(), "wait").await;
    let hook = receiver.next().await;
    assert_eq!((hook.get("EventType"), hook.get("Reason")), ("onConversationStateUpdated", "EVENT"));
    receiver.event("onMessageAdded").await;
    lab.advance("PT4M").await;
    assert_eq!(lab.get(&format!("{LIST}/{sid}")).await.expect(200)["state"], "active");
}

#[tokio::test]
async fn whatsapp_is_open_for_a_day_after_the_persons_last_text() {
    let lab = Lab::new().await;
    let (phone, path) = ("whatsapp:+15557770001", "/api/2010-04-01/Accounts/{AC}/Messages.json");
    let form = [("From", &*lab.whatsapp()), ("To", phone), ("Body", "hi")];
    let status = async |form: &[(&str, &str)]| {
        let sid = lab.post(path, form).await.expect(201)["sid"].as_str().unwrap().to_owned();
        let one = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{sid}.json");
        lab.until(async || {
            let text = lab.get(&one).await.expect(200);
            let done = matches!(text["status"].as_str(), Some("failed" | "read"));
            done.then(|| (text["status"].clone(), text["error_code"].clone()))
        })
        .await
    };
    assert_eq!(status(&form).await, (json!("failed"), json!(63016)));
    lab.text(phone, &lab.whatsapp(), "hello").await;
    assert_eq!(status(&form).await, (json!("read"), Value::Null));
    lab.advance("PT23H59M").await;
    assert_eq!(status(&form).await, (json!("read"), Value::Null));
    lab.advance("PT2M").await;
    assert_eq!(status(&form).await, (json!("failed"), json!(63016)));
    assert_eq!(lab.received(phone).await, ["hi", "hi"]);
}

#[tokio::test]
async fn the_clock_only_goes_forward() {
    let lab = Lab::new().await;
    let clock = lab.sandbox.clock();
    let moved = lab.control(http::Method::POST, "clock", json!({"advance": "P1DT1H"})).await.expect(200);
    assert_eq!(moved["offset_ms"], 90_000_000);
    assert_eq!(clock.offset_ms(), 90_000_000);
    for wrong in [json!({"advance": "-PT1H"}), json!({"advance": "soon"}), json!({"back": 1}), Value::Null] {
        let refused = lab.control(http::Method::POST, "clock", wrong).await;
        assert_eq!((refused.status, &refused.json["title"]), (400, &json!("Bad Request")));
    }
    lab.sandbox.advance(jiff::SignedDuration::from_mins(1));
    assert_eq!(clock.offset_ms(), 90_060_000);
}
