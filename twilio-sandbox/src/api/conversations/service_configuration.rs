//! `/Services/{sid}/Configuration` and `/Services/{sid}/Configuration/Webhooks`.
//!
//! <https://www.twilio.com/docs/conversations-classic/api/service-configuration-resource>

use serde_json::{Value, json};

use super::configuration::change_webhook;
use super::scope::Scope;
use crate::http::answer::{Answer, Reply};
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::role::RoleType;
use crate::state::service::Service;
use crate::state::webhook_settings::SERVICE_EVENTS;
use crate::state::world::World;

fn render(one: &Service, scope: &Scope) -> Value {
    let url = format!("{}/Configuration", scope.root);
    json!({
        "chat_service_sid": one.sid,
        "default_conversation_creator_role_sid": one.default_roles.creator,
        "default_conversation_role_sid": one.default_roles.participant,
        "default_chat_service_role_sid": one.default_roles.user,
        "reachability_enabled": one.reachability_enabled,
        "url": url,
        "links": {
            "notifications": format!("{url}/Notifications"),
            "webhooks": format!("{url}/Webhooks"),
        },
    })
}

pub(crate) fn fetch(hub: &Hub, scope: &Scope) -> Answer {
    Reply::ok(render(hub.world().find_service(&scope.service_sid)?, scope))
}

pub(crate) fn update(hub: &Hub, call: &Call, scope: &Scope) -> Answer {
    let form = &call.form;
    let mut world = hub.world();
    let role = |parameter: &str, kind: RoleType| match form.filled(parameter) {
        None => Ok(None),
        Some(sid) => world.check_role(&scope.service_sid, Some(sid), kind).map(|()| Some(sid.to_owned())),
    };
    let creator = role("DefaultConversationCreatorRoleSid", RoleType::Conversation)?;
    let participant = role("DefaultConversationRoleSid", RoleType::Conversation)?;
    let user = role("DefaultChatServiceRoleSid", RoleType::Service)?;
    let now = world.now();
    let one = world.find_service_mut(&scope.service_sid)?;
    let roles = &mut one.default_roles;
    for (field, value) in
        [(&mut roles.creator, creator), (&mut roles.participant, participant), (&mut roles.user, user)]
    {
        if let Some(sid) = value {
            *field = sid;
        }
    }
    one.reachability_enabled = form.flag("ReachabilityEnabled").unwrap_or(one.reachability_enabled);
    one.updated = now;
    Reply::ok(render(one, scope))
}

fn render_webhook(world: &World, one: &Service, scope: &Scope) -> Value {
    let webhook = &one.webhook;
    // Twilio shows neither before the first of them is set.
    let is_set = webhook.is_set() || !webhook.filters.is_empty();
    json!({
        "account_sid": world.account.sid,
        "chat_service_sid": one.sid,
        "pre_webhook_url": webhook.pre_url,
        "post_webhook_url": webhook.post_url,
        "filters": is_set.then_some(&webhook.filters),
        "method": is_set.then_some(webhook.method.as_str()),
        "url": format!("{}/Configuration/Webhooks", scope.root),
    })
}

pub(crate) fn fetch_webhook(hub: &Hub, scope: &Scope) -> Answer {
    let world = hub.world();
    Reply::ok(render_webhook(&world, world.find_service(&scope.service_sid)?, scope))
}

pub(crate) fn update_webhook(hub: &Hub, call: &Call, scope: &Scope) -> Answer {
    let mut world = hub.world();
    change_webhook(&mut world.find_service_mut(&scope.service_sid)?.webhook, &call.form, SERVICE_EVENTS)?;
    Reply::ok(render_webhook(&world, world.find_service(&scope.service_sid)?, scope))
}
