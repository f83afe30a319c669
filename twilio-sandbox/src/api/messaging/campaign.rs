//! `/Services/{Sid}/Compliance/Usa2p[/{Sid}]` and `/Services/PreregisteredUsa2p`: US A2P 10DLC campaigns.
//!
//! <https://www.twilio.com/docs/messaging/api/usapptoperson-resource>

use serde_json::{Value, json};

use super::usecase::is_campaign_usecase;
use super::{PAGE, address, find};
use crate::api::core::message::terms::flag;
use crate::carrier::keyword::Keyword;
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::answer::{Answer, Reply};
use crate::http::form::Form;
use crate::http::page::Paging;
use crate::http::request::Call;
use crate::hub::Hub;
use crate::state::campaign::{Campaign, CampaignContent, CampaignError};
use crate::state::validate::{is_web_url, required};
use crate::state::world::World;

/// From this version of the API on, campaigns show their two policies.
const WITH_POLICIES: &str = "v1.2";

fn render(world: &World, service: &str, one: &Campaign, call: &Call) -> Value {
    let content = &one.content;
    let sole = content.usecase == "SOLE_PROPRIETOR";
    let mut value = json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "brand_registration_sid": one.brand_sid,
        "messaging_service_sid": service,
        "description": content.description,
        "message_samples": content.message_samples,
        "us_app_to_person_usecase": content.usecase,
        "has_embedded_links": content.has_embedded_links,
        "has_embedded_phone": content.has_embedded_phone,
        "subscriber_opt_in": content.subscriber_opt_in,
        "age_gated": content.age_gated,
        "direct_lending": content.direct_lending,
        "campaign_status": one.status(world.now()).as_str(),
        "campaign_id": one.campaign_id,
        "is_externally_registered": one.external,
        "rate_limits": {
            "att": {"mps": if sole { json!(0.25) } else { json!(600) }, "msg_class": "A"},
            "tmobile": {"brand_tier": if sole { "LOW" } else { "TOP" }},
        },
        "message_flow": content.message_flow,
        "opt_in_message": content.opt_in_message,
        "opt_out_message": content.opt_out_message.as_deref().unwrap_or(Keyword::Stop.reply()),
        "help_message": content.help_message.as_deref().unwrap_or(Keyword::Help.reply()),
        "opt_in_keywords": content.opt_in_keywords,
        "opt_out_keywords": content.opt_out_keywords,
        "help_keywords": content.help_keywords,
        "date_created": iso(one.created),
        "date_updated": iso(one.updated),
        "url": format!("{}/Compliance/Usa2p/{}", address(world, service), one.sid),
        "mock": false,
        "errors": one.errors.iter().map(error).collect::<Vec<_>>(),
    });
    if call.api_version.as_deref() == Some(WITH_POLICIES) {
        value["privacy_policy_url"] = json!(content.privacy_policy_url);
        value["terms_and_conditions_url"] = json!(content.terms_and_conditions_url);
    }
    value
}

fn error(one: &CampaignError) -> Value {
    json!({
        "error_code": one.error_code,
        "description": one.description,
        "fields": one.fields,
        "url": format!("https://www.twilio.com/docs/api/errors/{}", one.error_code),
    })
}

fn campaign<'a>(world: &'a World, service: &str, sid: &str) -> Result<&'a Campaign, ApiError> {
    let found = find(world, service)?.campaigns.values().find(|one| one.sid == sid);
    found.ok_or_else(|| ApiError::not_found(&format!("/Services/{service}/Compliance/Usa2p/{sid}")))
}

pub(crate) fn list(hub: &Hub, call: &Call, service: &str) -> Answer {
    let paging = Paging::of(call, PAGE)?;
    let world = hub.world();
    let campaigns = &find(&world, service)?.campaigns;
    let page = paging.take(false, |range| campaigns.range(range).map(|(seq, one)| (*seq, one)));
    let url = format!("{}/Compliance/Usa2p", address(&world, service));
    Reply::ok(page.v1(call, &url, "compliance", |one| render(&world, service, one, call)))
}

pub(crate) fn fetch(hub: &Hub, call: &Call, service: &str, sid: &str) -> Answer {
    let world = hub.world();
    Reply::ok(render(&world, service, campaign(&world, service, sid)?, call))
}

pub(crate) fn create(hub: &Hub, call: &Call, service: &str) -> Answer {
    let form = &call.form;
    let mut world = hub.world();
    find(&world, service)?;
    let brand = sid("BrandRegistrationSid", "BN", form)?;
    let usecase = required("UsAppToPersonUsecase", form.filled("UsAppToPersonUsecase"))?;
    if !is_campaign_usecase(usecase) {
        return Err(ApiError::bad(20001, format!("UsAppToPersonUsecase {usecase:?} is not known")));
    }
    let mut content = CampaignContent { usecase: usecase.to_owned(), ..CampaignContent::default() };
    read(form, &mut content)?;
    replies(form, &mut content)?;
    content.subscriber_opt_in = flag(form, "SubscriberOptIn")?.unwrap_or(false);
    content.age_gated = flag(form, "AgeGated")?.unwrap_or(false);
    content.direct_lending = flag(form, "DirectLending")?.unwrap_or(false);
    let campaign_id = world.sids.secret("campaign").to_uppercase();
    let campaign_id = format!("C{}", campaign_id.chars().take(6).collect::<String>());
    let one = add(&mut world, service, Some(brand), content, campaign_id)?;
    Reply::created(render(&world, service, &one, call))
}

/// A campaign that another provider registered.
pub(crate) fn register(hub: &Hub, call: &Call) -> Answer {
    let form = &call.form;
    let id = required("CampaignId", form.filled("CampaignId"))?.to_owned();
    let service = required("MessagingServiceSid", form.filled("MessagingServiceSid"))?;
    // Whether another provider hands the campaign over changes nothing that could be seen here.
    flag(form, "CnpMigration")?;
    let mut world = hub.world();
    let one = add(&mut world, service, None, CampaignContent::default(), id)?;
    Reply::created(json!({
        "sid": one.sid,
        "account_sid": world.account.sid,
        "campaign_id": one.campaign_id,
        "messaging_service_sid": service,
        "date_created": iso(one.created),
    }))
}

fn add(
    world: &mut World,
    service: &str,
    brand_sid: Option<String>,
    content: CampaignContent,
    campaign_id: String,
) -> Result<Campaign, ApiError> {
    if !find(world, service)?.campaigns.is_empty() {
        let message = "The Messaging Service has a campaign already";
        return Err(ApiError::conflict(20409, message));
    }
    let (seq, sid, now) = (world.next_seq(), world.sids.sid("QE"), world.now());
    let one = Campaign {
        seq,
        sid,
        external: brand_sid.is_none(),
        brand_sid,
        content,
        campaign_id,
        submitted: now,
        decided: None,
        errors: Vec::new(),
        created: now,
        updated: now,
    };
    if let Some(service) = world.messaging_service_mut(service) {
        service.campaigns.insert(seq, one.clone());
    }
    Ok(one)
}

/// Hands a corrected campaign in again.
pub(crate) fn update(hub: &Hub, call: &Call, service: &str, sid: &str) -> Answer {
    let form = &call.form;
    let mut world = hub.world();
    let mut one = campaign(&world, service, sid)?.clone();
    read(form, &mut one.content)?;
    for (name, field) in
        [("AgeGated", &mut one.content.age_gated), ("DirectLending", &mut one.content.direct_lending)]
    {
        *field = required_flag(form, name)?;
    }
    let now = world.now();
    (one.submitted, one.updated, one.decided) = (now, now, None);
    one.errors.clear();
    if let Some(service) = world.messaging_service_mut(service) {
        service.campaigns.insert(one.seq, one.clone());
    }
    Reply::ok(render(&world, service, &one, call))
}

pub(crate) fn delete(hub: &Hub, service: &str, sid: &str) -> Answer {
    let mut world = hub.world();
    let seq = campaign(&world, service, sid)?.seq;
    if let Some(service) = world.messaging_service_mut(service) {
        service.campaigns.remove(&seq);
    }
    Reply::deleted()
}

/// What both a new and a corrected campaign must say.
fn read(form: &Form, content: &mut CampaignContent) -> Result<(), ApiError> {
    content.description = text(form, "Description", 40..=4096)?;
    content.message_flow = text(form, "MessageFlow", 40..=2048)?;
    let samples = form.list("MessageSamples").unwrap_or_default();
    let fits = |sample: &String| (20..=1024).contains(&sample.chars().count());
    if !(2..=5).contains(&samples.len()) || !samples.iter().all(fits) {
        let message = "MessageSamples must be 2 to 5 texts of 20 to 1024 characters";
        return Err(ApiError::bad(20001, message));
    }
    content.message_samples = samples;
    content.has_embedded_links = required_flag(form, "HasEmbeddedLinks")?;
    content.has_embedded_phone = required_flag(form, "HasEmbeddedPhone")?;
    content.privacy_policy_url = policy(form, "PrivacyPolicyUrl")?;
    content.terms_and_conditions_url = policy(form, "TermsAndConditionsUrl")?;
    Ok(())
}

/// Keywords and what they are answered with; Twilio's own where the registrant says nothing.
fn replies(form: &Form, content: &mut CampaignContent) -> Result<(), ApiError> {
    let reply = |name: &str| form.filled(name).map(|_| text(form, name, 20..=320)).transpose();
    content.opt_in_message = reply("OptInMessage")?;
    content.opt_out_message = reply("OptOutMessage")?;
    content.help_message = reply("HelpMessage")?;
    let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let stop = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"];
    content.opt_in_keywords = keywords(form, "OptInKeywords")?.unwrap_or_else(|| own(&["START"]));
    content.opt_out_keywords = keywords(form, "OptOutKeywords")?.unwrap_or_else(|| own(&stop));
    content.help_keywords = keywords(form, "HelpKeywords")?.unwrap_or_else(|| own(&["HELP", "INFO"]));
    Ok(())
}

fn text(form: &Form, name: &str, length: std::ops::RangeInclusive<usize>) -> Result<String, ApiError> {
    let text = required(name, form.filled(name))?;
    if length.contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    let message = format!("{name} must be {} to {} characters long", length.start(), length.end());
    Err(ApiError::bad(20001, message))
}

fn keywords(form: &Form, name: &str) -> Result<Option<Vec<String>>, ApiError> {
    let Some(words) = form.list(name).filter(|words| !words.is_empty()) else { return Ok(None) };
    let alphanumeric = |word: &String| word.chars().all(char::is_alphanumeric);
    if words.iter().all(alphanumeric) && words.iter().map(String::len).sum::<usize>() <= 255 {
        return Ok(Some(words));
    }
    Err(ApiError::bad(20001, format!("{name} must be letters and digits, 255 of them at most")))
}

fn required_flag(form: &Form, name: &str) -> Result<bool, ApiError> {
    required(name, form.filled(name))?;
    Ok(flag(form, name)?.unwrap_or_default())
}

fn policy(form: &Form, name: &str) -> Result<Option<String>, ApiError> {
    match form.filled(name) {
        Some(url) if !is_web_url(url) => {
            Err(ApiError::bad(20001, format!("{name} {url:?} is not an http or https address")))
        }
        url => Ok(url.map(str::to_owned)),
    }
}

fn sid(name: &str, prefix: &str, form: &Form) -> Result<String, ApiError> {
    let sid = required(name, form.filled(name))?;
    let hex = sid.strip_prefix(prefix).unwrap_or_default();
    if hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(sid.to_owned());
    }
    Err(ApiError::bad(20001, format!("{name} {sid:?} is not {prefix} and 32 hexadecimal digits")))
}
