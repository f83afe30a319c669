//! A client of the sandbox and a webhook receiver.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use twilio_sandbox::{Sandbox, SandboxConfig};

/// Names and values of a form.
pub(crate) type Form<'a> = &'a [(&'a str, &'a str)];

pub(crate) const ANN: &str = "+15557770001";
pub(crate) const BOB: &str = "+15557770002";

/// A sandbox and a client that is logged in.
pub(crate) struct Lab {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: reqwest::Client,
}

/// Status and JSON of an answer.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) json: Value,
}

impl Got {
    /// The value when the status is as expected.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.json);
        self.json
    }

    /// Checks the shape of an error and its code.
    #[track_caller]
    pub(crate) fn fails(self, status: u16, code: u64) -> String {
        assert_eq!((self.status, self.json["code"].as_u64()), (status, Some(code)), "{}", self.json);
        assert_eq!(self.json["status"], status);
        assert_eq!(self.json["more_info"], format!("https://www.twilio.com/docs/errors/{code}"));
        self.json["message"].as_str().unwrap().to_owned()
    }
}

impl Lab {
    pub(crate) async fn new() -> Self {
        Self::with(SandboxConfig::default()).await
    }

    pub(crate) async fn with(config: SandboxConfig) -> Self {
        let seed = config.seed.or(Some(1));
        let sandbox = Sandbox::start(SandboxConfig { seed, ..config }).await.unwrap();
        let redirect = reqwest::redirect::Policy::none();
        Self {
            sandbox,
            http: reqwest::Client::builder()
                .no_proxy()
                .tls_certs_only([])
                .redirect(redirect)
                .build()
                .unwrap(),
        }
    }

    pub(crate) fn sms(&self) -> String {
        self.sandbox.sms_number().unwrap()
    }

    pub(crate) fn whatsapp(&self) -> String {
        self.sandbox.whatsapp_number().unwrap()
    }

    fn url(&self, path: &str) -> String {
        if path.starts_with("http") {
            return path.to_owned();
        }
        let account = self.sandbox.account_sid();
        format!("{}{}", self.sandbox.url(), path.replace("{AC}", &account))
    }

    pub(crate) fn request(
        &self,
        method: Method,
        path: &str,
        form: &[(&str, &str)],
    ) -> reqwest::RequestBuilder {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        self.http
            .request(method, self.url(path))
            .basic_auth(self.sandbox.account_sid(), Some(self.sandbox.auth_token()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.finish())
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        answer(self.request(Method::GET, path, &[])).await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Got {
        answer(self.request(Method::POST, path, form)).await
    }

    /// A write that asks for webhooks.
    pub(crate) async fn post_aloud(&self, path: &str, form: &[(&str, &str)]) -> Got {
        answer(self.request(Method::POST, path, form).header("X-Twilio-Webhook-Enabled", "true")).await
    }

    /// A body that is no form.
    pub(crate) fn upload(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> reqwest::RequestBuilder {
        self.http
            .request(method, self.url(path))
            .basic_auth(self.sandbox.account_sid(), Some(self.sandbox.auth_token()))
            .header("content-type", content_type)
            .body(body)
    }

    pub(crate) async fn json(&self, method: Method, path: &str, body: Value) -> Got {
        answer(self.upload(method, path, "application/json", body.to_string())).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Got {
        answer(self.request(Method::DELETE, path, &[])).await
    }

    /// A `/sandbox/…` control.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Got {
        let url = format!("{}/sandbox/{path}", self.sandbox.url());
        let body = if body.is_null() { String::new() } else { body.to_string() };
        answer(self.http.request(method, url).body(body)).await
    }

    pub(crate) async fn text(&self, from: &str, to: &str, body: &str) -> String {
        let path = format!("handsets/{}/messages", from.replace('+', "%2B"));
        let sent = self.control(Method::POST, &path, json!({"to": to, "body": body})).await;
        sent.expect(201)["sid"].as_str().unwrap().to_owned()
    }

    /// The bodies that a phone shows as received.
    pub(crate) async fn received(&self, phone: &str) -> Vec<String> {
        let path = format!("handsets/{}/messages", phone.replace('+', "%2B"));
        let screen = self.control(Method::GET, &path, Value::Null).await.expect(200);
        let received =
            screen["messages"].as_array().unwrap().iter().filter(|one| one["direction"] == "received");
        received.map(|one| one["body"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) async fn advance(&self, duration: &str) {
        self.control(Method::POST, "clock", json!({"advance": duration})).await.expect(200);
    }

    pub(crate) async fn conversation(&self) -> String {
        let made = self.post("/conversations/v1/Conversations", &[]).await.expect(201);
        made["sid"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn join(&self, conversation: &str, address: &str, proxy: &str) -> Got {
        let form = [("MessagingBinding.Address", address), ("MessagingBinding.ProxyAddress", proxy)];
        self.post(&format!("/conversations/v1/Conversations/{conversation}/Participants"), &form).await
    }

    /// Polls until a look gives something; gives up after ten seconds.
    pub(crate) async fn until<T, F: Future<Output = Option<T>>>(&self, look: impl Fn() -> F) -> T {
        let found = async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), found).await.expect("it happens")
    }

    /// The configuration-level webhook, for every event.
    pub(crate) async fn configure(&self, pre: &str, post: &str) {
        let form = [
            ("PreWebhookUrl", pre),
            ("PostWebhookUrl", post),
            ("Filters", "onMessageAdd"),
            ("Filters", "onMessageAdded"),
            ("Filters", "onConversationAdd"),
            ("Filters", "onConversationAdded"),
            ("Filters", "onConversationStateUpdated"),
            ("Filters", "onParticipantAdded"),
            ("Filters", "onDeliveryUpdated"),
        ];
        self.post("/conversations/v1/Configuration/Webhooks", &form).await.expect(200);
    }

    pub(crate) async fn auto_create(&self, kind: &str, address: &str) {
        let form = [
            ("Type", kind),
            ("Address", address),
            ("AutoCreation.Enabled", "true"),
            ("AutoCreation.Type", "default"),
        ];
        self.post("/conversations/v1/Configuration/Addresses", &form).await.expect(201);
    }
}

pub(crate) async fn answer(request: reqwest::RequestBuilder) -> Got {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    Got { status, json: serde_json::from_slice(&body).unwrap_or(Value::Null) }
}

/// One request that the receiver got.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) params: Vec<(String, String)>,
}

impl Hook {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(crate) fn get(&self, name: &str) -> &str {
        self.field(name).unwrap_or_else(|| panic!("{name} in {:?}", self.params))
    }

    #[track_caller]
    pub(crate) fn is_signed(&self, token: &str, url: &str) {
        assert_eq!(self.headers.get("x-twilio-signature"), Some(&self.signature(token, url)), "{url}");
    }

    /// Recomputes the signature, by other means than the sandbox.
    pub(crate) fn signature(&self, token: &str, url: &str) -> String {
        let mut names: Vec<&String> = self.params.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(token.as_bytes()).unwrap();
        mac.update(url.as_bytes());
        if self.method == Method::POST {
            for name in names {
                mac.update(name.as_bytes());
                mac.update(self.get(name).as_bytes());
            }
        }
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

/// What the receiver answers on a path.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
    pub(crate) never: bool,
}

impl Reply {
    pub(crate) fn of(status: u16, content_type: &'static str, body: &str) -> Self {
        Self { status, content_type, body: body.to_owned(), never: false }
    }
}

/// A local HTTP server that records what it gets.
pub(crate) struct Receiver {
    pub(crate) url: String,
    hooks: mpsc::UnboundedReceiver<Hook>,
    replies: Arc<Mutex<HashMap<String, Reply>>>,
}

impl Receiver {
    pub(crate) async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, hooks) = mpsc::unbounded_channel();
        let replies = Arc::new(Mutex::new(HashMap::new()));
        let shared = Arc::clone(&replies);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (sender, replies) = (sender.clone(), Arc::clone(&shared));
                let service =
                    service_fn(move |request| receive(request, sender.clone(), Arc::clone(&replies)));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { url, hooks, replies }
    }

    /// Sets the answer on a path, such as `/pre`.
    pub(crate) fn reply(&self, path: &str, reply: Reply) {
        self.replies.lock().unwrap().insert(path.to_owned(), reply);
    }

    pub(crate) async fn next(&mut self) -> Hook {
        let next = tokio::time::timeout(Duration::from_mins(1), self.hooks.recv());
        next.await.expect("a webhook comes").unwrap()
    }

    /// The next webhook of an event; others are passed over.
    pub(crate) async fn event(&mut self, event: &str) -> Hook {
        loop {
            let hook = self.next().await;
            if hook.field("EventType") == Some(event) {
                return hook;
            }
        }
    }

    /// What has come so far.
    pub(crate) fn drain(&mut self) -> Vec<Hook> {
        std::iter::from_fn(|| self.hooks.try_recv().ok()).collect()
    }
}

async fn receive(
    request: Request<Incoming>,
    sender: mpsc::UnboundedSender<Hook>,
    replies: Arc<Mutex<HashMap<String, Reply>>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let path = parts.uri.path().to_owned();
    let encoded = if parts.method == Method::GET {
        parts.uri.query().unwrap_or_default().as_bytes().to_vec()
    } else {
        body.to_vec()
    };
    let hook = Hook {
        method: parts.method,
        path: parts.uri.to_string(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect(),
        params: form_urlencoded::parse(&encoded).into_owned().collect(),
    };
    let reply = replies.lock().unwrap().get(&path).cloned();
    // The test may have ended.
    let _ = sender.send(hook);
    let Some(reply) = reply else { return Ok(Response::new(Full::default())) };
    if reply.never {
        std::future::pending::<()>().await;
    }
    let response = Response::builder().status(reply.status).header("content-type", reply.content_type);
    Ok(response.body(Full::from(reply.body)).unwrap())
}
