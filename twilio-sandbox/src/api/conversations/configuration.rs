//! `/Configuration` and `/Configuration/Webhooks`.

use serde_json::{Value, json};

use super::conversation::timer;
use super::scoped_webhook::{check_filters, method};
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::form::Form;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::edit::Edit;
use crate::state::validate::is_web_url;
use crate::state::webhook_settings::{ConfigurationWebhook, EVENTS};
use crate::state::world::World;

fn render(world: &World) -> Value {
    let root = format!("{}/conversations/v1", world.base);
    let account = &world.account;
    let timers = &world.default_timers;
    json!({
        "account_sid": account.sid,
        "default_chat_service_sid": account.chat_service_sid,
        "default_messaging_service_sid": account.messaging_service_sid,
        "default_inactive_timer": timers.inactive.as_ref().map(|(text, _)| text),
        "default_closed_timer": timers.closed.as_ref().map(|(text, _)| text),
        "url": format!("{root}/Configuration"),
        "links": {
            "service": format!("{root}/Services/{}/Configuration", account.chat_service_sid),
            "webhooks": format!("{root}/Configuration/Webhooks"),
        },
    })
}

pub(crate) fn fetch(hub: &Hub) -> Answer {
    Reply::ok(render(&hub.world()))
}

pub(crate) fn update(hub: &Hub, call: &Call) -> Answer {
    let read = |parameter: &str, minimum, codes| {
        Edit::read(call.form.get(parameter), |text| {
            timer(parameter, text, minimum, codes).map(|after| (text.to_owned(), after))
        })
    };
    let inactive = read("DefaultInactiveTimer", 60_000, (50375, 50379))?;
    let closed = read("DefaultClosedTimer", 600_000, (50376, 50380))?;
    let mut world = hub.world();
    let foreign = |parameter: &str, sid: &str| {
        Err(ApiError::bad(20001, format!("{parameter} {sid:?} is not a service of this account")))
    };
    let service = call.form.filled("DefaultChatServiceSid");
    if let Some(sid) = service.filter(|sid| world.service(sid).is_none()) {
        return foreign("DefaultChatServiceSid", sid);
    }
    let messaging = call.form.filled("DefaultMessagingServiceSid");
    if let Some(sid) = messaging.filter(|sid| world.messaging_service(sid).is_none()) {
        return foreign("DefaultMessagingServiceSid", sid);
    }
    if let Some(sid) = messaging {
        sid.clone_into(&mut world.account.messaging_service_sid);
    }
    if let Some(sid) = service {
        sid.clone_into(&mut world.account.chat_service_sid);
    }
    inactive.apply(&mut world.default_timers.inactive);
    closed.apply(&mut world.default_timers.closed);
    Reply::ok(render(&world))
}

pub(crate) fn render_webhook(world: &World) -> Value {
    let webhook = &world.webhook;
    json!({
        "account_sid": world.account.sid,
        "method": webhook.method.as_str(),
        "filters": webhook.filters,
        "pre_webhook_url": webhook.pre_url,
        "post_webhook_url": webhook.post_url,
        "target": webhook.target,
        "url": format!("{}/conversations/v1/Configuration/Webhooks", world.base),
    })
}

pub(crate) fn fetch_webhook(hub: &Hub) -> Answer {
    Reply::ok(render_webhook(&hub.world()))
}

pub(crate) fn update_webhook(hub: &Hub, call: &Call) -> Answer {
    let target = call.form.filled("Target");
    if let Some(target) = target.filter(|target| !matches!(*target, "webhook" | "flex")) {
        let message = format!("Invalid Target {target:?}: expected webhook or flex");
        return Err(ApiError::bad(20001, message));
    }
    let mut world = hub.world();
    change_webhook(&mut world.webhook, &call.form, &EVENTS)?;
    if let Some(target) = target {
        target.clone_into(&mut world.webhook.target);
    }
    Reply::ok(render_webhook(&world))
}

/// Reads what the account's webhook and a service's have in common; a wrong parameter changes nothing.
pub(super) fn change_webhook(
    webhook: &mut ConfigurationWebhook,
    form: &Form,
    events: &[&str],
) -> Result<(), ApiError> {
    let filters = form.list("Filters");
    check_filters(filters.as_deref().unwrap_or_default(), events)?;
    let method = method(form, "Method")?;
    let url = |parameter: &str| {
        Edit::read(form.get(parameter), |url| {
            if is_web_url(url) {
                return Ok(url.to_owned());
            }
            Err(ApiError::bad(20001, format!("{parameter} {url:?} is not an http or https address")))
        })
    };
    let (pre, post) = (url("PreWebhookUrl")?, url("PostWebhookUrl")?);
    webhook.method = method.unwrap_or_else(|| webhook.method.clone());
    if let Some(filters) = filters {
        webhook.filters = filters;
    }
    pre.apply(&mut webhook.pre_url);
    post.apply(&mut webhook.post_url);
    Ok(())
}
