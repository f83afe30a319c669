//! `/Services[/{Sid}]`.

use serde_json::{Value, json};

use super::{PAGE, address, find};
use crate::api::conversations::scoped_webhook::method;
use crate::api::core::message::terms::{flag, validity};
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::form::Form;
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::campaign::CampaignStatus;
use crate::state::messaging_service::{MessagingService, ServiceSettings};
use crate::state::number::Hook;
use crate::state::validate::{is_web_url, required};
use crate::state::world::World;

const NAME: usize = 64;
const USECASES: [&str; 6] =
    ["notifications", "marketing", "verification", "discussion", "poll", "undeclared"];

pub(crate) fn render(world: &World, one: &MessagingService) -> Value {
    let (settings, url) = (&one.settings, address(world, &one.sid));
    let filled = |url: &str| Some(url.to_owned()).filter(|url| !url.is_empty());
    let registered =
        one.campaigns.values().any(|campaign| campaign.status(world.now()) == CampaignStatus::Verified);
    json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "friendly_name": settings.friendly_name,
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
        "inbound_request_url": filled(&settings.inbound.url),
        "inbound_method": settings.inbound.method.as_str(),
        "fallback_url": filled(&settings.fallback.url),
        "fallback_method": settings.fallback.method.as_str(),
        "status_callback": settings.status_callback,
        "sticky_sender": settings.sticky_sender,
        "mms_converter": settings.mms_converter,
        "smart_encoding": settings.smart_encoding,
        "scan_message_content": settings.scan_message_content,
        "fallback_to_long_code": settings.fallback_to_long_code,
        "area_code_geomatch": settings.area_code_geomatch,
        "synchronous_validation": settings.synchronous_validation,
        "validity_period": settings.validity_period,
        "usecase": settings.usecase,
        "us_app_to_person_registered": registered,
        "use_inbound_webhook_on_number": settings.use_inbound_webhook_on_number,
        "url": url,
        "links": {
            "phone_numbers": format!("{url}/PhoneNumbers"),
            "short_codes": format!("{url}/ShortCodes"),
            "alpha_senders": format!("{url}/AlphaSenders"),
            "messages": format!("{url}/Messages"),
            "us_app_to_person": format!("{url}/Compliance/Usa2p"),
            "us_app_to_person_usecases": format!("{url}/Compliance/Usa2p/Usecases"),
            "channel_senders": format!("{url}/ChannelSenders"),
            "destination_alpha_senders": format!("{url}/DestinationAlphaSenders"),
        },
    })
}

pub(crate) fn list(hub: &Hub, call: &Call) -> Answer {
    let paging = Paging::of(call, PAGE)?;
    let world = hub.world();
    let page =
        paging.take(false, |range| world.messaging_services.range(range).map(|(seq, one)| (*seq, one)));
    let url = format!("{}/messaging/v1/Services", world.base);
    Reply::ok(page.v1(call, &url, "services", |one| render(&world, one)))
}

pub(crate) fn fetch(hub: &Hub, sid: &str) -> Answer {
    let world = hub.world();
    Reply::ok(render(&world, find(&world, sid)?))
}

pub(crate) fn create(hub: &Hub, call: &Call) -> Answer {
    let form = &call.form;
    let name = required("FriendlyName", form.filled("FriendlyName"))?;
    let mut settings = ServiceSettings::named(name);
    read(form, &mut settings)?;
    let mut world = hub.world();
    let sid = world.sids.sid("MG");
    world.open_messaging_service(sid.clone(), settings);
    Reply::created(render(&world, find(&world, &sid)?))
}

pub(crate) fn update(hub: &Hub, call: &Call, sid: &str) -> Answer {
    let mut world = hub.world();
    let mut settings = find(&world, sid)?.settings.clone();
    read(&call.form, &mut settings)?;
    let now = world.now();
    if let Some(service) = world.messaging_service_mut(sid) {
        service.settings = settings;
        service.updated = now;
    }
    Reply::ok(render(&world, find(&world, sid)?))
}

pub(crate) fn delete(hub: &Hub, sid: &str) -> Answer {
    let mut world = hub.world();
    find(&world, sid)?;
    if sid == world.home_service || sid == world.account.messaging_service_sid {
        return Err(ApiError::conflict(
            20409,
            "The default Messaging Service for Conversations cannot be deleted",
        ));
    }
    world.close_messaging_service(sid);
    Reply::deleted()
}

/// Changes what the request names; an empty address removes it.
fn read(form: &Form, settings: &mut ServiceSettings) -> Result<(), ApiError> {
    if let Some(name) = form.filled("FriendlyName") {
        if name.chars().count() > NAME {
            return Err(ApiError::bad(20001, format!("FriendlyName must be at most {NAME} characters long")));
        }
        name.clone_into(&mut settings.friendly_name);
    }
    hook(form, "InboundRequestUrl", "InboundMethod", &mut settings.inbound)?;
    hook(form, "FallbackUrl", "FallbackMethod", &mut settings.fallback)?;
    if let Some(url) = web_url(form, "StatusCallback")? {
        settings.status_callback = Some(url).filter(|url| !url.is_empty());
    }
    for (name, field) in [
        ("StickySender", &mut settings.sticky_sender),
        ("MmsConverter", &mut settings.mms_converter),
        ("SmartEncoding", &mut settings.smart_encoding),
        ("FallbackToLongCode", &mut settings.fallback_to_long_code),
        ("AreaCodeGeomatch", &mut settings.area_code_geomatch),
        ("SynchronousValidation", &mut settings.synchronous_validation),
        ("UseInboundWebhookOnNumber", &mut settings.use_inbound_webhook_on_number),
    ] {
        *field = flag(form, name)?.unwrap_or(*field);
    }
    settings.validity_period = validity(form)?.unwrap_or(settings.validity_period);
    choice(
        form,
        "ScanMessageContent",
        &["inherit", "enable", "disable"],
        &mut settings.scan_message_content,
    )?;
    choice(form, "Usecase", &USECASES, &mut settings.usecase)
}

fn choice(form: &Form, name: &str, values: &[&str], field: &mut String) -> Result<(), ApiError> {
    match form.filled(name) {
        Some(value) if !values.contains(&value) => {
            Err(ApiError::bad(20001, format!("{name} {value:?} is not one of {}", values.join(", "))))
        }
        Some(value) => {
            value.clone_into(field);
            Ok(())
        }
        None => Ok(()),
    }
}

fn hook(form: &Form, url: &str, verb: &str, hook: &mut Hook) -> Result<(), ApiError> {
    hook.url = web_url(form, url)?.unwrap_or_else(|| std::mem::take(&mut hook.url));
    if let Some(method) = method(form, verb)? {
        hook.method = method;
    }
    Ok(())
}

/// A web address, or an empty text.
fn web_url(form: &Form, name: &str) -> Result<Option<String>, ApiError> {
    match form.get(name) {
        Some(url) if !url.is_empty() && !is_web_url(url) => {
            Err(ApiError::bad(20001, format!("{name} {url:?} is not an http or https address")))
        }
        url => Ok(url.map(str::to_owned)),
    }
}
