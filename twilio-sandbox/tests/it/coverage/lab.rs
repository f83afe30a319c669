//! A sandbox, and the resources that a request is about: made anew for each, since requests change and delete them.

use std::sync::atomic::{AtomicU64, Ordering};

use http::Method;
use serde_json::{Value, json};

use super::besides::besides;
use super::names::{HEX, Operation};
use crate::support::Lab;

/// What a request brought.
pub(super) struct Asked {
    pub(super) status: u16,
    pub(super) answer: Value,
    /// Parameters that nothing read.
    pub(super) ignored: Vec<String>,
}

/// Makes resources by asking the sandbox for them.
pub(super) struct Makers {
    lab: Lab,
    product: &'static str,
    number: AtomicU64,
    /// The last entry of the log that was read.
    logged: AtomicU64,
}

type Error = String;

impl Makers {
    pub(super) async fn new(product: &'static str) -> Self {
        Self { lab: Lab::new().await, product, number: AtomicU64::new(1_000_000), logged: AtomicU64::new(0) }
    }

    fn next(&self) -> u64 {
        self.number.fetch_add(1, Ordering::Relaxed)
    }

    /// The method and the path of an operation, with `{}` for names and without the service that it is scoped to.
    pub(super) fn key(&self, operation: &Operation) -> String {
        format!("{} {}", operation.method, bare(&self.unscoped(&operation.path)))
    }

    /// Sends a valid request of an operation, with this parameter.
    pub(super) async fn ask(
        &self,
        operation: &Operation,
        parameter: Option<(&str, &str, &Value)>,
    ) -> Result<Asked, Error> {
        let path = self.path(operation, parameter.map(|(_, name, _)| name)).await?;
        let key = self.key(operation);
        let template = besides(&key, parameter.map(|(_, name, value)| (name, value)));
        let collection = path.split('?').next().unwrap_or_default().to_owned();
        let mut body = Body::parse(&self.fill(template, &collection).await?);
        if operation.method == "GET" {
            body.query = std::mem::take(&mut body.form);
        }
        if let Some((place, name, value)) = parameter {
            let value = match value {
                // Only a list knows the token of its second page.
                Value::String(text) if text == "{token}" => self.token(&path, &body).await?.into(),
                Value::String(text) => Value::String(self.fill(text, &collection).await?),
                other => serde_json::from_str(&self.fill(&other.to_string(), &collection).await?)
                    .map_err(|e| e.to_string())?,
            };
            body.set(place, name, value);
        }
        self.send(&operation.method, &path, &body).await
    }

    /// The path of an operation with fresh resources in place of its names.
    async fn path(&self, operation: &Operation, parameter: Option<&str>) -> Result<String, Error> {
        let mut path = format!("/{}", self.product);
        let mut collection = String::new();
        for segment in operation.path.split('/').skip(1) {
            if let Some((_, rest)) = segment.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
                let last = operation.path.ends_with(segment);
                let value = self.one_of(&path, &collection, (last, operation, parameter)).await?;
                path = format!("{path}/{value}{rest}");
            } else {
                path = format!("{path}/{segment}");
                segment.clone_into(&mut collection);
            }
        }
        Ok(path)
    }

    /// A member of the collection at the path.
    async fn one_of(
        &self,
        path: &str,
        collection: &str,
        (last, operation, parameter): (bool, &Operation, Option<&str>),
    ) -> Result<String, Error> {
        let create = operation.method == "POST" || operation.method == "PUT";
        match (self.product, collection) {
            (_, "Accounts") => Ok(self.lab.sandbox.account_sid()),
            ("lookups", "PhoneNumbers") => Ok(format!("%2B1555{}", self.next())),
            ("lookups", "Fields") => Ok("line_type_intelligence".to_owned()),
            ("lookups", "Overrides") => {
                if !(create && operation.method == "POST") {
                    let body = Body::parse(r#"{"line_type":"mobile","reason":"known"}"#);
                    self.send("POST", &format!("{path}/line_type_intelligence"), &body).await?;
                }
                Ok("line_type_intelligence".to_owned())
            }
            ("lookups", "Bucket") => {
                let body = Body::parse(r#"{"limit":10,"ttl":60}"#);
                self.send("PUT", &format!("{path}/all"), &body).await?;
                Ok("all".to_owned())
            }
            ("messaging", "Usa2p") => {
                let sid = self.make(path, besides("POST /v1/Services/{}/Compliance/Usa2p", None)).await?;
                let errors =
                    json!([{"error_code": 30909, "description": "Unclear", "fields": ["MESSAGE_FLOW"]}]);
                let verdict = json!({"status": "FAILED", "errors": errors});
                self.lab.control(Method::POST, &format!("campaigns/{sid}"), verdict).await;
                Ok(sid)
            }
            ("conversations", "Receipts") => self.receipt(path).await,
            ("conversations", "Messages") => self.delivered(path).await,
            ("conversations", "Conversations") if path.contains("/Users/") => self.membership(path).await,
            ("conversations", "Participants") => {
                let form = match parameter {
                    Some("Identity" | "MessagingBinding.ProjectedAddress") => "Identity=person{n}",
                    _ => "MessagingBinding.Address=+1555{n}&MessagingBinding.ProxyAddress={sms}",
                };
                let conversation = path.trim_end_matches("/Participants");
                self.make(&format!("{conversation}/Messages"), "Body=hi").await?;
                self.make(path, form).await
            }
            ("conversations", "Bindings") => self.device(path).await,
            ("api", "Messages") if operation.path.contains("Media") => {
                self.make(&format!("{path}.json"), "To=+1555{n}&From={sms}&MediaUrl={file}").await
            }
            ("api", "Messages") if parameter == Some("Status") => {
                let form = "To=+1555{n}&MessagingServiceSid={MG}&Body=hi&ScheduleType=fixed&SendAt={soon}";
                self.make(&format!("{path}.json"), form).await
            }
            ("api", "Messages") => {
                let sid = self
                    .make(&format!("{path}.json"), "To=+1555{n}&From={sms}&Body=hi&ProvideFeedback=true")
                    .await?;
                self.lab.advance("PT1M").await;
                Ok(sid)
            }
            ("api", "Media") => {
                let media = self.send("GET", &format!("{path}.json"), &Body::default()).await?.answer;
                text(&media["media_list"][0]["sid"])
            }
            ("conversations" | "messaging", "Services") if !last => {
                // One for all, with a name that cannot be mistaken.
                self.make(path, "FriendlyName=shared{n}").await
            }
            _ => {
                let key = format!(
                    "POST {}",
                    bare(&self.unscoped(path.trim_start_matches(&format!("/{}", self.product))))
                );
                self.make(path, besides(&key, None)).await
            }
        }
    }

    /// Creates a resource and returns its SID.
    async fn make(&self, path: &str, form: &str) -> Result<String, Error> {
        let body = Body::parse(&Box::pin(self.fill(form, path)).await?);
        let made = self.send("POST", path, &body).await?;
        text(&made.answer["sid"])
    }

    /// A message that a phone has got, of a conversation whose messages are at the path.
    async fn delivered(&self, messages: &str) -> Result<String, Error> {
        let conversation = messages.trim_end_matches("/Messages");
        let person = "MessagingBinding.Address=+1555{n}&MessagingBinding.ProxyAddress={sms}";
        self.make(&format!("{conversation}/Participants"), person).await?;
        let sid = self.make(messages, "Body=hi").await?;
        self.lab.advance("PT1M").await;
        Ok(sid)
    }

    async fn receipt(&self, receipts: &str) -> Result<String, Error> {
        let list = self.send("GET", receipts, &Body::default()).await?.answer;
        text(&list["delivery_receipts"][0]["sid"])
    }

    /// A conversation that the user of the path is in.
    async fn membership(&self, path: &str) -> Result<String, Error> {
        let (root, user) = path.split_once("/Users/").ok_or("no user in the path")?;
        let user = user.trim_end_matches("/Conversations");
        let user = self.send("GET", &format!("{root}/Users/{user}"), &Body::default()).await?.answer;
        let conversation = self.make(&format!("{root}/Conversations"), "").await?;
        self.make(&format!("{root}/Conversations/{conversation}/Messages"), "Body=hi").await?;
        let form = format!("Identity={}", text(&user["identity"])?);
        self.make(&format!("{root}/Conversations/{conversation}/Participants"), &form).await?;
        Ok(conversation)
    }

    /// A device of a chat user, which only a chat SDK registers: the sandbox has a control for it.
    async fn device(&self, path: &str) -> Result<String, Error> {
        let service = path.trim_end_matches("/Bindings").rsplit('/').next().unwrap_or_default();
        let body = json!({"service_sid": service, "identity": format!("person{}", self.next()), "binding_type": "fcm"});
        let made = self.lab.control(Method::POST, "bindings", body).await;
        text(&made.json["sid"])
    }

    /// Puts resources in the places of names in braces.
    async fn fill(&self, template: &str, path: &str) -> Result<String, Error> {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let name = after.split('}').next().unwrap_or_default();
            rest = if let Some(value) = self.named(name, path).await {
                filled.push_str(&value?);
                &after[name.len() + 1..]
            } else {
                filled.push('{');
                after
            };
        }
        Ok(filled + rest)
    }

    /// A resource by its name in a form; none for what is no name.
    async fn named(&self, name: &str, path: &str) -> Option<Result<String, Error>> {
        let service = path.find("/Services/IS").filter(|_| path.starts_with("/conversations"));
        let root = service.map_or("/conversations/v1", |at| &path[..at + "/Services/IS".len() + 32]);
        Some(match name {
            "n" => Ok(self.next().to_string()),
            "sms" => Ok(self.lab.sms()),
            "whatsapp" => Ok(self.lab.whatsapp()),
            "number" => self.own_number().await,
            "soon" => Ok(self.soon().await),
            "file" => self.file().await,
            "identity" => self.person(root, "Identity", "").await,
            "address" => {
                self.person(root, "MessagingBinding.Address", "&MessagingBinding.ProxyAddress={sms}").await
            }
            "HX" => Box::pin(self.make("/content/v1/Content", besides("POST /v1/Content", None))).await,
            "ME" => self.upload(root).await,
            "MG" => self.service_with_number().await,
            "IS" => Box::pin(self.make("/conversations/v1/Services", "FriendlyName=s{n}")).await,
            "RL" => Box::pin(self.make(&format!("{root}/Roles"), besides("POST /v1/Roles", None))).await,
            "RL:service" if path.ends_with("/Configuration") || path.contains("/Users") => {
                let form = "FriendlyName=role{n}&Type=service&Permission=createConversation";
                Box::pin(self.make(&format!("{root}/Roles"), form)).await
            }
            "RL:service" => {
                Box::pin(self.make(&format!("{root}/Roles"), besides("POST /v1/Roles", None))).await
            }
            "PN" => self.phone_number_sid().await,
            "SC" => self.sender(format!("{}", 100_000 + self.next() % 900_000)).await,
            "XE" => self.sender(format!("whatsapp:+1555{}", self.next())).await,
            "BN" | "FW" => Ok(format!("{name}{HEX}")),
            _ => return None,
        })
    }

    /// A new SMS number of the account.
    async fn own_number(&self) -> Result<String, Error> {
        let number = format!("+1555{}", self.next());
        let made = self.lab.control(Method::POST, "numbers", json!({"number": number})).await;
        if made.status < 300 { Ok(number) } else { Err(made.json.to_string()) }
    }

    /// The SID of a new sender of the account.
    async fn sender(&self, number: String) -> Result<String, Error> {
        text(&self.lab.control(Method::POST, "numbers", json!({"number": number})).await.json["sid"])
    }

    async fn phone_number_sid(&self) -> Result<String, Error> {
        let number = self.own_number().await?;
        let path =
            format!("/api/2010-04-01/Accounts/{}/IncomingPhoneNumbers.json", self.lab.sandbox.account_sid());
        let path = format!("{path}?PhoneNumber={}", number.replace('+', "%2B"));
        let list = self.send("GET", &path, &Body::default()).await?.answer;
        text(&list["incoming_phone_numbers"][0]["sid"])
    }

    async fn service_with_number(&self) -> Result<String, Error> {
        let sid = Box::pin(self.make("/messaging/v1/Services", "FriendlyName=s{n}")).await?;
        let form = format!("PhoneNumberSid={}", self.phone_number_sid().await?);
        Box::pin(self.make(&format!("/messaging/v1/Services/{sid}/PhoneNumbers"), &form)).await?;
        Ok(sid)
    }

    /// An hour from the sandbox's now.
    async fn soon(&self) -> String {
        let clock = self.lab.control(Method::GET, "clock", Value::Null).await.json;
        let now: jiff::Timestamp = clock["now"].as_str().unwrap_or_default().parse().unwrap();
        (now + jiff::SignedDuration::from_hours(1)).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The token of the second page of a list, or of a page behind all when it has but one.
    async fn token(&self, list: &str, body: &Body) -> Result<String, Error> {
        let mut body = Body { query: body.query.clone(), ..Body::default() };
        body.set("query", "PageSize", json!("1"));
        let page = self.send("GET", list, &body).await?.answer;
        let next =
            page["meta"]["next_page_url"].as_str().or(page["next_page_uri"].as_str()).unwrap_or_default();
        let token = next.split_once("PageToken=").map_or("PA1000000", |(_, rest)| rest);
        Ok(token.split('&').next().unwrap_or_default().to_owned())
    }

    async fn file(&self) -> Result<String, Error> {
        let made = self.lab.control(Method::POST, "files?name=a.png", json!("a picture")).await;
        text(&made.json["url"])
    }

    /// A file in the service of the path, or in the default one.
    async fn upload(&self, root: &str) -> Result<String, Error> {
        let service = if let Some((_, sid)) = root.rsplit_once("/Services/") {
            sid.to_owned()
        } else {
            let path = "/conversations/v1/Configuration";
            text(&self.send("GET", path, &Body::default()).await?.answer["default_chat_service_sid"])?
        };
        let path = format!("/mcs/v1/Services/{service}/Media");
        let request =
            self.lab.request(Method::POST, &path, &[]).header("content-type", "image/png").body("picture");
        let made = crate::support::answer(request).await;
        text(&made.json["sid"])
    }

    /// Somebody who is in a conversation, by the parameter that they joined by.
    async fn person(&self, root: &str, by: &str, and: &str) -> Result<String, Error> {
        let conversation = Box::pin(self.make(&format!("{root}/Conversations"), "")).await?;
        let person = format!("+1555{}", self.next());
        let form = format!("{by}={person}{and}");
        Box::pin(self.make(&format!("{root}/Conversations/{conversation}/Participants"), &form)).await?;
        Ok(person)
    }

    async fn send(&self, method: &str, path: &str, body: &Body) -> Result<Asked, Error> {
        let method = Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
        let path = body.query(path);
        let form: Vec<(&str, &str)> = body.form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let mut request = self.lab.request(method.clone(), &path, &form);
        if let Some(json) = &body.json {
            request = self.lab.http.request(method.clone(), format!("{}{path}", self.lab.sandbox.url()));
            request = request.basic_auth(self.lab.sandbox.account_sid(), Some(self.lab.sandbox.auth_token()));
            request = request.header("content-type", "application/json").body(json.to_string());
        }
        let request = body.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        let got = crate::support::answer(request).await;
        let after = self.logged.load(Ordering::Relaxed);
        let log =
            self.lab.control(Method::GET, &format!("log?kind=api&after={after}"), Value::Null).await.json;
        self.logged.store(log["next"].as_u64().unwrap_or(after), Ordering::Relaxed);
        let entry = log["entries"].as_array().and_then(|entries| entries.last()).cloned().unwrap_or_default();
        let ignored = entry["ignored"].as_array().into_iter().flatten();
        let ignored = ignored.filter_map(Value::as_str).map(str::to_owned).collect();
        if got.status >= 300 {
            return Err(format!(
                "{} on {method} {path}: {}",
                got.status,
                got.json["message"].as_str().unwrap_or("no message")
            ));
        }
        Ok(Asked { status: got.status, answer: got.json, ignored })
    }

    /// The path without the service that it is scoped to, where the same exists without one.
    fn unscoped(&self, path: &str) -> String {
        let parts: Vec<&str> = path.splitn(5, '/').collect();
        match (self.product, parts.as_slice()) {
            ("conversations", ["", "v1", "Services", _, rest])
                if !rest.starts_with("Configuration") && !rest.starts_with("Bindings") =>
            {
                format!("/v1/{rest}")
            }
            _ => path.to_owned(),
        }
    }
}

/// A path whose values and names are `{}`.
fn bare(path: &str) -> String {
    let bare = |segment: &str| {
        let (stem, end) = segment.split_at(segment.find('.').unwrap_or(segment.len()));
        let is_sid = stem.len() == 34 && stem[2..].bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_sid || stem.starts_with('{') { format!("{{}}{end}") } else { segment.to_owned() }
    };
    path.split('/').map(bare).collect::<Vec<_>>().join("/")
}

fn text(value: &Value) -> Result<String, Error> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("expected text, found {value}"))
}

/// What a request carries.
#[derive(Default)]
struct Body {
    form: Vec<(String, String)>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    json: Option<Value>,
}

impl Body {
    /// `A=1&B=2`, with values as they are; or a JSON object.
    fn parse(text: &str) -> Self {
        if text.starts_with("{\"") {
            return Self { json: serde_json::from_str(text).ok(), ..Self::default() };
        }
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        Self { form: pairs.map(|(a, b)| (a.to_owned(), b.to_owned())).collect(), ..Self::default() }
    }

    fn set(&mut self, place: &str, name: &str, value: Value) {
        if place == "json" {
            if let Some(json) = &mut self.json {
                let number = value.as_str().and_then(|text| text.parse::<i64>().ok());
                json[name] = number.filter(|_| json[name].is_number()).map_or(value, Value::from);
            }
            return;
        }
        let list = match place {
            "query" => &mut self.query,
            "header" => &mut self.headers,
            _ => &mut self.form,
        };
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // Of a list that needs several entries, one is tried.
        if let Some((_, one)) = list.iter_mut().find(|(known, _)| known == name) {
            *one = text;
        } else {
            list.push((name.to_owned(), text));
        }
    }

    fn query(&self, path: &str) -> String {
        if self.query.is_empty() {
            return path.to_owned();
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.query);
        format!("{path}?{}", query.finish())
    }
}
