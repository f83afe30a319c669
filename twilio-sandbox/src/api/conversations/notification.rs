//! `/Services/{ChatServiceSid}/Configuration/Notifications`: what a service pushes, and in which words.

use serde_json::{Value, json};

use super::scope::Scope;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::form::Form;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::push::Notice;
use crate::state::validate::flag;
use crate::state::world::World;

fn render(world: &World, scope: &Scope) -> Result<Value, ApiError> {
    let one = &world.find_service(&scope.service_sid)?.notifications;
    let notice = |one: &Notice| json!({"enabled": one.enabled, "template": one.template, "sound": one.sound});
    let mut new_message = notice(&one.new_message);
    new_message["badge_count_enabled"] = json!(one.badge_count_enabled);
    new_message["with_media"] =
        json!({"enabled": one.with_media.enabled, "template": one.with_media.template});
    Ok(json!({
        "account_sid": world.account.sid,
        "chat_service_sid": scope.service_sid,
        "log_enabled": one.log_enabled,
        "new_message": new_message,
        "added_to_conversation": notice(&one.added),
        "removed_from_conversation": notice(&one.removed),
        "url": format!("{}/Configuration/Notifications", scope.root),
    }))
}

pub(crate) fn fetch(hub: &Hub, scope: &Scope) -> Answer {
    Reply::ok(render(&hub.world(), scope)?)
}

pub(crate) fn update(hub: &Hub, call: &Call, scope: &Scope) -> Answer {
    let form = &call.form;
    let mut world = hub.world();
    let mut new = world.find_service(&scope.service_sid)?.notifications.clone();
    set(&mut new.log_enabled, flag(form, "LogEnabled")?);
    set(&mut new.badge_count_enabled, flag(form, "NewMessage.BadgeCountEnabled")?);
    read(form, "NewMessage", &mut new.new_message)?;
    read(form, "AddedToConversation", &mut new.added)?;
    read(form, "RemovedFromConversation", &mut new.removed)?;
    set(&mut new.with_media.enabled, flag(form, "NewMessage.WithMedia.Enabled")?);
    text(form, "NewMessage.WithMedia.Template", &mut new.with_media.template);
    world.find_service_mut(&scope.service_sid)?.notifications = new;
    Reply::ok(render(&world, scope)?)
}

fn read(form: &Form, kind: &str, notice: &mut Notice) -> Result<(), ApiError> {
    set(&mut notice.enabled, flag(form, &format!("{kind}.Enabled"))?);
    text(form, &format!("{kind}.Template"), &mut notice.template);
    text(form, &format!("{kind}.Sound"), &mut notice.sound);
    Ok(())
}

/// An empty text takes the present one away.
fn text(form: &Form, parameter: &str, field: &mut Option<String>) {
    if let Some(text) = form.get(parameter) {
        *field = Some(text.to_owned()).filter(|text| !text.is_empty());
    }
}

fn set(field: &mut bool, value: Option<bool>) {
    *field = value.unwrap_or(*field);
}
