use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

#[tokio::test]
async fn serve_prints_one_ready_line_and_ends_on_sigterm() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_twilio-sandbox"))
        .args(["serve", "--port", "0", "--seed", "1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(ready["ready"], true);
    for field in ["account_sid", "auth_token", "api_key", "api_secret", "sms_number", "whatsapp_number"] {
        assert!(ready[field].is_string(), "{field}");
    }
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let url = format!("{}/conversations/v1/Conversations", ready["sandbox"].as_str().unwrap());
    let request =
        client.get(url).basic_auth(ready["account_sid"].as_str().unwrap(), ready["auth_token"].as_str());
    assert_eq!(request.send().await.unwrap().status(), 200);
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert!(child.wait().unwrap().success());
    assert!(lines.next().is_none(), "stdout has the ready line alone");
}
