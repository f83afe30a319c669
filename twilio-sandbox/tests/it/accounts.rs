use http::Method;
use serde_json::{Value, json};
use twilio_sandbox::{SandboxConfig, Subaccount};

use crate::support::{ANN, Form, Got, Lab, answer};

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
