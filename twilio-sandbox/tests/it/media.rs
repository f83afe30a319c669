use http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use twilio_sandbox::SandboxConfig;

use crate::support::{ANN, BOB, Form, Got, Lab, Receiver, Reply, answer};

const PNG: &str = "image/png";

impl Lab {
    async fn service(&self) -> String {
        let configuration = self.get("/conversations/v1/Configuration").await.expect(200);
        configuration["default_chat_service_sid"].as_str().unwrap().to_owned()
    }

    async fn files(&self) -> String {
        format!("/mcs/v1/Services/{}/Media", self.service().await)
    }

    /// Uploads a file; gives its SID.
    async fn put(&self, content_type: &str, bytes: Vec<u8>) -> String {
        let path = format!("{}?Filename=a.bin", self.files().await);
        let made = answer(self.upload(Method::POST, &path, content_type, bytes)).await.expect(201);
        made["sid"].as_str().unwrap().to_owned()
    }

    async fn screen(&self, phone: &str) -> Vec<Value> {
        let path = format!("handsets/{}/messages", phone.replace('+', "%2B"));
        let screen = self.control(Method::GET, &path, Value::Null).await.expect(200);
        screen["messages"].as_array().unwrap().clone()
    }

    /// Gets an address without credentials: its status, type and bytes.
    async fn open(&self, url: &str) -> (u16, String, Vec<u8>) {
        let response = self.http.get(url).send().await.unwrap();
        let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        (response.status().as_u16(), kind.unwrap_or_default(), response.bytes().await.unwrap().to_vec())
    }

    async fn say(&self, conversation: &str, form: Form<'_>) -> Got {
        self.post(&format!("/conversations/v1/Conversations/{conversation}/Messages"), form).await
    }

    /// Sends as the number and waits for the end of it.
    async fn send(&self, from: &str, to: &str, url: &str) -> Value {
        let form = [("From", from), ("To", to), ("MediaUrl", url)];
        let sent = self.post("/api/2010-04-01/Accounts/{AC}/Messages.json", &form).await.expect(201);
        assert_eq!((&sent["status"], &sent["num_media"]), (&json!("queued"), &json!("1")));
        let path = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{}.json", sent["sid"].as_str().unwrap());
        self.until(async || {
            let now = self.get(&path).await.expect(200);
            let done = ["delivered", "read", "failed"].contains(&now["status"].as_str().unwrap());
            done.then_some(now)
        })
        .await
    }
}

#[tokio::test]
async fn a_file_is_uploaded_described_read_for_five_minutes_and_deleted() {
    let lab = Lab::new().await;
    let (files, service) = (lab.files().await, lab.service().await);
    let upload = lab.upload(Method::POST, &format!("{files}?Filename=cat.png"), PNG, vec![0, 159, 146, 150]);
    let made = answer(upload).await.expect(201);
    for (field, value) in [
        ("service_sid", json!(service)),
        ("account_sid", json!(lab.sandbox.account_sid())),
        ("content_type", json!(PNG)),
        ("filename", json!("cat.png")),
        ("size", json!(4)),
        ("message_sid", Value::Null),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
    let url = made["url"].as_str().unwrap();
    let link = made["links"]["content_direct_temporary"].as_str().unwrap();
    assert_eq!(lab.open(link).await, (200, PNG.to_owned(), vec![0, 159, 146, 150]));
    lab.advance("PT4M59S").await;
    assert_eq!(lab.open(link).await.0, 200);
    lab.advance("PT2S").await;
    assert_eq!(lab.open(link).await.0, 403);
    let fresh =
        lab.get(url).await.expect(200)["links"]["content_direct_temporary"].as_str().unwrap().to_owned();
    assert_eq!(lab.open(&fresh).await.0, 200);
    assert_eq!(lab.open(&fresh.replace("Signature=", "Signature=0")).await.0, 403);
    lab.get(&fresh).await.fails(400, 20001);
    let content = lab.request(Method::GET, &format!("{url}/Content"), &[]).send().await.unwrap();
    assert_eq!(content.status(), 307);
    assert_eq!(lab.open(content.headers()["location"].to_str().unwrap()).await.0, 200);
    assert_eq!(lab.open(url).await.0, 401);
    assert_eq!(lab.delete(url).await.status, 204);
    lab.get(url).await.fails(404, 20404);
    assert_eq!(lab.open(&fresh).await.0, 404);
}

#[tokio::test]
async fn uploads_have_a_type_a_size_and_a_service() {
    let lab = Lab::with(SandboxConfig { media_limit: 2_000_000, ..SandboxConfig::default() }).await;
    let files = lab.files().await;
    let upload = |bytes: Vec<u8>| answer(lab.upload(Method::POST, &files, PNG, bytes));
    upload(vec![1; 2_000_000]).await.expect(201);
    upload(vec![1; 2_000_001]).await.fails(413, 50512);
    upload(Vec::new()).await.fails(400, 20001);
    let plain = lab.http.post(format!("{}{files}", lab.sandbox.url()));
    let plain = plain.basic_auth(lab.sandbox.account_sid(), Some(lab.sandbox.auth_token())).body("a");
    answer(plain).await.fails(415, 50511);
    let elsewhere = "/mcs/v1/Services/IS0/Media";
    answer(lab.upload(Method::POST, elsewhere, PNG, "a")).await.fails(404, 20404);
    lab.get(&files).await.fails(405, 20004);
}

#[tokio::test]
async fn an_upload_goes_with_one_message_to_the_phones_and_away_with_it() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    let (one, two) = (lab.put(PNG, vec![1; 10]).await, lab.put("application/pdf", vec![2; 20]).await);
    let message = lab.say(&sid, &[("MediaSid", &one), ("MediaSid", &two)]).await.expect(201);
    assert_eq!(message["body"], Value::Null);
    assert_eq!(
        message["media"],
        json!([
            {"sid": one, "content_type": PNG, "filename": "a.bin", "size": 10},
            {"sid": two, "content_type": "application/pdf", "filename": "a.bin", "size": 20},
        ])
    );
    let file = format!("{}/{one}", lab.files().await);
    assert_eq!(lab.get(&file).await.expect(200)["message_sid"], message["sid"]);
    lab.say(&sid, &[("Body", "again"), ("MediaSid", &one)]).await.fails(400, 50508);
    let shown = lab.screen(ANN).await[0]["media"].as_array().unwrap().clone();
    assert_eq!(lab.open(shown[0].as_str().unwrap()).await, (200, PNG.to_owned(), vec![1; 10]));
    let path = format!("/conversations/v1/Conversations/{sid}/Messages/{}", message["sid"].as_str().unwrap());
    assert_eq!(lab.delete(&path).await.status, 204);
    lab.get(&file).await.fails(404, 20404);
    assert_eq!(lab.open(shown[0].as_str().unwrap()).await.0, 200, "the phone keeps what it got");
}

#[tokio::test]
async fn what_a_phone_cannot_get_is_refused_unless_all_are_on_chat() {
    let lab = Lab::new().await;
    let sid = lab.conversation().await;
    let (gif, big) = (lab.put("image/gif", vec![1]).await, lab.put(PNG, vec![1; 5 * 1024 * 1024 + 1]).await);
    lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    lab.say(&sid, &[("MediaSid", &gif)]).await.fails(400, 50511);
    lab.say(&sid, &[("MediaSid", &big)]).await.fails(400, 50512);
    lab.say(&sid, &[("MediaSid", &big), ("Author", ANN)]).await.expect(201);
    lab.say(&sid, &[("MediaSid", &gif), ("MediaSid", &gif), ("Author", ANN)]).await.fails(400, 50508);
    let chat = lab.conversation().await;
    lab.say(&chat, &[("MediaSid", &gif)]).await.expect(201);
    let other = lab.post("/conversations/v1/Services", &[("FriendlyName", "other")]).await.expect(201);
    let path = format!("/mcs/v1/Services/{}/Media", other["sid"].as_str().unwrap());
    let foreign = answer(lab.upload(Method::POST, &path, PNG, "a")).await.expect(201)["sid"].clone();
    lab.say(&chat, &[("MediaSid", foreign.as_str().unwrap())]).await.fails(400, 50507);
}

#[tokio::test]
async fn a_phones_file_is_kept_for_the_conversation_and_relayed() {
    let lab = Lab::new().await;
    let receiver = Receiver::new().await;
    receiver.reply("/cat", Reply::of(200, "image/jpeg; x=y", "meow"));
    let sid = lab.conversation().await;
    lab.join(&sid, ANN, &lab.sms()).await.expect(201);
    lab.join(&sid, BOB, &lab.sms()).await.expect(201);
    let body = json!({"to": lab.sms(), "body": "look", "media": [format!("{}/cat", receiver.url)]});
    lab.control(Method::POST, "handsets/%2B15557770001/messages", body).await.expect(201);
    let shown = lab.until(async || lab.screen(BOB).await.pop()).await;
    assert_eq!(
        lab.open(shown["media"][0].as_str().unwrap()).await,
        (200, "image/jpeg".into(), b"meow".to_vec())
    );
    let list = lab.get(&format!("/conversations/v1/Conversations/{sid}/Messages")).await.expect(200);
    let media = &list["messages"][0]["media"][0];
    assert_eq!((&media["size"], &media["content_type"]), (&json!(4), &json!("image/jpeg")));
    let file = format!("{}/{}", lab.files().await, media["sid"].as_str().unwrap());
    let link =
        lab.get(&file).await.expect(200)["links"]["content_direct_temporary"].as_str().unwrap().to_owned();
    assert_eq!(lab.open(&link).await.2, b"meow");
    assert_eq!(lab.delete(&format!("/conversations/v1/Conversations/{sid}")).await.status, 204);
    lab.get(&file).await.fails(404, 20404);
}

#[tokio::test]
async fn the_files_of_a_phones_text_are_listed_read_by_a_redirect_and_deleted() {
    let lab = Lab::new().await;
    let mut receiver = Receiver::new().await;
    receiver.reply("/files/cat.jpg", Reply::of(200, "application/octet-stream", "meow"));
    let number = json!({"number": lab.whatsapp(), "sms_url": format!("{}/sms", receiver.url)});
    lab.control(Method::POST, "numbers", number).await.expect(200);
    let away = "https://not.mapped.test/dog.png";
    let body =
        json!({"to": lab.whatsapp(), "media": [format!("{}/files/cat.jpg?size=1", receiver.url), away]});
    let path = "handsets/whatsapp:%2B15557770001/messages";
    let sid = lab.control(Method::POST, path, body).await.expect(201)["sid"].clone();
    assert_eq!(receiver.next().await.path, "/files/cat.jpg?size=1");
    let hook = receiver.next().await;
    assert_eq!((hook.get("NumMedia"), hook.get("MediaContentType0")), ("2", "image/jpeg"));
    assert_eq!((hook.get("WaId"), hook.get("MessageType")), ("15557770001", "image"));
    assert!(hook.get("MessageSid").starts_with("MM"));
    let url = hook.get("MediaUrl0");
    let redirect = lab.request(Method::GET, url, &[]).send().await.unwrap();
    assert_eq!(redirect.status(), 307);
    let storage = redirect.headers()["location"].to_str().unwrap();
    assert_eq!(lab.open(storage).await, (200, "image/jpeg".into(), b"meow".to_vec()));
    lab.get(storage).await.fails(400, 20001);
    let empty = lab.request(Method::GET, hook.get("MediaUrl1"), &[]).send().await.unwrap();
    let empty = lab.open(empty.headers()["location"].to_str().unwrap()).await;
    assert_eq!(empty, (200, PNG.to_owned(), Vec::new()), "what cannot be had is an empty file");
    let described = lab.get(&format!("{url}.json")).await.expect(200);
    assert_eq!((&described["parent_sid"], &described["content_type"]), (&sid, &json!("image/jpeg")));
    let list = format!("/api/2010-04-01/Accounts/{{AC}}/Messages/{}/Media.json", sid.as_str().unwrap());
    let count = async |query: &str| {
        lab.get(&format!("{list}{query}")).await.expect(200)["media_list"].as_array().unwrap().len()
    };
    assert_eq!((count("").await, count("?DateCreated%3C=2020-01-01").await), (2, 0));
    assert_eq!(lab.delete(&format!("{url}.json")).await.status, 204);
    lab.get(&format!("{url}.json")).await.fails(404, 20404);
    assert_eq!((count("").await, lab.open(storage).await.0), (1, 404));
}

#[tokio::test]
async fn outbound_files_are_fetched_and_shown() {
    let lab = Lab::new().await;
    let receiver = Receiver::new().await;
    receiver.reply("/a.gif", Reply::of(200, "image/gif", "gif"));
    let file = format!("{}/a.gif", receiver.url);
    assert_eq!(lab.send(&lab.sms(), ANN, &file).await["status"], "delivered");
    let shown = lab.screen(ANN).await[0]["media"][0].as_str().unwrap().to_owned();
    assert_eq!(lab.open(&shown).await, (200, "image/gif".into(), b"gif".to_vec()));
    let map = json!({"https://files.example.test": receiver.url});
    lab.control(Method::PUT, "hosts", map).await.expect(200);
    assert_eq!(lab.send(&lab.sms(), ANN, "https://files.example.test/a.gif").await["status"], "delivered");
}

#[tokio::test]
async fn what_cannot_be_fetched_or_carried_fails_with_the_channels_code() {
    let lab = Lab::new().await;
    let receiver = Receiver::new().await;
    let big = "a".repeat(5 * 1024 * 1024 + 1);
    receiver.reply("/gone", Reply::of(404, "text/plain", "gone"));
    receiver.reply("/page", Reply::of(200, "text/html", "<p>"));
    receiver.reply("/big.png", Reply::of(200, PNG, &big));
    receiver.reply("/a.gif", Reply::of(200, "image/gif", "gif"));
    let phone = "whatsapp:+15557770001";
    lab.text(phone, &lab.whatsapp(), "hi").await;
    let at = |path: &str| format!("{}{path}", receiver.url);
    for (from, to, url, code) in [
        (lab.sms(), ANN, at("/gone"), 11200),
        (lab.sms(), ANN, "https://not.mapped.test/a.png".to_owned(), 11200),
        (lab.sms(), ANN, at("/page"), 12300),
        (lab.sms(), ANN, at("/big.png"), 11751),
        (lab.whatsapp(), phone, at("/gone"), 63019),
        (lab.whatsapp(), phone, at("/a.gif"), 63021),
        (lab.whatsapp(), phone, at("/big.png"), 63034),
    ] {
        let failed = lab.send(&from, to, &url).await;
        assert_eq!(
            (&failed["status"], &failed["error_code"]),
            (&json!("failed"), &json!(code)),
            "{to} {url}"
        );
    }
    assert_eq!(lab.received(ANN).await.len(), 0);
}

/// A server that sends every request elsewhere.
async fn elsewhere(to: String) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let answer = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
            let _ = stream.read(&mut [0; 4096]).await;
            // The client may have gone.
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    url
}

#[tokio::test]
async fn a_redirect_is_followed_where_the_sandbox_may_go() {
    let lab = Lab::new().await;
    let receiver = Receiver::new().await;
    receiver.reply("/a.png", Reply::of(200, PNG, "png"));
    let allowed = elsewhere(format!("{}/a.png", receiver.url)).await;
    assert_eq!(lab.send(&lab.sms(), ANN, &allowed).await["status"], "delivered");
    let foreign = elsewhere("https://not.mapped.test/a.png".to_owned()).await;
    assert_eq!(lab.send(&lab.sms(), ANN, &foreign).await["error_code"], 11200);
    let circle = elsewhere("/again".to_owned()).await;
    assert_eq!(lab.send(&lab.sms(), ANN, &circle).await["error_code"], 11200);
}
