//! `GET /v1/media/{id}`: files that people sent.

use ::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    HeaderValue, IF_NONE_MATCH, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use ::http::request::Parts;
use ::http::{HeaderMap, StatusCode};
use futures_util::StreamExt;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use si_channel_core::media::{Kept, MediaFile, MediaState};
use si_channel_core::world::Found;

use crate::app::App;
use crate::documents;
use crate::http::{Problem, Response, response};
use crate::ports::media::Digest;
use crate::routes::refusal::unstored;
use crate::store::{Kind, Want};

/// The file, or why it is not to be had.
pub async fn read(app: &App, request: &Parts, id: &str) -> Result<Response, Problem> {
    let file = load(app, id).await?;
    let absent = |why: &str| Problem::new(StatusCode::NOT_FOUND, "media-not-available", why);
    match (file.state, &file.kept) {
        (MediaState::Stored, Some(kept)) => {
            let digest = Digest::from_hex(&kept.sha256).ok_or_else(Problem::internal)?;
            if is_known(&request.headers, &digest) {
                return Ok(with_headers(response::empty(StatusCode::NOT_MODIFIED), &digest));
            }
            let opened = app.media.open(&digest).await.map_err(|error| {
                tracing::error!(%error, "a file cannot be read");
                Problem::unavailable("the file cannot be read at the moment", 5)
            })?;
            let Some(opened) = opened else {
                tracing::error!(media = id, "a file is not where it is kept");
                return Err(absent("the file was kept and is not there any more"));
            };
            let pieces = opened.pieces.take_while(|piece| {
                // The answer is then shorter than it says, which its reader sees.
                let is_read = piece.is_ok();
                async move { is_read }
            });
            let body = response::stream(pieces.filter_map(|piece| async move { piece.ok() }));
            let mut answer = with_headers(Response::new(body), &digest);
            describe(answer.headers_mut(), &file, kept);
            answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(opened.bytes));
            Ok(answer)
        }
        (MediaState::Pending, _) => {
            let detail = "the file is being fetched; ask again";
            let pending = Problem::new(StatusCode::CONFLICT, "media-pending", detail);
            Err(pending.with_header(RETRY_AFTER, HeaderValue::from_static("1")))
        }
        (MediaState::Removed, _) => {
            let detail = "the file was removed: media.keep_days are over";
            Err(Problem::new(StatusCode::GONE, "media-removed", detail))
        }
        (MediaState::Failed | MediaState::Stored, _) => {
            Err(absent(file.reason.as_deref().unwrap_or("the file could not be had")))
        }
    }
}

async fn load(app: &App, id: &str) -> Result<MediaFile, Problem> {
    let want = Want::Id(Kind::Media, id.to_owned());
    let record = app.engine.store().load(vec![want]).await.map_err(|error| unstored(&error))?.pop().flatten();
    match record.map(|record| documents::found(&record)).transpose().map_err(|error| unstored(&error))? {
        Some(Found::Media(file)) => Ok(*file),
        _ => Err(Problem::not_found("no file has this id")),
    }
}

fn tag(digest: &Digest) -> String {
    format!("\"{digest}\"")
}

fn is_known(headers: &HeaderMap, digest: &Digest) -> bool {
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let tag = tag(digest);
    known.flat_map(|value| value.split(',')).any(|one| {
        let one = one.trim();
        one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag
    })
}

/// What holds of the file itself and of the word that it has not changed.
fn with_headers(mut answer: Response, digest: &Digest) -> Response {
    let headers = answer.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag(digest)) {
        headers.insert(ETAG, tag);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    answer
}

/// Whatever the file holds, a browser may not take it for a page.
fn describe(headers: &mut HeaderMap, file: &MediaFile, kept: &Kept) {
    let content_type = HeaderValue::from_str(&kept.content_type);
    let content_type = content_type.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_TYPE, content_type);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    let kind = kept.content_type.to_ascii_lowercase();
    let is_shown = ["image/", "audio/", "video/"].iter().any(|family| kind.starts_with(family));
    // A drawing may hold programs.
    let way = if is_shown && !kind.starts_with("image/svg") { "inline" } else { "attachment" };
    let disposition = match &file.told.filename {
        Some(name) => format!("{way}; filename*=UTF-8''{}", utf8_percent_encode(name, NON_ALPHANUMERIC)),
        None => way.to_owned(),
    };
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
}
