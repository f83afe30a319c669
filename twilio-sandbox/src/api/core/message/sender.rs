//! Who a message comes from: a number of the account, an alphanumeric sender, or a Messaging Service's choice.

use crate::carrier::magic;
use crate::config::MagicNumbers;
use crate::error::ApiError;
use crate::http::form::Form;
use crate::state::address::Channel;
use crate::state::numbering::{alpha_senders_reach, is_alpha_sender, is_short_code};
use crate::state::world::World;

/// The service that `MessagingServiceSid` names.
pub(super) fn service(world: &World, form: &Form) -> Result<Option<String>, ApiError> {
    let Some(sid) = form.filled("MessagingServiceSid") else { return Ok(None) };
    let hex = sid.strip_prefix("MG").unwrap_or_default();
    if hex.len() != 32 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(ApiError::bad(21705, format!("The Messaging Service {sid} is invalid")));
    }
    if world.messaging_service(sid).is_none() {
        return Err(ApiError::bad(21701, format!("The Messaging Service {sid} does not exist")));
    }
    Ok(Some(sid.to_owned()))
}

/// The sender, and whether a service chose it.
pub(super) fn sender(
    world: &mut World,
    form: &Form,
    to: &str,
    channel: Channel,
    service: Option<&str>,
) -> Result<(String, bool), ApiError> {
    fallback(form, service)?;
    let Some(from) = form.filled("From") else {
        let Some(service) = service else {
            let message = "A 'From' phone number or a MessagingServiceSid is required.";
            return Err(ApiError::bad(21603, message));
        };
        return world.choose_sender(service, to).map(|from| (from, true));
    };
    if let Some(service) = service.and_then(|sid| world.messaging_service(sid))
        && !service.holds(from)
    {
        let message = format!("The sender {from} is not associated to the Messaging Service {}", service.sid);
        return Err(ApiError::bad(21711, message));
    }
    if let Some(number) = world.number(from) {
        if number.channel != channel {
            return Err(ApiError::bad(21612, format!("No route from {from} to that channel")));
        }
        return Ok((from.to_owned(), false));
    }
    if let Some(refusal) = magic::from(from).filter(|_| world.behaviour.magic_numbers == MagicNumbers::Heeded)
    {
        return Err(refusal);
    }
    if is_alpha_sender(from) && channel == Channel::Sms {
        if alpha_senders_reach(to) {
            return Ok((from.to_owned(), false));
        }
        let message = format!("The alphanumeric sender {from} does not reach the country of {to}");
        return Err(ApiError::bad(21612, message));
    }
    let (code, what) = match Channel::of(from) {
        None if !is_short_code(from) => (21212, "is not a valid phone number"),
        Some(Channel::WhatsApp) => (63007, "is not a channel sender of this account"),
        _ => (21606, "is not a message-capable number of this account"),
    };
    Err(ApiError::bad(code, format!("The 'From' number {from} {what}")))
}

/// `FallbackFrom` serves RCS alone, and no sender here is one.
fn fallback(form: &Form, service: Option<&str>) -> Result<(), ApiError> {
    if form.filled("FallbackFrom").is_none() {
        return Ok(());
    }
    Err(match service {
        None => ApiError::bad(21664, "FallbackFrom needs a MessagingServiceSid"),
        Some(sid) => ApiError::bad(21666, format!("FallbackFrom needs an RCS sender in the service {sid}")),
    })
}
