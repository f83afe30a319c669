//! The program as people and scripts run it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::text;

pub(crate) fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_si-channel-server"));
    // Settings of whoever runs the tests are none of the tests'.
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.args(args).env_clear().env("PATH", path).stdin(Stdio::null());
    command
}

fn run(command: &mut Command) -> (Output, String) {
    let output = command.output().unwrap();
    let stdout = String::from_utf8(output.stdout.clone()).unwrap();
    (output, stdout)
}

/// The answer of a command that succeeds.
#[track_caller]
fn printed(args: &[&str]) -> String {
    let (output, stdout) = run(&mut program(args));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    stdout
}

#[test]
fn texts_are_listed_by_language_and_checked() {
    let french = printed(&["texts", "--language", "fr"]);
    assert!(french.contains("unreviewed") && french.contains("Si : vous êtes désinscrit"), "{french}");
    assert!(!french.contains("You have opted out"));
    let all: Value = serde_json::from_str(&printed(&["texts", "check", "--json"])).unwrap();
    assert!(all.as_array().unwrap().iter().all(|line| line["findings"] == json!([])));
    assert!(printed(&["texts", "--language", "pl", "--source"]).contains("opt_out_confirmation = "));

    let folder = TempDir::new().unwrap();
    let mut check = program(&["texts", "check"]);
    check.env("SI_CHANNEL_TEXTS__DIR", folder.path());
    std::fs::write(folder.path().join("sv.ftl"), "left_group = Reply END.").unwrap();
    let (output, stdout) = run(&mut check);
    assert!(!output.status.success());
    assert!(
        stdout.contains("FINDING asks for END") && stdout.contains("FINDING missing: said in en"),
        "{stdout}"
    );
    std::fs::write(folder.path().join("sv.ftl"), "# Swedish\nhelp = hej").unwrap();
    let (output, _) = run(&mut check);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("sv.ftl: line 2: `help` lacks $brand"), "{told}");
}

#[test]
fn segments_are_counted_for_people_and_for_programs() {
    let one: Value = serde_json::from_str(&printed(&["segments", "--json", "Hello"])).unwrap();
    assert_eq!(one, json!({ "encoding": "GSM-7", "units": 5, "segments": 1, "parts": ["Hello"] }));
    let plain = printed(&["segments", "Hello 👋"]);
    assert!(plain.starts_with("1 segment in UCS-2, 8 units"), "{plain}");
    assert!(plain.contains("| Hello 👋"), "{plain}");

    let texts = ["", "€uro", "line\nbreak", &"x".repeat(161), &"👋".repeat(36)];
    let mut child =
        program(&["segments", "--lines"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for text in texts {
        writeln!(stdin, "{}", json!(text)).unwrap();
    }
    drop(stdin);
    let lines = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), texts.len());
    for (line, body) in lines.iter().zip(texts) {
        let parts: String = line["parts"].as_array().unwrap().iter().map(text).collect();
        assert_eq!(parts, body);
    }
    let counts: Vec<(u64, u64)> = lines
        .iter()
        .map(|line| (line["units"].as_u64().unwrap(), line["segments"].as_u64().unwrap()))
        .collect();
    assert_eq!(counts[1..], [(5, 1), (10, 1), (161, 2), (72, 2)]);

    let mut child =
        program(&["segments", "--lines"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"not json\n").unwrap();
    let failed = child.wait_with_output().unwrap();
    assert!(!failed.status.success());
    assert!(String::from_utf8_lossy(&failed.stderr).contains("line 1"));
}

#[test]
fn signatures_are_those_that_twilio_makes() {
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    let call = [
        "CallSid=CA1234567890ABCDE",
        "Caller=+14158675309",
        "Digits=1234",
        "From=+14158675309",
        "To=+18005551212",
    ];
    let more = ["Reason=Participant", "ReasonConferenceEnded=test"];
    let sign = |url: &str, params: &[&str], rest: &[&str]| {
        let mut args = vec!["sign", url];
        args.extend(params.iter().flat_map(|param| ["--param", param]));
        args.extend(rest);
        let (output, stdout) = run(program(&args).env("TWILIO_AUTH_TOKEN", "12345"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        stdout.trim_end().to_owned()
    };
    let all: Vec<&str> = call.iter().chain(&more).copied().collect();
    assert_eq!(sign(url, &call, &[]), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    assert_eq!(sign(url, &all, &[]), "vOEb5UThFn24KEfnOFLQY2AE5FY=");
    assert_eq!(sign(&url.replace("https", "http"), &all, &[]), "n2xBNyzSW7rfYStDtOFiFMv7qNo=");
    assert_eq!(sign(&url.replace(".com/", ".com:443/"), &all, &[]), "nlYDL9HO41xd+GBsch67HROPYMY=");
    assert_eq!(sign(url, &[], &["--body", "property=value&boolean=true"]), "NBdBDr/T/lgjI+tlgpXjKZQZs/k=");
    let json = sign(url, &[], &["--json", "--body", r#"{"property": "value", "boolean": true}"#]);
    let hash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    assert_eq!(json, format!("{url}&bodySHA256={hash}\na9nBmqA0ju/hNViExpshrM61xv4="));

    let (output, _) = run(&mut program(&["sign", url]));
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("TWILIO_AUTH_TOKEN"));
}

/// A program that serves; it does not outlive the test.
pub(crate) struct Serving {
    child: Child,
    pub(crate) ready: Value,
    stderr: BufReader<std::process::ChildStderr>,
}

impl Serving {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let mut serving = Self { child, ready: Value::Null, stderr };
        serving.ready = serde_json::from_str(&first).unwrap_or_else(|_| panic!("{first}{}", serving.rest()));
        serving
    }

    fn rest(&mut self) -> String {
        let mut rest = String::new();
        let _ = self.stderr.read_to_string(&mut rest);
        rest
    }

    /// Sends SIGTERM; gives the exit code.
    fn terminate(self) -> Option<i32> {
        self.signal();
        self.ended()
    }

    /// Sends SIGTERM.
    pub(crate) fn signal(&self) {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
    }

    /// Waits for its end; gives the exit code.
    pub(crate) fn ended(mut self) -> Option<i32> {
        self.rest();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It has ended already, as a rule.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn dev_says_where_everything_is_and_its_examples_work() {
    let mut dev = Serving::start(&mut program(&["dev", "--port", "0", "--no-color"]));
    let ready = dev.ready.clone();
    let fields: Vec<&str> = ready.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = [
        "ready",
        "server",
        "public_url",
        "sandbox",
        "console",
        "account_sid",
        "auth_token",
        "api_token",
        "sms_number",
        "whatsapp_number",
    ];
    expected.sort_unstable();
    assert_eq!(fields, expected);
    assert_eq!(ready["ready"], true);

    let mut examples = Vec::new();
    let mut line = String::new();
    while examples.len() < 9 {
        line.clear();
        assert!(dev.stderr.read_line(&mut line).unwrap() > 0, "the how-to ends early: {examples:?}");
        if line.trim_start().starts_with("curl ") {
            examples.push(line.trim().to_owned());
        }
    }
    let has_curl = Command::new("curl").arg("--version").output().is_ok();
    for example in &examples {
        let answer = if has_curl { by_shell(example) } else { by_hand(example) };
        let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{example}: {answer}"));
        assert!(answer.get("type").is_none(), "{example}: {answer}");
    }
    assert!(examples[0].contains("Hello") && examples.iter().any(|example| example.contains("/v1/events")));
    assert_eq!(dev.terminate(), Some(0));
}

fn by_shell(example: &str) -> String {
    let output = Command::new("sh").args(["-c", example]).env("no_proxy", "*").output().unwrap();
    assert!(output.status.success(), "{example}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The same request without curl.
fn by_hand(example: &str) -> String {
    let words: Vec<&str> = example.split('\'').collect();
    let url = example.split([' ', '\'']).find(|word| word.starts_with("http://")).unwrap().to_owned();
    let data = example.contains(" -d ").then(|| words[words.len() - 2].to_owned());
    let bearer = words.iter().find_map(|word| word.strip_prefix("Authorization: Bearer ")).map(str::to_owned);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let request = if let Some(data) = data { client.post(url).body(data) } else { client.get(url) };
        let request = if let Some(bearer) = bearer { request.bearer_auth(bearer) } else { request };
        request.send().await.unwrap().text().await.unwrap()
    })
}

/// Returns once Si's echo of a text is on a phone.
fn answered(phone: &str, said: &str) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
    let answer = format!("You said: {said}");
    loop {
        let screen: Value = serde_json::from_str(&by_hand(&format!("curl -s {phone}"))).unwrap();
        if screen["messages"].as_array().unwrap().iter().any(|one| text(&one["body"]) == answer) {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "no {answer:?}: {screen}");
    }
}

#[test]
fn dev_goes_on_where_it_stopped_when_it_keeps_its_data() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().to_str().unwrap();
    let start = || Serving::start(&mut program(&["dev", "--port", "0", "--data-dir", data]));
    let first = start();
    let identity = first.ready["account_sid"].clone();
    let token = text(&first.ready["api_token"]).to_owned();
    let number = text(&first.ready["sms_number"]).to_owned();
    let phone = format!("{}/sandbox/handsets/%2B15550100001/messages", text(&first.ready["sandbox"]));
    by_hand(&format!("curl -s {phone} -d '{}'", json!({ "to": number, "body": "Hello" })));
    let sessions = |dev: &Serving| {
        let list =
            format!("curl -s -H 'Authorization: Bearer {token}' {}/v1/sessions", text(&dev.ready["server"]));
        let list: Value = serde_json::from_str(&by_hand(&list)).unwrap();
        list["items"].as_array().unwrap().clone()
    };
    answered(&phone, "Hello");
    let known = sessions(&first)[0]["session_id"].clone();
    assert_eq!(first.terminate(), Some(0));
    let second = start();
    assert_eq!(second.ready["account_sid"], identity);
    assert_eq!(sessions(&second)[0]["session_id"], known);
    // So does the sandbox: the phone shows what it did, and its next text comes into the same session.
    let phone = format!("{}/sandbox/handsets/%2B15550100001/messages", text(&second.ready["sandbox"]));
    let shown =
        || serde_json::from_str::<Value>(&by_hand(&format!("curl -s {phone}"))).unwrap()["messages"].clone();
    assert_eq!(shown()[0]["body"], "Hello");
    by_hand(&format!("curl -s {phone} -d '{}'", json!({ "to": number, "body": "Still there?" })));
    answered(&phone, "Still there?");
    assert_eq!(sessions(&second).len(), 1);
    // A text in the last moment is taken along.
    by_hand(&format!("curl -s {phone} -d '{}'", json!({ "to": number, "body": "One more thing" })));
    assert_eq!(second.terminate(), Some(0));
    let third = start();
    let phone = format!("{}/sandbox/handsets/%2B15550100001/messages", text(&third.ready["sandbox"]));
    answered(&phone, "One more thing");
    assert_eq!(third.terminate(), Some(0));
}

#[test]
fn serve_says_everything_that_is_missing_at_once() {
    let dir = TempDir::new().unwrap();
    let (output, stdout) = run(program(&["serve"]).current_dir(&dir));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout, "");
    for key in ["public_url", "twilio.account_sid", "twilio.auth_token", "numbers.sms", "api_token"] {
        assert!(stderr.contains(key), "{key}: {stderr}");
    }
    let secret = "do-not-show-this";
    let (output, _) = run(program(&["serve"])
        .current_dir(&dir)
        .env("SI_CHANNEL_PUBLIK_URL", "https://x.example")
        .env("TWILIO_ACCOUNT_SID", secret));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("public_url") && stderr.contains("publik_url"), "{stderr}");
    assert!(!stderr.contains(secret), "{stderr}");
}

#[test]
fn serve_is_ready_and_ends_when_it_is_told_to() {
    let dir = TempDir::new().unwrap();
    let serving = Serving::start(
        program(&["serve"])
            .current_dir(&dir)
            .env("SI_CHANNEL_LISTEN", "127.0.0.1:0")
            .env("SI_CHANNEL_PUBLIC_URL", "https://si.example.com")
            .env("SI_CHANNEL_API_TOKEN", "token")
            .env("SI_CHANNEL_NUMBERS__SMS", "+15005550006")
            .env("SI_CHANNEL_TWILIO__BASE_URL", "http://127.0.0.1:1")
            .env("TWILIO_ACCOUNT_SID", format!("AC{}", "0".repeat(32)))
            .env("TWILIO_AUTH_TOKEN", "secret"),
    );
    let ready = serving.ready.clone();
    assert_eq!((&ready["ready"], &ready["public_url"]), (&json!(true), &json!("https://si.example.com")));
    assert!(ready.get("sandbox").is_none() && ready.get("auth_token").is_none(), "{ready}");
    let health = by_hand(&format!("curl -s {}/healthz", text(&ready["server"])));
    assert_eq!(serde_json::from_str::<Value>(&health).unwrap()["status"], "ok");
    assert_eq!(serving.terminate(), Some(0));
    assert!(dir.path().join("si-channel.db").exists());
}

#[test]
fn the_printed_configuration_is_one_that_is_read() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("si-channel.toml");
    std::fs::write(&file, printed(&["config"])).unwrap();
    let (output, _) = run(program(&["--config", file.to_str().unwrap(), "doctor"]).current_dir(&dir));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("twilio.account_sid"), "only what is missing is wrong: {stderr}");
    assert!(!stderr.contains("unknown"), "{stderr}");
}

#[test]
fn rules_are_listed_explained_and_printed() {
    let checked = printed(&["rules", "check"]);
    assert!(checked.contains("quiet_hours  version 2026-11-21, until 2028-01-01"), "{checked}");
    assert!(checked.contains("unverified  us-me"), "{checked}");
    let set = printed(&["rules", "print", "opt_in"]);
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("opt_in.toml");
    std::fs::write(&file, &set).unwrap();
    let path = dir.path().display().to_string();
    assert!(printed(&["rules", "check", "--dir", &path]).contains(&path));
    std::fs::write(&file, set.replace("single", "thrice")).unwrap();
    let (output, _) = run(&mut program(&["rules", "check", "--dir", &path]));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && error.contains("opt_in.toml:9: unknown variant `thrice`"), "{error}");

    let at = ["rules", "explain", "+18502005555", "--at", "2026-11-21T02:30:00Z"];
    let facts: Value = serde_json::from_str(&printed(&[&at[..], &["--json"]].concat())).unwrap();
    assert_eq!(facts["where"]["zones"], json!(["America/Chicago"]));
    assert_eq!(facts["quiet_hours"]["rule"]["rule"], "quiet_hours/us-fl");
    assert_eq!(facts["quiet_hours"]["until"], "2026-11-21T14:00:00Z");
    assert_eq!(facts["recording"]["ai_listening"]["duty"], "consent");
    let told = printed(&[&at[..], &["--place", "US-GA", "--time-zone", "Asia/Tokyo"]].concat());
    assert!(told.contains("US-GA (by account)") && told.contains("hours       open"), "{told}");
}
