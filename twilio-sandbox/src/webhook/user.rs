//! What the webhooks of users carry.
//!
//! <https://www.twilio.com/docs/conversations-classic/conversations-webhooks>

use super::fields::Fields;
use crate::clock::iso_millis;
use crate::state::service::Service;
use crate::state::user::User;

/// `onUserAdded`.
pub(crate) fn added(service_sid: &str, one: &User) -> Fields {
    let mut fields = Fields::default();
    fields.put("ChatServiceSid", service_sid);
    fields.put("UserSid", &one.sid);
    fields.put("DateCreated", iso_millis(one.created));
    person(&mut fields, one);
    fields
}

/// `onUserUpdate`.
pub(crate) fn update(service_sid: &str, one: &User) -> Fields {
    let mut fields = Fields::default();
    fields.put("ChatServiceSid", service_sid);
    fields.put("UserSid", &one.sid);
    fields.put("DateUpdated", iso_millis(one.updated));
    person(&mut fields, one);
    fields
}

/// `onUserUpdated`.
pub(crate) fn updated(service: &Service, one: &User) -> Fields {
    let mut fields = update(&service.sid, one);
    fields.put("DateCreated", iso_millis(one.created));
    // Twilio's own spelling: these two begin in lower case.
    for (name, value) in [("isOnline", service.is_online(one)), ("isNotifiable", service.is_notifiable(one))]
    {
        fields.some(name, value.map(|value| if value { "true" } else { "false" }));
    }
    fields
}

fn person(fields: &mut Fields, one: &User) {
    fields.put("Identity", &one.identity);
    fields.put("RoleSid", &one.role_sid);
    fields.put("Attributes", &one.attributes);
    fields.some("FriendlyName", one.friendly_name.as_deref());
}
