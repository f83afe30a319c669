//! Only what Twilio signed, for this URL and this account, has an effect.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use twilio_conversations::auth::AuthToken;
use twilio_conversations::webhook::signature::SigningKey;

use crate::support::{ANN, Answer, Form, PUBLIC_URL, TestApp, encode, message_added, sign, sign_with};

const PATH: &str = "/webhooks/conversations";
const CONVERSATION: &str = "CH0123456789abcdef0123456789abcdef";
const MESSAGE: &str = "IM0123456789abcdef0123456789abcdef";

fn hello(app: &TestApp) -> Form {
    message_added(app, CONVERSATION, MESSAGE, ANN, "Hello")
}

/// Nothing was accepted, let alone decided.
async fn assert_untouched(app: &TestApp) {
    assert_eq!(app.depths().await["inputs"], 0);
    assert!(app.events().await.is_empty());
}

#[tokio::test]
async fn whatever_is_not_the_right_signature_is_refused() {
    let app = TestApp::start().await;
    let form = hello(&app);
    let right = sign(&app, PATH, &form);
    let other = sign_with("another-token", &format!("{PUBLIC_URL}{PATH}"), &form);
    for wrong in [
        "",
        " ",
        "A",
        "=",
        &right[..27],
        &right[..right.len() - 4],
        &format!("{right}AAAA"),
        &format!("{right},{right}"),
        &"A".repeat(4000),
        "not base64 at all!!!!!!!!!!!",
        &right.to_lowercase(),
        &other,
    ] {
        app.webhook_signed(PATH, &form, wrong).await.problem(403, "signature");
    }
    let unsigned = app.http.post(format!("{}{PATH}", app.url())).body(encode(&form));
    Answer::of(unsigned).await.problem(403, "signature");
    let twice = app
        .http
        .post(format!("{}{PATH}", app.url()))
        .header("x-twilio-signature", &right)
        .header("x-twilio-signature", &right)
        .body(encode(&form));
    Answer::of(twice).await.problem(403, "signature");
    assert_untouched(&app).await;
    app.webhook_signed(PATH, &form, &right).await.expect(200);
}

#[tokio::test]
async fn what_was_changed_after_signing_is_refused() {
    let app = TestApp::start().await;
    let form = hello(&app);
    let right = sign(&app, PATH, &form);
    let changed = |change: &dyn Fn(&mut Form)| {
        let mut form = form.clone();
        change(&mut form);
        form
    };
    for (what, form) in [
        ("a byte", changed(&|form| form[7].1 = "Hellp".to_owned())),
        ("case", changed(&|form| form[7].1 = "hello".to_owned())),
        ("added", changed(&|form| form.push(("Extra".to_owned(), String::new())))),
        ("removed", changed(&|form| drop(form.remove(9)))),
        ("renamed", changed(&|form| form[9].0 = "Attributez".to_owned())),
    ] {
        assert_eq!(app.webhook_signed(PATH, &form, &right).await.status, 403, "{what}");
    }
    for path in ["/webhooks/conversations?x=1", "/webhooks/sms", "/webhooks/sms/status"] {
        assert_eq!(app.webhook_signed(path, &form, &right).await.status, 403, "{path}");
    }
    // Signed over the address that is reached, not over the one that is public.
    let local = sign_with(&app.sandbox.auth_token(), &format!("{}{PATH}", app.url()), &form);
    assert_eq!(app.webhook_signed(PATH, &form, &local).await.status, 403);
    // Headers of a proxy do not change what the public URL is.
    let evil = sign_with(&app.sandbox.auth_token(), &format!("https://evil.example{PATH}"), &form);
    let forwarded = app
        .http
        .post(format!("{}{PATH}", app.url()))
        .header("x-twilio-signature", evil)
        .header("x-forwarded-host", "evil.example")
        .header("forwarded", "host=evil.example;proto=https")
        .body(encode(&form));
    assert_eq!(Answer::of(forwarded).await.status, 403);
    assert_untouched(&app).await;
}

#[tokio::test]
async fn the_port_may_be_in_the_signed_url_or_not() {
    let app = TestApp::start().await;
    for (number, base) in ["https://si.example.com", "https://si.example.com:443"].into_iter().enumerate() {
        let form = message_added(&app, CONVERSATION, &format!("IM{number:032x}"), ANN, "Hello");
        let signature = sign_with(&app.sandbox.auth_token(), &format!("{base}{PATH}"), &form);
        app.webhook_signed(PATH, &form, &signature).await.expect(200);
    }
}

#[tokio::test]
async fn texts_of_every_kind_are_verified_as_they_were_sent() {
    let app = TestApp::start().await;
    for (number, body) in ["", "a+b %20 &=", "👩‍👩‍👧 ok", "line\r\nline", "\u{0}", "ünï"].into_iter().enumerate()
    {
        let form = message_added(&app, CONVERSATION, &format!("IM{number:032x}"), ANN, body);
        app.webhook(PATH, &form).await.expect(200);
    }
}

#[tokio::test]
async fn while_a_token_replaces_another_both_are_accepted() {
    let app = TestApp::with(&[("twilio.extra_auth_tokens", "the-next-token")]).await;
    let url = format!("{PUBLIC_URL}{PATH}");
    for (number, token) in [app.sandbox.auth_token(), "the-next-token".to_owned()].iter().enumerate() {
        let form = message_added(&app, CONVERSATION, &format!("IM{number:032x}"), ANN, "Hello");
        app.webhook_signed(PATH, &form, &sign_with(token, &url, &form)).await.expect(200);
    }
    let form = hello(&app);
    app.webhook_signed(PATH, &form, &sign_with("the-next-token2", &url, &form))
        .await
        .problem(403, "signature");
}

#[tokio::test]
async fn the_webhooks_of_another_account_are_refused() {
    let app = TestApp::start().await;
    let stranger = format!("AC{}", "0".repeat(32));
    let mut form = hello(&app);
    stranger.clone_into(&mut form[0].1);
    app.webhook(PATH, &form).await.problem(403, "account");
    let sms: Form = [
        ("AccountSid", stranger.as_str()),
        ("MessageSid", &format!("SM{}", "1".repeat(32))),
        ("MessageStatus", "delivered"),
        ("From", ANN),
        ("To", &app.sms()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    for path in ["/webhooks/sms", "/webhooks/sms/status"] {
        app.webhook(path, &sms).await.problem(403, "account");
    }
    assert_untouched(&app).await;
}

#[tokio::test]
async fn a_signed_json_body_is_told_what_is_wanted_and_an_unsigned_one_nothing() {
    let app = TestApp::start().await;
    let body = r#"{"EventType":"onMessageAdded"}"#;
    let hash = Sha256::digest(body).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    let key = SigningKey::new("test", AuthToken::new(app.sandbox.auth_token()).unwrap());
    let post = |path: String, signature: String| {
        let request = app.http.post(format!("{}{path}", app.url()));
        Answer::of(
            request
                .header("x-twilio-signature", signature)
                .header("content-type", "application/json")
                .body(body),
        )
    };
    let path = format!("{PATH}?bodySHA256={hash}");
    let signature = key.sign_get(&format!("{PUBLIC_URL}{path}")).unwrap();
    let told = post(path, signature).await.problem(400, "invalid-request");
    assert!(told.contains("form"), "{told}");
    for wrong in [
        String::new(),
        format!("?bodySHA256={}", "0".repeat(64)),
        format!("?bodySHA256={hash}&bodySHA256={hash}"),
    ] {
        let path = format!("{PATH}{wrong}");
        let signature = key.sign_get(&format!("{PUBLIC_URL}{path}")).unwrap();
        post(path, signature).await.problem(403, "signature");
    }
    assert_untouched(&app).await;
}
