//! Signs and verifies requests given as JSON lines, so that another implementation can be held against this one.
//!
//! In, a line each: `{"url", "token", "params": [[name, value], …] | "body": text, "websocket": true?, "signature"?}`.
//! Out, a line each: `{"signature", "valid", "error"?, "url"?}`: our signature, whether the given one (or ours) is
//! accepted and why not. For a body that is not a form the signed URL comes along; give it as `url` to verify.

use serde::{Deserialize, Serialize};
use std::{
    error::Error,
    io::{BufRead, Write},
};
use twilio_conversations::webhook::signature::{AuthToken, SignedJson, SigningKey, Validator, has_body_hash};

#[derive(Deserialize)]
struct Line {
    url: String,
    token: String,
    params: Option<Vec<(String, String)>>,
    body: Option<String>,
    #[serde(default)]
    websocket: bool,
    signature: Option<String>,
}

#[derive(Serialize)]
struct Verdict {
    signature: String,
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

fn judge(line: Line) -> Result<Verdict, Box<dyn Error>> {
    let key = SigningKey::new("given", AuthToken::new(line.token)?);
    let validator = Validator::new([key.clone()]);
    let params = line.params.unwrap_or_default();
    let (ours, url) = match &line.body {
        // A URL that names a hash already is signed as it is, whatever the body.
        Some(_) if has_body_hash(&line.url) => (key.sign_get(&line.url)?, line.url.clone()),
        Some(body) => {
            let SignedJson { url, signature } = key.sign_json(&line.url, body.as_bytes())?;
            (signature, url)
        }
        None if line.websocket => (key.sign_websocket(&line.url)?, line.url.clone()),
        None => (key.sign_form(&line.url, &params)?, line.url.clone()),
    };
    let given = line.signature.as_deref().unwrap_or(&ours);
    let verdict = match &line.body {
        Some(body) => validator.verify_json(&url, body.as_bytes(), given),
        None if line.websocket => validator.verify_websocket(&url, given),
        None => validator.verify_form(&url, &params, given),
    };
    let error = verdict.err().map(|error| error.to_string());
    Ok(Verdict { valid: error.is_none(), error, signature: ours, url: line.body.map(|_| url) })
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        serde_json::to_writer(&mut out, &judge(serde_json::from_str(&line?)?)?)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
