//! The webhooks and the client that sends them.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use twilio_conversations::webhook::signature::{AuthToken, SIGNATURE_HEADER, SigningKey};

pub(crate) type Error = Box<dyn std::error::Error>;

pub(crate) const PUBLIC_URL: &str = "https://si.example.com";
pub(crate) const PATH: &str = "/webhooks/conversations";
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const ACCOUNT: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub(crate) const NUMBER: &str = "+15557650000";

/// People who write, each in a conversation of their own, in turn.
const PEOPLE: usize = 2_000;

pub(crate) fn key() -> Result<SigningKey, Error> {
    Ok(SigningKey::new("bench", AuthToken::new(TOKEN)?))
}

/// Signed webhooks, made before anything is measured.
pub(crate) struct Load {
    webhooks: Vec<(Bytes, HeaderValue)>,
}

impl Load {
    pub(crate) fn new(count: usize) -> Result<Self, Error> {
        let key = key()?;
        let url = format!("{PUBLIC_URL}{PATH}");
        let webhook = |number| {
            let params = message(number);
            let signature = key.sign_form(&url, &params)?.parse()?;
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&params).finish();
            Ok((body.into(), signature))
        };
        Ok(Self { webhooks: (0..count).map(webhook).collect::<Result<_, Error>>()? })
    }
}

/// One of many messages as the Conversations webhook reports it: 14 parameters.
fn message(number: usize) -> [(&'static str, String); 14] {
    let person = number % PEOPLE;
    let sid = |kind: &str, number: usize| format!("{kind}{number:032x}");
    [
        ("AccountSid", ACCOUNT.to_owned()),
        ("Attributes", "{}".to_owned()),
        ("Author", format!("+1555123{person:04}")),
        ("Body", format!("Is flight {number} to Lisbon on Friday still available? Two adults, one child.")),
        ("ChatServiceSid", sid("IS", 1)),
        ("ConversationSid", sid("CH", person)),
        ("DateCreated", "2026-03-24T20:37:57.123Z".to_owned()),
        ("EventType", "onMessageAdded".to_owned()),
        ("Index", (number / PEOPLE).to_string()),
        ("MessageSid", sid("IM", number)),
        ("MessagingServiceSid", sid("MG", 1)),
        ("ParticipantSid", sid("MB", person)),
        ("RetryCount", "0".to_owned()),
        ("Source", "SMS".to_owned()),
    ]
}

/// What a while of sending gave.
pub(crate) struct Measured {
    /// From the request to the whole answer, of each webhook.
    pub(crate) took: Vec<Duration>,
    pub(crate) elapsed: Duration,
}

/// Open connections to one server.
pub(crate) struct Clients {
    host: HeaderValue,
    connections: Vec<SendRequest<Full<Bytes>>>,
    /// The next webhook to be sent: none is sent twice.
    next: AtomicUsize,
}

impl Clients {
    pub(crate) async fn connect(address: SocketAddr, count: usize) -> Result<Self, Error> {
        let mut connections = Vec::new();
        for _ in 0..count {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            connections.push(sender);
        }
        Ok(Self { host: address.to_string().parse()?, connections, next: AtomicUsize::new(0) })
    }

    /// Sends one webhook after another over each connection, until the time or the webhooks end.
    ///
    /// # Errors
    /// When one is not answered 200.
    pub(crate) async fn send(&mut self, load: &Load, during: Duration) -> Result<Measured, Error> {
        let start = Instant::now();
        let until = start + during;
        let (host, next) = (&self.host, &self.next);
        let senders = self.connections.iter_mut().map(|connection| async move {
            let mut took = Vec::new();
            while Instant::now() < until {
                let Some((body, signature)) = load.webhooks.get(next.fetch_add(1, Ordering::Relaxed)) else {
                    break;
                };
                let before = Instant::now();
                deliver(connection, host, body, signature).await?;
                took.push(before.elapsed());
            }
            Ok::<_, Error>(took)
        });
        let took = futures_util::future::try_join_all(senders).await?.concat();
        Ok(Measured { took, elapsed: start.elapsed() })
    }
}

async fn deliver(
    connection: &mut SendRequest<Full<Bytes>>,
    host: &HeaderValue,
    body: &Bytes,
    signature: &HeaderValue,
) -> Result<(), Error> {
    let request = Request::post(PATH)
        .header(header::HOST, host)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")
        .header(header::USER_AGENT, "TwilioProxy/1.1")
        .header("I-Twilio-Idempotency-Token", "bench")
        .header(SIGNATURE_HEADER, signature)
        .body(Full::new(body.clone()))?;
    connection.ready().await?;
    let answer = connection.send_request(request).await?;
    let status = answer.status();
    let text = answer.into_body().collect().await?.to_bytes();
    if status == StatusCode::OK {
        Ok(())
    } else {
        Err(format!("answered {status}: {}", String::from_utf8_lossy(&text)).into())
    }
}
