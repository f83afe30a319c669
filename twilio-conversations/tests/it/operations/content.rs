use crate::support::{client, line, parts, sid};
use serde_json::json;
use twilio_conversations::{
    api::content::{
        ContentVariables, CreateApproval, CreateContent, DeleteContent, FetchApprovals, FetchContent,
        ListContent, ListContentAndApprovals, ListLegacyContent, UpdateContent,
    },
    model::content::{Action, ApprovalCategory, CallToAction, Card, ContentType, Text},
    request::Class,
    sid::ContentSid,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_json, header, method, path},
};

fn content() -> ContentSid {
    sid("HX")
}

fn samples() -> ContentVariables {
    ContentVariables::new([("1", "Ann")]).unwrap()
}

#[test]
fn content_and_approvals() {
    let text = ContentType::Text(Text::new("hi {{1}}"));
    let go = Action::Url { title: "Go".into(), url: "https://h/".into(), id: None, webview_size: None };
    let mut card = Card::new();
    card.title = Some("t".into());
    card.actions = Some(vec![go.clone()]);
    let create = CreateContent::new("en", [text.clone(), ContentType::Card(card)])
        .friendly_name("hello")
        .variables(&samples());
    let update = UpdateContent::new(content(), [ContentType::CallToAction(CallToAction::new("b", vec![go]))]);
    assert_eq!(parts(&update).class, Class::Replace);
    for (actual, expected) in [
        (
            line(&create),
            concat!(
                r#"POST /v1/Content {"friendly_name":"hello","language":"en","types":{"twilio/card":{"actions":"#,
                r#"[{"title":"Go","type":"URL","url":"https://h/"}],"title":"t"},"twilio/text":{"body":"hi {{1}}"}},"#,
                r#""variables":{"1":"Ann"}}"#
            ),
        ),
        (
            line(&update.language("de").friendly_name("n").variables(&samples())),
            concat!(
                r#"PUT /v1/Content/HX… {"friendly_name":"n","language":"de","types":{"twilio/call-to-action":{"actions":"#,
                r#"[{"title":"Go","type":"URL","url":"https://h/"}],"body":"b"}},"variables":{"1":"Ann"}}"#
            ),
        ),
        (line(&FetchContent::new(content())), "GET /v1/Content/HX…"),
        (line(&DeleteContent::new(content())), "DELETE /v1/Content/HX…"),
        (line(&ListContent::new().page_size(5000)), "GET /v1/Content PageSize=1000"),
        (line(&ListContentAndApprovals::new().page_size(5)), "GET /v1/ContentAndApprovals PageSize=5"),
        (line(&ListLegacyContent::new()), "GET /v1/LegacyContent"),
        (line(&FetchApprovals::new(content())), "GET /v1/Content/HX…/ApprovalRequests"),
        (
            line(&CreateApproval::new(content(), "tree_fiddy", &ApprovalCategory::Utility)),
            r#"POST /v1/Content/HX…/ApprovalRequests/whatsapp {"category":"UTILITY","name":"tree_fiddy"}"#,
        ),
    ] {
        assert_eq!(actual, expected);
    }
    assert!(!format!("{create:?} {:?}", parts(&create)).contains("hello"));
}

#[tokio::test]
async fn json_goes_out_as_json_and_a_replacement_is_not_repeated() {
    let server = MockServer::start().await;
    let body = json!({"types": {"twilio/text": {"body": "hi"}}});
    Mock::given(method("PUT"))
        .and(path(format!("/content/v1/Content/{}", content())))
        .and(header("content-type", "application/json"))
        .and(body_json(body))
        .respond_with(ResponseTemplate::new(503))
        .expect(1)
        .mount(&server)
        .await;
    let update = UpdateContent::new(content(), [ContentType::Text(Text::new("hi"))]);
    let error = client(&server).send(&update).await.unwrap_err();
    assert!(error.status() == Some(503) && error.outcome_unknown());
}
