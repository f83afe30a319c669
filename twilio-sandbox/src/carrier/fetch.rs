//! Fetches the files of messages from where they are.

use std::sync::Arc;

use http::header::{CONTENT_TYPE, HOST, LOCATION};
use url::Url;

use super::limits::{Flaw, most};
use crate::error::ApiError;
use crate::hub::Hub;
use crate::state::address::Channel;
use crate::state::media::{Incoming, type_of_name};
use crate::state::message::Media;
use crate::webhook::hosts::Target;

/// Redirects that are followed.
const REDIRECTS: usize = 5;

/// Fetches what is missing of an outbound text, and lets it leave, or fail.
pub(crate) async fn outbound(hub: &Arc<Hub>, sid: &str) {
    let Some((channel, missing)) = missing(hub, sid) else { return };
    let mut flaw = None;
    for media in missing {
        match fetch(hub, &media.url, channel).await {
            Ok(file) => hub.world().arrive(sid, &media.sid, file),
            Err(why) => {
                note(hub, sid, &media.url, why.code(channel));
                flaw = Some(why);
                break;
            }
        }
    }
    hub.world().depart(sid, flaw);
}

/// Fetches what a phone has attached; what cannot be had is an empty file.
pub(crate) async fn inbound(hub: &Arc<Hub>, sid: &str) {
    let Some((channel, missing)) = missing(hub, sid) else { return };
    for media in missing {
        let file = match fetch(hub, &media.url, channel).await {
            Ok(file) => file,
            Err(why) => {
                note(hub, sid, &media.url, why.code(channel));
                Incoming {
                    content_type: media.content_type.into_owned(),
                    filename: Some(media.filename),
                    bytes: bytes::Bytes::new(),
                }
            }
        };
        hub.world().arrive(sid, &media.sid, file);
    }
}

fn missing(hub: &Hub, sid: &str) -> Option<(Channel, Vec<Media>)> {
    let world = hub.world();
    let text = world.texts.get(sid)?;
    Some((Channel::of(&text.to)?, world.missing_media(text).cloned().collect()))
}

fn note(hub: &Hub, sid: &str, url: &str, code: u32) {
    let message = format!("{url} could not be fetched, or is larger than its channel allows");
    hub.log_note("media_not_fetched", sid, &ApiError::bad(code, message));
}

/// Only mapped hosts and this machine are asked, also by a redirect.
async fn fetch(hub: &Hub, url: &str, channel: Channel) -> Result<Incoming, Flaw> {
    let wait = hub.config.messaging_webhook_timeout;
    match tokio::time::timeout(wait, follow(hub, url, channel)).await {
        Ok(fetched) => fetched,
        Err(_) => Err(Flaw::Unreachable),
    }
}

async fn follow(hub: &Hub, url: &str, channel: Channel) -> Result<Incoming, Flaw> {
    let mut url = Url::parse(url).map_err(|_| Flaw::Unreachable)?;
    for _ in 0..=REDIRECTS {
        let response = ask(hub, &url).await?;
        if response.status().is_redirection() {
            let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            url = to.and_then(|to| url.join(to).ok()).ok_or(Flaw::Unreachable)?;
            continue;
        }
        if !response.status().is_success() {
            return Err(Flaw::Unreachable);
        }
        return read(response, &url, channel).await;
    }
    Err(Flaw::Unreachable)
}

async fn ask(hub: &Hub, url: &Url) -> Result<reqwest::Response, Flaw> {
    let request = match hub.hosts().target(url.as_str()) {
        Target::Forbidden => return Err(Flaw::Unreachable),
        Target::Direct(url) => hub.client.get(url),
        Target::Mapped { url, host, scheme } => {
            hub.client.get(url).header(HOST, host).header("X-Forwarded-Proto", scheme)
        }
    };
    request.send().await.map_err(|_| Flaw::Unreachable)
}

async fn read(mut response: reqwest::Response, url: &Url, channel: Channel) -> Result<Incoming, Flaw> {
    let name = url.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default();
    let given = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let given = given.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let content_type = match given.as_str() {
        "" | "application/octet-stream" => type_of_name(name).to_owned(),
        _ => given,
    };
    let filename = Some(name.to_owned()).filter(|name| !name.is_empty());
    let mut bytes = bytes::BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Flaw::Unreachable)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 > most(channel) {
            return Err(Flaw::Size);
        }
    }
    Ok(Incoming { content_type, filename, bytes: bytes.freeze() })
}
