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

#[tokio::test]
async fn a_messaging_webhooks_address_says_how_often_it_is_tried() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    receiver.reply("/sms", Reply::of(503, "text/plain", ""));
    receiver.reply("/slow", Reply { never: true, ..Reply::of(200, "", "") });
    let send_to = async |url: String| {
        let number = json!({"number": lab.sms(), "sms_url": url});
        lab.control(Method::POST, "numbers", number).await.expect(200);
        lab.text(ANN, &lab.sms(), "hello").await;
    };
    send_to(format!("{}/sms#rc=2&rp=4xx,5xx", receiver.url)).await;
    let tries = [receiver.next().await, receiver.next().await, receiver.next().await];
    for hook in &tries {
        hook.is_signed(&lab.sandbox.auth_token(), &format!("{}/sms", receiver.url));
        let token = "i-twilio-idempotency-token";
        assert_eq!(hook.headers.get(token), tries[0].headers.get(token));
    }
    send_to(format!("{}/slow#rc=1&rp=rt&rt=100", receiver.url)).await;
    let tries = [receiver.next().await.path, receiver.next().await.path];
    assert_eq!(tries, ["/slow", "/slow"]);
    send_to(format!("{}/sms", receiver.url)).await;
    assert_eq!(receiver.next().await.path, "/sms");
    let sent = lab
        .until(async || {
            let log = lab.control(Method::GET, "log?kind=webhook", Value::Null).await.expect(200);
            let entries = log["entries"].as_array().unwrap();
            (entries.len() >= 6).then_some(entries.len())
        })
        .await;
    assert_eq!(sent, 6, "an answer of 503 alone is not tried again");
}

#[tokio::test]
async fn conversations_webhooks_heed_overrides_only_if_told_to() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    receiver.reply("/post", Reply::of(500, "text/plain", ""));
    lab.configure("", &format!("{}/post#rc=1&rp=5xx", receiver.url)).await;
    let sid = lab.conversation().await;
    let path = format!("/conversations/v1/Conversations/{sid}/Messages");
    lab.post_aloud(&path, &[("Body", "once")]).await.expect(201);
    assert_eq!(receiver.next().await.get("Body"), "once");
    lab.control(Method::POST, "behaviour", json!({"connection_overrides": "everywhere"})).await.expect(200);
    lab.post_aloud(&path, &[("Body", "twice")]).await.expect(201);
    for count in ["0", "1"] {
        let hook = receiver.next().await;
        assert_eq!((hook.get("Body"), hook.get("RetryCount")), ("twice", count));
    }
}

#[tokio::test]
async fn a_chat_can_have_longer_bodies_and_a_replay_can_begin_with_its_index() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    let sid = lab.conversation().await;
    let one = format!("/conversations/v1/Conversations/{sid}");
    let long = "x".repeat(1601);
    lab.post(&format!("{one}/Messages"), &[("Body", &long)]).await.fails(400, 50504);
    let switches = json!({"body_limit": "channel", "replay_after": "inclusive"});
    lab.control(Method::POST, "behaviour", switches).await.expect(200);
    lab.post(&format!("{one}/Messages"), &[("Body", &long)]).await.expect(201);
    let webhook = [
        ("Target", "webhook"),
        ("Configuration.Url", receiver.url.as_str()),
        ("Configuration.Filters", "onMessageAdded"),
        ("Configuration.ReplayAfter", "0"),
    ];
    lab.post(&format!("{one}/Webhooks"), &webhook).await.expect(201);
    assert_eq!(receiver.next().await.get("Body"), long);
    lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    lab.post(&format!("{one}/Messages"), &[("Body", &long)]).await.fails(400, 50504);
}
