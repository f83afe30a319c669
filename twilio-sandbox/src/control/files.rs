//! `/sandbox/files`: what the phones of the page attach, served to whoever is told the address.

use bytes::Bytes;
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde_json::json;

use super::{Outcome, Problem};
use crate::accounts::Accounts;
use crate::files::{File, safe_name};
use crate::http::form::Form;
use crate::hub::Platform;

/// Kinds that a browser may show; anything else is offered for saving.
const SHOWN: &[&str] =
    &["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"];

/// Keeps a file: its bytes are the body, `?name=` is its name.
pub(super) fn keep(platform: &Platform, headers: &HeaderMap, query: &Form, body: &Bytes) -> Outcome {
    if body.is_empty() {
        return Err(Problem::bad("the file is empty"));
    }
    let name = safe_name(query.get("name").unwrap_or_default());
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = if given.is_empty() { "application/octet-stream" } else { given }.to_owned();
    let number = platform.files().keep(File { name: name.clone(), content_type, bytes: body.clone() });
    let url = format!("{}/sandbox/files/{number}/{name}", platform.base);
    Ok((StatusCode::CREATED, json!({ "url": url })))
}

/// The file itself.
pub(super) fn fetch(platform: &Platform, number: &str) -> Result<Response<Full<Bytes>>, Problem> {
    let file = number.parse().ok().and_then(|number| platform.files().get(number).cloned());
    let file = file.ok_or_else(|| Problem::not_found("there is no such file, or not any more"))?;
    Ok(serve(file))
}

/// A file that a phone got.
pub(super) fn shown(accounts: &Accounts, account: &str, sid: &str) -> Result<Response<Full<Bytes>>, Problem> {
    let file = accounts.get(account).and_then(|hub| {
        let world = hub.world();
        let stored = world.shown(sid)?;
        Some(File {
            name: safe_name(stored.filename.as_deref().unwrap_or_default()),
            content_type: stored.content_type.clone(),
            bytes: stored.bytes.clone(),
        })
    });
    file.map(serve).ok_or_else(|| Problem::not_found(format!("no phone has got a file {sid}")))
}

/// Whatever a file holds, it cannot act as a page of the sandbox.
fn serve(file: File) -> Response<Full<Bytes>> {
    let kind = file.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let shown = SHOWN.contains(&&*kind) || kind.starts_with("audio/") || kind.starts_with("video/");
    let disposition = if shown { "inline" } else { "attachment" };
    let mut answer = Response::new(Full::new(file.bytes));
    let headers = answer.headers_mut();
    let content_type = HeaderValue::from_str(&file.content_type);
    let content_type = content_type.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_TYPE, content_type);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    if let Ok(value) = HeaderValue::from_str(&format!("{disposition}; filename=\"{}\"", file.name)) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    answer
}
