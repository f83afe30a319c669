//! `GET /v1/sessions/{id}/transcript`: JSON, text or HTML, by `format` or by `Accept`.

use std::fmt::Write;

use ::http::request::Parts;
use ::http::{StatusCode, header};
use serde_json::json;
use si_channel_core::session::Session;
use si_channel_core::transcript::{Entry, EntryKind, order};

use crate::app::App;
use crate::http::{Problem, Response, response};
use crate::routes::query::Query;
use crate::routes::refusal::unstored;
use crate::routes::sessions;

/// The whole transcript, in order.
pub async fn read(app: &App, request: &Parts, id: &str) -> Result<Response, Problem> {
    let query = Query::of(request, &["format"])?;
    let accept = request.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let format = match query.text("format") {
        Some(format) => format,
        None if accept.contains("text/html") => "html",
        None if accept.contains("text/plain") => "text",
        None => "json",
    };
    let session = sessions::load(app, id).await?;
    let stored = app.engine.store().entries(id).await.map_err(|error| unstored(&error))?;
    let entries = order(stored.iter().filter_map(|entry| serde_json::from_str(&entry.body).ok()).collect());
    match format {
        "json" => Ok(response::json(
            StatusCode::OK,
            &json!({
                "session_id": session.id,
                "conversation_sid": session.conversation_sid,
                "entries": entries,
            }),
        )),
        "text" => Ok(response::text(StatusCode::OK, text(&entries))),
        "html" => Ok(response::html(StatusCode::OK, html(&session, &entries))),
        _ => Err(Problem::bad_request("format: expected json, text or html")),
    }
}

fn who(entry: &Entry) -> String {
    match (&entry.name, entry.author.as_deref()) {
        (Some(name), _) => name.clone(),
        (None, Some("si")) => "Si".to_owned(),
        (None, Some(author)) => author.to_owned(),
        (None, None) => String::new(),
    }
}

fn text(entries: &[Entry]) -> String {
    let mut text = String::new();
    for entry in entries {
        let at = entry.at.strftime("%Y-%m-%d %H:%M:%S");
        // Writing to a string cannot fail.
        let _ = match entry.kind {
            EntryKind::Event => writeln!(text, "{at}  -- {} {}", entry.text, who(entry)),
            _ => writeln!(text, "{at}  {}: {}", who(entry), entry.readable().replace('\n', "\n    ")),
        };
    }
    text
}

fn html(session: &Session, entries: &[Entry]) -> String {
    let mut rows = String::new();
    for entry in entries {
        let kind = if entry.kind == EntryKind::Event { "event" } else { "message" };
        let _ = writeln!(
            rows,
            "<tr class=\"{kind}\"><td><time>{}</time></td><td>{}</td><td>{}</td><td>{}</td></tr>",
            entry.at,
            escaped(&who(entry)),
            escaped(&entry.readable()),
            escaped(entry.status.as_deref().unwrap_or("")),
        );
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Transcript {id}</title>\
         <style>body{{font:16px/1.4 system-ui;margin:2rem;max-width:60rem}}td{{padding:.2rem .8rem;\
         vertical-align:top;white-space:pre-wrap}}.event{{opacity:.6}}</style></head>\n\
         <body><h1>Transcript</h1><p>{id}</p><table>\n{rows}</table></body></html>\n",
        id = escaped(session.id.as_str()),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
