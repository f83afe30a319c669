//! What the client costs beside bare reqwest: `cargo bench -p twilio-conversations --bench sdk`.
//!
//! Both create the same message, 16 at once, on one thread, over connections kept open to a minimal server in another
//! process, and decode the same answer into the same type. Bare is what one would write by hand: address, login, form,
//! send, bytes, JSON; no timeout, no limit, no repetition, no trace. Counted is the processor's time of this process,
//! user and system, in short rounds that take turns; the ratio is the median of the rounds'.

use std::{
    convert::Infallible,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use bytes::Bytes;
use cpu_time::ProcessTime;
use futures_util::{StreamExt, stream};
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use twilio_conversations::{
    Attributes, Client,
    api::message::CreateMessage,
    auth::{Auth, AuthToken},
    model::Message,
    sid::{AccountSid, ConversationSid},
};

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const CONVERSATION: &str = "CH0123456789abcdef0123456789abcdef";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const TEXT: &str = "Is the flight to Lisbon on Friday still available? Two adults, one child, thanks.";
const ATTRIBUTES: &str = r#"{"campaign":"spring","steps":[1,2,3]}"#;
const AT_ONCE: usize = 16;
const CALLS: u32 = 320;
const ROUNDS: usize = 401;

type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if std::env::args().any(|argument| argument == "serve") {
        return runtime.block_on(serve());
    }
    let mut server = Command::new(std::env::current_exe()?)
        .arg("serve")
        .stdout(Stdio::piped())
        .stdin(Stdio::piped())
        .spawn()?;
    let mut base = String::new();
    BufReader::new(server.stdout.take().ok_or("no output")?).read_line(&mut base)?;
    let measured = runtime.block_on(measure(base.trim()));
    server.kill()?;
    server.wait()?;
    measured
}

/// Answers every request with the same message, after it has read it.
async fn serve() -> Result<(), Error> {
    let answer = serde_json::json!({
        "sid": "IM0123456789abcdef0123456789abcdef", "account_sid": ACCOUNT, "conversation_sid": CONVERSATION,
        "body": TEXT, "media": null, "author": "si", "participant_sid": null, "attributes": ATTRIBUTES,
        "date_created": "2026-03-24T20:37:57Z", "date_updated": "2026-03-24T20:37:57Z", "index": 17,
        "delivery": {"total": 1, "sent": "all", "delivered": "none", "read": "none", "failed": "none", "undelivered": "none"},
        "content_sid": null,
        "url": format!("https://conversations.twilio.com/v1/Conversations/{CONVERSATION}/Messages/IM0123456789abcdef0123456789abcdef"),
        "links": {"delivery_receipts": "https://conversations.twilio.com/v1/Receipts", "channel_metadata": "https://conversations.twilio.com/v1/ChannelMetadata"},
    });
    let answer = Bytes::from(answer.to_string());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let answer = answer.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let answer = answer.clone();
            async move {
                let _ = request.into_body().collect().await;
                let response = Response::builder().status(201).header("Content-Type", "application/json");
                Ok::<_, Infallible>(response.body(Full::new(answer)).expect("the headers are right"))
            }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

/// Processor time of one call, in microseconds.
async fn round<F: Future<Output = Result<Message, Error>>>(call: impl Fn() -> F) -> Result<f64, Error> {
    let start = ProcessTime::now();
    let mut calls = stream::iter(0..CALLS).map(|_| call()).buffer_unordered(AT_ONCE);
    while let Some(message) = calls.next().await {
        assert_eq!(message?.body.as_deref(), Some(TEXT));
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS))
}

async fn measure(server: &str) -> Result<(), Error> {
    let conversation: ConversationSid = CONVERSATION.parse()?;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let by_hand = || {
        let url = format!("{server}/conversations/v1/Conversations/{conversation}/Messages");
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("Body", TEXT)
            .append_pair("Author", "si")
            .append_pair("Attributes", ATTRIBUTES)
            .finish();
        let request = http
            .post(url)
            .basic_auth(ACCOUNT, Some(TOKEN))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form);
        async {
            let answer = request.send().await?.error_for_status()?;
            Ok::<Message, Error>(serde_json::from_slice(&answer.bytes().await?)?)
        }
    };
    let account: AccountSid = ACCOUNT.parse()?;
    let client = Client::builder(account, Auth::Token(AuthToken::new(TOKEN)?)).sandbox(server).build()?;
    let by_sdk = || {
        let client = client.clone();
        let request = CreateMessage::text(&conversation, TEXT);
        async move {
            let request = request?.author("si").attributes(&Attributes::new(ATTRIBUTES))?;
            Ok::<Message, Error>(client.send(&request).await?)
        }
    };
    let mut rounds = Vec::with_capacity(ROUNDS);
    for number in 0..ROUNDS {
        rounds.push(if number % 2 == 0 {
            let bare = round(by_hand).await?;
            [bare, round(by_sdk).await?]
        } else {
            let sdk = round(by_sdk).await?;
            [round(by_hand).await?, sdk]
        });
    }
    let median = |of: fn(&[f64; 2]) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let (bare, sdk, ratio) =
        (median(|[bare, _]| *bare), median(|[_, sdk]| *sdk), median(|[bare, sdk]| sdk / bare));
    println!("figure: sdk: processor time of a call, bare reqwest, 16 at once | {bare:.1} µs |");
    println!(
        "figure: sdk: processor time of a call, the client, 16 at once | {sdk:.1} µs | {ratio:.2} times bare"
    );
    Ok(())
}
