//! `/v1/subscriptions`: who is sent events over HTTP.

use ::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use crate::app::App;
use crate::http::{Problem, Request, Response, json as body, response};
use crate::push::signature::Secret;
use crate::push::{MOST, Standing, Subscription, check_types, check_url};
use crate::routes::idempotency::Key;
use crate::routes::refusal::unstored;
use crate::store::{Changes, CommitError, Source, StoreError};

/// How long an old secret goes on signing beside the new one.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
/// The longest that it may.
const LONGEST_OVERLAP: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Secrets that sign at once.
const MOST_SECRETS: usize = 5;

fn none() -> Problem {
    Problem::not_found("there is no such subscription")
}

fn uncommitted(error: &CommitError) -> Problem {
    match error {
        CommitError::Store(error) => unstored(error),
        CommitError::Conflict(_) | CommitError::Overtaken => {
            Problem::unavailable("others change it; send the request again", 1)
        }
    }
}

/// A subscription as the API shows it: without its secrets.
async fn view(app: &App, subscription: &Subscription) -> Result<Value, StoreError> {
    let store = app.engine.store();
    let cursor = store.cursor(&Subscription::cursor(&subscription.id)).await?;
    let position = cursor.as_ref().map_or(0, |found| found.position);
    let away_since = cursor.and_then(|found| Timestamp::from_millisecond(found.note.parse().ok()?).ok());
    let last = store.last_position().await?;
    let mut view = json!(subscription.standing);
    view["id"] = json!(subscription.id);
    view["url"] = json!(subscription.url);
    view["types"] = json!(subscription.types);
    view["description"] = json!(subscription.description);
    view["created_at"] = json!(subscription.created_at);
    view["position"] = json!(position);
    view["lag"] = json!(last.saturating_sub(position).max(0));
    view["away_since"] = json!(away_since.filter(|since| *since >= subscription.active_since));
    view["dead_letters"] = json!(subscription.dead.len());
    Ok(view)
}

async fn shown(app: &App, status: StatusCode, subscription: &Subscription) -> Result<Response, Problem> {
    let view = view(app, subscription).await.map_err(|error| unstored(&error))?;
    Ok(response::json(status, &view))
}

async fn read<T: serde::de::DeserializeOwned>(app: &App, request: Request) -> Result<T, Problem> {
    let (parts, incoming) = request.into_parts();
    body::read(&parts.headers, incoming, app.limits.max_json_bytes, app.limits.body_timeout).await
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    url: Url,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default)]
    description: Option<String>,
    /// Events after this position; those from now on when not given.
    #[serde(default)]
    after: Option<i64>,
}

/// Makes one. The secret is shown in this answer alone.
pub async fn create(app: &App, request: Request) -> Result<Response, Problem> {
    let key = Key::of(&request)?;
    let new: New = read(app, request).await?;
    if let Some(kept) = key.answered(app, &new).await? {
        return Ok(kept);
    }
    check_url(&new.url, app.push.private_hosts).map_err(|why| Problem::bad_request(format!("url: {why}")))?;
    check_types(&new.types).map_err(|why| Problem::bad_request(format!("types: {why}")))?;
    if new.description.as_ref().is_some_and(|text| text.chars().count() > 200) {
        return Err(Problem::bad_request("description: expected at most 200 characters"));
    }
    let store = app.engine.store();
    let last = store.last_position().await.map_err(|error| unstored(&error))?;
    let after = new.after.unwrap_or(last);
    if !(0..=last).contains(&after) {
        return Err(Problem::bad_request(format!(
            "after: expected a position of the feed, from 0 to {last}"
        )));
    }
    let all = Subscription::all(&app.engine, false).await.map_err(|error| unstored(&error))?;
    if all.len() >= MOST {
        let detail = format!("there are {MOST} subscriptions, which is the most; delete one first");
        return Err(Problem::new(StatusCode::CONFLICT, "too-many-subscriptions", detail));
    }
    let now = app.engine.clock().now();
    let secret = Secret::fresh();
    let subscription = Subscription {
        id: fresh_id(),
        url: new.url.clone(),
        types: new.types.clone(),
        description: new.description.clone(),
        standing: Standing::Active,
        secrets: vec![(secret.clone(), None)],
        created_at: now,
        active_since: now,
        dead: Vec::new(),
    };
    // Before it can be served, or it would be from the beginning.
    let cursor = Subscription::cursor(&subscription.id);
    store.rewind_cursor(&cursor, after).await.map_err(|error| unstored(&error))?;
    let mut answer = view(app, &subscription).await.map_err(|error| unstored(&error))?;
    answer["secret"] = json!(secret.expose());
    let changes = Changes {
        puts: vec![subscription.put(0).map_err(|error| unstored(&error))?],
        answer: key.answer(&new, StatusCode::CREATED, &answer, now.as_millisecond()),
        ..Changes::settle(Source::Direct)
    };
    match store.commit(changes).await {
        Ok(()) => Ok(response::json(StatusCode::CREATED, &answer)),
        // The same request, sent twice at once.
        Err(error) => key.answered(app, &new).await?.ok_or_else(|| uncommitted(&error)),
    }
}

fn fresh_id() -> String {
    let mut bytes = [0_u8; 12];
    // Ids are not secrets; but a system without randomness must not go on.
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes.iter().fold(String::from("sub_"), |text, byte| format!("{text}{byte:02x}"))
}

/// All there are, newest first.
pub async fn list(app: &App) -> Result<Response, Problem> {
    let all = Subscription::all(&app.engine, false).await.map_err(|error| unstored(&error))?;
    let mut items = Vec::with_capacity(all.len());
    for subscription in &all {
        items.push(view(app, subscription).await.map_err(|error| unstored(&error))?);
    }
    Ok(response::json(StatusCode::OK, &json!({ "items": items, "next": null })))
}

async fn found(app: &App, id: &str) -> Result<Subscription, Problem> {
    let found = Subscription::load(&app.engine, id).await.map_err(|error| unstored(&error))?;
    found.map(|(subscription, _)| subscription).ok_or_else(none)
}

/// One of them.
pub async fn one(app: &App, id: &str) -> Result<Response, Problem> {
    shown(app, StatusCode::OK, &found(app, id).await?).await
}

/// Ends one. What is under way to it may still arrive.
pub async fn delete(app: &App, id: &str) -> Result<Response, Problem> {
    let deleted = Subscription::change(&app.engine, id, |subscription, _| {
        subscription.standing = Standing::Deleted;
        subscription.description = None;
        subscription.secrets.clear();
        subscription.dead.clear();
    });
    deleted.await.map_err(|error| uncommitted(&error))?.ok_or_else(none)?;
    Ok(response::empty(StatusCode::NO_CONTENT))
}

/// A change by POST: what it does, kept with its answer for the same request again.
async fn changed<T: Serialize>(
    app: &App,
    key: &Key,
    id: &str,
    asked: &T,
    status: StatusCode,
    change: impl Fn(&mut Subscription) -> Value,
) -> Result<Response, Problem> {
    if let Some(kept) = key.answered(app, asked).await? {
        return Ok(kept);
    }
    let at_ms = app.engine.clock().now_ms();
    let mut answer = Value::Null;
    let done = Subscription::change(&app.engine, id, |subscription, changes| {
        answer = change(subscription);
        changes.answer = key.answer(asked, status, &answer, at_ms);
    });
    match done.await {
        Ok(Some(_)) => Ok(response::json(status, &answer)),
        Ok(None) => Err(none()),
        Err(error) => key.answered(app, asked).await?.ok_or_else(|| uncommitted(&error)),
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// How long the old secret goes on signing.
    #[serde(default = "overlap")]
    overlap: SignedDuration,
}

fn overlap() -> SignedDuration {
    OVERLAP
}

/// Gives it a new secret, shown in this answer alone; the old ones sign beside it for a while.
pub async fn rotate(app: &App, request: Request, id: &str) -> Result<Response, Problem> {
    let key = Key::of(&request)?;
    let asked: Rotation = read(app, request).await?;
    if asked.overlap.is_negative() || asked.overlap > LONGEST_OVERLAP {
        return Err(Problem::bad_request("overlap: expected a duration from 0s to 720h"));
    }
    let now = app.engine.clock().now();
    let until = now.checked_add(asked.overlap).unwrap_or(Timestamp::MAX);
    let secret = Secret::fresh();
    changed(app, &key, id, &asked, StatusCode::OK, |subscription| {
        for (_, ends) in &mut subscription.secrets {
            *ends = Some(ends.map_or(until, |ends| ends.min(until)));
        }
        subscription.secrets.retain(|(_, ends)| ends.is_none_or(|ends| now < ends));
        subscription.secrets.insert(0, (secret.clone(), None));
        subscription.secrets.truncate(MOST_SECRETS);
        json!({ "id": subscription.id, "secret": secret.expose(), "old_secrets_until": until })
    })
    .await
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Goes on with a disabled one where it was.
pub async fn resume(app: &App, request: Request, id: &str) -> Result<Response, Problem> {
    let key = Key::of(&request)?;
    let asked: Nothing = read(app, request).await?;
    let now = app.engine.clock().now();
    changed(app, &key, id, &asked, StatusCode::OK, |subscription| {
        if subscription.standing != Standing::Active {
            subscription.standing = Standing::Active;
            // Being away is counted from here.
            subscription.active_since = now;
        }
        json!({ "id": subscription.id, "state": "active" })
    })
    .await
}

/// What was not taken, and why.
pub async fn dead_letters(app: &App, id: &str) -> Result<Response, Problem> {
    let subscription = found(app, id).await?;
    Ok(response::json(StatusCode::OK, &json!({ "items": subscription.dead, "next": null })))
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Redrive {
    /// Ids of events; all dead letters when not given.
    #[serde(default)]
    events: Option<Vec<String>>,
}

/// Sends dead letters once more.
pub async fn redrive(app: &App, request: Request, id: &str) -> Result<Response, Problem> {
    let key = Key::of(&request)?;
    let asked: Redrive = read(app, request).await?;
    changed(app, &key, id, &asked, StatusCode::ACCEPTED, |subscription| {
        let chosen = |id: &String| asked.events.as_ref().is_none_or(|events| events.contains(id));
        let mut count = 0;
        for dead in subscription.dead.iter_mut().filter(|dead| chosen(&dead.event_id)) {
            dead.redrive = true;
            count += 1;
        }
        json!({ "id": subscription.id, "events": count })
    })
    .await
}
