use http::Method;
use serde_json::{Value, json};
use twilio_sandbox::{Behaviour, SandboxConfig, TemplateReview};

use crate::support::Lab;

pub(crate) const PATH: &str = "/content/v1/Content";

impl Lab {
    /// Makes a template of these types with these samples; gives its SID.
    pub(crate) async fn template(&self, types: Value, variables: Value) -> String {
        let body = json!({"friendly_name": "a", "language": "en", "variables": variables, "types": types});
        let made = self.json(Method::POST, PATH, body).await.expect(201);
        made["sid"].as_str().unwrap().to_owned()
    }

    async fn status(&self, sid: &str) -> Value {
        self.get(&format!("{PATH}/{sid}/ApprovalRequests")).await.expect(200)["whatsapp"].clone()
    }
}

fn words(body: &str) -> Value {
    json!({"twilio/text": {"body": body}})
}

#[tokio::test]
async fn a_template_is_made_fetched_changed_and_deleted() {
    let lab = Lab::new().await;
    let types = json!({"twilio/text": {"body": "Hi {{1}}"}, "twilio/media": null});
    let body =
        json!({"friendly_name": "greeting", "language": "en", "variables": {"1": "you"}, "types": types});
    let made = lab.json(Method::POST, PATH, body).await.expect(201);
    let sid = made["sid"].as_str().unwrap();
    assert!(sid.starts_with("HX") && sid.len() == 34, "{sid}");
    let url = format!("{}{PATH}/{sid}", lab.sandbox.url());
    assert_eq!(
        made,
        json!({
            "sid": sid, "account_sid": lab.sandbox.account_sid(), "friendly_name": "greeting",
            "language": "en", "variables": {"1": "you"}, "types": {"twilio/text": {"body": "Hi {{1}}"}},
            "date_created": made["date_created"], "date_updated": made["date_created"], "url": url,
            "links": {
                "approval_create": format!("{url}/ApprovalRequests/whatsapp"),
                "approval_fetch": format!("{url}/ApprovalRequests"),
            },
        })
    );
    assert_eq!(lab.get(&url).await.expect(200), made);
    let changed = lab.json(Method::PUT, &url, json!({"types": words("Bye {{1}}")})).await.expect(200);
    assert_eq!((&changed["types"], &changed["variables"]), (&words("Bye {{1}}"), &json!({"1": "you"})));
    assert_eq!(lab.delete(&url).await.status, 204);
    lab.get(&url).await.fails(404, 20404);
    lab.delete(&url).await.fails(404, 20404);
    lab.json(Method::PUT, &url, json!({"types": words("a")})).await.fails(404, 20404);
    lab.post(&url, &[]).await.fails(405, 20004);
}

#[tokio::test]
async fn what_a_template_lacks_is_refused() {
    let lab = Lab::new().await;
    for body in [
        json!([]),
        json!({"types": words("a")}),
        json!({"language": "english!", "types": words("a")}),
        json!({"language": "en"}),
        json!({"language": "en", "types": {}}),
        json!({"language": "en", "types": {"twilio/text": {}}}),
        json!({"language": "en", "types": words("a"), "friendly_name": 1}),
        json!({"language": "en", "types": words("a"), "variables": ["a"]}),
        json!({"language": "en", "types": words("a"), "variables": {"1": 1}}),
        json!({"language": "en", "types": words("a"), "variables": {"a b": "c"}}),
    ] {
        lab.json(Method::POST, PATH, body).await.fails(400, 20001);
    }
    lab.post(PATH, &[("language", "en")]).await.fails(415, 20001);
}

#[tokio::test]
async fn templates_are_listed_plainly_with_approvals_and_by_their_past() {
    let lab = Lab::new().await;
    let mut sids = Vec::new();
    for body in ["one", "two", "three"] {
        sids.push(lab.template(words(body), json!({})).await);
    }
    let page = lab.get(&format!("{PATH}?PageSize=2")).await.expect(200);
    assert_eq!((&page["meta"]["key"], page["contents"].as_array().unwrap().len()), (&json!("contents"), 2));
    let next = lab.get(page["meta"]["next_page_url"].as_str().unwrap()).await.expect(200);
    assert_eq!(next["contents"][0]["sid"], json!(sids[2]));
    lab.get(&format!("{PATH}?PageSize=1001")).await.fails(400, 20007);
    let all = lab.get("/content/v1/ContentAndApprovals").await.expect(200);
    let approval = &all["contents"][0]["approval_requests"];
    assert_eq!((&approval["status"], &approval["name"]), (&json!("unsubmitted"), &json!("")));
    let legacy = json!({"name": "old_one", "body": "One"});
    lab.control(Method::PUT, &format!("content/{}/legacy", sids[1]), legacy).await.expect(200);
    let old = lab.get("/content/v1/LegacyContent").await.expect(200);
    assert_eq!(old["contents"].as_array().unwrap().len(), 1);
    let old = &old["contents"][0];
    assert_eq!(
        (&old["sid"], &old["legacy_template_name"], &old["legacy_body"]),
        (&json!(sids[1]), &json!("old_one"), &json!("One"))
    );
}

#[tokio::test]
async fn a_submitted_template_is_received_then_pending_then_approved() {
    let lab = Lab::new().await;
    let sid = lab.template(words("Hi {{1}}!"), json!({"1": "you"})).await;
    assert_eq!(lab.status(&sid).await["status"], "unsubmitted");
    let path = format!("{PATH}/{sid}/ApprovalRequests/whatsapp");
    for body in [
        json!({"category": "UTILITY"}),
        json!({"name": "Greeting", "category": "UTILITY"}),
        json!({"name": "greeting one", "category": "UTILITY"}),
        json!({"name": "greeting"}),
        json!({"name": "greeting", "category": "utility"}),
        json!({"name": "greeting", "category": "UTILITY", "allow_category_change": "no"}),
    ] {
        lab.json(Method::POST, &path, body).await.fails(400, 20001);
    }
    let body = json!({"name": "greeting_1", "category": "UTILITY", "allow_category_change": false});
    let submitted = lab.json(Method::POST, &path, body.clone()).await.expect(201);
    assert_eq!(
        submitted,
        json!({"name": "greeting_1", "category": "UTILITY", "content_type": "twilio/text",
            "status": "received", "rejection_reason": "", "allow_category_change": false})
    );
    lab.json(Method::POST, &path, body).await.fails(409, 20409);
    lab.advance("PT2S").await;
    assert_eq!(lab.status(&sid).await["status"], "pending");
    lab.advance("PT2S").await;
    assert_eq!(lab.status(&sid).await["status"], "approved");
    // What was changed is looked at again.
    lab.json(Method::PUT, &format!("{PATH}/{sid}"), json!({"types": words("{{1}}")})).await.expect(200);
    assert_eq!(lab.status(&sid).await["status"], "received");
    lab.advance("PT10S").await;
    let rejected = lab.status(&sid).await;
    assert_eq!(rejected["status"], "rejected");
    assert!(rejected["rejection_reason"].as_str().unwrap().contains("starts or ends"), "{rejected}");
}

#[tokio::test]
async fn whatsapp_rejects_what_is_against_its_rules() {
    let lab = Lab::new().await;
    let code =
        json!({"whatsapp/authentication": {"actions": [{"type": "COPY_CODE", "copy_code_text": "Copy"}]}});
    for (types, category, status) in [
        (words("Hi {{1}}{{2}}!"), "UTILITY", "rejected"),
        (words("Hi {{3}}!"), "UTILITY", "rejected"),
        (words("Hi!"), "AUTHENTICATION", "rejected"),
        (code.clone(), "MARKETING", "rejected"),
        (code, "AUTHENTICATION", "approved"),
        (words("Hi {{1}}, {{2}}!"), "MARKETING", "approved"),
    ] {
        let sid = lab.template(types.clone(), json!({"1": "a", "2": "b"})).await;
        let path = format!("{PATH}/{sid}/ApprovalRequests/whatsapp");
        lab.json(Method::POST, &path, json!({"name": "a", "category": category})).await.expect(201);
        lab.advance("PT5S").await;
        assert_eq!(lab.status(&sid).await["status"], status, "{types} {category}");
    }
    let place = json!({"twilio/location": {"latitude": 1, "longitude": 2}});
    let sid = lab.template(place, json!({})).await;
    let path = format!("{PATH}/{sid}/ApprovalRequests/whatsapp");
    lab.json(Method::POST, &path, json!({"name": "a", "category": "UTILITY"})).await.fails(400, 20001);
}

#[tokio::test]
async fn the_verdict_is_a_setting_and_a_control() {
    let behaviour = Behaviour { template_review: TemplateReview::Reject, ..Behaviour::default() };
    let lab = Lab::with(SandboxConfig { behaviour, ..SandboxConfig::default() }).await;
    let sid = lab.template(words("Hi"), json!({})).await;
    let path = format!("{PATH}/{sid}/ApprovalRequests/whatsapp");
    lab.json(Method::POST, &path, json!({"name": "a", "category": "UTILITY"})).await.expect(201);
    lab.advance("PT5S").await;
    assert_eq!(lab.status(&sid).await["status"], "rejected");
    for status in ["received", "pending", "approved", "rejected", "paused", "disabled"] {
        let body = json!({"status": status, "reason": "why"});
        lab.control(Method::POST, &format!("content/{sid}/approval"), body).await.expect(200);
        lab.advance("PT1H").await;
        let now = lab.status(&sid).await;
        assert_eq!((&now["status"], &now["rejection_reason"]), (&json!(status), &json!("why")));
    }
    let none = json!({"status": "unsubmitted"});
    lab.control(Method::POST, &format!("content/{sid}/approval"), none).await.expect(200);
    assert_eq!(lab.status(&sid).await["status"], "unsubmitted");
    let bad = lab.control(Method::POST, &format!("content/{sid}/approval"), json!({"status": "fine"})).await;
    assert_eq!(bad.status, 400);
    let unknown = lab.control(Method::POST, "content/HX0/approval", json!({"status": "paused"})).await;
    assert_eq!(unknown.status, 404);
}
