use http::Method;
use serde_json::{Value, json};
use twilio_sandbox::{Behaviour, SandboxConfig, TimerReset};

use crate::support::{ANN, Lab, Receiver, Reply};

#[tokio::test]
async fn switches_are_shown_and_changed_while_it_runs() {
    let lab = Lab::new().await;
    let all = lab.control(Method::GET, "behaviour", Value::Null).await.expect(200);
    assert_eq!(all["timer_reset"], "message");
    let changed =
        lab.control(Method::POST, "behaviour", json!({"timer_reset": "any_change"})).await.expect(200);
    assert_eq!(changed["timer_reset"], "any_change");
    assert_eq!(changed["closed_timer"], all["closed_timer"]);
    for wrong in [json!({"timer": "x"}), json!({"timer_reset": "never"}), json!([])] {
        assert_eq!(lab.control(Method::POST, "behaviour", wrong).await.status, 400);
    }
    assert_eq!(lab.control(Method::GET, "behaviour", Value::Null).await.expect(200), changed);
}

#[tokio::test]
async fn a_binding_conflict_names_the_holder_or_nobody() {
    let lab = Lab::new().await;
    let (first, second) = (lab.conversation().await, lab.conversation().await);
    lab.join(&first, ANN, &lab.sms()).await.expect(201);
    assert!(lab.join(&second, ANN, &lab.sms()).await.fails(409, 50416).ends_with(&first));
    lab.control(Method::POST, "behaviour", json!({"binding_conflict": "names_none"})).await.expect(200);
    assert!(!lab.join(&second, ANN, &lab.sms()).await.fails(409, 50416).contains(&first));
}

#[tokio::test]
async fn timers_restart_by_messages_alone_or_by_any_change() {
    for (timer_reset, expected) in [(TimerReset::Message, "inactive"), (TimerReset::AnyChange, "active")] {
        let behaviour = Behaviour { timer_reset, ..Behaviour::default() };
        let lab = Lab::with(SandboxConfig { behaviour, ..SandboxConfig::default() }).await;
        let list = "/conversations/v1/Conversations";
        let made = lab.post(list, &[("State", "active"), ("Timers.Inactive", "PT5M")]).await.expect(201);
        let one = format!("{list}/{}", made["sid"].as_str().unwrap());
        lab.advance("PT3M").await;
        lab.post(&one, &[("FriendlyName", "x")]).await.expect(200);
        lab.advance("PT3M").await;
        assert_eq!(lab.get(&one).await.expect(200)["state"], expected, "{timer_reset:?}");
    }
}

#[tokio::test]
async fn the_source_of_webhooks_is_a_switch() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    lab.configure("", &receiver.url).await;
    lab.auto_create("sms", &lab.sms()).await;
    for (switch, expected) in [("channel", "SMS"), ("api", "API"), ("sdk", "SDK")] {
        lab.control(Method::POST, "behaviour", json!({"webhook_source": switch})).await.expect(200);
        lab.text(ANN, &lab.sms(), "hello").await;
        assert_eq!(receiver.event("onMessageAdded").await.get("Source"), expected);
    }
}

#[tokio::test]
async fn a_failed_post_action_webhook_is_sent_again_only_if_told_to() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    receiver.reply("/post", Reply::of(500, "text/plain", ""));
    lab.configure("", &format!("{}/post", receiver.url)).await;
    let sid = lab.conversation().await;
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    lab.post_aloud(&path, &[("Body", "once")]).await.expect(201);
    assert_eq!(receiver.next().await.get("RetryCount"), "0");
    lab.control(Method::POST, "behaviour", json!({"post_action_retries": 2})).await.expect(200);
    lab.post_aloud(&path, &[("Body", "thrice")]).await.expect(201);
    let tries = [receiver.next().await, receiver.next().await, receiver.next().await];
    for (count, hook) in tries.iter().enumerate() {
        assert_eq!((hook.get("Body"), hook.get("RetryCount")), ("thrice", &*count.to_string()));
        let token = "i-twilio-idempotency-token";
        assert_eq!(hook.headers.get(token), tries[0].headers.get(token), "a retry has the same token");
    }
}
