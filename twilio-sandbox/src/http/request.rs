//! One API request, taken apart.

use bytes::Bytes;
use http::{HeaderMap, Method, header};
use percent_encoding::percent_decode_str;

use super::form::Form;
use crate::state::origin::Origin;

/// A request as the handlers see it.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The path as it came, product prefix included.
    pub(crate) path: String,
    /// The decoded segments behind the product prefix.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Form,
    pub(crate) form: Form,
    /// The body as it came.
    pub(crate) body: Bytes,
    /// The `Content-Type` without its parameters, in lower case; empty when there is none.
    pub(crate) content_type: String,
    /// Whether a login came with it, right or wrong.
    pub(crate) has_credentials: bool,
    /// `X-Twilio-Webhook-Enabled: true`.
    pub(crate) announce: bool,
    /// `X-Twilio-Api-Version`, such as `v1.2`.
    pub(crate) api_version: Option<String>,
}

impl Call {
    pub(crate) fn new(method: Method, path: &str, query: &str, headers: &HeaderMap, body: &Bytes) -> Self {
        let announce = headers
            .get("x-twilio-webhook-enabled")
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
        let content_type = content_type.trim().to_ascii_lowercase();
        // A file or JSON is no form, even if it could be read as one.
        let is_form = matches!(content_type.as_str(), "" | "application/x-www-form-urlencoded");
        Self {
            method,
            path: path.to_owned(),
            segments: segments(path).into_iter().skip(1).collect(),
            query: Form::parse(query.as_bytes()),
            form: if is_form { Form::parse(body) } else { Form::default() },
            body: body.clone(),
            content_type,
            has_credentials: headers.contains_key(header::AUTHORIZATION),
            announce,
            api_version: headers
                .get("x-twilio-api-version")
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.content_type == "application/json"
    }

    /// The names of the query and the form that nobody asked for.
    pub(crate) fn ignored(&self) -> Vec<String> {
        self.query.ignored().into_iter().chain(self.form.ignored()).map(str::to_owned).collect()
    }

    /// Where the write comes from: REST, and silent unless the header asks for webhooks.
    pub(crate) fn origin(&self) -> Origin {
        Origin::Rest { announce: self.announce }
    }

    /// The path behind the product prefix and the version, for error messages.
    pub(crate) fn resource(&self) -> String {
        format!("/{}", self.segments.iter().skip(1).cloned().collect::<Vec<_>>().join("/"))
    }
}

/// The decoded segments of a path.
pub(crate) fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect()
}
