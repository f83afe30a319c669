//! Files on their way out: fetched by the rules for addresses that others chose, then handed to Twilio.

use std::sync::Arc;
use std::time::Duration;

use si_channel_core::content::File;
use tokio::sync::Semaphore;
use twilio_conversations::Error;
use twilio_conversations::api::conversation::FetchConversation;
use twilio_conversations::client::media::{DownloadLimits, Upload};
use twilio_conversations::sid::{ConversationSid, MediaSid};

use crate::config::OutboundMedia;
use crate::twilio::{Failure, Twilio};

/// How many files are in memory at once.
const AT_ONCE: usize = 4;
/// How long one request for a file may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// What phones show, or can be given to other programs; a web page is none of it, and most often an error.
const TYPES: [&str; 13] = [
    "image/",
    "audio/",
    "video/",
    "text/vcard",
    "text/x-vcard",
    "text/calendar",
    "text/csv",
    "text/plain",
    "text/rtf",
    "application/pdf",
    "application/rtf",
    "application/msword",
    "application/vnd.",
];

/// How files that are sent are fetched.
#[derive(Clone)]
pub(super) struct Uploads {
    limits: DownloadLimits,
    at_once: Arc<Semaphore>,
}

impl Uploads {
    pub(super) fn new(media: OutboundMedia) -> Self {
        let limits = DownloadLimits {
            max_bytes: media.max_bytes as u64,
            private_hosts: media.private_hosts,
            timeout: TIMEOUT,
            ..DownloadLimits::default()
        };
        Self { limits, at_once: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Twilio {
    /// Fetches a file and gives it to the service of a conversation. Done again it is there twice, and one is never
    /// shown to anybody.
    pub(super) async fn upload(
        &self,
        conversation: &ConversationSid,
        file: &File,
    ) -> Result<MediaSid, Failure> {
        let _permit = self.uploads.at_once.acquire().await;
        let Fetched { upload, .. } = self.fetch(file).await?;
        let conversation = self.client.send(&FetchConversation::new(conversation.clone())).await?;
        let service = conversation.chat_service_sid.ok_or(Failure::Never {
            code: None,
            reason: "Twilio names no service for the conversation".to_owned(),
        })?;
        Ok(self.client.upload_media(&service, upload).await?.sid)
    }

    /// Fetches a file that Twilio will fetch itself, to see that it can be had.
    pub(super) async fn check(&self, file: &File) -> Result<(), Failure> {
        let _permit = self.uploads.at_once.acquire().await;
        // Its server's word for the type is the one that counts then.
        let file = File { content_type: None, ..file.clone() };
        let content_type = self.fetch(&file).await?.declared;
        content_type.map(drop).ok_or_else(|| never("its server does not tell its type".to_owned()))
    }

    async fn fetch(&self, file: &File) -> Result<Fetched, Failure> {
        let download = self
            .client
            .download_url(&file.url, &self.uploads.limits)
            .await
            .map_err(|error| failure(&error))?;
        let declared = download.content_type().map(essence);
        let sniffed = download.sniffed_type().map(str::to_owned);
        if declared.as_deref() == Some("text/html") {
            return Err(never("it is a web page".to_owned()));
        }
        let told = declared.filter(|declared| declared != "application/octet-stream");
        let content_type = file.content_type.clone().or_else(|| told.clone()).or(sniffed);
        let content_type = content_type.ok_or_else(|| never("its type is not known".to_owned()))?;
        if !TYPES.iter().any(|known| content_type.starts_with(known)) {
            let shown: String = content_type.chars().take(64).collect();
            return Err(never(format!("files of the type {shown} are not sent")));
        }
        let bytes = download.bytes().await.map_err(|error| failure(&error))?;
        if bytes.is_empty() {
            return Err(never("it is empty".to_owned()));
        }
        let upload = Upload::new(content_type, bytes);
        let upload = match &file.filename {
            Some(filename) => upload.filename(filename),
            None => upload,
        };
        Ok(Fetched { upload, declared: told })
    }
}

/// A file in memory.
struct Fetched {
    upload: Upload,
    /// The type that its server tells.
    declared: Option<String>,
}

fn never(reason: String) -> Failure {
    Failure::Never { code: None, reason }
}

/// The type without its parameters.
fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The failure of another server than Twilio's.
fn failure(error: &Error) -> Failure {
    let reason = match error.api() {
        Some(answer) => format!("its server answered {}", answer.status()),
        None if error.is_retryable() => "its server cannot be reached at a public address".to_owned(),
        None => error.to_string(),
    };
    if error.is_retryable() {
        Failure::Again { reason, after: error.retry_after(), outage: None }
    } else {
        never(reason)
    }
}
