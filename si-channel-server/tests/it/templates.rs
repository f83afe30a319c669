//! Templates: on their own, and as the way back in when WhatsApp's window is closed.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{ANN, Answer, EVE, TestApp, eventually, text};

const CREATE: &str = "POST /api/2010-04-01/Accounts/*/Messages.json";

impl TestApp {
    /// A template of the account with this text, and what WhatsApp thinks of it.
    async fn template(&self, body: &str, status: &str) -> String {
        let types = json!({ "twilio/text": { "body": body } });
        let samples = json!({ "1": "you" });
        let content = json!({ "friendly_name": "a", "language": "en", "variables": samples, "types": types });
        let request = self
            .http
            .post(format!("{}/content/v1/Content", self.sandbox.url()))
            .basic_auth(self.sandbox.account_sid(), Some(self.sandbox.auth_token()))
            .json(&content);
        let sid = text(&Answer::of(request).await.expect(201).json["sid"]).to_owned();
        let judged = json!({ "status": status });
        self.control(Method::POST, &format!("/sandbox/content/{sid}/approval"), judged).await.expect(200);
        sid
    }

    /// An outbound message, once it is in this state.
    pub(crate) async fn outbound(&self, id: &Value, state: &str) -> Value {
        let path = format!("/v1/outbound/{}", text(id));
        eventually(&format!("{path} is {state}"), async || {
            let one = self.get(&path).await.expect(200).json;
            (one["state"] == state).then_some(one)
        })
        .await
    }
}

fn greeting(sid: &str) -> Value {
    json!({ "content_sid": sid, "variables": { "1": "Ann" } })
}

#[tokio::test]
async fn a_template_goes_by_sms_as_its_words() {
    for conversations in ["true", "false"] {
        let app = TestApp::with(&[("use_conversations_api", conversations)]).await;
        app.phone(ANN).says("Hello").await;
        let sid = app.template("Coming, {{1}}?", "approved").await;
        let sent = app.post("/v1/messages", json!({ "to": ANN, "template": greeting(&sid) })).await;
        let sent = sent.expect(202).json;
        app.phone(ANN).sees("Coming, Ann?").await;
        let one = app.outbound(&sent["id"], "delivered").await;
        assert_eq!(one["template"], greeting(&sid));
        let transcript = app.transcript(&sent["session_id"]).await;
        let shown = text(&transcript.last().unwrap()["text"]);
        // Through Messaging the status may be told before the answer with the words is there.
        let unseen = conversations == "false" && shown == format!("[template {sid} with 1]");
        assert!(unseen || shown == "Coming, Ann?", "{shown}");
        let queued = app.events_of("message.queued").await.pop().unwrap();
        assert_eq!(queued["data"]["template"], greeting(&sid));
        assert_eq!(queued["data"].get("text"), None);
    }
}

#[tokio::test]
async fn a_template_answers_a_turn_at_once_or_later() {
    let server = MockServer::start().await;
    let app = {
        let url = format!("{}/turn", server.uri());
        TestApp::with(&[("cognition.kind", "http"), ("cognition.url", &url)]).await
    };
    let sid = app.template("Coming, {{1}}?", "approved").await;
    let answers = |answer| Mock::given(method("POST")).and(path("/turn")).respond_with(answer);
    let now = ResponseTemplate::new(200).set_body_json(json!({ "template": greeting(&sid) }));
    answers(now).up_to_n_times(1).mount(&server).await;
    answers(ResponseTemplate::new(202)).mount(&server).await;
    let phone = app.phone(ANN);
    phone.text("Hello").await;
    phone.sees("Coming, Ann?").await;
    phone.text("And?").await;
    let asked = eventually("the second question", async || {
        server.received_requests().await.unwrap().get(1).map(|request| request.body_json::<Value>().unwrap())
    })
    .await;
    let messages = format!("/v1/sessions/{}/messages", text(&asked["session_id"]));
    let later = json!({ "template": { "content_sid": sid }, "in_reply_to": asked["turn_id"] });
    app.post(&messages, later).await.expect(202);
    phone.sees("Coming, you?").await;
}

#[tokio::test]
async fn outside_the_window_a_text_fails_and_an_approved_template_arrives() {
    for conversations in ["true", "false"] {
        let app = whatsapp(conversations, &[]).await;
        let write = async |what: Value| app.post("/v1/messages", what).await.expect(202).json["id"].clone();
        let freeform = write(json!({ "to": EVE, "text": "Are you there?" })).await;
        let failed = app.outbound(&freeform, "failed").await;
        assert_eq!(failed["error_code"], 63016);
        assert!(text(&failed["reason"]).contains("template"), "{failed}");

        let approved = app.template("Still coming, {{1}}?", "approved").await;
        let sent = write(json!({ "to": EVE, "template": greeting(&approved) })).await;
        app.phone(EVE).sees("Still coming, Ann?").await;
        app.outbound(&sent, "read").await;

        for (status, code) in [("unsubmitted", 63016), ("rejected", 63040), ("paused", 63041)] {
            let flawed = app.template("No {{1}}", status).await;
            let sent = write(json!({ "to": EVE, "template": greeting(&flawed) })).await;
            assert_eq!(app.outbound(&sent, "failed").await["error_code"], code, "{status}");
        }
        assert!(!app.phone(EVE).received().await.iter().any(|body| body.starts_with("No ")));
    }
}

#[tokio::test]
async fn f51_a_closed_window_is_known_before_twilio_is_asked() {
    let app = whatsapp("true", &[]).await;
    let window = async || app.session(EVE).await["participants"][0]["window"].clone();
    let sent = app.post("/v1/messages", json!({ "to": EVE, "text": "Are you there?" })).await;
    let failed = app.outbound(&sent.expect(202).json["id"], "failed").await;
    assert_eq!((&failed["error_code"], &failed["attempts"]), (&json!(63016), &json!(0)));
    assert_eq!(window().await, json!({ "state": "closed" }));
    let refused = app.events_of("message.refused").await;
    assert_eq!(refused[0]["data"]["error_code"], 63016);
    app.phone(EVE).says("Back again").await;
    app.settled().await;
    let open = window().await;
    assert_eq!(open["state"], "open");
    let until: jiff::Timestamp = text(&open["until"]).parse().unwrap();
    let now = jiff::Timestamp::from_millisecond(app.sandbox.clock().now_ms()).unwrap();
    assert_eq!(until.duration_since(now).as_hours(), 23);
}

#[tokio::test]
async fn the_way_back_in_is_taken_once_for_a_text_that_came_too_late() {
    for conversations in ["true", "false"] {
        let mut app = whatsapp(conversations, &[]).await;
        let sid = app.template("Si says: {{1}}", "approved").await;
        app.stop().await;
        app.set("policy.whatsapp.window_template.content_sid", &sid);
        app.set("policy.whatsapp.window_template.variable", "1");
        app.begin().await;
        let sent = app.post("/v1/messages", json!({ "to": EVE, "text": "Are\nyou there?" })).await;
        let sent = sent.expect(202).json;
        app.phone(EVE).sees("Si says: Are you there?").await;
        app.outbound(&sent["id"], "failed").await;
        let long = app.post("/v1/messages", json!({ "to": EVE, "text": "x".repeat(257) })).await;
        app.outbound(&long.expect(202).json["id"], "failed").await;
        app.settled().await;
        assert_eq!(app.phone(EVE).count("Si says: Are you there?").await, 1);
        let queued = app.events_of("message.queued").await;
        let instead: Vec<_> = queued.iter().filter_map(|event| event["data"].get("instead_of")).collect();
        assert_eq!(instead, [&sent["id"]]);
    }
}

/// A channel to which Eve last wrote 25 hours ago.
async fn whatsapp(conversations: &str, more: &[(&str, &str)]) -> TestApp {
    let mut settings = vec![("use_conversations_api", conversations)];
    settings.extend(more);
    let app = TestApp::with(&settings).await;
    // A WhatsApp sender's webhook is set in Twilio's console.
    let number = json!({ "number": app.whatsapp(), "sms_url": "https://si.example.com/webhooks/sms" });
    app.control(Method::POST, "/sandbox/numbers", number).await.expect(200);
    app.phone(EVE).says("Hello").await;
    app.settled().await;
    app.advance(SignedDuration::from_hours(25));
    app.settled().await;
    app
}

#[tokio::test]
async fn a_template_waits_is_cancelled_and_needs_consent_as_a_text_does() {
    let app = TestApp::start().await;
    let sid = app.template("Coming, {{1}}?", "approved").await;
    let template = greeting(&sid);
    let refused = app.post("/v1/messages", json!({ "to": ANN, "template": template })).await;
    refused.problem(403, "no-consent");
    app.phone(ANN).says("Hello").await;
    let at = jiff::Timestamp::from_millisecond(app.sandbox.clock().now_ms() + 3_600_000).unwrap();
    let later = json!({ "to": ANN, "template": template, "not_before": at, "class": "informational" });
    let sent = app.post("/v1/messages", later.clone()).await.expect(202).json;
    assert_eq!(sent["state"], "scheduled");
    app.post(&format!("/v1/outbound/{}/cancel", text(&sent["id"])), json!({})).await.expect(200);
    let sent = app.post("/v1/messages", later).await.expect(202).json;
    app.advance(SignedDuration::from_hours(2));
    app.outbound(&sent["id"], "delivered").await;
    assert_eq!(app.phone(ANN).count("Coming, Ann?").await, 1);
}

#[tokio::test]
async fn a_template_whose_outcome_is_unclear_is_not_sent_again() {
    let app = TestApp::with(&[("use_conversations_api", "false")]).await;
    app.phone(ANN).says("Hello").await;
    let sid = app.template("Coming, {{1}}?", "approved").await;
    app.fault(json!({ "kind": "drop_after_effect", "match": CREATE })).await;
    let sent = app.post("/v1/messages", json!({ "to": ANN, "template": greeting(&sid) })).await;
    app.outbound(&sent.expect(202).json["id"], "delivered").await;
    app.settled().await;
    assert_eq!((app.faults_left().await, app.phone(ANN).count("Coming, Ann?").await), (0, 1));
}

#[tokio::test]
async fn what_is_not_one_message_is_refused_where_it_is_wrong() {
    let app = TestApp::start().await;
    app.phone(ANN).says("Hello").await;
    let sid = app.template("Coming, {{1}}?", "approved").await;
    let (png, plain) = (json!({ "url": "https://e.com/a.png" }), json!({ "url": "http://e.com/a.png" }));
    let many: Vec<&Value> = std::iter::repeat_n(&png, 11).collect();
    let long = json!({ "content_sid": sid, "variables": { "1": "v".repeat(257) } });
    for (body, place) in [
        (json!({}), "text:"),
        (json!({ "text": "a", "template": greeting(&sid) }), "text:"),
        (json!({ "media": [png], "template": greeting(&sid) }), "media:"),
        (json!({ "media": [] }), "media:"),
        (json!({ "media": many }), "media:"),
        (json!({ "media": [png, plain] }), "media[1].url:"),
        (json!({ "media": [png, { "url": "a.png" }] }), "media[1].url:"),
        (json!({ "media": [{ "url": "https://e.com", "filename": "/" }] }), "media[0].filename:"),
        (json!({ "template": { "content_sid": "HX1" } }), "template.content_sid:"),
        (json!({ "template": long }), "template.variables:"),
    ] {
        let mut to = body.clone();
        to["to"] = json!(ANN);
        let problem = app.post("/v1/messages", to).await.problem(400, "invalid-body");
        assert!(problem.starts_with(place), "{problem}");
        let session = app.session(ANN).await;
        let messages = format!("/v1/sessions/{}/messages", text(&session["session_id"]));
        assert_eq!(app.post(&messages, body).await.problem(400, "invalid-body"), problem);
    }
}
