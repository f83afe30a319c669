use http::Method;
use serde_json::{Value, json};
use twilio_sandbox::{AccountStatus, Behaviour, InactiveAccount, SandboxConfig, Subaccount};

use crate::support::{ANN, Form, Got, Lab, Receiver, answer};

const LIST: &str = "/conversations/v1/Conversations";
const SUB: &str = "AC0000000000000000000000000000005b";
const TOKEN: &str = "token-of-the-subaccount";
const NUMBER: &str = "+15005550101";

async fn lab() -> Lab {
    let subaccount = Subaccount {
        account_sid: Some(SUB.into()),
        auth_token: Some(TOKEN.into()),
        numbers: vec![NUMBER.into()],
        ..Subaccount::default()
    };
    Lab::with(SandboxConfig { subaccounts: vec![subaccount], ..SandboxConfig::default() }).await
}

/// A request with credentials of one's choice.
async fn request(lab: &Lab, user: &str, password: &str, method: Method, path: &str, form: Form<'_>) -> Got {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(form);
    let request = lab
        .http
        .request(method, format!("{}{path}", lab.sandbox.url()))
        .basic_auth(user, Some(password))
        .header("content-type", "application/x-www-form-urlencoded");
    answer(request.body(body.finish())).await
}

#[tokio::test]
async fn resources_of_a_subaccount_are_its_own() {
    let lab = lab().await;
    let made = request(&lab, SUB, TOKEN, Method::POST, LIST, &[]).await.expect(201);
    assert_eq!(made["account_sid"], SUB);
    let path = format!("{LIST}/{}", made["sid"].as_str().unwrap());
    request(&lab, SUB, TOKEN, Method::GET, &path, &[]).await.expect(200);
    lab.get(&path).await.fails(404, 20404);
    assert_eq!(lab.get(LIST).await.expect(200)["conversations"], json!([]));
    let own = lab.conversation().await;
    request(&lab, SUB, TOKEN, Method::GET, &format!("{LIST}/{own}"), &[]).await.fails(404, 20404);
}

#[tokio::test]
async fn a_parents_token_reaches_a_subaccount_in_the_2010_api_and_its_key_does_not() {
    let lab = lab().await;
    let messages = format!("/api/2010-04-01/Accounts/{SUB}/Messages.json");
    let form = [("From", NUMBER), ("To", ANN), ("Body", "hi")];
    let sent = lab.post(&messages, &form).await.expect(201);
    assert_eq!(sent["account_sid"], SUB);
    let key = (lab.sandbox.api_key(), lab.sandbox.api_secret());
    request(&lab, &key.0, &key.1, Method::GET, &messages, &[]).await.fails(401, 20003);
    let of_main = format!("/api/2010-04-01/Accounts/{}/Messages.json", lab.sandbox.account_sid());
    request(&lab, SUB, TOKEN, Method::GET, &of_main, &[]).await.fails(401, 20003);
    assert_eq!(lab.get(&of_main).await.expect(200)["messages"], json!([]));
    // The main account does not own that number.
    lab.post(&of_main, &form).await.fails(400, 21606);
    let unknown = messages.replace(SUB, "AC00000000000000000000000000000000");
    lab.get(&unknown).await.fails(404, 20404);
}

#[tokio::test]
async fn one_phone_shows_what_every_account_sends_it() {
    let lab = lab().await;
    let sms = lab.sms();
    let of_sub = format!("/api/2010-04-01/Accounts/{SUB}/Messages.json");
    for (path, from) in [("/api/2010-04-01/Accounts/{AC}/Messages.json", sms.as_str()), (&of_sub, NUMBER)] {
        lab.post(path, &[("From", from), ("To", ANN), ("Body", "hi")]).await.expect(201);
    }
    assert_eq!(lab.received(ANN).await, ["hi", "hi"]);
    lab.text(ANN, NUMBER, "for the subaccount").await;
    let inbound = lab.get(&format!("{of_sub}?From=%2B15557770001")).await.expect(200);
    assert_eq!(inbound["messages"][0]["body"], "for the subaccount");
    let taken = json!({"number": NUMBER});
    assert_eq!(lab.control(Method::POST, "numbers", taken).await.status, 400);
    let numbers = lab.control(Method::GET, &format!("numbers?account={SUB}"), Value::Null).await.expect(200);
    assert_eq!(numbers["numbers"][0]["number"], NUMBER);
}

#[tokio::test]
async fn a_promoted_token_signs_and_the_old_one_opens_nothing() {
    let lab = lab().await;
    let mut receiver = Receiver::new().await;
    lab.configure("", &receiver.url).await;
    let (sid, old) = (lab.sandbox.account_sid(), lab.sandbox.auth_token());
    let tokens = "/accounts/v1/AuthTokens";
    let made = lab.post(&format!("{tokens}/Secondary"), &[]).await.expect(201);
    let new = made["secondary_auth_token"].as_str().unwrap();
    assert_eq!(lab.sandbox.account().secondary_token().as_deref(), Some(new));
    // Both open, the first signs.
    for token in [old.as_str(), new] {
        request(&lab, &sid, token, Method::GET, LIST, &[]).await.expect(200);
    }
    lab.post_aloud(LIST, &[]).await.expect(201);
    receiver.next().await.is_signed(&old, &receiver.url);
    let promoted =
        request(&lab, &sid, new, Method::POST, &format!("{tokens}/Promote"), &[]).await.expect(200);
    assert_eq!(promoted["auth_token"], new);
    request(&lab, &sid, &old, Method::GET, LIST, &[]).await.fails(401, 20003);
    // The client of the test asks the sandbox for the token that counts.
    lab.post_aloud(LIST, &[]).await.expect(201);
    receiver.next().await.is_signed(new, &receiver.url);
    lab.post(&format!("{tokens}/Promote"), &[]).await.fails(404, 20404);
    lab.post(&format!("{tokens}/Secondary"), &[]).await.expect(201);
    assert_eq!(lab.delete(&format!("{tokens}/Secondary")).await.status, 204);
    lab.delete(&format!("{tokens}/Secondary")).await.fails(404, 20404);
}

#[tokio::test]
async fn a_standard_key_uses_the_account_and_cannot_manage_it() {
    let lab = lab().await;
    let keys = format!("/api/2010-04-01/Accounts/{}/Keys", lab.sandbox.account_sid());
    let made = lab.post(&format!("{keys}.json"), &[("FriendlyName", "worker")]).await.expect(201);
    let (sid, secret) = (made["sid"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let one = format!("{keys}/{sid}.json");
    assert_eq!(lab.get(&one).await.expect(200)["secret"], Value::Null);
    let renamed = lab.post(&one, &[("FriendlyName", "sender")]).await.expect(200);
    assert_eq!(renamed["friendly_name"], "sender");
    request(&lab, sid, secret, Method::GET, LIST, &[]).await.expect(200);
    for path in
        [&format!("{keys}.json"), "/api/2010-04-01/Accounts.json", "/accounts/v1/AuthTokens/Secondary"]
    {
        request(&lab, sid, secret, Method::POST, path, &[]).await.fails(401, 20003);
    }
    // The account's first key is a main key.
    let main = (lab.sandbox.api_key(), lab.sandbox.api_secret());
    let list = request(&lab, &main.0, &main.1, Method::GET, &format!("{keys}.json"), &[]).await.expect(200);
    assert_eq!(list["keys"].as_array().unwrap().len(), 2);
    assert_eq!(lab.delete(&one).await.status, 204);
    lab.delete(&one).await.fails(404, 20404);
    request(&lab, sid, secret, Method::GET, LIST, &[]).await.fails(401, 20003);
}

#[tokio::test]
async fn a_subaccount_is_opened_suspended_and_closed_over_rest() {
    let lab = Lab::new().await;
    let accounts = "/api/2010-04-01/Accounts";
    let made = lab.post(&format!("{accounts}.json"), &[("FriendlyName", "Shop")]).await.expect(201);
    let (sid, token) = (made["sid"].as_str().unwrap(), made["auth_token"].as_str().unwrap());
    assert_eq!(made["owner_account_sid"], lab.sandbox.account_sid());
    let one = format!("{accounts}/{sid}.json");
    let list = lab.get(&format!("{accounts}.json?FriendlyName=Shop")).await.expect(200);
    assert_eq!((list["accounts"].as_array().unwrap().len(), &list["accounts"][0]["sid"]), (1, &made["sid"]));
    request(&lab, sid, token, Method::POST, &format!("{accounts}.json"), &[]).await.fails(401, 20003);
    request(&lab, sid, token, Method::GET, LIST, &[]).await.expect(200);
    lab.post(&one, &[("Status", "asleep")]).await.fails(400, 21475);
    assert_eq!(lab.post(&one, &[("Status", "suspended")]).await.expect(200)["status"], "suspended");
    request(&lab, sid, token, Method::GET, LIST, &[]).await.fails(403, 20005);
    lab.get(&format!("{accounts}/{sid}/Messages.json")).await.fails(403, 20005);
    lab.post(&one, &[("Status", "active")]).await.expect(200);
    request(&lab, sid, token, Method::GET, LIST, &[]).await.expect(200);
    lab.post(&one, &[("Status", "closed"), ("FriendlyName", "Gone")]).await.expect(200);
    lab.post(&one, &[("Status", "active")]).await.fails(400, 21479);
    let own = format!("{accounts}/{}.json", lab.sandbox.account_sid());
    lab.post(&own, &[("Status", "suspended")]).await.fails(400, 21477);
}

#[tokio::test]
async fn a_suspended_account_sends_and_gets_nothing_and_its_subaccounts_neither() {
    let behaviour = Behaviour { inactive_account: InactiveAccount::Authenticate, ..Behaviour::default() };
    let config = SandboxConfig { behaviour, ..SandboxConfig::default() };
    let lab = Lab::with(config).await;
    lab.auto_create("sms", &lab.sms()).await;
    let sms = lab.sms();
    let form = [("From", sms.as_str()), ("To", ANN), ("Body", "hi")];
    let later = "/api/2010-04-01/Accounts/{AC}/Messages.json";
    let queued = lab.post(later, &form).await.expect(201)["sid"].as_str().unwrap().to_owned();
    let opened = lab.control(Method::POST, "accounts", json!({"friendly_name": "Shop"})).await.expect(201);
    let control = format!("accounts/{}", lab.sandbox.account_sid());
    lab.control(Method::POST, &control, json!({"status": "suspended"})).await.expect(200);
    lab.get(LIST).await.fails(401, 20003);
    let (sid, token) = (opened["account_sid"].as_str().unwrap(), opened["auth_token"].as_str().unwrap());
    request(&lab, sid, token, Method::GET, LIST, &[]).await.fails(401, 20003);
    lab.text(ANN, &sms, "does anybody hear me").await;
    lab.until(async || {
        let notes = lab.control(Method::GET, "log?kind=note", Value::Null).await.expect(200);
        (notes["entries"][0]["error_code"] == 20003).then_some(())
    })
    .await;
    lab.control(Method::POST, &control, json!({"status": "active"})).await.expect(200);
    assert_eq!(lab.get(LIST).await.expect(200)["conversations"], json!([]));
    // It had left, or was on its way when the account was suspended.
    let status = lab.get(&later.replace(".json", &format!("/{queued}.json"))).await.expect(200);
    assert!(matches!(status["error_code"].as_u64(), None | Some(30002)), "{status}");
}

#[tokio::test]
async fn a_message_queued_when_the_account_is_suspended_fails_with_30002() {
    let step = std::time::Duration::from_hours(1);
    let lab = Lab::with(SandboxConfig { carrier_step: step, ..SandboxConfig::default() }).await;
    let (sms, messages) = (lab.sms(), "/api/2010-04-01/Accounts/{AC}/Messages");
    let form = [("From", sms.as_str()), ("To", ANN), ("Body", "hi")];
    let sent = lab.post(&format!("{messages}.json"), &form).await.expect(201);
    let account = lab.sandbox.account();
    account.set_status(AccountStatus::Suspended);
    lab.advance("PT1H").await;
    assert_eq!(account.status(), AccountStatus::Suspended);
    account.set_status(AccountStatus::Active);
    let one = format!("{messages}/{}.json", sent["sid"].as_str().unwrap());
    let failed = lab.get(&one).await.expect(200);
    assert_eq!((&failed["status"], &failed["error_code"]), (&json!("failed"), &json!(30002)));
}

#[tokio::test]
async fn the_controls_show_accounts_without_secrets() {
    let config = SandboxConfig { secondary_token: Some("the-next-token".into()), ..SandboxConfig::default() };
    let lab = Lab::with(config).await;
    let main = lab.sandbox.account();
    let (key, secret) = main.create_api_key("worker");
    assert_eq!(main.api_keys().len(), 2);
    let list = lab.control(Method::GET, "accounts", Value::Null).await.expect(200);
    let one = &list["accounts"][0];
    assert_eq!((&one["account_sid"], &one["has_secondary_token"]), (&json!(main.sid()), &json!(true)));
    assert_eq!(one["keys"][1], json!({"sid": key, "friendly_name": "worker", "main": false}));
    for hidden in [&secret, "the-next-token", &main.auth_token()] {
        assert!(!list.to_string().contains(hidden));
    }
    let path = format!("accounts/{}", main.sid());
    let promoted = lab.control(Method::POST, &format!("{path}/promote"), Value::Null).await.expect(200);
    assert_eq!(
        (promoted["auth_token"].as_str(), main.auth_token().as_str()),
        (Some("the-next-token"), "the-next-token")
    );
    assert_eq!(lab.control(Method::POST, &format!("{path}/promote"), Value::Null).await.status, 400);
    lab.control(Method::POST, &format!("{path}/secondary_token"), Value::Null).await.expect(201);
    assert!(main.secondary_token().is_some());
    lab.control(Method::DELETE, &format!("{path}/secondary_token"), Value::Null).await.expect(200);
    let made = lab.control(Method::POST, &format!("{path}/keys"), json!({"main": true})).await.expect(201);
    let made = format!("{path}/keys/{}", made["sid"].as_str().unwrap());
    lab.control(Method::DELETE, &made, Value::Null).await.expect(200);
    assert_eq!(lab.control(Method::DELETE, &made, Value::Null).await.status, 404);
    for (path, body) in
        [("accounts", json!({"numbers": ["12"]})), ("accounts", json!({"numbers": [lab.sms()]}))]
    {
        assert_eq!(lab.control(Method::POST, path, body).await.status, 400);
    }
    assert!(lab.sandbox.subaccounts().is_empty());
    assert_eq!(lab.control(Method::GET, "accounts/AC0", Value::Null).await.status, 404);
}
