//! Webhooks that are signed and still not as they should be: each has its answer, and none loses anything.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{
    ANN, Answer, BOB, Form, PATIENCE, TestApp, encode, eventually, form_of, message_added, sign, text,
};

const PATH: &str = "/webhooks/conversations";

fn form(pairs: &[(&str, &str)]) -> Form {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn a_form_without_what_it_needs_is_refused_by_the_name_of_it() {
    let app = TestApp::start().await;
    let whole =
        message_added(&app, &format!("CH{}", "1".repeat(32)), &format!("IM{}", "1".repeat(32)), ANN, "Hello");
    for needed in ["AccountSid", "EventType", "ConversationSid", "MessageSid"] {
        let mut form = whole.clone();
        form.retain(|(name, _)| name != needed);
        let told = app.webhook(PATH, &form).await.problem(400, "invalid-request");
        assert!(told.contains(needed), "{told}");
        let mut form = whole.clone();
        form.push((needed.to_owned(), "another".to_owned()));
        let told = app.webhook(PATH, &form).await.problem(400, "invalid-request");
        assert!(told.contains(needed), "given twice: {told}");
    }
    for (name, value) in [("MessageSid", "IM1"), ("ConversationSid", "nonsense"), ("AccountSid", "AC")] {
        let mut form = whole.clone();
        form.iter_mut().filter(|pair| pair.0 == name).for_each(|pair| value.clone_into(&mut pair.1));
        assert_eq!(app.webhook(PATH, &form).await.status, 400, "{name}");
    }
    let sms = form(&[("AccountSid", &app.sandbox.account_sid()), ("From", ANN), ("Body", "Hello")]);
    app.webhook("/webhooks/sms", &sms).await.problem(400, "invalid-request");
    app.webhook("/webhooks/sms/status", &sms).await.problem(400, "invalid-request");
    assert!(app.events().await.is_empty());
}

#[tokio::test]
async fn joined_parameters_do_not_pass_for_others() {
    let app = TestApp::start().await;
    let sid = format!("IM{}", "1".repeat(32));
    let whole = message_added(&app, &format!("CH{}", "1".repeat(32)), &sid, ANN, "Hello");
    let signature = sign(&app, PATH, &whole);
    // `MessageSid` + its value, written as another name and value: the signed bytes are the same.
    let mut split = whole.clone();
    let place = split.iter().position(|(name, _)| name == "MessageSid").unwrap();
    split[place] = ("MessageSi".to_owned(), format!("d{sid}"));
    let answer = app.webhook_signed(PATH, &split, &signature).await;
    assert!(matches!(answer.status, 400 | 403), "{}", answer.body);
    assert!(app.events().await.is_empty());
}

#[tokio::test]
async fn an_event_of_an_unknown_kind_is_kept() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let session = app.session(ANN).await;
    let news = form(&[
        ("AccountSid", &app.sandbox.account_sid()),
        ("EventType", "onMoonRisen"),
        ("ConversationSid", text(&session["conversation_sid"])),
        ("Phase", "full"),
    ]);
    app.webhook(PATH, &news).await.expect(200);
    let kept = app.event("twilio.unrecognized").await;
    assert_eq!(kept["subject"], session["session_id"]);
    assert_eq!(kept["data"]["name"], "onMoonRisen");
    assert_eq!(kept["data"]["parameters"]["Phase"], "full");
    // Without a conversation of ours there is nowhere to keep it, and nothing to complain of.
    let far = form(&[("AccountSid", &app.sandbox.account_sid()), ("EventType", "onMoonRisen")]);
    app.webhook(PATH, &far).await.expect(200);
    app.settled().await;
    assert_eq!(app.depths().await["quarantined"], 0);
}

#[tokio::test]
async fn what_is_too_large_too_many_or_compressed_is_refused() {
    let app = TestApp::start().await;
    let conversation = format!("CH{}", "1".repeat(32));
    let large =
        message_added(&app, &conversation, &format!("IM{}", "1".repeat(32)), ANN, &"x".repeat(300_000));
    assert_eq!(app.webhook(PATH, &large).await.status, 413);
    let mut many = message_added(&app, &conversation, &format!("IM{}", "1".repeat(32)), ANN, "Hello");
    many.extend((0..300).map(|n| (format!("p{n}"), String::new())));
    assert_eq!(app.webhook(PATH, &many).await.status, 400);
    let zipped = app
        .http
        .post(format!("{}{PATH}", app.url()))
        .header("x-twilio-signature", sign(&app, PATH, &large))
        .header("content-encoding", "gzip")
        .body(vec![0x1f, 0x8b, 8, 0]);
    assert_eq!(Answer::of(zipped).await.status, 415);
    let long = format!("{PATH}?q={}", "x".repeat(20_000));
    let answer = app.webhook(&long, &form(&[])).await;
    assert_eq!(answer.status, 414);
    let header = app.http.post(format!("{}{PATH}", app.url())).header("x-filler", "x".repeat(40_000));
    assert_eq!(Answer::of(header).await.status, 431);
    assert!(app.events().await.is_empty());
}

/// Sends bytes and returns the status of what comes back.
async fn raw(app: &TestApp, bytes: &[u8]) -> u16 {
    let mut stream = TcpStream::connect(app.url().strip_prefix("http://").unwrap()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut head = vec![0; 64];
    let read = tokio::time::timeout(PATIENCE, stream.read(&mut head)).await;
    let read = read.expect("the connection is not left open").unwrap();
    let head = String::from_utf8_lossy(&head[..read]).into_owned();
    head.split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_else(|| panic!("not HTTP: {head}"))
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let app = TestApp::with(&[("limits.body_timeout", "200ms")]).await;
    let signature = sign(&app, PATH, &form(&[]));
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: x\r\nx-twilio-signature: {signature}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\nBody=He"
    );
    assert_eq!(raw(&app, head.as_bytes()).await, 408);
    // Who is not Twilio is not waited for at all.
    let unsigned = format!("POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nBody=He");
    assert_eq!(raw(&app, unsigned.as_bytes()).await, 403);
    let claims = format!(
        "POST {PATH} HTTP/1.1\r\nhost: x\r\nx-twilio-signature: {signature}\r\ncontent-length: 104857600\r\n\r\n"
    );
    assert_eq!(raw(&app, claims.as_bytes()).await, 413);
    app.phone(ANN).says("Others are served").await;
}

#[tokio::test]
async fn a_text_that_overtakes_its_conversation_finds_one_session() {
    let app = TestApp::start().await;
    app.fault(json!({ "kind": "webhook_lost", "match": "onConversationAdded" })).await;
    app.fault(json!({ "kind": "webhook_lost", "match": "onParticipantAdded" })).await;
    app.phone(ANN).says("Hello").await;
    app.settled().await;
    let session = app.session(ANN).await;
    let sid = text(&session["conversation_sid"]);
    for event in ["onConversationAdded", "onParticipantAdded"] {
        let late = app.sent_webhook(event, |params| params["ConversationSid"] == sid).await;
        app.webhook(PATH, &late).await.expect(200);
    }
    app.settled().await;
    assert_eq!(app.sessions(ANN).await.len(), 1);
    assert_eq!(app.phone(ANN).received().await.len(), 2);
}

#[tokio::test]
async fn f41_a_receipt_that_comes_before_its_message_waits_for_it() {
    let app = TestApp::start().await;
    // Our own message is made known by the answer that is held back, after the receipts.
    app.fault(
        json!({ "kind": "drop_after_effect", "match": "POST /conversations/v1/Conversations/*/Messages" }),
    )
    .await;
    app.phone(ANN).says("Hello").await;
    eventually("both texts are delivered", async || {
        let items = app.get("/v1/outbound").await.expect(200).items();
        let delivered = items.iter().filter(|one| one["state"] == "delivered").count();
        (delivered == 2).then_some(())
    })
    .await;
}

#[tokio::test]
async fn late_news_of_a_message_does_not_take_it_back() {
    let app = TestApp::start().await;
    let phone = app.phone("whatsapp:+15557770004");
    phone.says("Hello").await;
    eventually("the answer is read", async || {
        let items = app.get("/v1/outbound?state=read").await.expect(200).items();
        items.iter().any(|one| one["text"] == "You said: Hello").then_some(())
    })
    .await;
    app.settled().await;
    let before = app.get("/v1/outbound").await.expect(200).items();
    let receipts = app.log("webhook").await;
    for status in ["delivered", "sent"] {
        let late = receipts.iter().map(|entry| &entry["params"]).filter(|params| params["Status"] == status);
        for params in late {
            app.webhook(PATH, &form_of(params)).await.expect(200);
        }
    }
    app.settled().await;
    assert_eq!(app.get("/v1/outbound").await.expect(200).items(), before);
}

#[tokio::test]
async fn a_lost_connection_does_not_stop_others() {
    let app = TestApp::start().await;
    let address = app.url().strip_prefix("http://").unwrap().to_owned();
    let mut open = Vec::new();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(b"POST /webhooks/conversations HTTP/1.1\r\nhost: x\r\ncontent-le").await.unwrap();
        open.push(stream);
    }
    app.phone(BOB).says("Hello").await;
    assert_eq!(open.len(), 50);
    assert_eq!(encode(&form(&[("a", "b c")])), "a=b+c");
}
