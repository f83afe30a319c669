//! What is written to the trace.

use crate::support::{builder, client};
use std::{
    io::Write,
    sync::{Arc, Mutex},
};
use tracing_subscriber::fmt::format::FmtSpan;
use twilio_conversations::api::participant_conversation::{ListParticipantConversations, Person};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_span_names_the_template_status_and_attempts_but_no_address() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // For the whole process: a scoped one races with other tests for the cache of what is enabled.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let server = MockServer::start().await;
    let body = serde_json::json!({"code": 20500, "message": "no answer for +15550001111"});
    Mock::given(any()).respond_with(ResponseTemplate::new(500).set_body_json(body)).mount(&server).await;
    let list = ListParticipantConversations::new(Person::Address("+15550001111".into()));
    let client = client(&server);
    assert!(client.send(&list).await.is_err());

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for part in
        ["/v1/ParticipantConversations", "status=500", "twilio_code=20500", "attempts=4", "method=\"GET\""]
    {
        assert!(log.contains(part), "{part} in {log}");
    }
    for secret in ["5550001111", "token", "Basic"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    assert!(!format!("{client:?} {:?}", builder(&server.uri())).contains("token"));
}
