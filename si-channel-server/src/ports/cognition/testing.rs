//! A turn, a configuration and servers for tests.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::Map;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::turn::{HistoryEntry, Person, ReplyLimits, Role, TurnKind, TurnMessage};
use super::{Cognition, CognitionError, Outcome, ReplyPart, TurnRequest};
use crate::config::{self, CognitionKind};

/// Jane writes `text` by SMS after a welcome.
pub(super) fn turn(text: &str) -> TurnRequest {
    let jane = Person {
        address: "+15551234567".into(),
        name: Some("Jane".into()),
        channel: "sms".into(),
        ..Person::default()
    };
    TurnRequest {
        turn_id: "turn-1".into(),
        session_id: "session-1".into(),
        conversation_sid: None,
        correlation_id: None,
        kind: TurnKind::Turn,
        message: TurnMessage {
            id: "IM1".into(),
            author: jane.clone(),
            text: text.into(),
            media: Vec::new(),
            at: "2026-11-21T10:00:00Z".parse().unwrap(),
        },
        participants: vec![jane],
        history: vec![HistoryEntry {
            author: "system".into(),
            role: Role::Assistant,
            text: "Welcome".into(),
            at: "2026-11-21T09:59:00Z".parse().unwrap(),
        }],
        attributes: Map::new(),
        locale: None,
        limits: ReplyLimits { max_part_chars: 1600, channel: "sms".into() },
        already_sent: Vec::new(),
    }
}

/// A server at `url`, with a second for an answer and a tenth for a pause.
pub(super) fn config(kind: CognitionKind, url: &str) -> config::Cognition {
    config::Cognition {
        kind,
        url: Some(url.parse().unwrap()),
        token: Some(SecretString::from("t0ken")),
        model: Some("model-1".into()),
        system_prompt: "Be brief.".into(),
        timeout: Duration::from_secs(5),
        idle_timeout: Duration::from_millis(100),
        max_reply_chars: 1000,
        attempts: 3,
        history: 20,
    }
}

/// The outcome and the texts of the parts.
pub(super) async fn answer(
    cognition: &dyn Cognition,
    turn: &TurnRequest,
) -> (Result<Outcome, CognitionError>, Vec<String>) {
    let (sender, mut receiver) = mpsc::channel::<ReplyPart>(1);
    let collect = async {
        let mut texts = Vec::new();
        while let Some(part) = receiver.recv().await {
            texts.push(part.utterance.map(|said| said.described()).unwrap_or_default());
        }
        texts
    };
    tokio::join!(cognition.answer(turn, sender), collect)
}

/// What a raw server does after its bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Closes the connection.
    Close,
    /// Keeps it open in silence.
    Stall,
}

/// A server that answers its first request with these bytes; its URL.
pub(super) async fn raw(bytes: impl Into<Vec<u8>>, then: Then) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let bytes = bytes.into();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        stream.write_all(&bytes).await.unwrap();
        if then == Then::Stall {
            // Until the client gives up.
            let _reset = stream.read(&mut [0]).await;
        }
    });
    url
}

/// Takes a whole request: what is left unread would make the close a reset.
async fn read_request(stream: &mut TcpStream) {
    let mut request = Vec::new();
    loop {
        assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0, "the request broke off");
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if body.len() >= length.parse::<usize>().unwrap() {
            return;
        }
    }
}

/// The head of a chunked answer and its chunks, without the last one.
pub(super) fn chunked(media_type: &str, chunks: &[&str]) -> String {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ntransfer-encoding: chunked\r\n\r\n");
    let chunks = chunks.iter().map(|chunk| format!("{:x}\r\n{chunk}\r\n", chunk.len()));
    std::iter::once(head).chain(chunks).collect()
}
