//! `/Messages[/{Sid}].json`: create, fetch, list, redact, cancel, delete.

mod links;
mod sender;
pub(crate) mod terms;

use serde_json::{Value, json};

use super::template;
use crate::carrier::price::price;
use crate::clock::rfc2822;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::form::Form;
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::address::Channel;
use crate::state::content::render::Rendered;
use crate::state::message::Media;
use crate::state::numbering::is_short_code;
use crate::state::text::{Status, Text, error_message};
use crate::state::validate::{is_web_url, moment};
use crate::state::world::{Send, World};

/// Characters of a body.
const BODY: usize = 1600;
/// Files of a message.
const MEDIA: usize = 10;
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How far ahead a message can be scheduled.
const SCHEDULE: std::ops::RangeInclusive<i64> = 15 * 60 * 1000..=35 * DAY;

pub(crate) fn render(account: &str, one: &Text) -> Value {
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{}", one.sid);
    json!({
        "sid": one.sid,
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": one.body,
        "date_created": rfc2822(one.created),
        "date_sent": one.sent.map(rfc2822),
        "date_updated": rfc2822(one.updated),
        "direction": one.direction,
        "error_code": one.error_code,
        "error_message": one.error_code.map(error_message),
        "from": (!one.is_unassigned()).then_some(&one.from),
        "messaging_service_sid": one.messaging_service_sid,
        "num_media": one.media.len().to_string(),
        "num_segments": if one.is_unassigned() { "0".to_owned() } else { one.segments.to_string() },
        "price": one.sent.map(|_| charge(one)),
        "price_unit": "USD",
        "status": one.status.as_str(),
        "subresource_uris": {
            "media": format!("{uri}/Media.json"),
            "feedback": format!("{uri}/Feedback.json"),
        },
        "to": one.shown_to(),
        "uri": format!("{uri}.json"),
    })
}

/// What a text cost, once it was sent or received.
fn charge(one: &Text) -> String {
    if one.terms.free { "0.00000".to_owned() } else { price(one.way, one.segments) }
}

/// A text by SID, or 404.
pub(crate) fn find<'a>(world: &'a World, sid: &str) -> Result<&'a Text, ApiError> {
    world.texts.get(sid).ok_or_else(|| ApiError::not_found(&format!("/Messages/{sid}.json")))
}

pub(crate) fn fetch(hub: &Hub, sid: &str) -> Answer {
    let world = hub.world();
    Reply::ok(render(&world.account.sid, find(&world, sid)?))
}

pub(crate) fn list(hub: &Hub, call: &Call) -> Answer {
    let paging = Paging::of(call, 1000)?;
    let (to, from) = (call.query.filled("To"), call.query.filled("From"));
    let date = |name: &str| {
        call.query.filled(name).map(|text| {
            moment(text).ok_or_else(|| ApiError::bad(20001, format!("{name} {text:?} is not a date")))
        })
    };
    // A day includes all its hours; a time is that moment.
    let last = |name: &str, at: i64| match call.query.filled(name) {
        Some(text) if !text.contains('T') => at + DAY - 1,
        _ => at,
    };
    let on = date("DateSent").transpose()?;
    let before = date("DateSent<").transpose()?.map(|at| last("DateSent<", at));
    let after = date("DateSent>").transpose()?;
    let world = hub.world();
    let sent = |one: &Text| one.sent.unwrap_or(one.created);
    // Newest first.
    let page = paging.take(true, |range| {
        world
            .text_order
            .range(range)
            .filter_map(|(seq, sid)| world.texts.get(sid).map(|one| (*seq, one)))
            .filter(|(_, one)| to.is_none_or(|to| one.to == to))
            .filter(|(_, one)| from.is_none_or(|from| one.from == from))
            .filter(|(_, one)| on.is_none_or(|day| (day..=last("DateSent", day)).contains(&sent(one))))
            .filter(|(_, one)| before.is_none_or(|limit| sent(one) <= limit))
            .filter(|(_, one)| after.is_none_or(|limit| sent(one) >= limit))
    });
    let account = &world.account.sid;
    let uri = format!("/2010-04-01/Accounts/{account}/Messages.json");
    Reply::ok(page.v2010(call, &uri, "messages", |one| render(account, one)))
}

pub(crate) fn create(hub: &Hub, call: &Call) -> Answer {
    let form = &call.form;
    let Some(to) = form.filled("To") else {
        return Err(ApiError::bad(21604, "A 'To' phone number is required."));
    };
    if is_short_code(to) {
        return Err(ApiError::bad(21265, format!("'To' number {to} cannot be a Short Code")));
    }
    let Some(channel) = Channel::of(to) else {
        return Err(ApiError::bad(21211, format!("Invalid 'To' Phone Number: {to}")));
    };
    let template = template::read(&hub.world(), form, channel)?;
    let (body, urls, shown) = if let Some(Rendered { body, media, shown }) = template {
        (body, media, Some(shown))
    } else {
        let body = form.filled("Body").unwrap_or_default();
        (body.to_owned(), content(form, body)?, None)
    };
    let status_callback = match form.filled("StatusCallback") {
        Some(url) if !is_web_url(url) => {
            return Err(ApiError::bad(21609, format!("The 'StatusCallback' URL {url} is not a valid URL.")));
        }
        url => url.map(str::to_owned),
    };
    let mut world = hub.world();
    let mut terms = terms::read(form, world.now())?;
    let shortens = terms::flag(form, "ShortenUrls")?.unwrap_or(false);
    application(form)?;
    let service = sender::service(&world, form)?;
    if shortens && service.is_none() {
        return Err(ApiError::bad(20001, "ShortenUrls needs a MessagingServiceSid"));
    }
    if !urls.is_empty() && world.refuses_files(service.as_deref(), to) {
        let message = format!("MMS does not reach {to}, and the Messaging Service does not convert it");
        return Err(ApiError::bad(21612, message));
    }
    let leaves_at = schedule(&world, form, service.is_some())?;
    let (from, pooled) = sender::sender(&mut world, form, to, channel, service.as_deref())?;
    terms.pooled = pooled;
    if from == to {
        return Err(ApiError::bad(63031, "Message cannot have the same To and From"));
    }
    if world.is_blocked(&from, to) {
        return Err(ApiError::bad(21610, "Attempt to send to unsubscribed recipient"));
    }
    if let Some(refusal) = world.refusal(&from, to, terms.forced) {
        return Err(refusal);
    }
    if !pooled && world.is_full(&from) {
        let message = "This 'From' number has exceeded the maximum number of queued messages";
        return Err(ApiError::bad(21611, message));
    }
    let body = if shortens { links::shorten(&mut world, &body) } else { body };
    let media = urls.iter().map(|url| Media::new(world.sids.sid("ME"), url)).collect();
    let sid = world.send(Send {
        from,
        to: to.to_owned(),
        body,
        media,
        shown,
        direction: "outbound-api",
        messaging_service_sid: service,
        status_callback,
        leaves_at,
        receipt: None,
        terms,
    });
    Reply::created(render(&world.account.sid, find(&world, &sid)?))
}

fn content(form: &Form, body: &str) -> Result<Vec<String>, ApiError> {
    let urls = form.list("MediaUrl").unwrap_or_default();
    if body.is_empty() && urls.is_empty() {
        return Err(ApiError::bad(21602, "Message body is required."));
    }
    if body.chars().count() > BODY {
        let message = format!("The concatenated message body exceeds the {BODY} character limit");
        return Err(ApiError::bad(21617, message));
    }
    if urls.len() > MEDIA {
        return Err(ApiError::bad(21623, format!("Number of media files exceeds the limit of {MEDIA}")));
    }
    match urls.iter().find(|url| !is_web_url(url)) {
        Some(url) => Err(ApiError::bad(21620, format!("Invalid media URL {url}"))),
        None => Ok(urls),
    }
}

/// `ApplicationSid` only matters without a `StatusCallback`. A sandbox has no applications: nobody is called.
fn application(form: &Form) -> Result<(), ApiError> {
    match form.filled("ApplicationSid") {
        Some(sid) if sid.len() != 34 || !sid.starts_with("AP") => {
            Err(ApiError::bad(20001, format!("The ApplicationSid {sid} is invalid")))
        }
        _ => Ok(()),
    }
}

fn schedule(world: &World, form: &Form, pool: bool) -> Result<Option<i64>, ApiError> {
    match (form.filled("ScheduleType"), form.filled("SendAt")) {
        (None, None) => return Ok(None),
        (Some("fixed") | None, _) => {}
        (Some(other), _) => return Err(ApiError::bad(20001, format!("ScheduleType {other:?} is not fixed"))),
    }
    let at = form.filled("SendAt").and_then(moment);
    let at = at.filter(|at| SCHEDULE.contains(&(at - world.now())));
    match at {
        Some(at) if pool => Ok(Some(at)),
        Some(_) => Err(ApiError::bad(21603, "A scheduled message needs a MessagingServiceSid")),
        None => Err(ApiError::bad(20422, "SendAt must be from 15 minutes to 35 days ahead")),
    }
}

/// Only two changes exist: an empty `Body` redacts, `Status=canceled` stops what has not left.
pub(crate) fn update(hub: &Hub, call: &Call, sid: &str) -> Answer {
    let mut world = hub.world();
    find(&world, sid)?;
    let (now, account) = (world.now(), world.account.sid.clone());
    let (body, status) = (call.form.get("Body"), call.form.filled("Status"));
    if body.is_some_and(|body| !body.is_empty()) {
        return Err(ApiError::bad(20001, "Body can only be set to an empty text"));
    }
    let Some(text) = world.texts.get_mut(sid) else { return Err(ApiError::not_found(sid)) };
    if let Some(status) = status {
        if status != "canceled" || text.status != Status::Scheduled {
            let message = format!("A message that is {} cannot become {status}", text.status.as_str());
            return Err(ApiError::conflict(20409, message));
        }
        text.status = Status::Canceled;
    }
    if body.is_some() {
        text.body.clear();
    }
    text.updated = now;
    Reply::ok(render(&account, text))
}

pub(crate) fn delete(hub: &Hub, sid: &str) -> Answer {
    let mut world = hub.world();
    let text = find(&world, sid)?;
    if matches!(text.status, Status::Accepted | Status::Queued | Status::Sending | Status::Scheduled) {
        return Err(ApiError::conflict(20409, "A message on its way cannot be deleted"));
    }
    let (seq, media) = (text.seq, text.media.clone());
    world.forget(&media);
    world.text_order.remove(&seq);
    world.texts.remove(sid);
    Reply::deleted()
}
